"""Districts of India in an address."""

from __future__ import annotations

import pytest

from core.detect.india import District, district_of, gazetteer, state_of


@pytest.mark.parametrize(
    ("address", "district", "state"),
    [
        ("12 MG Road, Pune 411001", "Pune", "Maharashtra"),
        ("Agra Road, Shivaji Chowk, Nashik - 422001", "Nashik", "Maharashtra"),
        ("Flat 2, Sector 62, NOIDA", "Gautam Buddha Nagar", "Uttar Pradesh"),
        ("Vill. Sera, Tehsil Nadaun, Distt Hamirpur, Himachal Pradesh", "Hamirpur", "Himachal Pradesh"),
        ("Moti Nagar, Hamirpur 210301", "Hamirpur", "Uttar Pradesh"),
        ("4 Church Street, Bangalore", "Bengaluru Urban", "Karnataka"),
        ("House 7, Orissa, Cuttack", "Cuttack", "Odisha"),
    ],
)
def test_district_and_state_are_found(address: str, district: str, state: str) -> None:
    assert district_of(address) == District(district, state)
    assert state_of(address) == state


@pytest.mark.parametrize("address", ["Hamirpur", "12 Rue de la Paix, Paris", "Anand Vihar", "Rampura village", ""])
def test_what_is_unclear_has_no_answer(address: str) -> None:
    assert district_of(address) is None


def test_the_pin_code_alone_tells_a_state_where_only_one_begins_so() -> None:
    assert state_of("221B Baker Street 560001") == "Karnataka"
    assert state_of("Some village 793001") is None  # 79 is seven states


def test_the_list_is_whole() -> None:
    known = gazetteer()
    assert len(known.pins) == 36
    assert len({d for found in known.districts.values() for d in found}) >= 770
