"""Variance and standard deviation of a column, in all or by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from core.query.measure import OfNumbers
from core.query.query import Estimate, Noisy, Statistic, View, counted, normal, ratio, summed


class Spread(OfNumbers):
    """Variance and standard deviation of a column of numbers, in all or by group.

    At a glance: "how unequal are incomes in each state". Made of three noisy sums: count, distances from the middle of
    the bounds, and their squares. The variance is that of the rows in the file (divided by their number); it never
    comes out below zero.

    Source: Dwork and Roth (2014), section 3.3, doi:10.1561/0400000042.
    """

    query: Literal["spread"] = "spread"
    title: ClassVar[str] = "Variance and standard deviation"
    measures: ClassVar[str] = "variance"

    def statistics(self, view: View) -> tuple[Statistic, ...]:
        numbers, held = self.numbers(view)
        middle, reach = self.centre(view)
        off = np.where(held, numbers - middle, np.nan)
        # Squares are counted from their own middle: they lie between 0 and reach squared.
        return (counted(held, 0.3), summed(off, reach, 0.3),
                summed(off**2 - reach**2 / 2, reach**2 / 2, 0.4, "squares"))

    def estimates(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Estimate, ...]:
        _, reach = self.centre(view)
        n, s, q = noisy["count"], noisy["sum"], noisy["squares"]
        mean, mean_sd = ratio(s.numbers, s.sd, n.numbers, n.sd)
        square, square_sd = ratio(q.numbers, q.sd, n.numbers, n.sd)
        variance = np.clip(square + reach**2 / 2 - mean**2, 0, reach**2)
        raw = normal("variance", variance, np.sqrt(square_sd**2 + (2 * mean * mean_sd) ** 2))
        raw = raw._replace(low=np.maximum(raw.low, 0))
        return raw, Estimate("standard_deviation", np.sqrt(raw.values), np.sqrt(raw.low), np.sqrt(raw.high))
