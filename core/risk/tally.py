"""Tally: how often each value of a sensitive column occurs in each equivalence class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.risk.kernel import Classes, compiled, radix
from core.table import Column
from core.table.column import Floats


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts of (class, value), sorted by class and within a class by value.

    starts  (classes + 1,) where the entries of each class begin
    value   (entries,) int32 digit of the value: 0 is missing, i + 1 is `column.values[i]`
    count   (entries,) int32 rows of the class that hold it
    column  the sensitive column
    whole   where the rows are a part of a table: (values + 1,) shares of the values in all of it; None: this is all
    """

    starts: npt.NDArray[np.int64]
    value: npt.NDArray[np.int32]
    count: npt.NDArray[np.int32]
    column: Column
    whole: Floats | None = None

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """(classes,) rows in each class."""
        return np.add.reduceat(self.count, self.starts[:-1]).astype(np.int64)

    @cached_property
    def class_of(self) -> npt.NDArray[np.int64]:
        """(entries,) the class each entry belongs to."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @cached_property
    def share(self) -> Floats:
        """(entries,) share of the class that holds the value: p."""
        return self.count / self.sizes[self.class_of]

    @cached_property
    def overall(self) -> Floats:
        """(values + 1,) share of all rows that hold each value, missing first: q."""
        if self.whole is not None:
            return self.whole
        counts = np.bincount(self.value, self.count, radix(self.column))
        return counts / counts.sum()

    def per_class(self, entries: npt.NDArray, how: np.ufunc = np.add) -> npt.NDArray:
        """(classes,) the entries of each class summed, or reduced by another ufunc."""
        return how.reduceat(entries, self.starts[:-1])


def tally(classes: Classes, column: Column) -> Tally:
    """Count the values of `column` in each class."""
    loops = compiled()
    digits = radix(column)
    if loops:
        starts, value, count = loops.tally(
            classes.class_of, np.ascontiguousarray(column.codes, np.int32), classes.count, digits
        )
        return Tally(starts, value, count, column)
    keys = classes.class_of.astype(np.int64) * digits + column.codes + 1
    unique, counts = np.unique(keys, return_counts=True)
    starts = np.searchsorted(unique, np.arange(classes.count + 1) * digits)
    return Tally(starts, (unique % digits).astype(np.int32), counts.astype(np.int32), column)
