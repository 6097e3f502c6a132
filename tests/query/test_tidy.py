"""Post-processing: for nothing, and from the answer alone."""

from __future__ import annotations

import pytest

from core.query.tidy import consistent, non_negative


def test_counts_are_never_below_zero_and_means_stay() -> None:
    answer = {"estimates": ["count", "mean"], "lines": [
        {"g": "a", "count": -3.0, "count_low": -9.0, "count_high": 2.0, "mean": -5.0, "mean_low": -6.0},
        {"g": "b", "count": None, "count_low": None, "count_high": None, "mean": None, "mean_low": None}]}
    first, second = non_negative(answer)["lines"]
    assert (first["count"], first["count_low"], first["count_high"], first["mean"]) == (0, 0, 2, -5)
    assert second["count"] is None
    assert answer["lines"][0]["count"] == -3.0


def test_parts_and_total_add_up() -> None:
    parts, total = consistent([10.0, 20.0], 1.0, 36.0, 2.0)
    assert sum(parts) == pytest.approx(total)
    assert parts == pytest.approx([11, 21]) and total == pytest.approx(32)  # of a gap of 6: 1, 1 and 4
    assert consistent([1.0], 0.0, 2.0, 0.0) == ([1.0], 2.0)
