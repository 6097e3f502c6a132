"""Campaign: several attackers one after the other, within a time; what they won, and what had to be left out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.attack.clock import CannotBeTried, Clock, TimeUp
from core.language import translate
from core.problem import Problem
from core.protect.method import Progress, silent

if TYPE_CHECKING:
    from core.attack.attack import Attack, Attacked, Scene

PILOT = 100
"""People an attacker tries first, where time is short: how long that takes tells how many there is time for."""

SAFETY = 0.8
"""Of the time that is left, so much is planned for: the rest is for what does not grow evenly."""


@dataclass(frozen=True)
class LeftOut:
    """An attacker who was not tried, or not on everybody, and why."""

    attack: str
    title: str
    why: str

    def data(self) -> dict[str, str]:
        return {"attack": self.attack, "title": self.title, "why": self.why}


@dataclass(frozen=True)
class Campaign:
    """What attackers won from one release, and what was left out.

    seconds  how long it took
    """

    won: tuple[Attacked, ...]
    left_out: tuple[LeftOut, ...]
    seconds: float

    def data(self) -> dict[str, Any]:
        return {"attacks": [a.data() for a in self.won], "left_out": [x.data() for x in self.left_out],
                "attack_seconds": round(self.seconds, 1)}


def campaign(
    scene: Scene, attackers: Sequence[Attack], seconds: float | None = None, progress: Progress = silent,
) -> Campaign:
    """Every attacker in turn. Time that one does not need is the next ones'.

    seconds  for all of them together; None: as long as it takes
    """
    begun, whole = time.monotonic(), Clock(seconds)
    won: list[Attacked] = []
    left_out: list[LeftOut] = []
    able = []
    for one in attackers:
        if why := one.lacks(scene):
            left_out.append(_left_out(one, why))
        else:
            able.append(one)
    for i, one in enumerate(able):
        progress(i / len(able), one.title)
        effort = one.effort / sum(other.effort for other in able[i:])
        found, cut = _within(one, scene, None if seconds is None else max(whole.left, 0.0) * effort)
        won += found
        left_out += [_left_out(one, sentence) for sentence in cut]
    return Campaign(tuple(won), tuple(left_out), time.monotonic() - begun)


def _left_out(one: Attack, why: str) -> LeftOut:
    return LeftOut(str(getattr(one, "attack", "")), one.title, why)


def _within(one: Attack, scene: Scene, seconds: float | None) -> tuple[tuple[Attacked, ...], list[str]]:
    """What one attacker wins in so many seconds, and what was left out."""
    clock = Clock(seconds)
    try:
        if seconds is None or not one.sampled or scene.most <= 2 * PILOT:
            return one.run(replace(scene, clock=clock)), clock.cut
        return _as_many_as_there_is_time_for(one, scene, clock)
    except TimeUp:
        return (), [*clock.cut, translate("The time was too short for it: it was given {seconds} s.",
                                          seconds=round(seconds or 0, 1))]
    except CannotBeTried as cannot:
        return (), [*clock.cut, str(cannot)]
    except Problem as problem:
        return (), [*clock.cut, problem.what]


def _as_many_as_there_is_time_for(one: Attack, scene: Scene, clock: Clock) -> tuple[tuple[Attacked, ...], list[str]]:
    """First on a few people; then on as many as the rest of the time will do for."""
    begun = time.monotonic()
    found = one.run(replace(scene, most=PILOT, clock=clock))
    took = max(time.monotonic() - begun, 1e-3)
    many = min(scene.most, int(PILOT * SAFETY * max(clock.left, 0) / took))
    if many >= 2 * PILOT:
        try:
            found, tried = one.run(replace(scene, most=many, clock=clock)), many
        except TimeUp:
            tried = PILOT
    else:
        tried = PILOT
    people = min(scene.most, scene.original.rows)
    if tried < people:
        clock.leave_out("In the time there was, it was tried on at most {tried:,} people instead of {people:,}.",
                        tried=tried, people=people)
    return found, clock.cut
