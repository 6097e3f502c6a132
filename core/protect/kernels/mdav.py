"""MDAV: groups of k rows that are near each other (maximum distance to average vector)."""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled


@compiled
def _take_group(points, rows, left, centre, k, number, group, sums, distances):
    """Give the k remaining points nearest to `centre` the group `number`; returns how many points are left.

    Points and rows of what remains are kept at the front of their arrays; `sums` are their column sums.
    """
    d = points.shape[1]
    near = np.empty(k, np.int64)
    held = 0
    for i in range(left):
        total = 0.0
        for j in range(d):
            gap = points[i, j] - centre[j]
            total += gap * gap
        distances[i] = total
        if held < k or total < distances[near[held - 1]]:
            at = held if held < k else k - 1
            while at > 0 and distances[near[at - 1]] > total:
                near[at] = near[at - 1]
                at -= 1
            near[at] = i
            if held < k:
                held += 1
    taken = np.sort(near[:held])
    for i in taken:
        group[rows[i]] = number
        for j in range(d):
            sums[j] -= points[i, j]
    kept = taken[0]
    for i in range(taken[0], left):
        if group[rows[i]] < 0:
            rows[kept] = rows[i]
            points[kept] = points[i]
            kept += 1
    return kept


@compiled
def _farthest(points, left, centre):
    best, at = -1.0, 0
    for i in range(left):
        total = 0.0
        for j in range(points.shape[1]):
            gap = points[i, j] - centre[j]
            total += gap * gap
        if total > best:
            best, at = total, i
    return at


@compiled
def mdav(points, k):
    """(rows,) int64 group of each row: groups of k rows, the last of k to 2k - 1. `points` (rows, columns) is used up.

    Round by round: the row farthest from the mean of those left forms a group with its k - 1 nearest; then the row
    farthest from that one does. Domingo-Ferrer & Mateo-Sanz (2002), doi:10.1109/69.979982.
    """
    n, d = points.shape
    group = np.full(n, -1, np.int64)
    rows = np.arange(n)
    distances = np.empty(n)
    sums = np.zeros(d)
    for i in range(n):
        for j in range(d):
            sums[j] += points[i, j]
    left, number = n, 0
    while left >= 2 * k:
        one_only = left < 3 * k
        first = points[_farthest(points, left, sums / left)].copy()
        left = _take_group(points, rows, left, first, k, number, group, sums, distances)
        number += 1
        if one_only:
            break
        second = points[_farthest(points, left, first)].copy()
        left = _take_group(points, rows, left, second, k, number, group, sums, distances)
        number += 1
    for i in range(left):
        group[rows[i]] = number
    return group
