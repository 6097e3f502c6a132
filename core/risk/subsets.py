"""How many rows are unique on every small set of quasi-identifiers: the heat map of pairs, the triples behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.risk.kernel import BLOCK, class_sizes, compiled, pack_codes, radix
from core.table import Column, Table
from core.table.column import Mask

Subset = tuple[int, ...]
Cells = npt.NDArray[np.uint8]

MOST_CELLS = 1 << 27
"""Largest table of one-byte counters; beyond it, combinations are hashed."""


@dataclass(frozen=True)
class Uniques:
    """Rows that are unique on each set of columns.

    counts  (names in key order) -> rows that nobody shares these values with; every set of 1 to `size` keys
    """

    keys: tuple[str, ...]
    rows: int
    counts: Mapping[tuple[str, ...], int]

    def share(self, *names: str) -> float:
        """Share of rows, 0 to 1, unique on these columns, in any order; a column named twice counts once."""
        return self.counts[tuple(k for k in self.keys if k in names)] / self.rows

    def as_list(self) -> list[dict[str, object]]:
        """[{"columns", "uniques", "share"}], single columns first, ready for JSON."""
        return [{"columns": list(s), "uniques": n, "share": n / self.rows} for s, n in self.counts.items()]


def uniques(table: Table, keys: Sequence[str], size: int = 2) -> Uniques:
    """Count the unique rows of every set of 1 to `size` of the keys.

    Only the largest sets are counted row by row, in counters that stop at 2; smaller sets are summed out of them.
    """
    keys = tuple(dict.fromkeys(keys))
    table.require(keys)
    if not keys or not table.rows:
        raise Problem("There is nothing to count.", "Choose at least one quasi-identifier and a file with rows.")
    if size < 1:
        raise Problem("Sets of columns hold at least one column.", "Choose a size of 1 or more.")
    columns = [table[k] for k in keys]
    found = _count_all(columns, min(size, len(keys)), min(MOST_CELLS, 64 * table.rows + BLOCK))
    ordered = sorted(found, key=lambda s: (len(s), s))
    return Uniques(keys, table.rows, {tuple(keys[i] for i in s): found[s] for s in ordered})


def unique_on(table: Table, names: Sequence[str]) -> Mask:
    """(rows,) True where nobody else has the row's values of these columns."""
    table.require(names)
    return np.asarray(class_sizes([table[n] for n in dict.fromkeys(names)]).fk == 1)


def _count_all(columns: Sequence[Column], size: int, most: int) -> dict[Subset, int]:
    sizes = [radix(c) for c in columns]
    domain = {
        s: math.prod(sizes[i] for i in s) for n in range(1, size + 1) for s in combinations(range(len(columns)), n)
    }
    children: dict[Subset, list[Subset]] = {s: [] for s in domain}
    roots = []
    for s in domain:
        larger = [tuple(sorted((*s, i))) for i in range(len(columns)) if i not in s] if len(s) < size else []
        fitting = [t for t in larger if domain[t] <= most]
        if fitting:
            children[min(fitting, key=lambda t: domain[t])].append(s)
        else:
            roots.append(s)
    found: dict[Subset, int] = {}
    for s in roots:
        if domain[s] > most:
            found[s] = int((class_sizes([columns[i] for i in s]).fk == 1).sum())
        else:
            _sum_down(s, _count_to_two([columns[i] for i in s]), sizes, children, found)
    return found


def _sum_down(
    subset: Subset,
    cells: Cells,
    sizes: Sequence[int],
    children: Mapping[Subset, list[Subset]],
    found: dict[Subset, int],
) -> None:
    found[subset] = int(np.count_nonzero(cells == 1))
    for smaller in children[subset]:
        gone = next(at for at, i in enumerate(subset) if i not in smaller)
        before = math.prod(sizes[i] for i in subset[:gone])
        after = math.prod(sizes[i] for i in subset[gone + 1 :])
        _sum_down(smaller, _sum_out(cells, before, sizes[subset[gone]], after), sizes, children, found)


def _count_to_two(columns: Sequence[Column]) -> Cells:
    radices = [radix(c) for c in columns]
    cells = np.zeros(math.prod(radices), np.uint8)
    loops = compiled()
    if not loops:
        keys, domain = pack_codes([c.codes for c in columns], radices)
        return np.minimum(np.bincount(keys, minlength=domain), 2).astype(np.uint8)
    codes = [np.ascontiguousarray(c.codes, np.int32) for c in columns]
    for start in range(0, len(codes[0]), BLOCK):
        keys, _ = pack_codes([c[start : start + BLOCK] for c in codes], radices)
        loops.count_to_two(keys, cells)
    return cells


def _sum_out(cells: Cells, before: int, middle: int, after: int) -> Cells:
    loops = compiled()
    if not loops:
        return np.minimum(cells.reshape(before, middle, after).sum(axis=1, dtype=np.int64), 2).astype(np.uint8).ravel()
    out = np.zeros(before * after, np.uint8)
    loops.sum_out(cells, before, middle, after, out)
    return out


def count_to_two(keys: npt.NDArray[np.int64], cells: Cells) -> None:
    """In how many rows each key occurs, 0, 1 or 2 (two and more), added to what the cells hold from other rows."""
    loops = compiled()
    if loops:
        loops.count_to_two(keys, cells)
        return
    found, times = np.unique(keys, return_counts=True)
    cells[found] = np.minimum(cells[found] + times, 2)
