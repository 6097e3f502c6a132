"""Row order and record numbers: both can tell more than they should."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import field_validator

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.method import Claim, Group, Method, Run
from core.table import Column, Table


class ShuffleRows(Method):
    """Put the rows in random order; members of a household stay together, in random order as well.

    At a glance: the order of a file can tell the village, the day of the interview, or the alphabet of the names that
    were removed.

    The household is the column with the role household, if there is one; rows without a household stand alone.
    Preserved: every row, and who lives together. Lost: the order, and with it any order within the household
    (the head is no longer first).

    - {method: shuffle_rows}

    Source: Hundepool et al., Statistical Disclosure Control (2012), 3.6, doi:10.1002/9781118348239.
    """

    method: Literal["shuffle_rows"] = "shuffle_rows"
    title: ClassVar[str] = "Random row order"
    group: ClassVar[Group] = "rows"
    households: Literal["together", "apart"] = param(
        "Do members of a household stay together?",
        default="together",
        why="Together is easier to read. Apart hides who lives together, if the household column goes as well.",
        labels={"together": "yes", "apart": "no, every row on its own"},
    )

    def apply(self, table: Table, run: Run) -> Table:
        order = run.rng().permutation(table.rows)
        household = table.one("household")
        if household is not None and self.households == "together":
            order = order[self._by_household(table[household], order, run)]
        return table.take(order)

    def _by_household(self, column: Column, order: npt.NDArray[np.int64], run: Run) -> npt.NDArray[np.int64]:
        """The shuffled rows gathered by household; households are in the order of a second draw."""
        rng = run.rng()
        rng.permutation(len(order))  # past the numbers that ordered the rows
        codes = column.codes.astype(np.int64)
        alone = column.missing | column.suppressed
        codes[alone] = len(column.values) + np.arange(int(alone.sum()))
        places = rng.permutation(int(codes.max(initial=0)) + 1)
        return np.argsort(places[codes[order]], kind="stable")


class RecordIds(Method):
    """Give the rows new record numbers, 1, 2, 3, ... in the order of the release.

    At a glance: put it after "Random row order", or the numbers tell the old order. Old numbers point back into the
    source system.

    Preserved: rows can be referred to. Lost: the columns of old numbers named.

    - {method: record_ids, name: record, replace: [serial_no]}

    Source: ICO, Anonymisation code of practice (2012), annex 2; Hundepool et al. 2012, 3.6.
    """

    method: Literal["record_ids"] = "record_ids"
    title: ClassVar[str] = "New record numbers"
    group: ClassVar[Group] = "rows"
    name: str = param(
        "What is the new column called?",
        why="It comes first in the file.",
        default="record_id",
        min_length=1,
        max_length=60,
    )
    replace: columns_of() = param(  # type: ignore[valid-type]
        "Which columns of old numbers go?", why="Old numbers lead back to the person.", default=()
    )

    @field_validator("name")
    @classmethod
    def _a_name(cls, name: str) -> str:
        if not name.strip() or any(ord(c) < 32 for c in name):
            raise ValueError("Choose a name that can be read.")
        return name

    def check(self, table: Table) -> None:
        if self.name in table.columns and self.name not in self.replace:
            raise Problem(
                "There is a column “{column_name}” already.",
                "Choose another name, or replace that column.",
                column=self.name,
                column_name=self.name,
            )

    def foresee(self, table: Table) -> Table:
        numbers = Column.of([str(n) for n in range(1, table.rows + 1)], "code")
        rest = table.without(self.replace)
        return Table({self.name: numbers, **rest.columns}, {self.name: "keep", **rest.roles}, rest.row_ids)

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        return self.foresee(table)

    def claims(self, table: Table) -> tuple[Claim, ...]:  # noqa: ARG002
        name = self.name
        return (
            Claim(
                f"No two rows have the same number in {name}.",
                lambda released: (
                    name not in released.columns or len(set(released.columns[name].texts())) == released.rows
                ),
            ),
        )
