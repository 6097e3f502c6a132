"""Claims that several methods make, each recounted apart from the kernels (core/protect/promises/recount.py)."""

from __future__ import annotations

from collections.abc import Sequence

from core.protect.method import Alike, Claim
from core.protect.promises.recount import smallest_class
from core.table import Table


def at_least_k(names: Sequence[str], k: int) -> Claim:
    """Strict k-anonymity: in the file as written, every combination of values stands in at least k rows."""

    def holds(released: Table) -> bool:
        smallest = smallest_class(released, names)
        return smallest is None or smallest >= k

    return Claim(f"at least {k} rows share each combination of {', '.join(names)}", holds, Alike(tuple(names), k, True))
