"""Density: synthetic rows lie too thickly around the people they were learned from."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene
from core.attack.clock import Tick, never
from core.attack.copies import outside
from core.attack.membership import judged
from core.attack.nearest import Space
from core.declare import param
from core.language import translate
from core.table import Table

Floats = npt.NDArray[np.float64]

_AT_ONCE = 4_000_000
MOST_ROWS = 20_000
"""Rows a density is estimated from, at most, drawn by lot."""


class DensityRatio(Attack):
    """Knows a person's whole row, and compares how thickly the release lies there with how thickly the population does.

    At a glance: where a synthesizer learned too closely, its rows crowd around real people. Many rows near somebody say
    little by themselves, since many people may live like that; so the density of the release is divided by that of
    other people who are not in the data (one half of the control group). The other half plays the non-members.
    """

    attack: Literal["density_ratio"] = "density_ratio"
    title: ClassVar[str] = "Was this person in the data? (densities)"
    holds: ClassVar[str] = "the whole row of a person, and rows of some people who are not in the data"
    source: ClassVar[str] = "DOMIAS: van Breugel, Sun, Qian and van der Schaar 2023, arXiv:2302.12580"
    thorough: ClassVar[bool] = True
    tail: float = param("How many false alarms may there be?", default=0.01, gt=0, lt=0.5,
                        why="An attacker who is sure of one person in a hundred does harm.")
    directions: int = param("In how many directions are densities measured?", default=6, ge=1, le=20, advanced=True,
                            why="Main directions of all columns; more need more people.")

    def lacks(self, scene: Scene) -> str:
        if scene.matched:
            return translate("Rows of the release are known people's: whether they are in it is no secret.")
        return outside(scene, 40)

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        if scene.control is None:
            return ()
        one, two = scene.halves(scene.control)
        others, reference = scene.drawn(scene.control.take(one)), scene.control.take(two)
        people = scene.drawn(scene.original)
        release = scene.released if scene.released.rows <= MOST_ROWS else scene.released.take(
            scene.rng.choice(scene.released.rows, MOST_ROWS, replace=False))
        space = Space.of(scene.common, scene.released, (people, others, reference), scene.clock.check)
        plane = Plane.of(space, (release, reference), self.directions)
        at = plane.place(release), plane.place(reference)
        tick = scene.clock.check
        scores = [density(plane.place(t), at[0], tick) - density(plane.place(t), at[1], tick)
                  for t in (people, others)]
        return judged(self, scores[0], scores[1], scene.rng, self.tail)


class Plane:
    """Rows as points: numbers by rank, a category as one axis for each value, turned into a few main directions."""

    def __init__(self, space: Space, centre: Floats, axes: Floats) -> None:
        self.space, self.centre, self.axes = space, centre, axes

    @staticmethod
    def of(space: Space, tables: tuple[Table, ...], directions: int) -> Plane:
        rows = np.concatenate([_axes(space, t) for t in tables])
        centre = rows.mean(axis=0)
        _, sizes, axes = np.linalg.svd(rows - centre, full_matrices=False)
        kept = min(directions, int((sizes > 1e-9).sum()) or 1)
        # Each main direction is as long as the next: thin ones tell as much as thick ones.
        scale = np.maximum(sizes[:kept, None], 1e-12) / np.sqrt(len(rows))
        return Plane(space, centre, axes[:kept] / scale)

    def place(self, table: Table) -> Floats:
        """(rows, directions)"""
        return np.asarray((_axes(self.space, table) - self.centre) @ self.axes.T)


def _axes(space: Space, table: Table) -> Floats:
    at = space.place(table)
    parts = []
    for i, is_number in enumerate(space.numeric):
        if is_number:
            parts.append(np.nan_to_num(at.ranks[:, i:i + 1].astype(float), nan=0.5))
            continue
        # The commonest 30 values have an axis of their own; beyond, categories tell people apart like numbers do.
        wide = min(len(space.words[i]), 30)
        one = np.zeros((table.rows, wide + 1))
        one[np.arange(table.rows), np.clip(at.codes[:, i], -1, wide - 1)] = 0.5
        parts.append(one)
    return np.concatenate(parts, axis=1)


def density(points: Floats, rows: Floats, tick: Tick = never) -> Floats:
    """(points,) the log of how thickly rows lie around each point, by Gaussian kernels of Scott's (1992) width."""
    count, wide = rows.shape
    band = max(count, 2) ** (-1 / (wide + 4))
    out = np.zeros(len(points))
    squares = (rows**2).sum(axis=1)
    step = max(1, _AT_ONCE // max(count, 1))
    for start in range(0, len(points), step):
        tick()
        part = points[start:start + step]
        far = ((part**2).sum(axis=1)[:, None] - 2 * part @ rows.T + squares[None, :]) / (-2 * band**2)
        top = far.max(axis=1, keepdims=True)
        out[start:start + step] = top[:, 0] + np.log(np.exp(far - top).sum(axis=1))
    return out - np.log(max(count, 1)) - wide * np.log(band)
