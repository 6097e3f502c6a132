"""Hierarchies: planted trees, what is refused, and files as ARX writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.declare import build
from core.problem import Problem
from core.protect.files import resolve_files
from core.protect.hierarchies.hierarchy import (
    Age,
    Automatic,
    Bands,
    Date,
    Frequent,
    FromRows,
    IndianState,
    PinCode,
    Prefix,
    best_rule,
    load_arx,
)
from core.table import Column
from tests.shared import shared


def levels(rule, cells, kind="text"):
    column = Column.of(cells, kind)
    tree = rule.plant(column, "x")
    return [tree.at(column, level).texts() for level in range(tree.depth + 1)]


def test_rows_from_the_value_to_everything():
    rows = (("a", "vowel", "*"), ("b", "consonant", "*"), ("c", "consonant", "*"))
    found = levels(FromRows(rows=rows), ["b", "a", None, "c", "*"])
    assert found == [["b", "a", None, "c", "*"], ["consonant", "vowel", None, "consonant", "*"], ["*"] * 5]


def test_shares_are_leaves_covered_of_the_whole_domain():
    rows = (("a", "vowel", "*"), ("b", "consonant", "*"), ("c", "consonant", "*"), ("d", "consonant", "*"))
    column = Column.of(["a", "b"])
    tree = FromRows(rows=rows).plant(column, "x")
    assert [tree.shares[level][tree.groups[level][column.codes]].tolist() for level in range(3)] == [
        [0.25, 0.25], [0.25, 0.75], [1, 1]]


def test_a_missing_root_is_added():
    assert levels(FromRows(rows=(("a", "1"), ("b", "2"))), ["a", "b"])[-1] == ["*", "*"]


@pytest.mark.parametrize(("rows", "word"), [
    ([["a", "x"], ["a", "y"]], "more than one row"),
    ([["a", "x", "1"], ["b", "x", "2"]], "more than one parent"),
    ([["a", "x"], ["b"]], "same number of groups"),
    ([["a"]], "same number of groups"),
])
def test_rows_that_are_no_hierarchy_are_refused_without_values(rows, word):
    rows = [[cell + "secret" for cell in row] for row in rows]
    with pytest.raises(Problem) as caught:
        build(FromRows, {"rows": rows})
    assert word in str(caught.value)
    assert "secret" not in str(caught.value)


def test_uncovered_values_are_counted_not_named():
    with pytest.raises(Problem, match="does not cover 2 of its 3 values") as caught:
        FromRows(rows=(("a", "*"),)).plant(Column.of(["a", "Asha", "Ravi"]), "x")
    assert "Asha" not in str(caught.value)


def test_numbers_in_yaml_rows_are_their_text():
    assert build(FromRows, {"rows": [[1, "low"], [2, "low"]]}).rows == (("1", "low"), ("2", "low"))
    with pytest.raises(Problem):
        build(FromRows, {"rows": [[True, "low"]]})


def test_age_bands_nest_and_the_oldest_are_one_group():
    assert levels(Age(), ["0", "37", "89", "90", "104", None], "number")[1:] == [
        ["0-4", "35-39", "85-89", "90+", "90+", None], ["0-9", "30-39", "80-89", "90+", "90+", None],
        ["0-19", "20-39", "80+", "80+", "80+", None], ["*"] * 6]


def test_dates_go_to_month_quarter_year_decade():
    assert [x[0] for x in levels(Date(), ["2024-05-17"], "date")] == [
        "2024-05-17", "2024-05", "2024-Q2", "2024", "2020-2029", "*"]


def test_pin_codes_go_to_district_circle_zone():
    assert [x[0] for x in levels(PinCode(), ["110001"], "code")] == ["110001", "110xxx", "11xxxx", "1xxxxx", "*"]
    with pytest.raises(Problem, match="does not cover 1"):
        PinCode().plant(Column.of(["010001"]), "pin")


def test_codes_by_their_first_characters():
    assert [x[0] for x in levels(Prefix(keep=(2, 1)), ["2512"], "code")] == ["2512", "25xx", "2xxx", "*"]


def test_bands_of_widths_and_cuts():
    assert [x[0] for x in levels(Bands(widths=(5, 20)), ["37"], "number")] == ["37", "35-39", "20-39", "*"]
    assert [x[:2] for x in levels(Bands(cuts=((18, 60), (60,))), ["17", "18"], "number")][1:] == [
        ["below 18", "18-59"], ["below 60", "below 60"], ["*", "*"]]
    assert [x[0] for x in levels(Bands(widths=(0.5,)), ["0.75"], "number")] == ["0.75", "0.5 to under 1", "*"]
    assert [x[0] for x in levels(Bands(widths=(10,)), ["-3"], "number")] == ["-3", "-10 to -1", "*"]


def test_rare_values_become_other():
    assert levels(Frequent(at_least=(2,)), ["a", "a", "b"])[1] == ["a", "a", "other"]


@pytest.mark.parametrize("wrong", [
    (Bands, {"widths": [5, 12]}), (Bands, {"cuts": [[18], [60]]}), (Prefix, {"keep": [1, 2]}),
    (Frequent, {"at_least": [5, 5]}), (Age, {"oldest": 5}),
])
def test_levels_that_do_not_nest_are_refused(wrong):
    with pytest.raises(Problem):
        build(*wrong)


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000).map(str)), max_size=60))
def test_automatic_bands_nest_and_end_in_one_group(cells):
    column = Column.of(cells, "number")
    tree = Automatic().plant(column, "x")  # plant itself refuses a tree that does not nest
    assert set(tree.at(column, tree.depth).texts()) <= {"*"}
    for level in range(tree.depth):
        texts = tree.at(column, level).texts()
        assert [t is None for t in texts] == [c is None for c in cells]


def test_text_among_numbers_stays_itself_until_everything_is_blank():
    found = levels(Automatic(), ["1", "2", "3", "40", "unknown"], "number")
    assert all(x[4] == "unknown" for x in found[:-1])
    assert found[-1][4] == "*"


def test_arx_files(tmp_path):
    rows = load_arx(shared("data/adult/adult_hierarchy_education.csv"))
    assert len(rows) == 16
    assert rows[0] == ("Bachelors", "Undergraduate", "Higher education", "*")
    (tmp_path / "torn.csv").write_text("a;x;*\na;y;*\n")
    with pytest.raises(Problem, match="more than one row"):
        load_arx(tmp_path / "torn.csv")
    with pytest.raises(Problem, match="cannot be read"):
        load_arx(tmp_path / "absent.csv")


def test_files_named_in_a_recipe_become_rows(tmp_path):
    (tmp_path / "h.csv").write_text("a;x;*\nb;x;*\n")
    rows = {"kind": "rows", "rows": [["a", "x", "*"], ["b", "x", "*"]]}
    plain = {"steps": [
        {"method": "generalise", "columns": {"c": {"hierarchy": "h.csv", "level": 1}}},
        {"method": "k_anonymity", "hierarchies": {"c": {"kind": "file", "path": "h.csv"}, "d": "h.csv"}},
    ]}
    steps = resolve_files(plain, tmp_path)["steps"]
    assert steps[0]["columns"]["c"] == {"hierarchy": rows, "level": 1}
    assert steps[1]["hierarchies"] == {"c": rows, "d": rows}


def test_indian_states_go_to_zones_whatever_their_spelling():
    found = levels(IndianState(), ["Tamil Nadu", "JAMMU & KASHMIR", "Orissa", "Sikkim"])
    assert found[1] == ["Southern", "Northern", "Eastern", "North Eastern"]
    with pytest.raises(Problem, match="does not cover 1"):
        IndianState().plant(Column.of(["Bavaria"]), "state")


@pytest.mark.parametrize(("cells", "kind", "rule"), [
    ([str(x) for x in range(91)], "number", Age),
    ([str(x * 1000) for x in range(91)], "number", Bands),
    (["2024-01-31", "2023-12-01"], "date", Date),
    ([f"1100{x}" for x in range(10, 40)], "code", PinCode),
    (["Goa", "Punjab", "Bihar", "Assam", "Kerala", "Odisha", "Sikkim"], "category", IndianState),
    ([f"{x:04d}" for x in range(50)], "code", Prefix),
    ([f"village {x % 40}" for x in range(400)], "text", Frequent),
    (["f", "m", "other"], "category", type(None)),
])
def test_automatic_suits_what_the_column_holds(cells, kind, rule):
    assert isinstance(best_rule(Column.of(cells, kind)), rule)
    found = levels(Automatic(), cells, kind)
    assert set(found[-1]) == {"*"}
    assert rule is type(None) or len(found) > 2


def test_every_state_of_the_list_has_one_of_six_zones():
    from core.protect.hierarchies.official import india_zones

    assert set(india_zones().values()) == {"Northern", "Central", "Eastern", "Western", "Southern", "North Eastern"}
