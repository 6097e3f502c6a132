"""Blank single cells until nobody stands out."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from core.declare import ColumnPick, param
from core.protect.k_anonymity import check_importance, enough_rows
from core.protect.keys import KeyColumns, chosen
from core.protect.local_recoding import group_rows
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises import at_least_k
from core.protect.recoding import Recoding
from core.protect.tree import Tree, plant
from core.table import Column, Table


class LocalSuppression(Method):
    """Blank single cells (`*`) until every combination of values stands in at least k rows.

    At a glance: only the cells that make a person stand out are blanked; all others stay exact. Strict: `*` is
    counted as a value of its own, so that somebody who knows a person's true values still finds at least k rows
    that are written alike. (Counting `*` as “could be anything”, as sdcMicro does, needs fewer blanks, but against
    such a person many rows stay unique.) Rows that are left over join the group that costs least. No row is dropped.

    In: any columns. Out: the same rows. Refuses tables of fewer than k rows.

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
    importance: Annotated[dict[str, float], ColumnPick()] = param(
        "Which columns matter most to you?", default={}, advanced=True,
        why="A column with 2 is blanked only where two blanks in other columns would be needed instead.",
    )

    def check(self, table: Table) -> None:
        chosen(table, self.columns)
        table.require(self.importance)
        check_importance(self.importance)
        enough_rows(table, self.k)

    def apply(self, table: Table, run: Run) -> Table:
        enough_rows(table, self.k)
        trees = {n: value_or_nothing(table[n], n) for n in chosen(table, self.columns)}
        recoding = Recoding.of(table, trees, self.importance)
        return recoding.write(table, group_rows(recoding, self.k, progress=run.progress).levels)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        return (at_least_k(chosen(table, self.columns), self.k),)

    def in_words(self) -> str:
        return f"Blanked cells until {self.k} rows share each combination"


def value_or_nothing(column: Column, name: str) -> Tree:
    """The tree with two levels: the value, and `*`."""
    return plant(column, name, [() for _ in range(len(column.values))], {v: () for v in column.values.to_pylist()})
