"""Explain a row: which combinations single it out, and what would hide it most cheaply.

Names of columns and counts only: whether to show the values is for the caller to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.language import translate
from core.problem import Problem
from core.table import Table

MOST_KEYS = 20
"""All subsets of so many columns are looked at: 2**20 counters."""


@dataclass(frozen=True)
class Combination:
    """Columns whose values together are shared by only `rows` rows, the row itself included; none can be left out."""

    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Hiding:
    """Cells to suppress so that `rows` rows fit what is left of the row, and what that costs (sum of importances)."""

    columns: tuple[str, ...]
    rows: int
    cost: float


@dataclass(frozen=True)
class Widening:
    """A number to be given only to within `by` to each side, so that `rows` rows fit."""

    column: str
    by: float
    rows: int


@dataclass(frozen=True)
class Explanation:
    """Why a row stands out.

    row           its place in the table, from 0
    fk            rows with the same combination of all quasi-identifiers
    k             how many rows ought to share it
    combinations  the minimal combinations that fewer than k rows share, small ones first
    hidings       the cheapest ways to hide it, cheapest first; widenings: numbers that could be given less exactly
    """

    row: int
    fk: int
    k: int
    combinations: tuple[Combination, ...]
    hidings: tuple[Hiding, ...]
    widenings: tuple[Widening, ...]

    @property
    def sentence(self) -> str:
        """The answer for people."""
        if not self.combinations:
            return translate("{fk:,} rows share this combination: the row does not stand out.", fk=self.fk)
        first = self.combinations[0]
        sentence = translate("Only {rows} row(s) have these values of {columns}.",
                             rows=first.rows, columns=", ".join(first.columns))
        if self.hidings:
            cure = self.hidings[0]
            sentence += " " + translate("Hiding {columns} would leave {rows:,} rows that fit.",
                                        columns=", ".join(cure.columns), rows=cure.rows)
        return sentence


def explain(
    table: Table,
    row: int,
    keys: Sequence[str] | None = None,
    k: int = 2,
    importance: Mapping[str, float] | None = None,
    most: int = 10,
) -> Explanation:
    """What singles out one row, at most `most` answers of each kind.

    row         the row's place in the table, from 0
    importance  column -> what hiding a cell of it costs (1 where nothing is said): hidings are cheapest by it
    """
    keys = tuple(dict.fromkeys(keys if keys is not None else table.having("quasi_identifier")))
    table.require(keys)
    _check(table, row, keys)
    agreeing = np.zeros(table.rows, np.int64)
    for j, name in enumerate(keys):
        codes = table[name].codes
        agreeing |= (codes == codes[row]).astype(np.int64) << j
    counts = rows_that_share(agreeing, len(keys))
    combinations = [Combination(_names(keys, s), int(counts[s])) for s in _minimal_below(counts, len(keys), k)]
    cost = {name: float((importance or {}).get(name, 1.0)) for name in keys}
    return Explanation(
        row, int(counts[-1]), k, tuple(combinations[:most]), tuple(_hidings(counts, keys, k, cost)[:most]),
        tuple(_widenings(table, row, keys, agreeing, k)) if combinations else (),
    )


def _check(table: Table, row: int, keys: Sequence[str]) -> None:
    if not 0 <= row < table.rows:
        raise Problem("There is no row {row}.", "Choose a row between 1 and {rows}.", row=row + 1, rows=table.rows)
    if not keys:
        raise Problem("No quasi-identifier is chosen.", "Choose at least one column.")
    if len(keys) > MOST_KEYS:
        raise Problem(
            "{count} quasi-identifiers are too many to explain a row.", "Choose at most {most}.",
            count=len(keys), most=MOST_KEYS,
        )


def rows_that_share(agreeing: npt.NDArray[np.int64], keys: int) -> npt.NDArray[np.int64]:
    """(2**keys,) for each set of columns (as bits): rows that agree with the row on all of them.

    agreeing  (rows,) the columns, as bits, on which each row agrees. Sums over supersets: Yates' algorithm.
    """
    counts = np.bincount(agreeing, minlength=1 << keys).astype(np.int64)
    for j in range(keys):
        halves = counts.reshape(-1, 2, 1 << j)
        halves[:, 0] += halves[:, 1]
    return counts


def _names(keys: Sequence[str], bits: int) -> tuple[str, ...]:
    return tuple(name for j, name in enumerate(keys) if bits >> j & 1)


def _minimal_below(counts: npt.NDArray[np.int64], keys: int, k: int) -> list[int]:
    """The sets of columns that fewer than k rows share while k or more share every set with one column less."""
    sets = np.arange(len(counts))
    minimal = counts < k
    for j in range(keys):
        has = (sets >> j & 1).astype(bool)
        minimal &= ~has | (counts[sets & ~(1 << j)] >= k)
    return sorted(np.flatnonzero(minimal).tolist(), key=lambda s: (int(s).bit_count(), counts[s], s))


def _hidings(counts: npt.NDArray[np.int64], keys: Sequence[str], k: int, cost: Mapping[str, float]) -> list[Hiding]:
    """Sets of columns to hide, none with a cell hidden for nothing, cheapest first."""
    if counts[-1] >= k:
        return []
    everything = len(counts) - 1
    enough = counts >= k
    sets = np.flatnonzero(enough)
    for j in range(len(keys)):  # showing one hidden cell more must not be enough
        hidden = ~(sets >> j) & 1 == 1
        sets = sets[~hidden | ~enough[sets | (1 << j)]]
    found = [Hiding(n := _names(keys, everything & ~int(s)), int(counts[s]), sum(cost[c] for c in n)) for s in sets]
    return sorted(found, key=lambda h: (h.cost, -h.rows, h.columns))


def _widenings(
    table: Table, row: int, keys: Sequence[str], agreeing: npt.NDArray[np.int64], k: int
) -> list[Widening]:
    """How much less exact one number would have to be for k rows to fit, all other cells as they are."""
    found, everything = [], (1 << len(keys)) - 1
    for j, name in enumerate(keys):
        numbers = table[name].numbers
        if table[name].kind != "number" or np.isnan(numbers[row]):
            continue
        others = everything & ~(1 << j)
        fitting = ((agreeing & others) == others) & ~np.isnan(numbers)
        distances = np.sort(np.abs(numbers[fitting] - numbers[row]))
        if len(distances) >= k and distances[k - 1] > 0:
            by = float(distances[k - 1])
            found.append(Widening(name, by, int((distances <= by).sum())))
    return sorted(found, key=lambda w: w.by)
