"""Rules about tables made from the rows: counts too small, cells that one contributor dominates, groups all alike.

Sources: Hundepool et al. (2012), Statistical Disclosure Control, doi:10.1002/9781118348239, chapter 4.
"""

from __future__ import annotations

from itertools import combinations
from typing import ClassVar, Literal

import numpy as np

from core.declare import column_of, columns_of, param
from core.language import translate as _
from core.policy.rule import Judgement, Release, Rule
from core.risk.cells import Cells, below_threshold, dominated, p_percent, tabulate
from core.risk.kernel import class_sizes
from core.table.column import Mask

BY = "The table is made by these columns. None: every table of up to two of the columns known about a person."
CLASSES = 100_000
"""A table of more possible cells than this is no table anybody prints; whether zeros occur in it is not looked at."""


class TableRule(Rule):
    """The base of rules about tables: which tables are looked at."""

    by: columns_of() = param("Which table?", why=BY, default=())  # type: ignore[valid-type]
    size: int = param("Up to how many columns cross in a table?", why="Finer tables have smaller cells.", default=2,
                      ge=1, le=4)

    def tables(self, release: Release) -> list[tuple[str, ...]]:
        """The tabulations judged, as tuples of column names; empty where their columns are gone."""
        if self.by:
            return [self.by] if set(self.by) <= set(release.table.columns) else []
        return [t for size in range(1, self.size + 1) for t in combinations(release.keys, size)]

    def nothing(self) -> Judgement:
        return self.keeps("There is no table to make: none of its columns is in the release.")


class CellCounts(TableRule):
    """No cell of a table may rest on fewer rows than the threshold; zeros may be allowed or not."""

    rule: Literal["cell_counts"] = "cell_counts"
    title: ClassVar[str] = "Counts large enough"
    fewest: int = param("From how many rows on may a cell be shown?", why="A small count points at people.", default=10,
                        ge=2, le=10_000)
    zeros: Literal["fine", "disclosive"] = param(
        "Are empty cells fine?", why="“Nobody here has this” can be a secret too.", default="fine",
        labels={"fine": "Yes", "disclosive": "No, they give something away"},
    )

    def asks(self) -> str:
        if self.zeros == "disclosive":
            return _("No cell of a table rests on fewer than {fewest} rows, and none is empty.", fewest=self.fewest)
        return _("No cell of a table rests on fewer than {fewest} rows; empty ones are fine.", fewest=self.fewest)

    def judge(self, release: Release) -> Judgement:
        tables = self.tables(release)
        if not tables:
            return self.nothing()
        small, empty, worst = 0, 0, ("", 0)
        for by in tables:
            cells = tabulate(release.table, by)
            bad = int(below_threshold(cells, self.fewest).sum())
            zeros = _zeros(release, by, cells) if self.zeros == "disclosive" else 0
            small, empty = small + bad, empty + zeros
            if bad + zeros > worst[1]:
                worst = (" × ".join(by), bad + zeros)
        if not small and not empty:
            return self.keeps("All cells of {count} tables are large enough.", count=len(tables))
        return self.breaks(
            "{small} cells of {count} tables are too small and {empty} empty, most of them in {worst}.",
            "Publish coarser tables, merge small categories of {worst}, or suppress these cells (and a second one in "
            "each row and column, so that totals do not give them back).",
            small=f"{small:,}", empty=f"{empty:,}", count=len(tables), worst=worst[0],
        )


class AmountRule(TableRule):
    """The base of rules about sums of amounts: which column is added up."""

    contribution: column_of("number") | None = param(  # type: ignore[valid-type]
        "Which amounts are added up?", why="None: every sensitive column of numbers.", default=None)

    def judge(self, release: Release) -> Judgement:
        tables, amounts = self.tables(release), self._amounts(release)
        if not tables:
            return self.nothing()
        if not amounts:
            return self.open("No column of amounts is named or marked as sensitive.",
                             "Name the column that is added up in the table.")
        unsafe, worst, cells = 0, ("", 0), 0
        for by in tables:
            for amount in amounts:
                table = tabulate(release.table, by, amount)
                bad = int(self._unsafe(table).sum())
                unsafe, cells = unsafe + bad, cells + len(table.count)
                worst = max(worst, (f"{amount}: {' × '.join(by)}", bad), key=lambda w: w[1])
        if not unsafe:
            return self.keeps("None of {cells} cells gives a contributor away.", cells=f"{cells:,}")
        return self.breaks(
            "{unsafe} of {cells} cells give a contributor away, most of them in {worst}.",
            "Make the table coarser, or suppress these cells and a second one in each row and column.",
            unsafe=f"{unsafe:,}", cells=f"{cells:,}", worst=worst[0],
        )

    def _amounts(self, release: Release) -> list[str]:
        if self.contribution:
            return [self.contribution] if self.contribution in release.table.columns else []
        numbers = (n for n in release.sensitive if release.table[n].kind == "number")
        return [n for n in numbers if not (release.table[n].numbers < 0).any()]

    def _unsafe(self, cells: Cells) -> Mask:
        raise TypeError(f"{type(self).__name__} does not say which of {len(cells.count)} cells are unsafe")


class Dominance(AmountRule):
    """No sum in which the n largest contributors hold more than k percent of it: the (n, k) rule."""

    rule: Literal["dominance"] = "dominance"
    title: ClassVar[str] = "No sum that few contributors dominate"
    n: int = param("How many contributors?", why="Those who could be found out together.", default=2, ge=1, le=3)
    k: float = param("What share may they hold?", why="Above it, they are as good as known.", default=85.0, gt=0,
                     le=100, unit="%")

    def asks(self) -> str:
        if self.n == 1:
            return _("The largest contributor holds at most {k:g}% of each sum.", k=self.k)
        return _("The {n} largest contributors hold at most {k:g}% of each sum.", n=self.n, k=self.k)

    def _unsafe(self, cells: Cells) -> Mask:
        return dominated(cells, self.n, self.k)


class PPercent(AmountRule):
    """No sum from which one contributor can estimate another to within p percent: the p% rule."""

    rule: Literal["p_percent"] = "p_percent"
    title: ClassVar[str] = "No contributor can be estimated closely"
    p: float = param("How closely?", why="The second largest subtracts what is its own.", default=15.0, gt=0, le=100,
                     unit="%")

    def asks(self) -> str:
        return _("No contributor can estimate another to within {p:g}%.", p=self.p)

    def _unsafe(self, cells: Cells) -> Mask:
        return p_percent(cells, self.p)


class GroupDisclosure(TableRule):
    """In no row of a table may nearly everybody stand in one cell: who is in the row would be known to be in it."""

    rule: Literal["group_disclosure"] = "group_disclosure"
    title: ClassVar[str] = "No group that is nearly all alike"
    most: float = param("What share of a group may one answer hold?", why="Above it, membership tells the answer.",
                        default=0.9, gt=0, le=1)

    def asks(self) -> str:
        return _("No answer of a sensitive column holds more than {percent:.0%} of a group.", percent=self.most)

    def judge(self, release: Release) -> Judgement:
        tables = self.tables(release)
        if not tables:
            return self.nothing()
        if not release.sensitive:
            return self.open("No column of the release is marked as sensitive.",
                             "Mark what nobody should learn about a person.")
        bad, worst = 0, ("", 0)
        for by in tables:
            for name in release.sensitive:
                if name in by:
                    continue
                alike = _nearly_alike(release, by, name, self.most)
                bad += alike
                worst = max(worst, (f"{name}: {' × '.join(by)}", alike), key=lambda w: w[1])
        if not bad:
            return self.keeps("No group is nearly all alike.")
        return self.breaks("{bad} groups are nearly all alike, most of them in {worst}.",
                           "Make the columns of these tables coarser, or leave the sensitive column out.",
                           bad=f"{bad:,}", worst=worst[0])


def _nearly_alike(release: Release, by: tuple[str, ...], sensitive: str, most: float) -> int:
    groups = class_sizes([release.table[n] for n in by])
    both = class_sizes([release.table[n] for n in (*by, sensitive)])
    largest = np.zeros(groups.count)
    np.maximum.at(largest, groups.class_of, both.fk)
    return int((largest > most * groups.sizes + 1e-9).sum())


def _zeros(release: Release, by: tuple[str, ...], cells: Cells) -> int:
    possible = 1
    for name in by:
        column = release.table[name]
        possible *= len(column.values) + int(column.missing.any())
    return possible - len(cells.count) if possible <= CLASSES else 0
