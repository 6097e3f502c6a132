"""A hierarchy as rows that a person edits: values into groups, groups into wider groups; and what each level does.

Rows are those of core/protect/hierarchies/hierarchy.py: the value, then its group on level 1, 2, ...; the last
level, `*`, is not written. A group on level n is moved by moving all that stands in it on level n - 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.problem import Problem
from core.protect.hierarchies.hierarchy import FromRows, Rule, check_rows
from core.protect.hierarchies.tree import Tree
from core.risk.kernel import class_sizes
from core.table import SUPPRESSED, Column

Rows = tuple[tuple[str, ...], ...]

MOST_VALUES = 5_000
"""Up to so many values a hierarchy is edited by hand; beyond it a rule or a file is the way."""


@dataclass(frozen=True)
class Level:
    """What one level of a hierarchy does to a table.

    level         1 is the first above the values; the last one is `*` for everything
    groups        different texts the column then holds
    fewest        rows in the smallest of these groups
    smallest      rows in the smallest class, of this column on this level together with the others
    below         rows in classes smaller than k
    """

    level: int
    groups: int
    fewest: int
    smallest: int
    below: int


@dataclass(frozen=True)
class Group:
    """One group of one level: what it is called, how many values stand in it, and how many rows."""

    name: str
    values: int
    rows: int


def levels(tree: Tree, column: Column, others: Sequence[Column], k: int) -> list[Level]:
    """What each level does, the values themselves first (level 0). `others` are the columns judged together with it."""
    found = []
    for level in range(tree.depth + 1):
        now = tree.at(column, level) if level else column
        fk = class_sizes([now, *others]).fk if len(column) else np.zeros(0, np.int64)
        counts = now.counts()
        found.append(
            Level(
                level, len(now.values), int(counts.min(initial=len(column))),
                int(fk.min(initial=len(column))), int((fk < k).sum()),
            )
        )
    return found


def groups(tree: Tree, column: Column, level: int) -> list[Group]:
    """The groups of one level with rows in this column, the largest first."""
    place, labels = tree.groups[level][:-1], tree.labels[level]
    rows = np.bincount(place, column.counts(), len(labels)).astype(int)
    values = np.bincount(place, minlength=len(labels))
    found = [Group(labels[i] or "", int(values[i]), int(rows[i])) for i in range(len(labels)) if rows[i]]
    return sorted(found, key=lambda g: (-g.rows, g.name))


# --- rows


def rows_of(rule: Rule, column: Column, name: str) -> Rows:
    """A hierarchy as rows: every value there is, in order, with its groups.

    A Problem if it does not cover the column, has two parents somewhere, or the column has too many values to edit.
    """
    if len(column.values) > MOST_VALUES:
        raise Problem(
            "“{column_name}” has {count} different values.",
            "Up to {most} can be put into groups by hand: choose a rule, or bring a file.",
            column=name, column_name=name, count=len(column.values), most=MOST_VALUES,
        )
    rule.plant(column, name)
    paths = {v: p for v, p in rule.domain(column).items() if v != SUPPRESSED}
    depth = max((len(p) for p in paths.values()), default=0)
    rows = [(v, *p, *(SUPPRESSED for _ in range(depth - len(p)))) for v, p in paths.items()]
    while depth and {row[-1] for row in rows} <= {SUPPRESSED}:
        rows, depth = [row[:-1] for row in rows], depth - 1
    return tuple(sorted((row if depth else (*row, row[0]) for row in rows), key=lambda row: _in_order(row[0])))


def as_rule(rows: Rows) -> FromRows:
    """The rows as a hierarchy; a Problem that names counts only, if they are none."""
    try:
        check_rows(rows)
        reason = ""
    except ValueError as error:
        reason = str(error)
    if reason:
        raise Problem("The groups do not make a hierarchy.", "{reason}", reason=reason)
    return FromRows(rows=rows)


def covering(rows: Rows, column: Column) -> Rows:
    """The rows, and one more for each value of the column that they lack: a group of its own on every level."""
    known = {row[0] for row in rows}
    depth = len(rows[0])
    lacking = [v for v in column.values.to_pylist() if v not in known and v != SUPPRESSED]
    return tuple(sorted((*rows, *((v,) * depth for v in lacking)), key=lambda row: _in_order(row[0])))


def uncovered(rows: Rows, column: Column) -> tuple[str, ...]:
    """Values of the column that stand in no row."""
    known = {row[0] for row in rows}
    return tuple(v for v in column.values.to_pylist() if v not in known and v != SUPPRESSED)


def moved(rows: Rows, level: int, members: Collection[str], group: str) -> Rows:
    """What stands in the groups `members` of the level below goes into this group of `level`, new or there already.

    A new group lies in the same wider groups as the first of its members; where that stood alone under its own name,
    the new group stands alone under its name.
    """
    group = _name(group)
    taken = [row for row in rows if row[level - 1] in members]
    if not taken:
        return rows
    above = next((row[level + 1 :] for row in rows if row[level] == group), None)
    if above is None:
        above = _alone(rows, level, taken, group)
    return tuple(
        (*row[:level], group, *above) if row[level - 1] in members else row for row in rows
    )


def _alone(rows: Rows, level: int, taken: Sequence[tuple[str, ...]], group: str) -> tuple[str, ...]:
    """The wider groups of the first row taken, with the new name for as long as nothing else stands in them."""
    above = list(taken[0][level + 1 :])
    for i, high in enumerate(range(level + 1, len(rows[0]))):
        names = [row[high] for row in rows if row not in taken]
        if above[i] != taken[0][level] or above[i] in names or group in names:
            break
        above[i] = group
    return tuple(above)


def renamed(rows: Rows, level: int, group: str, name: str) -> Rows:
    """A group under another name; if there is one of that name, the two become one.

    Where a wider group is this group alone, under the same name, it is renamed with it.
    """
    name = _name(name)
    members = {row[level - 1] for row in rows if row[level] == group}
    if any(row[level] == name for row in rows):
        return moved(rows, level, members, name)
    high = level
    while high + 1 < len(rows[0]) and all((row[high + 1] == group) == (row[level] == group) for row in rows):
        high += 1
    return tuple(
        (*row[:level], *(name for _ in range(level, high + 1)), *row[high + 1 :]) if row[level] == group else row
        for row in rows
    )


def taken_apart(rows: Rows, level: int, group: str) -> Rows:
    """The group is no more: each of its members is a group of its own on this level."""
    for member in dict.fromkeys(row[level - 1] for row in rows if row[level] == group):
        rows = moved(rows, level, [member], member)
    return rows


def with_level(rows: Rows) -> Rows:
    """One level more on top, in which each group still stands by itself."""
    return tuple((*row, row[-1]) for row in rows)


def without_level(rows: Rows, level: int) -> Rows:
    """One level less; the last one cannot go."""
    if len(rows[0]) <= 2:
        raise Problem("A hierarchy has at least one level.", "Change its groups instead.")
    return tuple((*row[:level], *row[level + 1 :]) for row in rows)


def to_arx(rows: Rows) -> bytes:
    """The file ARX reads: UTF-8, `;` between, the value first, `*` last. `load_arx` makes the same hierarchy of it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerows((*row, SUPPRESSED) for row in rows)
    return out.getvalue().encode()


def _name(group: str) -> str:
    group = group.strip()
    if not group or group == SUPPRESSED:
        raise Problem("A group needs a name of its own.", "Write one; * stands for everything.")
    return group


def _in_order(text: str) -> tuple[int, float, str]:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    return (0, number, text) if np.isfinite(number) else (1, 0.0, text)
