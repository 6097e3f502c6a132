"""Make people look alike in groups of at least k, losing as little detail as possible."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.hierarchy import Automatic, Hierarchy
from core.protect.keys import KeyColumns, chosen
from core.protect.local_recoding import Mix, group_rows
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises import at_least_k
from core.protect.recoding import Recoding
from core.protect.rules import MixRule, Rule, all_keep, coded, mixed
from core.protect.tree import Tree
from core.table import Table

T_CLOSENESS = 3
"""Rules of this kind and above judge a group by the spread in the whole table."""


class KAnonymity(Method):
    """Put people into groups of at least k who look alike.

    At a glance: everyone shares all their quasi-identifying values with at least k - 1 others in the file, so nobody
    can be singled out by them. Each group is made only as coarse as it needs to be (local recoding): where many
    people are alike nothing changes, and a rare combination becomes 30-39 rather than 37. No row is dropped.
    Because groups differ in coarseness, one column may hold 37, 35-39 and 30-39 at once.

    In: any columns; numbers get bands, dates months and years, others their value or `*`, unless a hierarchy is
    given. Out: the same rows. Refuses tables of fewer than k rows. Missing is a value of its own.

    Rules can ask that groups are also mixed in a sensitive column (l-diversity, t-closeness, beta-likeness), so that
    a group does not give away what all its people share. Rows that no group can take without breaking a rule are
    left out, and the log says how many; with a size rule alone that never happens.

    Combinations of levels are tried from the least to the greatest loss. Rows that find a group keeping the rules are
    done; a group too one-sided for t-closeness gives up the rows that make it so, which find a coarser group.

    Source: Sweeney (2002), doi:10.1142/S0218488502001648; local recoding: Xu et al. (2006),
    doi:10.1145/1150402.1150504; l-diversity: Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302;
    t-closeness: Li et al. (2007), doi:10.1109/ICDE.2007.367856.
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
    rules: tuple[Rule, ...] = param(
        "What else must hold in each group?", default=(),
        why="Five people who look alike and all have the same illness are no secret.",
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
        check_rules(table, names, self.rules)

    def foresee(self, table: Table) -> Table:
        names = chosen(table, self.columns)
        return table.with_columns({n: table[n].with_kind("category") for n in names})

    def apply(self, table: Table, run: Run) -> Table:
        enough_rows(table, self.k)
        names = chosen(table, self.columns)
        recoding = Recoding.of(table, plant_all(table, names, self.hierarchies), self.importance)
        if not self.rules:
            return recoding.write(table, group_rows(recoding, self.k, progress=run.progress).levels)
        recoding = recoding.by_row()
        for tighter in (1.0, 0.97, 0.9, 0.8, 0.6):
            grouped = group_rows(recoding, self.k, mix_of(table, self.rules, tighter), run.progress)
            released = recoding.write(table, grouped.levels).take(~grouped.dropped)
            # Rows left out change the spread of the whole file, against which groups are judged.
            if released.rows and all(all_keep(released, names, rule) for rule in self.rules):
                return released
        raise Problem("No way was found to keep all rules at once.", "Ask for less: a smaller l, a larger t.")

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = chosen(table, self.columns)
        return (at_least_k(names, self.k), *(mixed(names, rule) for rule in self.rules))

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


def check_rules(table: Table, names: tuple[str, ...], rules: tuple[MixRule, ...]) -> None:
    """A Problem if a rule's column is recoded itself, or the whole table does not keep the rule as one group."""
    for rule in rules:
        table.require([rule.column])
        if rule.column in names:
            raise Problem(
                "“{column_name}” cannot be recoded and be the sensitive column of a rule at once.",
                "Give it the role sensitive, and leave it out of the columns.",
                column=rule.column, column_name=rule.column,
            )
        if table.rows and not all_keep(table, (), rule):
            raise Problem(
                "Even all rows together do not hold {promise}.", "Ask for less.",
                column=rule.column, promise=rule.words(),
            )


def mix_of(table: Table, rules: tuple[MixRule, ...], tighter: float = 1.0) -> Mix:
    """The rules for the kernel, row by row; limits judged against the whole table made this much tighter."""
    sensitive, share, numbers = coded(table, rules)
    against_whole = numbers[:, 0] >= T_CLOSENESS
    numbers[against_whole, 3] *= tighter
    return Mix(sensitive, share, numbers, trim=len(sensitive) == 1 and bool(against_whole.any()))
