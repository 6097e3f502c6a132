"""Metrics over the joint distributions of two and three columns at a time."""

from __future__ import annotations

from itertools import combinations
from typing import ClassVar, Literal

import numpy as np

from core.utility.both import Both, joint_shares
from core.utility.distribution import total_variation
from core.utility.metric import TableMetric

MOST_TRIPLES = 120
"""Triples measured; where there are more, every n-th in a fixed order."""


class TwoWayMarginals(TableMetric):
    """The mean total variation over all pairs of columns. NIST's score is 1,000 times (1 minus this).

    Values are compared at the release's level of detail, all but the 40 commonest as one.
    """

    metric: Literal["two_way_marginals"] = "two_way_marginals"
    title: ClassVar[str] = "Two-way tables"
    source: ClassVar[str] = "NIST 2018, k-marginal scoring of the differential privacy challenges, with k = 2"
    sentence: ClassVar[str] = "On average, shares in two-way tables are off by at most {percent}."

    def value(self, both: Both) -> float | None:
        if not both.pairs or not both.original.rows or not both.released.rows:
            return None
        return float(np.mean([pair.variation for pair in both.pairs]))


class ThreeWayMarginals(TableMetric):
    """The mean total variation over triples of columns (at most 120, evenly chosen)."""

    metric: Literal["three_way_marginals"] = "three_way_marginals"
    title: ClassVar[str] = "Three-way tables"
    source: ClassVar[str] = "NIST 2018, k-marginal scoring of the differential privacy challenges, with k = 3"
    sentence: ClassVar[str] = "On average, shares in three-way tables are off by at most {percent}."
    thorough: ClassVar[bool] = True

    def value(self, both: Both) -> float | None:
        triples = list(combinations(both.comparable, 3))
        if not triples or not both.original.rows or not both.released.rows:
            return None
        chosen = triples[:: -(-len(triples) // MOST_TRIPLES)]
        return float(np.mean([total_variation(*joint_shares(*(both.columns[n] for n in t))) for t in chosen]))


class WorstColumn(TableMetric):
    """The largest total variation of any single column, at the release's level of detail."""

    metric: Literal["worst_column"] = "worst_column"
    title: ClassVar[str] = "Worst column"
    source: ClassVar[str] = "Gibbs and Su 2002, doi:10.1111/j.1751-5823.2002.tb00178.x"
    sentence: ClassVar[str] = "In the column that is furthest off, shares are off by at most {percent}."

    def value(self, both: Both) -> float | None:
        if not both.names or not both.original.rows or not both.released.rows:
            return None
        return max(total_variation(*column.regrouped.shares) for column in both.columns.values())


class MeanAssociationDifference(TableMetric):
    """The mean change of the association over all pairs: Pearson, Cramér's V or the correlation ratio, as they fit."""

    metric: Literal["association_difference"] = "association_difference"
    title: ClassVar[str] = "Associations, all pairs"
    high: ClassVar[float] = 2.0
    source: ClassVar[str] = "SDMetrics, Column Pair Trends (as a mean difference); see the single associations"
    sentence: ClassVar[str] = "On average, associations between two columns moved by {value} (0 is not at all)."

    def value(self, both: Both) -> float | None:
        from core.utility.association import main_association

        moved = [found.difference for pair in both.pairs if (found := main_association(pair)) is not None]
        return float(np.mean(moved)) if moved else None
