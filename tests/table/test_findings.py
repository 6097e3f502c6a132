"""Every finding's code is used, tested and explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from awkward_files import CASES

from core.table.document import page
from core.table.findings import CODES, finding, of_one

ROOT = Path(__file__).resolve().parents[2]


def test_the_documentation_is_current() -> None:
    assert (ROOT / "docs/files.md").read_text("utf-8") == page()


def test_every_code_has_an_awkward_file() -> None:
    tested = {code for case in CASES for code in case.codes}
    assert set(CODES) - tested == set()


def test_every_code_is_raised_somewhere_and_no_other() -> None:
    source = "".join(p.read_text("utf-8") for p in (ROOT / "core/table").glob("*.py") if p.name != "findings.py")
    used = set(re.findall(r'"([A-Z][A-Z_]{5,})"', source))
    assert set(CODES) <= used


def test_an_unknown_code_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        finding("NO_SUCH_CODE", "x")


@pytest.mark.parametrize(
    ("said", "better"),
    [
        ("1 cells of “age” hold a spreadsheet error: rows 4.", "1 cell of “age” holds a spreadsheet error: row 4."),
        ("1 cells of “1 rows” may stand for missing: rows 17.", "1 cell of “1 rows” may stand for missing: row 17."),
        ("1 lines below the table hold notes.", "1 line below the table holds notes."),
        ("11 cells of “age” hold it: rows 4, 5.", "11 cells of “age” hold it: rows 4, 5."),
        ("1,001 cells hold it: rows 4, 5 and 12 more.", "1,001 cells hold it: rows 4, 5 and 12 more."),
    ],
)
def test_one_is_said_as_one(said: str, better: str) -> None:
    assert of_one(said) == better
