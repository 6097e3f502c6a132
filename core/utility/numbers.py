"""Metrics for columns of numbers: distribution functions, range, means with intervals, and IL1s."""

from __future__ import annotations

import math
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from core.table import Column
from core.table.column import Floats
from core.utility.both import ColumnPair, Ints
from core.utility.estimate import Z95
from core.utility.metric import ColumnMetric


class KolmogorovSmirnov(ColumnMetric):
    """The largest gap between the two distribution functions: how far any “share below x” can be off.

    Only cells that are numbers count; how many are not, the other metrics say.
    """

    metric: Literal["kolmogorov_smirnov"] = "kolmogorov_smirnov"
    title: ClassVar[str] = "Kolmogorov-Smirnov"
    source: ClassVar[str] = "Smirnov 1948, doi:10.1214/aoms/1177730256"
    sentence: ClassVar[str] = "The share of people below any given number is off by at most {percent}."

    def value(self, column: ColumnPair) -> float | None:
        if not column.numeric:
            return None
        _, before, after = column.grid
        return float(np.abs(before - after).max())


class WassersteinScaled(ColumnMetric):
    """How far numbers moved on average when both files are put in order, as a share of both files' range."""

    metric: Literal["wasserstein_scaled"] = "wasserstein_scaled"
    title: ClassVar[str] = "Wasserstein distance, scaled"
    source: ClassVar[str] = "Villani 2009, Optimal Transport, ch. 6, doi:10.1007/978-3-540-71050-9"
    sentence: ClassVar[str] = "Put in order, numbers moved on average by {percent} of the range."

    def value(self, column: ColumnPair) -> float | None:
        if not column.numeric:
            return None
        points, before, after = column.grid
        if len(points) == 1:
            return 0.0
        return float((np.abs(before - after)[:-1] * np.diff(points)).sum() / (points[-1] - points[0]))


class RangeCoverage(ColumnMetric):
    """The share of the original's range, from smallest to largest number, that the release covers."""

    metric: Literal["range_coverage"] = "range_coverage"
    title: ClassVar[str] = "Range covered"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "SDMetrics, RangeCoverage"
    sentence: ClassVar[str] = "The release covers {percent} of the original's range."

    def value(self, column: ColumnPair) -> float | None:
        if not column.numeric:
            return None
        before, after = (c.value_numbers[np.isfinite(c.value_numbers)] for c in (column.before, column.after))
        width = before.max() - before.min()
        if width == 0:
            return float(before[0] in after)
        shared = min(before.max(), after.max()) - max(before.min(), after.min())
        return float(max(shared, 0.0) / width)


class MeanDifference(ColumnMetric):
    """How far the mean moved, in standard deviations of the original. Sample weights are respected."""

    metric: Literal["mean_difference"] = "mean_difference"
    title: ClassVar[str] = "Standardised difference of the mean"
    high: ClassVar[float] = math.inf
    source: ClassVar[str] = "Cohen 1988, Statistical Power Analysis, 2.2, doi:10.4324/9780203771587"
    sentence: ClassVar[str] = "The mean moved by {value} standard deviations."

    def value(self, column: ColumnPair) -> float | None:
        before, after = means(column)
        if before is None or after is None or before.deviation == 0:
            return None
        return abs(after.mean - before.mean) / before.deviation


class MeanIntervalOverlap(ColumnMetric):
    """How far the 95% confidence intervals of the mean overlap: 1 the same, 0 apart.

    Sample weights are respected, and persons of one household count as drawn together (linearised variance).
    """

    metric: Literal["mean_interval_overlap"] = "mean_interval_overlap"
    title: ClassVar[str] = "Overlap of the mean's confidence intervals"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "Karr et al. 2006, doi:10.1198/000313006X124640"
    sentence: ClassVar[str] = "The 95% confidence intervals of the mean overlap by {percent}."

    def value(self, column: ColumnPair) -> float | None:
        before, after = means(column)
        if before is None or after is None:
            return None
        return interval_overlap(before.interval, after.interval)


class TotalDifference(ColumnMetric):
    """How far the total moved, in standard errors of the original's total.

    Totals are estimated with the sample weights; persons of one household count as drawn together.
    """

    metric: Literal["total_difference"] = "total_difference"
    title: ClassVar[str] = "Standardised difference of the total"
    high: ClassVar[float] = math.inf
    source: ClassVar[str] = "Karr et al. 2006, doi:10.1198/000313006X124640, standardised differences"
    sentence: ClassVar[str] = "The total moved by {value} standard errors."

    def value(self, column: ColumnPair) -> float | None:
        before, after = totals(column)
        if before is None or after is None or before.deviation == 0:
            return None
        return abs(after.mean - before.mean) / before.deviation


class TotalIntervalOverlap(ColumnMetric):
    """How far the 95% confidence intervals of the total overlap: 1 the same, 0 apart.

    Totals are estimated with the sample weights; persons of one household count as drawn together.
    """

    metric: Literal["total_interval_overlap"] = "total_interval_overlap"
    title: ClassVar[str] = "Overlap of the total's confidence intervals"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "Karr et al. 2006, doi:10.1198/000313006X124640"
    sentence: ClassVar[str] = "The 95% confidence intervals of the total overlap by {percent}."

    def value(self, column: ColumnPair) -> float | None:
        before, after = totals(column)
        return None if before is None or after is None else interval_overlap(before.interval, after.interval)


class Il1s(ColumnMetric):
    """sdcMicro's IL1s for one column: the mean change of a number in units of the original's deviation times root 2.

    Without an upper bound: a comparison between candidates, never a grade. Needs matched rows.
    """

    metric: Literal["il1s"] = "il1s"
    title: ClassVar[str] = "IL1s (sdcMicro)"
    high: ClassVar[float] = math.inf
    source: ClassVar[str] = "Yancey, Winkler and Creecy 2002, doi:10.1007/3-540-47804-3_11"
    sentence: ClassVar[str] = "Numbers changed on average by {value} standard deviations (times root 2)."

    def value(self, column: ColumnPair) -> float | None:
        if column.rows is None or not column.numeric:
            return None
        before, after = column.before.numbers[column.rows[0]], column.after.numbers[column.rows[1]]
        known = np.isfinite(before) & np.isfinite(after)
        numbers = column.before.numbers[np.isfinite(column.before.numbers)]
        if not known.any() or len(numbers) < 2 or np.std(numbers, ddof=1) == 0:
            return None
        return float(np.abs(before - after)[known].mean() / (math.sqrt(2) * np.std(numbers, ddof=1)))


class Known(NamedTuple):
    """The cells of a column that are numbers: (n,) values, weights, and household codes or None."""

    x: Floats
    weights: Floats
    clusters: Ints | None


class Mean(NamedTuple):
    """A weighted mean with its 95% confidence interval and the weighted standard deviation of the numbers.

    Of a total: the total, its interval, and its standard error.
    """

    mean: float
    interval: tuple[float, float]
    deviation: float


def means(column: ColumnPair) -> tuple[Mean | None, Mean | None]:
    """The mean before and after; None where there are not two numbers."""
    before, after = _known(column)
    return before and _mean(before), after and _mean(after)


def totals(column: ColumnPair) -> tuple[Mean | None, Mean | None]:
    """The total before and after; None where there are not two numbers."""
    before, after = _known(column)
    return before and _total(before), after and _total(after)


def _known(column: ColumnPair) -> tuple[Known | None, Known | None]:
    if not column.numeric:
        return None, None
    weights, clusters = column.weights or (None, None), column.clusters or (None, None)
    first, second = (_of(c, weights[i], clusters[i]) for i, c in enumerate((column.before, column.after)))
    return first, second


def _of(column: Column, weights: Floats | None, clusters: Ints | None) -> Known | None:
    known = np.isfinite(column.numbers)
    if weights is not None:
        known &= np.isfinite(weights) & (weights > 0)
    x = column.numbers[known]
    if len(x) < 2:
        return None
    if clusters is not None:
        # A missing household (code -1) is a household of its own.
        clusters = clusters[known]
        clusters = np.where(clusters < 0, clusters.max() + 1 + np.arange(len(clusters)), clusters)
    return Known(x, np.ones(len(x)) if weights is None else weights[known], clusters)


def _together(values: Floats, clusters: Ints | None) -> Floats:
    """The sums over those who were drawn together."""
    if clusters is None:
        return values
    return np.bincount(np.unique(clusters, return_inverse=True)[1], weights=values).astype(float)


def _mean(known: Known) -> Mean:
    x, w, clusters = known
    total = w.sum()
    mean = float((w * x).sum() / total)
    residuals = _together(w * (x - mean) / total, clusters)
    count = len(residuals)
    error = math.sqrt(float((residuals**2).sum()) * count / (count - 1)) if count > 1 else math.inf
    deviation = math.sqrt(float((w * (x - mean) ** 2).sum() / total))
    return Mean(mean, (mean - Z95 * error, mean + Z95 * error), deviation)


def _total(known: Known) -> Mean:
    parts = _together(known.weights * known.x, known.clusters)
    count = len(parts)
    error = math.sqrt(count * float(np.var(parts, ddof=1))) if count > 1 else math.inf
    total = float(parts.sum())
    return Mean(total, (total - Z95 * error, total + Z95 * error), error)


def interval_overlap(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Mean share of each interval that lies in the other; 0 where they do not meet.

    >>> interval_overlap((0, 2), (1, 3))
    0.5
    """
    if not all(map(math.isfinite, (*first, *second))):
        return 0.0
    widths = first[1] - first[0], second[1] - second[0]
    shared = min(first[1], second[1]) - max(first[0], second[0])
    if shared < 0:
        return 0.0
    # Two points: the same or not. A point inside an interval covers none of it and is covered whole.
    return sum(1.0 if width == 0 else shared / width for width in widths) / 2
