"""Shadows: an attacker trains the synthesizer again, with and without a person, and learns to see the difference."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.attack.attack import Attack, Attacked, Scene
from core.attack.clock import CannotBeTried
from core.attack.copies import outside
from core.attack.likeness import Likeness
from core.attack.membership import judged
from core.declare import param
from core.language import translate
from core.problem import Problem
from core.protect.method import Run
from core.protect.secrets import Secrets
from core.table import Column, Table

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FEWEST = 4
"""Shadows without which nothing can be learned: each person is in half of them."""

PORTIONS = 20
"""A release larger than a shadow's is looked at in portions of that size, at most so many, drawn by lot."""


class ShadowModels(Attack):
    """Knows the kind of synthesizer, trains it again with and without a person, and learns what differs.

    At a glance: the strongest attacker on membership, who knows everything about the software and has people of the
    same population. Each shadow is trained on some of them, and on half of the people in question; how many of its rows
    agree with a person in one, two, three, half and all columns, and how near the nearest rows come, is compared
    between shadows that saw the person and shadows that did not. What was learned is then asked of the release itself,
    of people who were in the data and of as many who were not.

    All shadows serve all people in question, so that a few trainings are enough. It needs the recipe that made the
    release, a control group, and a synthesizer that is trained in seconds.
    """

    attack: Literal["shadow_models"] = "shadow_models"
    title: ClassVar[str] = "Was this person in the data? (synthesizer trained again)"
    holds: ClassVar[str] = "the whole row of a person, rows of people who are not in the data, and the recipe " \
        "without its secrets"
    source: ClassVar[str] = "Stadler, Oprisanu and Troncoso 2022, arXiv:2011.07018 (shadow models); Houssiau et al. " \
        "2022, arXiv:2211.06550 (counting queries around a person); Carlini et al. 2022, arXiv:2112.03570 (shadows " \
        "shared among people)"
    sampled: ClassVar[bool] = False
    effort: ClassVar[float] = 4.0
    quick: int = param("How many shadows in a quick look?", default=8, ge=FEWEST, le=1000,
                       why="Each is one training of the synthesizer on few people.")
    thorough_look: int = param("How many shadows when there is time?", default=32, ge=FEWEST, le=1000,
                               why="More tell more about each person.")
    people: int = param("On how many people is a shadow trained at most?", default=1_000, ge=50, le=100_000,
                        advanced=True, why="Fewer are faster, and remember each of them better than the release does.")
    tail: float = param("How many false alarms may there be?", default=0.01, gt=0, lt=0.5,
                        why="An attacker who is sure of one person in a hundred does harm.")

    def lacks(self, scene: Scene) -> str:
        if scene.matched:
            return translate("Rows of the release are known people's: whether they are in it is no secret.")
        made_by = [step for step in scene.steps if step.group == "synthetic"]
        if len(made_by) != 1:
            return translate("How the release was made is not known: it needs the recipe with its synthesizer.")
        if getattr(made_by[0], "private", False):
            return translate("The synthesizer promises differential privacy: the audit tries to break the promise.")
        if getattr(made_by[0], "slow", False):
            return translate("This synthesizer is trained in minutes, not seconds; dozens of trainings take hours.")
        return outside(scene, 80)

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        if scene.control is None:
            return ()
        one, two = scene.halves(scene.control)
        count = min(len(one), scene.most, self.people // 2, scene.original.rows)
        members = replace(scene, most=count).drawn(scene.original)
        others = replace(scene, most=count).drawn(scene.control.take(one))
        reference = scene.control.take(two)
        plan = Plan(scene, self.thorough_look if scene.thorough else self.quick, self.people)
        shadows = trained(plan, below([members, others], scene.original), reference)
        scores = shadows.scores(scene.released, scene.rng)
        cut = members.rows
        facts = {"shadows": float(shadows.count), "trained_on": float(shadows.size)}
        return tuple(replace(found, facts={**found.facts, **facts})
                     for found in judged(self, scores[:cut], scores[cut:], scene.rng, self.tail))


@dataclass(frozen=True)
class Plan:
    """How shadows are made: of which scene, how many, and on how many people at most."""

    scene: Scene
    count: int
    people: int


@dataclass(frozen=True, eq=False)
class Shadows:
    """What was learned from shadows about some people.

    size, rows  how many people a shadow was trained on, and how many rows it drew
    usual       (people, features) what shadows show that did not see them, on average
    spread      (features,) how much that varies
    weights     (features,) of the log-odds that a person was seen
    """

    likeness: Likeness
    count: int
    size: int
    rows: int
    usual: Floats
    spread: Floats
    weights: Floats

    def scores(self, release: Table, rng: np.random.Generator) -> Floats:
        """(people,) how strongly a release speaks for each having been in the data."""
        order = rng.permutation(release.rows)
        portions = np.array_split(order, max(round(release.rows / self.rows), 1))[:PORTIONS]
        shown = [self.likeness.shown(release.take(np.sort(part)), self.rows) for part in portions]
        odds = [((one - self.usual) / self.spread) @ self.weights for one in shown]
        # A copy stands in one portion only: the highest counts most.
        top = np.max(odds, axis=0)
        return np.asarray(top + np.log(np.exp(np.array(odds) - top).sum(axis=0)))


def trained(plan: Plan, targets: Table, reference: Table) -> Shadows:
    """Shadows in pairs: who is in one of a pair is not in the other."""
    scene, rng = plan.scene, plan.scene.rng
    half = targets.rows // 2
    fill = min(reference.rows, max(plan.people - half, 0))
    size = fill + half
    rows = int(np.clip(round(size * scene.released.rows / max(scene.original.rows, 1)), 20, 3 * size))
    likeness = Likeness.of(scene.common, targets, reference)
    seen: list[Mask] = []
    shown: list[Floats] = []
    begun, pairs = time.monotonic(), max(plan.count // 2, FEWEST // 2)
    pair = 0
    while pair < pairs:
        inside = np.zeros(targets.rows, bool)
        inside[rng.permutation(targets.rows)[:half]] = True
        for mask in (inside, ~inside):
            scene.clock.check()
            some = reference.take(np.sort(rng.choice(reference.rows, fill, replace=False)))
            made = remade(scene.steps, below([some, targets.take(mask)], scene.original), rows, rng)
            seen.append(mask)
            shown.append(likeness.shown(made, rows))
        pair += 1
        pairs = min(pairs, _affordable(pair, time.monotonic() - begun, scene))
    if pair < max(plan.count // 2, FEWEST // 2):
        scene.clock.leave_out("In the time there was, {some} shadows were trained instead of {all}.", some=2 * pair,
                              all=plan.count)
    usual, spread, weights = _learned(np.array(shown), np.array(seen))
    return Shadows(likeness, 2 * pair, size, rows, usual, spread, weights)


def _affordable(pairs: int, seconds: float, scene: Scene) -> int:
    """How many pairs there is time for in all; stops where even the fewest would take too long."""
    if scene.clock.left == float("inf"):
        return 2**31
    each = seconds / pairs
    many = pairs + int(0.8 * max(scene.clock.left, 0.0) / max(each, 1e-3))
    if many < FEWEST // 2:
        raise CannotBeTried(translate("Training the synthesizer once takes {each:.1f} s: too long for {fewest} shadows "
                                      "in the time there is.", each=each / 2, fewest=FEWEST))
    return many


def _learned(shown: Floats, seen: Mask) -> tuple[Floats, Floats, Floats]:
    """(usual, spread, weights) from (shadows, people, features) and (shadows, people) who was seen."""
    from sklearn.linear_model import LogisticRegression

    out = (~seen)[:, :, None]
    count = out.sum(axis=0)
    usual = (shown * out).sum(axis=0) / count
    apart = shown - usual
    # A shadow's own part in the mean it is compared with would make it look nearer than it is.
    apart = np.where(out & (count > 1), apart * count / np.maximum(count - 1, 1), apart)
    spread = np.sqrt((apart**2 * out).sum(axis=(0, 1)) / out.sum(axis=(0, 1)))
    spread = np.where(spread > 1e-9, spread, 1.0)
    features = (apart / spread).reshape(-1, shown.shape[2])
    model = LogisticRegression(C=1.0, max_iter=500).fit(features, seen.ravel())
    return usual, spread, np.asarray(model.coef_[0])


def remade(steps: Sequence[Any], people: Table, rows: int, rng: np.random.Generator) -> Table:
    """Such a release made anew from other people, by the same steps with secrets of their own."""
    seed, key = int.from_bytes(rng.bytes(16), "big"), rng.bytes(32)
    secrets = Secrets("shadow", seed, {"default": key}, fresh=True)
    table = people
    try:
        for number, step in enumerate(steps, 1):
            given = {"rows": rows, "control": 0.0, "more": ()} if step.group == "synthetic" else {}
            again = step.model_copy(update={k: v for k, v in given.items() if k in type(step).model_fields})
            table = again.apply(table, Run(secrets, number, original=people))
    except Problem as problem:
        why = problem.what
    else:
        return table
    raise CannotBeTried(translate("Such a release cannot be made anew from fewer people: {why}", why=why))


def below(tables: Sequence[Table], like: Table) -> Table:
    """The rows of several tables one after the other, with the roles and kinds of one; they are nobody's any more."""
    names = [n for n in like.names if all(n in t.columns for t in tables)]
    columns = {n: Column.of(pa.chunked_array([t[n].to_arrow() for t in tables], pa.string()), like[n].kind)
               for n in names}
    return Table(columns, {n: like.role(n) for n in names}, None)
