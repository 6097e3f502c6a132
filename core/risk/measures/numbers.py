"""Amounts: who stands out, and how close a released table stays to the numbers of the original."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from core.declare import columns_of, param
from core.language import translate
from core.problem import Problem
from core.risk import numbers
from core.risk.measure import Group, Measure, Measured, Need
from core.risk.study import Study
from core.table.column import Floats


def _chosen(study: Study, columns: tuple[str, ...]) -> tuple[str, ...]:
    study.table.require(columns)
    return columns or study.number_columns


class Outliers(Measure):
    """Rows whose amounts are so rare that they name their owner: a rare income is a quasi-identifier too.

    Counts rows far from the middle of a column, and rows with fewer than three others within five percent of their
    own amount.
    """

    measure: Literal["outliers"] = "outliers"
    title: ClassVar[str] = "Rare amounts"
    group: ClassVar[Group] = "numbers"
    unit: ClassVar[str] = "rows"
    source: ClassVar[str] = "Templ and Meindl (2008), doi:10.1007/978-3-540-87471-3_15; Iglewicz and Hoaglin (1993)"
    needs: ClassVar[tuple[Need, ...]] = ("numbers",)
    columns: columns_of("number") = param("Which columns?", why="Empty: all columns of numbers.", default=())  # type: ignore[valid-type]
    distance: float = param("How far is far?", why="In scaled median absolute deviations from the median.",
                            default=3.5, gt=0, le=100)
    width: float = param("How exactly could an amount be known?", why="0.05 means to within five percent.",
                         default=0.05, gt=0, le=1, advanced=True)

    def of(self, study: Study) -> Measured:
        far, alone = np.zeros(study.rows, bool), np.zeros(study.rows, bool)
        per_column: dict[str, Any] = {}
        for name in _chosen(study, self.columns):
            values = study.table[name].numbers
            out, lonely = numbers.outliers(values, self.distance), numbers.lonely(values, self.width)
            per_column[name] = {"far": int(out.sum()), "alone": int(lonely.sum())}
            far |= out
            alone |= out & lonely
        sentence = translate(
            "{far:,} of {rows:,} rows have an amount far from the middle; {alone:,} of them hardly anybody near.",
            far=int(far.sum()), rows=study.rows, alone=int(alone.sum()),
        )
        return Measured(int(far.sum()), sentence, details={"columns": per_column, "alone": int(alone.sum())},
                        records={"outlier": far.astype(np.int8)})


class _Compared(Measure):
    """The base of measures that compare amounts of a release with those of the original, row by row."""

    group: ClassVar[Group] = "numbers"
    unit: ClassVar[str] = "share of the rows"
    needs: ClassVar[tuple[Need, ...]] = ("original", "numbers")

    def _pair(self, study: Study, columns: tuple[str, ...]) -> tuple[Floats, Floats]:
        original, names = study.original, _chosen(study, columns)
        assert original is not None  # noqa: S101 - `needs`
        original.require(names)
        ids = study.table.row_ids
        if ids is None or (len(ids) and ids.max() >= original.rows):
            raise Problem("The released rows do not belong to single rows of the original.",
                          "Compare the tables by their distributions instead.")
        before = np.stack([original[n].numbers[ids] for n in names], axis=1)
        return before, np.stack([study.table[n].numbers for n in names], axis=1)


class IntervalDisclosure(_Compared):
    """Rows whose true amounts all lie in a small interval around the released ones: they are as good as published."""

    measure: Literal["interval_disclosure"] = "interval_disclosure"
    title: ClassVar[str] = "Released amounts close to the true ones"
    source: ClassVar[str] = "Mateo-Sanz, Sebé and Domingo-Ferrer (2004), doi:10.1007/978-3-540-25955-8_16"
    columns: columns_of("number") = param("Which columns?", why="Empty: all columns of numbers.", default=())  # type: ignore[valid-type]
    by: Literal["deviation", "rank"] = param(
        "How is the interval built?", why="By spread, or by rank, which suits skewed amounts.", default="deviation",
        labels={"deviation": "standard deviations", "rank": "percent of the ranks"})
    width: float | None = param(
        "How wide is it to each side?",
        why="In standard deviations (empty: 0.05) or percent of ranks (empty: 1).",
        default=None, gt=0, le=100)

    def of(self, study: Study) -> Measured:
        before, after = self._pair(study, self.columns)
        if self.by == "deviation":
            close = numbers.interval_disclosure(before, after, self.width or 0.05)
        else:
            close = numbers.rank_disclosure(before, after, self.width or 1.0)
        sentence = translate("The true amounts of {count:,} of {rows:,} rows lie in the interval around the released.",
                             count=int(close.sum()), rows=study.rows)
        return Measured(float(close.mean()), sentence, details={"rows": int(close.sum())},
                        records={"interval": close.astype(np.int8)})


class DistanceLinkage(_Compared):
    """The share of people whose released record is the nearest one to their true amounts, beside a blind guess.

    The strongest simple attacker: knows all true amounts of a person and takes the nearest released record.
    """

    measure: Literal["distance_linkage"] = "distance_linkage"
    title: ClassVar[str] = "Linking by distance"
    source: ClassVar[str] = "Domingo-Ferrer and Torra (2001); Pagliuca and Seri (1999)"
    columns: columns_of("number") = param("Which columns?", why="Empty: all columns of numbers.", default=())  # type: ignore[valid-type]

    def of(self, study: Study) -> Measured:
        before, after = self._pair(study, self.columns)
        chance, blind = numbers.linked(before, after)
        share, rows = float(chance.mean()), study.rows
        spread = 1.96 * float(chance.std()) / rows**0.5
        sentence = translate("Who knows all true amounts links {share:.1%} of the rows; a blind guess {blind:.2%}.",
                             share=share, blind=blind)
        interval = (max(0.0, share - spread), min(1.0, share + spread))
        return Measured(share, sentence, interval, {"blind_guess": blind}, {"linkage": chance})
