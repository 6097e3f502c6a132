"""Numbers of India that only the word before them tells, in texts and as Presidio recognizers."""

from __future__ import annotations

import pytest

from core.detect.freetext import spans
from core.detect.recognizers import engine

TEXTS = [
    ("Paid into A/c no. 302145879632 today", "302145879632", "BANK_ACCOUNT", "IN_BANK_ACCOUNT"),
    ("director with DIN 01234567 signed", "01234567", "NATIONAL_ID", "IN_DIN"),
    ("his UAN is 100904319456 since May", "100904319456", "NATIONAL_ID", "IN_UAN"),
    ("ESIC number: 3100123456 was given", "3100123456", "NATIONAL_ID", "IN_ESIC"),
    ("ration card no. WB12345678 lost", "WB12345678", "NATIONAL_ID", "IN_RATION_CARD"),
]


@pytest.mark.parametrize(("text", "number", "entity", "subtype"), TEXTS)
def test_the_word_before_tells(text: str, number: str, entity: str, subtype: str) -> None:
    found = {text[s.start : s.end]: s.entity for s in spans([text])[0]}
    assert found.get(number) == entity
    results = engine().analyze(text, language="en")
    assert subtype in {r.entity_type for r in results if text[r.start : r.end] == number}


def test_without_the_word_or_the_country_a_number_is_a_number() -> None:
    assert spans(["The reading was 302145879632 units"])[0] == [] or all(
        s.entity != "BANK_ACCOUNT" for s in spans(["The reading was 302145879632 units"])[0]
    )
    assert all(s.entity != "BANK_ACCOUNT" for s in spans(["A/c no. 302145879632"], ("us",))[0])


def test_an_lgd_code_is_named_and_is_nobodys() -> None:
    results = engine().analyze("LGD code 1234 of the block", language="en")
    assert "IN_LGD" in {r.entity_type for r in results}
    assert spans(["LGD code 1234 of the block"])[0] == []
