"""Two releases of the same people: each protects, and both together may not."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene, percent
from core.attack.attribute import Truth
from core.attack.fit import Fit, fitting
from core.attack.inference import sought
from core.attack.population import inferred
from core.attack.rate import paired, share
from core.attack.subtraction import is_table_of_counts
from core.language import translate
from core.risk.kernel import class_sizes
from core.table import Column, Table

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class TwoReleases(Attack):
    """Finds the rows that could be a person's in each of two releases, and keeps the values that both allow.

    At a glance: one file says flu or asthma, the other asthma or diabetes: then it is asthma. Two releases of the same
    people, each k-anonymous, can together tell what neither tells; so can a file given out again with other cells
    suppressed. A value counts as told if only the true one is left. Set beside it: what the more telling of the two
    says alone, and what a model of the population infers of those of whom one value is left.
    """

    attack: Literal["two_releases"] = "two_releases"
    title: ClassVar[str] = "Two releases laid side by side"
    holds: ClassVar[str] = "another release of the same people, and the quasi-identifiers of a person"
    source: ClassVar[str] = "Ganta, Kasiviswanathan and Smith 2008, doi:10.1145/1401890.1401926"

    def lacks(self, scene: Scene) -> str:
        if scene.second is None:
            return translate("No second release was given.")
        if is_table_of_counts(scene.released):
            return translate("The release is a table of counts: such tables are subtracted.")
        if not self._targets(scene):
            return translate("The two releases have no column in common that an attacker would seek.")
        return ""

    @staticmethod
    def _targets(scene: Scene) -> tuple[str, ...]:
        if scene.second is None:
            return ()
        # What one release hides and the other shows is sought too, quasi-identifiers among it.
        hidden = [n for n in scene.common if scene.released[n].suppressed.any()]
        names = dict.fromkeys((*sought(scene), *hidden))
        return tuple(n for n in names if n in scene.second.columns and any(k != n for k in scene.told()))

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        if scene.second is None:
            return ()
        chosen = scene.lot(scene.original)
        return tuple(self._one(scene, chosen, scene.second, name) for name in self._targets(scene))

    def _one(self, scene: Scene, chosen: Ints, second: Table, name: str) -> Attacked:
        people = scene.original.take(chosen)
        allowed = []
        for release in (scene.released, second):
            known = tuple(n for n in scene.told() if n != name and n in release.columns)
            allowed.append(_allowed(scene, people, release, known, name))
        true = scene.original[name]
        own = _own(people[name], true)
        alone = [_told(a, own) for a in allowed]
        left = allowed[0] & allowed[1]
        together, one_left = _told(left, own), left.sum(axis=1) == 1
        # Without this, values that chance leaves over would be counted: of some people the right one is left over.
        truth = Truth(False, 0.0)
        model = inferred(scene, name, [n for n in scene.told() if n != name], truth, _own_group(scene)).take(chosen)
        known = one_left & truth.right(people[name], model)
        before = max(alone, key=lambda told: int(told.sum())) | known
        both = int((together & before).sum())
        tries = people.rows
        success, baseline = share(int(together.sum()), tries), share(int(before.sum()), tries)
        return Attacked(
            self.attack, self.title, "share", success, baseline, None,
            paired(int(together.sum()) - both, int(before.sum()) - both, both, tries), tries,
            translate("People of whom both releases together tell “{sought}”: {success}, against {base} of whom the "
                      "more telling one does alone, or what is known of the population.", sought=name,
                      success=percent(success), base=percent(baseline)),
            target=name, facts={"alone": float(alone[0].sum()), "alone_second": float(alone[1].sum())},
        )


def _own_group(scene: Scene) -> Ints:
    """(people,) the class of rows, in the first release, of each person's own row: never learned from for them."""
    known = [n for n in scene.told() if n in scene.released.columns]
    owners = scene.owners(scene.original)
    of = class_sizes([scene.released[n] for n in known]).class_of.astype(np.int64)
    return np.where(owners >= 0, of[owners], scene.released.rows + np.arange(len(owners)))


def _own(people: Column, true: Column) -> npt.NDArray[np.integer]:
    """(people,) the number of each person's true value; a missing cell comes last."""
    place = {t: i for i, t in enumerate(true.values.to_pylist())}
    return np.array([*(place[t] for t in people.values.to_pylist()), len(place)])[people.codes]


def _told(allowed: Mask, own: npt.NDArray[np.integer]) -> Mask:
    """(people,) True where only the true value is left."""
    return np.asarray((allowed.sum(axis=1) == 1) & allowed[np.arange(len(own)), own])


def _allowed(scene: Scene, people: Table, release: Table, known: tuple[str, ...], name: str) -> Mask:
    """(people, true values + missing) which values the rows that could be a person's leave possible."""
    true = scene.original[name]
    size = len(true.values) + 1
    if not known:
        return np.ones((people.rows, size), bool)
    fit = Fit.of(known, people, release, scene.original, tick=scene.clock.check)
    # What each class of rows says of the column: the true values themselves, or, of a hidden or grouped cell, any that
    # could stand behind it.
    says = Fit.of((name,), _one_of_each(scene.original, name), release, scene.original)
    could = np.zeros((size, says.classes.count), bool)
    for place in says.stretches():
        could[place.people] = fitting(place.levels)
    # A cell that is missing in truth stands behind one that is missing or hidden, not behind one that is shown.
    written = release[name].take(says.classes.first_rows)
    could[-1] = (written.missing | written.suppressed) & bool(true.missing.any())
    pairs = np.unique(fit.classes.class_of.astype(np.int64) * says.classes.count + says.classes.class_of)
    left = np.zeros((fit.classes.count, size), bool)
    np.logical_or.at(left, pairs // says.classes.count, could.T[pairs % says.classes.count])
    out = np.zeros((people.rows, size), bool)
    for place in fit.stretches():
        out[place.people] = fitting(place.levels).astype(np.float32) @ left.astype(np.float32) > 0
    return out


def _one_of_each(original: Table, name: str) -> Table:
    """A table with each value of a column once, and a missing cell last."""
    column = original[name]
    codes = np.append(np.arange(len(column.values)), -1).astype(np.int32)
    return Table({name: Column(codes, column.values, column.kind)}, {}, None)
