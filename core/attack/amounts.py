"""Amounts: numbers that were averaged, rounded or disturbed, guessed back from what was released."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene, percent
from core.attack.attribute import Truth
from core.attack.population import inferred
from core.attack.rate import Floats, paired, share
from core.declare import param
from core.language import translate
from core.table import Column

Ints = npt.NDArray[np.int64]


class Amounts(Attack):
    """Takes released numbers for the true ones, and sees how near they come.

    At a glance: microaggregation gives several people one average; noise moves each number; rounding cuts it off. The
    attacker guesses that the truth is the released number, or, where several people have the same one, lies where the
    averages around it leave room. A guess is right if it is off by at most a small share of the usual range. Set beside
    it: what a model of the population infers from the person's other columns, or the single number near which most
    people lie, whichever is better. Only numbers that were changed count.
    """

    attack: Literal["amounts"] = "amounts"
    title: ClassVar[str] = "Averaged and disturbed numbers guessed back"
    holds: ClassVar[str] = "nothing but the release, and whose row it is"
    source: ClassVar[str] = "interval disclosure: Mateo-Sanz, Sebé and Domingo-Ferrer 2004, " \
        "doi:10.1007/978-3-540-25955-8_14"
    sampled: ClassVar[bool] = False
    within: float = param(
        "By how much may a guess be off?", default=0.01, gt=0, le=0.5,
        why="As a share of the range between the lowest and the highest twentieth of the original.",
    )

    def lacks(self, scene: Scene) -> str:
        if not scene.matched:
            return translate("Rows of the release belong to no row of the original: no number can be guessed back.")
        return "" if self._sought(scene) else translate("No number was changed.")

    def _sought(self, scene: Scene) -> tuple[str, ...]:
        return tuple(n for n in scene.common if scene.original[n].kind == "number" and Truth.of(
            scene.original[n], self.within).numeric and len(self._changed(scene, n)[0]))

    @staticmethod
    def _changed(scene: Scene, name: str) -> tuple[Floats, Floats, Ints]:
        """(changed cells,) what was true, what was released, and whose it is, of numbers that differ."""
        owners = scene.owners(scene.original)
        held = owners >= 0
        true, now = scene.original[name].numbers[held], scene.released[name].numbers[owners[held]]
        with np.errstate(invalid="ignore"):
            differ = np.isfinite(true) & np.isfinite(now) & (true != now)
        return true[differ], now[differ], np.flatnonzero(held)[differ]

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        return tuple(self._one(scene, name) for name in self._sought(scene))

    def _one(self, scene: Scene, name: str) -> Attacked:
        true, now, people = self._changed(scene, name)
        near = Truth.of(scene.original[name], self.within)
        right = near.right(Column.of_numbers(true), Column.of_numbers(_centre(scene.released[name].numbers, now)))
        model = inferred(scene, name, told_beside(scene, name), near).take(people)
        usual = near.commonest(scene.original[name], len(true))
        base = max((near.right(Column.of_numbers(true), guess) for guess in (model, usual)), key=np.count_nonzero)
        both, tries = int((right & base).sum()), len(true)
        success, baseline = share(int(right.sum()), tries), share(int(base.sum()), tries)
        spread = near.tolerance / self.within
        return Attacked(
            self.attack, self.title, "share", success, baseline, None,
            paired(int(right.sum()) - both, int(base.sum()) - both, both, tries), tries,
            translate("Changed numbers of “{sought}” guessed to within {within:g}% of the range: {success}, against "
                      "{base} by what is known of the population.", sought=name, within=100 * self.within,
                      success=percent(success), base=percent(baseline)),
            target=name,
            facts={"median_error": float(np.median(np.abs(true - now)) / spread) if spread else 0.0},
        )


def told_beside(scene: Scene, name: str) -> tuple[str, ...]:
    """The columns a model of the population is told of a person: all that stand in the release beside the sought one,
    but none in which nearly everybody differs."""
    never = scene.original.having("direct_identifier", "drop")
    return tuple(n for n in scene.common if n != name and n not in never and (
        scene.original[n].kind == "number" or len(scene.original[n].values) * 2 <= scene.original.rows))[:20]


def _centre(released: Floats, now: Floats) -> Floats:
    """(cells,) where a true number most likely lies: at an average, held to where its neighbours leave room."""
    values, counts = np.unique(released[np.isfinite(released)], return_counts=True)
    if len(values) < 3 or np.median(counts) < 2:
        return now
    edges = (values[1:] + values[:-1]) / 2
    low, high = np.append(-np.inf, edges), np.append(edges, np.inf)
    at = np.searchsorted(values, now)
    return np.clip(now, low[at], high[at])
