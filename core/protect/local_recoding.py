"""Rows grouped at the least coarse levels at which each group is large enough; what is left over joins a group."""

from __future__ import annotations

import numpy as np

from core.protect.method import Progress, silent
from core.protect.recoding import NODES, Ints, Recoding
from core.risk.kernel import count_keys, pack_codes

PARTS = 20
"""How often progress is told."""


def k_groups(recoding: Recoding, k: int, progress: Progress = silent, limit: int = NODES) -> Ints:
    """(columns, items) levels such that every class of the written table holds at least k rows.

    The table must have at least k rows.
    """
    from core.protect.kernels.cover import cover

    nodes = recoding.nodes(limit)
    node_of, waiting = np.full(recoding.items, -1, np.int64), np.arange(recoding.items)
    ends = np.linspace(0, len(nodes), PARTS + 1).astype(int)
    for first, last in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        progress(first / len(nodes), "grouping rows")
        left = cover(recoding.codes, recoding.weight, recoding.groups, recoding.radix, recoding.word,
                     nodes, first, last, k, node_of, waiting)
        waiting = waiting[:left]
    levels = nodes[node_of].T.copy()
    for item in waiting:
        join(recoding, levels, node_of, int(item))
    return levels


def join(recoding: Recoding, levels: Ints, node_of: Ints, item: int) -> None:
    """Let an item without a group join the group for which this costs least; that group becomes as coarse as needed.

    levels   (columns, items), changed in place; node_of (items,): -1 where an item has no group yet, changed in place
    """
    done = np.flatnonzero(node_of >= 0)
    group_of = _cells(recoding, levels, done)
    _, first, group = np.unique(group_of, return_index=True, return_inverse=True)
    leaders, rows = done[first], np.bincount(group, recoding.weight[done])
    met = _meeting_levels(recoding, levels[:, leaders], leaders, item)
    at = np.arange(len(recoding.names))[:, None]
    old = recoding.shares[at, levels[:, leaders], recoding.groups[at, levels[:, leaders], recoding.codes[:, leaders]]]
    new = recoding.shares[at, met, recoding.groups[at, met, recoding.codes[:, leaders]]]
    cost = recoding.importance @ ((new - old) * rows + new * recoding.weight[item])
    best = int(np.argmin(cost))
    levels[:, done[group == best]] = met[:, [best]]
    levels[:, item] = met[:, best]
    node_of[item] = node_of[leaders[best]]


def _cells(recoding: Recoding, levels: Ints, items: Ints) -> Ints:
    """(items,) a number per written cell combination: level and group of every column."""
    at = np.arange(len(recoding.names))[:, None]
    group = recoding.groups[at, levels[:, items], recoding.codes[:, items]].astype(np.int64)
    width = recoding.groups.shape[2]
    codes = [(levels[c, items] * width + group[c]).astype(np.int32) for c in range(len(recoding.names))]
    return count_keys(*pack_codes(codes, [recoding.groups.shape[1] * width + 1] * len(codes))).class_of.astype(np.int64)


def _meeting_levels(recoding: Recoding, start: Ints, items: Ints, item: int) -> Ints:
    """(columns, items) the lowest level, from `start` up, at which each item's group is also that of `item`."""
    met = start.copy()
    for c, depth in enumerate(recoding.depth):
        for level in range(int(depth)):
            group = recoding.groups[c, level][recoding.codes[c]]
            met[c, (met[c] == level) & (group[items] != group[item])] = level + 1
    return met
