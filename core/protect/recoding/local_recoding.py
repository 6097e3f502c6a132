"""Rows grouped at the least coarse levels at which each group keeps the rules; what is left over joins a group."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.protect.hierarchies.recoding import NODES, Floats, Ints, Recoding
from core.protect.method import Progress, silent
from core.risk.kernel import count_keys, pack_codes

PARTS = 20
"""How often progress is told."""

ROUNDS, NEAR = 2, 6_000
"""How often, and with about how many nodes, the neighbourhood of good nodes is tried."""

PAIRS = 200_000_000
"""Above so many pairs of a left-over item and a group, only the largest groups are tried."""


class Mix(NamedTuple):
    """Rules about sensitive columns as the kernel takes them (see `core.protect.promises.rules.coded`).

    sensitive  (columns, items) int64: category of each item
    share      (categories,) float64: shares in the whole table
    rules      (rules, 5) float64
    trim       a group may give up rows to keep the rules; items must stand for one row each
    """

    sensitive: Ints
    share: Floats
    rules: Floats
    trim: bool


NO_RULES = Mix(np.zeros((0, 0), np.int64), np.zeros(1), np.zeros((0, 5)), False)


class Grouped(NamedTuple):
    """levels (columns, items): at which level each item is written; dropped (items,): those no group can take.

    joined  (items,): those that found no group of their own and joined one
    """

    levels: Ints
    dropped: npt.NDArray[np.bool_]
    joined: npt.NDArray[np.bool_]


def group_rows(
    recoding: Recoding, k: int, mix: Mix = NO_RULES, progress: Progress = silent, limit: int = NODES
) -> Grouped:
    """Levels such that every class of the written table holds at least k rows and keeps the rules.

    A lattice of at most `limit` nodes is tried completely. Of a larger one, top-down splitting proposes nodes; those
    that finished rows are tried again together with their neighbours.
    """
    if recoding.lattice() <= limit:
        nodes = recoding.all_nodes()
        node_of, waiting = _cover(recoding, nodes, k, mix, progress)
    else:
        # With rules groups grow larger than k: coarser combinations are proposed too.
        sizes = (k, 3 * k, 10 * k, 30 * k, 100 * k) if len(mix.rules) else (k,)
        nodes = recoding.promising_nodes(sizes)
        node_of, waiting = _cover(recoding, nodes, k, mix, silent)
        for turn in range(ROUNDS):
            finished = np.bincount(node_of[node_of >= 0], recoding.weight[node_of >= 0], len(nodes))
            used = np.argsort(-finished, kind="stable")[: int((finished > 0).sum())]
            nearby = recoding.near_nodes(nodes[used], NEAR)
            progress(turn / ROUNDS, "grouping rows")
            again, still = _cover(recoding, nearby, k, mix, silent)
            if _loss(recoding, nearby, again) >= _loss(recoding, nodes, node_of):
                break
            nodes, node_of, waiting = nearby, again, still
    levels, joined = nodes[node_of].T.copy(), node_of < 0
    if len(waiting):
        join(recoding, levels, node_of, waiting, k, mix)
    return Grouped(levels, node_of < 0, joined & (node_of >= 0))


def _loss(recoding: Recoding, nodes: Ints, node_of: Ints) -> float:
    """Mean loss of the rows; those without a group have lost everything."""
    loss = recoding.item_loss(nodes[np.maximum(node_of, 0)].T)
    return float(np.average(np.where(node_of < 0, 1.0, loss), weights=recoding.weight))


def _cover(recoding: Recoding, nodes: Ints, k: int, mix: Mix, progress: Progress) -> tuple[Ints, Ints]:
    """(items,) the node each item finished at, or -1; and the items that did not."""
    from core.protect.kernels import cover, diverse

    node_of, waiting = np.full(recoding.items, -1, np.int64), np.arange(recoding.items)
    ends = np.linspace(0, len(nodes), PARTS + 1).astype(int)
    base = (recoding.groups, recoding.radix, recoding.word, nodes)
    for first, last in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        progress(first / len(nodes), "grouping rows")
        if len(mix.rules):
            left = diverse.cover_diverse(recoding.codes, recoding.weight, mix.sensitive, mix.share, mix.rules,
                                         mix.trim, *base, first, last, k, node_of, waiting)
        else:
            left = cover.cover(recoding.codes, recoding.weight, *base, first, last, k, node_of, waiting)
        waiting = waiting[:left]
    return node_of, waiting


def join(recoding: Recoding, levels: Ints, node_of: Ints, waiting: Ints, k: int, mix: Mix = NO_RULES) -> None:
    """Let items without a group join the groups for which this costs least; those become as coarse as needed.

    levels   (columns, items), changed in place; node_of (items,): -1 where an item has no group, changed in place
    """
    from core.protect.kernels.diverse import join_groups

    done = np.flatnonzero(node_of >= 0)
    if not len(done):
        return
    _, first, group = np.unique(_cells(recoding, levels, done), return_index=True, return_inverse=True)
    size = np.bincount(group, recoding.weight[done]).astype(np.int64)
    h = np.zeros((len(size), len(mix.share)), np.int64)
    for categories in mix.sensitive:
        np.add.at(h, (group, categories[done]), recoding.weight[done])
    tried = np.sort(np.argsort(-size, kind="stable")[: max(PAIRS // len(waiting), 100)])
    level, leader, joined = levels[:, done[first[tried]]].T.copy(), done[first[tried]], np.full(len(waiting), -1)
    # The largest losses first, while groups still have room for them.
    waiting = waiting[np.argsort(-recoding.weight[waiting], kind="stable")]
    join_groups(recoding.codes, recoding.weight, mix.sensitive, mix.share, mix.rules, recoding.groups, recoding.shares,
                recoding.importance, recoding.depth, k, waiting, level, leader, size[tried], h[tried], joined)
    place = np.full(len(size), -1)
    place[tried] = np.arange(len(tried))
    inside = place[group] >= 0
    levels[:, done[inside]] = level[place[group[inside]]].T
    taken = joined >= 0
    levels[:, waiting[taken]] = level[joined[taken]].T
    node_of[waiting[taken]] = node_of[leader[joined[taken]]]


def _cells(recoding: Recoding, levels: Ints, items: Ints) -> Ints:
    """(items,) a number per written cell combination: level and group of every column."""
    at = np.arange(len(recoding.names))[:, None]
    group = recoding.groups[at, levels[:, items], recoding.codes[:, items]].astype(np.int64)
    width = recoding.groups.shape[2]
    codes = [(levels[c, items] * width + group[c]).astype(np.int32) for c in range(len(recoding.names))]
    return count_keys(*pack_codes(codes, [recoding.groups.shape[1] * width + 1] * len(codes))).class_of.astype(np.int64)

