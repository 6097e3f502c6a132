"""Local recoding by covering: give every row the least coarse combination of levels at which enough rows are alike.

Combinations of levels (nodes of the generalisation lattice) are tried from the least to the greatest loss. At each,
the rows still waiting are grouped by their groups at those levels; a group that keeps every rule is finished there.
"""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@compiled
def _slot_of(item, node, codes, groups, radix, word, words, keys, counts, mask, key):
    """The hash slot of an item's cell at a node (open addressing); `key` is working space for its words."""
    for j in range(words):
        key[j] = 0
    for c in range(len(node)):
        level = node[c]
        key[word[c]] = key[word[c]] * radix[c, level] + groups[c, level, codes[c, item]]
    h = np.uint64(0)
    for j in range(words):
        h = (h ^ np.uint64(key[j])) * GOLDEN
        h ^= h >> np.uint64(29)
    slot = h & np.uint64(mask)
    while counts[slot] > 0:
        same = True
        for j in range(words):
            if keys[slot, j] != key[j]:
                same = False
                break
        if same:
            break
        slot = (slot + np.uint64(1)) & np.uint64(mask)
    return slot


@compiled
def cover(codes, weight, groups, radix, word, nodes, first, last, k, node_of, waiting):
    """Assign to each item the first node at which its cell holds at least k rows.

    codes    (columns, items) int32: leaf code of each item
    weight   (items,) int64: rows the item stands for
    groups   (columns, levels, values) int32: group of each value at each level
    radix    (columns, levels) int64: number of groups; word (columns,): which 64-bit word of the key a column is in
    nodes    (nodes, columns) int64: levels to try, least loss first; those from `first` to before `last`
    node_of  (items,) int64, filled: index into nodes; untouched where nothing fits
    waiting  (items,) int64: items to place, used up
    returns  how many items are left in `waiting`
    """
    words = word.max() + 1
    slots = 16
    while slots < 2 * len(waiting):
        slots *= 2
    keys = np.empty((slots, words), np.int64)
    counts = np.zeros(slots, np.int64)
    where = np.empty(len(waiting), np.int64)
    key = np.empty(words, np.int64)
    left = len(waiting)
    for at in range(first, last):
        if left == 0:
            break
        mask = slots - 1
        while mask > 15 and mask + 1 >= 4 * left:
            mask >>= 1
        for i in range(left):
            item = waiting[i]
            slot = _slot_of(item, nodes[at], codes, groups, radix, word, words, keys, counts, mask, key)
            for j in range(words):
                keys[slot, j] = key[j]
            counts[slot] += weight[item]
            where[i] = slot
        kept = 0
        for i in range(left):
            item = waiting[i]
            if counts[where[i]] >= k:
                node_of[item] = at
            else:
                waiting[kept] = item
                kept += 1
        for i in range(left):
            counts[where[i]] = 0
        left = kept
    return left
