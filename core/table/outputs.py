"""Files for other programs: Parquet, SPSS, Stata. The same cells come back, or a Problem names the column."""

# ruff: noqa: SIM905 - words read better as words than as a list of strings

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Mapping
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
from core.table.writing import opened

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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


def write_spss(table: Table, target: Path | str | IO[bytes]) -> tuple[str, ...]:
    """The table as SPSS .sav: whole columns of numbers as numbers, days as dates, value labels and long names kept.

    Beside a column's name stands what it is about, and its whole name where that was too long.

    Returns the columns whose labels could not go along: texts of over 8 bytes have none in SPSS.
    """
    import pyreadstat

    names = _short_names(table.names, 64)
    frame, labels = _frame(table, names)
    kept = {n: k for n, k in labels.items() if all(isinstance(v, float) or len(v.encode()) <= 8 for v in k)}

    long = _long_names(table, names, 256, 256)

    def write(path: str) -> None:
        pyreadstat.write_sav(frame, path, column_labels=list(long.values()), variable_value_labels=kept)

    _verified(table, target, write, "sav", long, kept)
    return _unlabelled(table, names, kept)


def write_stata(table: Table, target: Path | str | IO[bytes]) -> tuple[str, ...]:
    """The table as Stata .dta (version 15, Unicode): columns of numbers as numbers, days as dates, long names kept.

    Returns the columns whose labels could not go along: Stata labels whole numbers only.
    """
    import pyreadstat

    names = _short_names(table.names, 32)
    frame, labels = _frame(table, names)
    whole: dict[str, dict[int | float, str]] = {
        n: {int(k): v for k, v in known.items()}
        for n, known in labels.items()
        if all(isinstance(k, float) and k.is_integer() for k in known)
    }

    long = _long_names(table, names, 80, 320)

    def write(path: str) -> None:
        pyreadstat.write_dta(
            frame, path, column_labels=list(long.values()), variable_value_labels=whole, version=15
        )

    _verified(table, target, write, "dta", long, whole)
    return _unlabelled(table, names, whole)


def _unlabelled(table: Table, names: list[str], kept: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(n for short, n in zip(names, table.names, strict=True) if table[n].labels and short not in kept)


def _frame(table: Table, names: list[str]) -> tuple[Any, dict[str, dict[Any, str]]]:
    """A pandas frame, and value labels with keys of the column's own type."""
    import pandas as pd

    columns: dict[str, Any] = {}
    labels: dict[str, dict[Any, str]] = {}
    for short, (_name, column) in zip(names, table.columns.items(), strict=True):
        numeric = column.kind in ("number", "category") and len(column.values) > 0 and bool(_exact(column).all())
        days = column.kind == "date" and _all_days(column)
        columns[short] = (
            column.numbers if numeric else _days(column) if days else pd.array(column.texts(), dtype=object)
        )
        if column.labels and not days:
            occurring = set(column.values.to_pylist())  # what was removed lingers in no label
            known = {k: v for k, v in column.labels.items() if k in occurring}
            labels[short] = {float(k) if numeric else k: v for k, v in known.items() if not numeric or _is_exact(k)}
    return pd.DataFrame(columns), labels


def _all_days(column: Column) -> bool:
    """Whether every date is a whole day that these programs can count (from the Gregorian calendar's start on)."""
    values = column.values.to_pylist()
    return bool(values) and all(ISO_DAY.fullmatch(v) and v >= "1582-10-15" for v in values)


def _days(column: Column) -> Any:
    import pandas as pd

    known = [dt.date.fromisoformat(v) for v in column.values.to_pylist()]
    return pd.Series([known[c] if c >= 0 else None for c in column.codes.tolist()], dtype=object)


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


def _long_names(table: Table, short: list[str], letters: int, size: int) -> dict[str, str]:
    """Short name -> what stands beside it in the file: the whole name where it was changed, and the description.

    letters, size    room for so many characters and so many bytes
    """
    found = {}
    for new, (name, column) in zip(short, table.columns.items(), strict=True):
        parts = [name] * (new != name or not column.description) + [column.description] * bool(column.description)
        found[new] = ": ".join(parts)[:letters].encode()[:size].decode(errors="ignore").rstrip()
    return found


RESERVED = frozenset(
    """
    ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH BYTE INT LONG FLOAT DOUBLE IF IN STRL USING _N _PI _RC _SKIP
    """.split()
)


def _verified(
    table: Table, target: Path | str | IO[bytes], write: Callable[[str], Any], kind: str,
    names: Mapping[str, str] | None = None, labels: Mapping[str, Mapping[Any, str]] | None = None,
) -> None:  # fmt: skip
    """Write to a private folder, read back, compare every cell and label, and only then hand over.

    names   short name -> what stands beside it; labels: short name -> {value: label}, as written
    """
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
        for place, (short, long) in enumerate((names or {}).items()):
            wanted = {_value(v): label for v, label in (labels or {}).get(short, {}).items()}
            if raw.labels.get(place, {}) != wanted or raw.descriptions.get(place, "") != long:
                raise Problem(
                    "The labels of “{column_name}” would not come back from this format as they are.",
                    "Choose CSV: labels stand in the codebook.",
                    column=table.names[place],
                    column_name=table.names[place],
                )
        with opened(target) as file:
            file.write(Path(path).read_bytes())


def _value(value: Any) -> str:
    return number_text(float(value)) if isinstance(value, (int, float)) else str(value)


def _read_back(path: str, kind: str) -> Raw:
    job = Job(path, {}, Limits(), Found())
    if kind == "parquet":
        from core.table.columnar import read_columnar

        return read_columnar("parquet", job)
    from core.table.statistical import read_statistical

    return read_statistical(kind, job)
