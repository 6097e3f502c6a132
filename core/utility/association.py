"""Metrics of pairs: how strongly two columns hang together, before and after."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.table import Column
from core.table.column import Floats, Mask
from core.utility.both import Ints, Pair
from core.utility.metric import Association, PairMetric


class PearsonDifference(PairMetric):
    """How far the linear correlation of two columns of numbers moved, over the rows where both are numbers."""

    metric: Literal["pearson"] = "pearson"
    title: ClassVar[str] = "Pearson correlation"
    high: ClassVar[float] = 2.0
    source: ClassVar[str] = "Pearson 1895, doi:10.1098/rspl.1895.0041"
    sentence: ClassVar[str] = "The correlation moved by {value} (it can move by 2 at most)."

    def applies(self, pair: Pair) -> bool:
        return pair.first.numeric and pair.second.numeric

    def value(self, pair: Pair) -> Association | None:
        found = [_pearson(a.numbers, b.numbers) for a, b in _sides(pair)]
        return _association(*found)


class SpearmanDifference(PairMetric):
    """How far the rank correlation of two columns of numbers moved, over the rows where both are numbers."""

    metric: Literal["spearman"] = "spearman"
    title: ClassVar[str] = "Spearman rank correlation"
    high: ClassVar[float] = 2.0
    source: ClassVar[str] = "Spearman 1904, doi:10.2307/1412159"
    sentence: ClassVar[str] = "The rank correlation moved by {value} (it can move by 2 at most)."

    def applies(self, pair: Pair) -> bool:
        return pair.first.numeric and pair.second.numeric

    def value(self, pair: Pair) -> Association | None:
        return _association(*(_spearman(a, b) for a, b in _sides(pair)))


class CramersVDifference(PairMetric):
    """How far Cramér's V moved: the strength, 0 to 1, with which one column's categories tell the other's.

    Each file is coded for itself, so that categories put together (bands, regions) are judged by what they still
    tell. Missing and suppressed cells are left out, pair by pair. All but the 40 commonest values count as one
    category; numbers are cut into 20 bins.
    """

    metric: Literal["cramers_v"] = "cramers_v"
    title: ClassVar[str] = "Cramér's V"
    source: ClassVar[str] = "Cramér 1946, Mathematical Methods of Statistics, 21.9"
    sentence: ClassVar[str] = "The association moved by {value} on a scale from 0 to 1."

    def applies(self, pair: Pair) -> bool:
        return not (pair.first.numeric or pair.second.numeric)

    def value(self, pair: Pair) -> Association | None:
        first, second = pair.first.own, pair.second.own
        return _association(*(cramers_v(a, b, m, n) for (a, m), (b, n) in zip(first, second, strict=True)))


class CorrelationRatioDifference(PairMetric):
    """How far the correlation ratio moved: the share of a number's spread, 0 to 1 (root), that categories explain."""

    metric: Literal["correlation_ratio"] = "correlation_ratio"
    title: ClassVar[str] = "Correlation ratio"
    source: ClassVar[str] = "Fisher 1925, Statistical Methods for Research Workers, 45"
    sentence: ClassVar[str] = "The association moved by {value} on a scale from 0 to 1."

    def applies(self, pair: Pair) -> bool:
        return pair.first.numeric != pair.second.numeric

    def value(self, pair: Pair) -> Association | None:
        number, other = (pair.first, pair.second) if pair.first.numeric else (pair.second, pair.first)
        columns = (number.before, number.after)
        return _association(*(correlation_ratio(c, codes, n)
                              for c, (codes, n) in zip(columns, other.own, strict=True)))


class PairTotalVariation(PairMetric):
    """Total variation of the two columns' joint distribution: the largest error of any two-way share.

    `after` is the distance itself, `before` is 0. Coded as for one column, all but the 40 commonest values as one.
    """

    metric: Literal["pair_total_variation"] = "pair_total_variation"
    title: ClassVar[str] = "Total variation of the pair"
    source: ClassVar[str] = "NIST 2018, k-marginal scoring of the differential privacy challenges, with k = 2"
    sentence: ClassVar[str] = "Two-way shares are off by at most {percent}."

    def applies(self, pair: Pair) -> bool:
        return bool(len(pair.first.before) and len(pair.first.after))

    def value(self, pair: Pair) -> Association | None:
        return Association((0.0, pair.variation))


def _sides(pair: Pair) -> tuple[tuple[Column, Column], tuple[Column, Column]]:
    return (pair.first.before, pair.second.before), (pair.first.after, pair.second.after)


def _association(before: float | None, after: float | None) -> Association | None:
    """None where the original had none to keep; a release that lost it altogether counts as 0."""
    return None if before is None else Association((before, 0.0 if after is None else after))


def _pearson(x: Floats, y: Floats) -> float | None:
    known = np.isfinite(x) & np.isfinite(y)
    if not known.all():
        x, y = x[known], y[known]
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    # Scaled first: squares of numbers near 1e200 would overflow.
    x, y = (x - x.mean()) / np.ptp(x), (y - y.mean()) / np.ptp(y)
    return float(np.clip((x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum()), -1, 1))


def _spearman(a: Column, b: Column) -> float | None:
    known = np.isfinite(a.numbers) & np.isfinite(b.numbers)
    return _pearson(_ranks(a, known)[known], _ranks(b, known)[known])


def _ranks(column: Column, known: Mask) -> Floats:
    """(rows,) mean rank of each number among the known rows, from the distinct values' counts."""
    counts = np.bincount(column.codes[known], minlength=len(column.values)).astype(float)
    order = np.argsort(column.value_numbers, kind="stable")
    # Texts that read as the same number ("1", "1.0") share their rank.
    same = np.cumsum(np.append(True, np.diff(column.value_numbers[order]) != 0)) - 1
    per_number = np.bincount(same, weights=counts[order])
    middle = np.cumsum(per_number) - (per_number - 1) / 2
    ranks = np.empty(len(order) + 1)
    ranks[order], ranks[-1] = middle[same], np.nan
    return ranks[column.codes]


def cramers_v(a: Ints, b: Ints, size_a: int, size_b: int) -> float | None:
    """Cramér's V of two coded columns over the rows where both codes are known (not -1); None if one is constant."""
    known = (a >= 0) & (b >= 0)
    if not known.all():
        a, b = a[known], b[known]
    table = np.bincount(a * size_b + b, minlength=size_a * size_b).reshape(size_a, size_b).astype(float)
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    smaller = min(table.shape) - 1
    if smaller < 1:
        return None
    total = table.sum()
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / total
    chi2 = float(((table - expected) ** 2 / expected).sum())
    return float(np.sqrt(min(chi2 / (total * smaller), 1.0)))


def correlation_ratio(number: Column, codes: Ints, size: int) -> float | None:
    """The root of the share of variance between the categories, over known cells; None if one column is constant."""
    known = np.isfinite(number.numbers) & (codes >= 0)
    x, groups = number.numbers[known], codes[known]
    counts = np.bincount(groups, minlength=size)
    if (counts > 0).sum() < 2 or np.ptp(x) == 0:
        return None
    means = np.bincount(groups, weights=x, minlength=size) / np.maximum(counts, 1)
    between = float((counts * (means - x.mean()) ** 2).sum())
    return float(np.sqrt(min(between / float(((x - x.mean()) ** 2).sum()), 1.0)))


def main_association(pair: Pair) -> Association | None:
    """The association that fits: Pearson for two numbers, Cramér's V for none, the correlation ratio for one."""
    for metric in (PearsonDifference(), CramersVDifference(), CorrelationRatioDifference()):
        if metric.applies(pair):
            return metric.value(pair)
    return None
