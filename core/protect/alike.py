"""What the methods that make rows look alike share: their checks, and the run over groups, rules and strata."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from core.problem import Problem
from core.protect.hierarchy import Automatic, Hierarchy
from core.protect.local_recoding import Mix, group_rows
from core.protect.method import Claim, Progress
from core.protect.promises import at_least_k
from core.protect.recoding import Recoding
from core.protect.recount import class_sizes
from core.protect.rules import MixRule, all_keep, coded, mixed
from core.protect.tree import Tree
from core.table import Column, Table

T_CLOSENESS = 3
"""Rules of this kind and above judge a group by the spread in the whole table."""


def make_alike(
    table: Table, trees: Mapping[str, Tree], k: int, rules: tuple[MixRule, ...], within: tuple[str, ...],
    importance: Mapping[str, float], progress: Progress, costs: Callable[[Recoding], Recoding] = lambda r: r,
) -> Table:
    """The table with at least k rows in every class that keeps the rules; rows no group can take are left out.

    within  columns that are not changed, and between which no rows are put together
    costs   changes what a loss in a column costs, where the share of the domain is not the measure
    """
    enough_rows(table, k)
    if not table.rows:
        return table
    names = tuple(trees)
    whole = {**trees, **{n: unchanged(table[n]) for n in within}}
    recoding = costs(Recoding.of(table, whole, importance))
    if not rules:
        grouped = group_rows(recoding, k, progress=progress)
        return recoding.write(table, grouped.levels).take(~grouped.dropped[recoding.item_of])
    recoding = recoding.by_row()
    for tighter in (1.0, 0.97, 0.9, 0.8, 0.6):
        grouped = group_rows(recoding, k, mix_of(table, rules, tighter), progress)
        released = recoding.write(table, grouped.levels).take(~grouped.dropped)
        # Rows left out change the spread of the whole file, against which groups are judged.
        if released.rows and all(all_keep(released, (*names, *within), rule) for rule in rules):
            return released
    raise Problem("No way was found to keep all rules at once.", "Ask for less: a smaller l, a larger t.")


def check_alike(
    table: Table, names: tuple[str, ...], k: int, rules: tuple[MixRule, ...], within: tuple[str, ...],
    importance: Mapping[str, float],
) -> None:
    """What must hold before rows can be made alike; a Problem otherwise."""
    table.require([*importance, *within])
    check_importance(importance)
    enough_rows(table, k)
    check_rules(table, (*names, *within), rules)
    if set(within) & set(names):
        raise Problem("A column cannot be made coarser and keep rows apart at once.", "Name it only once.")
    small = sum(n < k for n in class_sizes(table, within)) if within else 0
    if small:
        raise Problem(
            "{count} of the groups by {columns} hold fewer than {k} rows.", "Choose a smaller k, or other columns.",
            count=small, columns=", ".join(within), k=k,
        )


def alike_claims(
    names: tuple[str, ...], k: int, rules: tuple[MixRule, ...], within: tuple[str, ...]
) -> tuple[Claim, ...]:
    return (at_least_k((*names, *within), k), *(mixed((*names, *within), rule) for rule in rules))


def unchanged(column: Column) -> Tree:
    """A tree of one level: the value itself, never `*`."""
    values = len(column.values)
    groups = np.arange(values + 1, dtype=np.int32)[None]
    return Tree(groups, ((*column.values.to_pylist(), None),), (np.ones(values + 1, np.int64),), values + 1)


def plant_all(table: Table, names: tuple[str, ...], hierarchies: Mapping[str, Hierarchy]) -> dict[str, Tree]:
    """Column name -> tree, by the hierarchy given, or an automatic one."""
    return {n: hierarchies.get(n, Automatic()).plant(table[n], n) for n in names}


def check_importance(importance: Mapping[str, float]) -> None:
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
