"""Districts of India in an address."""

from __future__ import annotations

import pytest

from core.detect.headers import plain
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
        ("Station Road, Bijapur, Karnataka", "Vijayapura", "Karnataka"),
        ("Bijapur, Chhattisgarh", "Bijapur", "Chhattisgarh"),
        ("Ward 3, Raigarh, Maharashtra", "Raigad", "Maharashtra"),
    ],
)
def test_district_and_state_are_found(address: str, district: str, state: str) -> None:
    assert district_of(address) == District(district, state)
    assert state_of(address) == state


@pytest.mark.parametrize(
    "address", ["Hamirpur", "Bijapur", "12 Rue de la Paix, Paris", "Anand Vihar", "Rampura village", ""]
)
def test_what_is_unclear_has_no_answer(address: str) -> None:
    assert district_of(address) is None


def test_the_pin_code_alone_tells_a_state_where_only_one_begins_so() -> None:
    assert state_of("221B Baker Street 560001") == "Karnataka"
    assert state_of("Some village 793001") is None  # 79 is seven states


def test_the_list_is_whole() -> None:
    known = gazetteer()
    assert len(known.pins) == 36
    assert len({d for found in known.districts.values() for d in found}) >= 770


SPLIT_SINCE = {
    "Garhwal", "Jaintia Hills", "East Sikkim", "West Sikkim", "Punch", "Bid", "Y S R",
    "North West", "North", "North East", "East", "Central", "West", "South West", "South",
}  # fmt: skip
"""Names of 2011 that now stand for several districts, for a region, or are ordinary words: no answer by them."""


def test_the_districts_of_the_census_of_2011_are_known_in_their_states() -> None:
    """Two lists that were written down one after the other: a misspelling in either shows."""
    from core.protect.hierarchies.official import _rows

    known, missing = gazetteer().districts, set()
    for state, _first, _last, names in _rows("india_districts.csv"):
        missing |= {n for n in names.split(";") if state not in {d.state for d in known.get(plain(n), ())}}
    assert missing == SPLIT_SINCE


def test_no_name_stands_twice_in_a_state() -> None:
    for found in gazetteer().districts.values():
        assert len({d.state for d in found}) == len(found)
