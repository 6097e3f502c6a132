"""Copies: people whose row, or nearly their row, stands in the release, against people it was never made from."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.attack.attack import Attack, Attacked, Scene, compared
from core.attack.nearest import Space
from core.attack.rate import Rate, beyond, difference, share
from core.declare import param
from core.language import translate
from core.risk.kernel import class_sizes
from core.table import Column, Table
from core.table.column import Mask

Ints = npt.NDArray[np.int64]


class ExactCopies(Attack):
    """Looks a person up in the release by everything they know of them, and finds the very row.

    At a glance: two people can be alike by chance, so copies alone prove nothing. What counts is whether people in the
    data are found more often than people of the same population who are not. That is asked twice: of everybody, and of
    those whose row is the only one of its kind, where a copy tells most. Where nobody was held back, one half of the
    people is looked up in the other half: as often, twice over, would an honest release have somebody's row by chance.

    “No identical rows” is not privacy: a row changed in one cell is no copy any more, and still that person's.
    """

    attack: Literal["exact_copies"] = "exact_copies"
    title: ClassVar[str] = "Exact copies of real rows"
    holds: ClassVar[str] = "the whole row of a person"
    sampled: ClassVar[bool] = False
    source: ClassVar[str] = "identical matches as in Platzer and Reutterer 2021, doi:10.3389/fdata.2021.679939"

    def lacks(self, scene: Scene) -> str:
        return "" if scene.common else translate("The release has no column of the original.")

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        names = list(scene.common)
        everybody = [scene.original, scene.released, *([scene.control] if scene.control is not None else [])]
        rows = _coded(everybody, names)
        mine, theirs = rows[0], rows[1]
        control = rows[2] if scene.control is not None else None
        both = np.concatenate([mine, control]) if control is not None else mine
        kinds, counts = np.unique(both, return_counts=True)
        single = kinds[counts == 1]
        found = []
        for title, only in ((self.title, False), (translate("Exact copies of unique rows"), True)):
            sides = (mine, mine[:0] if control is None else control)
            people, others = (r[np.isin(r, single)] if only else r for r in sides)
            if len(people):
                found.append(self._one(title, people, others, theirs, _twins(mine, only, scene.halves(scene.original))))
        return tuple(found)

    def _one(self, title: str, people: Ints, others: Ints, release: Ints, twins: tuple[int, int]) -> Attacked:
        hits = int(np.isin(people, release).sum())
        success = share(hits, len(people))
        by_chance = share(*twins)
        # An honest release as large as the data is two halves: at most twice as often is somebody's row in it.
        baseline = Rate(*(min(2 * v, 1.0) for v in by_chance))
        control = None
        if len(others):
            also = int(np.isin(others, release).sum())
            control = share(also, len(others))
            advantage = difference(hits, len(people), also, len(others))
        else:
            advantage = beyond(success, baseline)
        return Attacked(
            self.attack, title, "share", success, baseline, control, advantage, len(people),
            compared(success, control, baseline, translate("People whose exact row stands in the release")),
            facts={"copies": float(hits)},
        )


def _twins(rows: Ints, only: bool, halves: tuple[Ints, Ints]) -> tuple[int, int]:
    """(of how many of one half the row stands in the other half, how many they are).

    only  among those whose row is the only one of its kind in their half
    """
    half, other = rows[halves[0]], rows[halves[1]]
    if only:
        kinds, counts = np.unique(half, return_counts=True)
        half = kinds[counts == 1]
    return int(np.isin(half, other).sum()), len(half)


class NearCopies(Attack):
    """Looks for a row that is nearly a person's, and takes it to be theirs.

    At a glance: for each person the nearest row of the release is sought. How near is suspiciously near is learned
    from one half of the control group (the nearest few of them); people in the data are set beside the other half.
    Distance to the nearest row by itself measures no privacy; only the difference to people outside says something.
    """

    attack: Literal["near_copies"] = "near_copies"
    title: ClassVar[str] = "Near copies of real rows"
    holds: ClassVar[str] = "the whole row of a person"
    source: ClassVar[str] = "distances against a holdout, Platzer and Reutterer 2021, doi:10.3389/fdata.2021.679939"
    near: float = param(
        "Which share of people outside the data counts as near?", default=0.05, gt=0, lt=0.5,
        why="The threshold is the distance below which so many of them have a row of the release.",
    )

    def lacks(self, scene: Scene) -> str:
        return outside(scene)

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        if scene.control is None:
            return ()
        people, others = scene.drawn(scene.original), scene.drawn(scene.control)
        space = Space.of(scene.common, scene.released, (people, others), scene.clock.check)
        release = space.place(scene.released)
        mine = space.nearest(space.place(people), release).first
        theirs = space.nearest(space.place(others), release).first
        order = scene.rng.permutation(len(theirs))
        learn, test = theirs[order[: len(order) // 2]], theirs[order[len(order) // 2:]]
        limit = float(np.quantile(learn, self.near, method="higher"))
        hits, also = int((mine <= limit).sum()), int((test <= limit).sum())
        success, control = share(hits, len(mine)), share(also, len(test))
        expected = share(int((learn <= limit).sum()), len(learn))
        return (Attacked(
            self.attack, self.title, "share", success, expected, control,
            difference(hits, len(mine), also, len(test)), len(mine),
            compared(success, control, control, translate("People with a suspiciously near row in the release")),
            facts={"limit": limit, "median": float(np.median(mine)), "median_control": float(np.median(test))},
        ),)


def outside(scene: Scene, fewest: int = 20) -> str:
    """Why nothing can be compared with people outside the data; empty if it can."""
    if not scene.common:
        return translate("The release has no column of the original.")
    if scene.control is None or scene.control.rows < fewest:
        return translate("No control group of at least {fewest} people was held back before the release was made.",
                         fewest=fewest)
    if not scene.released.rows or not scene.original.rows:
        return translate("There are no rows.")
    return ""


def _coded(tables: list[Table], names: list[str]) -> list[Ints]:
    """(rows,) for each table one number for each different row, the same in all of them."""
    whole = [Column.of(pa.chunked_array([t[n].to_arrow() for t in tables], pa.string())) for n in names]
    kind = class_sizes(whole).class_of.astype(np.int64)
    return np.split(kind, np.cumsum([t.rows for t in tables])[:-1])


def equal_rows(table: Table, other: Table, names: list[str]) -> Mask:
    """(rows,) True where a row stands in the other table as well, on these columns."""
    mine, theirs = _coded([table, other], names)
    return np.asarray(np.isin(mine, theirs))
