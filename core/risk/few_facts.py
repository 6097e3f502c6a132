"""Few facts: a search for small unique combinations kept as bytes, so that a job does it and a page shows it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import numpy as np

from core.risk.suda import Suda, suda2
from core.table import Table

MOST_KEYS, MOST_FACTS = 10, 3
"""What singles someone out by three facts or fewer is what somebody could know."""


def few_facts(table: Table, progress: Callable[[float], None] | None = None) -> Suda:
    """Which combinations of up to three of the first ten quasi-identifiers single whom out."""
    keys = table.having("quasi_identifier")[:MOST_KEYS]
    return suda2(table, keys, min(MOST_FACTS, len(keys)), keep_records=True, progress=progress)


def to_bytes(found: Suda) -> bytes:
    """For `from_bytes`: numbers of rows, scores and names of columns; no cell value."""
    about = {"keys": found.keys, "sets": [[list(names), rows] for names, rows in found.sets.items()]}
    whom = [found.whom[names] for names in found.sets]
    out = io.BytesIO()
    np.savez(
        out, about=np.frombuffer(json.dumps(about).encode(), np.uint8), special=found.special,
        score=found.score[found.special], dis=found.dis[found.special], contributions=found.contributions,
        whom=np.stack(whom) if whom else np.zeros((0, 0), np.uint8),
    )
    return out.getvalue()


def from_bytes(data: bytes, table: Table) -> Suda:
    """What `to_bytes` kept, found in the same table."""
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        about = json.loads(kept["about"].tobytes())
        keys, special = tuple(about["keys"]), kept["special"]
        score, dis = np.zeros(table.rows), np.zeros(table.rows)
        score[special], dis[special] = kept["score"], kept["dis"]
        sets = {tuple(names): rows for names, rows in about["sets"]}
        whom = dict(zip(sets, kept["whom"], strict=True))
        return Suda(keys, score, dis, special, kept["contributions"], sets, tuple(table[k] for k in keys), whom)
