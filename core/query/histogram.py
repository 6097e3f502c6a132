"""How numbers are spread over bins."""

from __future__ import annotations

import itertools
from typing import ClassVar, Literal

import numpy as np

from core.declare import column_of, param
from core.query.count import Count
from core.query.ground import Ground, as_numbers, written
from core.query.query import Axis
from core.table import Table


class Histogram(Count):
    """How many rows fall in each of a number of equal bins between the public bounds of a column.

    At a glance: "how expenditure is spread". Every bin has the same noise; fewer bins show the shape more clearly.
    Numbers beyond the bounds are counted in the first and last bin; missing ones in none.

    Source: Dwork, McSherry, Nissim and Smith (2006), doi:10.1007/11681878_14.
    """

    query: Literal["histogram"] = "histogram"  # type: ignore[assignment]
    title: ClassVar[str] = "Histogram"
    column: column_of("number") = param("Which column of numbers?", why="Its public bounds set the bins.")  # type: ignore[valid-type]
    bins: int = param("How many bins?", default=10, ge=2, le=200, why="Fewer bins, clearer shape.", search=(5, 30))

    def check(self, table: Table, ground: Ground) -> None:
        table.require([self.column])
        super().check(table, ground)

    def axes(self, table: Table, ground: Ground) -> tuple[Axis, ...]:
        known = ground.bounds(self.column)
        edges = np.linspace(known.low, known.high, self.bins + 1)
        numbers = as_numbers(table[self.column]).numbers
        place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, self.bins - 1).astype(np.int32)
        labels = tuple(f"{a} to {b}" for a, b in itertools.pairwise(written(edges)))
        return (*super().axes(table, ground), Axis(self.column, labels, np.where(np.isnan(numbers), -1, place)))
