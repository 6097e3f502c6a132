"""What one learns about a person once their group is known: diversity and closeness of sensitive values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import Levels, param
from core.language import translate
from core.risk import diversity
from core.risk.measure import Group, Measure, Measured, Merge, Merged, Need
from core.risk.study import Study
from core.risk.tally import Tally
from core.table.column import Mask

Figures = Callable[[Tally], np.ndarray]


class _Worst(NamedTuple):
    value: float
    details: dict[str, Any]
    classes: np.ndarray
    records: dict[str, np.ndarray]


LEAST: Mapping[str, Merge] = {"value": "least", "columns": "least", "violations": "sum"}
MOST: Mapping[str, Merge] = {"value": "most", "columns": "most", "violations": "sum", "rows_lacking_a_value": "sum"}


class _Attribute(Measure):
    """The base of measures of sensitive values: one figure for each class and sensitive column."""

    group: ClassVar[Group] = "attribute"
    needs: ClassVar[tuple[Need, ...]] = ("sensitive",)
    merging: ClassVar[Mapping[str, Merge]] = MOST

    def _worst(self, study: Study, figures: Figures, highest: bool, name: str) -> _Worst:
        """The worst figure of all, {column: worst}, and (classes,) the worst over the columns."""
        pick = np.maximum if highest else np.minimum
        found, classes = {}, None
        for column in study.sensitive:
            per_class = figures(study.tally(column))
            found[column] = float(per_class.max() if highest else per_class.min())
            classes = per_class if classes is None else pick(classes, per_class)
        assert classes is not None  # noqa: S101 - `needs`
        worst = max(found.values()) if highest else min(found.values())
        return _Worst(worst, {"columns": found}, classes, {name: classes[study.classes.class_of]})

    def _measured(self, study: Study, worst: _Worst, violated: Mask, **more: Mask) -> Measured:
        """The answer: rows of the classes that violate the measure, and of further choices of classes by name."""
        sizes = study.classes.sizes
        details = {**worst.details, "violations": int(sizes[violated].sum()),
                   **{name: int(sizes[chosen].sum()) for name, chosen in more.items()}}
        return Measured(worst.value, self.retold(Merged(worst.value, details, study.rows)), details=details,
                        records=worst.records)


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
    merging: ClassVar[Mapping[str, Merge]] = LEAST
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
        worst = self._worst(study, figures[self.kind], False, "l_" + self.kind)
        # exp of an entropy of ln 2 may come out a hair below 2.
        return self._measured(study, worst, worst.classes < self.l * (1 - 1e-12))

    def retold(self, found: Merged) -> str:
        return translate(
            "{count:,} of {rows:,} rows are in groups with under {l:g} sensitive values; the fewest is {worst:.3g}.",
            count=found.details["violations"], rows=found.rows, l=self.l, worst=found.value,
        )


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
        worst = self._worst(study, figures[self.distance], True, "t")
        return self._measured(study, worst, worst.classes > self.t + 1e-12)

    def retold(self, found: Merged) -> str:
        return translate(
            "{count:,} of {rows:,} rows are in groups whose sensitive values differ from the whole by more than {t:g}; "
            "the largest distance is {worst:.3f}.",
            count=found.details["violations"], rows=found.rows, t=self.t, worst=found.value,
        )


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
        worst = self._worst(study, diversity.largest_share, True, "alpha")
        return self._measured(study, worst, (worst.classes > self.alpha + 1e-12) | (study.classes.sizes < self.k))

    def retold(self, found: Merged) -> str:
        return translate(
            "{count:,} of {rows:,} rows are in groups of fewer than {k} or where one value has more than {alpha:.0%}.",
            count=found.details["violations"], rows=found.rows, k=self.k, alpha=self.alpha,
        )


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
        worst = self._worst(study, diversity.likeness, True, "beta")
        over = worst.classes > self.beta + 1e-12
        if self.kind == "enhanced":
            violated = [diversity.exceeds_enhanced_likeness(study.tally(c), self.beta) for c in study.sensitive]
            over = np.logical_or.reduce(violated)
        return self._measured(study, worst, over)

    def retold(self, found: Merged) -> str:
        return translate(
            "In the groups of {count:,} of {rows:,} rows a sensitive value gains more than allowed; the largest gain "
            "is {worst:.2f} times its share.", count=found.details["violations"], rows=found.rows, worst=found.value,
        )


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
        worst = self._worst(study, diversity.disclosure, True, "delta")
        lack = np.logical_or.reduce([diversity.lacking(study.tally(c)) for c in study.sensitive])
        return self._measured(study, worst, worst.classes > self.delta + 1e-12, rows_lacking_a_value=lack)

    def retold(self, found: Merged) -> str:
        return translate(
            "{count:,} of {rows:,} rows are in groups where a value's share changes by more than allowed; the groups "
            "of {lacking:,} rows lack some value altogether.",
            count=found.details["violations"], rows=found.rows, lacking=found.details["rows_lacking_a_value"],
        )
