"""Values that only one or two people have: taken out of what is learned, so that no new row can show them.

A synthesizer without a promise makes categories as they occur. A name in a column of remarks, the one bishop among the
occupations, or a pension that two people draw would come back to the letter, and whoever knows of them learns that they
were in the table. Amounts of many different numbers are not touched here: they are moved between neighbours when drawn.

Source: the minimum frequency rule; Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.2,
doi:10.1002/9781118348239.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.synthesise.amounts import Numeric, amounts
from core.synthesise.cart import FEW_NUMBERS
from core.table import Column, Table
from core.table.column import Mask

Ints = npt.NDArray[np.int64]

TOLD = 0.95
"""A column is told by another where its commonest value for each of the other's holds in so many of the rows."""


def common_only(
    table: Table, names: Collection[str], fewest: int, unit: Ints, rng: np.random.Generator
) -> tuple[Table, int]:
    """The table without values that fewer than `fewest` units have, and how many cells were changed.

    A few different numbers go to the nearest one that is common enough. Words are drawn anew from the common ones, the
    same for all rows of a unit, and where a coarser column tells which are at hand (the district for a postcode), from
    those.

    names  the columns that are looked at
    unit   (rows,) which person or household each row is of
    """
    changed: dict[str, Column] = {}
    cells = 0
    for name in names:
        column = table[name]
        if fewest <= 1 or not _is_copied(column):
            continue
        rare = _rare(column, fewest, unit)
        hit = np.append(rare, False)[column.codes]
        if not hit.any():
            continue
        if rare.all():
            raise Problem(
                "Every value of “{column_name}” stands with fewer than {fewest} people: it would be copied from them.",
                "Leave the column out, or set its role to direct identifier.",
                column=name, column_name=name, fewest=fewest,
            )
        cells += int(hit.sum())
        if _is_ordered(column):
            changed[name] = _nearest(column, rare)
        else:
            changed[name] = _drawn(column, hit, _coarser(table, name), unit, rng)
    return table.with_columns(changed), cells


def _is_copied(column: Column) -> bool:
    """Whether new cells are copies of observed ones: words, and numbers of which there are only a few."""
    return Numeric.of(column) is None or len(column.values) <= FEW_NUMBERS


def _is_ordered(column: Column) -> bool:
    return column.kind in ("number", "date") and Numeric.of(column) is not None


def _rare(column: Column, fewest: int, unit: Ints) -> Mask:
    """(values,) True where a value stands with fewer than `fewest` different units."""
    held = column.codes >= 0
    pairs = np.unique(column.codes[held].astype(np.int64) * (int(unit.max(initial=0)) + 1) + unit[held])
    return np.asarray(np.bincount(pairs // (int(unit.max(initial=0)) + 1), minlength=len(column.values)) < fewest)


def _nearest(column: Column, rare: Mask) -> Column:
    size = amounts(replace(column, codes=np.arange(len(column.values), dtype=np.int32)))
    common = np.flatnonzero(~rare & ~np.isnan(size))
    to = np.arange(len(column.values))
    for value in np.flatnonzero(rare):
        to[value] = common[np.abs(size[common] - size[value]).argmin()] if len(common) else -1
    return _moved(column, np.append(to, -1)[column.codes])


def _drawn(column: Column, hit: Mask, coarser: Ints, unit: Ints, rng: np.random.Generator) -> Column:
    here = (column.codes >= 0) & ~hit
    pairs, which = np.unique(np.stack([coarser[hit], unit[hit]]), axis=1, return_inverse=True)
    all_of_them, drawn = column.codes[here], np.empty(pairs.shape[1], np.int64)
    order = np.argsort(coarser[here], kind="stable")
    sorted_by = coarser[here][order]
    for group in np.unique(pairs[0]):
        first, end = np.searchsorted(sorted_by, [group, group + 1])
        mine = pairs[0] == group
        donors = all_of_them[order[first:end]] if end > first else all_of_them
        drawn[mine] = rng.choice(donors, int(mine.sum()))
    codes = column.codes.astype(np.int64)
    codes[hit] = drawn[which.ravel()]
    return _moved(column, codes)


def _coarser(table: Table, name: str) -> Ints:
    """(rows,) the codes of the finest column that a value of this one nearly always tells; 0 where there is none."""
    column = table[name]
    best, levels = np.zeros(table.rows, np.int64), 1
    for other in table.names:
        beside = table[other]
        if other == name or not levels < len(beside.values) < len(column.values) or not _is_copied(beside):
            continue
        pairs, count = np.unique(np.stack([column.codes, beside.codes]), axis=1, return_counts=True)
        most = np.zeros(len(column.values) + 1, np.int64)
        np.maximum.at(most, pairs[0], count)
        if most.sum() >= TOLD * table.rows:
            best, levels = beside.codes.astype(np.int64), len(beside.values)
    return best


def _moved(column: Column, codes: npt.NDArray[np.int64]) -> Column:
    return replace(column, codes=codes.astype(np.int32))._compact()
