"""Columns whose combinations are fixed, learned as one column and taken apart again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from core.risk.kernel import class_sizes
from core.synthesise.rules import Between, NotAbove, Together
from core.table import Column, Table


@dataclass(frozen=True)
class Join:
    """`name` stands for `columns`; value i of it (a running number) for row i of `combinations`."""

    name: str
    columns: tuple[str, ...]
    combinations: Table


def join(table: Table, rules: Sequence[Between | NotAbove | Together]) -> tuple[Table, tuple[Join, ...]]:
    """The table with each set of columns that belong together replaced by one, standing where the first stood."""
    joins = []
    for rule in rules:
        if not isinstance(rule, Together):
            continue
        parts = tuple(n for n in table.names if n in rule.columns)
        class_of = class_sizes([table[n] for n in parts]).class_of.astype(np.int64)
        _, first, place = np.unique(class_of, return_index=True, return_inverse=True)
        name = " + ".join(parts)
        texts = pa.array([str(i) for i in range(len(first))], pa.string())
        one = Column.of(texts.take(pa.array(place.ravel())), "category")
        joins.append(Join(name, parts, Table({n: table[n].take(first) for n in parts})))
        columns = {name if n == parts[0] else n: one if n == parts[0] else c for n, c in table.columns.items()}
        table = Table({n: c for n, c in columns.items() if n not in parts[1:]}, table.roles, table.row_ids)
    return table, tuple(joins)


def part(table: Table, joins: Sequence[Join]) -> Table:
    """The table with joined columns taken apart again."""
    columns = dict(table.columns)
    for one in joins:
        column = columns.pop(one.name)
        at = np.array([int(v) for v in column.values.to_pylist()], np.int64)[column.codes]
        columns |= {n: c.take(at) for n, c in one.combinations.columns.items()}
    return Table(columns, table.roles, table.row_ids)
