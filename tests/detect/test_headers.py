"""Header words: whole tokens, many languages."""

from __future__ import annotations

import pytest

from core.detect import headers
from core.detect.entities import ENTITIES
from core.table import ROLES


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("custFirstName_2", ("cust", "first", "name", "2")),
        ("UIDNo", ("uid", "no")),
        ("customerzipcode", ("customer", "zipcode")),
        ("Straße", ("strasse",)),
        ("Cod Poștal", ("cod", "postal")),
        ("पिता का नाम", ("पिता", "का", "नाम")),
        ("rate_per_km", ("rate", "per", "km")),
    ],
)
def test_tokens(header: str, words: tuple[str, ...]) -> None:
    assert headers.tokens(header) == words


@pytest.mark.parametrize(
    ("header", "concept"),
    [
        ("Father's Name", "related_name"),
        ("name_of_father", "related_name"),
        ("nom du client", "full_name"),
        ("fecha_de_nacimiento", "birth_date"),
        ("DOB", "birth_date"),
        ("dateofbirth", "birth_date"),
        ("Data nașterii", "birth_date"),
        ("जन्म तिथि", "birth_date"),
        ("janm_tithi", "birth_date"),
        ("emailId", "email"),
        ("customer_email_address", "email"),
        ("MobileNo.", "phone"),
        ("phone_service", "phone_code"),
        ("CCType", "card_detail"),
        ("CCNumber", "card"),
        ("आधार संख्या", "aadhaar"),
        ("UID No", "aadhaar"),
        ("PAN Card No", "pan"),
        ("ifsc_code", "bank_code"),
        ("upi id", "account"),
        ("GSTIN", "gstin"),
        ("ration_card_no", "in_scheme"),
        ("vehicle_registration_number", "vehicle"),
        ("plz", "postcode"),
        ("bairro", "district"),
        ("company", "organization"),
        ("years_at_company", "event_date"),
        ("number of reviews", "amount"),
        ("product_name", "category"),
        ("sampling_weight", "sample_weight"),
        ("ori_hid", "household"),
        ("account_count", "amount"),
        ("count", "amount"),
    ],
)
def test_concepts(header: str, concept: str) -> None:
    found = headers.match(header)
    assert found is not None
    assert found.concept.name == concept


@pytest.mark.parametrize("header", ["company", "compan", "discount", "paid", "valid", "covid", "grid", "termd"])
def test_words_are_not_found_inside_words(header: str) -> None:
    found = headers.match(header)
    assert found is None or found.concept.name in ("organization", "amount", "category"), found


def test_a_phrase_stands_for_one_concept_only() -> None:
    seen: dict[str, str] = {}
    for row in headers._rows():
        for phrase in set(row["phrases"].split("|")):
            assert seen.setdefault(phrase, row["concept"]) == row["concept"], (
                f"{phrase}: {seen[phrase]}, {row['concept']}"
            )


def test_concepts_speak_the_vocabulary() -> None:
    from core.detect.columns import OPEN

    for concept in headers.concepts().values():
        assert concept.entity in ENTITIES or concept.entity in OPEN
        assert concept.role in ROLES
        assert concept.role == "keep" or concept.reason
