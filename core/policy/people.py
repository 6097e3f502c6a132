"""Rules about people in a file of rows: how many are alike, how easily one is recognised, what a group gives away."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.declare import param
from core.language import translate as _
from core.policy.rule import Judgement, Release, Rule

NOBODY = "The release holds no column by which a person could be looked for."


class NoDirectIdentifiers(Rule):
    """No column that names people may stand in the release, neither one marked so nor one that looks like it."""

    rule: Literal["no_direct_identifiers"] = "no_direct_identifiers"
    title: ClassVar[str] = "No names, numbers or addresses of people"

    def asks(self) -> str:
        return _("No column names people, by a name, number, address or account.")

    def judge(self, release: Release) -> Judgement:
        from core.detect.entities import DIRECT

        # Columns of the original that were marked may have been tokenised: judged by what they hold now.
        looks = [n for n, d in release.detected.items() if d.entity in DIRECT and d.confidence >= 0.5]
        if not looks:
            return self.keeps("No column of the release looks as if it named people.")
        return self.breaks(
            "Columns that look as if they named people: {names}.",
            "Remove {names}, or replace their values by tokens.", names=", ".join(looks),
        )


class GroupSize(Rule):
    """Every combination of what could be known about a person must stand in at least k rows (k-anonymity)."""

    rule: Literal["group_size"] = "group_size"
    title: ClassVar[str] = "Groups of at least k"
    k: int = param("How many rows must be alike?", why="Someone in a group of k is found with a chance of 1 in k.",
                   default=5, ge=2, le=10_000)

    def asks(self) -> str:
        return _("Each combination of what could be known about a person stands in at least {k} rows.", k=self.k)

    def judge(self, release: Release) -> Judgement:
        if release.synthetic:
            return self.of_nobody()
        risk = release.risk
        if risk is None:
            return self.keeps(NOBODY)
        below = int((risk.fk < self.k).sum())
        if not below:
            return self.keeps("The smallest group has {k} rows.", k=risk.smallest_class)
        return self.breaks(
            "{count} rows stand in groups of fewer than {k}; the smallest has {smallest}.",
            "Ask for k = {k} in “k-anonymity”, make columns coarser, or leave these rows out.",
            count=f"{below:,}", k=self.k, smallest=risk.smallest_class,
        )


class LargestRisk(Rule):
    """The highest chance that someone who knows a person is in the file finds their row (prosecutor risk, 1/class)."""

    rule: Literal["largest_risk"] = "largest_risk"
    title: ClassVar[str] = "Highest chance of finding a known person"
    most: float = param("How high may it be?", why="0.2 is one in five.", default=0.2, gt=0, le=1)

    def asks(self) -> str:
        return _("Nobody known to be in the file is found with a chance above {most:g}.", most=self.most)

    def judge(self, release: Release) -> Judgement:
        if release.synthetic:
            return self.of_nobody()
        risk = release.risk
        if risk is None:
            return self.keeps(NOBODY)
        highest = 1 / risk.smallest_class
        if highest <= self.most + 1e-12:
            return self.keeps("The highest chance is {found:.3g}.", found=highest)
        return self.breaks(
            "The highest chance is {found:.3g}, for {count} rows it is above {most:g}.",
            "Form groups of at least {k}, or leave these rows out.", found=highest, most=self.most,
            count=f"{int((1 / risk.fk > self.most + 1e-12).sum()):,}", k=needed(self.most),
        )


class AverageRisk(Rule):
    """The share of people an attacker would recognise on average (marketer risk: classes by rows)."""

    rule: Literal["average_risk"] = "average_risk"
    title: ClassVar[str] = "Average chance of finding a person"
    most: float = param("How high may it be?", why="0.05 is one in twenty.", default=0.05, gt=0, le=1)

    def asks(self) -> str:
        return _("On average at most {most:g} of the people are recognised.", most=self.most)

    def judge(self, release: Release) -> Judgement:
        if release.synthetic:
            return self.of_nobody()
        risk = release.risk
        if risk is None:
            return self.keeps(NOBODY)
        found = risk.classes / risk.rows
        if found <= self.most:
            return self.keeps("The average chance is {found:.3g}.", found=found)
        return self.breaks("The average chance is {found:.3g}.",
                           "Make columns coarser, or leave columns out that are not needed.", found=found)


class IndividualRisk(Rule):
    """The highest individual risk, judged with the sample weights where there are any (Franconi and Polettini 2004)."""

    rule: Literal["individual_risk"] = "individual_risk"
    title: ClassVar[str] = "Highest individual risk"
    most: float = param("How high may it be?", why="0.05 is one in twenty.", default=0.05, gt=0, le=1)

    def asks(self) -> str:
        return _("No row has an individual risk above {most:g}.", most=self.most)

    def judge(self, release: Release) -> Judgement:
        if release.synthetic:
            return self.of_nobody()
        risk = release.risk
        if risk is None:
            return self.keeps(NOBODY)
        above = int((risk.individual_risk > self.most + 1e-12).sum())
        if not above:
            return self.keeps("The highest individual risk is {found:.3g}.", found=risk.highest_individual_risk)
        sample = "" if release.weight else _(
            "If the file is a sample, name its column of weights: without one it is taken for everybody.")
        return self.breaks(
            "{count} rows are above; the highest is {found:.3g}.",
            "Protect what is at risk: blank cells of these rows, or leave them out, with {most:g} as the threshold. "
            "{sample}", count=f"{above:,}", found=risk.highest_individual_risk, most=self.most, sample=sample,
        )


class Mixed(Rule):
    """Every group must hold at least l different values of each sensitive column (distinct l-diversity)."""

    rule: Literal["mixed"] = "mixed"
    title: ClassVar[str] = "Groups that do not share one secret"
    l: int = param("How many different values?", why="With one, the whole group's secret is known.",
                   default=2, ge=2, le=1000)

    def asks(self) -> str:
        return _("Each group holds at least {l} different values of every sensitive column.", l=self.l)

    def judge(self, release: Release) -> Judgement:
        if release.synthetic:
            return self.of_nobody()
        risk = release.risk
        if risk is None:
            return self.keeps(NOBODY)
        if not release.sensitive:
            return self.open("No column of the release is marked as sensitive.",
                             "Mark what nobody should learn about a person.")
        bad = [n for n, d in risk.diversity.items() if d.distinct < self.l]
        if not bad:
            return self.keeps("Every group is mixed enough in all {n} sensitive columns.", n=len(risk.diversity))
        return self.breaks("Some groups hold fewer than {l} values of {names}.",
                           "Add the rule “l-diversity” for {names} to k-anonymity.", l=self.l, names=", ".join(bad))


def needed(most: float) -> int:
    """The smallest group whose chance is not above `most`."""
    k = max(2, int(1 / most))
    return k if 1 / k <= most + 1e-12 else k + 1
