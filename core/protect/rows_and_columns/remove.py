"""Remove columns, or keep only the ones that are needed."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.declare import columns_of, param
from core.protect.method import Claim, Group, Method, Run
from core.table import Table


class Remove(Method):
    """Leave whole columns out of the release.

    At a glance: the strongest protection for a direct identifier, and the right one unless somebody must be able to
    tell that two rows are the same person.

    Preserved: all other columns. Lost: the columns named.

    - {method: remove, columns: [name, phone]}

    Source: GDPR Article 5(1)(c), data minimisation; NIST SP 800-188, 4.3.1.
    """

    method: Literal["remove"] = "remove"
    title: ClassVar[str] = "Remove columns"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns are left out?", why="What is not in the file cannot give anybody away.", min_length=1
    )

    def foresee(self, table: Table) -> Table:
        return table.without(self.columns)

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        return table.without(self.columns)

    def claims(self, table: Table) -> tuple[Claim, ...]:  # noqa: ARG002
        return (_gone(self.columns),)


class SelectColumns(Method):
    """Keep only the columns named; all others are left out of the release.

    At a glance: what the recipient does not need cannot harm anybody.

    Preserved: the columns named, in the order they have in the file. Lost: every other column.

    - {method: select_columns, columns: [age, district, income]}

    Source: GDPR Article 5(1)(c), data minimisation.
    """

    method: Literal["select_columns"] = "select_columns"
    title: ClassVar[str] = "Keep only some columns"
    group: ClassVar[Group] = "select"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns does the recipient need?", why="Share only what the purpose needs.", min_length=1
    )

    def foresee(self, table: Table) -> Table:
        return table.without([n for n in table.names if n not in self.columns])

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        return self.foresee(table)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        rest = tuple(n for n in table.names if n not in self.columns)
        return (_gone(rest),) if rest else ()


def _gone(columns: tuple[str, ...]) -> Claim:
    return Claim(
        f"The column {columns[0]} is not in the release."
        if len(columns) == 1
        else f"The columns {', '.join(columns)} are not in the release.",
        lambda released: not set(columns) & set(released.names),
    )
