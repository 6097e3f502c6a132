"""Numeric columns: how close a released value, or a released record, stays to the true one; and who stands out.

Two tables of the same rows, original and released, are compared: someone who knows a number nearly, or knows all
numbers of a person, looks for them in the release. Columns are (rows, columns) float matrices; NaN is unknown.

Sources: Mateo-Sanz, Sebe and Domingo-Ferrer (2004), Outlier protection in continuous microdata masking,
doi:10.1007/978-3-540-25955-8_16 (interval disclosure); Domingo-Ferrer and Torra (2001), A quantitative comparison of
disclosure control methods for microdata (rank intervals, distance-based record linkage);
Templ and Meindl (2008), Robust statistics meets SDC, doi:10.1007/978-3-540-87471-3_15 (outliers).
"""

from __future__ import annotations

import numpy as np

from core.table.column import Floats, Mask


def interval_disclosure(original: Floats, released: Floats, width: float = 0.05) -> Mask:
    """(rows,) True where every known number of the row lies within `width` standard deviations of the released one.

    The standard deviation is that of the released column, so that the interval can be built by an attacker.
    """
    spread = deviations(released, 1) * width
    return _all_known_within(original, released, released - spread, released + spread)


def deviations(numbers: Floats, fewer: int = 0) -> Floats:
    """(columns,) the standard deviation of the known numbers of each column; 0 where they are too few.

    fewer  taken off the count that the squares are divided by: 1 for that of a sample
    """
    count = (~np.isnan(numbers)).sum(axis=0)
    mean = np.nansum(numbers, axis=0) / np.maximum(count, 1)
    squares = np.nansum((numbers - mean) ** 2, axis=0)
    return np.asarray(np.sqrt(squares / np.maximum(count - fewer, 1)))


def rank_disclosure(original: Floats, released: Floats, percent: float = 1.0) -> Mask:
    """(rows,) True where every known number lies between the released values `percent` ranks below and above its own.

    percent  half the width of the interval, in percent of the rows
    """
    reach = int(len(released) * percent / 100)
    low, high = np.empty_like(released), np.empty_like(released)
    for j in range(released.shape[1]):
        known = np.sort(released[~np.isnan(released[:, j]), j])
        if not len(known):
            low[:, j] = high[:, j] = np.nan
            continue
        first = np.searchsorted(known, released[:, j], "left")
        last = np.searchsorted(known, released[:, j], "right") - 1
        low[:, j] = known[np.clip(first - reach, 0, len(known) - 1)]
        high[:, j] = known[np.clip(last + reach, 0, len(known) - 1)]
    return _all_known_within(original, released, low, high)


def _all_known_within(original: Floats, released: Floats, low: Floats, high: Floats) -> Mask:
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

    spread = deviations(original)
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
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros(len(values), bool)
    skewed = known.min() > 0 and known.mean() > 1.2 * np.median(known)
    at = np.log(np.where(values > 0, values, np.nan)) if skewed else values
    middle = np.nanmedian(at)
    spread = 1.4826 * np.nanmedian(np.abs(at - middle))
    if spread == 0:
        spread = np.nanmean(np.abs(at - middle)) * 1.2533
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(at - middle) > distance * spread) if spread > 0 else np.zeros(len(values), bool)


def lonely(values: Floats, width: float = 0.05, fewer_than: int = 3) -> Mask:
    """(rows,) True where fewer than `fewer_than` rows, itself included, lie within `width` of the number.

    width  share of the number itself: 0.05 means known to 5 percent
    """
    known = np.sort(values[~np.isnan(values)])
    reach = np.abs(values) * width
    near = np.searchsorted(known, values + reach, "right") - np.searchsorted(known, values - reach, "left")
    return np.asarray(~np.isnan(values) & (near < fewer_than))
