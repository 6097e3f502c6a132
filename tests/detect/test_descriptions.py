"""Columns with codes for names and their meaning beside: v101 "Age in years"."""

from __future__ import annotations

from dataclasses import replace

from core.detect import detect
from core.table import Column, Table

PHONES = [str(6_123_456_789 + 104_729 * i) for i in range(40)]


def table(**told: str) -> Table:
    cells = {
        "v101": [str(20 + i % 50) for i in range(40)], "v102": PHONES, "v103": ["1", "2"] * 20,
        "v104": [("Hindu", "Muslim", "Sikh")[i % 3] for i in range(40)], "sex": ["m", "f"] * 20,
    }
    columns = {n: replace(Column.of(c), description=told.get(n, "")) for n, c in cells.items()}
    return Table.of(columns)


def test_a_description_says_what_a_code_does_not() -> None:
    bare = detect(table())
    told = {"v101": "Age in completed years", "v102": "Bank account of head", "v103": "Sex of head", "v104": "Religion"}
    found = detect(table(**told))
    assert (bare["v101"].entity, bare["v102"].entity) == ("RECORD_ID", "PHONE_NUMBER")  # as far as numbers tell
    assert (found["v101"].entity, found["v102"].entity) == ("NONE", "BANK_ACCOUNT")
    assert "The description says “bank account”." in found["v102"].evidence
    roles = {n: found[n].role for n in ("v101", "v102", "v103", "v104")}
    assert roles == {"v101": "quasi_identifier", "v102": "direct_identifier", "v103": "quasi_identifier",
                     "v104": "quasi_identifier"}


def test_a_header_that_says_something_counts_before_its_description() -> None:
    assert detect(table(sex="Telephone"))["sex"].entity == "NONE"
    assert detect(table(sex="Telephone"))["sex"].role == "quasi_identifier"


def test_a_long_question_is_no_header() -> None:
    asked = "In the last seven days, did anybody in your household receive a mobile number from the government?"
    assert detect(table(v103=asked))["v103"] == detect(table())["v103"]
