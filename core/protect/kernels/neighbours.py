"""Microaggregation at speed: MDAV within blocks of neighbours, then rows exchanged between neighbouring groups."""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled
from core.protect.kernels.mdav import mdav


@compiled
def blocks(points, size):
    """(rows,) an order of the rows, and (blocks + 1,) where blocks start: halves at the median of the widest column."""
    n, d = points.shape
    order = np.arange(n)
    starts = np.empty(2 + 4 * n // size, np.int64)
    begin, end = np.empty(128, np.int64), np.empty(128, np.int64)
    begin[0], end[0] = 0, n
    top, found = 1, 0
    while top > 0:
        top -= 1
        a, b = begin[top], end[top]
        if b - a <= size:
            starts[found] = a
            found += 1
            continue
        widest, at = -1.0, 0
        for j in range(d):
            total, square = 0.0, 0.0
            for i in range(a, b):
                x = points[order[i], j]
                total += x
                square += x * x
            spread = square - total * total / (b - a)
            if spread > widest:
                widest, at = spread, j
        values = np.empty(b - a)
        for i in range(a, b):
            values[i - a] = points[order[i], at]
        place = np.argsort(values, kind="mergesort")
        part = order[a:b].copy()
        for i in range(b - a):
            order[a + i] = part[place[i]]
        half = (a + b) // 2
        # The lower half is taken next, so blocks come out in order.
        begin[top], end[top] = half, b
        begin[top + 1], end[top + 1] = a, half
        top += 2
    starts[found] = n
    return order, starts[: found + 1]


@compiled
def blocked_mdav(points, k, size):
    """(rows,) group of each row: MDAV within blocks of at most `size` rows; `size` must be at least 4 k."""
    order, starts = blocks(points, size)
    group = np.empty(len(points), np.int64)
    number = 0
    for b in range(len(starts) - 1):
        rows = order[starts[b] : starts[b + 1]]
        own = mdav(points[rows].copy(), k)
        for i in range(len(rows)):
            group[rows[i]] = number + own[i]
        number += own.max() + 1
    return group


@compiled
def _exchange(points, members, size, sums, a, b, k):
    """The best move or swap of rows between groups a and b, carried out; returns how much squared error it saves.

    Moving x from a to b saves n_a/(n_a - 1) |x - m_a|^2 - n_b/(n_b + 1) |x - m_b|^2; swapping x and y saves
    2 (y - x)(m_a - m_b) + |y - x|^2 (1/n_a + 1/n_b), each in sums over columns.
    """
    d, na, nb = points.shape[1], size[a], size[b]
    mean_a, mean_b = sums[a] / na, sums[b] / nb
    best, from_a, from_b = 1e-12, -1, -1
    for i in range(na):
        x = members[a, i]
        near, far = 0.0, 0.0
        for q in range(d):
            near += (points[x, q] - mean_a[q]) ** 2
            far += (points[x, q] - mean_b[q]) ** 2
        if na > k and nb < 2 * k - 1:
            saved = na / (na - 1) * near - nb / (nb + 1) * far
            if saved > best:
                best, from_a, from_b = saved, i, -1
        for j in range(nb):
            y = members[b, j]
            along, apart = 0.0, 0.0
            for q in range(d):
                gap = points[y, q] - points[x, q]
                along += gap * (mean_a[q] - mean_b[q])
                apart += gap * gap
            saved = 2 * along + apart * (1.0 / na + 1.0 / nb)
            if saved > best:
                best, from_a, from_b = saved, i, j
    if nb > k and na < 2 * k - 1:
        for j in range(nb):
            y = members[b, j]
            near, far = 0.0, 0.0
            for q in range(d):
                near += (points[y, q] - mean_b[q]) ** 2
                far += (points[y, q] - mean_a[q]) ** 2
            saved = nb / (nb - 1) * near - na / (na + 1) * far
            if saved > best:
                best, from_a, from_b = saved, -1, j
    if from_a < 0 and from_b < 0:
        return 0.0
    x = members[a, from_a] if from_a >= 0 else -1
    y = members[b, from_b] if from_b >= 0 else -1
    if x >= 0:
        sums[a] -= points[x]
        sums[b] += points[x]
    if y >= 0:
        sums[b] -= points[y]
        sums[a] += points[y]
    if x >= 0 and y >= 0:
        members[a, from_a], members[b, from_b] = y, x
    elif x >= 0:
        members[a, from_a] = members[a, na - 1]
        members[b, nb] = x
        size[a], size[b] = na - 1, nb + 1
    else:
        members[b, from_b] = members[b, nb - 1]
        members[a, na] = y
        size[b], size[a] = nb - 1, na + 1
    return best


@compiled
def exchange_pass(points, members, size, sums, k, order, starts, near):
    """Every group exchanges rows with its `near` nearest groups of the same block, as long as that saves error.

    members  (groups, 2 k) rows of each group, size (groups,), sums (groups, columns): all changed
    returns  the squared error saved
    """
    saved = 0.0
    best, who = np.empty(near), np.empty(near, np.int64)
    for block in range(len(starts) - 1):
        for i in range(starts[block], starts[block + 1]):
            a = order[i]
            held = 0
            for j in range(starts[block], starts[block + 1]):
                if i == j:
                    continue
                b = order[j]
                far = 0.0
                for q in range(points.shape[1]):
                    far += (sums[a, q] / size[a] - sums[b, q] / size[b]) ** 2
                if held < near or far < best[held - 1]:
                    at = held if held < near else near - 1
                    while at > 0 and best[at - 1] > far:
                        best[at], who[at] = best[at - 1], who[at - 1]
                        at -= 1
                    best[at], who[at] = far, b
                    if held < near:
                        held += 1
            for h in range(held):
                gain = 1.0
                while gain > 0:
                    gain = _exchange(points, members, size, sums, a, who[h], k)
                    saved += gain
    return saved


@compiled
def optimal_cuts(values, k):
    """(rows,) group of each of the sorted values: the grouping into runs of k to 2k - 1 with least squared error.

    Hansen & Mukherjee (2003), doi:10.1109/TKDE.2003.1209020: the shortest path over cuts, each edge one group.
    """
    n = len(values)
    total, square = np.zeros(n + 1), np.zeros(n + 1)
    for i in range(n):
        total[i + 1] = total[i] + values[i]
        square[i + 1] = square[i] + values[i] * values[i]
    cost, back = np.full(n + 1, np.inf), np.zeros(n + 1, np.int64)
    cost[0] = 0.0
    for end in range(k, n + 1):
        for begin in range(max(0, end - 2 * k + 1), end - k + 1):
            spread = total[end] - total[begin]
            error = square[end] - square[begin] - spread * spread / (end - begin)
            if cost[begin] + error < cost[end]:
                cost[end], back[end] = cost[begin] + error, begin
    group = np.empty(n, np.int64)
    end, number = n, 0
    while end > 0:
        group[back[end] : end] = number
        end = back[end]
        number += 1
    return group
