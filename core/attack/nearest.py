"""Distances between people: on each column 0 where they are alike and 1 where they are as far apart as can be.

Numbers are compared by their ranks in the release, so that a few very large ones do not make all others look alike;
categories are equal or not; a missing cell is a value of its own. The mean over columns is Gower's (1971) coefficient,
doi:10.2307/2528823, on ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.attack.clock import Tick, never
from core.table import Column, Table

Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_AT_ONCE = 4_000_000
DISTINCT = 20
"""Numbers with at most so many different values are answers (children, rooms), compared as categories are."""


class People(NamedTuple):
    """Rows as numbers: (rows, columns) ranks, NaN where there is none, and (rows, columns) codes."""

    ranks: Singles
    codes: npt.NDArray[np.int32]

    def take(self, rows: npt.NDArray[np.integer]) -> People:
        return People(self.ranks[rows], self.codes[rows])


class Nearest(NamedTuple):
    """(targets,) the distance to the nearest row, to the second nearest, and which row is nearest."""

    first: Singles
    second: Singles
    row: Ints


@dataclass(frozen=True, eq=False)
class Space:
    """A way to measure distances on some columns, the same for every table of one comparison."""

    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    scale: tuple[npt.NDArray[np.float64], ...]
    words: tuple[dict[str, int], ...]
    tick: Tick = never

    @staticmethod
    def of(names: Sequence[str], release: Table, others: Sequence[Table], tick: Tick = never) -> Space:
        """The space of these columns: ranks by the release, categories by every value that occurs anywhere."""
        numeric, scale, words = [], [], []
        for name in names:
            amounts = numbers_of(release[name])
            finite = np.sort(amounts[np.isfinite(amounts)])
            is_number = len(np.unique(finite)) > DISTINCT and len(finite) * 2 > len(release[name].codes)
            numeric.append(is_number)
            scale.append(finite if is_number else np.zeros(0))
            seen: dict[str, int] = {}
            for table in (release, *others):
                for value in table[name].values.to_pylist():
                    seen.setdefault(value, len(seen))
            words.append(seen)
        return Space(tuple(names), tuple(numeric), tuple(scale), tuple(words), tick)

    def meeting(self, tables: Sequence[Table]) -> Space:
        """The same space, with the values of further tables in it."""
        words = tuple(dict(w) for w in self.words)
        for name, known in zip(self.names, words, strict=True):
            for table in tables:
                for value in table[name].values.to_pylist():
                    known.setdefault(value, len(known))
        return replace(self, words=words)

    def place(self, table: Table) -> People:
        """The rows of a table as numbers."""
        ranks = np.full((table.rows, len(self.names)), np.nan, np.float32)
        codes = np.zeros((table.rows, len(self.names)), np.int32)
        for i, name in enumerate(self.names):
            column = table[name]
            codes[:, i] = np.array([*(self.words[i][v] for v in column.values.to_pylist()), -1])[column.codes]
            if self.numeric[i]:
                amounts = numbers_of(column)
                low = np.searchsorted(self.scale[i], amounts, side="left")
                high = np.searchsorted(self.scale[i], amounts, side="right")
                rank = (low + high) / (2 * len(self.scale[i]))
                ranks[:, i] = np.where(np.isfinite(amounts), rank, np.nan)
        return People(ranks, codes)

    def features(self, table: Table) -> npt.NDArray[np.float32]:
        """(rows, columns) for trees: ranks of numbers (-1 where there is none), codes of categories."""
        at = self.place(table)
        ranks = np.nan_to_num(at.ranks, nan=-1.0)
        return np.where(np.array(self.numeric)[None, :], ranks, at.codes).astype(np.float32)

    def distances(self, targets: People, rows: People) -> Singles:
        """(targets, rows) how far apart."""
        total = np.zeros((len(targets.codes), len(rows.codes)), np.float32)
        for i, is_number in enumerate(self.numeric):
            differ = targets.codes[:, i, None] != rows.codes[None, :, i]
            if not is_number:
                total += differ
                continue
            apart = np.abs(targets.ranks[:, i, None] - rows.ranks[None, :, i])
            total += np.where(np.isnan(apart), differ, apart).astype(np.float32)
        return total / np.float32(max(len(self.names), 1))

    def between(self, targets: People, rows: People) -> Singles:
        """(targets,) how far each is from the row in the same place."""
        differ = targets.codes != rows.codes
        apart = np.abs(targets.ranks - rows.ranks)
        far = np.where(np.array(self.numeric)[None, :] & ~np.isnan(apart), apart, differ)
        return np.asarray(far.mean(axis=1), np.float32) if len(self.names) else np.zeros(len(differ), np.float32)

    def nearest(self, targets: People, rows: People) -> Nearest:
        """For each target the nearest rows; infinitely far where there are none."""
        n = len(targets.codes)
        first, second = np.full(n, np.inf, np.float32), np.full(n, np.inf, np.float32)
        row = np.zeros(n, np.int64)
        step = max(1, _AT_ONCE // max(len(rows.codes), 1))
        for start in range(0, n if len(rows.codes) else 0, step):
            self.tick()
            part = slice(start, start + step)
            apart = self.distances(targets.take(np.arange(n)[part]), rows)
            row[part] = apart.argmin(axis=1)
            first[part] = apart.min(axis=1)
            if apart.shape[1] > 1:
                second[part] = np.partition(apart, 1, axis=1)[:, 1]
        return Nearest(first, second, row)

    def several(self, targets: People, rows: People, k: int) -> Ints:
        """(targets, k) the k nearest rows, in no order."""
        n, k = len(targets.codes), min(k, len(rows.codes))
        found = np.zeros((n, k), np.int64)
        step = max(1, _AT_ONCE // max(len(rows.codes), 1))
        for start in range(0, n, step):
            self.tick()
            part = slice(start, start + step)
            apart = self.distances(targets.take(np.arange(n)[part]), rows)
            found[part] = np.argpartition(apart, k - 1, axis=1)[:, :k]
        return found


def numbers_of(column: Column) -> npt.NDArray[np.float64]:
    """(rows,) the cells as numbers, dates as days; NaN where they are none."""
    if column.kind == "number":
        return column.numbers
    if column.kind == "date":
        days = [_day(v) for v in column.values.to_pylist()]
        return np.array([*days, np.nan])[column.codes]
    return np.full(len(column), np.nan)


def _day(text: str) -> float:
    try:
        return float(np.datetime64(text[:10], "D").astype(int))
    except ValueError:
        return np.nan
