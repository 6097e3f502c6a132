"""Columns that say the same thing change together."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar, Literal

import numpy as np

from core.declare import Declared, columns_of, param
from core.problem import Problem
from core.protect.changes import places
from core.protect.method import Group, Method, Run
from core.table import SUPPRESSED, Column, Table
from core.table.column import Mask

Texts = tuple[str | None, ...]


class Link(Declared):
    """Columns that go along with others."""

    leaders: columns_of() = param(  # type: ignore[valid-type]
        "When a cell of which column changes …?", min_length=1, why="For example the name of the district.",
    )
    followers: columns_of() = param(  # type: ignore[valid-type]
        "… which columns must go along?", min_length=1, why="For example its code, and the PIN code.",
    )


class Follow(Method):
    """Change columns along with those they repeat (linked columns, sdcMicro's ghost variables).

    At a glance: a district that was blanked stands in the file a second time, as a code. This step goes through all
    that earlier steps changed: where a leading cell differs from what it was, the cells that follow it become what goes
    with the new value (the new district's code, where districts were swapped or drawn anew), or `*` where the new value
    is coarser, blanked, or goes with several. Put it after the steps that change the leading columns.

    In: any columns. Out: the same rows; followers of unchanged cells stay exactly as they are.

    Source: sdcMicro, `ghostVars` of createSdcObj (Templ, Kowarik & Meindl 2015, doi:10.18637/jss.v067.i04).
    """

    method: Literal["follow"] = "follow"
    title: ClassVar[str] = "Linked columns change together"
    group: ClassVar[Group] = "rows"
    links: tuple[Link, ...] = param(
        "Which columns belong together?", min_length=1, why="What is hidden in one column must not stand in another.",
    )

    def check(self, table: Table) -> None:
        for link in self.links:
            table.require((*link.leaders, *link.followers))
            both = set(link.leaders) & set(link.followers)
            if both:
                raise Problem("“{column_name}” cannot follow itself.", "Name it once.",
                              column=min(both), column_name=min(both))

    def apply(self, table: Table, run: Run) -> Table:
        if run.original is None or table.row_ids is None or run.original.row_ids is None:
            raise Problem("Linked columns can only follow where the rows of the original are at hand.",
                          "Run this step as part of a recipe, without synthetic data.")
        at, out = places(run.original, table), table
        for link in self.links:
            run.original.require((*link.leaders, *link.followers))
            changed = changed_in(run.original, table, at, link.leaders)
            for name in link.followers:
                out = out.with_columns({name: followed(run.original, out, link.leaders, name, changed)})
            run.note("Rows that changed in {leaders}: {count:,}; {followers} went along.", count=int(changed.sum()),
                     leaders=", ".join(link.leaders), followers=", ".join(link.followers))
        return out

    def in_words(self) -> str:
        return "Changed together: " + "; ".join(", ".join((*x.leaders, *x.followers)) for x in self.links)


def changed_in(original: Table, now: Table, at: np.ndarray, names: tuple[str, ...]) -> Mask:
    """(rows,) True where a cell of one of the columns is not what it was; at: place of each row in the original."""
    out = np.zeros(now.rows, bool)
    for name in names:
        out |= ~original[name].take(at).same_cells(now[name])
    return out


def followed(original: Table, now: Table, leaders: tuple[str, ...], name: str, changed: Mask) -> Column:
    """The column with its cells under `changed` replaced by what goes with the leaders in the original, or `*`."""
    known: dict[Texts, set[str | None]] = defaultdict(set)
    for *key, value in set(zip(*(original[n].texts() for n in (*leaders, name)), strict=True)):
        known[tuple(key)].add(value)
    cells = now[name].texts()
    keys = list(zip(*(now[n].texts() for n in leaders), strict=True))
    for row in np.flatnonzero(changed).tolist():
        goes_along = known.get(keys[row], set())
        cells[row] = next(iter(goes_along)) if len(goes_along) == 1 else SUPPRESSED
    return Column.of(cells, now[name].kind, now[name].labels)
