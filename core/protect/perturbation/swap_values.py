"""Swap values between pairs of rows."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from core.declare import Declared, columns_of, param
from core.protect.cells import groups
from core.protect.households import by_household, check_households, first_and_member, whole_households
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Group, Method, Run
from core.risk.kernel import class_sizes
from core.table import Table


class AnyRow(Declared):
    """A random share of the rows, whoever they are."""

    title: ClassVar[str] = "A random share of the rows"
    kind: Literal["any"] = "any"
    share: float = param(
        "What share of the rows?", default=0.1, gt=0, le=1, search=(0.02, 0.3), why="More rows hide more.",
    )


class RareRows(Declared):
    """Only rows whose combination of quasi-identifiers is rare: each swaps with a row that is like it otherwise."""

    title: ClassVar[str] = "Only rows that stand out"
    kind: Literal["rare"] = "rare"
    keys: KeyColumns = param(
        "By which columns do they stand out?", default=(), why="None named: all quasi-identifiers.",
    )
    k: int = param("Which rows stand out?", default=3, ge=2, le=1000, unit="rows share the combination, or fewer",
                   search=(2, 10), why="Rows in classes smaller than this are swapped.")


Who = Annotated[AnyRow | RareRows, Field(discriminator="kind")]


class SwapValues(Method):
    """Exchange the values of the chosen columns between pairs of rows (random or targeted swapping).

    At a glance: two people swap their district. Counts by district stay exactly as they are, and so does everything
    that does not involve the swapped columns; nobody can be sure that a row's district is its own. Swapped columns go
    together. Partners agree in the `alike` columns, so relations to those stay exactly as they are.

    A row for which no partner is left keeps its values; the log counts the rows that changed.

    In: any columns. Out: the same rows; the swapped columns' values in another order.

    Source: Dalenius and Reiss (1982), Data-swapping: a technique for disclosure control, Journal of Statistical
    Planning and Inference 6(1), 73-85, doi:10.1016/0378-3758(82)90058-1; targeted: Hundepool et al. (2012), section
    3.6.1, doi:10.1002/9781118348239.
    """

    method: Literal["swap_values"] = "swap_values"
    title: ClassVar[str] = "Swap values between rows"
    group: ClassVar[Group] = "rows"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns change hands, together?", why="For example district and PIN code.", min_length=1,
    )
    who: Who = param("Which rows?", default=AnyRow(), why="Swapping only rare rows changes least.")
    alike: columns_of() = param(  # type: ignore[valid-type]
        "In which columns must partners agree?", default=(), why="Relations to these columns stay exactly.",
    )
    whole_households: bool = whole_households(
        "A family that lives in two districts shows that one of its members was swapped."
    )

    def check(self, table: Table) -> None:
        table.require((*self.columns, *self.alike))
        if self.whole_households:
            check_households(table, self.columns)
        if isinstance(self.who, RareRows):
            chosen(table, self.who.keys)

    def apply(self, table: Table, run: Run) -> Table:
        rng = run.rng()
        if not self.whole_households:
            return self._swapped(table, self._wanted(table, rng), rng)
        first, member = first_and_member(table)
        rare = isinstance(self.who, RareRows)
        some = self._wanted(table if rare else table.take(first), rng)
        # A household stands out if one of its members does.
        wanted = np.bincount(member, some, len(first)) > 0 if rare else some
        return by_household(table, self.columns, lambda t: self._swapped(t, wanted, rng))

    def _swapped(self, table: Table, wanted: np.ndarray, rng: np.random.Generator) -> Table:
        source = np.arange(table.rows)
        held = class_sizes([table[n] for n in self.columns]).class_of
        for rows in groups(table, self.alike):
            a, b = _pairs(rows, wanted, held, rng)
            source[a], source[b] = b, a
        return table.with_columns({n: table[n].take(source) for n in self.columns})

    def _wanted(self, table: Table, rng: np.random.Generator) -> np.ndarray:
        """(rows,) True for rows that look for a partner."""
        if isinstance(self.who, RareRows):
            return class_sizes([table[n] for n in chosen(table, self.who.keys)]).fk < self.who.k
        wanted = np.zeros(table.rows, bool)
        wanted[rng.choice(table.rows, round(self.who.share * table.rows / 2), replace=False)] = True
        return wanted


def _pairs(
    rows: np.ndarray, wanted: np.ndarray, held: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rows that look for a partner, and their partners: other rows of the group that hold other values."""
    seekers = rng.permutation(rows[wanted[rows]])
    others = rng.permutation(rows[~wanted[rows]])
    pool = np.concatenate([others, seekers[::-1]]) if len(others) < len(seekers) else others
    taken: set[int] = set()
    left, right, at = [], [], 0
    waiting: list[int] = []
    for seeker in seekers.tolist():
        if seeker in taken:
            continue
        found = next((i for i, p in enumerate(waiting) if held[p] != held[seeker] and p not in taken), None)
        partner = waiting.pop(found) if found is not None else -1
        while partner < 0 and at < len(pool):
            candidate = int(pool[at])
            at += 1
            if candidate in taken or candidate == seeker:
                continue
            if held[candidate] != held[seeker]:
                partner = candidate
            elif len(waiting) < 64:
                waiting.append(candidate)
        if partner >= 0:
            taken.update((seeker, partner))
            left.append(seeker)
            right.append(partner)
    return np.array(left, int), np.array(right, int)
