"""Estimate: a value that comes with its 95% confidence interval, and how it is found for areas under the curve."""

from __future__ import annotations

import math

import numpy as np

from core.table.column import Floats, Mask
from core.utility.both import Ints

Z95 = 1.959963984540054


class Estimate(float):
    """A number that was estimated; `low` to `high` is its 95% confidence interval."""

    low: float
    high: float

    def __new__(cls, value: float, low: float, high: float) -> Estimate:
        found = super().__new__(cls, value)
        found.low, found.high = low, high
        return found

    def __getnewargs__(self) -> tuple[float, float, float]:  # type: ignore[override]
        return float(self), self.low, self.high

    @classmethod
    def from_influence(
        cls, value: float, influence: Floats, groups: Ints | None = None,
        least: float = -math.inf, most: float = math.inf,
    ) -> Estimate:
        """A statistic with its normal interval from what each row contributes to it.

        influence  (rows,) mean 0: the statistic's empirical influence function. Rows of one of the `groups` (rows,)
                   were drawn together. The interval is cut at `least` and `most`.
        Hampel 1974, doi:10.1080/01621459.1974.10482962
        """
        rows = len(influence)
        if groups is not None:
            influence = np.bincount(np.unique(groups, return_inverse=True)[1], weights=influence).astype(float)
        error = Z95 * math.sqrt(float((influence**2).sum())) / rows
        return cls(value, max(value - error, least), min(value + error, most))


def area(positive: Mask, scores: Floats) -> tuple[float, Floats]:
    """The area under the ROC curve, ties counting half, and the influence (rows,) of each row on it.

    DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595. Both kinds of row must occur.
    """
    of_positive, of_other = np.sort(scores[positive]), np.sort(scores[~positive])
    shares = np.empty(len(scores))
    shares[positive] = _below(of_other, scores[positive])
    shares[~positive] = 1 - _below(of_positive, scores[~positive])
    value = float(shares[positive].mean())
    part = np.where(positive, positive.mean(), 1 - positive.mean())
    return value, (shares - value) / part


def _below(ordered: Floats, scores: Floats) -> Floats:
    """The share of `ordered` below each score, equal ones counting half."""
    under, upto = np.searchsorted(ordered, scores, "left"), np.searchsorted(ordered, scores, "right")
    return np.asarray((under + upto) / (2 * len(ordered)))
