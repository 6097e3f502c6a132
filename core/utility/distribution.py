"""Metrics that compare how a column's values are distributed before and after; rows need not correspond."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.table.column import Floats
from core.utility.both import ColumnPair
from core.utility.metric import ColumnMetric


class TotalVariation(ColumnMetric):
    """Half the sum of the differences of all shares: the largest error any statement about a share can have.

    Missing and suppressed cells are categories of their own. Numbers with more than 50 different values are compared
    in 20 bins cut at the original's quantiles.
    """

    metric: Literal["total_variation"] = "total_variation"
    title: ClassVar[str] = "Total variation"
    source: ClassVar[str] = "Gibbs and Su 2002, doi:10.1111/j.1751-5823.2002.tb00178.x"
    sentence: ClassVar[str] = "Shares of any group of values are off by at most {percent}."

    def value(self, column: ColumnPair) -> float | None:
        return total_variation(*column.shares) if _both_have_rows(column) else None


class RegroupedVariation(ColumnMetric):
    """Total variation after the original's values were put into the release's groups (ages into bands, say).

    Where every original value became one released value, what counts is whether the groups hold the right shares;
    how much detail the grouping cost, the losses of granularity and entropy say. Elsewhere it is total variation.
    """

    metric: Literal["regrouped_variation"] = "regrouped_variation"
    title: ClassVar[str] = "Total variation, at the release's detail"
    source: ClassVar[str] = "Gibbs and Su 2002, doi:10.1111/j.1751-5823.2002.tb00178.x, after a recoding of our own"
    sentence: ClassVar[str] = "Shares of any of the released groups are off by at most {percent}."

    def value(self, column: ColumnPair) -> float | None:
        return total_variation(*column.regrouped.shares) if _both_have_rows(column) else None


class JensenShannon(ColumnMetric):
    """The Jensen-Shannon distance, to base 2: how well one could tell from one cell which file it came from."""

    metric: Literal["jensen_shannon"] = "jensen_shannon"
    title: ClassVar[str] = "Jensen-Shannon distance"
    source: ClassVar[str] = "Endres and Schindelin 2003, doi:10.1109/TIT.2003.813506"
    sentence: ClassVar[str] = "The distributions are {value} apart on a scale from 0 (same) to 1 (nothing in common)."

    def value(self, column: ColumnPair) -> float | None:
        if not _both_have_rows(column):
            return None
        p, q = column.shares
        middle = (p + q) / 2
        return float(np.sqrt(max((_divergence(p, middle) + _divergence(q, middle)) / 2, 0.0)))


class Hellinger(ColumnMetric):
    """The Hellinger distance: like total variation, but differences among rare values weigh more."""

    metric: Literal["hellinger"] = "hellinger"
    title: ClassVar[str] = "Hellinger distance"
    source: ClassVar[str] = "Gibbs and Su 2002, doi:10.1111/j.1751-5823.2002.tb00178.x"
    sentence: ClassVar[str] = "The distributions are {value} apart on a scale from 0 (same) to 1 (nothing in common)."

    def value(self, column: ColumnPair) -> float | None:
        if not _both_have_rows(column):
            return None
        p, q = column.shares
        # The distance is rooted and halved before subtraction, so that equal shares give exactly 0.
        return float(np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2))


class HistogramOverlap(ColumnMetric):
    """The area two histograms share: numbers in 30 equal bins over both files' range, others by category."""

    metric: Literal["histogram_overlap"] = "histogram_overlap"
    title: ClassVar[str] = "Histogram overlap"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "Swain and Ballard 1991, histogram intersection, doi:10.1007/BF00130487"
    sentence: ClassVar[str] = "The histograms overlap by {percent}."

    def value(self, column: ColumnPair) -> float | None:
        if not _both_have_rows(column):
            return None
        if not column.numeric:
            return 1 - total_variation(*column.shares)
        points, before, after = column.grid
        if len(points) == 1:
            return 1.0
        edges = np.linspace(points[0], points[-1], 31)[1:]
        at = np.append(np.searchsorted(points, edges[:-1], side="right") - 1, len(points) - 1)
        shares = [np.diff(np.append(0.0, below[at])) for below in (before, after)]
        return 1 - total_variation(*shares)


def total_variation(p: Floats, q: Floats) -> float:
    """Half the absolute differences of two lists of shares."""
    return float(np.abs(p - q).sum() / 2)


def _divergence(p: Floats, q: Floats) -> float:
    some = p > 0
    return float((p[some] * np.log2(p[some] / q[some])).sum())


def _both_have_rows(column: ColumnPair) -> bool:
    return bool(len(column.before) and len(column.after))
