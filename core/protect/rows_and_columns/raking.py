"""Raking: weights brought back to known totals, column by column, round by round."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.protect.cells import with_numbers
from core.protect.hierarchies.bands import Floats
from core.table import SUPPRESSED, Column, Table


class _Margin(NamedTuple):
    """codes (rows,) value of each row; wanted (values,) its total; blank: the place of blanked cells, or -1."""

    codes: npt.NDArray[np.int64]
    wanted: Floats
    blank: int


def raked(before: Table, after: Table, names: tuple[str, ...], rounds: int = 200) -> Table:
    """`after` with weights changed so that each value of these columns has its weighted total of `before` again.

    Iterative proportional fitting (Deming & Stephan 1940, doi:10.1214/aoms/1177731829). The weight of values of which
    no row is left goes to the others of the column. Rows whose cell was blanked in between keep their weight as far as
    this column goes; the totals of the others are then in the proportions they had. A Problem if a column was recoded,
    or if the totals contradict each other and do not come together to 1 in 10,000.
    """
    weight = before.one("weight") or ""
    old, new = np.nan_to_num(before[weight].numbers), np.nan_to_num(after[weight].numbers)
    margins = [_margin(before[n], after[n], n, old, new) for n in names]
    off = 0.0
    for _ in range(rounds):
        off = 0.0
        for codes, wanted, blank in margins:
            now = np.bincount(codes, new, len(wanted))
            aim = wanted.copy()
            if blank >= 0:
                aim[blank] = now[blank]
                others = np.arange(len(aim)) != blank
                aim[others] *= (old.sum() - now[blank]) / aim[others].sum()
            factor = np.divide(aim, now, out=np.ones_like(aim), where=now > 0)
            off = max(off, float(np.abs(factor[now > 0] - 1).max(initial=0)))
            new = new * factor[codes]
        if off < 1e-10:
            break
    if off > 1e-4:
        raise Problem("The totals of {names} cannot all be kept at once.", "Choose fewer columns.",
                      names=", ".join(names))
    # Cells that hold no weight stay as they are: a missing weight is not a weight of 0.
    return after.with_columns({weight: with_numbers(after[weight], rounded(new), new != after[weight].numbers)})


def rounded(weights: Floats) -> Floats:
    """Twelve digits of each weight, however small: 3.75 rather than 3.7500000000000004."""
    size = np.floor(np.log10(np.where(weights > 0, weights, 1.0)))
    return np.asarray(np.round(weights / 10**size, 11) * 10**size)


def _margin(before: Column, after: Column, name: str, old: Floats, weights: Floats) -> _Margin:
    texts = after.values.to_pylist()
    if set(texts) - {*before.values.to_pylist(), SUPPRESSED}:
        raise Problem(
            "“{column_name}” was recoded, so its old totals say nothing about its new values.",
            "Choose a column that was left as it is.", column=name, column_name=name,
        )
    place = {v: i for i, v in enumerate(texts)}
    codes = np.where(after.missing, len(place), after.codes).astype(np.int64)
    was = np.array([place.get(v, -1) if v is not None else len(place) for v in before.texts()])
    wanted = np.bincount(was[was >= 0], old[was >= 0], len(place) + 1).astype(np.float64)
    # Rows without a weight cannot stand for those who left.
    wanted[np.bincount(codes, np.nan_to_num(weights), len(wanted)) <= 0] = 0.0
    blank = place[SUPPRESSED] if SUPPRESSED in place and not before.suppressed.any() else -1
    # What weighed on values of which no row is left is shared out, so that all margins add up to the same.
    return _Margin(codes, wanted * old.sum() / wanted.sum() if wanted.sum() > 0 else wanted, blank)
