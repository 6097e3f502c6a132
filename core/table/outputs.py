"""Files for other programs: Excel, Parquet, SPSS, Stata. The same cells come back, or a Problem names the column."""

# ruff: noqa: SIM905 - words read better as words than as a list of strings

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.problem import Problem
from core.table.column import Column
from core.table.findings import Found
from core.table.grid import number_text
from core.table.limits import Limits
from core.table.raw import Job, Raw
from core.table.table import Table
from core.table.writing import opened, rows_of

SHEET_ROWS, SHEET_COLUMNS, CELL = 1_048_576, 16_384, 32_767
NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def write_excel(table: Table, target: Path | str | IO[bytes], *, sheet_rows: int = SHEET_ROWS) -> None:
    """The table as .xlsx without a password: text stays text, never a formula or a link; numbers where nothing is lost.

    Rows beyond a worksheet's limit go on in further sheets, each with the line of names. Stops before anything is
    written if a cell is too long for a worksheet, or if there are too many columns.
    """
    import xlsxwriter

    _check_excel(table)
    with opened(target) as file:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(file, options)
        as_number = [c.kind == "number" and bool(_exact(c).all()) for c in table.columns.values()]
        sheet: Any = None
        line = sheet_rows
        for block in rows_of(table):
            for cells in block:
                if line >= sheet_rows:
                    sheet, line = book.add_worksheet(), 1
                    for place, name in enumerate(table.names):
                        sheet.write_string(0, place, name)
                for place, text in enumerate(cells):
                    if text is not None:
                        if as_number[place]:
                            sheet.write_number(line, place, float(text))
                        else:
                            sheet.write_string(line, place, text)
                line += 1
        if sheet is None:
            raise Problem("The table has no rows.", "Keep at least one row.")
        book.close()


def _check_excel(table: Table) -> None:
    if len(table.columns) > SHEET_COLUMNS:
        raise Problem(
            "The table has {count} columns; a worksheet holds {limit}.",
            "Choose CSV, or leave columns out.",
            count=len(table.columns),
            limit=SHEET_COLUMNS,
        )
    for name, column in table.columns.items():
        for value in (name, *column.values.to_pylist()):
            if len(value) > CELL // 2 and len(value.encode("utf-16-le")) // 2 > CELL:
                raise Problem(
                    "The column “{column_name}” has a cell of over {limit} characters, which a worksheet cannot hold.",
                    "Choose CSV, or shorten the column.",
                    column=name,
                    column_name=name,
                    limit=CELL,
                )
            if NO_XML.search(value):
                raise Problem(
                    "The column “{column_name}” has characters that a worksheet cannot hold.",
                    "Choose CSV.",
                    column=name,
                    column_name=name,
                )


def _exact(column: Column) -> np.ndarray:
    """(values,) whether the text is what the number would read back as."""
    return np.array([_is_exact(v) for v in column.values.to_pylist()], bool)


def _is_exact(text: str) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return np.isfinite(number) and len(re.sub(r"\D", "", text).strip("0")) <= 15 and number_text(number) == text


def write_parquet(table: Table, target: Path | str | IO[bytes]) -> None:
    """The table as Parquet for other programs: numbers and dates typed where nothing is lost by it, all else text."""
    arrays = {n: _typed(c) for n, c in table.columns.items()}
    _verified(table, target, lambda path: pq.write_table(pa.table(arrays), path, compression="zstd"), "parquet")


def _typed(column: Column) -> pa.Array:
    texts = column.to_arrow()
    for kind, fits in (("number", pa.int64()), ("number", pa.float64()), ("date", pa.date32())):
        if column.kind == kind:
            try:
                typed = texts.cast(fits)
            except pa.ArrowInvalid:
                continue
            from core.table.columnar import text_array

            back = text_array(pa.chunked_array([typed]))[0]
            if Column.of(back).same_cells(column).all():
                return typed
    return texts


def write_spss(table: Table, target: Path | str | IO[bytes]) -> None:
    """The table as SPSS .sav: whole columns of numbers as numbers, value labels and long names kept."""
    import pyreadstat

    names = _short_names(table.names, 64)
    frame, labels = _frame(table, names)

    def write(path: str) -> None:
        pyreadstat.write_sav(frame, path, column_labels=list(table.names), variable_value_labels=labels)

    _verified(table, target, write, "sav")


def write_stata(table: Table, target: Path | str | IO[bytes]) -> None:
    """The table as Stata .dta (version 15, Unicode): columns of numbers as numbers, labels of whole numbers kept."""
    import pyreadstat

    names = _short_names(table.names, 32)
    frame, labels = _frame(table, names)
    whole: dict[str, dict[int | float, str]] = {
        n: {int(k): v for k, v in known.items()}
        for n, known in labels.items()
        if all(isinstance(k, float) and k.is_integer() for k in known)
    }

    def write(path: str) -> None:
        pyreadstat.write_dta(
            frame, path, column_labels=[n[:80] for n in table.names], variable_value_labels=whole, version=15
        )

    _verified(table, target, write, "dta")


def _frame(table: Table, names: list[str]) -> tuple[Any, dict[str, dict[Any, str]]]:
    """A pandas frame, and value labels with keys of the column's own type."""
    import pandas as pd

    columns: dict[str, Any] = {}
    labels: dict[str, dict[Any, str]] = {}
    for short, (_name, column) in zip(names, table.columns.items(), strict=True):
        numeric = column.kind in ("number", "category") and len(column.values) > 0 and bool(_exact(column).all())
        columns[short] = column.numbers if numeric else pd.array(column.texts(), dtype=object)
        if column.labels:
            labels[short] = {
                float(k) if numeric else k: v for k, v in column.labels.items() if not numeric or _is_exact(k)
            }
    return pd.DataFrame(columns), labels


def _short_names(names: tuple[str, ...], most: int) -> list[str]:
    """Names that the statistics packages allow, distinct whatever their capitals; the whole name becomes the label."""
    short: list[str] = []
    taken: set[str] = set()
    for place, name in enumerate(names, 1):
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name).strip("_")[: most - 5] or f"v{place}"
        plain = plain if plain[0].isalpha() else f"v{plain}"
        new, number = plain, 2
        while new.lower() in taken or new.upper() in RESERVED:
            new, number = f"{plain}_{number}", number + 1
        taken.add(new.lower())
        short.append(new)
    return short


RESERVED = frozenset(
    """
    ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH BYTE INT LONG FLOAT DOUBLE IF IN STRL USING _N _PI _RC _SKIP
    """.split()
)


def _verified(table: Table, target: Path | str | IO[bytes], write: Callable[[str], Any], kind: str) -> None:
    """Write to a private folder, read back, compare every cell, and only then hand over."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "out")
        try:
            write(path)
            raw = _read_back(path, kind)
        except Exception:  # noqa: BLE001 - whatever a writer says may quote a cell
            raise Problem("The table does not fit into this format.", "Choose CSV.") from None
        for (name, column), back in zip(table.columns.items(), raw.columns, strict=True):
            if len(back) != len(column) or not back.same_cells(column).all():
                raise Problem(
                    "The column “{column_name}” would not come back from this format as it is.",
                    "Choose CSV or Parquet.",
                    column=name,
                    column_name=name,
                )
        with opened(target) as file:
            file.write(Path(path).read_bytes())


def _read_back(path: str, kind: str) -> Raw:
    job = Job(path, {}, Limits(), Found())
    if kind == "parquet":
        from core.table.columnar import read_columnar

        return read_columnar("parquet", job)
    from core.table.statistical import read_statistical

    return read_statistical(kind, job)
