"""Numeric columns: how close a released value, or a released record, stays to the true one; and who stands out.

Two tables of the same rows, original and released, are compared: someone who knows a number nearly, or knows all
numbers of a person, looks for them in the release. Columns are (rows, columns) float matrices; NaN is unknown.

Sources: Mateo-Sanz, Sebe and Domingo-Ferrer (2004), Outlier protection in continuous microdata masking,
doi:10.1007/978-3-540-25955-8_16 (interval disclosure); Domingo-Ferrer and Torra (2001), A quantitative comparison of
disclosure control methods for microdata (rank intervals, distance-based record linkage);
Templ and Meindl (2008), Robust statistics meets SDC, doi:10.1007/978-3-540-87471-3_15 (outliers).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.table.column import Floats, Mask


class Amounts(NamedTuple):
    """The known numbers of a column: `value` (different,) ascending, `times` (different,) rows that hold each."""

    value: Floats
    times: npt.NDArray[np.int64]

    @staticmethod
    def of(numbers: Floats) -> Amounts:
        value, count = np.unique(numbers[~np.isnan(numbers)], return_counts=True)
        return Amounts(value, count.astype(np.int64))

    def and_(self, more: Amounts) -> Amounts:
        """Both columns together."""
        value, place = np.unique(np.concatenate([self.value, more.value]), return_inverse=True)
        count = np.zeros(len(value), np.int64)
        np.add.at(count, place, np.concatenate([self.times, more.times]))
        return Amounts(value, count)

    @property
    def rows(self) -> int:
        return int(self.times.sum())

    @property
    def mean(self) -> float:
        return float((self.value * self.times).sum() / self.rows)

    @property
    def median(self) -> float:
        """The number in the middle; between two, their mean."""
        upto = np.cumsum(self.times)
        low, high = (self.value[np.searchsorted(upto, at, "right")] for at in ((self.rows - 1) // 2, self.rows // 2))
        return float((low + high) / 2)

    def deviation(self, fewer: int = 1) -> float:
        """The standard deviation; 0 where there are too few. fewer: taken off the count that squares are divided by."""
        if not self.rows:
            return 0.0
        squares = float((self.times * (self.value - self.mean) ** 2).sum())
        return float(np.sqrt(squares / max(self.rows - fewer, 1)))

    def at(self, numbers: Floats, chosen: Mask) -> Mask:
        """(rows,) whether each of these numbers, which all stand here, is a chosen one; NaN is not."""
        out = np.zeros(len(numbers), bool)
        known = ~np.isnan(numbers)
        out[known] = chosen[np.searchsorted(self.value, numbers[known])]
        return out


def interval_disclosure(original: Floats, released: Floats, width: float = 0.05) -> Mask:
    """(rows,) True where every known number of the row lies within `width` standard deviations of the released one.

    The standard deviation is that of the released column, so that the interval can be built by an attacker.
    """
    spread = np.array([Amounts.of(column).deviation() for column in released.T]) * width
    return all_known_within(original, released, released - spread, released + spread)


def rank_disclosure(original: Floats, released: Floats, percent: float = 1.0) -> Mask:
    """(rows,) True where every known number lies between the released values `percent` ranks below and above its own.

    percent  half the width of the interval, in percent of the rows
    """
    reach = int(len(released) * percent / 100)
    limits = [rank_limits(column, Amounts.of(column), reach) for column in released.T]
    return all_known_within(original, released, *(np.stack(side, axis=1) for side in zip(*limits, strict=True)))


def rank_limits(released: Floats, amounts: Amounts, reach: int) -> tuple[Floats, Floats]:
    """(rows,) the released values `reach` ranks below and above each; `amounts` are those of the whole column."""
    low, high = np.full(len(released), np.nan), np.full(len(released), np.nan)
    known = ~np.isnan(released)
    place = np.searchsorted(amounts.value, released[known])
    upto = np.cumsum(amounts.times)
    first, last = upto[place] - amounts.times[place] - reach, upto[place] - 1 + reach
    for side, rank in ((low, first), (high, last)):
        within = np.clip(rank, 0, max(amounts.rows - 1, 0))
        side[known] = amounts.value[np.searchsorted(upto, within, "right")]
    return low, high


def all_known_within(original: Floats, released: Floats, low: Floats, high: Floats) -> Mask:
    """(rows,) True where every number known in both tables lies between low and high, and one is known at least."""
    known = ~np.isnan(original) & ~np.isnan(released)
    with np.errstate(invalid="ignore"):
        inside = (original >= low) & (original <= high)
    return np.asarray((inside | ~known).all(axis=1) & known.any(axis=1))


def linked(original: Floats, released: Floats) -> tuple[Floats, float]:
    """(rows,) chance that the nearest released record is the person's own, and the chance of a blind guess.

    Distances are Euclidean on columns scaled by the original's standard deviation; records equally near share the
    chance. Rows with an unknown number are not linked (0).
    """
    from scipy.spatial import cKDTree

    spread = np.array([Amounts.of(column).deviation(0) for column in original.T])
    scale = np.where(spread > 0, spread, 1.0)
    chance = np.zeros(len(original))
    there, asked = ~np.isnan(released).any(axis=1), ~np.isnan(original).any(axis=1)
    if not there.any() or not asked.any():
        return chance, 0.0
    points, place, members = np.unique(released[there] / scale, axis=0, return_inverse=True, return_counts=True)
    own = np.full(len(original), -1)
    own[there] = place.ravel()
    tree = cKDTree(points)
    rows = np.flatnonzero(asked)
    nearest, _ = tree.query(original[asked] / scale)
    close = tree.query_ball_point(original[asked] / scale, nearest * (1 + 1e-9) + 1e-12)
    for row, found in zip(rows, close, strict=True):
        if own[row] in found:
            chance[row] = 1.0 / members[found].sum()
    return chance, 1.0 / int(there.sum())


def outliers(values: Floats, distance: float = 3.5) -> Mask:
    """(rows,) True where a number is so far from the middle that it names its owner: a rare income is a key too.

    values    (rows,) one column
    distance  how many scaled median absolute deviations from the median; skewed positive numbers are compared as
              logarithms, because incomes spread by factors. Iglewicz and Hoaglin (1993): 3.5.
    """
    amounts = Amounts.of(values)
    return amounts.at(values, far(amounts, distance))


def far(amounts: Amounts, distance: float = 3.5) -> Mask:
    """(different,) as `outliers`, for each different number."""
    if not len(amounts.value):
        return np.zeros(0, bool)
    skewed = amounts.value[0] > 0 and amounts.mean > 1.2 * amounts.median
    placed = Amounts(np.log(amounts.value) if skewed else amounts.value, amounts.times)
    away = np.abs(placed.value - placed.median)
    order = np.argsort(away, kind="stable")
    deviations = Amounts(away[order], amounts.times[order])
    spread = 1.4826 * deviations.median or 1.2533 * deviations.mean
    return np.asarray(away > distance * spread) if spread > 0 else np.zeros(len(away), bool)


def lonely(values: Floats, width: float = 0.05, fewer_than: int = 3) -> Mask:
    """(rows,) True where fewer than `fewer_than` rows, itself included, lie within `width` of the number.

    width  share of the number itself: 0.05 means known to 5 percent
    """
    amounts = Amounts.of(values)
    return amounts.at(values, alone(amounts, width, fewer_than))


def alone(amounts: Amounts, width: float = 0.05, fewer_than: int = 3) -> Mask:
    """(different,) as `lonely`, for each different number."""
    upto = np.append(0, np.cumsum(amounts.times))
    reach = np.abs(amounts.value) * width
    ends = np.searchsorted(amounts.value, amounts.value + reach, "right")
    return np.asarray(upto[ends] - upto[np.searchsorted(amounts.value, amounts.value - reach, "left")] < fewer_than)
