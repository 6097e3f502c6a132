"""How much detail a release has lost on the quasi-identifiers, comparable between methods."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.protect.hierarchies.tree import Tree
from core.table import Table


def detail_lost(
    original: Table, released: Table, trees: Mapping[str, Tree], importance: Mapping[str, float] | None = None
) -> float:
    """0: every cell is exact; 1: every cell is `*` or gone. The mean over rows and columns of what a cell lost.

    trees       column -> its tree, planted on the original column
    importance  column -> how much it counts (1 where it is not named)

    A cell's loss is (s - 1/d) / (1 - 1/d), with s the share of the d leaves of its hierarchy under its text (the
    normalised certainty penalty, Xu et al. 2006, doi:10.1145/1150402.1150504). Rows left out have lost everything;
    a text that is no group of the hierarchy counts as lost where it differs from the original.
    """
    weights = np.array([(importance or {}).get(n, 1.0) for n in trees])
    losses = [_column_loss(original, released, name, tree) for name, tree in trees.items()]
    return float(np.average(losses, weights=weights)) if original.rows else 0.0


def _column_loss(original: Table, released: Table, name: str, tree: Tree) -> float:
    if name not in released.columns:
        return 1.0
    share: dict[str, float] = {}
    for labels, shares in zip(tree.labels, tree.shares, strict=True):
        for label, s in zip(labels, shares, strict=True):
            if label is not None:
                share[label] = min(s, share.get(label, 1.0))
    column = released[name]
    per_value = np.array([share.get(v, 1.0) for v in column.values.to_pylist()] + [1 / tree.domain])
    loss = (per_value - 1 / tree.domain) / (1 - 1 / tree.domain) if tree.domain > 1 else np.zeros(len(per_value))
    cells = np.asarray(loss[column.codes])
    if original.row_ids is not None and released.row_ids is not None:
        place = np.full(int(original.row_ids.max()) + 1, 0)
        place[original.row_ids] = np.arange(original.rows)
        same = original[name].take(place[released.row_ids]).same_cells(column)
        cells = np.where(same & ~column.suppressed, 0.0, cells)
    return float((cells.sum() + original.rows - released.rows) / original.rows)
