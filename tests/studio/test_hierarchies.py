"""Which ways to make groups are offered for what a column holds, and the widths to begin with."""

from __future__ import annotations

import pytest

from core.table import Column
from studio.hierarchies import first_widths, ways

ALWAYS = {"automatic", "hand", "file"}


@pytest.mark.parametrize(
    ("column", "more"),
    [
        (Column.of(["a", "b", "c"] * 9, "category"), {"prefix", "frequent"}),
        (Column.of(["Goa", "Kerala"] * 5, "category"), {"prefix", "frequent", "indian_state"}),
        (Column.of(["Pune", "Nagpur"] * 5, "category"), {"prefix", "frequent", "indian_district"}),
        (Column.of(["Bachelors", "Masters"] * 5, "category"), {"prefix", "frequent", "education"}),
        (Column.of(["2512", "2513", "9111"] * 5, "code"), {"prefix", "frequent", "classification"}),
        (Column.of(["2024-01-02", "2023-11-30"], "date"), {"prefix", "frequent", "date"}),
        (Column.of_numbers([1.5, 2, 300]), {"width", "equal", "cuts"}),
        (Column.of([None, None], "category"), set()),
    ],
)
def test_a_list_is_offered_where_it_knows_the_values(column: Column, more: set[str]) -> None:
    offered = {way.name for way in ways(column)}
    assert offered >= ALWAYS
    assert offered - ALWAYS == more | (offered & {"age"} if column.kind == "number" else set())


def test_widths_to_begin_with_are_round_and_nest() -> None:
    assert first_widths(Column.of_numbers([17, 90])) == (5, 10, 20)
    assert first_widths(Column.of_numbers([5, 5])) == (1, 2, 4)
    assert first_widths(Column.of([None], "number")) == (1, 2, 4)
    assert first_widths(Column.of_numbers([0, 0.16])) == pytest.approx((0.01, 0.02, 0.04))
