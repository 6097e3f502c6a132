"""What the way a file is stored did to its cells: errors, NULs, numbers kept as text, digits cut off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from core.table.column import Column
from core.table.findings import Found, rows_in_words
from core.table.proposals import Proposal
from core.table.raw import Native
from core.table.table import Table
from core.table.vocabulary import ERRORS


def matching(values: pa.Array, pattern: str) -> np.ndarray:
    """(values,) where a pattern is found."""
    return pl.Series("v", values, dtype=pl.String).str.contains(pattern).fill_null(False).to_numpy()


def rows_with(column: Column, hit: np.ndarray) -> list[int]:
    """Numbers (from 1) of the rows whose value is hit."""
    return (np.flatnonzero(np.append(hit, False)[column.codes]) + 1).tolist()


def errors_to_missing(table: Table, found: Found) -> Table:
    """Spreadsheet errors hold no value: they become missing, and are named."""
    new = {}
    for name, column in table.columns.items():
        values = column.values
        hits = pc.is_in(values, pa.array(sorted(ERRORS)))
        if not len(values) or not pc.any(hits).as_py():
            continue
        hit = np.append(hits.to_numpy(zero_copy_only=False), False)
        rows = (np.flatnonzero(hit[column.codes]) + 1).tolist()
        found.add(
            "ERROR_CELLS",
            "{count} cells of “{column}” hold a spreadsheet error: rows {rows}. They count as missing.",
            {"column": name, "row": rows[0]},
            count=len(rows),
            column=name,
            rows=rows_in_words(rows),
        )
        new[name] = column.recode_to(pc.if_else(hits, pa.scalar(None, pa.string()), values))
    return table.with_columns(new) if new else table


def without_nul(table: Table, found: Found) -> Table:
    """NUL characters out of the cells: no text has them, and no text format can hold them."""
    new = {}
    for name, column in table.columns.items():
        hit = matching(column.values, r"\x00")
        if hit.any():
            rows = rows_with(column, hit)
            found.add(
                "NUL_BYTES",
                "{count} cells of “{column}” held NUL characters: rows {rows}. They were removed.",
                {"column": name, "row": rows[0]},
                count=len(rows),
                column=name,
                rows=rows_in_words(rows),
            )
            new[name] = column.recode(lambda v: v.replace("\0", "") or None)
    return table.with_columns(new) if new else table


def mixed_storage(proposals: dict[str, Proposal], native: Mapping[str, Native], found: Found) -> None:
    """Numbers or dates that a workbook holds partly as text: what converted some of them may have changed others."""
    for name, kind in native.items():
        if kind == "mixed" and proposals[name].kind in ("number", "date") and not proposals[name].exceptions:
            text = "“{column}” holds numbers or dates partly as such and partly as text. They are read alike."
            found.add("MIXED_TYPES", text, {"column": name}, column=name)


def rounded_numbers(table: Table, numeric: Iterable[str], found: Found) -> None:
    """Whole numbers of 16 and more digits that a workbook holds as numbers: it keeps 15 digits, the rest are zeros."""
    for name in numeric:
        column = table[name]
        hit = matching(column.values, r"^-?[1-9][0-9]{15,}$")
        if hit.any():
            rows = rows_with(column, hit)
            found.add(
                "NUMBER_FORMAT",
                "{count} numbers of “{column}” have 16 digits or more (rows {rows}), and the workbook kept only the "
                "first 15: the last ones are lost. Bring the column as text.",
                {"column": name, "row": rows[0]},
                count=len(rows),
                column=name,
                rows=rows_in_words(rows),
            )
