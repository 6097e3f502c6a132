"""Which columns identify people at all."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.declare import param
from core.language import translate
from core.risk.identifying import powers_by, smallest_by, suggest
from core.risk.measure import Group, Measure, Measured
from core.risk.study import Study


class IdentifyingPower(Measure):
    """How well the columns tell rows apart, alone and in sets.

    *Distinction*: different combinations as a share of the rows. *Separation*: the share of all pairs of rows that
    differ. A column that separates well is worth protecting even if nobody is unique on it alone.
    """

    measure: Literal["identifying_power"] = "identifying_power"
    title: ClassVar[str] = "How well columns tell people apart"
    group: ClassVar[Group] = "columns"
    unit: ClassVar[str] = "separation, 0 to 1"
    source: ClassVar[str] = "Motwani and Xu (2007), Efficient algorithms for masking and finding quasi-identifiers"
    size: int = param("Up to how many columns together?", why="More columns take longer.", default=2, ge=1, le=4)

    def of(self, study: Study) -> Measured:
        found = powers_by(study.power, study.keys, self.size)
        best = max(found, key=lambda p: p.separation)
        sets = [
            {"columns": list(p.columns), "distinction": p.distinction, "separation": p.separation, "unique": p.unique}
            for p in found
        ]
        sentence = translate("{columns} together tell {separation:.1%} of all pairs of rows apart.",
                             columns=", ".join(best.columns), separation=best.separation)
        return Measured(best.separation, sentence, details={"sets": sets})


class SmallestIdentifyingSet(Measure):
    """The smallest set of columns on which a given share of the rows is unique."""

    measure: Literal["smallest_identifying_set"] = "smallest_identifying_set"
    title: ClassVar[str] = "The fewest columns that single people out"
    group: ClassVar[Group] = "columns"
    unit: ClassVar[str] = "columns"
    source: ClassVar[str] = "Motwani and Xu (2007), Efficient algorithms for masking and finding quasi-identifiers"
    share: float = param("Which share of the rows?", why="Half is a good first look.", default=0.5, gt=0, le=1)

    def of(self, study: Study) -> Measured:
        found = smallest_by(study.power, study.keys, self.share)
        if found is None:
            sentence = translate("Not even all quasi-identifiers together make {share:.0%} of the rows unique.",
                                 share=self.share)
            return Measured(None, sentence)
        sentence = translate("{columns} are enough to make {unique:.1%} of the rows unique.",
                             columns=", ".join(found.columns), unique=found.unique)
        return Measured(len(found.columns), sentence, details={"columns": list(found.columns), "unique": found.unique})


class SuggestedKeys(Measure):
    """Which columns of the table should be treated as quasi-identifiers, with reasons, from the values alone.

    A suggestion: what an outsider can know about people, only people know.
    """

    measure: Literal["suggested_keys"] = "suggested_keys"
    title: ClassVar[str] = "Columns that should be quasi-identifiers"
    group: ClassVar[Group] = "columns"
    unit: ClassVar[str] = "columns"
    source: ClassVar[str] = "Motwani and Xu (2007), Efficient algorithms for masking and finding quasi-identifiers"

    def of(self, study: Study) -> Measured:
        found = suggest(study.table)
        named = [s.column for s in found if s.quasi_identifier]
        forgotten = [n for n in named if n not in study.keys]
        details = {"columns": [{"column": s.column, "quasi_identifier": s.quasi_identifier, "reasons": list(s.reasons)}
                               for s in found], "not_chosen": forgotten}
        sentence = translate("{count} columns help to tell rows apart; {forgotten} of them are not chosen.",
                             count=len(named), forgotten=len(forgotten))
        return Measured(len(named), sentence, details=details)
