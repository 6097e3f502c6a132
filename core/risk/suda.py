"""SUDA2: which few values single a record out. Minimal sample uniques, scores, DIS, and what each attribute adds.

A sample unique of a record is a set of columns on which no other record has the same values; it is minimal if no
smaller set inside it is one. Many and small minimal sample uniques (MSUs) mean a record that is special in many ways.

Source: Elliot, Manning and Ford (2002), A computational algorithm for handling the special uniques problem,
doi:10.1142/S0218488502001600; Manning, Haglin and Keane (2008), SUDA2, doi:10.1007/s10618-007-0078-6;
DIS: Elliot (2000), DIS: a new approach to the measurement of statistical disclosure risk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.risk.kernel import BLOCK, class_sizes, compiled, count_keys, pack_codes, radix
from core.table import Column, Table
from core.table.column import Codes, Floats, Mask

Rows = npt.NDArray[np.int64]
Scores = Literal["original", "newer"]
Missing = Literal["value", "nothing"]

MOST_SETS = 40_000
"""Sets of columns tested at most; more is a question for a smaller `max_size`."""


@dataclass(frozen=True, eq=False)
class Suda:
    """Scores of the records and what they are made of.

    keys           the columns searched
    score          (rows,) sum over the record's MSUs; 0 where it has none
    dis            (rows,) estimated chance that a match on an MSU is the right person, 0 to 1
    special        (specials,) the sample uniques: rows unlike all others on all columns; only they can have an MSU
    contributions  (specials, keys) share of the record's score from MSUs that hold the column, 0 to 1
    sets           columns of an MSU -> how many records it singles out, most first
    """

    keys: tuple[str, ...]
    score: Floats
    dis: Floats
    special: npt.NDArray[np.int64]
    contributions: Floats
    sets: Mapping[tuple[str, ...], int]
    _columns: tuple[Column, ...]
    whom: Mapping[tuple[str, ...], npt.NDArray[np.uint8]] = field(default_factory=dict, repr=False)
    """Columns of an MSU -> (specials,) bits, packed: which records it singles out. Empty unless asked for."""

    def column(self, key: str) -> Column:
        """One of the columns searched."""
        return self._columns[self.keys.index(key)]

    def among(self, rows: Mask) -> Suda:
        """The same of some records only: what singles *these* out. Scores and DIS stay as they were in the whole.

        rows  (rows,) the records looked at. Needs `keep_records` in `suda2`.
        """
        if len(self.whom) < len(self.sets):
            raise ValueError("which records each set singles out was not kept")
        inside = rows[self.special]
        counts = {s: int(np.count_nonzero(np.unpackbits(bits, count=len(inside)).astype(bool) & inside))
                  for s, bits in self.whom.items()}
        return replace(
            self, score=np.where(rows, self.score, 0.0), dis=np.where(rows, self.dis, 0.0),
            special=self.special[inside], contributions=self.contributions[inside],
            sets=_most_first({s: n for s, n in counts.items() if n}), whom={},
        )

    def record_contributions(self) -> Floats:
        """(rows, keys) as `contributions`, 0 for the other records."""
        out = np.zeros((len(self.score), len(self.keys)))
        out[self.special] = self.contributions
        return out

    @cached_property
    def by_column(self) -> dict[str, float]:
        """Column -> percent of all scores from MSUs that hold it (they overlap: the sum passes 100)."""
        total = self.score.sum()
        weighted = self.contributions * self.score[self.special, None]
        return {k: float(100 * weighted[:, j].sum() / total) if total else 0.0 for j, k in enumerate(self.keys)}

    @cached_property
    def by_value(self) -> dict[str, Floats]:
        """Column -> (values + 1,) percent of the column's scores from records with each value, missing first."""
        out: dict[str, Floats] = {}
        for j, (key, column) in enumerate(zip(self.keys, self._columns, strict=True)):
            weighted = self.contributions[:, j] * self.score[self.special]
            summed = np.bincount(column.codes[self.special] + 1, weighted, radix(column)).astype(np.float64)
            out[key] = 100 * summed / summed.sum() if summed.sum() else summed
        return out


def suda2(
    table: Table,
    keys: Sequence[str],
    max_size: int | None = None,
    fraction: float = 0.01,
    scores: Scores = "original",
    missing: Missing = "value",
    keep_records: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Suda:
    """Find all minimal sample uniques of up to `max_size` columns (all sizes if None) and score the records.

    fraction  the share of the population that the file holds, for DIS; between 0 and 1
    missing   value: a missing cell is a value like any other; nothing: it neither singles out nor matches (sdcMicro)
    scores    original: (M - s)! for an MSU of s of M columns; newer: (2^(M-s) - 1) s! (M-s)! / M!
    keep_records  remember which records each MSU singles out, for `Suda.among`: a bit for each record and set
    progress  told the share of the sets that are done, 0 to 1
    """
    keys = tuple(dict.fromkeys(keys))
    table.require(keys)
    if not 0 < fraction < 1:
        raise Problem("The sampling fraction must be more than 0 and less than 1.", "Say 0.01 for one person in 100.")
    size = min(max_size or len(keys), len(keys))
    check_effort(len(keys), size)
    columns = tuple(table[k] for k in keys)
    classes = class_sizes(columns)
    special = np.flatnonzero(classes.fk == 1)  # unique on some columns is unique on all
    search = Search([radix(c) for c in columns], [c.codes[special] for c in columns], missing,
                    [c.codes[classes.first_rows] for c in columns])
    pairs = int((classes.fk == 2).sum())
    return scored(search, keys, columns, special, pairs, size, fraction, scores, keep_records, progress)


def scored(
    search: Search,
    keys: tuple[str, ...],
    columns: tuple[Column, ...],
    special: Rows,
    pairs: int,
    size: int,
    fraction: float,
    scores: Scores,
    keep_records: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Suda:
    """The scores of what a search finds. special: where its records stand in the columns; pairs: rows that are two."""
    score = np.zeros(len(special))
    parts = np.zeros((len(special), len(keys)))
    sets, whom = {}, {}
    for chosen, minimal in search.minimal(size, progress):
        points = _points(len(keys), len(chosen), scores)
        score[minimal] += points
        for j in chosen:
            parts[minimal, j] += points
        names = tuple(keys[j] for j in chosen)
        sets[names] = int(np.count_nonzero(minimal))
        if keep_records:
            whom[names] = np.packbits(minimal)
    with np.errstate(invalid="ignore"):
        contributions = np.where(score[:, None] > 0, parts / score[:, None], 0.0)
    all_scores = np.zeros(len(columns[0]))
    all_scores[special] = score
    dis = _dis(all_scores, len(keys), fraction, uniques=len(special), pairs=pairs)
    return Suda(keys, all_scores, dis, special, contributions, _most_first(sets), columns, whom)


def _most_first(sets: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    return dict(sorted(sets.items(), key=lambda item: (-item[1], len(item[0]))))


def check_effort(keys: int, size: int) -> None:
    """A Problem where there are too many sets of columns to search."""
    sets = sum(math.comb(keys, s) for s in range(1, size + 1))
    if sets > MOST_SETS:
        raise Problem(
            "{keys} columns have {sets} combinations of up to {size}: too many to search.",
            "Choose fewer quasi-identifiers, or combinations of at most 3 columns.", keys=keys, sets=sets, size=size,
        )


def _points(keys: int, size: int, scores: Scores) -> float:
    if scores == "original":
        return float(math.factorial(keys - size))
    rest = keys - size
    return (2**rest - 1) * math.factorial(size) * math.factorial(rest) / math.factorial(keys)


def _dis(score: Floats, keys: int, fraction: float, uniques: int, pairs: int) -> Floats:
    # D: chance that a match on a unique is right, by data intrusion simulation: U d / (U d + P (1 - d)).
    out = np.zeros(len(score))
    some = score > 0
    if not some.any():
        return out
    hit = uniques * fraction / (uniques * fraction + pairs * (1 - fraction))
    power = 1 + (8 - keys) / 20
    raised = score[some] ** power
    out[some] = 1 / (1 + (uniques / hit - uniques) / (raised * (1 / raised).sum()))
    return out


class Search:
    """Tests sets of columns from small to large; on each it counts every combination of the table once.

    radices   of the columns
    special   codes of the records that are alone in their combination, column by column
    one_each  codes of one row of each combination
    """

    def __init__(
        self, radices: Sequence[int], special: Sequence[Codes], missing: Missing, one_each: Sequence[Codes] = ()
    ) -> None:
        self.radices, self.missing, self.count = list(radices), missing, len(special[0])
        # One row per combination is enough to find shared values of two different combinations, and special rows
        # are alone in theirs: what only equal rows share cannot make a special row less unique.
        self.codes = [np.ascontiguousarray(c) for c in one_each]
        self.special = [np.ascontiguousarray(c) for c in special]

    def prepare(self, sets: Sequence[tuple[int, ...]]) -> None:
        """Told which sets will be asked for next, for searches that count several at once."""

    def minimal(self, size: int, progress: Callable[[float], None] | None = None):  # type: ignore[no-untyped-def]
        """Yield (columns, (specials,) True where they are a minimal sample unique) for every set up to `size`."""
        total, done = sum(math.comb(len(self.radices), s) for s in range(1, size + 1)), 0
        smaller: dict[tuple[int, ...], Mask] = {(): np.zeros(self.count, bool)}
        for s in range(1, size + 1):
            found: dict[tuple[int, ...], Mask] = {}
            self.prepare([c for c in combinations(range(len(self.radices)), s) if not _known(c, smaller).all()])
            for chosen in combinations(range(len(self.radices)), s):
                if progress:
                    progress(done / total)
                done += 1
                known = _known(chosen, smaller)
                if known.all():
                    found[chosen] = known
                    continue
                unique = self.unique(chosen)
                if self.missing == "nothing":
                    unique &= np.logical_and.reduce([self.special[j] >= 0 for j in chosen])
                minimal = unique & ~known
                found[chosen] = unique | known
                if minimal.any():
                    yield chosen, minimal
            smaller = found

    def unique(self, chosen: tuple[int, ...]) -> Mask:
        """(specials,) True where nobody else has the record's values of these columns."""
        radices = [self.radices[j] for j in chosen]
        domain = math.prod(radices)
        rows = len(self.codes[0])
        if domain > 64 * rows + BLOCK:
            return self._unique_hashed(chosen, radices)
        asked, _ = pack_codes([self.special[j] for j in chosen], radices)
        loops = compiled()
        if not loops:
            keys, _ = pack_codes([self.codes[j] for j in chosen], radices)
            return np.asarray(np.bincount(keys, minlength=domain)[asked] == 1)
        cells = np.zeros(domain, np.uint8)
        for start in range(0, rows, BLOCK):
            keys, _ = pack_codes([self.codes[j][start : start + BLOCK] for j in chosen], radices)
            loops.count_to_two(keys, cells)
        return np.asarray(cells[asked] == 1)

    def _unique_hashed(self, chosen: tuple[int, ...], radices: Sequence[int]) -> Mask:
        both = [np.concatenate([self.special[j], self.codes[j]]) for j in chosen]
        fk = count_keys(*pack_codes(both, radices)).fk[: self.count]
        return np.asarray(fk == 2)  # itself as a special row, and itself among the combinations


def _known(chosen: tuple[int, ...], smaller: Mapping[tuple[int, ...], Mask]) -> Mask:
    """(specials,) True where a smaller set inside this one is unique already."""
    return np.asarray(np.logical_or.reduce([smaller[chosen[:i] + chosen[i + 1 :]] for i in range(len(chosen))]))
