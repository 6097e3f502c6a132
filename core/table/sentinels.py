"""Numbers and dates that may stand for “missing”: 99, -9, 1 January 1900. They are proposed, never applied."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from core.table.column import Column
from core.table.numbers import canonical
from core.table.vocabulary import SENTINELS


def coded_missing(column: Column, known: Mapping[str, int]) -> dict[str, int]:
    """Codes that often say “no answer”: the highest where it stands apart (9 beside 1 and 2), and any below zero."""
    numbers = {int(text): (text.strip(), int(count)) for text, count in _coded(column)}
    below_zero = {c for c in numbers if c < 0 and str(c) in SENTINELS}
    codes = sorted(set(numbers) - below_zero)
    found = [numbers[c] for c in sorted(below_zero)] if len(codes) >= 2 and codes[0] >= 0 else []
    if len(codes) >= 3 and codes[-1] - codes[-2] >= 3 and codes[-1] > 2 * codes[-2]:
        found.append(numbers[codes[-1]])
    return {text: count for text, count in found if text.lstrip("+") in SENTINELS and text not in known}


def _coded(column: Column) -> list[tuple[str, int]]:
    pairs = zip(column.values.to_pylist(), column.counts().tolist(), strict=True)
    return [(v, c) for v, c in pairs if v.strip().removeprefix("-").isdecimal()]


PLACEHOLDERS = frozenset({"0001-01-01", "1111-11-11", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01",
                          "2099-12-31", "2999-12-31", "9999-12-31"})  # fmt: skip
"""Dates that programs write where none is known. 1 January 1970 is none of them: people were born on it."""


def placeholders(column: Column, iso: list[str | None]) -> dict[str, int]:
    """Dates that stand for “not known” where they occur more than once; `iso` is what each value reads as."""
    pairs = zip(column.values.to_pylist(), iso, column.counts().tolist(), strict=True)
    return {v.strip(): c for v, i, c in pairs if i and i[:10] in PLACEHOLDERS and c >= 2 and "," not in v}


def sentinels(column: Column, decimal: str, known: Mapping[str, int]) -> dict[str, int]:
    """Numbers such as 99 or -9 that stand apart from all others, and so may mean “missing”."""
    read = pl.Series("v", canonical(column.values, decimal), dtype=pl.String).cast(pl.Float64, strict=False).to_numpy()
    counts = column.counts()
    found = {}
    numbers = np.where(np.isnan(read), np.inf, read)
    order = np.argsort(numbers)
    order = order[np.isfinite(numbers[order])]
    if len(order) < 4:
        return {}
    values = column.values
    for places in (order[::-1], order):
        for here, rest in ((places[0], places[1:]),):
            text = values[int(here)].as_py().strip()
            others = read[rest]
            gap = abs(read[here] - others[0])
            spread = max(float(others.max() - others.min()), 1.0)
            near = counts[rest[:8]]
            crowd = counts[here] > 3 * max(1.0, float(near.mean())) and counts[here] > near.max()
            apart = gap > 0.5 * spread or (read[here] < 0 and (others >= 0).all())
            if (
                text in SENTINELS
                and text not in known
                and counts[here] >= 2
                and (apart or (crowd and counts[here] >= 5))
            ):
                found[text] = int(counts[here])
    return found
