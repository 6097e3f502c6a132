"""What every reader hands on: named columns of text, before any typing."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from core.table.column import Column
from core.table.findings import Found
from core.table.limits import Limits

Native = Literal["text", "number", "date", "boolean", "mixed"]
"""What the file's own format says of a column: formats with types know, text files do not."""

Progress = Callable[[float, str], None]

CATALOGUE = ".sas7bcat"
"""How a SAS file of value labels ends; it lies beside the unpacked table under the table's name and this ending."""


@dataclass
class Raw:
    """A table as read: cells are text exactly as the file holds them, blank ones missing.

    names         as the file has them; "" where there is none
    columns       one per name, kind "text", all of one length
    native        position -> what the format itself says
    labels        position -> {value: label}
    descriptions  position -> the column's long name
    user_missing  position -> values that the file itself declares as missing
    lines         the number of each row's line in the file or sheet, where the reader kept it
    """

    names: list[str]
    columns: list[Column]
    native: dict[int, Native] = field(default_factory=dict)
    labels: dict[int, dict[str, str]] = field(default_factory=dict)
    descriptions: dict[int, str] = field(default_factory=dict)
    user_missing: dict[int, tuple[str, ...]] = field(default_factory=dict)
    sheet: str | None = None
    delimiter: str = ""
    lines: array[int] = field(default_factory=lambda: array("q"))

    @property
    def rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0


@dataclass
class Job:
    """One reading: what was asked, what may be used, and what has been found so far."""

    path: str
    answers: Mapping[str, str]
    limits: Limits
    found: Found
    password: str | None = None
    used: dict[str, str] = field(default_factory=dict)
    progress: Progress = lambda _share, _doing: None

    def answer(self, key: str) -> str | None:
        """The person's answer to `key`, noted as used."""
        value = self.answers.get(key)
        if value is not None:
            self.used[key] = value
        return value


def column_of(cells: Iterable[str | None] | pa.Array | pa.ChunkedArray) -> Column:
    """A text column in which blank cells (nothing, or only white space) are missing."""
    column = Column.of(cells)
    blank = (
        [not v.strip(" \t\r\n\u00a0\ufeff\u200b") for v in column.values.to_pylist()] if _may_be_blank(column) else []
    )
    if not any(blank):
        return column
    new = pa.array([None if b else v for v, b in zip(column.values.to_pylist(), blank, strict=True)], pa.string())
    return column.recode_to(new)


def _may_be_blank(column: Column) -> bool:
    import pyarrow.compute as pc

    if not len(column.values):
        return False
    return bool(pc.any(pc.match_substring_regex(column.values, r"^[\s\x{00a0}\x{feff}\x{200b}]*$")).as_py())
