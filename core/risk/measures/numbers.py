"""Amounts: who stands out, and how close a released table stays to the numbers of the original."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.declare import columns_of, param
from core.language import translate
from core.risk import numbers
from core.risk.measure import Group, Measure, Measured, Need
from core.risk.study import Study


def _chosen(study: Study, columns: tuple[str, ...]) -> tuple[str, ...]:
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
        chosen = _chosen(study, self.columns)
        judged = []
        for name in chosen:
            amounts = study.amounts(name)
            judged.append((amounts, numbers.far(amounts, self.distance), numbers.alone(amounts, self.width)))
        per_column = {name: {"far": int(amounts.times[far].sum()), "alone": int(amounts.times[alone].sum())}
                      for name, (amounts, far, alone) in zip(chosen, judged, strict=True)}
        any_far = both = 0
        kept = []
        for values in study.numbers(chosen):
            out = np.zeros((2, len(values)), bool)
            for column, (amounts, far, alone) in zip(values.T, judged, strict=True):
                out |= np.stack([amounts.at(column, far), amounts.at(column, far & alone)])
            any_far, both = any_far + int(out[0].sum()), both + int(out[1].sum())
            kept += [out[0].astype(np.int8)] if study.by_record else []
        sentence = translate(
            "{far:,} of {rows:,} rows have an amount far from the middle; {alone:,} of them hardly anybody near.",
            far=any_far, rows=study.rows, alone=both,
        )
        return Measured(any_far, sentence, details={"columns": per_column, "alone": both},
                        records={"outlier": np.concatenate(kept)} if kept else {})


class _Compared(Measure):
    """The base of measures that compare amounts of a release with those of the original, row by row."""

    group: ClassVar[Group] = "numbers"
    unit: ClassVar[str] = "share of the rows"
    needs: ClassVar[tuple[Need, ...]] = ("original", "numbers")


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
        names, kept, rows = _chosen(study, self.columns), [], 0
        amounts = [study.amounts(name) for name in names]
        spread = np.array([a.deviation() for a in amounts]) * (self.width or 0.05)
        reach = int(study.rows * (self.width or 1.0) / 100)
        for before, after in study.before_and_after(names):
            low, high = after - spread, after + spread
            if self.by == "rank":
                limits = [numbers.rank_limits(c, a, reach) for c, a in zip(after.T, amounts, strict=True)]
                low, high = (np.stack(side, axis=1) for side in zip(*limits, strict=True))
            close = numbers.all_known_within(before, after, low, high)
            rows += int(close.sum())
            kept += [close.astype(np.int8)] if study.by_record else []
        sentence = translate("The true amounts of {count:,} of {rows:,} rows lie in the interval around the released.",
                             count=rows, rows=study.rows)
        return Measured(rows / study.rows, sentence, details={"rows": rows},
                        records={"interval": np.concatenate(kept)} if kept else {})


class DistanceLinkage(_Compared):
    """The share of people whose released record is the nearest one to their true amounts, beside a blind guess.

    The strongest simple attacker: knows all true amounts of a person and takes the nearest released record.
    """

    measure: Literal["distance_linkage"] = "distance_linkage"
    title: ClassVar[str] = "Linking by distance"
    source: ClassVar[str] = "Domingo-Ferrer and Torra (2001); Pagliuca and Seri (1999)"
    columns: columns_of("number") = param("Which columns?", why="Empty: all columns of numbers.", default=())  # type: ignore[valid-type]

    def of(self, study: Study) -> Measured:
        before, after = next(study.before_and_after(_chosen(study, self.columns)))
        chance, blind = numbers.linked(before, after)
        share, rows = float(chance.mean()), study.rows
        spread = 1.96 * float(chance.std()) / rows**0.5
        sentence = translate("Who knows all true amounts links {share:.1%} of the rows; a blind guess {blind:.2%}.",
                             share=share, blind=blind)
        interval = (max(0.0, share - spread), min(1.0, share + spread))
        return Measured(share, sentence, interval, {"blind_guess": blind}, {"linkage": chance})
