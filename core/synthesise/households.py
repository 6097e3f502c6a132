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
from core.synthesise.rare import common_only
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
class Chain:
    """Homes as a table of their own, with their size; the first member given the home, the others given those before.

    persons  the persons' columns
    least    the smallest size a home can have: 1 for households, 0 for a table to which another one is linked
    """

    homes: Model
    heads: Model | None
    members: Model | None
    persons: tuple[str, ...]
    mean_size: float
    least: int

    @staticmethod
    def learned(
        step: Conditional, homes: Table, people: Table, size: Rows, rng: np.random.Generator, progress: Progress,
        least: int = 1,
    ) -> Chain:  # fmt: skip
        """The chain of `homes` (without sizes) and `people`, who stand home after home, `size` of them in each."""
        sized = homes.with_columns({SIZE: Column.of([str(s) for s in size.tolist()], "number")})
        # The one home of seventeen would be found at once: no new one has a size that hardly any has.
        usual, _ = common_only(sized, (SIZE,), step.fewest, np.arange(sized.rows), rng)
        home_model = step.learn_given(Table({}), usual, rng, _third(progress, 0))
        names, mean = people.names, float(size.mean())
        if not names or not people.rows:
            return Chain(home_model, None, None, names, mean, least)
        of = np.repeat(np.arange(len(size)), size)
        place = np.concatenate([np.arange(s) for s in size.tolist()])
        first = np.flatnonzero(place == 0)
        heads = people.take(first)
        head_model = step.learn_given(sized.take(of[first]), heads, rng, _third(progress, 1))
        later = np.flatnonzero(place > 0)
        if not len(later):
            return Chain(home_model, head_model, None, names, mean, least)
        given = {**sized.take(of[later]).columns, PLACE: Column.of([str(p + 1) for p in place[later]], "number")}
        head_of = np.cumsum(place == 0) - 1
        given |= {HEAD + n: c for n, c in heads.take(head_of[later]).columns.items()}
        given |= {BEFORE + n: c for n, c in people.take(later - 1).columns.items()}
        member_model = step.learn_given(Table(given), people.take(later), rng, _third(progress, 2))
        return Chain(home_model, head_model, member_model, names, mean, least)

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Table, Table, Rows]:
        """`count` homes, their people, and for each person which home (people stand home after home)."""
        sized = self.homes.draw(count, rng)
        size = np.maximum(np.rint(np.nan_to_num(sized[SIZE].numbers)), self.least).astype(np.int64)
        parts: list[Table] = []
        at: list[Rows] = []
        head = before = Table({})
        for place in range(1, int(size.max()) + 1):
            here = np.flatnonzero(size >= place)
            if self.heads is None:
                now = Table({})
            elif place == 1:
                head = now = _only(self.heads.draw(len(here), rng, sized.take(here)), self.persons)
                first = here
            elif self.members is not None:
                given = {**sized.take(here).columns, PLACE: Column.of([str(place)] * len(here), "number")}
                given |= {HEAD + n: c for n, c in head.take(np.searchsorted(first, here)).columns.items()}
                given |= {BEFORE + n: c for n, c in before.take(np.searchsorted(at[-1], here)).columns.items()}
                now = _only(self.members.draw(len(here), rng, Table(given)), self.persons)
            parts.append(now)
            at.append(here)
            before = now
        home = np.concatenate(at) if at else np.zeros(0, np.int64)
        order = np.lexsort((np.repeat(np.arange(len(at)), [len(a) for a in at]), home))
        people = below(parts).take(order) if self.persons and parts else Table({})
        return sized.without([SIZE]), people, home[order]


@dataclass(frozen=True)
class HouseholdModel:
    """Whole households of one table of persons.

    Columns that are the same for all members of every household are the household's; the others are the persons'.
    Members stand in the order of the file: in most surveys the head comes first.

    names  columns in file order, the household's number among them
    """

    household: str
    names: tuple[str, ...]
    chain: Chain
    joins: tuple[Join, ...]
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
        order, start, size = layout(home)
        chosen = _by_weight(step, real, order[start], rng)
        names = tuple(n for n in step.learned(real) if n != household)
        table, joins = join(Table({n: real[n] for n in names}), step.rules)
        table, rare = step.common(table, home, rng)
        chain = _learn(step, table, order, start[chosen], size[chosen], rng, progress)
        facts = {"rows": real.rows, "columns": list(names), "against_rules": left_out, "households": len(start),
                 "rare": rare}
        whole = tuple(n for n in real.names if n in names or n == household)
        return Kept(HouseholdModel(household, whole, chain, joins, real[household].kind), (), facts)

    def draw(self, rows: int, rng: np.random.Generator, known: Table | None = None) -> Table:  # noqa: ARG002
        """About `rows` persons in whole households, numbered from 1."""
        homes, people, home = self.chain.draw(max(1, round(rows / self.chain.mean_size)), rng)
        number = numbered(home + 1, homes.rows, self.kind)
        split = part(Table({**homes.take(home).columns, **people.columns}), self.joins)
        return Table({n: number if n == self.household else split[n] for n in self.names})


def numbered(numbers: Rows, most: int, kind: str) -> Column:
    """Running numbers, all written as long as the largest one."""
    width = len(str(most))
    return Column.of([str(i).zfill(width) for i in numbers.tolist()], kind)  # type: ignore[arg-type]


def homes_of(table: Table, household: str) -> Rows:
    """(rows,) which household each row is of; a row without a number is a household of its own."""
    codes = table[household].codes.astype(np.int64)
    alone = np.flatnonzero(codes < 0)
    codes[alone] = len(table[household].values) + np.arange(len(alone))
    return codes


def layout(home: Rows) -> tuple[Rows, Rows, Rows]:
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
) -> Chain:
    # Rows of the chosen households, one household after the other, each in the file's order.
    place = np.concatenate([np.arange(s) for s in size.tolist()])
    rows = order[np.repeat(start, size) + place]
    persons = tuple(n for n in table.names if not _same_within(table[n], rows, place))
    first = rows[place == 0]
    homes = Table({n: table[n].take(first) for n in table.names if n not in persons})
    return Chain.learned(step, homes, Table({n: table[n].take(rows) for n in persons}), size, rng, progress)


def _same_within(column: Column, rows: Rows, place: Rows) -> bool:
    codes = column.codes[rows]
    return bool((codes[1:][place[1:] > 0] == codes[:-1][place[1:] > 0]).all())


def _only(table: Table, names: tuple[str, ...]) -> Table:
    return Table({n: table[n] for n in names})


def _third(progress: Progress, which: int) -> Progress:
    return lambda share, doing: progress((which + share) / 3, doing)
