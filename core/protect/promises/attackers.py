"""What two attackers find in a protected table: one who knows true values exactly, one who takes blanks for anything.

Strict counting looks at the file as written. Somebody who knows a person's true values sees more: a blank or a group
(30-39) that could be theirs counts, any other row is ruled out. Somebody who takes every blank for anything, as
sdcMicro counts, rules nothing out; that count is shown for comparison and is not k-anonymity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.problem import Problem
from core.protect.changes import places
from core.protect.method import Claim
from core.risk.kernel import Classes, class_sizes, count_keys, pack_codes
from core.risk.wildcard import wildcard_sizes
from core.table import SUPPRESSED, Column, Table

Ints = npt.NDArray[np.int64]

MOST_PATTERNS = 512
"""Up to so many patterns of blanks the wildcard count is made; it grows with their square."""
MOST_SETS = 12
"""Up to so many sets of columns are counted after a run."""
MOST_WORK = 100_000_000
"""Up to so many look-ups the true values are searched for."""
NOWHERE = -2
"""The code of a released value that does not exist (-1 is a missing cell)."""


@dataclass(frozen=True)
class Found:
    """How many rows stay in groups smaller than k, by who is looking; None where it was too much to count.

    as_written  rows that are written like fewer than k rows (strict)
    knowing     people whom somebody who knows their true values narrows down to fewer than k rows
    alone       of these, to exactly one
    wildcard    rows that match fewer than k where a blank may be anything
    """

    k: int
    as_written: int
    knowing: int | None
    alone: int | None
    wildcard: int | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Against:
    """What the two attackers find on the columns of a promise."""

    columns: tuple[str, ...]
    strict: bool
    found: Found

    def as_dict(self) -> dict[str, Any]:
        return {"columns": list(self.columns), "strict": self.strict, **self.found.as_dict()}


def against(claims: Iterable[tuple[int, Claim]], original: Table, released: Table) -> tuple[Against, ...]:
    """Both attackers counted for every promise of how many rows are alike; a Problem where a strict one does not hold.

    Of more than `MOST_SETS` promises those on the most columns are counted: the others are about fewer of them.
    Where cells were swapped or drawn anew, somebody who believes in true values may be led to few rows, which need not
    be the right ones: that is counted, and no promise is broken by it.
    """
    asked = {claim.alike: step for step, claim in claims if claim.alike is not None}
    widest = sorted(asked, key=lambda a: -len(a.columns))[:MOST_SETS]
    out = []
    for alike in widest:
        for found in attackers(original, released, alike.columns, (alike.k,)):
            if alike.strict and (found.wildcard or (found.knowing and not moved(original, released, alike.columns))):
                raise Problem(
                    "Somebody who knows true values would find fewer than {k} rows on {columns}, against what step "
                    "{number} promised.", "Leave this step out, and tell the people who maintain the studio.",
                    step=asked[alike], number=asked[alike], k=alike.k, columns=", ".join(alike.columns),
                )
            out.append(Against(alike.columns, alike.strict, found))
    return tuple(out)


def moved(original: Table, released: Table, names: Sequence[str]) -> bool:
    """Whether a cell says something that cannot be the row's own true value: swapped, drawn anew, changed by chance."""
    at = places(original, released)
    pairs = [(original[n].take(at), released[n]) for n in names if n in released.columns and n in original.columns]
    return any(_Layers.of(was, now).ruled_out(was, now).any() for was, now in pairs)


def attackers(original: Table, released: Table, names: Sequence[str], ks: Sequence[int] = (2, 3, 5)) -> list[Found]:
    """One entry for each k, on the columns of `names` that were released.

    A Problem is never raised: synthetic rows, which belong to nobody, have no true values, and give an empty list.
    """
    columns = [n for n in names if n in released.columns and n in original.columns]
    if released.row_ids is None or original.row_ids is None or not columns or not released.rows:
        return []
    now = [released[n] for n in columns]
    classes = class_sizes(now)
    was = [original[n].take(places(original, released)) for n in columns]
    matches = _by_true_values(was, now, classes, max(ks))
    wild = _by_wildcards(now, classes.fk)
    return [
        Found(
            k,
            int((classes.fk < k).sum()),
            None if matches is None else int(((matches > 0) & (matches < k)).sum()),
            None if matches is None else int((matches == 1).sum()),
            None if wild is None else int((wild < k).sum()),
        )
        for k in ks
    ]


def _by_wildcards(now: Sequence[Column], strict: npt.NDArray[Any]) -> npt.NDArray[Any] | None:
    """(rows,) rows that each row matches if a blank may be anything; without blanks the strict count."""
    blank = np.stack([c.suppressed for c in now])
    if not blank.any():
        return strict
    if len(now) > 62 or len(np.unique((blank * (1 << np.arange(len(now)))[:, None]).sum(axis=0))) > MOST_PATTERNS:
        return None
    return np.rint(wildcard_sizes([_only_blanks_missing(c) for c in now]).fk).astype(np.int64)


def _only_blanks_missing(column: Column) -> Column:
    """`*` becomes a missing cell, and a missing cell a value of its own, which no text can be."""
    texts = pa.array([*column.values.to_pylist(), "\0missing"])
    codes = np.where(column.missing, len(column.values), column.codes)
    codes = np.where(column.suppressed, -1, codes).astype(np.int32)
    return Column(codes, texts, column.kind).take(np.arange(len(column)))


def _by_true_values(was: Sequence[Column], now: Sequence[Column], classes: Classes, k: int) -> Ints | None:
    """(rows,) released rows that could be each person's, for somebody who knows the true values and how values were
    grouped. Rows that share what is written with k others, all of which could be theirs, are given k."""
    layers = [_Layers.of(before, after) for before, after in zip(was, now, strict=True)]
    other = np.zeros(classes.rows, bool)
    for layer, before, after in zip(layers, was, now, strict=True):
        other |= layer.ruled_out(before, after)
    open_ = np.flatnonzero((classes.fk < k) | other)
    out = np.full(classes.rows, k, np.int64)
    if not len(open_):
        return out
    truth = [before.codes[open_] for before in was]
    people = count_keys(*pack_codes(truth, [len(b.values) + 1 for b in was]))
    truth = [t[people.first_rows] for t in truth]
    written = [after.codes[classes.first_rows] for after in now]
    shapes = np.stack([layer.of_value[w] for layer, w in zip(layers, written, strict=True)])
    kinds, shape_of = np.unique(shapes, axis=1, return_inverse=True)
    if kinds.shape[1] * len(truth[0]) + classes.count > MOST_WORK:
        return None
    counted = np.zeros(len(truth[0]), np.int64)
    shape_of = shape_of.ravel()
    order = np.argsort(shape_of, kind="stable")
    for shape, members in zip(kinds.T, np.split(order, np.cumsum(np.bincount(shape_of))[:-1]), strict=True):
        sought = [layer.seen[level][t] for layer, level, t in zip(layers, shape, truth, strict=True)]
        there = [w[members] for w in written]
        counted += _rows_found(sought, there, classes.sizes[members], [len(c.values) for c in now])
    out[open_] = counted[people.class_of]
    return out


def _rows_found(
    sought: Sequence[Ints], there: Sequence[npt.NDArray[Any]], sizes: npt.NDArray[Any], values: Sequence[int]
) -> Ints:
    """(sought,) rows in the classes `there` that are written exactly as sought."""
    fits = np.all([s != NOWHERE for s in sought], axis=0)
    rows = np.flatnonzero(fits)
    both = [np.concatenate([s[rows], t]).astype(np.int32) for s, t in zip(sought, there, strict=True)]
    same = count_keys(*pack_codes(both, [v + 1 for v in values]))
    total = np.bincount(same.class_of[len(rows) :], sizes, same.count)
    out = np.zeros(len(fits), np.int64)
    out[rows] = total[same.class_of[: len(rows)]]
    return out


@dataclass(frozen=True, eq=False)
class _Layers:
    """Which released values could stand for a true one. In one layer each true value has at most one.

    of_value  (values + 1,) layer of each released value, the missing cell last
    seen      per layer: (true values + 1,) the released code each true value is written as, NOWHERE if none
    Layer 0 holds the column's own values, layer 1 the blank, the others groups and bands.
    """

    of_value: Ints
    seen: list[Ints]

    @staticmethod
    def of(before: Column, after: Column) -> _Layers:
        truth = {v: i for i, v in enumerate(before.values.to_pylist())}
        texts = after.values.to_pylist()
        own = np.full(len(truth) + 1, NOWHERE, np.int64)
        own[-1] = -1
        seen, of_value = [own, np.full(len(truth) + 1, NOWHERE, np.int64)], np.zeros(len(texts) + 1, np.int64)
        written = _pairs(before, after)
        for code, text in enumerate(texts):
            if text == SUPPRESSED:
                of_value[code], seen[1][:] = 1, code
            elif text in truth:
                own[truth[text]] = code
            else:
                of_value[code] = _free_layer(seen, written[code], len(truth) + 1)
                seen[of_value[code]][written[code]] = code
        return _Layers(of_value, seen)

    def ruled_out(self, before: Column, after: Column) -> npt.NDArray[np.bool_]:
        """(rows,) True where what is written cannot be the row's own true value: swapped, drawn anew, moved."""
        layer = self.of_value[after.codes]
        return np.stack(self.seen)[layer, before.codes] != after.codes


def _pairs(before: Column, after: Column) -> dict[int, Ints]:
    """Released code -> codes of the true values it was written for, in any row."""
    wide = len(before.values) + 1
    met = np.unique((after.codes.astype(np.int64) + 1) * wide + before.codes + 1)
    return {int(code) - 1: met[met // wide == code] % wide - 1 for code in np.unique(met // wide)}


def _free_layer(seen: list[Ints], values: Ints, size: int) -> int:
    for layer in range(2, len(seen)):
        if (seen[layer][values] == NOWHERE).all():
            return layer
    seen.append(np.full(size, NOWHERE, np.int64))
    return len(seen) - 1
