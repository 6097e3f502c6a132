"""Attackers within a time: fewer people, and it is said so; what cannot be tried is named with its reason."""

from __future__ import annotations

import time
from typing import ClassVar, Literal

import numpy as np
import pytest

from core.attack import Attack, Attacked, Scene, tried
from core.attack.campaign import campaign
from core.attack.clock import CannotBeTried, Clock, TimeUp
from core.attack.rate import share
from core.problem import Problem
from tests.attack.test_attacks import CONTROL, ORIGINAL, OTHERS


class Slow(Attack):
    """Takes a fifth of a millisecond for each person."""

    attack: Literal["slow"] = "slow"
    title: ClassVar[str] = "Slow"

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        for _ in range(scene.most):
            scene.clock.check()
            time.sleep(0.0002)
        rate = share(0, scene.most)
        return (Attacked("slow", "Slow", "share", rate, rate, None, rate, scene.most, ""),)


class Endless(Slow):
    attack: Literal["endless"] = "endless"  # type: ignore[assignment]
    title: ClassVar[str] = "Endless"

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        while True:
            scene.clock.check()


class Lost(Slow):
    attack: Literal["lost"] = "lost"  # type: ignore[assignment]
    title: ClassVar[str] = "Lost"

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        raise CannotBeTried("There is nothing here.")


SCENE = Scene(ORIGINAL, OTHERS, np.random.default_rng(0), CONTROL, most=1500)


def test_a_clock_counts_down() -> None:
    at = [0.0]
    clock = Clock(2.0, lambda: at[0])
    clock.check()
    at[0] = 1.5
    assert clock.left == 0.5
    at[0] = 2.0
    with pytest.raises(TimeUp):
        clock.check()
    assert Clock().left == float("inf")


def test_without_a_limit_everybody_is_tried() -> None:
    done = campaign(SCENE, [Slow()])
    assert done.won[0].tries == 1500 and not done.left_out


def test_in_little_time_fewer_people_are_tried_and_that_is_said() -> None:
    done = campaign(SCENE, [Slow()], 0.15)
    assert 100 <= done.won[0].tries < 1500
    assert [x.attack for x in done.left_out] == ["slow"] and "instead of 1,500" in done.left_out[0].why
    assert done.seconds < 1


def test_who_never_ends_is_stopped_and_leaves_time_for_the_next() -> None:
    done = campaign(SCENE, [Endless(), Lost(), Slow()], 0.6)
    assert [x.attack for x in done.left_out][:2] == ["endless", "lost"]
    assert "too short" in done.left_out[0].why and done.left_out[1].why == "There is nothing here."
    assert done.won[0].attack == "slow" and done.seconds < 2


def test_time_that_is_not_needed_is_the_next_ones() -> None:
    alone, after = campaign(SCENE, [Slow()], 10), campaign(SCENE, [Lost(), Lost(), Slow()], 10)
    assert alone.won[0].tries == after.won[0].tries == 1500


def test_everybody_who_is_left_out_says_why() -> None:
    done = tried(ORIGINAL, OTHERS, None, rng=np.random.default_rng(0), thorough=True, minutes=1)
    assert {x.attack for x in done.left_out} >= {"two_releases", "shadow_models", "density_ratio", "privacy_audit"}
    assert all(x.why and x.title for x in done.left_out)
    assert {a.attack for a in done.won}.isdisjoint({"two_releases", "shadow_models"})


def test_an_attacker_with_other_settings_stands_in_the_usual_ones_place() -> None:
    from core.attack import ATTACKS

    few = ATTACKS.build({"attack": "linkage", "people": 0.1, "ways": ["exact"]})
    done = tried(ORIGINAL, ORIGINAL, rng=np.random.default_rng(0), names=("linkage",), using=(few,))
    assert [a.tries for a in done.won] == [150]
    with pytest.raises(Problem, match="no attack"):
        ATTACKS.build({"attack": "hypnosis"})
