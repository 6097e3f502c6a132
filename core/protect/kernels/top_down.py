"""Top-down specialisation: which combinations of levels are worth trying, where a lattice is too large to try all.

All rows start at the coarsest levels. A group is split along the column that promises most: children of at least k rows
go on by themselves one level finer, the rest stays as a group of its own. Fung, Wang & Yu (2005),
doi:10.1109/ICDE.2005.143, here locally for each group.
"""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled


@compiled
def _promise(order, a, b, codes, weight, groups, shares, importance, c, level, k, rows, counts, seen, score):
    """How good a split of the items order[a:b] along column c from `level` to the level below is; -1: impossible.

    score  0: the loss saved; 1: the same for each bit of information given up; 2: between the two
    """
    kinds = 0
    for i in range(a, b):
        g = groups[c, level - 1, codes[c, order[i]]]
        if counts[g] == 0:
            seen[kinds] = g
            kinds += 1
        counts[g] += weight[order[i]]
    before = shares[c, level, groups[c, level, codes[c, order[a]]]]
    saved, bits, rest, kept = 0.0, rows * np.log2(rows), 0, 0
    least, least_saved = np.int64(1) << 62, 0.0
    for j in range(kinds):
        n = counts[seen[j]]
        counts[seen[j]] = 0
        if n < k:
            rest += n
            continue
        gain = n * (before - shares[c, level - 1, seen[j]])
        saved += gain
        bits -= n * np.log2(n)
        kept += 1
        if n < least:
            least, least_saved = n, gain
    if 0 < rest < k and kept > 0:  # the smallest child stays with the rest
        saved -= least_saved
        bits += least * np.log2(least)
        rest += least
        kept -= 1
    if kept == 0 or saved <= 0:
        return -1.0
    if rest > 0:
        bits -= rest * np.log2(rest)
    saved *= importance[c]
    if score == 0:
        return saved
    return saved / (bits + 1e-9 * rows) if score == 1 else saved / np.sqrt(bits + 1e-9 * rows)


@compiled
def _split(order, a, b, codes, weight, groups, c, level, k, counts, seen, place, buffer):
    """Put the items order[a:b] in order of their child along column c, the rest last.

    returns  where each kept child ends (as many as there are), and whether something is left behind them
    """
    kinds = 0
    for i in range(a, b):
        g = groups[c, level - 1, codes[c, order[i]]]
        if counts[g] == 0:
            seen[kinds] = g
            place[g] = 0
            kinds += 1
        counts[g] += weight[order[i]]
        place[g] += 1
    rest, smallest = 0, -1
    for j in range(kinds):
        n = counts[seen[j]]
        if n < k:
            rest += n
        elif smallest < 0 or n < counts[smallest]:
            smallest = seen[j]
    if 0 < rest < k and smallest >= 0:
        counts[smallest] = 0  # as if it were too small
    ends = np.empty(kinds, np.int64)
    at, kept = a, 0
    for j in range(kinds):
        g = seen[j]
        if counts[g] >= k:
            size = place[g]
            place[g] = at
            at += size
            ends[kept] = at
            kept += 1
    left = at
    for i in range(a, b):
        g = groups[c, level - 1, codes[c, order[i]]]
        if counts[g] >= k:
            buffer[place[g]] = order[i]
            place[g] += 1
        else:
            buffer[left] = order[i]
            left += 1
    order[a:b] = buffer[a:b]
    for j in range(kinds):
        counts[seen[j]] = 0
    return ends[:kept], at < b


@compiled
def top_down(codes, weight, groups, shares, importance, depth, k, score):
    """(classes, columns) int64: the levels of each class that top-down splitting ends with (in no order, repeated).

    codes (columns, items), weight (items,), groups, shares, importance, depth: as in Recoding
    """
    columns, items = codes.shape
    order, buffer = np.arange(items), np.empty(items, np.int64)
    width = groups.shape[2]
    counts, seen, place = np.zeros(width, np.int64), np.empty(width, np.int64), np.zeros(width, np.int64)
    begin, end, levels, shut = [np.int64(0)], [np.int64(items)], [depth.copy()], [np.zeros(columns, np.bool_)]
    done = []
    while len(begin) > 0:
        a, b, level, closed = begin.pop(), end.pop(), levels.pop(), shut.pop()
        rows = 0
        for i in range(a, b):
            rows += weight[order[i]]
        best, column = -1.0, -1
        for c in range(columns):
            if level[c] == 0 or closed[c]:
                continue
            promise = _promise(order, a, b, codes, weight, groups, shares, importance, c, level[c], k, rows, counts,
                               seen, score)
            if promise > best:
                best, column = promise, c
        if column < 0:
            done.append(level)
            continue
        ends, rest = _split(order, a, b, codes, weight, groups, column, level[column], k, counts, seen, place, buffer)
        start = a
        for e in ends:
            finer = level.copy()
            finer[column] -= 1
            begin.append(start)
            end.append(e)
            levels.append(finer)
            shut.append(closed.copy())
            start = e
        if rest:
            # What is left has no child large enough along this column, and never will.
            closed = closed.copy()
            closed[column] = True
            begin.append(start)
            end.append(b)
            levels.append(level)
            shut.append(closed)
    out = np.empty((len(done), columns), np.int64)
    for i in range(len(done)):
        out[i] = done[i]
    return out
