"""The compiled inner loops of counting. Imported only through `kernel.compiled()`, because numba is slow to load.

Every function has an explicit signature, so that importing this module compiles everything (or loads it from the
cache on disk) and no person waits in front of a page. Inputs are declared read-only: Arrow hands out such arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, types

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2**64 / golden ratio: multiplying by it spreads neighbouring keys (Knuth, TAOCP 3, section 6.4)."""

CODES = types.Array(types.int32, 1, "C", readonly=True)
KEYS = types.Array(types.int64, 1, "C", readonly=True)
FLOATS = types.Array(types.float64, 1, "C", readonly=True)
BYTES = types.Array(types.uint8, 1, "C", readonly=True)


def ahead(signature: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile now for this signature; keep the machine code on disk where some folder can be written."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            return njit(signature, cache=True, nogil=True)(function)
        except RuntimeError:  # no folder for the cache (read-only installation): compile for this process only
            return njit(signature, nogil=True)(function)

    return decorate


@ahead(types.void(types.int64[::1], CODES, types.int64))
def add_digit(keys, codes, radix):  # type: ignore[no-untyped-def]
    """keys = keys * radix + (codes + 1): one more digit of the mixed-radix number; missing (-1) is digit 0."""
    for i in range(len(keys)):
        keys[i] = keys[i] * radix + codes[i] + 1


@ahead(types.void(KEYS, types.uint8[::1], types.int64[::1]))
def find_partitions(keys, part, starts):  # type: ignore[no-untyped-def]
    """The hash partition (0 to 255) of each key, and where each of the 256 partitions starts."""
    for i in range(len(keys)):
        hashed = (np.uint64(keys[i]) * GOLDEN) >> np.uint64(56)
        part[i] = hashed
        starts[hashed + 1] += 1
    for p in range(256):
        starts[p + 1] += starts[p]


@ahead(types.void(BYTES, KEYS, KEYS, types.int64[::1]))
def scatter_keys(part, starts, values, out):  # type: ignore[no-untyped-def]
    """Values put in order of their partition; row order is kept inside each."""
    cursor = starts[:256].copy()
    for i in range(len(part)):
        p = part[i]
        out[cursor[p]] = values[i]
        cursor[p] += 1


@ahead(types.void(BYTES, KEYS, FLOATS, types.float64[::1]))
def scatter_floats(part, starts, values, out):  # type: ignore[no-untyped-def]
    """As `scatter_keys`, for sample weights."""
    cursor = starts[:256].copy()
    for i in range(len(part)):
        p = part[i]
        out[cursor[p]] = values[i]
        cursor[p] += 1


@ahead(types.int64(types.int64[::1], types.float64[::1], KEYS))
def count_partitions(keys, weights, starts):  # type: ignore[no-untyped-def]
    """Count equal keys, partition by partition, in place.

    keys     in: keys in partition order; out: class number | class size << 32
    weights  in: weights in the same order (or empty); out: total weight of the class
    returns  how many classes there are

    One open-addressing table per partition, small enough for the processor's second-level cache.
    """
    largest = np.int64(0)
    for p in range(256):
        largest = max(largest, starts[p + 1] - starts[p])
    slots = np.int64(16)
    while slots < 2 * largest:
        slots *= 2
    table = np.empty(slots, np.int32)
    class_key = np.empty(largest, np.int64)
    class_size = np.empty(largest, np.int64)
    class_weight = np.empty(largest if len(weights) else 0, np.float64)
    classes = np.int64(0)
    for p in range(256):
        first, end = starts[p], starts[p + 1]
        size = np.int64(16)
        while size < 2 * (end - first):
            size *= 2
        table[:size] = -1
        mask = np.uint64(size - 1)
        here = np.int64(0)
        for j in range(first, end):
            key = keys[j]
            h = ((np.uint64(key) * GOLDEN) >> np.uint64(20)) & mask
            while True:
                found = table[h]
                if found < 0:
                    found = here
                    table[h] = here
                    class_key[here] = key
                    class_size[here] = 0
                    if len(weights):
                        class_weight[here] = 0.0
                    here += 1
                    break
                if class_key[found] == key:
                    break
                h = (h + np.uint64(1)) & mask
            class_size[found] += 1
            if len(weights):
                class_weight[found] += weights[j]
            keys[j] = found
        for j in range(first, end):
            found = keys[j]
            keys[j] = (classes + found) | (class_size[found] << 32)
            if len(weights):
                weights[j] = class_weight[found]
        classes += here
    return classes


@ahead(types.void(BYTES, KEYS, KEYS, types.int32[::1], types.int32[::1]))
def merge_back(part, starts, counted, class_of, fk):  # type: ignore[no-untyped-def]
    """Results of `count_partitions` back in row order: partitions kept it, so one cursor each is enough."""
    cursor = starts[:256].copy()
    for i in range(len(part)):
        p = part[i]
        both = counted[cursor[p]]
        cursor[p] += 1
        class_of[i] = both & 0x7FFFFFFF
        fk[i] = both >> 32


@ahead(types.void(BYTES, KEYS, FLOATS, types.float64[::1]))
def merge_floats(part, starts, counted, out):  # type: ignore[no-untyped-def]
    """As `merge_back`, for the weights of the classes."""
    cursor = starts[:256].copy()
    for i in range(len(part)):
        p = part[i]
        out[i] = counted[cursor[p]]
        cursor[p] += 1


@ahead(types.void(KEYS, types.uint8[::1]))
def count_to_two(keys, cells):  # type: ignore[no-untyped-def]
    """In how many rows each key occurs, counted 0, 1, 2 (two or more): all that uniqueness needs, in one byte."""
    for i in range(len(keys)):
        k = keys[i]
        cells[k] = min(cells[k] + 1, 2)


@ahead(types.void(BYTES, types.int64, types.int64, types.int64, types.uint8[::1]))
def sum_out(cells, before, middle, after, out):  # type: ignore[no-untyped-def]
    """`count_to_two` of fewer columns from that of more: the digit in the middle is summed away.

    cells  (before * middle * after,), out (before * after,); 0, 1, 2 stays exact under capped addition.
    """
    for b in range(before):
        for m in range(middle):
            at = (b * middle + m) * after
            for a in range(after):
                out[b * after + a] = min(out[b * after + a] + cells[at + a], 2)


@ahead(types.Tuple((types.int64[::1], types.int32[::1], types.int32[::1]))(CODES, CODES, types.int64, types.int64))
def tally(class_of, codes, classes, digits):  # type: ignore[no-untyped-def]
    """Values counted per class: (starts (classes+1,), value (entries,), count (entries,)), value = code + 1.

    Rows are counting-sorted by class; each class is then counted into one array of `digits` counters.
    """
    rows = len(class_of)
    ends = np.zeros(classes + 1, np.int64)
    for i in range(rows):
        ends[class_of[i] + 1] += 1
    for c in range(classes):
        ends[c + 1] += ends[c]
    cursor = ends[:classes].copy()
    sorted_values = np.empty(rows, np.int32)
    for i in range(rows):
        c = class_of[i]
        sorted_values[cursor[c]] = codes[i] + 1
        cursor[c] += 1
    counter = np.zeros(digits, np.int32)
    count = np.empty(rows, np.int32)
    starts = np.empty(classes + 1, np.int64)
    entries = np.int64(0)
    for c in range(classes):
        starts[c] = entries
        seen = np.int64(0)
        for j in range(ends[c], ends[c + 1]):
            v = sorted_values[j]
            if counter[v] == 0:
                sorted_values[entries + seen] = v  # never ahead of j: entries so far are at most rows so far
                seen += 1
            counter[v] += 1
        if seen > 1:
            sorted_values[entries : entries + seen].sort()
        for e in range(entries, entries + seen):
            count[e] = counter[sorted_values[e]]
            counter[sorted_values[e]] = 0
        entries += seen
    starts[classes] = entries
    return starts, sorted_values[:entries].copy(), count[:entries].copy()


@ahead(types.void(BYTES, KEYS, CODES, types.int32[::1]))
def merge_ints(part, starts, counted, out):  # type: ignore[no-untyped-def]
    """As `merge_floats`, for counts."""
    cursor = starts[:256].copy()
    for i in range(len(part)):
        p = part[i]
        out[i] = counted[cursor[p]]
        cursor[p] += 1


@ahead(types.void(types.Array(types.int64, 1, "C", readonly=True), CODES, types.float64[::1]))
def entropies(starts, count, out):  # type: ignore[no-untyped-def]
    """exp of the entropy of each class: ln n - (sum of c ln c) / n, where values seen once add nothing."""
    for c in range(len(out)):
        rows, weighted = np.int64(0), 0.0
        for e in range(starts[c], starts[c + 1]):
            rows += count[e]
            if count[e] > 1:
                weighted += count[e] * np.log(float(count[e]))
        out[c] = np.exp(np.log(float(rows)) - weighted / rows) if rows > 1 else 1.0


@ahead(types.void(types.Array(types.int64, 1, "C", readonly=True), CODES, CODES, FLOATS, types.float64[::1]))
def closenesses(starts, value, count, overall, out):  # type: ignore[no-untyped-def]
    """Half the sum of |p - q| of each class: the sum of max(0, p - q) over the values it holds."""
    for c in range(len(out)):
        rows = np.int64(0)
        for e in range(starts[c], starts[c + 1]):
            rows += count[e]
        distance = 0.0
        for e in range(starts[c], starts[c + 1]):
            distance += max(count[e] / rows - overall[value[e]], 0.0)
        out[c] = distance
