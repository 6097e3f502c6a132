"""Every finding's code is used, tested and explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from awkward_files import CASES

from core.table.document import page
from core.table.findings import CODES, finding

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
