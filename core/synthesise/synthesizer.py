"""Synthesizer: a step whose rows are new people who never existed; rows no longer correspond to the original."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal

import numpy as np

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.method import Group, Method
from core.table import Column, Table
from core.table.column import Mask

FEWEST = 20
"""Below so many rows there are no patterns to learn, only people to remember."""

FEWEST_DIFFERENT = 20
SHARE_DIFFERENT = 0.2
"""Texts of which so many differ are names or notes: drawing them anew would only copy them."""


class Synthesizer(Method):
    """The base of all synthesizers. Columns with the role direct identifier or drop are not synthesised: they leave.

    Types come back: whole numbers whole, dates as dates, categories from those that occur, missing cells in about the
    same share. "No identical rows" is no proof of privacy; only the synthesizers with an epsilon promise something.
    """

    group: ClassVar[Group] = "synthetic"
    private: ClassVar[bool] = False
    """Whether it promises (epsilon, delta)-differential privacy."""
    slow: ClassVar[bool] = False
    """Whether training takes minutes rather than seconds."""

    rows: int | None = param(
        "How many rows? Empty: as many as there are", default=None, ge=0, le=20_000_000,
        why="More rows than the original has tell nobody more than the original knew.",
    )
    leave_out: columns_of() = param(  # type: ignore[valid-type]
        "Which columns are left out?", default=(), why="Direct identifiers are always left out.",
    )
    weights: Literal["sample", "population"] = param(
        "If there are sample weights: new rows for the sample, or for the population?", default="sample",
        why="For the sample, weights are synthesised like any number. For the population, rows count by their weight "
        "while learning, and no weight is needed afterwards.",
        labels={"sample": "For the sample, with weights", "population": "For the population, without weights"},
    )
    control: float = param(
        "Which share of the rows is held back as a control group?", default=0.2, ge=0, le=0.5, advanced=True,
        why="People never shown to the synthesizer: only by comparing with them can one tell what it learned from what "
        "it remembered. 0: no control group, and no such comparison.",
    )

    def learned(self, table: Table) -> tuple[str, ...]:
        """The columns that are synthesised, in file order; a household's number only where households are made."""
        gone = {*table.having("direct_identifier", "drop", "household"), *self.leave_out}
        if self.weights == "population":
            gone |= set(table.having("weight"))
        return tuple(n for n in table.names if n not in gone)

    def check(self, table: Table) -> None:
        table.require(self.leave_out)
        names = self.learned(table)
        if not names:
            raise Problem("No column is left to synthesise.", "Leave fewer columns out.")
        if table.rows < FEWEST:
            raise Problem(
                "The table has {count} rows; a synthesizer needs at least {fewest}.",
                "Protect the rows instead: from so few, new ones would be copies.", count=table.rows, fewest=FEWEST,
            )
        for name in names:
            column = table[name]
            if table.role(name) == "household":
                continue  # numbered anew
            if not len(column.values):
                raise Problem(
                    "“{column_name}” has no value at all.", "Leave the column out.", column=name, column_name=name,
                )
            different = max(FEWEST_DIFFERENT, SHARE_DIFFERENT * table.rows)
            if column.kind in ("text", "code", "category") and len(column.values) > different:
                raise Problem(
                    "“{column_name}” has {count} different texts: they would be copied from real people.",
                    "Leave the column out, or set its role to direct identifier.",
                    column=name, column_name=name, count=len(column.values),
                )

    def foresee(self, table: Table) -> Table:
        return table.without(set(table.names) - set(self.learned(table)))

    def held_back(self, table: Table, rng: np.random.Generator) -> Mask:
        """(rows,) True for the control group: a coin for each row, or household, whatever stands in it.

        A coin for each, rather than a fixed number drawn: then leaving one person out of the table changes nothing
        for the others, as proofs of differential privacy need.
        """
        household = table.one("household")
        if household is None:
            return np.asarray(rng.random(table.rows) < self.control)
        codes = table[household].codes
        own = rng.random(table.rows) < self.control  # a row without a household number is alone
        whole = rng.random(len(table[household].values) + 1) < self.control
        return np.asarray(np.where(codes < 0, own, whole[codes]))

    def training_rows(self, table: Table, rng: np.random.Generator) -> Table:
        """The table to learn from: for the population, rows drawn anew with chances in proportion to their weights."""
        name = table.one("weight")
        if self.weights == "sample" or name is None:
            return table
        weights = np.maximum(np.nan_to_num(table[name].numbers), 0)
        if weights.sum() <= 0:
            raise Problem(
                "No row has a positive sample weight.", "Synthesise for the sample, or correct the weights.",
                column=name,
            )
        return table.take(rng.choice(table.rows, table.rows, p=weights / weights.sum()))


def new_table(table: Table, columns: dict[str, Column]) -> Table:
    """Synthetic columns, in the original's order, with its roles and descriptions; their rows are nobody's."""
    names = [n for n in table.names if n in columns]
    columns = {n: replace(columns[n], description=table[n].description) for n in names}
    roles: dict[str, Any] = {n: r for n, r in table.roles.items() if n in columns}
    return Table(columns, roles, None)
