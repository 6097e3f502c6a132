"""“Find it for me” on a recipe: which of its steps stand, which the search replaces, which finds are worth showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.declare import dump
from core.protect.calibrate_weights import CalibrateWeights
from core.protect.drop_risky_rows import DropRiskyRows, HighRisk
from core.protect.follow import Follow
from core.protect.full_domain import FullDomain
from core.protect.generalise import Generalise
from core.protect.hierarchy import Hierarchy
from core.protect.k_anonymity import KAnonymity
from core.protect.local_suppression import LocalSuppression
from core.protect.method import Method
from core.protect.mondrian import Mondrian
from core.protect.order import RecordIds, ShuffleRows
from core.protect.protect_at_risk import ProtectAtRisk
from core.protect.rules import Rule
from core.protect.search import Candidate
from core.recipe.recipe import Recipe

REPLACED = (Generalise, ProtectAtRisk, KAnonymity, FullDomain, LocalSuppression, Mondrian)
"""What a candidate does itself, its own way."""

LAST = (Follow, CalibrateWeights, ShuffleRows, RecordIds)
"""What looks at the result of the protection, or only at the order of the rows."""


@dataclass(frozen=True)
class Beginning:
    """The steps of a recipe as the search sees them.

    stand         carried out before every candidate, in their order
    replaced      a candidate takes their place
    last          linked columns, weights, order and numbers of rows: they come after a candidate
    hierarchies, rules, highest_risk, households    what the replaced steps asked for; the search asks for it too
    """

    stand: tuple[Method, ...]
    replaced: tuple[Method, ...]
    last: tuple[Method, ...]
    hierarchies: Mapping[str, Hierarchy]
    rules: tuple[Rule, ...]
    highest_risk: float | None
    households: bool


def begin(steps: Sequence[Method]) -> Beginning:
    """The steps of a recipe told apart. A step that raises weights to old totals stands: no candidate does that."""
    replaced = tuple(s for s in steps if _is_replaced(s))
    last = tuple(s for s in steps if isinstance(s, LAST))
    leaving = [s for s in replaced if isinstance(s, (DropRiskyRows, ProtectAtRisk))]
    return Beginning(
        tuple(s for s in steps if s not in replaced and s not in last), replaced, last, _hierarchies(replaced),
        tuple(dict.fromkeys(rule for s in replaced for rule in getattr(s, "rules", ()))),
        min((s.rule.threshold for s in leaving if isinstance(s.rule, HighRisk)), default=None),
        any(getattr(s, "whole_households", False) for s in replaced),
    )


def _is_replaced(step: Method) -> bool:
    return isinstance(step, REPLACED) or (isinstance(step, DropRiskyRows) and not step.keep_totals)


def _hierarchies(steps: Sequence[Method]) -> dict[str, Hierarchy]:
    found: dict[str, Hierarchy] = {}
    for step in steps:
        found |= getattr(step, "hierarchies", {})
        if isinstance(step, Generalise):
            found |= {name: coarser.hierarchy for name, coarser in step.columns.items()}
    return found


def basis(recipe: Recipe, before: Sequence[Method]) -> dict[str, Any]:
    """What candidates hold good for, as JSON gives it back: kinds, roles, and the steps carried out before them."""
    plain = recipe.data()
    return {part: plain.get(part, {}) for part in ("read", "kinds", "roles")} | {"before": [dump(s) for s in before]}


def worth_showing(found: Sequence[Candidate], least: int = 3) -> list[int]:
    """Places of the candidates to lay before a person, least loss first: the best of each sort.

    Where the sorts are fewer than `least`, the next best of any sort fill up.
    """
    best: dict[str, int] = {}
    for place, candidate in enumerate(found):
        best.setdefault(sort_of(candidate.name), place)
    rest = [place for place in range(len(found)) if place not in best.values()]
    return sorted([*best.values(), *rest[: max(least - len(best), 0)]])


def sort_of(name: str) -> str:
    """What sort of protection a candidate is: groups, blanks, rows, columns or coarser."""
    return name.partition("_")[0]


def in_plain(found: Sequence[Candidate], rows: int) -> list[dict[str, Any]]:
    """The candidates as JSON takes them, with

    sort   what sort of protection it is
    shown  whether it is worth a card of its own
    rows   how many are left of those there were
    found_in_100  see `found_in_100`
    """
    shown = worth_showing(found)
    return [
        candidate.as_dict() | {
            "sort": sort_of(candidate.name), "shown": place in shown, "rows": rows - candidate.rows_dropped,
            "found_in_100": found_in_100(candidate.classes, rows - candidate.rows_dropped),
        }
        for place, candidate in enumerate(found)
    ]


def found_in_100(classes: int, rows: int) -> float:
    """Of 100 people whom somebody looks for and knows to be in the file, how many would be found; at most 100 / k.

    The mean over rows of 1 / fk is classes / rows (prosecutor risk, El Emam & Dankar 2008, doi:10.1197/jamia.M2716).
    Sample weights are left aside: with them most files show a figure too small to tell candidates apart.
    """
    return 100 * classes / rows if rows else 0.0
