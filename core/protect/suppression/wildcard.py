"""The fewest blanks where a blank is counted as if it could be anything (as sdcMicro counts), and the recount of it."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.protect.method import Alike, Claim
from core.risk.kernel import Classes, class_sizes, count_keys, pack_codes
from core.risk.wildcard import wildcard_sizes
from core.table import SUPPRESSED, Column, Table

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def blanks(columns: Sequence[Column], k: int, price: npt.NDArray[np.float64]) -> Mask:
    """(columns, rows) True where a cell is to be blanked, so that every row matches at least k rows.

    price  (columns,) what a blank costs. Rows at risk get one blank where that does, chosen so that it rescues as
    many rows as possible; the others the cheapest set of blanks that alone gives them k matches.
    """
    classes = class_sizes(columns)
    out = np.zeros((len(columns), classes.rows), bool)
    risky = np.flatnonzero(classes.fk < k)
    if not len(risky):
        return out
    combos = _Combos(columns, classes)
    combo = classes.class_of[risky].astype(np.int64)
    blank, need = _single(combos, combo, k, price)
    found = np.zeros((len(columns), len(risky)), bool)
    found[blank[blank >= 0], np.flatnonzero(blank >= 0)] = True
    _several(combos, combo, k, price, found, need)
    out[:, risky] = found
    return out


def matches(columns: Sequence[Column]) -> npt.NDArray[np.float64]:
    """(rows,) how many rows each row matches, a blank on either side matching anything; missing is a value."""
    return wildcard_sizes([
        Column(np.where(c.suppressed, -1, np.where(c.missing, len(c.values), c.codes)).astype(np.int32),
               pa.concat_arrays([c.values, pa.array(["\0"])]))
        for c in columns
    ]).fk


def more_blanks(columns: Sequence[Column], k: int, price: npt.NDArray[np.float64]) -> Mask:
    """As `blanks`, where cells have been blanked before: what they match already is not asked for again."""
    out = np.zeros((len(columns), len(columns[0])), bool)
    now, before = list(columns), np.inf
    while (short := matches(now) < k).any():
        gone = blanks(now, k, price)
        # Blanks of rows that match enough are not needed; where that rescues nobody they are given after all.
        gone &= short if short.sum() < before else True
        before = short.sum()
        out |= gone
        now = [c.suppress(g) for c, g in zip(now, gone, strict=True)]
    return out


class _Combos:
    """Distinct combinations: codes (columns, combinations), rows each stands for."""

    def __init__(self, columns: Sequence[Column], classes: Classes) -> None:
        self.codes = [np.ascontiguousarray(c.codes[classes.first_rows]) for c in columns]
        self.radices = [len(c.values) + 1 for c in columns]
        self.weight = classes.sizes.astype(np.int64)

    def lines(self, blanked: Sequence[int]) -> tuple[Ints, Ints]:
        """(combinations,) number of the line when these columns are blanked, and rows on it."""
        rest = [c for c in range(len(self.codes)) if c not in blanked]
        if not rest:
            return np.zeros(len(self.weight), np.int64), np.full(len(self.weight), self.weight.sum())
        line = count_keys(*pack_codes([self.codes[c] for c in rest], [self.radices[c] for c in rest])).class_of
        return line.astype(np.int64), np.bincount(line, self.weight).astype(np.int64)[line]


def _single(combos: _Combos, combo: Ints, k: int, price: npt.NDArray[np.float64]) -> tuple[Ints, Ints]:
    from core.protect.kernels.wildcard import cover_lines

    columns, rows = len(combos.codes), len(combo)
    lines, total, members = (np.zeros((columns, rows), np.int64) for _ in range(3))
    start = np.zeros((columns, rows + 1), np.int64)
    for c in range(columns):
        line, on_it = combos.lines([c])
        total[c] = on_it[combo]
        lines[c] = np.unique(line[combo], return_inverse=True)[1]
        members[c] = np.argsort(lines[c], kind="stable")
        start[c, 1:] = np.cumsum(np.bincount(lines[c], minlength=rows))
    need, blank = k - combos.weight[combo], np.full(rows, -1, np.int64)
    cover_lines(need, combo, combos.weight[combo], lines, total, start, members, price, blank)
    return blank, need


def _several(combos: _Combos, combo: Ints, k: int, price: npt.NDArray[np.float64], found: Mask, need: Ints) -> None:
    """Rows still at risk get the cheapest set of blanks that alone gives them k matches; `found` is changed."""
    columns = len(combos.codes)
    sets = [s for n in range(1, columns + 1) for s in itertools.combinations(range(columns), n)]
    left = np.flatnonzero(need > 0)
    for blanked in sorted(sets, key=lambda s: price[list(s)].sum()):
        if not len(left):
            return
        # A blank already given counts as a match for others and must stay.
        kept_within = ~found[[c for c in range(columns) if c not in blanked]][:, left].any(axis=0)
        enough = kept_within & (combos.lines(blanked)[1][combo[left]] >= k)
        for c in blanked:
            found[c, left[enough]] = True
        left = left[~enough]


def wildcard_k(names: Sequence[str], k: int) -> Claim:
    """sdcMicro's count: every row matches at least k rows if a blank may be anything. Not k-anonymity."""
    what = f"counting blanks as anything, every row matches at least {k} rows on {', '.join(names)}"
    return Claim(f"{what} (this is not k-anonymity)", lambda t: fewest_matches(t, names) >= min(k, t.rows),
                 Alike(tuple(names), k, False))


Row = tuple[str | None, ...]


def fewest_matches(table: Table, names: Sequence[str]) -> int:
    """The least number of rows a row matches, a blank on either side matching anything; 0 for an empty table.

    Plain Python, by definition: rows are sorted by which cells are blank; two such sorts are compared on the columns
    blank in neither.
    """
    left = [n for n in names if n in table.columns]
    if not left:
        return table.rows  # columns that are gone tell nobody apart
    sorts: dict[tuple[bool, ...], Counter[Row]] = defaultdict(Counter)
    for row in zip(*(table[n].texts() for n in left), strict=True):
        sorts[tuple(v == SUPPRESSED for v in row)][row] += 1
    found: Counter[Row] = Counter()
    for blank, rows in sorts.items():
        for other_blank, others in sorts.items():
            shared = [i for i, either in enumerate(zip(blank, other_blank, strict=True)) if not any(either)]
            known: Counter[Row] = Counter()
            for row, n in others.items():
                known[tuple(row[i] for i in shared)] += n
            for row in rows:
                found[row] += known[tuple(row[i] for i in shared)]
    return min(found.values(), default=0)
