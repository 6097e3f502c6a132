"""Blank single cells until nobody stands out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from core.declare import ColumnPick, Declared, columns_of, param
from core.problem import Problem
from core.protect.cells import groups
from core.protect.changes import places
from core.protect.hierarchies.blanks import count_cells, value_or_nothing
from core.protect.households import none_torn, stay_common, whole_households
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises.claims import at_least_k
from core.protect.promises.rules import Rule
from core.protect.recoding.alike import (
    alike_claims,
    check_alike,
    check_whole_households,
    enough_rows,
    make_alike,
    make_households_alike,
)
from core.protect.suppression.fewest_blanks import fewest
from core.protect.suppression.wildcard import blanks, more_blanks, wildcard_k
from core.table import Table

MOST = 14
"""So many columns have 16,384 sets to blank."""


class TheseColumns(Declared):
    """A set of columns that an outsider could know without the others."""

    kind: Literal["these"] = "these"
    title: ClassVar[str] = "Chosen columns"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns together?", min_length=1, why="For example what a neighbour knows.",
    )
    k: int = param("How many rows must share each combination of them?", default=10, ge=2, le=10_000, unit="rows",
                   why="What many know needs more protection than what few know.")


class AnyColumns(Declared):
    """Every set of so many of the columns."""

    kind: Literal["any"] = "any"
    title: ClassVar[str] = "Any so many of the columns"
    size: int = param("How many columns could be known at once?", default=3, ge=1, le=20, unit="columns",
                      why="Hardly anybody knows all of them.")
    k: int = param("How many rows must share each combination of them?", default=10, ge=2, le=10_000, unit="rows",
                   why="What many know needs more protection than what few know.")


Subset = Annotated[TheseColumns | AnyColumns, Field(discriminator="kind")]


class LocalSuppression(Method):
    """Blank single cells (`*`) until every combination of values stands in at least k rows.

    At a glance: only the cells that make a person stand out are blanked; all others stay exact. Strict: `*` is
    counted as a value of its own, so that somebody who knows a person's true values still finds at least k rows
    that are written alike. (Counting `*` as “could be anything”, as sdcMicro does, needs fewer blanks, but against
    such a person many rows stay unique.) Rows that are left over join the group that costs least. No row is dropped,
    unless a rule about a sensitive column can be kept in no other way; then the log says how many.

    In: any columns. Out: the same rows. Refuses tables of fewer than k rows.

    Subsets may have a k of their own: any three of seven columns in ten rows, all seven in three. Each subset is
    protected in turn until all hold at once. The exact search proves that no other way has fewer blanks (weighted by
    importance); it is for tables of some hundred combinations and refuses larger ones.

    Sets of columns to blank are tried from the cheapest to the dearest; rows that find k alike are done. When counted
    as sdcMicro does, single blanks are chosen so that each rescues as many rows as possible.

    Source: Hundepool et al. (2012), section 3.4.4, doi:10.1002/9781118348239; Templ et al. (2015),
    doi:10.18637/jss.v067.i04.
    """

    method: Literal["local_suppression"] = "local_suppression"
    title: ClassVar[str] = "Blank the cells that stand out"
    group: ClassVar[Group] = "categories"
    k: int = param(
        "How many rows must share each combination?", default=3, ge=2, le=10_000, search=(2, 10), unit="rows",
        why="With 3, everyone shares all these values with at least two others.",
    )
    columns: KeyColumns = param(
        "Which columns could an outsider know?", default=(),
        why="Left empty: all columns with the role quasi-identifier.",
    )
    counting: Literal["strict", "wildcard"] = param(
        "What does a blank protect from?", default="strict", advanced=True,
        labels={"strict": "Somebody who knows the true values",
                "wildcard": "Count a blank as anything, as sdcMicro does"},
        why="Only the strict count is k-anonymity. The other is for comparison with sdcMicro.",
    )
    importance: Annotated[dict[str, float], ColumnPick()] = param(
        "Which columns matter most to you?", default={}, advanced=True,
        why="A column with 2 is blanked only where two blanks in other columns would be needed instead.",
    )

    rules: tuple[Rule, ...] = param(
        "What else must hold among the rows that share a combination?", default=(), advanced=True,
        why="People who look alike and all have the same illness are no secret. Only with the strict count.",
    )
    within: Annotated[tuple[str, ...], ColumnPick()] = param(
        "Which columns keep groups apart?", default=(), advanced=True,
        why="Each part of the file (a state, a survey round) is protected by itself; these columns stay as they are.",
    )

    subsets: tuple[Subset, ...] = param(
        "Which sets of columns have a k of their own?", default=(), advanced=True,
        why="Somebody may know three of the columns well. A larger k for those costs less than for all.",
    )
    all_columns: bool = param(
        "Must all columns together hold k as well?", default=True, advanced=True,
        why="Without it only the subsets are protected, for outsiders who can never know more.",
    )
    search: Literal["fast", "exact"] = param(
        "How are the blanks found?", default="fast", advanced=True,
        labels={"fast": "Fast", "exact": "The fewest there can be, proved (small tables)"},
        why="The fast way needs some more blanks; the proof takes long.",
    )
    whole_households: bool = whole_households(
        "Otherwise the district that is blanked for one member can be read from another."
    )

    @model_validator(mode="after")
    def _settings_fit(self) -> LocalSuppression:
        if self.counting == "wildcard" and (self.rules or self.whole_households):
            raise ValueError("Rules and whole households need the strict count.")
        if self.search == "exact" and (
            self.counting == "wildcard" or self.rules or self.subsets or self.whole_households
        ):
            raise ValueError("The exact search takes the strict count, without rules, subsets and whole households.")
        if not self.all_columns and not self.subsets:
            raise ValueError("Name a subset, or ask for all columns together.")
        return self

    def check(self, table: Table) -> None:
        names = chosen(table, self.columns)
        check_alike(table, names, self.k, self.rules, self.within, self.importance)
        if self.whole_households:
            check_whole_households(table, names, self.rules, self.within)
        for asked in self.subsets:
            if isinstance(asked, TheseColumns) and set(asked.columns) - set(names):
                raise Problem("A subset names columns that are not among those an outsider could know.",
                              "Name them there too.")
            if isinstance(asked, AnyColumns) and asked.size > len(names):
                raise Problem("There are no {size} columns to choose from.", "Choose a smaller number.",
                              size=asked.size)
            enough_rows(table, asked.k)
        if self.counting == "wildcard" and len(names) > MOST:
            raise Problem(
                "{count} columns are too many for this way of counting.",
                "Choose at most {most}, or the strict count.", count=len(names), most=MOST,
            )

    def _sets(self, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
        """Each set of columns with its k; the one with all columns last, where it is asked for."""
        for asked in self.subsets:
            every = (itertools.combinations(names, asked.size) if isinstance(asked, AnyColumns)
                     else [tuple(n for n in names if n in asked.columns)])
            yield from ((tuple(some), asked.k) for some in every)
        if self.all_columns:
            yield names, self.k

    def apply(self, table: Table, run: Run) -> Table:
        names = chosen(table, self.columns)
        if not table.rows:
            return table
        if self.counting == "wildcard":
            out = self._wildcard(table, names)
        elif self.search == "exact":
            out = self._exact(table, names, run)
        else:
            out = self._until_all_hold(table, names, run)
        at = places(table, out) if table.row_ids is not None else slice(None)
        counts = [(n, int((out[n].suppressed & ~table[n].suppressed[at]).sum())) for n in names]
        run.note("Blanked cells: {columns}.", columns=", ".join(f"{n} {c:,}" for n, c in counts if c) or "0")
        return out

    def _until_all_hold(self, table: Table, names: tuple[str, ...], run: Run) -> Table:
        """Each set of columns in turn, as often as needed: blanks for one may tear a class of another."""
        sets = list(self._sets(names))
        if len(sets) == 1:
            return self._strict(table, *sets[0], self.rules, run)
        rows, silent_run = table.rows, Run(run.secrets, run.step)
        while True:
            before = table
            for some, k in sets:
                table = self._strict(table, some, k, self.rules if len(some) == len(names) else (), silent_run)
            if table.digest() == before.digest():
                break
        if table.rows < rows:
            run.note("Rows left out because no group with them keeps what was asked: {count:,}.",
                     count=rows - table.rows)
        return table

    def _strict(self, table: Table, names: tuple[str, ...], k: int, rules: tuple[Rule, ...], run: Run) -> Table:
        if self.whole_households:
            return make_households_alike(
                table, names, lambda t, some: {n: value_or_nothing(t[n], n) for n in some}, k, rules, self.within,
                self.importance, run, count_cells,
            )
        return make_alike(table, lambda t: {n: value_or_nothing(t[n], n) for n in names}, k, rules, self.within,
                          self.importance, run, count_cells)

    def _wildcard(self, table: Table, names: tuple[str, ...]) -> Table:
        """Each set of columns once: another blank never takes a match away from anybody."""
        find, cost = blanks, {n: self.importance.get(n, 1.0) for n in names}
        if self.subsets:  # a trifle cheaper where a column has more values: blanks for one set then serve others
            most = max(len(table[n].values) for n in names)
            find, cost = more_blanks, {n: c * (1 - 0.01 * len(table[n].values) / most) for n, c in cost.items()}
        for some, k in sorted(self._sets(names), key=lambda s: -len(s[0])):
            enough_rows(table, k)
            price = np.array([cost[n] for n in some])
            gone = np.zeros((len(some), table.rows), bool)
            for rows in groups(table, self.within):
                gone[:, rows] = find([table[n].take(rows) for n in some], k, price)
            table = table.with_columns({n: table[n].suppress(gone[i]) for i, n in enumerate(some)})
        return table

    def _exact(self, table: Table, names: tuple[str, ...], run: Run) -> Table:
        fast = self._strict(table, names, self.k, (), Run(run.secrets, run.step))
        price = np.array([self.importance.get(n, 1.0) for n in names])
        gone = np.zeros((len(names), table.rows), bool)
        for rows in groups(table, self.within):
            new = [int((fast[n].suppressed & ~table[n].suppressed)[rows].sum()) for n in names]
            gone[:, rows] = fewest([table[n].take(rows) for n in names], self.k, price, float(price @ new))
        run.note("No other way has fewer blanks, weighted by importance: this is proved.")
        return table.with_columns({n: table[n].suppress(gone[i]) for i, n in enumerate(names)})

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = chosen(table, self.columns)
        if self.counting == "wildcard":
            return tuple(wildcard_k((*some, *self.within), k) for some, k in self._sets(names))
        whole = alike_claims(table, names, self.k, self.rules, self.within) if self.all_columns else ()
        more = (at_least_k((*some, *self.within), k) for some, k in self._sets(names) if some != names or k != self.k)
        together = (stay_common(table, names), none_torn(table)) if self.whole_households else ()
        return (*whole, *more, *together)

    def in_words(self) -> str:
        return f"Blanked cells until {self.k} rows share each combination"
