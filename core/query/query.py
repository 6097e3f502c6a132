"""Query: what every question is, what it is given, and what comes back."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import Declared, columns_of, param
from core.problem import Problem
from core.protect.rows_and_columns.select_rows import Number, Several, Where
from core.query.ground import Ground, as_numbers
from core.query.noise import Floats, Integers, Noise, Spend, release
from core.table import Table
from core.table.column import Codes, Mask

GRID = 2**20
"""Numbers are counted in steps of a 2**20th of their bound: exact sums, and far finer than any noise."""

MOST_GROUPS = 100_000
CONFIDENCE = 0.95


class Axis(NamedTuple):
    """One way rows are grouped: its name, the names of its groups, and (rows,) each row's place in them (-1: none)."""

    name: str
    labels: tuple[str, ...]
    place: Codes


class Statistic(NamedTuple):
    """A sum over rows, by group.

    rows   (rows,) int64: what each row adds, in steps; 0 for rows that add nothing
    bound  the most one row can add, in steps, without a sign
    step   what one step is worth
    share  the share of the price that is spent on it
    """

    name: str
    rows: Integers
    bound: int
    step: float
    share: float


class Noisy(NamedTuple):
    """A released sum by group: (groups,) numbers in the unit of the data, and the standard deviation of their noise."""

    numbers: Floats
    sd: float
    noise: Noise
    step: float

    def half_width(self) -> float:
        return self.noise.half_width(CONFIDENCE) * self.step


class Estimate(NamedTuple):
    """Numbers by group with the interval that holds the true value (of the file) with 95%, as far as noise goes.

    sd  the standard deviation of the noise, where it is the same for every group and the noise is all there is to it
    """

    name: str
    values: Floats
    low: Floats
    high: Floats
    sd: float | None = None

    def within(self, low: float, high: float) -> Estimate:
        """Cut to what the number can be."""
        return self._replace(values=np.clip(self.values, low, high), low=np.clip(self.low, low, high),
                             high=np.clip(self.high, low, high))


@dataclass(frozen=True)
class View:
    """The rows a question may look at, and the groups it is asked for.

    rows    the table after bounding and conditions
    group   (rows,) place of each row's group; -1: in none
    by      what the rows are grouped by
    labels  (groups,) the names of each group, one for each entry of `by`
    factor  by how much exchanging a unit (public size) moves more than adding one: 2, else 1
    """

    ground: Ground
    rows: Table
    group: Integers
    by: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    spend: Spend
    delta: float = 0.0

    @property
    def groups(self) -> int:
        return len(self.labels)

    @property
    def factor(self) -> int:
        return 2 if self.ground.size_public else 1

    def sensitivity(self, bound: int) -> int:
        """How far one protected unit can move a vector of sums whose rows add at most `bound`."""
        return self.factor * self.ground.most * bound

    def released(self, statistics: tuple[Statistic, ...]) -> dict[str, Noisy]:
        """Every statistic, summed exactly by group and released with noise."""
        found = {}
        for s in statistics:
            if np.abs(s.rows).max(initial=0) > s.bound:
                raise ArithmeticError(f"{s.name}: a row adds more than its bound")
            sums = np.zeros(self.groups, np.int64)
            inside = self.group >= 0
            np.add.at(sums, self.group[inside], s.rows[inside])
            drawn, noise = release(sums, self.sensitivity(s.bound), self.spend.part(s.share))
            found[s.name] = Noisy(drawn.astype(np.float64) * s.step, noise.sd * s.step, noise, s.step)
        return found


@dataclass(frozen=True)
class Answer:
    """What a question brought: one line for each group.

    by         the columns it is grouped by
    estimates  the numbers with their intervals
    withheld   (groups,) True where too few people were counted: nothing is shown of these
    mechanism  the noise that was drawn, in words
    """

    by: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    estimates: tuple[Estimate, ...]
    withheld: Mask
    mechanism: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())

    def lines(self) -> list[dict[str, Any]]:
        """One dict for each group: its labels, and value, low and high of each estimate (None where withheld)."""
        out = []
        for i, label in enumerate(self.labels):
            line: dict[str, Any] = dict(zip(self.by, label, strict=True))
            for e in self.estimates:
                for part, numbers in (("", e.values), ("_low", e.low), ("_high", e.high)):
                    hidden = self.withheld[i] or not np.isfinite(numbers[i])
                    line[e.name + part] = None if hidden else float(numbers[i])
            out.append(line)
        return out

    def data(self) -> dict[str, Any]:
        """Plain data, to be kept and shown again for nothing."""
        return {"by": list(self.by), "estimates": [e.name for e in self.estimates], "lines": self.lines(),
                "sd": {e.name: e.sd for e in self.estimates if e.sd is not None},
                "withheld": int(self.withheld.sum()), "mechanism": list(self.mechanism), "notes": list(self.notes)}


class Query(Declared):
    """A question to the data. Subclasses add `query: Literal[...]`, `title`, their settings, and what they count."""

    measures: ClassVar[str] = ""
    """What the answer is called in a table's head."""

    epsilon: float = param(
        "How much of the budget may this question spend?", default=0.1, ge=1e-6, le=20, unit="epsilon",
        search=(0.01, 1), why="More gives a more exact answer and leaves less for other questions.",
    )
    where: tuple[Where, ...] = param(
        "Only which rows?", default=(), why="Conditions such as income more than 20,000, or district is Pune.",
    )
    join: Literal["all", "any"] = param(
        "Must a row meet all or any of the conditions?", default="all", advanced=True,
        why="all: each of them; any: one is enough.", labels={"all": "all of them", "any": "any of them"},
    )
    by: columns_of() = param(  # type: ignore[valid-type]
        "Grouped by which columns?", default=(), why="An answer for each group; small groups need more budget.",
    )
    fewest: int | None = param(
        "Below how many people is a group withheld?", default=None, ge=1, advanced=True, unit="people",
        why="None: where the noise would be larger than the count itself.",
    )

    def check(self, table: Table, ground: Ground) -> None:
        """Stop with a Problem, before anything is charged, if this question cannot be answered."""
        for condition in self.where:
            meets(condition, table)
        table.require(self.by)
        axes = self.axes(table.take(np.arange(0)), ground)
        if len({axis.name for axis in axes}) < len(axes):
            raise Problem("A column stands twice among the groups.", "Group by each column once.")
        groups = math.prod(len(axis.labels) for axis in axes)
        if groups > MOST_GROUPS:
            raise Problem(
                "The question asks for {count} groups; at most {most} are answered at once.",
                "Group by fewer columns, or by wider groups.", count=groups, most=MOST_GROUPS,
            )

    def axes(self, table: Table, ground: Ground) -> tuple[Axis, ...]:
        """How the rows are grouped."""
        return tuple(Axis(n, ground.labels(n), ground.place(table, n)) for n in self.by)

    def statistics(self, view: View) -> tuple[Statistic, ...]:  # noqa: ARG002
        """The sums this question needs; their shares add up to 1."""
        raise TypeError(f"{type(self).__name__} does not say what it sums")

    def estimates(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Estimate, ...]:  # noqa: ARG002
        """The answer, made of the noisy sums alone."""
        raise TypeError(f"{type(self).__name__} does not say what it answers")

    def answer(self, view: View) -> Answer:
        """The question answered. The price must have been charged before this is called."""
        noisy = view.released(self.statistics(view))
        withheld = self._withheld(noisy, view.groups)
        return Answer(view.by, view.labels, self.estimates(view, noisy), withheld, in_words(noisy))

    def _withheld(self, noisy: Mapping[str, Noisy], groups: int) -> Mask:
        count = noisy.get("count")
        if count is None or groups == 1:
            return np.zeros(groups, bool)
        fewest = self.fewest if self.fewest is not None else count.half_width()
        return np.asarray(count.numbers < fewest)


def look(query: Query, table: Table, ground: Ground, spend: Spend, delta: float = 0.0) -> View:
    """The rows and groups a question is about: bounded first, then filtered, so that the promise covers both."""
    table = table.take(ground.kept(table))
    if query.where:
        met = np.array([meets(c, table) for c in query.where])
        table = table.take(np.asarray(met.all(axis=0) if query.join == "all" else met.any(axis=0)))
    return View(ground, *placed(query, table, ground), spend, delta)


def meets(condition: Where, table: Table) -> Mask:
    """(rows,) True where a row meets the condition. Numbers are read cell by cell, whatever the column's kind."""
    if isinstance(condition, Several):
        met = np.array([meets(c, table) for c in condition.where])
        return np.asarray(met.all(axis=0) if condition.join == "all" else met.any(axis=0))
    if isinstance(condition, Number):
        table = Table.of({condition.column: as_numbers(table[condition.column])})
    return condition.met(table)


def placed(
    query: Query, table: Table, ground: Ground
) -> tuple[Table, Integers, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The rows with the place of each one's group, what they are grouped by, and the names of all groups."""
    axes = query.axes(table, ground)
    labels = tuple(itertools.product(*(axis.labels for axis in axes)))
    group = np.zeros(table.rows, np.int64)
    for axis in axes:
        group = np.where((group < 0) | (axis.place < 0), -1, group * len(axis.labels) + axis.place)
    return table, group, tuple(axis.name for axis in axes), labels


def in_words(noisy: Mapping[str, Noisy]) -> tuple[str, ...]:
    """The noise of each released sum, in the unit of the data."""
    return tuple(f"{name}: {n.noise.distribution}, scale {n.noise.scale * n.step:.6g}" for name, n in noisy.items())


def counted(rows: Mask, share: float, name: str = "count") -> Statistic:
    """How many rows there are."""
    return Statistic(name, rows.astype(np.int64), 1, 1.0, share)


def summed(numbers: Floats, bound: float, share: float, name: str = "sum") -> Statistic:
    """The sum of numbers of at most `bound` without a sign, on the public grid; NaN adds nothing."""
    step = bound / GRID
    rows = np.rint(np.nan_to_num(np.clip(numbers, -bound, bound)) / step).astype(np.int64)
    return Statistic(name, rows, GRID, step, share)


def ratio(top: Floats, top_sd: float, below: Floats, below_sd: float) -> tuple[Floats, Floats]:
    """top / below, and the standard deviation of its noise (first order, independent noise); NaN where below < 1."""
    fits = below >= 1
    safe = np.where(fits, below, 1.0)
    value = top / safe
    sd = np.sqrt(top_sd**2 + value**2 * below_sd**2) / safe
    return np.where(fits, value, np.nan), np.where(fits, sd, np.nan)


def normal(name: str, values: Floats, sd: Floats) -> Estimate:
    """An estimate with the interval of normally distributed noise."""
    return Estimate(name, values, values - 1.959964 * sd, values + 1.959964 * sd)
