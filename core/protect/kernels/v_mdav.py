"""V-MDAV: as MDAV, but a group takes in rows that lie much nearer to it than to the rows still free."""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled


@compiled
def _apart(points, a, b):
    total = 0.0
    for q in range(points.shape[1]):
        total += (points[a, q] - points[b, q]) ** 2
    return total


@compiled
def v_mdav(points, k, gain):
    """(rows,) int64 group of each row. Solanas & Martinez-Balleste (2006).

    The free row farthest from the mean of all rows forms a group with its k - 1 nearest. The free row nearest to a row
    of the group (at distance d) joins while d < gain x its distance to the nearest other free row, up to 2k - 1 rows.
    The fewer than k rows left at the end join the group whose mean is nearest.
    """
    n, columns = points.shape
    group = np.full(n, -1, np.int64)
    mean = np.zeros(columns)
    for i in range(n):
        mean += points[i]
    mean /= n
    far = np.empty(n)
    for i in range(n):
        far[i] = np.sum((points[i] - mean) ** 2)
    order = np.argsort(-far)
    free, left, number, at = np.arange(n), n, 0, 0
    to_group, members = np.empty(n), np.empty(2 * k, np.int64)
    while left >= k:
        while group[order[at]] >= 0:
            at += 1
        seed = order[at]
        to_group[:] = np.inf
        newest, size = seed, 0
        while True:
            group[newest] = number
            members[size] = newest
            size += 1
            kept = 0
            for i in range(left):
                if free[i] != newest:
                    free[kept] = free[i]
                    kept += 1
            left = kept
            if left == 0 or size == 2 * k - 1:
                break
            # Until the group has k rows its seed is what rows are near to; afterwards any of its rows.
            nearest, best = -1, np.inf
            for i in range(left):
                row = free[i]
                if size == k:
                    for m in range(k):
                        to_group[row] = min(to_group[row], _apart(points, row, members[m]))
                elif size == 1 or size > k:
                    to_group[row] = min(to_group[row], _apart(points, row, newest))
                if to_group[row] < best:
                    best, nearest = to_group[row], row
            if size >= k:
                outside = np.inf
                for i in range(left):
                    if free[i] != nearest:
                        outside = min(outside, _apart(points, free[i], nearest))
                if not np.sqrt(best) < gain * np.sqrt(outside):
                    break
            newest = nearest
        number += 1
    if left > 0:
        sums, sizes = np.zeros((number, columns)), np.zeros(number)
        for i in range(n):
            if group[i] >= 0:
                sums[group[i]] += points[i]
                sizes[group[i]] += 1
        for i in range(left):
            best, nearest = np.inf, 0
            for g in range(number):
                total = np.sum((points[free[i]] - sums[g] / sizes[g]) ** 2)
                if total < best:
                    best, nearest = total, g
            group[free[i]] = nearest
    return group
