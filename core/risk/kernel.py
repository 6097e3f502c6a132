"""The kernel: how many rows share each combination of values. The one primitive under every risk measure.

Columns arrive coded as small integers. They are packed by mixed radix into one 64-bit key per row, exactly: where the
product of the column sizes would pass 2**62, the columns so far are first renumbered by the combinations that occur.
Equal keys are then counted in 256 hash partitions (numba), or with NumPy's sort where numba is not installed.
Missing is a value of its own, and a suppressed cell is the value it is written as.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import ModuleType

import numpy as np
import numpy.typing as npt

from core.table.column import Column, Floats

Ints = npt.NDArray[np.int32]
Keys = npt.NDArray[np.int64]

BITS = 62
BLOCK = 1 << 16
"""Rows packed at a time: keys of one block stay in the processor's cache while all columns are added."""


@dataclass(frozen=True, eq=False)
class Classes:
    """Equivalence classes: groups of rows that hold the same values.

    class_of  (rows,) int32: number of the row's class, from 0; the order of classes has no meaning
    fk        (rows,) int32: rows in the row's class
    count     number of classes
    weighted  (rows,) float64: sum of the sample weights in the row's class; None without weights
    """

    class_of: Ints
    fk: Ints
    count: int
    weighted: Floats | None = None

    def __len__(self) -> int:
        return self.count

    @property
    def rows(self) -> int:
        return len(self.class_of)

    @cached_property
    def wk(self) -> Floats:
        """(rows,) sum of the sample weights in the row's class; without weights every row counts 1."""
        return self.fk.astype(np.float64) if self.weighted is None else self.weighted

    @cached_property
    def sizes(self) -> Ints:
        """(classes,) rows in each class."""
        return self._per_class(self.fk)

    @cached_property
    def weights(self) -> Floats:
        """(classes,) sum of sample weights in each class."""
        return self._per_class(self.wk)

    @cached_property
    def first_rows(self) -> npt.NDArray[np.int64]:
        """(classes,) one row of each class: where to look up its values."""
        return self._per_class(np.arange(self.rows, dtype=np.int64))

    def _per_class(self, per_row: npt.NDArray) -> npt.NDArray:
        out = np.zeros(self.count, per_row.dtype)
        out[self.class_of] = per_row
        return out


@lru_cache(maxsize=1)
def compiled() -> ModuleType | None:
    """The compiled loops, or None where numba is not installed."""
    try:
        from core.risk import compiled as loops
    except ImportError:
        return None
    return loops


def radix(column: Column) -> int:
    """How many different cells the column can hold: its distinct values, and missing."""
    return len(column.values) + 1


def pack(columns: Sequence[Column]) -> tuple[Keys, int]:
    """One integer key per row, equal exactly where all cells are equal; and the bound the keys stay below."""
    return pack_codes([c.codes for c in columns], [radix(c) for c in columns])


def pack_codes(codes: Sequence[Ints], radices: Sequence[int]) -> tuple[Keys, int]:
    """As `pack`, on bare codes (-1 to radix - 2)."""
    rows = len(codes[0]) if codes else 0
    keys, domain = np.zeros(rows, np.int64), 1
    waiting = list(zip(codes, radices, strict=True))
    while waiting:
        fits = [waiting.pop(0)]
        if domain > 1 and (domain * fits[0][1]).bit_length() > BITS:
            dense = count_keys(keys, domain)
            keys, domain = dense.class_of.astype(np.int64), dense.count
        while waiting and (domain * math.prod(r for _, r in fits) * waiting[0][1]).bit_length() <= BITS:
            fits.append(waiting.pop(0))
        _add_digits(keys, fits)
        domain *= math.prod(r for _, r in fits)
    return keys, domain


def _add_digits(keys: Keys, digits: Sequence[tuple[Ints, int]]) -> None:
    loops = compiled()
    ready = [(np.ascontiguousarray(codes, np.int32), size) for codes, size in digits]
    for start in range(0, len(keys), BLOCK):
        block = keys[start : start + BLOCK]
        for codes, size in ready:
            if loops:
                loops.add_digit(block, codes[start : start + BLOCK], size)
            else:
                block *= size
                block += codes[start : start + BLOCK]
                block += 1


def class_sizes(columns: Sequence[Column], weights: Floats | None = None) -> Classes:
    """The equivalence classes of the rows on these columns; on no columns all rows are one class.

    weights  (rows,) sample weights, or None: every row counts 1
    """
    if not columns:
        raise ValueError("class sizes need at least one column; for none, every row is alike")
    return count_keys(*pack(columns), weights)


def count_keys(keys: Keys, domain: int, weights: Floats | None = None) -> Classes:
    """The classes of equal keys, each key between 0 and `domain` - 1. May use `keys` as working space."""
    keys = np.require(keys, np.int64, ["C", "W"])
    if len(keys) >= 2**31:
        raise ValueError("more than 2**31 rows in memory: stream them instead")
    if domain <= max(1024, min(2 * len(keys), 1 << 22)):
        return _count_direct(keys, domain, weights)
    loops = compiled()
    return _count_partitioned(keys, weights, loops) if loops else count_sorted(keys, weights)


def _count_direct(keys: Keys, domain: int, weights: Floats | None) -> Classes:
    """Few possible combinations: one counter for each."""
    counts = np.bincount(keys, minlength=domain)
    present = counts > 0
    number = (np.cumsum(present) - 1).astype(np.int32)
    fk = counts.astype(np.int32)[keys]
    wk = None if weights is None else np.bincount(keys, weights, domain).astype(np.float64)[keys]
    return Classes(number[keys], fk, int(present.sum()), wk)


def _count_partitioned(keys: Keys, weights: Floats | None, loops: ModuleType) -> Classes:
    rows = len(keys)
    part, starts = np.empty(rows, np.uint8), np.zeros(257, np.int64)
    loops.find_partitions(keys, part, starts)
    parted = np.empty(rows, np.int64)
    loops.scatter_keys(part, starts, keys, parted)
    parted_weights = np.empty(0)
    if weights is not None:
        parted_weights = keys.view(np.float64)  # the keys are not needed again: 8 bytes a row saved
        loops.scatter_floats(part, starts, np.ascontiguousarray(weights, np.float64), parted_weights)
    count = loops.count_partitions(parted, parted_weights, starts)
    class_of, fk = np.empty(rows, np.int32), np.empty(rows, np.int32)
    loops.merge_back(part, starts, parted, class_of, fk)
    if weights is None:
        return Classes(class_of, fk, int(count))
    wk = parted.view(np.float64)
    loops.merge_floats(part, starts, parted_weights, wk)
    return Classes(class_of, fk, int(count), wk)


def count_sorted(keys: Keys, weights: Floats | None = None) -> Classes:
    """The classes of equal keys by NumPy's sort: what is used where numba is not installed."""
    class_of, sizes = _sorted_classes(keys)
    fk = sizes.astype(np.int32)[class_of]
    wk = None if weights is None else np.bincount(class_of, weights, len(sizes)).astype(np.float64)[class_of]
    return Classes(class_of.astype(np.int32), fk, len(sizes), wk)


def _sorted_classes(keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(rows,) class numbers in the order of the keys, and (classes,) sizes."""
    bits = len(keys).bit_length()
    if not len(keys) or int(keys.max()).bit_length() + bits > 63:
        _, class_of, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        return class_of, sizes
    # Key and row in one number: NumPy sorts plain integers much faster than it sorts positions.
    both = np.sort(keys << bits | np.arange(len(keys)))
    starts = np.flatnonzero(np.diff(both >> bits, prepend=-1))
    sizes = np.diff(starts, append=len(keys))
    class_of = np.empty(len(keys), np.int64)
    class_of[both & ((1 << bits) - 1)] = np.repeat(np.arange(len(starts)), sizes)
    return class_of, sizes
