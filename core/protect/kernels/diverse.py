"""Local recoding by covering (see cover.py) where groups must also be mixed in sensitive columns.

Rules are one row of numbers for each rule (see `core.protect.promises.rules.coded`):
    kind   0 distinct l, 1 entropy l, 2 recursive (c, l), 3 t-closeness equal, 4 t-closeness ordered, 5 beta-likeness,
           6 t-closeness hierarchical
    first, last   where the column's categories stand in a histogram
    a, b   l; or c and l; or t; or beta
    then, for kind 6: the number of levels H, and the group of each category at each of the levels 1 to H - 1
"""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

import numpy as np

from core.protect.kernels.compiled import compiled
from core.protect.kernels.cover import _slot_of

TOLERANCE = 1e-9


@compiled
def keeps(h, share, rules):
    """Whether a group with the histogram h (counts per category of each column) keeps every rule.

    h and share (categories,): counts in the group, and shares in the whole table.
    """
    for r in range(len(rules)):
        kind, first, last = int(rules[r, 0]), int(rules[r, 1]), int(rules[r, 2])
        a, b = rules[r, 3], rules[r, 4]
        n = 0.0
        for s in range(first, last):
            n += h[s]
        if n == 0:
            return False
        if kind == 0:
            held = 0
            for s in range(first, last):
                if h[s] > 0:
                    held += 1
            if held < a:
                return False
        elif kind == 1:
            entropy = 0.0
            for s in range(first, last):
                if h[s] > 0:
                    entropy -= h[s] / n * np.log(h[s] / n)
            if np.exp(entropy) < a - TOLERANCE:
                return False
        elif kind == 2:
            ranked = np.sort(h[first:last])[::-1]
            tail = 0.0
            for s in range(int(b) - 1, len(ranked)):
                tail += ranked[s]
            if ranked[0] >= a * tail:
                return False
        elif kind == 3:
            above = 0.0
            for s in range(first, last):
                if h[s] / n > share[s]:
                    above += h[s] / n - share[s]
            if above > a + TOLERANCE:
                return False
        elif kind == 4:
            moved, running = 0.0, 0.0
            for s in range(first, last):
                running += h[s] / n - share[s]
                moved += abs(running)
            if last - first > 1 and moved / (last - first - 1) > a + TOLERANCE:
                return False
        elif kind == 6:
            # Two values are as far apart as the level of their first common group; each node of the tree below the
            # root adds what must pass it, by an edge of half a level.
            levels = int(rules[r, 5])
            extra = np.empty(last - first)
            moved = 0.0
            for s in range(first, last):
                moved += abs(h[s] / n - share[s])
            for level in range(levels - 1):
                extra[:] = 0
                for s in range(first, last):
                    extra[int(rules[r, 6 + level * (last - first) + s - first])] += h[s] / n - share[s]
                for g in range(last - first):
                    moved += abs(extra[g])
            if moved / (2 * levels) > a + TOLERANCE:
                return False
        else:
            for s in range(first, last):
                if h[s] / n > (1 + a) * share[s] + TOLERANCE:
                    return False
    return True


@compiled
def judged(h, share, rules):
    """(groups,) whether each group with these histograms ((groups, categories)) keeps every rule."""
    out = np.empty(len(h), np.bool_)
    for g in range(len(h)):
        out[g] = keeps(h[g], share, rules)
    return out


@compiled
def _quota(h, share, size, beta, x):
    """Fill x <= h with `size` rows as near to the shares of the whole table as h allows."""
    total = 0
    for s in range(len(h)):
        x[s] = min(h[s], int(share[s] * size))
        total += x[s]
    while total < size:
        best, at = -1e300, -1
        for s in range(len(h)):
            if x[s] < h[s]:
                short = share[s] * size - x[s]
                # First those below their share; then where most rows are left, so that the rest stays mixed.
                value = short + 1e9 if short > 0 else float(h[s] - x[s])
                if beta > 0 and x[s] + 1 > (1 + beta) * share[s] * size:
                    value = short - 1e9
                if value > best:
                    best, at = value, s
        x[at] += 1
        total += 1


@compiled
def trim(h, share, rules, k, x):
    """The largest part of a group (x <= h) that keeps the rules and holds k rows; returns its size, or 0.

    One sensitive column. The size is first bounded: a part of X rows misses at least sum(max(share X - h, 0)) / X.
    """
    n = 0
    for s in range(len(h)):
        n += h[s]
    if keeps(h, share, rules):
        x[:] = h
        return n if n >= k else 0
    t, beta = 1.0, 0.0
    for r in range(len(rules)):
        if rules[r, 0] == 3 or rules[r, 0] == 4 or rules[r, 0] == 6:
            t = min(t, rules[r, 3])
        if rules[r, 0] == 5:
            beta = rules[r, 3] if beta == 0 else min(beta, rules[r, 3])
    if t >= 1 and beta == 0:
        return 0
    low, high = 0, n
    while low < high:
        size = (low + high + 1) // 2
        missed = 0.0
        for s in range(len(h)):
            missed += max(share[s] * size - h[s], 0.0)
        if missed <= t * size:
            low = size
        else:
            high = size - 1
    size = low
    while size >= k:
        _quota(h, share, size, beta, x)
        if keeps(x, share, rules):
            return size
        size -= max(1, size // 200)
    return 0


@compiled
def cover_diverse(
    codes, weight, sensitive, share, rules, may_trim, groups, radix, word, nodes, first, last, k, node_of, waiting
):
    """As `cover`, where each finished group also keeps the rules.

    sensitive  (sensitive columns, items) int64: category of each item, counted on through all columns
    share      (categories,) float64: shares in the whole table
    may_trim   take the part of a group that keeps the rules and leave the rest waiting; items must weigh 1 then
    """
    words = word.max() + 1
    slots = 16
    while slots < 2 * len(waiting):
        slots *= 2
    keys = np.empty((slots, words), np.int64)
    counts = np.zeros(slots, np.int64)
    cell_of = np.full(slots, -1, np.int64)
    where = np.empty(len(waiting), np.int64)
    key = np.empty(words, np.int64)
    most = weight.sum() // k + 1
    h = np.zeros((most, len(share)), np.int64)
    quota = np.zeros((most, len(share)), np.int64)
    takes = np.zeros(most, np.bool_)
    slot_of = np.empty(most, np.int64)
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
        cells = 0
        for i in range(left):
            slot = where[i]
            if counts[slot] >= k:
                if cell_of[slot] < 0:
                    cell_of[slot] = cells
                    slot_of[cells] = slot
                    h[cells] = 0
                    cells += 1
                for a in range(len(sensitive)):
                    h[cell_of[slot], sensitive[a, waiting[i]]] += weight[waiting[i]]
        for c in range(cells):
            if may_trim:
                takes[c] = trim(h[c], share, rules, k, quota[c]) > 0
            else:
                takes[c] = keeps(h[c], share, rules)
        kept = 0
        for i in range(left):
            item, slot = waiting[i], where[i]
            cell = cell_of[slot]
            taken = cell >= 0 and takes[cell]
            if taken and may_trim:
                taken = quota[cell, sensitive[0, item]] > 0
                if taken:
                    quota[cell, sensitive[0, item]] -= 1
            if taken:
                node_of[item] = at
            else:
                waiting[kept] = item
                kept += 1
            counts[slot] = 0
        for c in range(cells):
            cell_of[slot_of[c]] = -1
        left = kept
    return left


@compiled
def join_groups(
    codes, weight, sensitive, share, rules, groups, shares, importance, depth, k, waiting,
    level, leader, size, h, joined,
):
    """Let each waiting item join the group for which this costs least and which still keeps every rule.

    level, leader, size, h   of each group: (groups, columns) levels, an item in it, its rows, its histogram; changed
    joined  (waiting,) filled: the group, or -1 where no group can take the item
    """
    columns = len(codes)
    met = np.empty(columns, np.int64)
    best_met = np.empty(columns, np.int64)
    for w in range(len(waiting)):
        item = waiting[w]
        best, at = np.inf, -1
        for g in range(len(leader)):
            cost = 0.0
            for c in range(columns):
                low = level[g, c]
                old = groups[c, low, codes[c, leader[g]]]
                up = low
                while up < depth[c] and groups[c, up, codes[c, leader[g]]] != groups[c, up, codes[c, item]]:
                    up += 1
                if groups[c, up, codes[c, leader[g]]] != groups[c, up, codes[c, item]]:
                    cost = np.inf  # a column that keeps rows apart
                    break
                new = shares[c, up, groups[c, up, codes[c, item]]]
                cost += importance[c] * ((new - shares[c, low, old]) * size[g] + new * weight[item])
                if cost >= best:
                    break
                met[c] = up
            if cost >= best:
                continue
            for a in range(len(sensitive)):
                h[g, sensitive[a, item]] += weight[item]
            if size[g] + weight[item] >= k and keeps(h[g], share, rules):
                best, at = cost, g
                best_met[:] = met
            for a in range(len(sensitive)):
                h[g, sensitive[a, item]] -= weight[item]
        joined[w] = at
        if at >= 0:
            level[at] = best_met
            size[at] += weight[item]
            for a in range(len(sensitive)):
                h[at, sensitive[a, item]] += weight[item]
