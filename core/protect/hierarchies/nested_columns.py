"""A hierarchy read off the table itself: villages by district and state, where the file has these columns."""

from __future__ import annotations

from collections.abc import Sequence

from core.problem import Problem
from core.protect.hierarchies.hierarchy import FromRows, IndianState
from core.table import SUPPRESSED, Table


def from_columns(table: Table, names: Sequence[str]) -> FromRows:
    """The values of the first column with their groups in the others, the finest first: (village, district, state).

    Where the last column holds Indian states, their zones come on top. A Problem if a value stands in two groups (two
    districts of one name), counted, not named; a cell that is missing is the group “other”.
    """
    table.require(names)
    if len(names) < 2:
        raise Problem("A hierarchy from columns needs two of them at least.", "Choose the wider column as well.")
    rows = sorted({tuple(cell if cell is not None else "other" for cell in row)
                   for row in zip(*(table[n].texts() for n in names), strict=True)
                   if row[0] not in (None, SUPPRESSED)})
    for level in range(len(names) - 1):
        pairs = {(row[level], row[level + 1]) for row in rows}
        torn = len(pairs) - len({below for below, _ in pairs})
        if torn:
            raise Problem(
                "{count} values of “{column_name}” stand in more than one group of “{above}”.",
                "Correct them, or put both names together in one column first.",
                column=names[level], column_name=names[level], above=names[level + 1], count=torn,
            )
    if not rows:
        raise Problem("The column holds no values.", "Choose another column.", column=names[0])
    top = table[names[-1]]
    zones = dict(zip(top.values.to_pylist(), IndianState().paths(top), strict=True))
    known = all(zones.get(row[-1]) for row in rows)
    return FromRows(rows=tuple((*row, *(zones[row[-1]] or ()), SUPPRESSED) if known else (*row, SUPPRESSED)
                               for row in rows))
