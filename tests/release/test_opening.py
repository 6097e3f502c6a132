"""Every format says how it is opened."""

from __future__ import annotations

import pytest

from core.problem import Problem
from core.release import FORMATS, how_to_open


@pytest.mark.parametrize("format", list(FORMATS))
def test_every_format_says_how(format: str) -> None:
    text = how_to_open(format)
    assert "passphrase" in text and "suppressed" in text and "delete" in text


def test_an_unknown_format_names_near_misses() -> None:
    with pytest.raises(Problem, match=r"csv\.zip"):
        how_to_open("csv_zip")
