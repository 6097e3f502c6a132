"""Targeted record swapping: households that stand out change places."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.households import first_and_member
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Group, Method, Run
from core.risk.kernel import class_sizes
from core.table import Table

Households = npt.NDArray[np.int64]

TRIES = 24
"""Households drawn for a seeker before all that are alike are looked at."""


class SwapRecords(Method):
    """Let households that stand out where they live change places with similar ones elsewhere (record swapping).

    At a glance: the only household of its kind in a district swaps its whole address (state, district, ...) with a
    household of the same size, and alike in what you name, in another district. Counts of households by area stay as
    they are; an attacker who finds "the only one" has probably found another family.

    A household is at risk at a level of geography if any member shares the quasi-identifiers and the area of that
    level with fewer than k people. It is swapped across the widest level at which it is at risk, riskiest level first.
    Partners: first those that are alike, then those of the same size only. Beyond that, a share of the households of
    each finest area is swapped at random, so that nobody can tell who was at risk. Without a household column each
    row is a household of its own. A household without a partner stays; the log counts the rows that changed.

    In: columns of geography, constant within a household. Out: the same rows; households' places changed.

    Source: Shlomo, Tudor and Groom (2010), Data swapping for protecting census tables, in Privacy in Statistical
    Databases, 41-51, doi:10.1007/978-3-642-15838-4_4; de Wolf, Kowarik and Meindl, "Targeted record swapping" in
    sdcMicro (recordSwap).
    """

    method: Literal["swap_records"] = "swap_records"
    title: ClassVar[str] = "Let households change places"
    group: ClassVar[Group] = "rows"
    geography: columns_of() = param(  # type: ignore[valid-type]
        "Which columns say where they live, from the widest to the finest?", min_length=1,
        why="State, then district, then village: they change hands together.",
    )
    carry: columns_of() = param(  # type: ignore[valid-type]
        "Which other columns go along with the place?", default=(), advanced=True,
        why="The PIN code or the interviewer's number would tell the old place.",
    )
    keys: KeyColumns = param(
        "By which columns do people stand out?", default=(), why="None named: the other quasi-identifiers.",
    )
    k: int = param("When does someone stand out?", default=3, ge=2, le=1000, search=(2, 10),
                   unit="people alike in the area, or fewer", why="Households with such a member are swapped.")
    alike: columns_of() = param(  # type: ignore[valid-type]
        "In which columns shall partners be alike?", default=(), why="Tables by these columns change less.",
    )
    share: float = param(
        "What share of the households of each area is swapped at least?", default=0.05, ge=0, le=0.5, search=(0, 0.2),
        why="Random swaps hide which ones were at risk.",
    )

    def check(self, table: Table) -> None:
        table.require((*self.geography, *self.carry, *self.alike))
        self._keys(table)
        first, member = first_and_member(table)
        for name in (*self.geography, *self.carry):
            codes = table[name].codes
            if (codes != codes[first][member]).any():
                raise Problem(
                    "“{column_name}” differs within some households.",
                    "Correct it, or take the household role from the column that has it.",
                    column=name, column_name=name,
                )

    def _keys(self, table: Table) -> tuple[str, ...]:
        named = chosen(table, self.keys)
        return tuple(n for n in named if n not in self.geography)

    def apply(self, table: Table, run: Run) -> Table:
        rng = run.rng()
        first, member = first_and_member(table)
        level = self._risk_level(table, member, len(first))
        areas = [class_sizes([table[n] for n in self.geography[: i + 1]]).class_of[first].astype(np.int64)
                 for i in range(len(self.geography))]
        swaps = _Swaps(np.arange(len(first)), np.zeros(len(first), bool))
        size = np.bincount(member, minlength=len(first))
        profiles = (self._profile(table, first, size), size)
        for i, area in enumerate(areas):
            _swap(swaps, np.flatnonzero(level == i), area, profiles, rng)
        _swap(swaps, self._more(swaps, areas[-1], rng), areas[-1], profiles, rng)
        source = first[swaps.partner][member]
        left = int(((level < len(self.geography)) & ~swaps.done).sum())
        run.note("Households that changed places: {count:,} of {all:,}.", count=int(swaps.done.sum()), all=len(first))
        run.note("Households that stood out: {risky:,}; of these, {left:,} found no partner.",
                 risky=int((level < len(self.geography)).sum()), left=left)
        return table.with_columns({n: table[n].take(source) for n in (*self.geography, *self.carry)})

    def _risk_level(self, table: Table, member: Households, households: int) -> Households:
        """(households,) the widest level of geography at which a member stands out; a large number if at none."""
        level = np.full(households, 10**6)
        keys = [table[n] for n in self._keys(table)]
        for i in reversed(range(len(self.geography))):
            fk = class_sizes([*keys, *(table[n] for n in self.geography[: i + 1])]).fk
            level[member[fk < self.k]] = i
        return level

    def _profile(self, table: Table, first: Households, size: Households) -> Households:
        """(households,) equal where the size, and the first members' answers in `alike`, are equal."""
        if not self.alike:
            return size
        alike = class_sizes([table[n].take(first) for n in self.alike]).class_of.astype(np.int64)
        return alike * (int(size.max(initial=0)) + 1) + size

    def _more(self, swaps: _Swaps, area: Households, rng: np.random.Generator) -> Households:
        """Households to swap at random, so that each finest area reaches its share."""
        wanted: list[int] = []
        for here in np.split(np.argsort(area, kind="stable"), np.flatnonzero(np.diff(np.sort(area))) + 1):
            free = here[~swaps.done[here]]
            # Every swap moves two households: half as many seekers reach the share on average.
            lacking = max(0, int(np.ceil((self.share * len(here) - (len(here) - len(free))) / 2)))
            wanted += rng.permutation(free)[:lacking].tolist()
        return np.array(wanted, np.int64)


class _Swaps(NamedTuple):
    partner: Households
    done: npt.NDArray[np.bool_]


def _swap(
    swaps: _Swaps, seekers: Households, area: Households, profiles: tuple[Households, ...], rng: np.random.Generator
) -> None:
    """Give each seeker a free partner in another area: of the first profile, else of the next one."""
    for profile in profiles:
        waiting = [int(s) for s in rng.permutation(seekers) if not swaps.done[s]]
        if not waiting:
            return
        order = rng.permutation(len(profile))
        order = order[np.argsort(profile[order], kind="stable")]
        starts = np.searchsorted(profile[order], profile[waiting])
        ends = np.searchsorted(profile[order], profile[waiting], side="right")
        free: dict[int, Households] = {}
        for seeker, start, end in zip(waiting, starts.tolist(), ends.tolist(), strict=True):
            if swaps.done[seeker]:
                continue
            other = _partner(free.setdefault(start, order[start:end]), seeker, swaps.done, area, rng)
            if other is None:  # those who are done no longer stand in the way of the next one
                free[start] = free[start][~swaps.done[free[start]]]
            else:
                swaps.partner[seeker], swaps.partner[other] = other, seeker
                swaps.done[seeker] = swaps.done[other] = True


def _partner(
    alike: Households, seeker: int, done: npt.NDArray[np.bool_], area: Households, rng: np.random.Generator
) -> int | None:
    """A free household of another area, each as likely as the others; None where there is none.

    Drawn until one fits, which is soon where many do; only then are all of them looked at.
    """
    for other in alike[rng.integers(len(alike), size=TRIES)].tolist() if len(alike) else ():
        if not done[other] and area[other] != area[seeker]:
            return int(other)
    fits = alike[~done[alike] & (area[alike] != area[seeker])]
    return int(rng.choice(fits)) if len(fits) else None
