"""Count rows, in all or by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from core.query.query import Estimate, Noisy, Query, Statistic, View, counted


class Count(Query):
    """How many rows there are: in all, by group, as a crosstab by two columns, or as a trend by a column of dates.

    At a glance: "how many people in each district". The noise is the same for every group, so small groups are the
    least certain. Counts can come out slightly negative; "Never below zero" mends that at no cost.

    Sensitivity: one protected unit adds at most `most` rows, in whichever groups. Noise: discrete Laplace, or discrete
    Gaussian under a budget with a delta. Source: Dwork, McSherry, Nissim and Smith (2006), doi:10.1007/11681878_14.
    """

    query: Literal["count"] = "count"
    title: ClassVar[str] = "Count"
    measures: ClassVar[str] = "count"

    def statistics(self, view: View) -> tuple[Statistic, ...]:
        return (counted(np.ones(view.rows.rows, bool), 1.0),)

    def estimates(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Estimate, ...]:  # noqa: ARG002
        n, half = noisy["count"].numbers, noisy["count"].half_width()
        return (Estimate("count", n, n - half, n + half, noisy["count"].sd),)
