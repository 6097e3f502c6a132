"""Values and bounds that are not public, found at a price: frequent values by a threshold, bounds by powers of two."""

from __future__ import annotations

import numpy as np

from core.query.ground import Bounds, Categories, as_numbers
from core.query.keys import LARGEST, LEAST
from core.synthesise.purse import Purse
from core.table import Column


def found(column: Column, values: bool, purse: Purse, share: float, columns: int) -> Categories | Bounds:
    """What can be told of a column for this share of the price.

    values   a list of values is sought, else bounds of numbers
    columns  among how many columns the delta for naming values is shared
    """
    return _values(column, purse, share, purse.delta / columns) if values else _bounds(column, purse, share)


def _values(column: Column, purse: Purse, share: float, delta: float) -> Categories:
    """The values that enough rows have; rarer ones count as missing."""
    counts = dict(zip(column.values.to_pylist(), column.counts().tolist(), strict=True))
    named = purse.frequent(counts, share, delta, "values of a column")
    # In the order of the alphabet: that of the file is not public.
    return Categories(values=tuple(sorted(named)) or ("",))


def _bounds(column: Column, purse: Purse, share: float) -> Bounds:
    """Two powers of two (or zero) between which nearly all numbers lie (Wilson et al. 2020, section 5.1)."""
    numbers = as_numbers(column).numbers
    numbers = numbers[~np.isnan(numbers)]
    powers = 2.0 ** np.arange(LEAST, LARGEST + 1)
    edges = np.concatenate([-powers[::-1], [0.0], powers])
    place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
    exact = np.bincount(place, minlength=len(edges) - 1).astype(np.int64)
    noisy, noise = purse.counts(exact, share, "bounds of a column")
    # So high that with 99% no empty bin passes.
    high = np.flatnonzero(noisy > noise.half_width(1 - 0.02 / len(exact)))
    if not len(high):
        return Bounds(low=0, high=1)
    # Whole numbers: else the decimals of a power of two would become those of the new numbers.
    return Bounds(low=float(np.floor(edges[high[0]])), high=float(np.ceil(edges[high[-1] + 1])))
