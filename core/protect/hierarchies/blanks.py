"""Blanking a cell as the simplest hierarchy: the value, or `*`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.protect.hierarchies.recoding import Recoding
from core.protect.hierarchies.tree import Tree, plant
from core.table import Column


def value_or_nothing(column: Column, name: str) -> Tree:
    """The tree with two levels: the value, and `*`."""
    return plant(column, name, [() for _ in range(len(column.values))], {v: () for v in column.values.to_pylist()})


def count_cells(recoding: Recoding) -> Recoding:
    """The same with a blank costing 1 in every column, a trifle less where a column has more values.

    Among sets of equally many columns, those with most values come first: they set most rows free.
    """
    shares = np.ones_like(recoding.shares)
    values = recoding.radix[:, 0]
    shares[:, 0] = (0.01 * values / values.max())[:, None]
    return replace(recoding, shares=shares)
