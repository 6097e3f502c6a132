"""Which role each column is offered: the wizard is prefilled with these."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from core.detect import Detected, detect
from core.table import Column, Table

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def table(path: Path, delimiter: str = ",") -> Table:
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter=delimiter)
    return Table.of({name: Column.of([row[i] or None for row in rows]) for i, name in enumerate(header)})


def roles(found: dict[str, Detected]) -> dict[str, str]:
    return {name: answer.role for name, answer in found.items()}


def test_adult_gets_the_roles_a_statistician_would_give() -> None:
    got = roles(detect(table(SHARED / "adult" / "adult.csv", ";")))
    assert got.pop("salary-class") == "sensitive"
    assert set(got.values()) == {"quasi_identifier"}


def test_testdata_has_one_weight_and_one_household() -> None:
    got = roles(detect(table(SHARED / "sdcmicro" / "testdata.csv")))
    assert got["sampling_weight"] == "weight"
    assert got["household_weights"] == "keep"
    assert got["ori_hid"] == "household"
    assert {got[n] for n in ("expend", "income", "savings")} == {"sensitive"}
    assert {got[n] for n in ("urbrur", "roof", "walls", "water", "relat", "sex", "age", "hhcivil")} == {
        "quasi_identifier"
    }


def test_a_weight_beside_a_height_is_a_body_weight() -> None:
    body = Table.of({"height": Column.of(["170", "180", "165"]), "weight": Column.of(["70", "80", "65"])})
    assert roles(detect(body))["weight"] == "quasi_identifier"
    survey = Table.of({"hhid": Column.of(["1", "1", "2"]), "weight": Column.of(["70.5", "80.25", "65"])})
    assert roles(detect(survey)) == {"hhid": "household", "weight": "weight"}


def test_what_a_data_owner_would_say_of_other_peoples_files() -> None:
    rows = 24
    names = [("Asha", "Patel"), ("John", "Carter"), ("Maria", "Lopez"), ("Imran", "Khan")]
    found = detect(
        Table.of(
            {
                "FirstName": Column.of([names[i % 4][0] for i in range(rows)]),
                "LastName": Column.of([names[i % 4][1] for i in range(rows)]),
                "Title": Column.of([("Sales Manager", "Recruiter", "Accountant")[i % 3] for i in range(rows)]),
                "Fumatore": Column.of([("TRUE", "FALSE")[i % 2] for i in range(rows)]),
                "Renda_Mensal": Column.of([f"{1800 + 173 * i}.50" for i in range(rows)]),
                "party": Column.of([("Blue List", "Green Union")[i % 2] for i in range(rows)]),
                "seed_qty_kg": Column.of([str(8 + 4 * (i % 9)) for i in range(rows)]),
                "source": Column.of([("data.example.org", "stats.example.in")[i % 2] for i in range(rows)]),
            }
        )
    )
    wanted = {"FirstName": "direct_identifier", "LastName": "direct_identifier", "Title": "quasi_identifier",
              "Fumatore": "sensitive", "Renda_Mensal": "sensitive", "party": "sensitive", "seed_qty_kg": "keep",
              "source": "keep"}  # fmt: skip
    assert {name: one.role for name, one in found.items()} == wanted


def test_courtesy_titles_and_titles_of_books_are_kept() -> None:
    people = {"first_name": Column.of(["Asha", "John", "Maria"] * 8), "title": Column.of(["Mrs.", "Dr.", "Ms."] * 8)}
    assert detect(Table.of(people))["title"].role == "keep"
    books = {"authors": Column.of(["Asha Patel", "John Carter", "Maria Lopez"] * 8),
             "title": Column.of([f"The {w} House of {i}" for i, w in enumerate(["Red", "Old"] * 12)])}  # fmt: skip
    assert detect(Table.of(books))["title"].role == "keep"


def test_indian_registers() -> None:
    found = detect(
        Table.of(
            {
                "परिवार क्रमांक": Column.of([str(101 + i // 4) for i in range(24)]),
                "भार": Column.of([f"{1 + i % 5}.{i % 10}" for i in range(24)]),
                "Category": Column.of([("SC", "ST", "OBC", "General")[i % 4] for i in range(24)]),
            }
        )
    )
    assert found["परिवार क्रमांक"].role == "household" and found["भार"].role == "weight"
    assert found["Category"].role == "quasi_identifier"
    goods = detect(Table.of({"Category": Column.of(["Food", "Toys", "Books"] * 8)}))
    assert goods["Category"].role == "keep"


def test_a_class_is_a_persons_where_the_table_is_of_pupils() -> None:
    bare = {"Class": [str(6 + i % 5) for i in range(40)], "Section": [("A", "B")[i % 2] for i in range(40)]}
    meals = [("yes", "no")[i % 2] for i in range(40)]
    pupils = {"Roll No": [str(100 + i) for i in range(40)], **bare, "Free school meal": meals}
    wines = {"Alcohol": [str(10 + i / 10) for i in range(40)], **bare}
    of = {name: roles(detect(Table.of({n: Column.of(c) for n, c in cells.items()})))
          for name, cells in (("pupils", pupils), ("wines", wines))}
    assert (of["pupils"]["Class"], of["pupils"]["Section"]) == ("quasi_identifier", "quasi_identifier")
    assert (of["wines"]["Class"], of["wines"]["Section"]) == ("keep", "keep")
    assert of["pupils"]["Free school meal"] == "sensitive"
