"""Policy: rules with a name, as a file; the presets that ship, and one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from core.declare import dump
from core.policy.rule import Judgement, Release, Rule
from core.problem import Problem, near

PARTS = ("name", "title", "about", "rules")
MOST = 200_000
"""Characters of a policy file."""


@dataclass(frozen=True)
class Policy:
    """Rules under a name.

    name   for recipes and the command line; title and about are for people
    rules  in the order they are shown
    """

    name: str
    title: str
    about: str
    rules: tuple[Rule, ...]

    @staticmethod
    def load(text: str) -> Policy:
        """The policy in a YAML text; a Problem names what is wrong with it."""
        if len(text) > MOST:
            raise Problem("The policy is too long.", "Keep it below {most} characters.", most=MOST)
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError:
            data = None
        return Policy.from_data(data)

    @staticmethod
    def from_data(data: object) -> Policy:
        from core.policy import RULES

        if not isinstance(data, Mapping) or not isinstance(data.get("rules"), list) or not data["rules"]:
            raise Problem("This is no policy.", "A policy has lines such as “name:”, “title:” and a list “rules:”.")
        for key in data:
            if key not in PARTS:
                raise Problem("A policy has no part called “{key}”.", "Check the spelling. {hint}", key=str(key)[:60],
                              hint=near(str(key), PARTS))
        rules = tuple(RULES.build(entry, number) for number, entry in enumerate(data["rules"], 1))
        name = str(data.get("name") or "own")
        return Policy(name, str(data.get("title") or name), str(data.get("about") or "").strip(), rules)

    def data(self) -> dict[str, Any]:
        """Plain data; `from_data` makes the same policy of it."""
        return {"name": self.name, "title": self.title, "about": self.about, "rules": [dump(r) for r in self.rules]}

    def dump(self) -> str:
        return yaml.safe_dump(self.data(), sort_keys=False, allow_unicode=True)


@dataclass(frozen=True)
class Verdict:
    """What a policy says of a release.

    passed  True where every rule that could be judged is kept and none is open; False where one is broken;
            None where none is broken but some could not be judged
    """

    policy: Policy
    judgements: tuple[Judgement, ...]

    @property
    def passed(self) -> bool | None:
        found = {j.passed for j in self.judgements}
        return False if False in found else None if None in found else True

    @property
    def broken(self) -> tuple[Judgement, ...]:
        return tuple(j for j in self.judgements if j.passed is False)

    def as_dict(self) -> dict[str, Any]:
        return {"policy": self.policy.name, "title": self.policy.title, "passed": self.passed,
                "rules": [j.as_dict() for j in self.judgements]}


def check(policy: Policy, release: Release) -> Verdict:
    """Every rule of the policy judged on the release."""
    return Verdict(policy, tuple(rule.judge(release) for rule in policy.rules))


@cache
def presets() -> dict[str, Policy]:
    """Name -> the policies that ship with the studio, in the order of their file names."""
    found = sorted((f for f in (files("core.policy") / "presets").iterdir() if f.name.endswith(".yaml")),
                   key=lambda f: f.name)
    loaded = [Policy.load(f.read_text("utf-8")) for f in found]
    return {policy.name: policy for policy in loaded}


def preset(name: str) -> Policy:
    """The preset of that name, or a Problem with the near ones."""
    if name not in presets():
        raise Problem("There is no policy called “{name}”.", "Check the spelling. {hint}", name=name[:60],
                      hint=near(name, presets()))
    return presets()[name]
