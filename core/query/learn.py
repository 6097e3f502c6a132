"""What becomes known about a table after its budget was made: paid estimates, and more that is public anyway.

Only what is not settled yet can be added, and who is protected never changes: so an answer that was paid for before
means tomorrow what it means today.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.declare import build
from core.problem import Problem
from core.query.ground import Ground

if TYPE_CHECKING:
    from core.store import Actor, Budget, Charge, Store


def learned(charge: Charge) -> dict[str, Any] | None:
    """{column: what is known} by an answer that was paid for, as `Ground.known` takes it; None if it tells none.

    Bounds of `find_bounds`, and the values of `top_values` as a list: rows with other values are left out from then on.
    """
    query, answer = charge.query, charge.answer
    if answer is None:
        return None
    if query["query"] == "find_bounds":
        low, high = (line["bound"] for line in answer["lines"])
        return None if low is None or high is None else {query["column"]: {"kind": "bounds", "low": low, "high": high}}
    if query["query"] == "top_values" and answer["lines"] and not query.get("where"):
        return {query["column"]: {"kind": "categories", "values": [line[query["column"]] for line in answer["lines"]]}}
    return None


def learn(store: Store, actor: Actor, budget: Budget, charge_id: int) -> Budget:
    """Take what a paid answer tells as known from now on: the budget's owner decides."""
    charge = next((c for c in store.charges(actor, budget.id) if c.id == charge_id), None)
    known = learned(charge) if charge else None
    if known is None:
        raise Problem("This answer tells no bounds and no list of values.",
                      "Ask to find bounds, or for the most frequent values of a column.")
    return add(store, actor, budget, known, f"answer {charge_id}")


def add(store: Store, actor: Actor, budget: Budget, known: Mapping[str, Any], source: str = "public") -> Budget:
    """State what else is public, of columns nothing was stated about yet."""
    settled = build(Ground, {**budget.ground, "known": {**budget.ground.get("known", {}), **known}})
    plain = settled.model_dump(mode="json")["known"]
    return store.extend_ground(actor, budget.id, {name: plain[name] for name in known}, source)
