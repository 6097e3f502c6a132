"""Personal data inside sentences: where it stands."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.detect.freetext import Span, spans


def found(text: str) -> list[tuple[str, str]]:
    return [(text[s.start : s.end], s.entity) for s in spans([text])[0]]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Spoke to Mrs. Sharma on 98765 43210.", [("Sharma", "PERSON"), ("98765 43210", "PHONE_NUMBER")]),
        ("Dear William Thomas, I recommend rest.", [("William Thomas", "PERSON")]),
        ("Visited John Stephens at home; John was out.", [("John Stephens", "PERSON"), ("John", "PERSON")]),
        ("mail asha@example.com please", [("asha@example.com", "EMAIL_ADDRESS")]),
        (
            "SSN is 987-65-4321; card 4111-1111-1111-1111",
            [("987-65-4321", "NATIONAL_ID"), ("4111-1111-1111-1111", "CREDIT_CARD")],
        ),
        ("His Aadhaar is 2345 6789 0124.", [("2345 6789 0124", "NATIONAL_ID")]),
        ("PAN ABCPE1234F, UPI asha@okaxis", [("ABCPE1234F", "NATIONAL_ID"), ("asha@okaxis", "BANK_ACCOUNT")]),
        ("He was born on 12/03/1980 in Pune.", [("12/03/1980", "DATE_OF_BIRTH")]),
        ("Lives at 12 Elm Street with his cat.", [("12 Elm Street", "ADDRESS")]),
        ("श्रीमती सीता देवी ने आवेदन किया", [("सीता देवी", "PERSON")]),
    ],
)
def test_found(text: str, wanted: list[tuple[str, str]]) -> None:
    assert found(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The shop was closed on Monday because of the festival.",
        "Water supply irregular in New Delhi since March.",
        "Patient has Type 2 Diabetes and High Blood Pressure.",
        "Delivered 12 boxes on 2024-05-01 at 10:30.",
        "Excellent phone, the Samsung Galaxy is better.",
        "Invoice 20240501123 was paid.",
        "",
        "Household owns two bullocks.",
    ],
)
def test_nothing_is_found_where_nothing_is(text: str) -> None:
    assert found(text) == []


def test_spans_are_in_order_and_do_not_overlap() -> None:
    text = "Dear Mr. Ravi Kumar, call Asha Patel on +91 98765 43210 or asha@example.com; Ravi knows."
    whole = spans([text])[0]
    assert all(isinstance(s, Span) and 0 <= s.start < s.end <= len(text) and 0 < s.score <= 1 for s in whole)
    assert all(a.end <= b.start for a, b in pairwise(whole))
    assert spans([text, "", text]) == [whole, [], whole]
