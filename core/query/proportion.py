"""The share of rows that meet conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from core.declare import param
from core.protect.rows_and_columns.select_rows import Where
from core.query.ground import Ground
from core.query.query import Estimate, Noisy, Query, Statistic, View, counted, meets, normal, ratio
from core.table import Table


class Proportion(Query):
    """The share of rows that meet a condition, in all or by group.

    At a glance: "what share of women work, by state". It is one noisy count divided by another; half of the price goes
    to each. The interval is that of the noise, cut to 0 and 1. Source: Dwork and Roth (2014), section 3.3.
    """

    query: Literal["proportion"] = "proportion"
    title: ClassVar[str] = "Share of rows"
    measures: ClassVar[str] = "share"
    which: tuple[Where, ...] = param("The share of which rows?", why="Rows that meet all of these.", min_length=1)

    def check(self, table: Table, ground: Ground) -> None:
        super().check(table, ground)
        for condition in self.which:
            meets(condition, table)

    def statistics(self, view: View) -> tuple[Statistic, ...]:
        met = np.asarray(np.array([meets(c, view.rows) for c in self.which]).all(axis=0))
        return counted(np.ones(view.rows.rows, bool), 0.5), counted(met, 0.5, "met")

    def estimates(self, view: View, noisy: Mapping[str, Noisy]) -> tuple[Estimate, ...]:  # noqa: ARG002
        n, m = noisy["count"], noisy["met"]
        value, sd = ratio(m.numbers, m.sd, n.numbers, n.sd)
        raw = normal("share", value, sd)
        return (raw.within(0, 1),)
