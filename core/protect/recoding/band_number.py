"""Put numbers into bands."""

from __future__ import annotations

import itertools
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import field_validator

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.hierarchies.bands import cut_bands, width_edges
from core.protect.keys import NumberColumns, numeric, own_settings
from core.protect.method import Group, Method, Run
from core.table import SUPPRESSED, Column, Table


class BandNumber(Method):
    """Replace each number by the band it falls in.

    At a glance: with a width of 10, 37 becomes 30-39; with the cuts 18 and 60 it becomes 18-59. The exact number is
    gone; counts by band stay right, sums and means are lost. A band holds its lower limit and ends just below the
    next one. Missing and suppressed cells stay as they are.

    In: number columns. Out: the same rows; the columns are categories. Refuses text among the numbers.

    Source: global recoding of a continuous variable; Hundepool et al. (2012), section 3.4.1,
    doi:10.1002/9781118348239.
    """

    method: Literal["band_number"] = "band_number"
    title: ClassVar[str] = "Put numbers into bands"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param(
        "Which columns?", why="A band hides the exact number, which may be known to others.", min_length=1,
    )
    width: float = param("How wide is a band?", why="Wider hides more.", default=10, gt=0, search=(5, 50))
    start: float = param("Where does the first band start?", why="Bands are counted from here.", default=0,
                         advanced=True)
    cuts: tuple[float, ...] = param(
        "Or at which numbers does a new band begin?", default=(), advanced=True,
        why="For limits that mean something, such as 18 and 60. Then the width does not count.",
    )

    widths: Annotated[dict[str, float], ColumnPick(("number",))] = param(
        "Which columns get another width?", default={}, advanced=True,
        why="Each column may have a width of its own, more than 0; it counts before the cuts.",
    )

    @field_validator("cuts")
    @classmethod
    def _rising(cls, cuts: tuple[float, ...]) -> tuple[float, ...]:
        if any(not np.isfinite(c) for c in cuts) or any(b <= a for a, b in itertools.pairwise(cuts)):
            raise ValueError("The cuts rise from each to the next.")
        return cuts

    def check(self, table: Table) -> None:
        for name in numeric(table, self.columns):
            no_other_text(table[name], name)
        own_settings(self.widths, self.columns, 0)

    def foresee(self, table: Table) -> Table:
        return table.with_columns({n: table[n].with_kind("category") for n in self.columns})

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        return table.with_columns({name: self._banded(table[name], self.widths.get(name)) for name in self.columns})

    def _banded(self, column: Column, own: float | None) -> Column:
        numbers = column.value_numbers
        chosen = bool(self.cuts) and own is None
        edges = np.array(self.cuts, float) if chosen else width_edges(numbers, own or self.width, self.start)
        bands = cut_bands(numbers, edges)
        texts = [b if np.isfinite(n) else v
                 for b, n, v in zip(bands, numbers, column.values.to_pylist(), strict=True)]
        return column.recode_to(pa.array(texts, pa.string()), "category")

    def in_words(self) -> str:
        how = f"{len(self.cuts)} chosen cuts" if self.cuts else f"{self.width:g} wide"
        return f"Put into bands ({how}): {', '.join(self.columns)}"


def no_other_text(column: Column, name: str) -> None:
    """A Problem if cells of a number column hold text that is no number, apart from suppressed ones."""
    other = sum(not np.isfinite(n) and v != SUPPRESSED
                for n, v in zip(column.value_numbers, column.values.to_pylist(), strict=True))
    if other:
        raise Problem(
            "“{column_name}” holds {count} different texts that are no numbers.",
            "Mark them as missing when the file is read, or give the column another kind.",
            column=name, column_name=name, count=other,
        )
