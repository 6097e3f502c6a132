"""Make people look alike in groups of at least k, losing as little detail as possible."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.hierarchy import Automatic, Hierarchy
from core.protect.keys import KeyColumns, chosen
from core.protect.local_recoding import k_groups
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises import at_least_k
from core.protect.recoding import Recoding
from core.protect.tree import Tree
from core.table import Table


class KAnonymity(Method):
    """Put people into groups of at least k who look alike.

    At a glance: everyone shares all their quasi-identifying values with at least k - 1 others in the file, so nobody
    can be singled out by them. Each group is made only as coarse as it needs to be (local recoding): where many
    people are alike nothing changes, and a rare combination becomes 30-39 rather than 37. No row is dropped.
    Because groups differ in coarseness, one column may hold 37, 35-39 and 30-39 at once.

    In: any columns; numbers get bands, dates months and years, others their value or `*`, unless a hierarchy is
    given. Out: the same rows. Refuses tables of fewer than k rows. Missing is a value of its own.

    Combinations of levels are tried from the least to the greatest loss; rows that find at least k alike are done.

    Source: Sweeney (2002), doi:10.1142/S0218488502001648; local recoding: Xu et al. (2006),
    doi:10.1145/1150402.1150504.
    """

    method: Literal["k_anonymity"] = "k_anonymity"
    title: ClassVar[str] = "Groups of people who look alike"
    group: ClassVar[Group] = "categories"
    k: int = param(
        "How many people must look alike at least?", default=5, ge=2, le=10_000, search=(3, 20), unit="rows",
        why="With 5, someone who knows all these values of a person still faces at least 5 possible rows.",
    )
    columns: KeyColumns = param(
        "Which columns could an outsider know?", default=(),
        why="Left empty: all columns with the role quasi-identifier.",
    )
    hierarchies: Annotated[dict[str, Hierarchy], ColumnPick()] = param(
        "Which groups do values belong to?", default={},
        why="Left empty: bands for numbers, month and year for dates, otherwise the value or nothing.",
    )
    importance: Annotated[dict[str, float], ColumnPick()] = param(
        "Which columns matter most to you?", default={}, advanced=True,
        why="A column with 2 is spared at the cost of columns with 1.",
    )

    def check(self, table: Table) -> None:
        names = chosen(table, self.columns)
        table.require([*self.hierarchies, *self.importance])
        check_importance(self.importance)
        plant_all(table, names, self.hierarchies)
        enough_rows(table, self.k)

    def foresee(self, table: Table) -> Table:
        names = chosen(table, self.columns)
        return table.with_columns({n: table[n].with_kind("category") for n in names})

    def apply(self, table: Table, run: Run) -> Table:
        enough_rows(table, self.k)
        trees = plant_all(table, chosen(table, self.columns), self.hierarchies)
        recoding = Recoding.of(table, trees, self.importance)
        return recoding.write(table, k_groups(recoding, self.k, run.progress))

    def claims(self, table: Table) -> tuple[Claim, ...]:
        return (at_least_k(chosen(table, self.columns), self.k),)

    def in_words(self) -> str:
        return f"Groups of at least {self.k} who look alike"


def plant_all(table: Table, names: tuple[str, ...], hierarchies: dict[str, Hierarchy]) -> dict[str, Tree]:
    """Column name -> tree, by the hierarchy given, or an automatic one."""
    return {n: hierarchies.get(n, Automatic()).plant(table[n], n) for n in names}


def check_importance(importance: dict[str, float]) -> None:
    for name, weight in importance.items():
        if not 0 < weight < float("inf"):
            raise Problem(
                "The importance of “{column_name}” must be more than 0.",
                "Use 1 for ordinary, 2 for twice as important.",
                column=name, column_name=name,
            )


def enough_rows(table: Table, k: int) -> None:
    if 0 < table.rows < k:
        raise Problem("The table has {rows} rows; {k} of them can never look alike.", "Choose a smaller k.",
                      rows=table.rows, k=k)
