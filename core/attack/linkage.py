"""Linkage: people of a register found again in a release that has no names."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene, percent
from core.attack.clock import CannotBeTried
from core.attack.fellegi_sunter import Weights, learn
from core.attack.fit import Fit, Place, fitting
from core.attack.rate import above, share
from core.attack.register import ELSEWHERE, SHARED, UNKNOWN, Register, drawn, given
from core.declare import columns_of, param
from core.language import translate

Ints = npt.NDArray[np.int64]
Way = Literal["exact", "distance", "probabilistic"]

WAYS: dict[Way, str] = {
    "exact": "Found in a register (all values fit)", "distance": "Found in a register (nearest row)",
    "probabilistic": "Found in a register (probabilities)",
}
SURE = 0.5
"""A probable link is claimed from this probability on; below, it is left as ambiguous."""

MOST_KNOWN = 8
"""Columns compared at most: patterns of agreement grow with their number, and a register seldom holds more."""


class Linked(NamedTuple):
    """(people,) the row each was taken to be, -1 if none; and whether several rows were as good."""

    row: Ints
    several: npt.NDArray[np.bool_]


class Linkage(Attack):
    """Looks for the people of a register among the released rows, by what register and release both say of them.

    At a glance: the register has names, or the attacker knows them: who is found there is known by name, with all the
    release says of them. Three ways to look: rows in which everything fits (a band that holds the age, a hidden cell);
    the row that is nearest, which finds rounded and averaged numbers; and probabilities in the manner of official
    statistics, which forgive errors. A link is correct, wrong, or ambiguous where several rows are as good.

    Without a register one is drawn from the original: the worst case, unless fewer people are known, or values are
    wrong or out of date.
    """

    attack: Literal["linkage"] = "linkage"
    title: ClassVar[str] = "Found in a register"
    holds: ClassVar[str] = "a register with names: the quasi-identifiers of many people, as they were grouped"
    source: ClassVar[str] = "Fellegi and Sunter 1969, doi:10.1080/01621459.1969.10501049; Domingo-Ferrer and Torra " \
        "2003, doi:10.1023/A:1024012803736 (by distance)"
    ways: tuple[Way, ...] = param(
        "How does the attacker look?", default=("exact", "distance", "probabilistic"), min_length=1,
        why="Exact, by distance, by probabilities: each finds what the others miss.", advanced=True,
    )
    knows: columns_of() = param(  # type: ignore[valid-type]
        "Which columns does the register hold?", default=(), why="Empty: the quasi-identifiers.",
    )
    people: float = param(
        "Which share of the people does it hold?", default=1.0, gt=0, le=1,
        why="Of a register drawn from the original.",
    )
    errors: float = param("Which share of its cells is wrong?", default=0.0, ge=0, le=1, why="Another person's value.")
    outdated: float = param(
        "Of which share of its people is one value out of date?", default=0.0, ge=0, le=1,
        why="They moved, or are a little older.",
    )

    def lacks(self, scene: Scene) -> str:
        if not scene.released.rows or not self._names(scene):
            return translate("The release has no column an attacker would know.")
        if not scene.matched:
            return translate("Rows of the release belong to no row of the original, so that nobody can be found in it.")
        return ""

    def _names(self, scene: Scene) -> tuple[str, ...]:
        chosen = tuple(n for n in self.knows if n in scene.common)
        if scene.register is None:
            return (chosen or scene.told())[:MOST_KNOWN]
        # Whoever holds a register knows all that stands in it, quasi-identifiers or not.
        never = scene.original.having("direct_identifier", "drop", "weight", "household")
        names = chosen or dict.fromkeys((*scene.told(), *(n for n in scene.common if n not in never)))
        return tuple(n for n in names if n in scene.register.columns)[:MOST_KNOWN]

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        names = self._names(scene)
        if scene.register is not None:
            held = given(scene, scene.register, names)
            held = _few(held, scene)
        else:
            held = drawn(scene, names, self.people, self.errors, self.outdated)
        if (held.owners == UNKNOWN).all():
            raise CannotBeTried(translate(
                "Of nobody in the register can it be said who they are in the data: nobody agrees with a single person "
                "in all columns both have."))
        fit = Fit.of(names, held.people, scene.released, scene.original, tick=scene.clock.check)
        weights = None
        if "probabilistic" in self.ways:
            sizes = fit.classes.sizes.astype(float)
            weights = learn(((p.levels, sizes) for p in fit.stretches()), len(names), held.people.rows)
        rows = {way: Linked(np.full(held.people.rows, -1, np.int64), np.zeros(held.people.rows, bool))
                for way in self.ways}
        for place in fit.stretches():
            for way, found in rows.items():
                row, several = _look(way, place, fit, weights)
                found.row[place.people], found.several[place.people] = row, several
        return tuple(self._told(scene, held, way, found) for way, found in rows.items())

    def _told(self, scene: Scene, held: Register, way: Way, found: Linked) -> Attacked:
        judged = held.owners != UNKNOWN
        row, several, owners = found.row[judged], found.several[judged], held.owners[judged]
        correct = (row >= 0) & (row == owners)
        wrong = (row >= 0) & (row != owners) & (owners != SHARED)
        # Who is like several people of the data is taken for one of them at best.
        several = several | ((owners == SHARED) & (row >= 0))
        tries, hits = len(owners), int(correct.sum())
        success = share(hits, tries)
        # Without the release's values somebody can still point at any row.
        chance = 1 / scene.released.rows * float((owners != ELSEWHERE).mean())  # at most
        baseline = share(0, 1)._replace(value=chance, low=chance, high=chance)
        return Attacked(
            self.attack, translate(WAYS[way]), "share", success, baseline, None, above(success, chance), tries,
            translate("Of {tries} people looked for, {correct} were found and it was they; {wrong} were taken for "
                      "somebody else, and for {ambiguous} several rows were as good. Correct: {success}.", tries=tries,
                      correct=hits, wrong=int(wrong.sum()), ambiguous=int(several.sum()), success=percent(success)),
            facts={"correct": float(hits), "wrong": float(wrong.sum()), "ambiguous": float(several.sum()),
                   "none": float(tries - hits - wrong.sum() - several.sum()), "undecided": float((~judged).sum()),
                   "known": float(len(self._names(scene)))},
        )


def _few(held: Register, scene: Scene) -> Register:
    """At most `most` people of a register, by lot, those of whom the truth is known first."""
    if held.people.rows <= scene.most:
        return held
    order = scene.rng.permutation(held.people.rows)
    order = order[np.argsort(held.owners[order] == UNKNOWN, kind="stable")][: scene.most]
    return Register(held.people.take(order), held.owners[order], held.given)


def _look(way: Way, place: Place, fit: Fit, weights: Weights | None) -> Linked:
    sizes, first = fit.classes.sizes, fit.classes.first_rows
    if way == "exact":
        fits = fitting(place.levels)
        count = fits @ sizes.astype(np.float64)
        return Linked(np.where(count == 1, first[fits.argmax(axis=1)], -1), count > 1)
    if way == "distance":
        nearest = place.apart.min(axis=1, keepdims=True)
        ties = place.apart <= nearest + 1e-6
        count = ties @ sizes.astype(np.float64)
        return Linked(np.where(count == 1, first[ties.argmax(axis=1)], -1), count > 1)
    if weights is None:
        raise ValueError("probabilities need weights")
    return _probable(weights.scores(place.levels), sizes, first, weights)


def _probable(scores: npt.NDArray[np.float64], sizes: npt.NDArray[np.integer], first: Ints, weights: Weights) -> Linked:
    """The row that is a person's with more than `SURE`, of all rows and of being none of them."""
    best = scores.argmax(axis=1)
    top = scores[np.arange(len(scores)), best]
    others = (np.exp(scores - top[:, None]) * sizes).sum(axis=1)
    rows = float(sizes.sum())
    # share * rows: how probably a person has a row at all.
    there = min(weights.share * rows, 0.999)
    none = (1 - there) / there * rows * np.exp(-top)
    sure = 1 / (others + none)
    claimed = (sure > SURE) & (sizes[best] == 1)
    return Linked(np.where(claimed, first[best], -1), ~claimed & (others > none))
