"""Both: an original and its release, side by side, rows matched where that is possible.

Distributions are compared on the same coding: each text its own category, or, for numbers with many different values,
bins cut at the original's quantiles. Missing cells are a category of their own; so are suppressed ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.table import Column, Table
from core.table.column import SUPPRESSED, Floats, Mask

Ints = npt.NDArray[np.int64]
Matched = Literal["row numbers", "position", "none"]

BINS = 20
"""Bins for numbers with more than `DISTINCT` different values."""

DISTINCT = 50
CATEGORIES = 40
"""Categories kept apart in pairs and marginals; rarer ones count together."""

MOST_COLUMNS = 50
"""Columns whose pairs are measured; a file of hundreds would have tens of thousands of pairs."""


@dataclass(frozen=True)
class ColumnPair:
    """One column before and after.

    before, after  the two columns
    rows           (matched rows,) twice: where the same person stands in each, or None where nobody knows
    """

    name: str
    before: Column
    after: Column
    rows: tuple[Ints, Ints] | None = None
    weights: tuple[Floats, Floats] | None = None
    clusters: tuple[Ints, Ints] | None = None

    @cached_property
    def numeric(self) -> bool:
        """True if both can be read as numbers: a number column whose release was not turned into bands or tokens."""
        if self.before.kind != "number" or not np.isfinite(self.before.value_numbers).any():
            return False
        counts = self.after.counts()
        readable = np.isfinite(self.after.value_numbers)
        hidden = np.asarray(pc.equal(self.after.values, SUPPRESSED).to_numpy(zero_copy_only=False), bool)
        return bool(counts[readable].sum() * 2 > counts[~hidden].sum())

    @cached_property
    def coded(self) -> tuple[Ints, Ints, int]:
        """(rows,) codes before and after on one common coding, and how many codes there are; the last is missing."""
        if self.numeric and int(np.isfinite(self.before.value_numbers).sum()) > DISTINCT:
            values = self._bins()
        else:
            values = self._texts()
        before, after, size = values
        return np.append(before, size)[self.before.codes], np.append(after, size)[self.after.codes], size + 1

    def _texts(self) -> tuple[Ints, Ints, int]:
        both = pa.concat_arrays([self.before.values, self.after.values]).dictionary_encode()
        place = both.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        cut = len(self.before.values)
        return place[:cut], place[cut:], len(both.dictionary)

    def _bins(self) -> tuple[Ints, Ints, int]:
        """Bins 0 to `BINS`-1 for numbers; then one code for suppressed cells and one for any other text."""
        finite = np.sort(self.before.numbers[np.isfinite(self.before.numbers)])
        edges = np.unique(np.quantile(finite, np.arange(1, BINS) / BINS, method="inverted_cdf"))
        size = len(edges) + 1
        found = []
        for column in (self.before, self.after):
            numbers = column.value_numbers
            hidden = np.asarray(pc.equal(column.values, SUPPRESSED).to_numpy(zero_copy_only=False), bool)
            codes = np.searchsorted(edges, numbers, side="left")
            found.append(np.where(np.isfinite(numbers), codes, np.where(hidden, size, size + 1)).astype(np.int64))
        return found[0], found[1], size + 2

    @cached_property
    def shares(self) -> tuple[Floats, Floats]:
        """(codes,) the share of rows with each code, before and after; both add up to 1."""
        before, after, size = self.coded
        return _shares(before, size), _shares(after, size)

    @cached_property
    def grid(self) -> tuple[Floats, Floats, Floats]:
        """Distribution functions of the numbers: (points,) sorted, and the share at or below each, before and after."""
        numbers = np.concatenate([self.before.value_numbers, self.after.value_numbers])
        points = np.unique(numbers[np.isfinite(numbers)])
        return points, _below(self.before, points), _below(self.after, points)

    @cached_property
    def changed(self) -> Mask | None:
        """(matched rows,) True where the cell reads differently; None where rows are not matched."""
        if self.rows is None:
            return None
        return ~self.before.take(self.rows[0]).same_cells(self.after.take(self.rows[1]))

    @cached_property
    def together(self) -> tuple[Ints, Ints, Ints] | None:
        """The different pairs (value before, value after) of matched rows, and how many rows have each.

        Values are numbered by their codes plus 1; 0 is missing. None where rows are not matched, or there are none.
        """
        if self.rows is None or not len(self.rows[0]):
            return None
        before = self.before.codes[self.rows[0]].astype(np.int64) + 1
        after = self.after.codes[self.rows[1]].astype(np.int64) + 1
        size = len(self.after.values) + 1
        pairs, counts = np.unique(before * size + after, return_counts=True)
        return pairs // size, pairs % size, counts

    @cached_property
    def regrouped(self) -> ColumnPair:
        """The pair with the original's values put into the release's groups, where the release is such a grouping.

        It is one if it has new values (bands, regions, tokens) and each original value became one released value
        everywhere, apart from suppressed and emptied cells. Otherwise, and for numbers, the pair as it is.
        """
        if self.together is None or self.numeric:
            return self
        before, after, _ = self.together
        hidden = self.after.values.index(SUPPRESSED).as_py() + 1  # 0, which is missing, where nothing is suppressed
        shown = (before > 0) & (after > 0) & (after != hidden)
        before, after = before[shown] - 1, after[shown] - 1
        if len(np.unique(before)) < len(before) or not len(before):
            return self
        names = self.after.values.take(pa.array(np.unique(after)))
        if pc.all(pc.is_in(names, value_set=self.before.values)).as_py():
            return self  # shuffled cells can look like a grouping by accident; nothing is gained by one here
        # A value that is suppressed everywhere has no group; it keeps its own name.
        became = np.full(len(self.before.values), -1)
        became[before] = after
        own = pa.array(np.arange(len(became)) + len(self.after.values))
        place = pc.if_else(pa.array(became < 0), own, pa.array(became))
        names = pa.concat_arrays([self.after.values, self.before.values]).take(place)
        return replace(self, before=self.before.recode_to(names, "category"))

    @cached_property
    def own(self) -> tuple[tuple[Ints, int], tuple[Ints, int]]:
        """As `grouped`, but each file coded for itself: ((codes, how many) before, (codes, how many) after).

        Missing and suppressed cells are -1: what is not known tells nothing about another column.
        """
        return _alone(self.before), _alone(self.after)

    @cached_property
    def grouped(self) -> tuple[Ints, Ints, int]:
        """As `coded`, regrouped, with all but the `CATEGORIES` commonest codes of the original counted together."""
        before, after, size = self.regrouped.coded
        if size <= CATEGORIES + 2:
            return before, after, size
        counts = np.bincount(before, minlength=size)
        counts[-1] = 0  # missing stays apart and last
        order = np.argsort(-counts, kind="stable")[:CATEGORIES]
        place = np.full(size, CATEGORIES, np.int64)
        place[order], place[-1] = np.arange(len(order)), CATEGORIES + 1
        return place[before], place[after], CATEGORIES + 2


def _alone(column: Column) -> tuple[Ints, int]:
    codes, _, size = ColumnPair("", column, column).grouped
    return np.where(column.missing | column.suppressed, -1, codes), size


def _shares(codes: Ints, size: int) -> Floats:
    return np.bincount(codes, minlength=size) / max(len(codes), 1)


def _below(column: Column, points: Floats) -> Floats:
    numbers, counts = column.value_numbers, column.counts()
    finite = np.isfinite(numbers)
    at = np.searchsorted(points, numbers[finite])
    total = np.bincount(at, weights=counts[finite], minlength=len(points))
    return np.cumsum(total) / max(total.sum(), 1)


@dataclass(frozen=True)
class Pair:
    """Two columns before and after."""

    first: ColumnPair
    second: ColumnPair

    @cached_property
    def variation(self) -> float:
        """Total variation of the two columns' joint distribution."""
        before, after = joint_shares(self.first, self.second)
        return float(np.abs(before - after).sum() / 2)


def joint_shares(*columns: ColumnPair) -> tuple[Floats, Floats]:
    """(combinations,) the share of each combination of the columns' grouped codes, before and after."""
    before, after, size = columns[0].grouped
    for column in columns[1:]:
        a, b, n = column.grouped
        before, after, size = before * n + a, after * n + b, size * n
    return _shares(before, size), _shares(after, size)


@dataclass(frozen=True)
class Both:
    """An original and its release.

    keys       quasi-identifiers, for metrics that speak of classes
    weight     the sample weight's column, for estimates about the population
    household  the household's column: persons of one were drawn together
    matched    how rows were matched: by the row numbers the release carries, by position, or not at all
    memo       what several metrics share, such as a model that was fitted
    """

    original: Table
    released: Table
    keys: tuple[str, ...] = ()
    weight: str | None = None
    household: str | None = None
    matched: Matched = field(default="none")
    rows: tuple[Ints, Ints] | None = None
    memo: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def of(
        original: Table, released: Table, keys: Sequence[str] = (), weight: str | None = None,
        household: str | None = None,
    ) -> Both:
        """Rows are matched by `row_ids`; without them (synthetic data) they are not, and cells are not compared."""
        rows = match(original, released)
        return Both(original, released, tuple(keys), weight, household, "none" if rows is None else "row numbers", rows)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns both have, in the original's order."""
        return tuple(n for n in self.original.names if n in self.released.columns)

    @cached_property
    def columns(self) -> dict[str, ColumnPair]:
        weights, clusters = self._weights(), self._clusters()
        return {n: ColumnPair(n, self.original.columns[n], self.released.columns[n], self.rows, weights, clusters)
                for n in self.names}

    def _weights(self) -> tuple[Floats, Floats] | None:
        if self.weight is None or self.weight not in self.names:
            return None
        return self.original[self.weight].numbers, self.released[self.weight].numbers

    def _clusters(self) -> tuple[Ints, Ints] | None:
        if self.household is None or self.household not in self.names:
            return None
        sides = self.original[self.household], self.released[self.household]
        return sides[0].codes.astype(np.int64), sides[1].codes.astype(np.int64)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every pair of comparable columns, in order."""
        return tuple(Pair(self.columns[a], self.columns[b]) for a, b in combinations(self.comparable, 2))

    @cached_property
    def comparable(self) -> tuple[str, ...]:
        """The columns whose pairs are measured: `fitting`, at most `MOST_COLUMNS` of them, quasi-identifiers first."""
        chosen = sorted(self.fitting, key=lambda n: n not in self.keys)[:MOST_COLUMNS]
        return tuple(n for n in self.fitting if n in chosen)

    @cached_property
    def fitting(self) -> tuple[str, ...]:
        """The columns fit for pairs and marginals: no weight, no household number, and not nearly all different."""
        kept = []
        for name in self.names:
            column = self.original.columns[name]
            numbers = column.kind == "number"
            crowded = not numbers and len(column.values) > max(DISTINCT, 0.2 * len(column))
            if name not in (self.weight, self.household) and len(column.values) > 1 and not crowded:
                kept.append(name)
        return tuple(kept)


def match(original: Table, released: Table) -> tuple[Ints, Ints] | None:
    """Where the rows of the release stand in the original: positions in each, or None if nobody knows."""
    if original.row_ids is None or released.row_ids is None:
        return None
    if not original.rows:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    order = np.argsort(original.row_ids, kind="stable")
    at = np.minimum(np.searchsorted(original.row_ids, released.row_ids, sorter=order), original.rows - 1)
    found = order[at]
    known = original.row_ids[found] == released.row_ids
    return found[known], np.flatnonzero(known)
