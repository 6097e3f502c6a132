"""Whether values of direct identifiers still stand anywhere in a table that is about to go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from core.problem import Problem
from core.protect.changes import places
from core.protect.free_text.embedded import Embedded
from core.protect.free_text.word_search import Needles
from core.table import Column, Table
from core.table.column import Mask

SHORTEST = 6
"""Characters from which on a whole value found in another column is looked at; shorter ones meet by chance."""

FEW = 5
"""A value in this many rows of a column is a category of its own (a religion) rather than the person of that name."""

LONG_NUMBER = 10
"""Digits from which on two equal numbers are no coincidence: phone numbers, Aadhaar. A shorter one (an income beside a
running number) counts, outside free text, only where it stands in the row of the very person."""


PLACES = 4
"""How many places of a text a number can begin at, on average: chance meets it that often inside longer numbers."""


class Leak(NamedTuple):
    """Values of the direct identifier `identifier` stand in `cells` cells of `column`.

    cells is 0 where they stand in no cell, but in the column's name, its description or a label.
    """

    column: str
    identifier: str
    cells: int


def find(
    original: Table, released: Table, shown: Collection[str] = (), rewritten: Collection[str] = ()
) -> tuple[Leak, ...]:
    """Every column in which whole values of direct identifiers of the original still stand.

    In the identifier's own column a cell that is as it was counts. In any column a whole value of six characters or
    more counts, also inside a longer text as whole words, whatever its case, accents, spaces, marks and script of its
    digits; and values of eight letters or more (numbers of nine digits) inside longer words, as in ASHAPATEL1985. Not
    counted are a word that is plainly a category there (five rows or more, most of them of other people), numbers of
    which chance alone would let as many meet (ten-digit codes of a million people), and single words inside others
    (Rajendra in Rajendranagar) but in the row of the very person. Column names, descriptions and the labels of
    values are searched as well.
    `shown` names columns in which a method, by its own words, leaves a part (the domain of an e-mail address);
    `rewritten` columns of free text, of which a cell without a name may stay as it was.
    """
    at = None if original.row_ids is None or released.row_ids is None else places(original, released)
    identifiers = {n: original.columns[n] for n in original.having("direct_identifier") if n not in rewritten}
    needles = Needles(identifiers, SHORTEST)
    embedded = Embedded(identifiers)
    named = _named(needles, embedded, released)
    own = None if at is None else [c.codes[at] for c in identifiers.values()]
    found = []
    for name in released.names:
        if name in shown:
            continue
        column = released.columns[name]
        cells = _elsewhere(needles, own, column)
        for identifier, count in _inside(embedded, own, column).items():
            cells[identifier] = max(cells.get(identifier, 0), count)
        if name in identifiers and at is not None:
            # Values that only changed places among the rows are still the values of real people.
            cells[name] = max(cells.get(name, 0), _unchanged(identifiers[name], column, at))
        found += [Leak(name, identifier, count) for identifier, count in cells.items() if count]
        standing = {identifier for identifier, count in cells.items() if count}
        found += [Leak(name, i, 0) for i in named.get(name, []) if i not in standing]
    return tuple(sorted(found, key=lambda leak: leak.column != leak.identifier))


def as_problem(leaks: Iterable[Leak]) -> Problem:
    """The refusal of a release in which these stand."""
    first = next(iter(leaks))
    what = (
        "The direct identifier “{identifier}” would go out as it is ({cells:,} cells)."
        if first.column == first.identifier and first.cells
        else "The name, the description or a label of “{column_name}” holds a value of the direct identifier "
        "“{identifier}”."
        if not first.cells
        else "Values of the direct identifier “{identifier}” still stand in “{column_name}” ({cells:,} cells)."
    )
    return Problem(
        what,
        "Give the column another name, description or labels in the file and read it again, or, if they may go out, "
        "say so under “Compare” (in a recipe: keep_identifiers)."
        if not first.cells
        else "Add a step that removes or replaces them in “{column_name}”, or, if they may go out, "
        "say so under “Compare” (in a recipe: keep_identifiers).",
        column=first.column,
        identifier=first.identifier,
        column_name=first.column,
        cells=first.cells,
    )


def _unchanged(old: Column, new: Column, at: npt.NDArray[np.int64]) -> int:
    before = old.take(at)
    return int((before.same_cells(new) & ~new.missing & ~new.suppressed).sum())


def _elsewhere(needles: Needles, own: list[npt.NDArray[np.int32]] | None, column: Column) -> dict[str, int]:
    """Identifier -> cells of a column in which its values stand, chance left out."""
    found: dict[str, int] = {}
    hits = needles.search(column.values)
    total = column.counts()
    for (label,), group in hits.partition_by("label", as_dict=True).items():
        cell, value = group["at"].to_numpy(), group["code"].to_numpy().astype(np.int64)
        digits = group["digits"].to_numpy()
        in_own_row = _in_own_row(cell, value, column, None if own is None else own[int(label)])
        person = (2 * in_own_row >= total[cell]) | (total[cell] < FEW) | (column.kind == "text")
        short = (digits < LONG_NUMBER) & (column.kind != "text")
        by_chance = (digits > 0) & (short | _expected(digits, needles.sizes[int(label)], len(total)))
        counts = np.where(by_chance, in_own_row, np.where(person, total[cell], 0))
        found[needles.labels[int(label)]] = _cells(cell, counts)
    return found


def _inside(embedded: Embedded, own: list[npt.NDArray[np.int32]] | None, column: Column) -> dict[str, int]:
    """Identifier -> cells of a column in which its values stand inside longer words, chance left out."""
    found: dict[str, int] = {}
    hits = embedded.search(column.values)
    total = column.counts()
    for (label,), group in hits.partition_by("label", as_dict=True).items():
        cell, value = group["at"].to_numpy(), group["code"].to_numpy().astype(np.int64)
        digits = group["digits"].to_numpy()
        in_own_row = _in_own_row(cell, value, column, None if own is None else own[int(label)])
        person = (2 * in_own_row >= total[cell]) | (total[cell] < FEW) | (column.kind == "text")
        short = (digits > 0) & (digits < LONG_NUMBER)
        by_chance = short | _expected(digits, embedded.sizes[int(label)], PLACES * len(total))
        alone = group["alone"].to_numpy()
        counts = np.where(by_chance | (alone & person), in_own_row, np.where(person, total[cell], 0))
        found[embedded.labels[int(label)]] = _cells(cell, counts)
    return found


def _named(needles: Needles, embedded: Embedded, table: Table) -> dict[str, list[str]]:
    """Column -> identifiers whose values stand in its name, its description, or labels of values that still occur."""
    texts: list[str] = []
    owners: list[str] = []
    for name, column in table.columns.items():
        texts += [name, column.description]
        owners += [name, name]
        if column.labels:
            for value, count in zip(column.values.to_pylist(), column.counts().tolist(), strict=True):
                # A label that many rows share ("Christian") is a category's, as such a value is.
                if value in column.labels and count < FEW:
                    texts.append(column.labels[value])
                    owners.append(name)
    array = pa.array(texts, pa.string())
    hits = [
        needles.search(array).filter(pl.col("digits") == 0).select("at", "label"),
        embedded.search(array).filter(~pl.col("alone")).select("at", "label"),
    ]
    found: dict[str, list[str]] = {}
    for at, label in pl.concat(hits).unique().sort("at", "label").iter_rows():
        if (identifier := embedded.labels[label]) not in (known := found.setdefault(owners[at], [])):
            known.append(identifier)
    return found


def _expected(digits: npt.NDArray[np.uint32], values: int, cells: int) -> Mask:
    """(hits,) True where random numbers of that many digits would meet about as often as these do."""
    found = np.zeros(len(digits), bool)
    for length in np.unique(digits[digits > 0]).tolist():
        chance = values * cells / 10.0**length
        same = digits == length
        # A single planted number must not hide behind chance: below one in a hundred, each hit counts.
        found |= same & bool(chance > 0.01 and same.sum() <= 3 * chance + 10)
    return found


def _cells(cell: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> int:
    # One cell may hold several values: it counts once.
    most = np.zeros(int(cell.max(initial=0)) + 1, np.int64)
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
