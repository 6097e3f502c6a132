"""Linkability: two files about a person, with nothing in common, joined by way of the release."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene, compared, percent
from core.attack.fit import Fit
from core.attack.rate import difference, paired, share
from core.attack.singling_out import told_apart
from core.language import translate
from core.table import Table

Ints = npt.NDArray[np.int64]


class Linkability(Attack):
    """Holds half of what is known of a person in one file and half in another, and joins them by a released row.

    At a glance: the second of the three tests of European guidance. For each half the nearest released row is sought;
    if it is the same row, the two halves are taken to be one person's. With a control group, as many links are tried
    for people who are not in the data. Otherwise each person's own row is taken out and the search made again: links
    that are then lost were owed to the release. Where many rows are equally near, one is taken by lot.
    """

    attack: Literal["linkability"] = "linkability"
    title: ClassVar[str] = "Linking two files"
    holds: ClassVar[str] = "two files about the same people without a common column, each with half of what is known"
    source: ClassVar[str] = "Article 29 Working Party, Opinion 05/2014 (WP216), section 2.2; defined as in Giomi et " \
        "al. 2023, doi:10.56553/popets-2023-0055"

    def lacks(self, scene: Scene) -> str:
        return told_apart(scene, 2)

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        names = scene.told(everything=scene.control is not None)
        order = scene.rng.permutation(len(names))
        halves = [tuple(names[i] for i in part) for part in np.array_split(order, 2)]
        people = scene.drawn(scene.original)
        facts = {"columns": float(len(names))}
        if scene.control is None:
            own = scene.owners(people)
            found = [_nearest(scene, half, people, own) for half in halves]
            first, second = (found[0][i] == found[1][i] for i in (0, 1))
            both = int((first & second).sum())
            success, without = (share(int(hit.sum()), people.rows) for hit in (first, second))
            said = translate("People whose two halves were joined: {success}, against {without} without their own row.",
                             success=percent(success), without=percent(without))
            gain = paired(int(first.sum()) - both, int(second.sum()) - both, both, people.rows)
            return (Attacked(self.attack, self.title, "share", success, without, None, gain, people.rows, said,
                             facts=facts),)
        others = scene.drawn(scene.control)
        hits = []
        for table in (people, others):
            one, two = (_nearest(scene, half, table, None)[0] for half in halves)
            hits.append(int((one == two).sum()))
        success, control = share(hits[0], people.rows), share(hits[1], others.rows)
        return (Attacked(
            self.attack, self.title, "share", success, control, control,
            difference(hits[0], people.rows, hits[1], others.rows), people.rows,
            compared(success, control, control, translate("People whose two halves were joined")), facts=facts,
        ),)


def _nearest(scene: Scene, names: tuple[str, ...], people: Table, own: Ints | None) -> tuple[Ints, Ints]:
    """(people,) the nearest released row, and the nearest that is not their own; of equally near ones one by lot."""
    fit = Fit.of(names, people, scene.released, scene.original, tick=scene.clock.check)
    order = np.argsort(fit.classes.class_of, kind="stable")
    starts = np.concatenate([[0], np.cumsum(fit.classes.sizes)]).astype(np.int64)
    out = np.zeros((2, people.rows), np.int64)
    for place in fit.stretches():
        here = np.arange(place.people.start, place.people.stop)
        sizes = np.broadcast_to(fit.classes.sizes, place.apart.shape)
        out[0, here] = _drawn(place.apart, sizes, order, starts, None, scene.rng)
        if own is None:
            continue
        mine = own[here]
        held = mine >= 0
        apart, rest, at = place.apart, sizes.copy(), fit.classes.class_of[mine]
        rest[held, at[held]] -= 1
        out[1, here] = _drawn(np.where(rest > 0, apart, np.inf), rest, order, starts, mine, scene.rng)
        # Whoever's own row was not the one that was taken, loses nothing without it.
        same = out[0, here] != mine
        out[1, here[same]] = out[0, here[same]]
    return out[0], out[1]


def _drawn(
    apart: npt.NDArray[np.float32], sizes: npt.NDArray[np.integer], order: Ints, starts: Ints, own: Ints | None,
    rng: np.random.Generator,
) -> Ints:
    """(people,) one row of the nearest classes, each row as likely as another; never their own, if that is given."""
    ties = np.where(apart <= apart.min(axis=1, keepdims=True) + 1e-6, sizes, 0)
    upto = np.cumsum(ties, axis=1)
    at = (rng.random(len(ties)) * upto[:, -1]).astype(np.int64)
    chosen = (upto <= at[:, None]).sum(axis=1)
    within = at - np.where(chosen > 0, upto[np.arange(len(ties)), np.maximum(chosen - 1, 0)], 0)
    row = order[np.minimum(starts[chosen] + within, len(order) - 1)]
    if own is not None:
        # Rows of a class stand together: from the own one on, the next is taken.
        place = np.minimum(starts[chosen] + within, len(order) - 1)
        position = np.empty(len(order), np.int64)
        position[order] = np.arange(len(order))
        inside = (own >= 0) & (position[own] >= starts[chosen]) & (position[own] < starts[chosen + 1])
        row = np.where(inside & (place >= position[own]), order[np.minimum(place + 1, len(order) - 1)], row)
    return np.asarray(row)
