"""Columns as amounts: numbers and dates as floats, and written back as the column writes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.protect.cells import decimals_of
from core.table import Column
from core.table.column import Floats, Mask

EXTREMES = 3
"""Of so many people the mean is the smallest and the largest amount that is made."""


@dataclass(frozen=True)
class Numeric:
    """A column as numbers, and how to write them back: amounts in their decimals, dates as days since 1970.

    numbers    (rows,) NaN where missing; a suppressed cell counts as missing
    low, high  nothing is written outside them: the means of the EXTREMES smallest and largest cells, because the
               largest income of all would give its owner away
    """

    numbers: Floats
    kind: Literal["number", "date"]
    decimals: int | None
    low: float
    high: float

    @staticmethod
    def of(column: Column) -> Numeric | None:
        """None where the column is no number or date, or holds a cell that does not read as one."""
        if column.kind == "number":
            numbers = column.numbers
        elif column.kind == "date":
            numbers = days(column)
        else:
            return None
        if (np.isnan(numbers) & ~column.missing & ~column.suppressed).any() or not np.isfinite(numbers).any():
            return None
        if np.isinf(numbers).any():
            return None
        decimals = decimals_of(column) if column.kind == "number" else 0
        kind: Literal["number", "date"] = "date" if column.kind == "date" else "number"
        low, high = _limits(numbers)
        return Numeric(numbers, kind, decimals, low, high)

    @property
    def missing(self) -> Mask:
        """(rows,) True where there is no amount."""
        return np.isnan(self.numbers)

    def column(self, numbers: Floats) -> Column:
        """(rows,) amounts as a column: in this one's decimals, within its range; NaN becomes a missing cell."""
        clipped = np.clip(numbers, self.low, self.high)
        return Column.of_numbers(clipped, self.decimals) if self.kind == "number" else dates(clipped)


def _limits(numbers: Floats) -> tuple[float, float]:
    held = numbers[~np.isnan(numbers)]
    few = min(EXTREMES, len(held))
    ends = np.partition(held, sorted({few - 1, len(held) - few}))
    return float(ends[:few].mean()), float(ends[-few:].mean())


def days(column: Column) -> Floats:
    """(rows,) days since 1970-01-01 of ISO dates (`2024-03-01`, nothing after it); NaN where there is none."""
    found = np.full(len(column.values) + 1, np.nan)
    for i, text in enumerate(column.values.to_pylist()):
        if len(text) == 10:
            try:
                found[i] = float(np.datetime64(text, "D").astype(int))
            except ValueError:
                continue
    return found[column.codes]


def dates(numbers: Floats) -> Column:
    """Days since 1970-01-01 as a date column; NaN is missing."""
    held = ~np.isnan(numbers)
    texts = np.datetime_as_string(np.where(held, np.rint(numbers), 0).astype(np.int64).astype("datetime64[D]"))
    cells = texts.astype(object)
    cells[~held] = None
    return Column.of(list(cells), "date")


def amounts(column: Column) -> Floats:
    """(rows,) what can be compared in size: numbers, or days; NaN where there is none, and everywhere for words."""
    if column.kind == "date":
        return days(column)
    return column.numbers if column.kind == "number" else np.full(len(column), np.nan)


def joined(parts: list[Column]) -> Column:
    """Columns of one kind below each other."""
    import pyarrow as pa

    whole = pa.chunked_array([part.to_arrow() for part in parts])
    return replace(Column.of(whole, parts[0].kind), labels=parts[0].labels)
