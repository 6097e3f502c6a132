"""Local suppression where a blank may be anything (sdcMicro's counting): the fewest blanks by greedy covering.

A row with one blank matches all rows on its *line*, those that agree with it in every other column; and it then counts
as a match for each of them. So one blank often rescues several rows at once.
"""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import heapq

import numpy as np

from core.protect.kernels.compiled import compiled


@compiled
def _gain(v, c, need, blank, combo, total, weight, lines, start, members, price):
    """What blanking column c of row v is worth: rows it rescues, and a little for each step towards that."""
    own = total[c, v] - weight[v]
    rescued, steps = 0.0, 0.0
    if need[v] > 0:
        steps += min(need[v], own)
        if own >= need[v]:
            rescued += 1
    line = lines[c, v]
    for i in range(start[c, line], start[c, line + 1]):
        u = members[c, i]
        if need[u] > 0 and combo[u] != combo[v] and blank[u] != c:
            steps += 1
            if need[u] == 1:
                rescued += 1
    return (rescued + 0.1 * steps) / price[c]


@compiled
def cover_lines(need, combo, weight, lines, total, start, members, price, blank):
    """Blank single cells, the most useful first, until no blank rescues a row any more.

    need     (rows at risk,) matches still missing, changed
    combo    (rows,) the combination the row holds; weight (rows,) rows with that combination
    lines    (columns, rows) line of each row when the column is blanked; total (columns, rows) rows on that line
    start, members   rows at risk on each line: members[c, start[c, line]:start[c, line + 1]]
    price    (columns,) cost of a blank
    blank    (rows,) filled with the blanked column, or -1
    """
    columns, rows = lines.shape
    heap = [(0.0, np.int64(0), np.int64(0))]
    heap.pop()
    for v in range(rows):
        for c in range(columns):
            gain = _gain(v, c, need, blank, combo, total, weight, lines, start, members, price)
            if gain > 0:
                heap.append((-gain, np.int64(v), np.int64(c)))
    heapq.heapify(heap)
    while len(heap) > 0:
        old, v, c = heapq.heappop(heap)
        if blank[v] >= 0:
            continue
        gain = _gain(v, c, need, blank, combo, total, weight, lines, start, members, price)
        if gain * price[c] < 1:  # rescues nobody now
            continue
        if gain < -old - 1e-9:
            heapq.heappush(heap, (-gain, v, c))
            continue
        blank[v] = c
        need[v] -= total[c, v] - weight[v]
        line = lines[c, v]
        for i in range(start[c, line], start[c, line + 1]):
            u = members[c, i]
            if combo[u] != combo[v] and blank[u] != c:
                need[u] -= 1
                # What u's other neighbours are worth has changed upwards: let them be looked at again.
                if need[u] == 1:
                    for d in range(columns):
                        if blank[u] < 0:
                            near = lines[d, u]
                            for j in range(start[d, near], start[d, near + 1]):
                                w = members[d, j]
                                if blank[w] < 0:
                                    g = _gain(w, d, need, blank, combo, total, weight, lines, start, members, price)
                                    if g > 0:
                                        heapq.heappush(heap, (-g, w, np.int64(d)))

