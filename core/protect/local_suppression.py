"""Blank single cells until nobody stands out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.alike import alike_claims, check_alike, enough_rows, make_alike
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Claim, Group, Method, Run
from core.protect.recoding import Recoding
from core.protect.rules import Rule
from core.protect.tree import Tree, plant
from core.protect.wildcard import blanks, wildcard_k
from core.table import Column, Table

MOST = 14
"""So many columns have 16,384 sets to blank."""


class LocalSuppression(Method):
    """Blank single cells (`*`) until every combination of values stands in at least k rows.

    At a glance: only the cells that make a person stand out are blanked; all others stay exact. Strict: `*` is
    counted as a value of its own, so that somebody who knows a person's true values still finds at least k rows
    that are written alike. (Counting `*` as “could be anything”, as sdcMicro does, needs fewer blanks, but against
    such a person many rows stay unique.) Rows that are left over join the group that costs least. No row is dropped,
    unless a rule about a sensitive column can be kept in no other way; then the log says how many.

    In: any columns. Out: the same rows. Refuses tables of fewer than k rows.

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

    @model_validator(mode="after")
    def _strict_only(self) -> LocalSuppression:
        if self.counting == "wildcard" and (self.rules or self.within):
            raise ValueError("Rules and parts of the file need the strict count.")
        return self

    def check(self, table: Table) -> None:
        names = chosen(table, self.columns)
        check_alike(table, names, self.k, self.rules, self.within, self.importance)
        if self.counting == "wildcard" and len(names) > MOST:
            raise Problem(
                "{count} columns are too many for this way of counting.",
                "Choose at most {most}, or the strict count.", count=len(names), most=MOST,
            )

    def apply(self, table: Table, run: Run) -> Table:
        names = chosen(table, self.columns)
        if self.counting == "wildcard" and table.rows:
            enough_rows(table, self.k)
            price = np.array([self.importance.get(n, 1.0) for n in names])
            gone = blanks([table[n] for n in names], self.k, price)
            return table.with_columns({n: table[n].suppress(gone[i]) for i, n in enumerate(names)})
        trees = {n: value_or_nothing(table[n], n) for n in names}
        return make_alike(table, trees, self.k, self.rules, self.within, self.importance, run.progress, count_cells)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = chosen(table, self.columns)
        if self.counting == "wildcard":
            return (wildcard_k(names, self.k),)
        return alike_claims(names, self.k, self.rules, self.within)

    def in_words(self) -> str:
        return f"Blanked cells until {self.k} rows share each combination"


def value_or_nothing(column: Column, name: str) -> Tree:
    """The tree with two levels: the value, and `*`."""
    return plant(column, name, [() for _ in range(len(column.values))], {v: () for v in column.values.to_pylist()})


def count_cells(recoding: Recoding) -> Recoding:
    """The same with a blank costing 1 in every column, a trifle less where a column has more values.

    Among sets of equally many columns, those with most values come first: they set most rows free.
    """
    shares = np.ones_like(recoding.shares)
    values = recoding.radix[:, 0]
    shares[:, 0] = (0.01 * values / values.max())[:, None]
    return replace(recoding, shares=shares)
