"""Writing tables: our own storage format (Parquet with kinds and roles), and the files people take away."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from core.problem import Problem
from core.table.column import MISSING, Column
from core.table.table import Table
from core.whole import whole

ROW_IDS = "row ids"
"""Metadata key and column name prefix of the original row numbers in the storage format."""
META = b"anonymisation-studio"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ROWS_AT_A_TIME = 50_000


def to_parquet(table: Table) -> bytes:
    """The table as Parquet bytes with kinds, roles, labels and row numbers, for `from_parquet`.

    Columns are named by position inside the file; the names stand in the metadata. Only values that occur are
    stored: a `Column` never holds others.
    """
    arrays: dict[str, pa.Array] = {}
    for place, column in enumerate(table.columns.values()):
        # A column of nearly unique values is stored plainly: merging its dictionaries would cost more than coding anew.
        crowded = len(column.values) * 2 > len(column)
        coded = pa.DictionaryArray.from_arrays(pa.array(column.codes, mask=column.missing), column.values)
        arrays[str(place)] = column.to_arrow() if crowded else coded
    if table.row_ids is not None:
        arrays[ROW_IDS] = pa.array(table.row_ids, pa.int64())
    meta = {
        "version": 1,
        "rows": table.rows,
        "columns": [{"name": n, "kind": c.kind, "labels": dict(c.labels), "description": c.description}
                    for n, c in table.columns.items()],
        "roles": dict(table.roles),
    }
    whole = pa.table(arrays).replace_schema_metadata({META: json.dumps(meta).encode()})
    out = io.BytesIO()
    pq.write_table(whole, out, compression="lz4", write_statistics=False, row_group_size=max(1, table.rows))
    return out.getvalue()


def from_parquet(data: bytes) -> Table:
    """The table that `to_parquet` stored, cell for cell."""
    whole = pq.read_table(pa.BufferReader(data))
    meta = json.loads((whole.schema.metadata or {}).get(META, b"null"))
    if not isinstance(meta, dict) or meta.get("version") != 1:
        raise Problem("This is not a stored table of this program.", "Bring it in with “Bring your file” instead.")
    columns = {}
    for place, about in enumerate(meta["columns"]):
        column = _column(whole.column(str(place)), about["kind"], about["labels"])
        columns[about["name"]] = replace(column, description=about.get("description", ""))
    ids = whole.column(ROW_IDS).to_numpy().astype(np.int64) if ROW_IDS in whole.column_names else None
    return Table(columns, meta["roles"], ids)


def _column(cells: pa.ChunkedArray, kind: Any, labels: dict[str, str]) -> Column:
    if not pa.types.is_dictionary(cells.type):
        return Column.of(cells, kind, labels)
    cells = cells.unify_dictionaries()
    if cells.num_chunks == 0:
        return Column(np.empty(0, np.int32), pa.array([], pa.string()), kind, labels)
    parts = [c.indices.fill_null(MISSING).to_numpy(zero_copy_only=False) for c in cells.chunks]
    codes = np.concatenate(parts).astype(np.int32, copy=False)
    return Column(codes, cells.chunk(0).dictionary.cast(pa.string()), kind, labels)._compact()


@contextmanager
def opened(target: Path | str | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(target, (str, Path)):
        with whole(target) as file:
            yield file
    else:
        yield target


def rows_of(table: Table, at_a_time: int = ROWS_AT_A_TIME) -> Iterator[list[tuple[str | None, ...]]]:
    """The table's rows in blocks of tuples of text (None: missing), in file order."""
    for start in range(0, table.rows, at_a_time):
        part = slice(start, start + at_a_time)
        cells = []
        for column in table.columns.values():
            codes = pa.array(column.codes[part], mask=column.missing[part])
            cells.append(column.values.take(codes).to_pylist())
        yield list(zip(*cells, strict=True))


def looks_like_a_formula(value: str) -> bool:
    """Whether a spreadsheet would run this text: it starts with = + - @ or a control character and is no number."""
    if not value.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS) and not value.startswith(FORMULA_STARTS):
        return False
    try:
        float(value)
    except ValueError:
        return True
    return False


def neutralised(column: Column) -> Column:
    """Formula-like texts with an apostrophe in front, so that a spreadsheet shows them and does not run them."""
    if column.kind == "number" and not any(looks_like_a_formula(v) for v in column.values.to_pylist()):
        return column
    return column.recode(lambda v: "'" + v if looks_like_a_formula(v) else v)


def write_csv(
    table: Table,
    target: Path | str | IO[bytes],
    *,
    delimiter: str = ",",
    bom: bool = False,
    neutralise_formulas: bool = False,
) -> None:
    """The table as UTF-8 CSV: every cell in quotation marks, a missing cell empty, lines ending in LF.

    Quoting everything is what keeps lone carriage returns, quotation marks and leading blanks in their cell.
    `bom` helps Excel to see UTF-8. `neutralise_formulas` puts an apostrophe before texts that a spreadsheet would run.
    """
    if neutralise_formulas:
        table = table.with_columns({n: neutralised(c) for n, c in table.columns.items()})
    with opened(target) as file:
        if bom:
            file.write(b"\xef\xbb\xbf")
        file.write((delimiter.join('"' + n.replace('"', '""') + '"' for n in table.names) + "\n").encode())
        if len(table.names) == 1:
            _write_single(table, file)
            return
        options = pacsv.WriteOptions(
            include_header=False, delimiter=delimiter, quoting_style="all_valid", batch_size=ROWS_AT_A_TIME
        )
        pacsv.write_csv(table.to_arrow(), pa.PythonFile(file, mode="w"), options)


def _write_single(table: Table, file: IO[bytes]) -> None:
    """A table of one column: a missing cell is written as "", since an empty line would be lost on reading."""
    for block in rows_of(table):
        file.write("".join('"' + (v or "").replace('"', '""') + '"\n' for (v,) in block).encode())
