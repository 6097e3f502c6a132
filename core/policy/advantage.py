"""Rule about simulated attackers: what they win from the release, beside what they would win without it."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.declare import param
from core.language import translate as _
from core.policy.rule import Judgement, Release, Rule

TITLES = {"singling_out": "Singling out", "linkability": "Linking", "inference": "Inference"}
"""The three tests; an attacker not among them is called by its name."""


class NoAdvantage(Rule):
    """An attacker who holds the release does no better than one who does not: one test of European guidance."""

    rule: Literal["no_advantage"] = "no_advantage"
    title: ClassVar[str] = "No advantage for an attacker"
    attack: str = param("Which attack?", why="The name of an attacker, such as “singling_out”.", max_length=60)
    most: float = param("How much more may the attacker win?", default=0.0, ge=0, le=1,
                        why="The lower end of the interval of what the release adds.")

    def asks(self) -> str:
        return _("With the release, “{attack}” succeeds at most {most:g} more often than without it.",
                 attack=_(TITLES.get(self.attack, self.attack)), most=self.most)

    def judge(self, release: Release) -> Judgement:
        found = [a for a in release.attacks if a.attack == self.attack]
        if not found:
            return self.open("The attack was not run.", "Run the attacks of the comparison, then look again.")
        worst = max(found, key=lambda a: a.advantage.low)
        if worst.advantage.low <= self.most:
            return self.keeps("What the release adds ({added:.1%}) can be chance: {sentence}",
                              added=max(worst.advantage.value, 0.0), sentence=worst.sentence)
        return self.breaks(
            "The release adds {added:.1%}: {sentence}",
            "Protect more strongly the columns that the attacker is said to hold, or give out statistics with noise.",
            added=worst.advantage.value, sentence=worst.sentence,
        )
