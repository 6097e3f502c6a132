"""What the sensitive values inside an equivalence class give away: l-diversity, t-closeness and their relatives.

Each function takes a Tally and returns (classes,) figures. p is a value's share of the class, q of the whole table.
Missing is a value of its own.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.risk.tally import Tally
from core.table.column import Floats

Ints = npt.NDArray[np.int64]


def distinct(counts: Tally) -> Ints:
    """Different sensitive values in the class: distinct l-diversity."""
    return np.diff(counts.starts).astype(np.int64)


def entropy(counts: Tally) -> Floats:
    """exp(-sum p ln p): as many values, evenly spread, would be as hard to guess. Entropy l-diversity.

    Source: Machanavajjhala et al. (2007), l-Diversity, doi:10.1145/1217299.1217302, definition 4.1.
    """
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
