"""Every test and file that docs/COVERAGE.md points at exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "COVERAGE.md").read_text("utf-8")
PLACES = sorted(set(re.findall(r"(?:tests|benchmarks|pages|docs|core|studio)/[\w/]+\.(?:py|md)(?:::\w+)?", TEXT)))


@pytest.mark.parametrize("place", PLACES)
def test_it_exists(place: str) -> None:
    path, _, name = place.partition("::")
    assert (ROOT / path).is_file()
    if name:
        assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_every_row_names_a_test() -> None:
    for line in TEXT.splitlines():
        if line.startswith("| ") and not line.startswith(("| what", "|---")):
            assert re.search(r"(tests|benchmarks)/|\.ci/run", line), line
