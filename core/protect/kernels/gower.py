"""MDAV by Gower's distance, for rows of numbers and categories together."""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled


@compiled
def _distances(points, codes, rows, left, centre, kind, out):
    """Distance of each row left to a centre: shares of the ranges, and 1 for each other category."""
    for i in range(left):
        total = 0.0
        for q in range(points.shape[1]):
            total += abs(points[rows[i], q] - centre[q])
        for q in range(codes.shape[1]):
            if codes[rows[i], q] != kind[q]:
                total += 1.0
        out[i] = total


@compiled
def _middle(points, codes, rows, left, counts, centre, kind):
    """The mean of the numbers and the most frequent categories of the rows left."""
    centre[:] = 0
    for i in range(left):
        centre += points[rows[i]]
    centre /= left
    for q in range(codes.shape[1]):
        counts[:] = 0
        for i in range(left):
            counts[codes[rows[i], q]] += 1
        kind[q] = np.argmax(counts)


@compiled
def _take(rows, left, out, k, number, group):
    """Give the k rows nearest (by `out`) the group `number`; returns how many rows are left, kept at the front."""
    near = np.argsort(out[:left], kind="mergesort")[:k]
    for i in near:
        group[rows[i]] = number
    kept = 0
    for i in range(left):
        if group[rows[i]] < 0:
            rows[kept] = rows[i]
            kept += 1
    return kept


@compiled
def gower_mdav(points, codes, k):
    """(rows,) int64 group of each row: groups of k rows, the last of k to 2k - 1.

    points (rows, p) in shares of the ranges, codes (rows, q) int64 from 0 on. As mdav.py, with Gower (1971),
    doi:10.2307/2528823; Domingo-Ferrer & Torra (2005), doi:10.1007/s10618-005-0007-5.
    """
    n = len(points)
    group, rows, out = np.full(n, -1, np.int64), np.arange(n), np.empty(n)
    centre, kind = np.zeros(points.shape[1]), np.zeros(codes.shape[1], np.int64)
    most = 1
    for q in range(codes.shape[1]):
        most = max(most, codes[:, q].max() + 1)
    counts = np.zeros(most, np.int64)
    left, number = n, 0
    while left >= 2 * k:
        one_only = left < 3 * k
        _middle(points, codes, rows, left, counts, centre, kind)
        _distances(points, codes, rows, left, centre, kind, out)
        first = rows[np.argmax(out[:left])]
        _distances(points, codes, rows, left, points[first], codes[first], out)
        second = rows[np.argmax(out[:left])]
        left = _take(rows, left, out, k, number, group)
        number += 1
        if one_only:
            break
        if group[second] >= 0:  # all rows left are equal
            second = rows[0]
        _distances(points, codes, rows, left, points[second], codes[second], out)
        left = _take(rows, left, out, k, number, group)
        number += 1
    for i in range(left):
        group[rows[i]] = number
    return group
