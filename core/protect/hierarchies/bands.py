"""Bands of numbers: where they begin and what they are called."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.table import Column

Floats = npt.NDArray[np.float64]


def cut_bands(numbers: Floats, edges: Floats) -> list[str]:
    """(values,) the band of each number: below the first edge, from each edge to just below the next, from the last."""
    held = np.concatenate([numbers[np.isfinite(numbers)], edges])
    whole = bool(np.all(held == np.rint(held)))
    names = [_band_name(low, high, whole) for low, high in zip([None, *edges], [*edges, None], strict=True)]
    return [names[i] for i in np.searchsorted(edges, numbers, side="right")]


def width_edges(numbers: Floats, width: float, start: float = 0) -> Floats:
    """Edges of bands of this width, counted from `start`, that cover every number (NaN is left out)."""
    held = numbers[np.isfinite(numbers)]
    if not len(held):
        return np.array([start], float)
    low, high = np.floor((held.min() - start) / width), np.floor((held.max() - start) / width)
    if high - low > 100_000:
        raise Problem("The bands are too narrow: there would be more than 100,000.", "Choose a larger width.")
    # 12 digits: an edge of 0.30000000000000004 would be written as it is.
    return np.array([float(f"{start + width * i:.12g}") for i in np.arange(low, high + 2)])


def equal_counts(column: Column, bands: int = 16) -> list[Floats]:
    """Nested edges with about equally many rows between them: 16, 8, 4, 2 bands; rounded, so that none is a cell."""
    numbers = column.numbers[np.isfinite(column.numbers)]
    if not len(numbers):
        return []
    spread = np.subtract(*np.quantile(numbers, [0.95, 0.05])) / bands
    step = 10.0 ** np.floor(np.log10(spread)) if spread > 0 else 1.0
    levels, n = [], bands
    while n >= 2:
        # The quantiles i/8 are among those of i/16, so the levels nest by themselves.
        edges = np.unique(np.rint(np.quantile(numbers, np.arange(1, n) / n) / step)) * step
        levels.append(edges[(edges > numbers.min()) & (edges <= numbers.max())])
        n //= 2
    return [e for i, e in enumerate(levels) if len(e) and (i == 0 or len(e) < len(levels[i - 1]))]


def _band_name(low: float | None, high: float | None, whole: bool) -> str:
    def text(number: float) -> str:
        return str(int(number)) if number == int(number) else repr(float(number))

    if low is None:
        return "all" if high is None else f"below {text(high)}"
    if high is None:
        return f"{text(low)} or more"
    if whole:
        dash = "-" if low >= 0 else " to "
        return text(low) if high - low == 1 else f"{text(low)}{dash}{text(high - 1)}"
    return f"{text(low)} to under {text(high)}"
