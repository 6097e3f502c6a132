"""Parquet, Feather and Arrow files: the footer is checked before anything is read, types become exact text."""

from __future__ import annotations

import os
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.table.findings import refuse
from core.table.nested import consent
from core.table.raw import Job, Native, Raw, column_of

LEAST_BITS_A_ROW = 1 / 100_000
"""A run-length coded column can hold many rows in few bytes; beyond this the footer is not believed."""


def read_columnar(kind: str, job: Job) -> Raw:
    """The table in a Parquet, Feather or Arrow file."""
    try:
        table = _parquet(job) if kind == "parquet" else _arrow(job)
    except (
        pa.ArrowInvalid,
        pa.ArrowNotImplementedError,
        pa.ArrowSerializationError,
        pa.ArrowKeyError,
        OSError,
        EOFError,
    ):
        raise refuse(
            "UNREADABLE", "The file is damaged, or uses a feature of its format that cannot be read."
        ) from None
    if not table.num_columns:
        raise refuse("NOT_A_TABLE", "The file has no columns.")
    if not table.num_rows:
        raise refuse("NO_ROWS", "There are column names but no rows.")
    return of_arrow(_flat(table, job), job)


def _parquet(job: Job) -> pa.Table:
    import pyarrow.parquet as pq

    size = os.path.getsize(job.path)
    file = pq.ParquetFile(job.path, thrift_string_size_limit=50_000_000, thrift_container_size_limit=5_000_000)
    meta = file.metadata
    groups = [meta.row_group(g) for g in range(meta.num_row_groups)]
    if meta.num_rows != sum(g.num_rows for g in groups) or meta.num_rows < 0:
        raise _lies("The footer promises {rows:,} rows, which its parts do not add up to.", meta.num_rows)
    _limits(meta.num_rows, meta.num_columns, job)
    unpacked = 0
    for group in groups:
        for place in range(group.num_columns):
            chunk = group.column(place)
            unpacked += max(0, chunk.total_uncompressed_size)
            if chunk.total_compressed_size > size or chunk.total_compressed_size < 0 or chunk.num_values < 0:
                raise _lies("The footer describes parts that are larger than the file ({rows:,} rows).", meta.num_rows)
    if unpacked > job.limits.unpacked_bytes:
        raise refuse(
            "DECOMPRESSION_BOMB",
            "The file unpacks to {size:,} bytes; the limit “unpacked_bytes” is {limit:,}.",
            size=unpacked,
            limit=job.limits.unpacked_bytes,
        )
    if meta.num_rows > 1_000_000 and meta.num_rows * LEAST_BITS_A_ROW > size * 8:
        raise _lies("The footer promises {rows:,} rows, more than the file can hold.", meta.num_rows)
    job.progress(0.2, "Reading columns")
    table = file.read()
    if table.num_rows != meta.num_rows:
        raise _lies("The footer promises {rows:,} rows, but there are others.", meta.num_rows)
    table.validate(full=True)
    return table


def _lies(text: str, rows: int) -> Exception:
    return refuse("BAD_METADATA", text, rows=rows)


def _limits(rows: int, columns: int, job: Job) -> None:
    if rows > job.limits.rows:
        raise refuse(
            "TOO_MANY_ROWS", "There are {rows:,} rows; the limit “rows” is {limit:,}.", rows=rows, limit=job.limits.rows
        )
    if columns > job.limits.columns:
        raise refuse(
            "TOO_MANY_COLUMNS",
            "There are {count:,} columns; the limit “columns” is {limit:,}.",
            count=columns,
            limit=job.limits.columns,
        )


def _arrow(job: Job) -> pa.Table:
    import pyarrow.feather as feather

    table = feather.read_table(job.path, memory_map=False)
    table.validate(full=True)
    _limits(table.num_rows, table.num_columns, job)
    return table


def _flat(table: pa.Table, job: Job) -> pa.Table:
    """Records in columns are spread or kept as text, as the person says; lists become numbered columns or text."""
    nested = [f.name for f in table.schema if pa.types.is_nested(f.type)]
    if not nested:
        return table
    head = table.slice(0, 3).select(nested).to_pylist()
    how = consent(head, job, "NESTED_COLUMNS") if any(v is not None for r in head for v in r.values()) else "text"
    job.found.add(
        "NESTED_COLUMNS",
        "{count} columns held records or lists. They were {done}.",
        {"column": nested[0]},
        count=len(nested),
        done="spread into columns of their own" if how == "flatten" else "kept as one text each",
    )
    if how == "flatten":
        while any(pa.types.is_struct(f.type) for f in table.schema):
            table = table.flatten()
    columns = {}
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        columns[f"{place}\0{name}"] = _as_json(column) if pa.types.is_nested(column.type) else column
    return pa.Table.from_arrays(list(columns.values()), names=[n.split("\0", 1)[1] for n in columns])


def _as_json(column: pa.ChunkedArray) -> pa.Array:
    import json

    return pa.array(
        [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()], pa.string()
    )


def of_arrow(table: pa.Table, job: Job) -> Raw:
    """Text columns from typed ones: integers exactly, floats shortest, dates ISO. pandas' index is no column."""
    raw = Raw([], [])
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        if name.startswith("__index_level_") and name.endswith("__"):
            continue
        if (
            pa.types.is_binary(column.type)
            or pa.types.is_large_binary(column.type)
            or pa.types.is_fixed_size_binary(column.type)
        ):
            if (decoded := _decoded(column)) is None:
                job.found.add(
                    "BINARY_COLUMNS",
                    "The column “{column}” holds raw bytes. It was left out.",
                    {"column": name},
                    column=name[:60],
                )
                continue
            column = decoded
        texts, native = text_array(column)
        raw.native[len(raw.names)] = native
        raw.names.append(name)
        raw.columns.append(column_of(texts))
        job.progress(0.3 + 0.3 * place / table.num_columns, "Reading columns")
    if not raw.names:
        raise refuse("BINARY_COLUMNS", "All columns hold raw bytes. There is nothing to read.")
    return raw


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Bytes that are UTF-8 text throughout (many writers leave the type open) are text."""
    try:
        texts = column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return None
    control = pc.any(pc.match_substring_regex(texts, r"[\x00-\x08\x0e-\x1f]")).as_py()
    return None if control else texts


def text_array(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray | pa.Array, Native]:
    """The cells of a typed column as exact text, and their native kind."""
    kind: Any = column.type
    if pa.types.is_dictionary(kind):
        return text_array(column.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "true", "false"), "boolean"
    if pa.types.is_floating(kind):
        return _floats(column), "number"
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.string()), "number"
    if pa.types.is_date(kind):
        return column.cast(pa.string()) if pa.types.is_date32(kind) else column.cast(pa.date32(), safe=False).cast(
            pa.string()
        ), "date"
    if pa.types.is_timestamp(kind):
        return _moments(column), "date"
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        return pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.string()), "text"
    if pa.types.is_null(kind):
        return column.cast(pa.string()), "text"
    return column.cast(pa.string()), "text"


def _floats(column: pa.ChunkedArray) -> pa.Array:
    """Whole numbers without “.0”; NaN is missing, as the writers of such files mean it; infinity stays."""
    from core.table.column import Column

    if column.type == pa.float32() or column.type == pa.float16():
        values = [None if v is None or v != v else v for v in column.to_pylist()]
        short = [
            None if v is None else (str(int(v)) if float(v).is_integer() and abs(v) < 2**24 else _short(v))
            for v in values
        ]
        return pa.array(short, pa.string())
    numbers = column.to_numpy()
    return Column.of_numbers(numbers).to_arrow()


def _short(value: float) -> str:
    import numpy as np

    return str(np.float32(value))


def _moments(column: pa.ChunkedArray) -> pa.Array:
    import polars as pl

    series = pl.Series("v", column)
    zone = getattr(series.dtype, "time_zone", None)
    if zone:
        series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    days = series.dt.date()
    if bool((series == days.cast(series.dtype)).fill_null(True).all()):
        return days.cast(pl.String).to_arrow().cast(pa.string())
    texts = series.dt.strftime("%Y-%m-%dT%H:%M:%S%.f").str.replace(r"(\.\d*?)0+$", "${1}").str.replace(r"\.$", "")
    return (texts + "Z" if zone else texts).to_arrow().cast(pa.string())
