"""Shadows: a synthesizer that copies is found by training it again, an honest one is not."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from core.attack import tried
from core.attack.attack import Scene
from core.attack.clock import Clock
from core.attack.rate import area
from core.attack.shadow import Plan, ShadowModels, below, remade, trained
from core.protect.method import Run
from core.synthesise import SYNTHESIZERS
from core.synthesise.synthesizer import Synthesizer
from core.table import Table
from tests.attack.test_attacks import CONTROL, ORIGINAL, OTHERS, population


class Copying(Synthesizer):
    """Gives out so many real rows, and strangers."""

    method: Literal["copying"] = "copying"
    title: ClassVar[str] = "Copying"
    share: float = 0.3

    def apply(self, table: Table, run: Run) -> Table:
        rng = run.rng()
        rows = self.rows or table.rows
        copied = table.take(rng.choice(table.rows, round(self.share * rows)))
        return below([copied, population(rows - copied.rows, int(rng.integers(2**31)))], table)


TREES = SYNTHESIZERS.build({"method": "sequential_trees"})


def made(step: Synthesizer) -> Table:
    return remade((step,), ORIGINAL, ORIGINAL.rows, np.random.default_rng(3))


def won(released: Table, step: Synthesizer, **more):
    return tried(ORIGINAL, released, CONTROL, rng=np.random.default_rng(0), names=("shadow_models",), steps=(step,),
                 **more)


def test_a_synthesizer_that_copies_is_found_and_an_honest_release_is_not() -> None:
    whole, surest = won(made(Copying()), Copying()).won
    assert whole.measure == "area" and whole.found and whole.success.value > 0.56
    assert surest.found and whole.facts["shadows"] == 8 and whole.facts["trained_on"] == 1000
    assert not any(a.found for a in won(replace(OTHERS, row_ids=None), Copying()).won)


def test_trees_with_small_leaves_remember_more_than_usual_ones() -> None:
    small = SYNTHESIZERS.build({"method": "sequential_trees", "leaf": 2, "smooth": False})
    near, usual = (won(made(step), step).won[0].success.value for step in (small, TREES))
    assert near > usual + 0.05


def test_an_honest_release_gives_no_advantage_in_88_of_100() -> None:
    """The shadows are trained once; of 500 strangers half are called members at random, a new release each time."""
    scene = Scene(ORIGINAL, replace(OTHERS, row_ids=None), np.random.default_rng(1), CONTROL, steps=(Copying(),))
    people = population(500, 77)
    shadows = trained(Plan(scene, 8, 500), people, CONTROL.take(np.arange(500)))
    wins = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        scores = shadows.scores(population(500, 3000 + seed), rng)
        side = rng.permutation(500) < 250
        wins += area(scores[side], scores[~side]).low > 0.5
    assert wins <= 12


def test_who_was_in_a_release_has_the_higher_score() -> None:
    scene = Scene(ORIGINAL, ORIGINAL, np.random.default_rng(1), CONTROL, steps=(Copying(share=0.9),))
    people = population(200, 78)
    shadows = trained(Plan(scene, 8, 400), people, CONTROL.take(np.arange(300)))
    inside = np.arange(200) < 100
    release = remade(scene.steps, below([people.take(inside), OTHERS.take(np.arange(300))], people), 400,
                     np.random.default_rng(2))
    scores = shadows.scores(release, np.random.default_rng(0))
    assert scores[inside].mean() > scores[~inside].mean() + 1


def test_it_says_why_it_is_not_tried() -> None:
    synthetic = replace(OTHERS, row_ids=None)

    def why(*steps: Synthesizer, **change: object) -> str:
        scene = replace(Scene(ORIGINAL, synthetic, np.random.default_rng(0), CONTROL, steps=steps), **change)
        return ShadowModels().lacks(scene)

    assert "not known" in why()
    assert "privacy" in why(SYNTHESIZERS.build({"method": "aim", "epsilon": 1.0}))
    assert "minutes" in why(SYNTHESIZERS.build({"method": "ctgan"}))
    assert "control group" in why(TREES, control=CONTROL.take(np.arange(50)))
    assert "no secret" in why(TREES, released=ORIGINAL)
    assert why(TREES) == ""


def test_in_too_little_time_it_declines_with_how_long_a_training_takes() -> None:
    done = won(replace(OTHERS, row_ids=None), TREES, minutes=0.02 / 60)
    assert not done.won and ("takes" in done.left_out[0].why or "too short" in done.left_out[0].why)


def test_a_little_time_means_fewer_shadows() -> None:
    class Ticking(Clock):
        """A minute passes with each training."""

        def __init__(self) -> None:
            super().__init__(None)
            self.trained = 0

        def check(self) -> None:
            self.trained += 1

        @property
        def left(self) -> float:
            return 0.0 if self.trained >= 4 else 1000.0

    clock = Ticking()
    scene = Scene(ORIGINAL, OTHERS, np.random.default_rng(1), CONTROL, steps=(Copying(),), clock=clock)
    shadows = trained(Plan(scene, 20, 200), CONTROL.take(np.arange(60)), CONTROL.take(np.arange(100, 300)))
    assert shadows.count == 4 and "4 shadows" in clock.cut[0]


def test_the_recipe_is_named_on_the_command_line(tmp_path) -> None:
    from core.commands import compare
    from core.table.writing import write_csv

    for name, table in {"o": ORIGINAL.take(np.arange(300)), "c": CONTROL.take(np.arange(200)),
                        "r": OTHERS.take(np.arange(300))}.items():
        write_csv(table, tmp_path / f"{name}.csv")
    (tmp_path / "s.yaml").write_text("version: 1\nsteps:\n- method: sequential_trees\n", "utf-8")
    parser = argparse.ArgumentParser()
    compare.arguments(parser)
    words = [str(tmp_path / "o.csv"), str(tmp_path / "r.csv"), "--synthetic", "--control", str(tmp_path / "c.csv"),
             "--attacks", "quick", "--synthesizer", str(tmp_path / "s.yaml"), "--keys", "age,sex"]
    found = compare.run(parser.parse_args(words))
    (whole, _surest) = (a for a in found["attacks"] if a["attack"] == "shadow_models")
    assert not whole["found"] and whole["facts"]["shadows"] == 8
