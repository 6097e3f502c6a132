"""Compiled loops of swapping."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def pair_within(rows: int, reach: int, draws: np.ndarray) -> np.ndarray:
    """(rows,) int64: partner of each place, both ways; partners stand at most `reach` places apart.

    Each place, from the first, draws partners among the next `reach` until it meets a free one (draws (rows, tries),
    uniform in [0, 1)); where all tries meet taken ones it takes the nearest free place after the last try, going
    round within its reach.
    """
    partner = np.arange(rows)
    taken = np.zeros(rows, np.bool_)
    for i in range(rows):
        if taken[i]:
            continue
        width = min(reach, rows - 1 - i)
        if width < 1:
            continue
        offset = 0
        for t in range(draws.shape[1]):
            offset = int(draws[i, t] * width)
            if not taken[i + 1 + offset]:
                break
        for step in range(width):
            j = i + 1 + (offset + step) % width
            if not taken[j]:
                partner[i], partner[j] = j, i
                taken[i] = taken[j] = True
                break
    return partner
