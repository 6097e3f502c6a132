"""Every combination of levels of a generalisation lattice, counted by rolling up tables of distinct combinations.

Depth first: the table of a prefix of columns is rolled up one level of one column at a time, so each node costs only
the size of its own (smaller) table. Keys hold one field of bits for each column.
"""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled
from core.protect.kernels.cover import GOLDEN


@compiled
def _roll_up(
    keys, counts, losses, size, shift, bits, parent, change, new_keys, new_counts, new_losses, slots
):
    """One column one level up: cells with the same key are merged; returns how many there are.

    parent, change  (groups,): the group above, and what the step adds to the loss of one row
    """
    width = 16
    while width < 2 * size:
        width *= 2
    mask = np.uint64(width - 1)
    slots[:width] = -1
    field = (np.int64(1) << bits) - 1
    held = 0
    for i in range(size):
        old = (keys[i] >> shift) & field
        key = keys[i] + ((np.int64(parent[old]) - old) << shift)
        loss, count = losses[i] + change[old], counts[i]
        slot = (np.uint64(key) * GOLDEN >> np.uint64(24)) & mask
        while slots[slot] >= 0 and new_keys[slots[slot]] != key:
            slot = (slot + np.uint64(1)) & mask
        at = slots[slot]
        if at < 0:
            slots[slot] = held
            new_keys[held], new_counts[held], new_losses[held] = key, count, loss
            held += 1
        else:
            new_counts[at] += count
    return held


@compiled
def search(
    keys, counts, losses, shift, bits, depth, groups, shares, importance, mean_shares, k, limit, total, prune,
    work_limit,
):
    """The node of least loss at which at most `limit` rows stand in cells below k (those count as `*` throughout).

    keys, counts, losses  (cells,): the distinct combinations at level 0, their rows, the loss of one row
    groups, shares        (columns, levels, values), (columns, levels, groups) as in Recoding
    mean_shares           (columns, levels): mean loss of a column at a level over all rows
    prune                 leave out branches whose loss without any suppression is already above the best
    returns  (best levels, its loss per row, suppressed rows, nodes counted, least loss a node left out could have)
    """
    columns, cells = len(depth), len(keys)
    table_keys = np.empty((columns + 1, cells), np.int64)
    table_counts = np.empty((columns + 1, cells), np.int64)
    table_losses = np.empty((columns + 1, cells), np.float64)
    sizes, source = np.zeros(columns + 1, np.int64), np.zeros(columns, np.int64)
    table_keys[0], table_counts[0], table_losses[0], sizes[0] = keys, counts, losses, cells
    width = 16
    while width < 2 * cells:
        width *= 2
    slots = np.empty(width, np.int64)
    parents = np.zeros(groups.shape, np.int64)
    change = np.zeros(groups.shape, np.float64)
    for c in range(columns):
        for level in range(depth[c]):
            for v in range(groups.shape[2]):
                g = groups[c, level, v]
                above = groups[c, level + 1, v]
                parents[c, level, g] = above
                change[c, level, g] = importance[c] * (shares[c, level + 1, above] - shares[c, level, g])
    whole = importance.sum()
    level, best_level = np.zeros(columns, np.int64), depth.copy()
    best, best_suppressed, nodes, work = whole * 1.0, np.int64(0), 0, 0
    open_bound = np.inf
    at = 0
    bound = 0.0
    for c in range(columns):
        bound += importance[c] * mean_shares[c, 0]
    while at >= 0:
        # Descend with the columns still open at level 0: their table is the one above.
        while at < columns - 1:
            source[at + 1] = source[at]
            at += 1
            level[at] = 0
        table = source[at]
        size = sizes[table]
        suppressed, loss = np.int64(0), 0.0
        for i in range(size):
            if table_counts[table, i] < k:
                suppressed += table_counts[table, i]
            else:
                loss += table_losses[table, i] * table_counts[table, i]
        nodes += 1
        work += size
        loss = (loss + whole * suppressed) / total
        if suppressed <= limit and loss < best - 1e-12:
            best, best_suppressed = loss, suppressed
            best_level[:] = level
        # On to the next level of the last column that has one and is still worth it.
        while at >= 0:
            if level[at] < depth[at]:
                step = importance[at] * (mean_shares[at, level[at] + 1] - mean_shares[at, level[at]])
                if prune and bound + step >= best - 1e-12:
                    pass
                elif work > work_limit:
                    open_bound = min(open_bound, bound + step)
                else:
                    bound += step
                    break
            bound -= importance[at] * (mean_shares[at, level[at]] - mean_shares[at, 0])
            level[at] = 0
            at -= 1
        if at < 0:
            break
        table = source[at]
        held = _roll_up(
            table_keys[table], table_counts[table], table_losses[table], sizes[table], shift[at], bits[at],
            parents[at, level[at]], change[at, level[at]],
            table_keys[at + 1], table_counts[at + 1], table_losses[at + 1], slots,
        )
        work += sizes[table]
        source[at], sizes[at + 1] = at + 1, held
        level[at] += 1
    return best_level, best, best_suppressed, nodes, min(open_bound, best)
