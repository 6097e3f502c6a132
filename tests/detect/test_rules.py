"""Rules that came from tables nobody had tuned on: a hospital's remarks, calls, sensors, trips, logs, claims."""

from __future__ import annotations

import warnings

from core.detect import Detected, detect
from core.detect.look import Look
from core.table import Column, Table

ROWS = 40


def of(**columns: list[str]) -> dict[str, Detected]:
    return detect(Table.of({name: Column.of(cells) for name, cells in columns.items()}))


def some(*texts: str) -> list[str]:
    return [texts[i % len(texts)] for i in range(ROWS)]


def digits(i: int, count: int) -> str:
    return str((i + 1) * 7_919_777_777_777_777)[:count]


def test_short_notes_that_name_people_are_texts() -> None:
    notes = [
        (f"Mrs Fernandes told, call {9_800_000_000 + 7919 * i}", "Stable, advised rest", "Seen by Dr. Menezes")[i % 3]
        for i in range(ROWS)
    ]
    log = [f"Failed password for root from 10.0.3.{i}" if i % 2 else "session closed" for i in range(ROWS)]
    found = of(Remarks=notes, message=log)
    assert found["Remarks"].entity == "FREE_TEXT_PII"
    assert found["message"].entity == "FREE_TEXT_PII"


def test_short_texts_that_name_nobody_are_none() -> None:
    titles = some("Cast iron skillet", "Cotton hoodie, blue", "Set of four glasses", "Desk lamp with clip")
    addresses = [f"{i} Dr Ambedkar Road, Nagpur" for i in range(1, ROWS + 1)]
    found = of(description=titles, x=addresses)
    assert found["description"].entity == "NONE"
    assert found["x"].entity == "ADDRESS"


def test_masked_cards_are_cards_under_any_name() -> None:
    cells = [f"XXXX-XXXX-XXXX-{1000 + 37 * i}" for i in range(ROWS)]
    assert of(x=cells)["x"].entity == of(Card=cells)["Card"].entity == "CREDIT_CARD"


def test_a_path_of_a_card_game_is_no_card() -> None:
    assert of(card=some("Ace", "King", "Queen", "Seven"))["card"].entity == "NONE"


def test_running_numbers_and_clocks_are_no_phones() -> None:
    found = of(
        a=[str(4_876_500_000 + 13 * i) for i in range(ROWS)],
        b=[str(1_719_792_000 + 7_919 * (i * 37 % ROWS)) for i in range(ROWS)],
    )
    assert found["a"].entity in ("RECORD_ID", "NONE") and found["b"].entity == "NONE"


def test_numbers_with_two_points_are_dates_only_where_they_can_be() -> None:
    codes = Column.of([f"{1700 + i}.{20 + i % 70}.{10 + i % 80}" for i in range(ROWS)])
    assert Look.at(codes, ()).date == 0
    assert of(x=[f"{1700 + i}.{20 + i % 70}.{10 + i % 80}" for i in range(ROWS)])["x"].entity != "DATE_OF_BIRTH"
    born = [f"{1 + i % 28:02d}{1 + i % 12:02d}{1960 + i}" for i in range(ROWS)]
    assert Look.at(Column.of(born), ()).years.tolist() == [1960 + i for i in range(ROWS)]
    assert of(dob=born)["dob"].entity == "DATE_OF_BIRTH"


def test_points_beside_latitude_and_longitude_are_no_third_column() -> None:
    found = of(
        a=[f"{28.4 + i * 0.00713:.5f}" for i in range(ROWS)],
        b=[f"{77.1 + i * 0.00391:.5f}" for i in range(ROWS)],
        c=[f"{28.4 + i * 0.00117:.5f},{77.1 + i * 0.00233:.5f}" for i in range(ROWS)],
    )
    assert {f.entity for f in found.values()} == {"GEO_COORDINATE"}


def test_ibans_with_a_wrong_check_are_accounts_by_their_form() -> None:
    cells = [f"DE{10 + i % 80}{digits(i, 16)}{1000 + i}" for i in range(ROWS)]
    found = of(x=cells)["x"]
    assert found.entity == "BANK_ACCOUNT"


def test_headers_with_signs() -> None:
    accounts = [digits(i, 11) for i in range(ROWS)]
    found = of(**{"Bank A/C": accounts, "Case#": [f"SH/2023/{i:03d}" for i in range(ROWS)]})
    assert (found["Bank A/C"].entity, found["Case#"].entity) == ("BANK_ACCOUNT", "RECORD_ID")


def test_headers_with_two_words_for_it_and_doors() -> None:
    found = of(
        **{
            "ID/Passport": [digits(i, 8) for i in range(ROWS)],
            "Village/Estate": some("Manyatta", "Bondeni", "Kaloleni", "Nyalenda"),
            "Company / Account": some("Northwind Logistics", "Apex Polymers Pvt Ltd", "Blue Bottle Media"),
            "Door No": [f"{i}-{i % 7 + 1}-{100 + i}/{i % 9 + 1}" for i in range(1, ROWS + 1)],
        }
    )
    wanted = {"ID/Passport": "NATIONAL_ID", "Village/Estate": "LOCATION", "Company / Account": "ORGANIZATION",
              "Door No": "ADDRESS"}  # fmt: skip
    assert {name: one.entity for name, one in found.items()} == wanted


def test_headers_that_mean_something_else_over_such_values() -> None:
    found = of(
        CIF=[digits(i, 11) for i in range(ROWS)],
        NIC_2008=[f"{1111 + 97 * i % 88_888:05d}" for i in range(ROWS)],
        REG_DT=[f"{1980 + i}0{1 + i % 9}1{i % 9}" for i in range(ROWS)],
        FPS_Code=[f"1273{1000 + i % 60}" for i in range(ROWS)],
    )
    assert found["CIF"].entity == "RECORD_ID"
    assert found["NIC_2008"].entity != "NATIONAL_ID" and found["REG_DT"].entity == "NONE"
    assert found["FPS_Code"].entity not in ("PHONE_NUMBER", "POSTCODE", "NATIONAL_ID")


def test_a_house_before_a_street_is_part_of_an_address() -> None:
    streets = some("MAPLE ST", "OAKWOOD DR", "PECAN VALLEY LN", "5TH AVE")
    found = of(RES_HOUSE=[str(12 + 37 * i) for i in range(ROWS)], RES_STREET=streets)
    assert found["RES_HOUSE"].entity == "ADDRESS"


def test_codes_with_an_exponent_are_no_infinite_numbers() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        of(pnr=[f"{i % 9 + 1}E{8000 + i}" for i in range(ROWS)], x=[f"{i}E200" for i in range(ROWS)])


def test_bar_codes_are_nobodys_numbers_and_parties_to_a_call_are() -> None:
    found = of(
        isbn13=[str(9_780_439_785_960 + 1009 * i) for i in range(ROWS)],
        upc=[f"{36_000_291_452 + 97 * i}" for i in range(ROWS)],
        a_party=[f"91{9_811_000_000 + 7_919_919 * (i * 13 % ROWS)}" for i in range(ROWS)],
    )
    assert found["isbn13"].entity == found["upc"].entity == "NONE"
    assert found["a_party"].entity == "PHONE_NUMBER"
