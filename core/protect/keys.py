"""Which columns a step works on: those it names, or all with a role."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

from core.declare import ColumnPick
from core.problem import Problem
from core.table import Role, Table

NumberColumns = Annotated[tuple[str, ...], ColumnPick(("number",))]
"""Names of columns of numbers."""

KeyColumns = Annotated[tuple[str, ...], ColumnPick((), ("quasi_identifier",))]
"""Names of columns that together could single a person out."""


def own_settings(given: Mapping[str, float], columns: tuple[str, ...], above: float, most: float = math.inf) -> None:
    """A Problem if a setting of a single column is out of bounds, or for a column that the step does not name."""
    for name, value in given.items():
        if name not in columns:
            raise Problem("“{column_name}” has a setting of its own but is not among the columns.",
                          "Name it there too, or leave the setting out.", column=name, column_name=name)
        if not above < value <= most:
            raise Problem("The setting of “{column_name}” is out of bounds.",
                          "It must be more than {low:g} and at most {high:g}.",
                          column=name, column_name=name, low=above, high=most)


def chosen(table: Table, columns: tuple[str, ...], role: Role = "quasi_identifier") -> tuple[str, ...]:
    """The columns a step names, or, where it names none, those with this role; a Problem if there are none."""
    table.require(columns)
    found = tuple(dict.fromkeys(columns)) or table.having(role)
    if not found:
        raise Problem(
            "No columns are chosen, and no column has the role “{role}”.",
            "Name the columns, or give them the role.", role=role.replace("_", " "),
        )
    return found


def numeric(table: Table, columns: tuple[str, ...], role: Role = "sensitive") -> tuple[str, ...]:
    """As `chosen`; a Problem if one of them holds no numbers. Named columns only, or number columns with the role."""
    found = columns or tuple(n for n in table.having(role) if table[n].kind == "number")
    found = chosen(table, found, role)
    for name in found:
        if table[name].kind != "number":
            raise Problem(
                "“{column_name}” is no column of numbers.", "Choose number columns, or set its kind to number.",
                column=name, column_name=name,
            )
    return found
