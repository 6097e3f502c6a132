"""What one step did to a table, counted from the tables before and after it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.table import Table


@dataclass(frozen=True)
class LogEntry:
    """What a step did. Rows are matched by row_ids, so a new order changes nothing.

    step             counted from 1
    rows_changed     rows that are still there and have at least one changed cell
    cells_changed    cells of those rows whose text differs, and filled cells of columns that went
    cells_suppressed cells that are suppressed (`*`) now and were not
    rows_dropped     rows that are no longer there
    columns_removed  columns that went; `columns_added` those that came (their cells count as no change)
    keys             keys used, with their versions
    notes            what the step says of itself, in sentences without cell values
    """

    step: int
    method: str
    rows_changed: int
    cells_changed: int
    cells_suppressed: int
    rows_dropped: int
    seconds: float
    columns_removed: tuple[str, ...] = ()
    columns_added: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def places(before: Table, after: Table) -> npt.NDArray[np.int64]:
    """(after.rows,) at which row of `before` each row of `after` stood.

    Both must have row_ids, and every row of `after` must come from `before`; anything else is a fault of the step.
    """
    if before.row_ids is None or after.row_ids is None:
        raise ValueError("rows of synthetic data have no place in the original")
    at = np.full(int(before.row_ids.max(initial=-1)) + 2, -1, np.int64)
    at[before.row_ids] = np.arange(before.rows)
    if after.rows and int(after.row_ids.max()) >= len(at):
        raise ValueError("a step made rows that were not there")
    found = at[after.row_ids]
    met = np.zeros(before.rows + 1, bool)
    met[found] = True
    # A row that is not there is met at the end; a row met twice leaves fewer than there are.
    if met[-1] or int(met.sum()) != len(found):
        raise ValueError("a step made rows that were not there")
    return found


def entry(
    step: int, method: str, before: Table, after: Table, seconds: float, keys: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> LogEntry:
    """The log entry of a step that turned `before` into `after`."""
    removed = tuple(n for n in before.names if n not in after.columns)
    added = tuple(n for n in after.names if n not in before.columns)
    if before.row_ids is None or after.row_ids is None:  # nothing corresponds: every cell is new
        cells = after.rows * len(after.names)
        return LogEntry(step, method, after.rows, cells, 0, 0, seconds, removed, added, keys, notes)
    at = places(before, after)
    touched = np.zeros(after.rows, bool)
    cells = suppressed = 0
    in_place = len(at) == before.rows and bool((at == np.arange(before.rows)).all())
    for name, column in before.columns.items():
        if in_place and after.columns.get(name) is column:
            continue  # the very same cells
        old = column if in_place else column.take(at)
        if name in removed:
            changed = ~old.missing
        else:
            new = after.columns[name]
            changed = ~old.same_cells(new)
            suppressed += int((new.suppressed & ~old.suppressed).sum())
        cells += int(changed.sum())
        touched |= changed
    return LogEntry(
        step, method, int(touched.sum()), cells, suppressed, before.rows - after.rows, seconds, removed, added, keys,
        notes,
    )


def transitions(before: Table, after: Table, name: str) -> list[tuple[str | None, str | None, int]]:
    """(old cell, new cell, rows) of one column, most rows first: what PRAM or a swap really did.

    Rows are matched by row_ids; rows that are gone do not count. It holds cell values: for the data owner's eyes.
    """
    old, new = before[name].take(places(before, after)), after[name]
    pairs = (old.codes.astype(np.int64) + 1) * (len(new.values) + 1) + new.codes + 1
    found, rows = np.unique(pairs, return_counts=True)
    was, now = [*old.values.to_pylist(), None], [*new.values.to_pylist(), None]
    width = len(new.values) + 1
    counted = [(was[int(p) // width - 1], now[int(p) % width - 1], int(n)) for p, n in zip(found, rows, strict=True)]
    return sorted(counted, key=lambda t: -t[2])
