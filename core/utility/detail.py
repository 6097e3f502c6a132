"""Metrics of how much detail is left: what a released value still tells about the original one, and class sizes."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import numpy as np

from core.table import Table
from core.utility.both import Both, ColumnPair, Ints
from core.utility.metric import ColumnMetric, TableMetric


class GranularityLoss(ColumnMetric):
    """How many of the original's different values hide behind a released one, as a share of all; suppressed cells: all.

    Counted from the rows themselves, so it needs no hierarchy: a released value stands for every original value that
    became it. It judges generalisation; noise, which makes many values out of one, is judged by other metrics.
    """

    metric: Literal["granularity_loss"] = "granularity_loss"
    title: ClassVar[str] = "Loss of granularity (ARX)"
    source: ClassVar[str] = "Iyengar 2002, doi:10.1145/775047.775089"
    sentence: ClassVar[str] = "A released value stands on average for {percent} of the values it could have been."

    def value(self, column: ColumnPair) -> float | None:
        found = column.together
        different = len(np.unique(found[0])) if found else 0
        if found is None or different < 2:
            return None
        after = found[1]
        stands_for = np.bincount(after, minlength=int(after.max()) + 1)  # one entry per different pair
        loss = (stands_for - 1) / (different - 1)
        hidden = column.after.suppressed[column.rows[1]] if column.rows else np.zeros(0, bool)
        per_row = loss[column.after.codes[column.rows[1]] + 1] if column.rows else np.zeros(0)
        return float(np.where(hidden, 1.0, per_row).mean())


class EntropyLoss(ColumnMetric):
    """The share of the original column's information (entropy) that the released column no longer gives."""

    metric: Literal["entropy_loss"] = "entropy_loss"
    title: ClassVar[str] = "Loss of entropy (ARX)"
    source: ClassVar[str] = "Gionis and Tassa 2009, non-uniform entropy, doi:10.1109/TKDE.2008.129"
    sentence: ClassVar[str] = "{percent} of the column's information is gone."

    def value(self, column: ColumnPair) -> float | None:
        found = column.together
        if found is None:
            return None
        before, after, counts = found
        whole = _entropy(np.bincount(before, weights=counts))
        if whole == 0:
            return None
        left = _entropy(counts) - _entropy(np.bincount(after, weights=counts))
        return float(np.clip(left / whole, 0, 1))


def _entropy(counts: np.ndarray) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum())


class Discernibility(TableMetric):
    """How much the share of pairs of rows moved that cannot be told apart by the quasi-identifiers.

    ARX's discernibility metric is the sum of squared class sizes; divided by the squared number of rows it is the
    share of such pairs, which is comparable between files. The metric is the difference of the two shares.
    """

    metric: Literal["discernibility"] = "discernibility"
    title: ClassVar[str] = "Discernibility (ARX)"
    source: ClassVar[str] = "Bayardo and Agrawal 2005, doi:10.1109/ICDE.2005.42"
    sentence: ClassVar[str] = "The share of pairs of people who cannot be told apart moved by {percent}."

    def value(self, both: Both) -> float | None:
        sizes = class_sizes(both)
        if sizes is None:
            return None
        before, after = (float((s.astype(float) ** 2).sum() / s.sum() ** 2) for s in sizes)
        return abs(after - before)


class AverageClassSize(TableMetric):
    """By how much the mean class size of the quasi-identifiers grew: 1 the same, 10 ten times as many look alike."""

    metric: Literal["average_class_size"] = "average_class_size"
    title: ClassVar[str] = "Average class size (ARX)"
    high: ClassVar[float] = math.inf
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "LeFevre, DeWitt and Ramakrishnan 2006, doi:10.1109/ICDE.2006.101"
    sentence: ClassVar[str] = "The average group of people who look alike is {value} times as large."

    def value(self, both: Both) -> float | None:
        sizes = class_sizes(both)
        return None if sizes is None else float(sizes[1].mean() / sizes[0].mean())


def class_sizes(both: Both) -> tuple[Ints, Ints] | None:
    """(classes,) twice: how many rows share each combination of the quasi-identifiers that both files have."""
    keys = [k for k in both.keys if k in both.names]
    if not keys or not both.original.rows or not both.released.rows:
        return None
    return _sizes(both.original, keys), _sizes(both.released, keys)


def _sizes(table: Table, keys: list[str]) -> Ints:
    from core.risk.kernel import class_sizes as counted

    return counted([table[k] for k in keys]).sizes.astype(np.int64)
