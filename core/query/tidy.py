"""What may be done to an answer for nothing: it uses the answer alone, never the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def non_negative(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with no count, share, or lower end of one below zero. It makes small numbers a little too large."""
    counted = [n for n in answer["estimates"] if n in ("count", "distinct", "variance", "standard_deviation")]
    keys = {f"{name}{end}" for name in counted for end in ("", "_low", "_high")}
    lines = [{k: max(v, 0.0) if k in keys and v is not None else v for k, v in line.items()}
             for line in answer["lines"]]
    return {**answer, "lines": lines}


def consistent(parts: Sequence[float], part_sd: float, total: float, total_sd: float) -> tuple[list[float], float]:
    """Parts and their total, asked separately, moved as little as their noise warrants so that they add up.

    Weighted least squares: the gap is shared out in proportion to the variances.
    Source: Hay, Rastogi, Miklau and Suciu (2010), doi:10.14778/1920841.1920970.
    """
    gap = total - sum(parts)
    whole = len(parts) * part_sd**2 + total_sd**2
    if whole == 0:
        return list(parts), total
    share = part_sd**2 / whole
    return [p + gap * share for p in parts], total - gap * total_sd**2 / whole
