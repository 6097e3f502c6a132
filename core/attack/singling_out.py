"""Singling out: a description read off the release that fits exactly one person of the data."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene, compared, percent
from core.attack.fit import FITS, NEAR, Fit
from core.attack.rate import paired, share
from core.declare import param
from core.language import translate
from core.table import Table

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_MOST_PAIRS = 40_000_000
_FEWEST = 20


class SinglingOut(Attack):
    """Reads descriptions off released rows (“a woman of about 40, of district 12”), hoping that they fit one person.

    At a glance: the first of the three tests of European guidance. A description of many details fits one person or
    nobody in any data, so that success alone proves nothing. With a control group the same descriptions are tried on as
    many people who are not in the data. Otherwise only descriptions are used that fit a single row of the release, and
    each is tried on the data without the person it was read from: what it singles out only together with that person,
    it owes to the release.

    With a control group descriptions use any columns, a few of them or all; otherwise the quasi-identifiers. Numbers
    are taken exactly, or about (a fiftieth of the people to either side).
    """

    attack: Literal["singling_out"] = "singling_out"
    title: ClassVar[str] = "Singling out"
    holds: ClassVar[str] = "nothing but the release, and a way to see whom a description fits"
    source: ClassVar[str] = "Cohen and Nissim 2020, doi:10.1073/pnas.1914598117; Article 29 Working Party, Opinion " \
        "05/2014 (WP216), section 2.2"
    fewest: int = param("How many details has a description at least?", default=2, ge=1, le=20, advanced=True,
                        why="Those of a few details are tried with a control group.")

    def lacks(self, scene: Scene) -> str:
        return told_apart(scene, 1)

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        names = scene.told(everything=scene.control is not None)
        if scene.control is None:
            return tuple(self._without(scene, names, about) for about in (False, True))
        size = min(scene.original.rows, scene.control.rows, 5_000)
        people, others = (_some(t, size, scene.rng) for t in (scene.original, scene.control))
        rows = self._rows(scene, size)
        every = np.ones((len(rows), len(names)), bool)
        few = self._details(scene, *every.shape)
        some = scene.rng.random(len(rows)) < 0.5
        return tuple(
            self._tried(scene, names, (people, others), rows, details, about, title) for details, about, title in (
                (few, some, self.title), (every, np.zeros(len(rows), bool), translate("Singling out: every detail"))))

    def _tried(
        self, scene: Scene, names: tuple[str, ...], tables: tuple[Table, Table], rows: Ints, details: Mask,
        about: Mask, title: str,
    ) -> Attacked:
        counts = [_count(scene, names, t, rows, details, about) for t in tables]
        first, second = (c == 1 for c in counts)
        hits, also, both = int(first.sum()), int(second.sum()), int((first & second).sum())
        success, control = share(hits, len(rows)), share(also, len(rows))
        return Attacked(
            self.attack, title, "share", success, control, control,
            paired(hits - both, also - both, both, len(rows)), len(rows),
            compared(success, control, control, translate("Descriptions that fit exactly one person")),
            facts={"people": float(tables[0].rows), "columns": float(len(names))},
        )

    def _without(self, scene: Scene, names: tuple[str, ...], about: bool) -> Attacked:
        """Each description with and without the person whose released row it was read from."""
        rows = self._rows(scene, scene.original.rows)
        details, near = np.ones((len(rows), len(names)), bool), np.full(len(rows), about)
        # Whoever sees that a description fits several released rows does not use it. Used all the same, descriptions of
        # pairs would fit one person without their owner, and so hide what those of single people give away.
        alone = _count(scene, names, scene.released, rows, details, near) == 1
        counts = _count(scene, names, scene.original, rows, details, near)
        owners = scene.owners(scene.original)
        person = np.full(scene.released.rows, -1, np.int64)
        person[owners[owners >= 0]] = np.flatnonzero(owners >= 0)
        rest = counts - _own(scene, names, person[rows], rows, near)
        first, second = alone & (counts == 1), alone & (rest == 1)
        both = int((first & second).sum())
        success, without = share(int(first.sum()), len(rows)), share(int(second.sum()), len(rows))
        return Attacked(
            self.attack, translate("Singling out: numbers about") if about else self.title, "share", success, without,
            None, paired(int(first.sum()) - both, int(second.sum()) - both, both, len(rows)), len(rows),
            translate("Released rows that fit exactly one person: {success}, against {without} without the person each "
                      "was made from.", success=percent(success), without=percent(without)),
            facts={"people": float(scene.original.rows), "columns": float(len(names)), "alone": float(alone.sum())},
        )

    def _rows(self, scene: Scene, people: int) -> Ints:
        """Released rows, by lot, from which descriptions are read."""
        count = min(scene.released.rows, scene.most, max(_MOST_PAIRS // max(people, 1), 50))
        return np.sort(scene.rng.choice(scene.released.rows, count, replace=False))

    def _details(self, scene: Scene, count: int, columns: int) -> Mask:
        """(rows, columns) which columns each description names."""
        fewest = min(self.fewest, columns)
        many = scene.rng.integers(fewest, columns + 1, count)
        place = scene.rng.random((count, columns)).argsort(axis=1)
        return np.asarray(place < many[:, None])


def told_apart(scene: Scene, columns: int) -> str:
    """Why neither a control group nor released rows whose owners are known are there; empty if one is."""
    if not scene.released.rows or len(scene.told(everything=scene.control is not None)) < columns:
        return translate("The release has too few columns an attacker would know.")
    if scene.control is not None and scene.control.rows < _FEWEST:
        return translate("No control group of at least {fewest} people was held back before the release was made.",
                         fewest=_FEWEST)
    if scene.control is None and not scene.matched:
        return translate("Nobody was held back before the release was made, and its rows belong to nobody.")
    return ""


def _some(table: Table, rows: int, rng: np.random.Generator) -> Table:
    return table if table.rows <= rows else table.take(np.sort(rng.choice(table.rows, rows, replace=False)))


def _count(scene: Scene, names: tuple[str, ...], people: Table, rows: Ints, details: Mask, about: Mask) -> Ints:
    """(rows,) how many of the people each description fits."""
    fit = Fit.of(names, people, scene.released.take(rows), scene.original, False, scene.clock.check)
    out = np.zeros(len(rows), np.int64)
    for place in fit.stretches():
        out += _fitting(place.levels, details, about).sum(axis=0)
    return out


def _fitting(levels: list[npt.NDArray[np.uint8]], details: Mask, about: Mask) -> Mask:
    out = np.ones(levels[0].shape, bool)
    least = np.where(about, NEAR, FITS).astype(np.uint8)
    for column, level in enumerate(levels):
        out &= level >= np.where(details[:, column], least, 0)[None, :]
    return out


def _own(scene: Scene, names: tuple[str, ...], person: Ints, rows: Ints, about: Mask) -> Ints:
    """(rows,) 1 where a description fits the person it was read from."""
    out = np.zeros(len(rows), np.int64)
    held = np.flatnonzero(person >= 0)
    # A few hundred at a time: each beside its own row only, so that little of the square is wasted.
    for part in np.array_split(held, max(len(held) // 200, 1)):
        if not len(part):
            continue
        fit = Fit.of(names, scene.original.take(person[part]), scene.released.take(rows[part]), scene.original, False,
                     scene.clock.check)
        for place in fit.stretches():
            fits = _fitting(place.levels, np.ones((len(part), len(names)), bool), about[part])
            here = np.arange(place.people.start, place.people.stop)
            out[part[here]] = fits[np.arange(len(here)), here]
    return out
