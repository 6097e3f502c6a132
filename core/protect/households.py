"""The household moves as one: what is the same for all its members before a step is the same after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.declare import param
from core.problem import Problem
from core.table import Table

Ints = npt.NDArray[np.int64]

WHOLE_HOUSEHOLDS = "Do members of a household change together?"


def whole_households(why: str) -> Any:
    """The setting that methods with household-level columns have in common."""
    return param(WHOLE_HOUSEHOLDS, default=False, advanced=True, why=why)


def first_and_member(table: Table) -> tuple[Ints, Ints]:
    """The first row of each household (households,), and the household of each row (rows,).

    By the column with the role household; a row without a household stands alone, and so does every row where no
    column has that role.
    """
    name = table.one("household")
    rows = np.arange(table.rows)
    if name is None:
        return rows, rows
    column = table[name]
    alone = column.missing | column.suppressed
    own = np.where(alone, len(column.values) + rows, column.codes.astype(np.int64))
    _, first, member = np.unique(own, return_index=True, return_inverse=True)
    # Households in the order of their first rows, so that random draws follow the file.
    place = np.argsort(np.argsort(first))
    return np.sort(first).astype(np.int64), place[member.reshape(-1)].astype(np.int64)


def check_households(table: Table, names: Sequence[str]) -> None:
    """A Problem if there is no household column, or one of the columns differs within a household."""
    if table.one("household") is None:
        raise Problem("No column has the role household.", "Give a column that role, or treat every row on its own.")
    for name in names:
        if not is_common(table, name):
            raise Problem(
                "“{column_name}” differs within some households, so members cannot change together in it.",
                "Leave it out of this step and treat it in a step of its own.", column=name, column_name=name,
            )


def is_common(table: Table, name: str) -> bool:
    """Whether all members of each household have the same cell."""
    first, member = first_and_member(table)
    codes = table[name].codes
    return bool((codes == codes[first][member]).all())


def by_household(table: Table, names: Sequence[str], change: Callable[[Table], Table]) -> Table:
    """The table with `names` as `change` makes them of a table of one row per household, given to all members.

    `change` must keep the rows, in their order.
    """
    first, member = first_and_member(table)
    changed = change(table.take(first))
    return table.with_columns({n: changed[n].take(member) for n in names})


def households_in(table: Table) -> int:
    """How many households there are."""
    return len(first_and_member(table)[0])
