"""Asking: what a question costs, what error to expect, and the charge that comes before the answer.

A budget with delta = 0 is pure: epsilons of the questions add up. With a delta it is zero-concentrated (zCDP): a
question of epsilon e costs the rho that alone would be (e, delta / 2)-private, rhos add up, and the sum is worth the
budget's epsilon at delta / 2 (OpenDP's own conversion). The other half of delta pays for questions that name unknown
values, a fortieth of it each.

The ledger is a filter (a question that does not fit is refused before it is looked at) and an odometer (what is spent
so far is a valid bound at any time), for questions chosen one after the other: Rogers et al. (2016), arXiv:1605.08294;
Whitehouse et al. (2023), arXiv:2203.05481.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.declare import build, dump
from core.problem import Problem
from core.query.digest import digest
from core.query.ground import EachRow, Ground, as_numbers
from core.query.noise import Spend, as_epsilon, total_rho
from core.query.query import Query, look
from core.table import Table

if TYPE_CHECKING:
    from core.store import Actor, Budget, Charge, Store

_KEY_QUESTIONS = 40
_TINY = 1e-3
"""Below this epsilon it is tried without rows whether the noise can be drawn at all."""

_SLACK = 1 - 2.0**-32
"""Noise is drawn for this much less than is paid: dividing a price among sums may round up in the last bit."""


class Price(NamedTuple):
    """What a question costs: in people's epsilon, and in the budget's own measure (epsilon or rho)."""

    epsilon: float
    measure: str
    amount: float
    delta: float

    @property
    def spend(self) -> Spend:
        return Spend("pure" if self.measure == "pure" else "zcdp", self.amount * _SLACK)


class Asked(NamedTuple):
    """An answer as plain data (`Answer.data()`), the charge that paid for it, and whether it was paid before."""

    answer: Mapping[str, Any]
    charge: Charge
    free: bool


def open_budget(
    store: Store, actor: Actor, name: str, table: Table, ground: Ground, epsilon: float, delta: float = 0.0,
    renews: Any = "never",
) -> Budget:
    """Settle once who is protected, what is public, and how much may be spent on this table.

    A delta of 1/n or more (n: protected units) would let somebody be named outright; it is refused. Only the owner, who
    has the table before them, learns of that refusal; that a budget exists tells others no more than n < 1 / delta.
    """
    if not 0 < epsilon <= 100 or not 0 <= delta < 1:
        raise Problem("Epsilon lies between 0 and 100, and delta between 0 and 1.", "An epsilon of 1 is usual.")
    check_ground(ground, table)
    if delta > 0 and delta * units(table, ground) >= 1:
        raise Problem(
            "A delta this large could give somebody away.",
            "Choose a delta far below one in the number of people; 0 is the strictest.",
        )
    total = epsilon if delta == 0 else total_rho(float(epsilon), delta / 2)
    return store.create_budget(
        actor, name, digest(table), ground=ground.model_dump(mode="json"),
        measure="pure" if delta == 0 else "zcdp", epsilon=epsilon, delta=delta, total=total,
        delta_total=delta / 2, renews=renews,
    )


def check_ground(ground: Ground, table: Table) -> None:
    """The columns it speaks of are there. Nothing else of the table is looked at."""
    table.require(ground.known)
    if not isinstance(ground.unit, EachRow):
        table.require([ground.unit.column])


def units(table: Table, ground: Ground) -> int:
    """How many people (or rows, or households) are protected; at least 1."""
    if isinstance(ground.unit, EachRow):
        return max(table.rows, 1)
    return max(len(table[ground.unit.column].values), 1)


def ground_of(budget: Budget) -> Ground:
    return build(Ground, budget.ground)


def price(query: Query, budget: Budget) -> Price:
    """What the question costs from this budget."""
    needs = getattr(query, "needs_delta", None)
    delta = 0.0
    if needs and needs(ground_of(budget)):
        if budget.measure == "pure":
            raise Problem(
                "Values that are not public can only be named from a budget with a delta.",
                "List the values as public, or make the budget with a small delta.",
            )
        delta = budget.delta_total / _KEY_QUESTIONS
    if budget.measure == "pure":
        return Price(query.epsilon, "pure", query.epsilon, delta)
    return Price(query.epsilon, "zcdp", rho_of(float(query.epsilon), budget), delta)


def rho_of(epsilon: float, budget: Budget) -> float:
    """The rho that alone is worth this epsilon, in the ledger's whole units: so a question for all of the budget fits
    into it. Less than one unit buys nothing."""
    rho = math.floor(total_rho(epsilon, budget.delta / 2) * 1e12) / 1e12
    if rho <= 0:
        raise Problem("An epsilon this small buys no answer.", "Choose a larger one: 0.01 is very little already.")
    return rho


def epsilon_spent(budget: Budget, lifetime: bool = False) -> float:
    """The epsilon that holds for all answers so far (at the budget's delta)."""
    spent = budget.lifetime if lifetime else budget.spent
    return spent if budget.measure == "pure" else as_epsilon(spent, budget.delta / 2)


def delta_spent(budget: Budget) -> float:
    """The delta that belongs to `epsilon_spent` over the lifetime: the conversion's, and that of unknown values."""
    return 0.0 if budget.measure == "pure" else budget.delta / 2 + budget.delta_lifetime


def ask(
    store: Store, actor: Actor, budget: Budget, table: Table, query: Query, again: bool = False
) -> Asked:
    """Charge, then answer. A question whose answer was paid for before is shown again for nothing.

    again  pay anew for a fresh answer to the same question
    """
    ground = ground_of(budget)
    if digest(table) != budget.digest:
        raise Problem("The budget “{name}” belongs to another table.",
                      "Name the budget of this table, or make one for it.", name=budget.name)
    check(query, table, ground)
    plain = dump(query)
    paid = None if again else store.paid(actor, budget.id, plain, query.epsilon)
    if paid is not None and paid.answer is not None:
        return Asked(paid.answer, paid, True)
    cost = price(query, budget)
    if query.epsilon < _TINY:
        _rehearse(query, table, ground, cost)
    charge = store.charge(actor, budget.id, plain, epsilon=query.epsilon, price=cost.amount, delta_price=cost.delta)
    answer = answered(query, table, ground, cost)
    store.keep_answer(actor, charge.id, answer)
    return Asked(answer, charge, False)


def _rehearse(query: Query, table: Table, ground: Ground, cost: Price) -> None:
    """Stop, before anything is charged, where noise so large cannot be drawn: tried without any row."""
    try:
        answered(query, table.take(np.arange(0)), ground, cost)
    except Problem:
        found = False
    else:
        found = True
    if not found:
        raise Problem("So small a price buys no answer to this question.", "Choose a larger epsilon.")


def check(query: Query, table: Table, ground: Ground) -> None:
    """Stop, before anything is charged, if the question cannot be asked: decided without looking at any row."""
    query.check(plain(table.take(np.arange(0)), ground), ground)


def answered(query: Query, table: Table, ground: Ground, cost: Price) -> dict[str, Any]:
    """The answer as plain data. What breaks here is said in one sentence that is the same for every table."""
    try:
        return query.answer(look(query, plain(table, ground), ground, cost.spend, cost.delta)).data()
    except Exception:  # noqa: BLE001 - a sentence that depends on the rows would tell what no noise covers
        raise Problem("The question could not be answered; its price is spent.",
                      "Tell the people who maintain this program which question it was.") from None


def plain(table: Table, ground: Ground) -> Table:
    """Each column of numbers read cell by cell, whatever kind the whole column was guessed to be."""
    from core.query.ground import Bounds

    numbers = [n for n, known in ground.known.items() if isinstance(known, Bounds) and n in table.columns]
    return table.with_columns({n: as_numbers(table.columns[n]) for n in numbers})
