"""What one learns about a person once their group is known: diversity and closeness of sensitive values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from core.declare import Levels, param
from core.language import translate
from core.risk import diversity
from core.risk.measure import Group, Measure, Measured, Need
from core.risk.study import Study
from core.risk.tally import Tally

Figures = Callable[[Tally], np.ndarray]


class _Attribute(Measure):
    """The base of measures of sensitive values: one figure for each class and sensitive column."""

    group: ClassVar[Group] = "attribute"
    needs: ClassVar[tuple[Need, ...]] = ("sensitive",)

    def _worst(self, study: Study, figures: Figures, highest: bool, name: str) -> tuple[float, dict[str, Any], dict]:
        """(worst figure of all, {column: worst}, {"name": (rows,) worst over the columns})."""
        pick = np.maximum if highest else np.minimum
        found, rows = {}, None
        for column in study.sensitive:
            per_class = figures(study.tally(column))
            found[column] = float(per_class.max() if highest else per_class.min())
            per_row = per_class[study.classes.class_of]
            rows = per_row if rows is None else pick(rows, per_row)
        worst = max(found.values()) if highest else min(found.values())
        return worst, {"columns": found}, {name: rows}


class LDiversity(_Attribute):
    """How many different sensitive values each group holds, at least.

    In a group where all have the same illness, knowing that somebody belongs to it reveals the illness, however large
    the group. *Distinct* counts the values; *entropy* counts them as if evenly spread; *recursive (c, l)* also wants
    that the most frequent value does not outweigh the others.
    """

    measure: Literal["l_diversity"] = "l_diversity"
    title: ClassVar[str] = "l-diversity of sensitive values"
    unit: ClassVar[str] = "values"
    source: ClassVar[str] = "Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302"
    kind: Literal["distinct", "entropy", "recursive"] = param(
        "How are values counted?", why="Stricter counts notice values that are hardly ever there.", default="distinct",
        labels={"distinct": "different values", "entropy": "by entropy", "recursive": "recursive (c, l)"},
    )
    l: float = param("How many should there be?", why="With 1, a group gives its value away.", default=2, ge=1, le=100)
    c: float = param("How far may the most frequent value outweigh the rest?", why="The c of (c, l)-diversity.",
                     default=2, gt=0, le=100, advanced=True)

    def of(self, study: Study) -> Measured:
        figures: dict[str, Figures] = {
            "distinct": diversity.distinct, "entropy": diversity.entropy,
            "recursive": lambda t: diversity.recursive(t, self.c),
        }
        worst, details, records = self._worst(study, figures[self.kind], False, "l_" + self.kind)
        # exp of an entropy of ln 2 may come out a hair below 2.
        count = int((records["l_" + self.kind] < self.l * (1 - 1e-12)).sum())
        sentence = translate(
            "{count:,} of {rows:,} rows are in groups with under {l:g} sensitive values; the fewest is {worst:.3g}.",
            count=count, rows=study.rows, l=self.l, worst=worst,
        )
        return Measured(worst, sentence, details={**details, "violations": count}, records=records)


class TCloseness(_Attribute):
    """How far the sensitive values of a group lie from those of the whole file, at most: 0 alike, 1 wholly different.

    Several different values are not enough where they are alike (three kinds of cancer) or where a rare value is
    frequent in one group. Values can be equally far apart, in an order (income), or in a hierarchy (kinds of illness).
    """

    measure: Literal["t_closeness"] = "t_closeness"
    title: ClassVar[str] = "t-closeness of sensitive values"
    unit: ClassVar[str] = "distance, 0 to 1"
    source: ClassVar[str] = "Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856"
    distance: Literal["equal", "ordered", "hierarchical"] = param(
        "How far apart are two values?", why="Neighbouring incomes give nearly the same away.", default="equal",
        labels={"equal": "all equally far", "ordered": "by their order", "hierarchical": "by a hierarchy"},
    )
    t: float = param("Which distance is acceptable?", why="Smaller means that groups resemble the whole more closely.",
                     default=0.2, gt=0, le=1, search=(0.05, 0.5))
    hierarchy: Annotated[tuple[tuple[str, ...], ...], Levels()] = param(
        "Which values belong together?", why="Only for the hierarchical distance: a value, then its ever wider groups.",
        default=(), advanced=True,
    )

    def of(self, study: Study) -> Measured:
        figures: dict[str, Figures] = {
            "equal": diversity.closeness, "ordered": diversity.ordered_closeness,
            "hierarchical": lambda t: diversity.hierarchical_closeness(t, self.hierarchy),
        }
        worst, details, records = self._worst(study, figures[self.distance], True, "t")
        count = int((records["t"] > self.t + 1e-12).sum())
        sentence = translate(
            "{count:,} of {rows:,} rows are in groups whose sensitive values differ from the whole by more than {t:g}; "
            "the largest distance is {worst:.3f}.", count=count, rows=study.rows, t=self.t, worst=worst,
        )
        return Measured(worst, sentence, details={**details, "violations": count}, records=records)


class AlphaK(_Attribute):
    """The share of the most frequent sensitive value in a group, at most: how sure a guess can be.

    (alpha, k)-anonymity wants groups of at least k rows in which no value has more than the share alpha.
    """

    measure: Literal["alpha_k"] = "alpha_k"
    title: ClassVar[str] = "(alpha, k)-anonymity: how sure is a guess?"
    unit: ClassVar[str] = "share, 0 to 1"
    source: ClassVar[str] = "Wong, Li, Fu and Wang (2006), doi:10.1145/1150402.1150499"
    alpha: float = param("How frequent may one value be in a group?", why="At 1 a group gives its value away.",
                         default=0.5, gt=0, le=1)
    k: int = param("How many rows should a group have?", why="Fewer can be told apart too easily.",
                   default=5, ge=2, le=1000)

    def of(self, study: Study) -> Measured:
        worst, details, records = self._worst(study, diversity.largest_share, True, "alpha")
        count = int(((records["alpha"] > self.alpha + 1e-12) | (study.classes.fk < self.k)).sum())
        sentence = translate(
            "{count:,} of {rows:,} rows are in groups of fewer than {k} or where one value has more than {alpha:.0%}.",
            count=count, rows=study.rows, k=self.k, alpha=self.alpha,
        )
        return Measured(worst, sentence, details={**details, "violations": count}, records=records)


class BetaLikeness(_Attribute):
    """How many times more frequent a sensitive value becomes in a group than in the file: (p - q) / q, at most.

    *Basic* bounds this gain by beta. *Enhanced* bounds it by the smaller of beta and -ln q, so that frequent values
    cannot become certain.
    """

    measure: Literal["beta_likeness"] = "beta_likeness"
    title: ClassVar[str] = "beta-likeness: what a group adds to what one knew"
    unit: ClassVar[str] = "relative gain"
    source: ClassVar[str] = "Cao and Karras (2012), Proceedings of the VLDB Endowment 5(11)"
    beta: float = param("Which gain is acceptable?", why="1 means: a value at most twice as frequent.",
                        default=1.0, gt=0, le=1000)
    kind: Literal["basic", "enhanced"] = param("Which form?", why="The enhanced one also guards frequent values.",
                                               default="basic", advanced=True)

    def of(self, study: Study) -> Measured:
        worst, details, records = self._worst(study, diversity.likeness, True, "beta")
        over = records["beta"] > self.beta + 1e-12
        if self.kind == "enhanced":
            violated = [diversity.exceeds_enhanced_likeness(study.tally(c), self.beta) for c in study.sensitive]
            over = np.logical_or.reduce(violated)[study.classes.class_of]
        sentence = translate(
            "In the groups of {count:,} of {rows:,} rows a sensitive value gains more than allowed; the largest gain "
            "is {worst:.2f} times its share.", count=int(over.sum()), rows=study.rows, worst=worst,
        )
        return Measured(worst, sentence, details={**details, "violations": int(over.sum())}, records=records)


class DeltaDisclosure(_Attribute):
    """By how much a sensitive value becomes more or less frequent in a group: |ln(p / q)|, at most.

    Strictly, every group would have to hold every value; rows in groups that lack one are counted apart, and the
    figure is over the values that are there.
    """

    measure: Literal["delta_disclosure"] = "delta_disclosure"
    title: ClassVar[str] = "delta-disclosure privacy"
    unit: ClassVar[str] = "natural logarithm of a ratio"
    source: ClassVar[str] = "Brickell and Shmatikov (2008), doi:10.1145/1401890.1401904"
    delta: float = param("Which change is acceptable?", why="0.7 means: at most twice or half as frequent.",
                         default=0.7, gt=0, le=100)

    def of(self, study: Study) -> Measured:
        worst, details, records = self._worst(study, diversity.disclosure, True, "delta")
        lack = np.logical_or.reduce([diversity.lacking(study.tally(c)) for c in study.sensitive])
        lacking, count = lack[study.classes.class_of], int((records["delta"] > self.delta + 1e-12).sum())
        sentence = translate(
            "{count:,} of {rows:,} rows are in groups where a value's share changes by more than allowed; the groups "
            "of {lacking:,} rows lack some value altogether.",
            count=count, rows=study.rows, lacking=int(lacking.sum()),
        )
        details |= {"violations": count, "rows_lacking_a_value": int(lacking.sum())}
        return Measured(worst, sentence, details=details, records=records)
