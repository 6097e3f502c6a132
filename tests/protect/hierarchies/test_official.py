"""Built-in hierarchies by official lists: complete, and read as a person would expect."""

from __future__ import annotations

import pytest

from core.problem import Problem
from core.protect.hierarchies.hierarchy import Classification, Education, IndianDistrict, IndianState
from core.protect.hierarchies.nested_columns import from_columns
from core.protect.hierarchies.official import _districts, _rows, india_zones, plain_name
from core.table import Column, Table
from tests.protect.protecting import adult


def ladder(rule, values) -> list[tuple]:
    tree = rule.plant(Column.of(values), "x")
    return [tuple(tree.labels[level][tree.groups[level][i]] for level in range(tree.depth + 1))
            for i in range(len(values))]


def test_the_census_of_2011_has_640_districts_without_a_gap():
    rows = sorted((int(first), int(last)) for _, first, last, _ in _rows("india_districts.csv"))
    assert [first for first, _ in rows] == [1, *(last + 1 for _, last in rows[:-1])]
    assert rows[-1][1] == 640
    for _, first, last, names in _rows("india_districts.csv"):
        assert len(set(names.split(";"))) == int(last) - int(first) + 1
    assert all(plain_name(state) in india_zones() for states in _districts().values() for state in states)


def test_districts_by_name_code_and_newer_name():
    assert ladder(IndianDistrict(), ["Pune", "521", "Gurugram", "Aurangabad", "Chhatrapati Sambhajinagar", "Oz"]) == [
        ("Pune", "Maharashtra", "Western", "*"), ("521", "Maharashtra", "Western", "*"),
        ("Gurugram", "Haryana", "Northern", "*"), ("Aurangabad", "Bihar or Maharashtra", "Eastern or Western", "*"),
        ("Chhatrapati Sambhajinagar", "Maharashtra", "Western", "*"), ("Oz", "other", "other", "*"),
    ]
    with pytest.raises(Problem, match="does not cover 1 of its 2 values"):
        IndianDistrict(unknown="stop").plant(Column.of(["Pune", "Oz"]), "x")


def test_state_codes():
    assert ladder(IndianState(codes=True), ["09", "27", "MH", "kl", "1"]) == [
        ("09", "Central", "*"), ("27", "Western", "*"), ("MH", "Western", "*"), ("kl", "Southern", "*"),
        ("1", "Northern", "*")]
    with pytest.raises(Problem):
        IndianState().plant(Column.of(["09"]), "x")


def test_education_of_adult_and_of_indian_surveys():
    education = adult()["education"]
    tree = Education().plant(education, "education")
    level = dict(zip(education.values.to_pylist(), tree.groups[1][:-1], strict=True))
    named = {v: tree.labels[1][g] for v, g in level.items()}
    assert named["Bachelors"].startswith("6")
    assert named["HS-grad"].startswith("3")
    assert named["Preschool"].startswith("0")
    assert named["Doctorate"].startswith("8")
    assert named["7th-8th"].startswith("2")
    words = ["Not literate", "Below primary", "Primary", "Middle", "Secondary", "Higher secondary",
             "Diploma/certificate course", "Graduate", "Postgraduate and above"]
    codes = ["01", "05", "06", "07", "08", "10", "11", "12", "13"]
    assert [row[1:] for row in ladder(Education(), words)] == [
        row[1:] for row in ladder(Education(codes="nss"), codes)]
    assert [row[2] for row in ladder(Education(codes="isced"), ["0", "344", "8"])] == [
        "low (0-2)", "medium (3-4)", "high (5-8)"]


def test_occupations_and_industries_end_in_titles():
    assert ladder(Classification(), ["2512.0100", "9629"])[0] == (
        "2512.0100", "2512", "251", "25 Information and communications technology professionals", "2 Professionals",
        "*")
    assert ladder(Classification(scheme="nic_2008"), ["01111", "47190"])[1] == (
        "47190", "4719", "471", "47", "G Wholesale and retail trade, repair of motor vehicles and motorcycles",
        "Services", "*")
    assert ladder(Classification(scheme="isco_08"), ["0110", "99"][:1])[0][-2] == "0 Armed forces occupations"
    for scheme, wrong in (("nco_2015", "0110"), ("isco_08", "2712"), ("nic_2008", "04"), ("nic_2008", "x")):
        with pytest.raises(Problem):
            Classification(scheme=scheme).plant(Column.of([wrong]), "x")


def test_the_lists_are_whole():
    codes = [row[0] for row in _rows("isco_08.csv")]
    assert len([c for c in codes if len(c) == 1]) == 10
    assert len([c for c in codes if len(c) == 2]) == 43
    sections = [row[2] for row in _rows("nic_2008.csv")]
    assert sections == [chr(ord("A") + i) for i in range(21)]


def test_a_hierarchy_read_off_columns():
    table = Table.of({"village": Column.of(["v1", "v2", "v3", None]), "district": Column.of(["d1", "d1", "d2", "d2"]),
                      "state": Column.of(["Kerala", "Kerala", "Goa", "Goa"])})
    assert from_columns(table, ("village", "district", "state")).rows == (
        ("v1", "d1", "Kerala", "Southern", "*"), ("v2", "d1", "Kerala", "Southern", "*"),
        ("v3", "d2", "Goa", "Western", "*"))
    with pytest.raises(Problem, match="1 values of “state”"):
        from_columns(table.with_columns({"x": Column.of(["a", "b", "a", "a"])}), ("state", "x"))
