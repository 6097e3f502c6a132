"""Figures as people read them."""

from __future__ import annotations

import pytest

from studio import figures


@pytest.mark.parametrize(
    ("expected", "said"), [(0.0, "0"), (0.004, "<0.1"), (0.06, "0.1"), (8.61, "8.6"), (4_580.4, "4,580")]
)
def test_an_expected_number_of_people_is_none_only_where_it_is_none(expected: float, said: str) -> None:
    assert figures.people(expected) == said
