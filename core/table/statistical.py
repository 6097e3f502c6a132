"""SPSS, Stata and SAS files: values as text, labels as a codebook, user-missing apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from core.table.findings import refuse
from core.table.grid import number_text
from core.table.raw import CATALOGUE, Job, Native, Raw, column_of

ROWS_AT_A_TIME = 50_000


def read_statistical(kind: str, job: Job) -> Raw:
    """The table in a statistics package's file; the first block shows the size before the rest is read."""
    import pyreadstat

    readers: dict[str, Any] = {
        "sav": pyreadstat.read_sav,
        "por": pyreadstat.read_por,
        "dta": pyreadstat.read_dta,
        "sas": pyreadstat.read_sas7bdat,
        "xpt": pyreadstat.read_xport,
    }
    reader = readers[kind]
    options: dict[str, Any] = {"output_format": "dict"}
    if kind in ("sav", "dta", "sas"):
        options["user_missing"] = True
    try:
        _, meta = reader(job.path, metadataonly=True)
        _check(meta, job)
        cells, meta = reader(job.path, **options)
        if kind == "sas":
            meta.variable_value_labels = _catalogue(job.path, meta)
    except (
        pyreadstat._readstat_parser.ReadstatError,
        pyreadstat._readstat_parser.PyreadstatError,
        OSError,
        ValueError,
        KeyError,
        OverflowError,
    ):
        raise refuse("UNREADABLE", "The file is damaged, or of a version that cannot be read.") from None
    if not meta.column_names:
        raise refuse("NOT_A_TABLE", "The file has no columns.")
    rows = len(next(iter(cells.values()))) if cells else 0
    if meta.number_rows is not None and meta.number_rows >= 0 and meta.number_rows != rows:
        raise refuse(
            "BAD_METADATA",
            "The file promises {promised:,} rows and holds {rows:,}.",
            promised=meta.number_rows,
            rows=rows,
        )
    if not rows:
        raise refuse("NO_ROWS", "There are column names but no rows.")
    raw = Raw(list(meta.column_names), [])
    for place, name in enumerate(meta.column_names):
        single = (meta.readstat_variable_types or {}).get(name) == "float"
        texts, native = _texts(list(cells[name]), single)
        raw.columns.append(column_of(pa.array(texts, pa.string())))
        raw.native[place] = native
        job.progress(0.3 + 0.3 * place / len(raw.names), "Reading columns")
    _codebook(raw, meta)
    return raw


def _catalogue(path: str, meta: Any) -> dict[str, Mapping[Any, str]]:
    """Value labels by column: SAS keeps them in a second file, unpacked beside the table where there is one."""
    import os

    import pyreadstat

    beside = path + CATALOGUE
    if not os.path.exists(beside):
        return {}
    known = pyreadstat.read_sas7bcat(beside)[1].value_labels
    return {name: known[form] for name, form in meta.variable_to_label.items() if form in known}


def _check(meta: Any, job: Job) -> None:
    rows = meta.number_rows or 0
    if rows > job.limits.rows:
        raise refuse(
            "TOO_MANY_ROWS", "There are {rows:,} rows; the limit “rows” is {limit:,}.", rows=rows, limit=job.limits.rows
        )
    if len(meta.column_names) > job.limits.columns:
        raise refuse(
            "TOO_MANY_COLUMNS",
            "There are {count:,} columns; the limit “columns” is {limit:,}.",
            count=len(meta.column_names),
            limit=job.limits.columns,
        )
    import os

    # Rows of nothing but repeats take a byte or so each, even compressed; a promise far beyond that is no table.
    if rows > 1_000_000 and rows * max(1, len(meta.column_names)) > 500 * os.path.getsize(job.path):
        raise refuse("BAD_METADATA", "The file promises {rows:,} rows, more than it can hold.", rows=rows)


def _texts(values: list[Any], single: bool) -> tuple[list[str | None], Native]:
    """The cells as text. `single`: stored in single precision, so 0.1 is not 0.10000000149011612."""
    kinds: set[Native] = set()
    texts: list[str | None] = []
    for value in values:
        if value is None or value != value:
            texts.append(None)
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            text, kind = _other(value)
            texts.append(text)
            kinds.add(kind)
        else:
            if single:
                value = float(str(np.float32(value)))
            texts.append(number_text(float(value)) if isinstance(value, float) else str(value))
            kinds.add("number")
    return texts, next(iter(kinds)) if len(kinds) == 1 else "mixed" if kinds else "text"


def _other(value: Any) -> tuple[str, Native]:
    if isinstance(value, dt.datetime):
        return (value.date().isoformat() if value.time() == dt.time() else value.isoformat()), "date"
    if isinstance(value, dt.date):
        return value.isoformat(), "date"
    return str(value), "text"


def _codebook(raw: Raw, meta: Any) -> None:
    """Value labels, long names, and the values that the file itself declares as missing."""
    for place, name in enumerate(raw.names):
        labels: Mapping[Any, str] = meta.variable_value_labels.get(name) or {}
        if labels:
            raw.labels[place] = {_value(v): str(label) for v, label in labels.items()}
        if label := (meta.column_names_to_labels or {}).get(name):
            raw.descriptions[place] = str(label)
        declared = _declared(raw, place, meta, name)
        if declared:
            raw.user_missing[place] = declared


def _value(value: Any) -> str:
    return number_text(float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _declared(raw: Raw, place: int, meta: Any, name: str) -> tuple[str, ...]:
    """User-missing values: ranges in SPSS, letters (.a to .z) in Stata and SAS."""
    ranges = (meta.missing_ranges or {}).get(name) or []
    letters = {str(v) for v in (meta.missing_user_values or {}).get(name) or []}
    found = []
    for text in raw.columns[place].values.to_pylist():
        if text in letters or any(_inside(text, r) for r in ranges):
            found.append(text)
    return tuple(found)


def _inside(text: str, span: Mapping[str, Any]) -> bool:
    low, high = span["lo"], span["hi"]
    if isinstance(low, str) or isinstance(high, str):
        return text in (low, high)
    try:
        return bool(low <= float(text) <= high)
    except ValueError:
        return False
