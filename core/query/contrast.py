"""The difference and the ratio between two groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from core.declare import column_of, param
from core.problem import Problem
from core.query.ground import Ground, as_numbers
from core.query.noise import Floats
from core.query.query import (
    Answer,
    Axis,
    Estimate,
    Noisy,
    Query,
    Statistic,
    View,
    counted,
    in_words,
    normal,
    ratio,
    summed,
)
from core.table import Table


class Contrast(Query):
    """The difference and the ratio between two groups: of their counts, totals or means.

    At a glance: "how much less do women earn than men". Both groups are measured with half of the noise each would
    have alone, because a person is only in one of them. Grouped further, there is one comparison for each group.

    The intervals are those of the noise (first order). Source: Dwork and Roth (2014), section 3.3.
    """

    query: Literal["contrast"] = "contrast"
    title: ClassVar[str] = "Difference between groups"
    measures: ClassVar[str] = "difference"
    of: Literal["count", "sum", "mean"] = param(
        "What is compared?", default="mean", why="A mean does not depend on how many there are.",
        labels={"count": "Their counts", "sum": "Their totals", "mean": "Their means"},
    )
    column: column_of("number") | None = param(  # type: ignore[valid-type]
        "Of which column of numbers?", default=None, why="For totals and means.",
    )
    between: column_of() = param("Between groups of which column?", why="Its groups must be public.")  # type: ignore[valid-type]
    fill: float | None = param(
        "Which number stands for a missing one?", default=None, advanced=True, why="None: such rows are left out.",
    )
    first: str = param("Which group?", why="The answer is this group's number less the other's.")
    second: str = param("Compared with which group?", why="The ratio divides by this group's number.")

    def check(self, table: Table, ground: Ground) -> None:
        table.require([self.between])
        labels = ground.labels(self.between)
        if self.first == self.second or not {self.first, self.second} <= set(labels):
            raise Problem(
                "The two groups are not two public groups of “{column_name}”.",
                "Choose two different groups among those stated as public.", column_name=self.between,
                column=self.between,
            )
        if self.of != "count":
            if self.column is None:
                raise Problem("It is not said which numbers are compared.", "Choose a column of numbers.")
            table.require([self.column])
            ground.bounds(self.column)
        super().check(table, ground)

    def axes(self, table: Table, ground: Ground) -> tuple[Axis, ...]:
        labels = ground.labels(self.between)
        place = ground.place(table, self.between)
        two = np.select([place == labels.index(self.first), place == labels.index(self.second)], [0, 1], -1)
        return (*super().axes(table, ground), Axis(self.between, (self.first, self.second), two.astype(np.int32)))

    def statistics(self, view: View) -> tuple[Statistic, ...]:
        if self.of == "count" or self.column is None:
            return (counted(np.ones(view.rows.rows, bool), 1.0),)
        known, numbers = view.ground.bounds(self.column), as_numbers(view.rows[self.column]).numbers
        middle = (known.low + known.high) / 2 if self.of == "mean" else 0.0
        reach = max(known.high - middle, middle - known.low)
        if self.fill is not None:
            numbers = np.where(np.isnan(numbers), self.fill, numbers)
        held = ~np.isnan(numbers)
        off = np.clip(numbers, known.low, known.high) - middle
        share = 0.5 if self.of == "mean" else 0.1
        return counted(held, share), summed(off, reach, 1 - share)

    def answer(self, view: View) -> Answer:
        noisy = view.released(self.statistics(view))
        withheld = np.asarray(self._withheld(noisy, view.groups).reshape(-1, 2).any(axis=1))
        labels = tuple(label[:-1] for label in view.labels[::2])
        return Answer(view.by[:-1], labels, self.estimates(view, noisy), withheld, in_words(noisy))

    def estimates(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Estimate, ...]:
        value, sd = self._measured(view, noisy)
        (a, b), (sa, sb) = value.reshape(-1, 2).T, sd.reshape(-1, 2).T
        difference = normal("difference", a - b, np.sqrt(sa**2 + sb**2))
        # The ratio says nothing where the second number is within its own noise of zero.
        clear = np.abs(b) > 2 * sb
        safe = np.where(clear, b, 1.0)
        spread = np.sqrt(sa**2 + (a / safe) ** 2 * sb**2) / np.abs(safe)
        times = normal("ratio", np.where(clear, a / safe, np.nan), np.where(clear, spread, np.nan))
        return difference, times

    def _measured(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Floats, Floats]:
        """(groups,) the number of each group, and the standard deviation of its noise."""
        n = noisy["count"]
        if self.of == "count" or self.column is None:
            return n.numbers, np.full(view.groups, n.sd)
        s = noisy["sum"]
        if self.of == "sum":
            return s.numbers, np.full(view.groups, s.sd)
        known = view.ground.bounds(self.column)
        value, sd = ratio(s.numbers, s.sd, n.numbers, n.sd)
        return value + (known.low + known.high) / 2, sd
