"""What the questions about one column of numbers share: which column, and what is done with missing cells."""

from __future__ import annotations

import numpy as np

from core.declare import column_of, param
from core.query.ground import Ground, as_numbers
from core.query.noise import Floats
from core.query.query import Query, View
from core.table import Table
from core.table.column import Mask


class OfNumbers(Query):
    """A question about a column of numbers. Numbers beyond the public bounds count as the bound."""

    column: column_of("number") = param("Which column of numbers?", why="Its public bounds decide the noise.")  # type: ignore[valid-type]
    fill: float | None = param(
        "Which number stands for a missing one?", default=None, advanced=True, why="None: such rows are left out.",
    )

    def check(self, table: Table, ground: Ground) -> None:
        super().check(table, ground)
        table.require([self.column])
        ground.bounds(self.column)

    def numbers(self, view: View) -> tuple[Floats, Mask]:
        """(rows,) the numbers within their bounds (0 where there is none), and which rows have one."""
        known = view.ground.bounds(self.column)
        numbers = as_numbers(view.rows[self.column]).numbers
        if self.fill is not None:
            numbers = np.where(np.isnan(numbers), self.fill, numbers)
        held = ~np.isnan(numbers)
        return np.where(held, np.clip(numbers, known.low, known.high), 0.0), held

    def centre(self, view: View) -> tuple[float, float]:
        """The middle of the bounds, and how far they reach from it: sums around the middle need the least noise."""
        known = view.ground.bounds(self.column)
        return (known.low + known.high) / 2, (known.high - known.low) / 2
