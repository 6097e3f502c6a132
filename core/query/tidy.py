"""What may be done to an answer for nothing: it uses answers alone, never the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.problem import Problem

if TYPE_CHECKING:
    from core.store import Charge

ADDS_UP = {"count": "count", "histogram": "count", "sum": "sum"}
"""Questions whose answers by group add up to the answer for all: which estimate does."""


def non_negative(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with no count, share, or lower end of one below zero. It makes small numbers a little too large."""
    counted = [n for n in answer["estimates"] if n in ("count", "distinct", "variance", "standard_deviation")]
    keys = {f"{name}{end}" for name in counted for end in ("", "_low", "_high")}
    lines = [{k: max(v, 0.0) if k in keys and v is not None else v for k, v in line.items()}
             for line in answer["lines"]]
    return {**answer, "lines": lines}


def adds_up_to(parts: Mapping[str, Any], total: Mapping[str, Any]) -> bool:
    """Whether one question (plain data) asks for the groups of what the other asks for: the same rows, fewer groups."""
    kind, other = str(parts.get("query")), str(total.get("query"))
    if ADDS_UP.get(kind) is None or ADDS_UP.get(kind) != ADDS_UP.get(other) or other == "histogram":
        return False
    by, over = _grouped(parts), _grouped(total)
    beside = ("query", "by", "epsilon", "fewest", "column", "bins")
    same = {k: v for k, v in parts.items() if k not in beside} == {k: v for k, v in total.items() if k not in beside}
    return same and over < by and (kind != "sum" or parts["column"] == total["column"])


def fitting(charges: Sequence[Charge], parts: Charge) -> list[Charge]:
    """Of the answers that were paid for, the totals this one adds up to; what was paid the most for first."""
    if parts.answer is None or not parts.answer.get("sd"):
        return []
    found = [c for c in charges if c.answer is not None and c.answer.get("sd") and adds_up_to(parts.query, c.query)]
    return sorted(found, key=lambda c: -c.epsilon)


def _grouped(query: Mapping[str, Any]) -> set[str]:
    return {*(query.get("by") or ()), *([query["column"]] if query.get("query") == "histogram" else ())}


def add_up(parts: Mapping[str, Any], total: Mapping[str, Any], never_negative: bool = False) -> dict[str, Any]:
    """The answer by group, moved as little as its noise warrants so that it adds up with another answer.

    Both are plain data (`Answer.data()`); what they were asked must fit (`adds_up_to`). Right only where every row is
    in some group, which whoever calls this knows. A total whose groups are not all there stays unused. With
    `never_negative` the groups are moved once more, onto the nearest numbers from 0 with the same sum.

    The intervals shrink as the variances do: v - v**2 / (n v + w) for n groups of variance v and a total of variance w.
    Source: Hay, Rastogi, Miklau and Suciu (2010), doi:10.14778/1920841.1920970.
    """
    name = parts["estimates"][0]
    if name not in parts.get("sd", {}) or name not in total.get("sd", {}):
        raise Problem("These answers do not say how much noise they carry.", "Ask both once more.")
    sd, total_sd = parts["sd"][name], total["sd"][name]
    over = list(total["by"])
    totals = {tuple(line[b] for b in over): line[name] for line in total["lines"]}
    lines = [dict(line) for line in parts["lines"]]
    members: dict[tuple[Any, ...], list[int]] = {}
    for i, line in enumerate(lines):
        members.setdefault(tuple(line[b] for b in over), []).append(i)
    for group, at in members.items():
        whole, found = totals.get(group), [lines[i][name] for i in at]
        if whole is None or any(n is None for n in found):
            continue
        moved, summed = consistent(found, sd, whole, total_sd)
        if never_negative:
            moved = nearest_from_zero(moved, max(summed, 0.0))
        narrower = float(np.sqrt(max(1 - sd**2 / (len(at) * sd**2 + total_sd**2), 0.0))) if sd else 1.0
        for i, number in zip(at, moved, strict=True):
            half = (lines[i][name + "_high"] - lines[i][name + "_low"]) / 2 * narrower
            low = number - half
            lines[i] |= {name: number, name + "_low": max(low, 0.0) if never_negative else low,
                         name + "_high": number + half}
    return {**parts, "lines": lines}


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


def nearest_from_zero(parts: Sequence[float], total: float) -> list[float]:
    """The nearest numbers (least squares), none below 0, that add up to `total`.

    Source: Duchi, Shalev-Shwartz, Singer and Chandra (2008), Figure 1, doi:10.1145/1390156.1390191.
    """
    down = np.sort(np.asarray(parts, float))[::-1]
    taken = (np.cumsum(down) - total) / np.arange(1, len(down) + 1)
    held = np.flatnonzero(down > taken)
    level = taken[held[-1]] if len(held) else 0.0
    return [float(max(p - level, 0.0)) for p in parts]
