"""Rows drawn until enough of them keep the rules: what breaks one is thrown away and drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.problem import Problem
from core.protect.method import Progress, silent
from core.synthesise.amounts import joined
from core.synthesise.rules import Between, NotAbove, Together, broken
from core.table import Column, Table
from core.table.column import Mask

Draw = Callable[[int], Table]
"""About so many new rows (whole households: a few more)."""

MOST = 2_000_000
"""Rows drawn at once."""
PATIENCE = 400
"""For one row wanted, at most so many are drawn before the search is given up."""


def accepted(
    draw: Draw, rows: int, rules: Sequence[Between | NotAbove | Together] = (),
    given: Mapping[str, str] | None = None, household: str | None = None, progress: Progress = silent,
) -> Table:  # fmt: skip
    """`rows` new rows that keep all rules and show the values in `given`; a Problem where they are too rare.

    Where `household` names a column, households are accepted whole or not at all and numbered anew; the last one is
    chosen to fit, and where none fits there are a few rows fewer.
    """
    if rows == 0:
        return draw(1).take(np.zeros(0, np.int64))
    parts: list[Table] = []
    drawn = have = 0
    while have < rows:
        share = (have + 1) / (drawn + 1) if drawn else 1.0
        batch = draw(int(min(MOST, max((rows - have) / max(share, 1e-4) * 1.05 + 10, 50))))
        drawn += batch.rows
        good = batch.take(_good(batch, rules, given or {}, household))
        if good.rows:
            parts.append(good)
            have += good.rows
        progress(min(1.0, have / rows), "New rows")
        if have < rows and drawn > PATIENCE * (rows + 100):
            raise Problem(
                "Of {drawn} rows that were drawn, only {have} keep the rules and conditions; {rows} were asked for.",
                "Ask for fewer rows, or for people who are less rare.", drawn=drawn, have=have, rows=rows,
            )
    if household is None:
        return below(parts).take(np.arange(rows))
    return _filled(parts, rows, household)


def below(parts: Sequence[Table]) -> Table:
    """Tables of the same columns below each other."""
    if len(parts) == 1:
        return parts[0]
    return Table({n: joined([p[n] for p in parts]) for n in parts[0].names}, parts[0].roles, None)


def _good(
    batch: Table, rules: Sequence[Between | NotAbove | Together], given: Mapping[str, str], household: str | None
) -> Mask:
    fits = np.ones(batch.rows, bool)
    for name, value in given.items():
        column = batch[name]
        at = column.values.index(value).as_py()
        fits &= (column.codes == at) if at >= 0 else False
    bad = broken(rules, batch)
    if household is None:
        return fits & ~bad
    # A household with one row against a rule goes whole; one with a person asked for comes whole.
    codes = batch[household].codes
    spoilt = np.bincount(codes, bad, len(batch[household].values))[codes] > 0
    wanted = np.bincount(codes, fits, len(batch[household].values))[codes] > 0
    return np.asarray(wanted & ~spoilt)


def _filled(parts: Sequence[Table], rows: int, household: str) -> Table:
    """Whole households in the order drawn, as many as fit into `rows`, numbered from 1."""
    offset, numbers = 0, []
    for one in parts:
        codes = one[household].codes.astype(np.int64)
        numbers.append(codes + offset)
        offset += len(one[household].values)
    number = np.concatenate(numbers)
    whole = below([one.without([household]) for one in parts])
    sizes = np.bincount(number, minlength=offset)
    left, taken = rows, np.zeros(offset, bool)
    for at in range(offset):
        if sizes[at] <= left:
            taken[at], left = True, left - int(sizes[at])
        if not left:
            break
    stay = taken[number]
    new = np.cumsum(taken)[number[stay]]
    width = len(str(int(taken.sum())))
    ids = Column.of([str(i).zfill(width) for i in new.tolist()], parts[0][household].kind)
    table = whole.take(stay)
    return Table({n: ids if n == household else table[n] for n in parts[0].names}, parts[0].roles, None)
