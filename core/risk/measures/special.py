"""Which values make a record special: SUDA2."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.declare import param
from core.language import translate
from core.risk.measure import Group, Measure, Measured
from core.risk.study import Study
from core.risk.suda import Missing, Scores


class Suda2(Measure):
    """How special each row is: the small sets of its values that nobody else has, and how many of them there are.

    A row that is alone with two values is more special than one that is alone only with seven. The score adds up its
    smallest such sets; DIS turns it into an estimated chance that a match is right; contributions say which columns
    and values drive the risk. All sets of up to the given number of columns are searched.
    """

    measure: Literal["suda2"] = "suda2"
    title: ClassVar[str] = "Special rows (SUDA2)"
    group: ClassVar[Group] = "special"
    unit: ClassVar[str] = "rows with a small unique set"
    source: ClassVar[str] = "Manning, Haglin and Keane (2008), doi:10.1007/s10618-007-0078-6; Elliot (2000)"
    max_size: int | None = param("Up to how many columns may a set have?", why="Empty: all. Small sets matter most.",
                                 default=None, ge=1, le=30)
    fraction: float = param("Which share of the population is in the file?",
                            why="For the DIS score; 0.01 is what other programs take.",
                            default=0.01, gt=0, lt=1, advanced=True)
    scores: Scores = param("Which scores?", why="Two published ways to weigh small sets.", default="original",
                           advanced=True)
    missing: Missing = param("What is a missing cell?", why="“nothing” is how sdcMicro counts.", default="value",
                             advanced=True, labels={"value": "a value like any other", "nothing": "nothing"})

    def of(self, study: Study) -> Measured:
        found = study.special(self.max_size, self.fraction, self.scores, self.missing)
        count = int((found.score > 0).sum())
        drivers = sorted(found.by_column, key=lambda k: -found.by_column[k])[:3]
        sentence = translate(
            "{count:,} of {rows:,} rows are alone with a few of their values; most often because of {columns}.",
            count=count, rows=study.rows, columns=", ".join(drivers),
        ) if count else translate("No row is alone with a few of its values.")
        sets = [{"columns": list(s), "rows": n} for s, n in list(found.sets.items())[:100]]
        details = {"score": float(found.score.sum()), "dis": float(found.dis.sum()),
                   "highest_dis": float(found.dis.max(initial=0.0)), "contributions": found.by_column, "sets": sets}
        return Measured(count, sentence, details=details,
                        records={"suda_score": found.score, "suda_dis": found.dis} if study.by_record else {})
