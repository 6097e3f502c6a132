"""New households of new people: first the household, then its members one after the other, each given those before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.protect.method import Progress
from core.synthesise.accept import below
from core.synthesise.join import Join, join, part
from core.synthesise.rules import broken
from core.synthesise.synthesizer import FEWEST
from core.synthesise.trained import Kept, Model
from core.table import Column, Table

if TYPE_CHECKING:
    from core.synthesise.conditional import Conditional

SIZE, PLACE, HEAD, BEFORE = "·size", "·place", "·head·", "·before·"
"""Names of columns only the model sees."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class HouseholdModel:
    """Households as a table of their own, the first member given the household, the others given those before them.

    Columns that are the same for all members of every household are the household's; the others are the persons'.
    Members stand in the order of the file: in most surveys the head comes first.

    names    columns in file order, the household's number among them
    persons  the persons' columns
    """

    household: str
    names: tuple[str, ...]
    persons: tuple[str, ...]
    homes: Model
    heads: Model | None
    members: Model | None
    joins: tuple[Join, ...]
    mean_size: float
    kind: str

    @staticmethod
    def train(step: Conditional, household: str, real: Table, rng: np.random.Generator, progress: Progress) -> Kept:
        """The model of a table with a household column, wrapped as any other."""
        home = homes_of(real, household)
        spoilt = np.bincount(home, broken(step.rules, real), int(home.max()) + 1) > 0
        rows = np.flatnonzero(~spoilt[home])
        left_out = real.rows - len(rows)
        real, home = real.take(rows), home[rows]
        if len(np.unique(home)) < FEWEST:
            raise Problem(
                "Only {count} households are left to learn from; a synthesizer needs at least {fewest}.",
                "Make persons without households, or protect the rows instead.",
                count=len(np.unique(home)), fewest=FEWEST,
            )
        order, start, size = _layout(home)
        chosen = _by_weight(step, real, order[start], rng)
        names = tuple(n for n in step.learned(real) if n != household)
        table, joins = join(Table({n: real[n] for n in names}), step.rules)
        model = _learn(step, table, order, start[chosen], size[chosen], rng, progress)
        homes, heads, members, persons = model
        facts = {"rows": real.rows, "columns": list(names), "against_rules": left_out, "households": len(start)}
        whole = tuple(n for n in real.names if n in names or n == household)
        kept = HouseholdModel(household, whole, persons, homes, heads, members, joins, float(size[chosen].mean()),
                              real[household].kind)
        return Kept(kept, (), facts)

    def draw(self, rows: int, rng: np.random.Generator, known: Table | None = None) -> Table:  # noqa: ARG002
        """About `rows` persons in whole households, numbered from 1."""
        homes = self.homes.draw(max(1, round(rows / self.mean_size)), rng)
        size = np.maximum(np.rint(homes[SIZE].numbers), 1).astype(np.int64)
        parts: list[Table] = []
        at: list[Rows] = []
        head = before = Table({})
        for place in range(1, int(size.max()) + 1):
            here = np.flatnonzero(size >= place)
            model = self.heads if place == 1 else self.members
            if model is None:
                now = Table({})
            elif place == 1:
                now = _only(model.draw(len(here), rng, homes), self.persons)
                head = now
            else:
                given = {**homes.take(here).columns, PLACE: Column.of([str(place)] * len(here), "number")}
                given |= {HEAD + n: c for n, c in head.take(here).columns.items()}
                given |= {BEFORE + n: c for n, c in before.take(np.searchsorted(at[-1], here)).columns.items()}
                now = _only(model.draw(len(here), rng, Table(given)), self.persons)
            parts.append(now)
            at = [here] if place == 1 else [*at, here]
            before = now
        return self._assembled(homes, parts, at)

    def _assembled(self, homes: Table, parts: list[Table], at: list[Rows]) -> Table:
        home = np.concatenate(at)
        order = np.lexsort((np.repeat(np.arange(len(at)), [len(a) for a in at]), home))
        width = len(str(homes.rows))
        number = Column.of([str(i + 1).zfill(width) for i in home[order].tolist()], self.kind)  # type: ignore[arg-type]
        columns = dict(homes.without([SIZE]).take(home[order]).columns)
        if self.persons:
            columns |= dict(below(parts).take(order).columns)
        split = part(Table(columns), self.joins)
        return Table({n: number if n == self.household else split[n] for n in self.names})


def homes_of(table: Table, household: str) -> Rows:
    """(rows,) which household each row is of; a row without a number is a household of its own."""
    codes = table[household].codes.astype(np.int64)
    alone = np.flatnonzero(codes < 0)
    codes[alone] = len(table[household].values) + np.arange(len(alone))
    return codes


def _layout(home: Rows) -> tuple[Rows, Rows, Rows]:
    """Rows ordered by household, keeping the file's order within; where each household starts, and its size."""
    order = np.argsort(home, kind="stable")
    _, start, size = np.unique(home[order], return_index=True, return_counts=True)
    return order, start, size


def _by_weight(step: Conditional, real: Table, first: Rows, rng: np.random.Generator) -> Rows:
    """Which households to learn from: all, or for the population drawn anew by their first member's weight."""
    name = real.one("weight")
    if step.weights == "sample" or name is None:
        return np.arange(len(first))
    weights = np.maximum(np.nan_to_num(real[name].numbers[first]), 0)
    if weights.sum() <= 0:
        raise Problem(
            "No household has a positive sample weight.", "Synthesise for the sample, or correct the weights.",
            column=name,
        )
    return rng.choice(len(first), len(first), p=weights / weights.sum())


def _learn(
    step: Conditional, table: Table, order: Rows, start: Rows, size: Rows, rng: np.random.Generator, progress: Progress
) -> tuple[Model, Model | None, Model | None, tuple[str, ...]]:
    # Rows of the chosen households, one household after the other, each in the file's order.
    place = np.concatenate([np.arange(s) for s in size.tolist()])
    rows = order[np.repeat(start, size) + place]
    persons = tuple(n for n in table.names if not _same_within(table[n], rows, place))
    shared = [n for n in table.names if n not in persons]
    first = rows[place == 0]
    homes = Table({**{n: table[n].take(first) for n in shared}, SIZE: Column.of([str(s) for s in size], "number")})
    none = Table({})
    home_model = step.learn_given(none, homes, rng, _third(progress, 0))
    if not persons:
        return home_model, None, None, persons
    people = Table({n: table[n] for n in persons})
    heads = people.take(first)
    head_model = step.learn_given(homes, heads, rng, _third(progress, 1))
    later = np.flatnonzero(place > 0)
    if not len(later):
        return home_model, head_model, None, persons
    of = np.repeat(np.arange(len(size)), size)[later]
    given = {**homes.take(of).columns, PLACE: Column.of([str(p + 1) for p in place[later]], "number")}
    given |= {HEAD + n: c for n, c in heads.take(of).columns.items()}
    given |= {BEFORE + n: c for n, c in people.take(rows[later - 1]).columns.items()}
    member_model = step.learn_given(Table(given), people.take(rows[later]), rng, _third(progress, 2))
    return home_model, head_model, member_model, persons


def _same_within(column: Column, rows: Rows, place: Rows) -> bool:
    codes = column.codes[rows]
    return bool((codes[1:][place[1:] > 0] == codes[:-1][place[1:] > 0]).all())


def _only(table: Table, names: tuple[str, ...]) -> Table:
    return Table({n: table[n] for n in names})


def _third(progress: Progress, which: int) -> Progress:
    return lambda share, doing: progress((which + share) / 3, doing)
