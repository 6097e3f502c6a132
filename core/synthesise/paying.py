"""What pays for a private synthesizer: the ledger of the dataset, charged before a row is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from core.declare import dump
from core.problem import Problem
from core.query.ask import _KEY_QUESTIONS as QUESTIONS_OF_KEYS
from core.query.ask import _SLACK as SLACK
from core.query.ask import ground_of, rho_of
from core.query.digest import digest
from core.query.ground import Ground
from core.query.noise import Spend
from core.table import Table

if TYPE_CHECKING:
    from core.store import Actor, Budget, Store
    from core.synthesise.private import PrivateSynthesizer


class Price(NamedTuple):
    """What training once costs, in the budget's measure, and the (epsilon, delta) that holds for its rows alone."""

    measure: str
    amount: float
    names_delta: float
    epsilon: float
    delta: float


class Paid(NamedTuple):
    """What was paid for: what may be spent on noise, on whose behalf, and the promise for people."""

    ground: Ground
    spend: Spend
    names_delta: float
    epsilon: float
    delta: float


def price(step: PrivateSynthesizer, budget: Budget) -> Price:
    """What training this synthesizer once costs; every candidate that is trained costs it again."""
    step.check_measure(budget.measure)
    found = len(step.find)
    if budget.measure == "pure":
        if found:
            raise Problem(
                "Values that are not public can only be found with a budget that has a delta.",
                "List the values, or make the budget with a small delta.",
            )
        return Price("pure", step.epsilon, 0.0, step.epsilon, 0.0)
    rho = rho_of(float(step.epsilon), budget)
    names = found * budget.delta_total / QUESTIONS_OF_KEYS
    return Price("zcdp", rho, names, step.epsilon, budget.delta / 2 + names)


@dataclass(frozen=True)
class Ledger:
    """Pays for private synthesizers from a stored budget.

    Charged, and on the disk, before `pay` returns: a training that is stopped or fails has been paid for.
    """

    store: Store
    actor: Actor
    budget: Budget

    @property
    def ground(self) -> Ground:
        """Who is protected, and what is public, as settled when the budget was made."""
        return ground_of(self.budget)

    def pay(self, step: PrivateSynthesizer, original: Table) -> Paid:
        """Charge for one training on this table. Refused: nothing is charged, nothing was looked at."""
        if digest(original) != self.budget.digest:
            raise Problem(
                "The budget “{name}” belongs to another table.", "Name the budget of this table, or make one for it.",
                name=self.budget.name,
            )
        cost = price(step, self.budget)
        self.store.charge(
            self.actor, self.budget.id, charged_for(step), epsilon=step.epsilon, price=cost.amount,
            delta_price=cost.names_delta,
        )
        spend = Spend("pure" if cost.measure == "pure" else "zcdp", cost.amount * SLACK)
        return Paid(self.ground, spend, cost.names_delta, cost.epsilon, cost.delta)


def charged_for(step: PrivateSynthesizer) -> Mapping[str, Any]:
    """What the ledger says was trained: the settings, under the name of the question they answer."""
    return {"query": "synthesise", **dump(step)}
