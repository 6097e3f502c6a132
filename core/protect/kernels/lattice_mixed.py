"""The lattice search of lattice.py where classes must also be mixed in sensitive columns, or large in the population.

A class that breaks a rule counts as one that is too small: its rows are blanked, within the limit.
"""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled
from core.protect.kernels.cover import GOLDEN
from core.protect.kernels.diverse import keeps


@compiled
def fine(count, h, people, k, least, share, rules):
    """Whether a class of `count` rows with the histogram h and these people of the populations may be released."""
    if count < k:
        return False
    for p in range(len(least)):
        if people[p] < least[p]:
            return False
    return len(rules) == 0 or keeps(h, share, rules)


@compiled
def fine_all(count, h, people, k, least, share, rules):
    """(classes,) as `fine`, for every class."""
    out = np.empty(len(count), np.bool_)
    for i in range(len(count)):
        out[i] = fine(count[i], h[i], people[i], k, least, share, rules)
    return out


@compiled
def _roll_up(
    keys, counts, losses, h, people, size, shift, bits, parent, change, new_keys, new_counts, new_losses, new_h,
    new_people, slots,
):
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
        slot = (np.uint64(key) * GOLDEN >> np.uint64(24)) & mask
        while slots[slot] >= 0 and new_keys[slots[slot]] != key:
            slot = (slot + np.uint64(1)) & mask
        at = slots[slot]
        if at < 0:
            slots[slot] = held
            new_keys[held], new_counts[held], new_losses[held] = key, counts[i], losses[i] + change[old]
            new_h[held], new_people[held] = h[i], people[i]
            held += 1
        else:
            new_counts[at] += counts[i]
            new_h[at] += h[i]
            new_people[at] += people[i]
    return held


@compiled
def search_mixed(
    keys, counts, losses, h, people, shift, bits, depth, groups, shares, importance, mean_shares, k, limit, total,
    least, share, rules, work_limit,
):
    """As lattice.search, pruned by loss; keys are distinct.

    h       (cells, categories) rows of each category of the sensitive columns
    people  (cells, populations), least (populations,): how many people each class must mean at least
    """
    columns, cells = len(depth), len(keys)
    table_keys = np.empty((columns + 1, cells), np.int64)
    table_counts = np.empty((columns + 1, cells), np.int64)
    table_losses = np.empty((columns + 1, cells), np.float64)
    table_h = np.empty((columns + 1, cells, h.shape[1]), np.int32)
    table_people = np.empty((columns + 1, cells, people.shape[1]), np.float64)
    sizes, source = np.zeros(columns + 1, np.int64), np.zeros(columns, np.int64)
    table_keys[0], table_counts[0], table_losses[0], sizes[0] = keys, counts, losses, cells
    table_h[0], table_people[0] = h, people
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
        while at < columns - 1:
            source[at + 1] = source[at]
            at += 1
            level[at] = 0
        table = source[at]
        size = sizes[table]
        suppressed, loss = np.int64(0), 0.0
        for i in range(size):
            count = table_counts[table, i]
            if count == 0:
                continue
            if fine(count, table_h[table, i], table_people[table, i], k, least, share, rules):
                loss += table_losses[table, i] * count
            else:
                suppressed += count
                if suppressed > limit:
                    break
        nodes += 1
        work += size
        loss = (loss + whole * suppressed) / total
        if suppressed <= limit and loss < best - 1e-12:
            best, best_suppressed = loss, suppressed
            best_level[:] = level
        while at >= 0:
            if level[at] < depth[at]:
                step = importance[at] * (mean_shares[at, level[at] + 1] - mean_shares[at, level[at]])
                if bound + step >= best - 1e-12:
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
            table_keys[table], table_counts[table], table_losses[table], table_h[table], table_people[table],
            sizes[table], shift[at], bits[at], parents[at, level[at]], change[at, level[at]], table_keys[at + 1],
            table_counts[at + 1], table_losses[at + 1], table_h[at + 1], table_people[at + 1], slots,
        )
        work += sizes[table]
        source[at], sizes[at + 1] = at + 1, held
        level[at] += 1
    return best_level, best, best_suppressed, nodes, min(open_bound, best)
