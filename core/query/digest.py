"""What tells one table's people from another's: the same whatever the file is called, and however it is written."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.table import Table
from core.table.numbers import canonical


def digest(table: Table) -> str:
    """SHA-256 of the sorted typed rows, as hex: rows and columns in any order, numbers written in any way (1,200 or
    1200.0), kinds, roles and file format do not count. Names of columns and missing cells do.

    Another table, if only by one row, has another digest and so another budget: that the owner may not split a table to
    get several budgets is a rule for people, which no digest can keep.
    """
    names = sorted(table.names)
    cells = np.empty((table.rows, len(names), 16), np.uint8)
    for i, name in enumerate(names):
        column = table.columns[name]
        texts = pc.coalesce(canonical(column.values, "."), column.values) if len(column.values) else pa.array([], "str")
        of_value = [hashlib.sha256(text.encode()).digest()[:16] for text in texts.to_pylist()]
        known = np.frombuffer(b"".join([*of_value, bytes(16)]), np.uint8).reshape(-1, 16)
        cells[:, i] = known[column.codes]  # -1, missing, is the last: 16 zeros
    rows = sorted(hashlib.sha256(row.tobytes()).digest() for row in cells)
    whole = hashlib.sha256(b"anonymisation studio: sorted typed rows, version 1\n")
    for name in names:
        whole.update(f"{len(name.encode())}:{name}\n".encode())
    whole.update(f"{len(rows)}\n".encode())
    whole.update(b"".join(rows))
    return whole.hexdigest()
