"""Rule about simulated attackers: what they win from the release, beside what they would win without it."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.declare import param
from core.language import translate as _
from core.policy.rule import Judgement, Release, Rule


class NoAdvantage(Rule):
    """An attacker who holds the release does no better than one who does not: one test of European guidance."""

    rule: Literal["no_advantage"] = "no_advantage"
    title: ClassVar[str] = "No advantage for an attacker"
    attack: str = param("Which attack?", why="The name of an attacker, such as “singling_out”.", max_length=60)
    most: float = param("How much more may the attacker win?", default=0.0, ge=0, le=1,
                        why="The lower end of the interval of success, less the baseline without the release.")

    def asks(self) -> str:
        return _("With the release, “{attack}” succeeds at most {most:g} more often than without it.",
                 attack=self.title_of_attack(), most=self.most)

    def title_of_attack(self) -> str:
        from core.attack import ATTACKS

        return _(ATTACKS.named(self.attack).title)

    def judge(self, release: Release) -> Judgement:
        result = release.attacks.get(self.attack)
        if result is None:
            return self.open("The attack was not run.", "Run the attacks of the comparison, then look again.")
        low, baseline = result.interval[0], result.baseline
        if low - baseline <= self.most:
            return self.keeps("It succeeds in {success:.1%}, without the release in {baseline:.1%}; the difference can "
                              "be chance.", success=result.success, baseline=baseline)
        return self.breaks(
            "It succeeds in {success:.1%}, without the release in {baseline:.1%}.",
            "Protect more strongly the columns that the attacker is said to hold, or give out statistics with noise.",
            success=result.success, baseline=baseline,
        )
