"""The sum of a column, in all or by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from core.query.measure import OfNumbers
from core.query.query import Estimate, Noisy, Statistic, View, counted, summed


class Sum(OfNumbers):
    """The total of a column of numbers, in all or by group.

    At a glance: "total expenditure by state". One protected unit can move the total by its largest possible amount,
    so wide bounds need much noise. A tenth of the price counts the rows, so that small groups can be withheld.

    Source: Dwork, McSherry, Nissim and Smith (2006), doi:10.1007/11681878_14; sums on an integer grid after Casacuberta
    et al. (2022), doi:10.1145/3548606.3560708.
    """

    query: Literal["sum"] = "sum"
    title: ClassVar[str] = "Total"
    measures: ClassVar[str] = "sum"

    def statistics(self, view: View) -> tuple[Statistic, ...]:
        numbers, held = self.numbers(view)
        known = view.ground.bounds(self.column)
        bound = max(abs(known.low), abs(known.high))
        if not self.by:
            return (summed(np.where(held, numbers, np.nan), bound, 1.0),)
        return counted(held, 0.1), summed(np.where(held, numbers, np.nan), bound, 0.9)

    def estimates(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Estimate, ...]:  # noqa: ARG002
        total, half = noisy["sum"].numbers, noisy["sum"].half_width()
        return (Estimate("sum", total, total - half, total + half, noisy["sum"].sd),)
