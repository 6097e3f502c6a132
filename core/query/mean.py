"""The mean of a column, in all or by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from core.query.measure import OfNumbers
from core.query.query import Estimate, Noisy, Statistic, View, counted, normal, ratio, summed


class Mean(OfNumbers):
    """The mean of a column of numbers, in all or by group.

    At a glance: "average expenditure by district". It is the noisy sum of distances from the middle of the bounds,
    divided by the noisy count: around the middle one person can move the sum least. Half of the price goes to each.

    The interval is that of the noise (first order); it says nothing of sampling. Source: Dwork and Roth (2014), section
    3.3, doi:10.1561/0400000042.
    """

    query: Literal["mean"] = "mean"
    title: ClassVar[str] = "Mean"
    measures: ClassVar[str] = "mean"

    def statistics(self, view: View) -> tuple[Statistic, ...]:
        numbers, held = self.numbers(view)
        middle, reach = self.centre(view)
        return counted(held, 0.5), summed(np.where(held, numbers - middle, np.nan), reach, 0.5)

    def estimates(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Estimate, ...]:
        middle, _ = self.centre(view)
        known = view.ground.bounds(self.column)
        n, s = noisy["count"], noisy["sum"]
        value, sd = ratio(s.numbers, s.sd, n.numbers, n.sd)
        raw = normal("mean", value + middle, sd)
        return (raw.within(known.low, known.high),)
