"""Every format says how it is opened."""

from __future__ import annotations

import pytest

from core.problem import Problem
from core.release import FORMATS, PLAIN, called, how_to_open


@pytest.mark.parametrize("format", list(FORMATS))
def test_every_format_says_how(format: str) -> None:
    text = how_to_open(format)
    assert "passphrase" in text and "suppressed" in text and "delete" in text


def test_an_unknown_format_names_near_misses() -> None:
    with pytest.raises(Problem, match=r"csv\.zip"):
        how_to_open("csv_zip")


@pytest.mark.parametrize("format", list(PLAIN))
def test_a_plain_file_says_that_anybody_can_read_it(format: str) -> None:
    assert "no passphrase" in how_to_open(format) and "suppressed" in how_to_open(format)
    assert "without a passphrase" in called(format) and called("gone.format") == "gone.format"
