"""What the sensitive values inside an equivalence class give away: l-diversity, t-closeness and their relatives.

Each function takes a Tally and returns (classes,) figures. p is a value's share of the class, q of the whole table.
Missing is a value of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from core.problem import Problem
from core.risk.kernel import compiled
from core.risk.tally import Tally
from core.table.column import Floats, Mask

Ints = npt.NDArray[np.int64]


def distinct(counts: Tally) -> Ints:
    """Different sensitive values in the class: distinct l-diversity."""
    return np.diff(counts.starts).astype(np.int64)


def entropy(counts: Tally) -> Floats:
    """exp(-sum p ln p): as many values, evenly spread, would be as hard to guess. Entropy l-diversity.

    Source: Machanavajjhala et al. (2007), l-Diversity, doi:10.1145/1217299.1217302, definition 4.1.
    """
    if loops := compiled():
        out = np.empty(len(counts.starts) - 1)
        loops.entropies(counts.starts, counts.count, out)
        return out
    return np.exp(-counts.per_class(counts.share * np.log(counts.share)))


def recursive(counts: Tally, c: float) -> Ints:
    """The largest l for which the most frequent value occurs less than c times as often as the l-th to last together.

    0 where not even l = 1 holds: r1 < c (r1 + ... + rm) fails only for c <= 1 and a single value.
    Source: Machanavajjhala et al. (2007), definition 4.2: recursive (c, l)-diversity.
    """
    order = np.lexsort((-counts.count, counts.class_of))
    ranked = counts.count[order].astype(np.int64)
    top = counts.per_class(counts.count, np.maximum)
    before = np.cumsum(ranked) - ranked
    tail = counts.sizes[counts.class_of] - (before - before[counts.starts[:-1]][counts.class_of])
    return counts.per_class((top[counts.class_of] < c * tail).astype(np.int64))


def largest_share(counts: Tally) -> Floats:
    """The share of the most frequent sensitive value: the alpha of (alpha, k)-anonymity.

    Source: Wong et al. (2006), (alpha, k)-anonymity, doi:10.1145/1150402.1150499.
    """
    return counts.per_class(counts.share, np.maximum)


def closeness(counts: Tally) -> Floats:
    """How far a class's shares lie from the table's: sum of max(0, p - q), half the sum of differences. t-closeness.

    All values equally far apart. Source: Li, Li and Venkatasubramanian (2007), doi:10.1109/ICDE.2007.367856, 5.2.
    """
    if loops := compiled():
        out = np.empty(len(counts.starts) - 1)
        loops.closenesses(counts.starts, counts.value, counts.count, counts.overall, out)
        return out
    return counts.per_class(np.maximum(counts.share - counts.overall[counts.value], 0.0))


def ordered_closeness(counts: Tally) -> Floats:
    """As `closeness`, for values in an order: moving a share to the next value costs 1 / (m - 1) (section 5.1).

    Missing comes first where a cell is missing, then what is no number (a suppressed cell among amounts) by its text,
    then numbers by their size.
    """
    order = _ordered_digits(counts)
    if len(order) < 2:
        return np.zeros(len(counts.starts) - 1)
    return _by_blocks(
        counts, lambda extra: np.abs(np.cumsum(extra[:, order], axis=1)[:, :-1]).sum(axis=1) / (len(order) - 1)
    )


def hierarchical_closeness(counts: Tally, hierarchy: Sequence[Sequence[str]]) -> Floats:
    """As `closeness`, for values in a hierarchy: a share moves at the cost of the lowest group that holds both.

    hierarchy  rows of texts: the value, then its ever wider groups, all of one length; moving a share inside a group
               at level h of H costs h / H (section 5.2). Missing stands outside every group but the widest.
    """
    nodes = _nodes(counts, hierarchy)
    height = len(nodes)

    def cost(extra: Floats) -> Floats:
        total = np.zeros(len(extra))
        for level, node_of in enumerate(nodes, start=1):
            gain, lack, whole = (np.zeros((len(extra), int(node_of.max()) + 1)) for _ in range(3))
            for child, node in enumerate(node_of):
                gain[:, node] += np.maximum(extra[:, child], 0)
                lack[:, node] += np.maximum(-extra[:, child], 0)
                whole[:, node] += extra[:, child]
            total += np.minimum(gain, lack).sum(axis=1) * level / height
            extra = whole
        return total

    return _by_blocks(counts, cost)


def likeness(counts: Tally) -> Floats:
    """The largest relative gain of a value's share, (p - q) / q: what basic beta-likeness bounds by beta.

    Source: Cao and Karras (2012), Publishing microdata with a robust privacy guarantee, Proceedings of the
    VLDB Endowment 5(11).
    """
    q = counts.overall[counts.value]
    return counts.per_class((counts.share - q) / q, np.maximum)


def exceeds_enhanced_likeness(counts: Tally, beta: float) -> Mask:
    """(classes,) True where some (p - q) / q is above min(beta, -ln q): enhanced beta-likeness is violated."""
    q = counts.overall[counts.value]
    limit = np.minimum(beta, -np.log(q))
    return counts.per_class((counts.share - q) / q > limit + 1e-12, np.logical_or)


def disclosure(counts: Tally) -> Floats:
    """The largest |ln(p / q)| over the values the class holds: delta-disclosure.

    Values that a class lacks altogether would make it infinite; they are reported apart (`lacking`).
    Source: Brickell and Shmatikov (2008), The cost of privacy, doi:10.1145/1401890.1401904, section 3.
    """
    return counts.per_class(np.abs(np.log(counts.share / counts.overall[counts.value])), np.maximum)


def lacking(counts: Tally) -> Mask:
    """(classes,) True where at least one sensitive value of the table does not occur in the class."""
    return np.asarray(distinct(counts) < np.count_nonzero(counts.overall))


def _ordered_digits(counts: Tally) -> Ints:
    """The digits of the values that occur, in their natural order: missing, texts, numbers."""
    texts, numbers = counts.column.values.to_pylist(), counts.column.value_numbers.tolist()
    whole = np.isfinite(numbers)
    keys = [(1, n, t) if known else (0, 0.0, t) for known, n, t in zip(whole, numbers, texts, strict=True)]
    by = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
    missing = [0] if counts.overall[0] > 0 else []
    return np.array([*missing, *(by + 1)], np.int64)


def _by_blocks(counts: Tally, figure: Callable[[Floats], Floats], cells: int = 1 << 21) -> Floats:
    """`figure` of p - q, a dense (classes, values + 1) matrix built a block of classes at a time."""
    digits, classes = len(counts.overall), len(counts.starts) - 1
    step = max(1, cells // digits)
    out = np.empty(classes)
    for first in range(0, classes, step):
        last = min(first + step, classes)
        entries = slice(counts.starts[first], counts.starts[last])
        extra = np.tile(-counts.overall, (last - first, 1))
        extra[counts.class_of[entries] - first, counts.value[entries]] += counts.share[entries]
        out[first:last] = figure(extra)
    return out


def _nodes(counts: Tally, hierarchy: Sequence[Sequence[str]]) -> list[Ints]:
    """For each level: the group of every digit (first level) or of every group of the level below."""
    values = counts.column.values.to_pylist()
    rows = {row[0]: tuple(row[1:]) for row in hierarchy}
    lost = sum(v not in rows for v in values)
    if lost or len({len(row) for row in rows.values()}) != 1:
        raise Problem(
            "The hierarchy does not cover the sensitive column: {count} of its values are not in it.",
            "Give one row for every value, all of the same length: the value, then its ever wider groups.", count=lost,
        )
    paths = [rows[v] for v in values]
    if len({p[-1:] for p in paths}) > 1 or not paths[0]:
        paths = [(*p, "*") for p in paths]  # everything is in one group at the top
    height = len(paths[0])
    below: list[tuple[object, ...]] = [(None,) * (height - 1) + paths[0][-1:], *paths]
    nodes = []
    for _ in range(height):
        names = {p: i for i, p in enumerate(dict.fromkeys(below))}
        nodes.append(np.array([names[p] for p in below]))
        below = [p[1:] for p in names]
    return nodes
