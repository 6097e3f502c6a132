"""The household moves as one: what is the same for all its members before a step is the same after it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.declare import param
from core.problem import Problem
from core.protect.method import Claim
from core.table import SUPPRESSED, Table

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


def none_torn(table: Table) -> Claim:
    """That each household of this table is in the release as a whole or not at all; counted by plain dictionaries."""
    home = _home_of(table)
    members = Counter(home.values())

    def holds(released: Table) -> bool:
        if released.row_ids is None:
            return False
        left = Counter(home[row] for row in released.row_ids.tolist() if row in home)
        return all(members[h] == many for h, many in left.items())

    return Claim("each household is there as a whole or not at all", holds)


def stay_common(table: Table, names: Sequence[str]) -> Claim:
    """That what all members of each household shared in these columns they share in the release."""
    home = _home_of(table)
    shared = [n for n in names if is_common(table, n)]

    def holds(released: Table) -> bool:
        if released.row_ids is None:
            return False
        ids = released.row_ids.tolist()
        for name in (n for n in shared if n in released.columns):
            seen: dict[str, set[str | None]] = defaultdict(set)
            for row, cell in zip(ids, released[name].texts(), strict=True):
                if row in home:
                    seen[home[row]].add(cell)
            if any(len(cells) > 1 for cells in seen.values()):
                return False
        return True

    return Claim(f"members of a household share what they shared before in {', '.join(shared)}", holds)


def _home_of(table: Table) -> dict[int, str]:
    """Number of the row -> its household; rows without one are not there."""
    homes = table[table.one("household") or ""].texts()
    ids = range(table.rows) if table.row_ids is None else table.row_ids.tolist()
    return {row: home for row, home in zip(ids, homes, strict=True) if home is not None and home != SUPPRESSED}
