"""How the reading child hands a table to its parent: one Arrow file with dictionary columns, as fast as copying."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

from core.problem import Problem
from core.table.column import MISSING, Column
from core.table.table import Table


def save(table: Table, path: Path) -> None:
    """Columns by position; names, kinds, labels and descriptions in the metadata."""
    arrays = [
        pa.DictionaryArray.from_arrays(pa.array(c.codes, mask=c.missing), c.values) for c in table.columns.values()
    ]
    meta = json.dumps([
        {"name": n, "kind": c.kind, "labels": dict(c.labels), "description": c.description}
        for n, c in table.columns.items()
    ])
    schema = pa.schema([pa.field(str(p), a.type) for p, a in enumerate(arrays)], {b"columns": meta.encode()})
    with ipc.new_file(str(path), schema) as writer:
        writer.write_batch(pa.record_batch(arrays, schema=schema))


def load(path: Path) -> Table:
    """The table that `save` wrote; a Problem if the child left something else."""
    try:
        batch = ipc.open_file(pa.BufferReader(path.read_bytes())).get_batch(0)
        batch.validate(full=True)
        about = json.loads(batch.schema.metadata[b"columns"])
        columns = {}
        for place, entry in enumerate(about):
            coded = batch.column(place)
            codes = coded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
            columns[entry["name"]] = Column(
                codes, coded.dictionary, entry["kind"], entry["labels"], entry["description"])
    except (pa.ArrowException, OSError, KeyError, ValueError, TypeError):
        raise Problem(
            "The reading of the file broke off.", "Try again; if it happens again, save the file as CSV."
        ) from None
    return Table.of(columns)
