"""One column learned from others by a decision tree whose leaves hold real cells to draw from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.synthesise.amounts import Numeric
from core.table import Column
from core.table.column import Floats

Whole = npt.NDArray[np.int64]

FEW_NUMBERS = 12
"""A column of so few different numbers (children, rooms) holds answers, not amounts: nothing between them exists."""

CLASSES = 150
"""More categories than these are put into so many groups to grow a tree by; each is still drawn from the leaves."""


class Encoder:
    """How cells of one column become numbers that a tree can split on."""

    def __init__(self, real: Column) -> None:
        self.numeric = Numeric.of(real) is not None
        self.place = {} if self.numeric else {v: i for i, v in enumerate(real.values.to_pylist())}
        self.levels = len(self.place) + 1

    def __call__(self, column: Column) -> Floats | Whole:
        """(rows,) amounts, NaN where missing; or the category's place, the last one for missing and unknown ones."""
        if self.numeric:
            found = Numeric.of(column)
            return found.numbers if found else np.full(len(column), np.nan)
        last = self.levels - 1
        places = [self.place.get(v, last) for v in column.values.to_pylist()]
        return np.array([*places, last], np.int64)[column.codes]


class ColumnTree:
    """What one column was learned as: by the columns before it, a leaf; in the leaf, real cells to draw from.

    Numbers are moved to a random place between the drawn cell's number and the next one in the leaf, so that exact
    amounts are not copied (as synthpop's smoothing does with a kernel).
    """

    def __init__(self, column: Column, leaf: int, smooth: bool) -> None:
        numeric = Numeric.of(column)
        if numeric is not None and len(column.values) <= FEW_NUMBERS:
            numeric = None
        self.leaf, self.smooth = leaf, smooth
        self.numeric = numeric
        # Categories are kept as codes into the distinct values, numbers as floats: never whole rows.
        self.cells = column if numeric is None else replace(column, codes=column.codes[:0])
        self.gone: Any = None
        self.tree: Any = None
        self.orders: list[Floats | None] = []

    def grow(
        self, encoders: Sequence[Encoder], known: Sequence[Floats | Whole], rng: np.random.Generator
    ) -> ColumnTree:
        """Learn the column, whose rows are those of `known` (the columns before it, encoded)."""
        codes = self.cells.codes if self.numeric is None else np.zeros(len(self.numeric.numbers), np.int32)
        missing = codes < 0 if self.numeric is None else self.numeric.missing
        classes = np.zeros(0, np.int64) if self.numeric else _coarse(codes, encoders, known)
        self.orders = [self._order(e, k, classes) for e, k in zip(encoders, known, strict=True)]
        leaf_of = np.zeros(len(missing), np.int64)
        if known:
            features = self._features(known)
            if self.numeric is not None and missing.any():
                self.gone = _Share(features, missing, self.leaf, rng)
            held = ~missing if self.numeric is not None else np.ones(len(missing), bool)
            self.tree = _tree(self.numeric is not None, self.leaf, rng)
            self.tree.fit(features[held], self.numeric.numbers[held] if self.numeric else classes)
            leaf_of[held] = self.tree.apply(features[held])
            leaf_of[~held] = -1
        size = codes if self.numeric is None else np.where(missing, np.inf, self.numeric.numbers)
        # Within a leaf, in order of size: neighbours in the list are neighbours in size.
        self.donors = np.lexsort((size, leaf_of))
        self.leaves, self.start, self.count = np.unique(leaf_of[self.donors], return_index=True, return_counts=True)
        return self

    def draw(self, known: Sequence[Floats | Whole], rows: int, rng: np.random.Generator) -> Column:
        """(rows,) new cells for rows whose columns before this one are `known`."""
        leaf_of = np.zeros(rows, np.int64)
        if self.tree is not None:
            features = self._features(known)
            leaf_of = self.tree.apply(features).astype(np.int64)
            if self.gone is not None:
                leaf_of[rng.random(rows) < self.gone.of(features)] = -1
        at = np.searchsorted(self.leaves, leaf_of)
        place = self.start[at] + (rng.random(rows) * self.count[at]).astype(np.int64)
        first = self.donors[place]
        if self.numeric is None:
            return self.cells.take(first)
        numbers = self.numeric.numbers[first]
        if self.smooth:
            beside = self._beside(place, at)
            # A number alone in its leaf stays where it is; a missing donor makes a missing cell.
            numbers = np.where(np.isnan(beside), numbers, numbers + rng.random(rows) * (beside - numbers))
        return replace(self.numeric.column(numbers), labels=self.cells.labels)

    def _beside(self, place: Whole, at: Whole) -> Floats:
        """(rows,) the next larger number of the leaf; for the largest, which would be copied, the one before it."""
        numeric: Any = self.numeric
        first, last = self.start[at], self.start[at] + self.count[at] - 1
        above = numeric.numbers[self.donors[np.minimum(place + 1, last)]]
        below = numeric.numbers[self.donors[np.maximum(place - 1, first)]]
        return np.asarray(np.where((place == last) | np.isnan(above), below, above))

    def _features(self, known: Sequence[Floats | Whole]) -> npt.NDArray[np.float32]:
        parts = [k if o is None else o[k.astype(np.int64)] for o, k in zip(self.orders, known, strict=True)]
        return np.column_stack(parts).astype(np.float32)

    def _order(self, encoder: Encoder, known: Floats | Whole, classes: Whole) -> Floats | None:
        """(levels,) the rank of each category along the target: by its mean, or the first component of its profile.

        Ranks, because a tree does not tell numbers apart that lie closer than 1e-7, as components of rare ones do.

        Source: Coppersmith, Hong and Hosking (1999), Partitioning nominal attributes in decision trees,
        doi:10.1023/A:1009869804967.
        """
        if encoder.numeric:
            return None
        here, levels = known.astype(np.int64), encoder.levels
        count = np.maximum(np.bincount(here, minlength=levels), 1)
        if self.numeric is not None:
            held = ~self.numeric.missing
            total = np.bincount(here[held], self.numeric.numbers[held], levels)
            return _rank(total / np.maximum(np.bincount(here[held], minlength=levels), 1))
        profile = _counted(here, classes, levels) / count[:, None]
        centred = (profile - profile.mean(0)) * np.sqrt(count)[:, None]
        _, directions = np.linalg.eigh(centred.T @ centred)
        # Those alike on the first component are told apart by the next ones.
        return _rank(*(profile @ directions[:, -i] for i in range(1, min(4, profile.shape[1]) + 1)))


def _rank(*by: Floats) -> Floats:
    """(levels,) 0, 1, ... in order of the first list, then the second, and so on."""
    ranks = np.empty(len(by[0]))
    ranks[np.lexsort(tuple(np.round(one, 9) for one in reversed(by)))] = np.arange(len(by[0]))
    return ranks


def _counted(first: Whole, second: Whole, firsts: int) -> Floats:
    """(firsts, seconds) in how many rows each pair occurs."""
    seconds = int(second.max()) + 1
    return np.bincount(first * seconds + second, minlength=firsts * seconds).reshape(firsts, seconds).astype(float)


class _Share:
    """The share of missing cells among rows alike in the columns before."""

    def __init__(
        self, features: npt.NDArray[Any], missing: npt.NDArray[np.bool_], leaf: int, rng: np.random.Generator
    ) -> None:
        self.tree = _tree(False, leaf, rng).fit(features, missing)
        at = self.tree.apply(features)
        self.share = np.bincount(at, missing) / np.maximum(np.bincount(at), 1)

    def of(self, features: Floats) -> Floats:
        return np.asarray(self.share[self.tree.apply(features)])


def _coarse(codes: npt.NDArray[np.int32], encoders: Sequence[Encoder], known: Sequence[Floats | Whole]) -> Whole:
    """(rows,) classes 0, 1, ... for a tree; missing is one of them.

    Of many categories those that mostly occur with the same value of a column before (postcodes of one district) make
    one class: that column is the one which tells most about them. Where none does, the rare ones share a class.
    """
    classes = codes.astype(np.int64) + 1
    counts = np.bincount(classes)
    if len(counts) <= CLASSES:
        return classes
    tables = [
        _counted(k.astype(np.int64), classes, e.levels)
        for e, k in zip(encoders, known, strict=True)
        if not e.numeric and 1 < e.levels <= CLASSES
    ]
    if tables:
        best = max(tables, key=_told)
        return np.asarray(best.argmax(0)[classes], np.int64)
    rank = np.empty(len(counts), np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return np.minimum(rank, CLASSES - 1)[classes]


def _told(joint: Floats) -> float:
    """In how many rows the commonest value of the one column goes with each value of the other."""
    return float(joint.max(0).sum() - joint.sum(1).max())


def _tree(numeric: bool, leaf: int, rng: np.random.Generator) -> Any:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    seed = int(rng.integers(2**31))
    kind = DecisionTreeRegressor if numeric else DecisionTreeClassifier
    return kind(min_samples_leaf=leaf, random_state=seed)
