"""Whether values of direct identifiers still stand anywhere in a table that is about to go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from core.problem import Problem
from core.protect.changes import places
from core.table import SUPPRESSED, Column, Table

SHORTEST = 6
"""Characters from which on a whole value found in another column is looked at; shorter ones meet by chance."""

FEW = 5
"""A value in this many rows of a column is a category of its own (a religion) rather than the person of that name."""

LONG_NUMBER = 10
"""Digits from which on two equal numbers are no coincidence: phone numbers, Aadhaar. A shorter one (an income beside a
running number) counts only where it stands in the row of the very person."""


class Leak(NamedTuple):
    """Values of the direct identifier `identifier` stand in `cells` cells of `column`."""

    column: str
    identifier: str
    cells: int


def find(
    original: Table, released: Table, shown: Collection[str] = (), rewritten: Collection[str] = ()
) -> tuple[Leak, ...]:
    """Every column in which whole values of direct identifiers of the original still stand.

    In the identifier's own column a cell that is as it was counts. In any other column a whole value of six characters
    or more counts, also inside a longer text between word boundaries, whatever its case and spaces; but not a word
    that is plainly a category there (five rows or more, most of them of other people).
    `shown` names columns in which a method, by its own words, leaves a part (the domain of an e-mail address);
    `rewritten` columns of free text, of which a cell without a name may stay as it was.
    """
    at = None if original.row_ids is None or released.row_ids is None else places(original, released)
    columns = [n for n in released.names if n not in shown]
    found = []
    for identifier in original.having("direct_identifier"):
        if identifier in rewritten:
            continue
        old = original.columns[identifier]
        needles = _needles(old)
        for name in columns:
            if name == identifier and at is not None:
                cells = _unchanged(old, released.columns[name], at)
            else:
                cells = _elsewhere(needles, None if at is None else old.codes[at], released.columns[name])
            if cells:
                found.append(Leak(name, identifier, cells))
    return tuple(found)


def as_problem(leaks: Iterable[Leak]) -> Problem:
    """The refusal of a release in which these stand."""
    first = next(iter(leaks))
    what = (
        "The direct identifier “{identifier}” would go out as it is ({cells} cells)."
        if first.column == first.identifier
        else "Values of the direct identifier “{identifier}” still stand in the column “{column_name}” ({cells} cells)."
    )
    return Problem(
        what,
        "Add a step that removes or replaces them in “{column_name}”, or, if they may go out, "
        "name the column under keep_identifiers in the recipe.",
        column=first.column,
        identifier=first.identifier,
        column_name=first.column,
        cells=first.cells,
    )


def _unchanged(old: Column, new: Column, at: npt.NDArray[np.int64]) -> int:
    before = old.take(at)
    return int((before.same_cells(new) & ~new.missing & ~new.suppressed).sum())


def _plain(values: pl.Series) -> pl.Series:
    return values.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def _needles(column: Column) -> dict[str, list[int]]:
    """The values worth looking for, in lower case, and the codes that read so."""
    needles: dict[str, list[int]] = {}
    for code, value in enumerate(_plain(pl.Series(column.values, dtype=pl.String)).to_list()):
        if len(value) >= SHORTEST and value != SUPPRESSED:
            needles.setdefault(value, []).append(code)
    return needles


def _elsewhere(needles: dict[str, list[int]], own: npt.NDArray[np.int32] | None, column: Column) -> int:
    hits = _hits(needles, column)
    if not hits:
        return 0
    cell = np.array([w for w, _, _ in hits], np.int64)
    value = np.array([v for _, v, _ in hits], np.int64)
    short = np.array([s for _, _, s in hits], bool)
    total = column.counts()[cell]
    in_own_row = _in_own_row(cell, value, column, own)
    if column.kind == "text":
        counts = np.where(short, in_own_row, total)
    else:
        person = (2 * in_own_row >= total) | (total < FEW)
        counts = np.where(short, in_own_row, np.where(person, total, 0))
    # One cell may hold several values: it counts once.
    most = np.zeros(int(cell.max()) + 1, np.int64)
    np.maximum.at(most, cell, counts)
    return int(most.sum())


def _in_own_row(
    cell: npt.NDArray[np.int64], value: npt.NDArray[np.int64], column: Column, own: npt.NDArray[np.int32] | None
) -> npt.NDArray[np.int64]:
    """For each hit: in how many rows the cell holds the value of its own person."""
    if own is None:
        return np.zeros(len(cell), np.int64)
    width = int(max(value.max(), own.max(initial=0))) + 2
    hit = cell * width + value
    rows = column.codes.astype(np.int64) * width + own
    rows = rows[(column.codes >= 0) & (own >= 0)]
    met, times = np.unique(rows[np.isin(rows, hit)], return_counts=True)
    if not len(met):
        return np.zeros(len(cell), np.int64)
    place = np.minimum(np.searchsorted(met, hit), len(met) - 1)
    return np.where(met[place] == hit, times[place], 0)


def _hits(needles: dict[str, list[int]], column: Column) -> list[tuple[int, int, bool]]:
    """(cell value, identifier value, whether that is a short number) for each whole value found in a distinct cell."""
    if not needles or not len(column.values):
        return []
    cells = _plain(pl.Series(column.values, dtype=pl.String))
    long = pl.DataFrame({"at": np.arange(len(cells)), "cell": cells}).filter(pl.col("cell").str.len_chars() >= SHORTEST)
    patterns = list(needles)
    found = (
        long.filter(pl.col("cell").str.contains_any(patterns))
        .with_columns(pl.col("cell").str.extract_many(patterns, overlapping=True).alias("value"))
        .explode("value")
        .unique()
    )
    return [
        (at, code, value.isdigit() and len(value) < LONG_NUMBER)
        for at, cell, value in found.iter_rows()
        if _whole(value, cell)
        for code in needles[value]
    ]


def _whole(value: str, cell: str) -> bool:
    """Whether the value stands in the cell as whole words."""
    start = cell.find(value)
    while start >= 0:
        end = start + len(value)
        if (start == 0 or not cell[start - 1].isalnum()) and (end == len(cell) or not cell[end].isalnum()):
            return True
        start = cell.find(value, start + 1)
    return False
