"""Hierarchies edited by hand: one parent each whatever is done, and ARX's files out and in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.hierarchies.grouping import (
    Rows,
    as_rule,
    covering,
    groups,
    levels,
    moved,
    renamed,
    rows_of,
    taken_apart,
    to_arx,
    uncovered,
    with_level,
    without_level,
)
from core.protect.hierarchies.hierarchy import Age, Automatic, Frequent, check_rows, load_arx, parse_arx
from core.table import Column

JOBS = Column.of(["nurse"] * 5 + ["doctor"] * 3 + ["cook"] * 2 + ["smith", None, "*"], "category")
ROWS: Rows = (
    ("cook", "kitchen", "manual"),
    ("doctor", "health", "mind"),
    ("nurse", "health", "mind"),
    ("smith", "smith", "manual"),
)


def test_levels_count_groups_and_the_classes_they_make() -> None:
    sex = Column.of(["f", "m"] * 6 + ["f"], "category")
    tree = as_rule(ROWS).plant(JOBS, "job")
    found = levels(tree, JOBS, [sex], k=3)
    # by hand: values 5/3/2/1, missing 1, suppressed 1; with sex: nurse f3 m2, doctor m2 f1, ...
    assert [(f.level, f.groups, f.fewest) for f in found] == [(0, 5, 1), (1, 4, 1), (2, 3, 1), (3, 1, 13)]
    assert found[0].smallest == 1 and found[0].below == 13 - 3
    assert found[3].smallest == 6 and found[3].below == 0, "everything is *: seven f and six m"
    assert [(g.name, g.values, g.rows) for g in groups(tree, JOBS, 1)] == [
        ("health", 2, 8), ("kitchen", 1, 2), ("*", 1, 1), ("smith", 1, 1),
    ]


def test_any_rule_becomes_rows_that_make_the_same_groups() -> None:
    ages = Column.of_numbers([3, 17, 18, 64, 91, 100])
    for rule, column in ((Age(), ages), (Frequent(at_least=(3, 4)), JOBS), (Automatic(), JOBS)):
        rows = rows_of(rule, column, "x")
        one, two = rule.plant(column, "x"), as_rule(rows).plant(column, "x")
        for level in range(1, one.depth):
            assert one.at(column, level).texts() == two.at(column, level).texts()
    assert [row[0] for row in rows_of(Age(), ages, "x")] == ["3", "17", "18", "64", "91", "100"], "numbers in order"
    assert rows_of(Automatic(), JOBS, "x")[0] == ("cook", "cook"), "value or nothing: a first level to begin with"


def test_moving_takes_wider_groups_along() -> None:
    assert moved(ROWS, 1, ["smith"], "health")[3] == ("smith", "health", "mind")
    assert moved(ROWS, 1, ["cook", "nurse"], "new") == (
        ("cook", "new", "manual"), ("doctor", "health", "mind"),
        ("nurse", "new", "manual"), ("smith", "smith", "manual"),
    )
    alone: Rows = (("a", "a", "a", "all"), ("b", "b", "b", "all"), ("c", "c", "c", "all"))
    assert moved(alone, 1, ["a", "b"], "ab") == (
        ("a", "ab", "ab", "all"), ("b", "ab", "ab", "all"), ("c", "c", "c", "all"),
    ), "what stood alone under its own name does so under the new one"
    assert moved(ROWS, 2, ["health"], "manual") == tuple((*r[:2], "manual") for r in ROWS)
    assert moved(ROWS, 1, [], "new") == ROWS
    for bad in ("", "  ", "*"):
        with pytest.raises(Problem, match="name of its own"):
            moved(ROWS, 1, ["cook"], bad)


def test_renaming_joins_or_follows_upwards() -> None:
    assert {r[1] for r in renamed(ROWS, 1, "kitchen", "food")} == {"food", "health", "smith"}
    assert renamed(ROWS, 1, "kitchen", "health")[0] == ("cook", "health", "mind")
    above = with_level(ROWS)
    assert {r[2:] for r in renamed(above, 2, "mind", "brain")} == {("manual", "manual"), ("brain", "brain")}
    assert taken_apart(ROWS, 1, "health")[1:3] == (("doctor", "doctor", "mind"), ("nurse", "nurse", "mind"))


def test_levels_come_and_go_but_one_stays() -> None:
    assert without_level(with_level(ROWS), 3) == ROWS
    assert without_level(ROWS, 1)[0] == ("cook", "manual")
    with pytest.raises(Problem, match="at least one level"):
        without_level(without_level(ROWS, 1), 1)


def test_what_is_not_covered_is_found_and_can_be_added() -> None:
    assert uncovered(ROWS[1:], JOBS) == ("cook",)
    whole = covering(ROWS[1:], JOBS)
    assert whole[0] == ("cook", "cook", "cook")
    assert not uncovered(whole, JOBS)
    assert as_rule(whole).plant(JOBS, "job").depth == 3


def test_too_many_values_are_not_edited_by_hand() -> None:
    with pytest.raises(Problem, match="different values"):
        rows_of(Automatic(), Column.of([str(i) for i in range(6_000)], "text"), "x")


def test_rows_that_are_no_hierarchy_are_a_problem_without_values() -> None:
    with pytest.raises(Problem, match="more than one parent") as torn:
        as_rule((("nurse", "health", "mind"), ("doctor", "health", "manual")))
    assert "health" not in str(torn.value)


def test_arx_files_go_out_and_come_back(tmp_path) -> None:
    odd = (("a;b", 'say "x"', "all, of them"), ("c\nd", "é", "all, of them"))
    for rows in (ROWS, odd):
        (tmp_path / "h.csv").write_bytes(to_arx(rows))
        assert load_arx(tmp_path / "h.csv") == tuple((*row, "*") for row in rows)
    assert parse_arx(b"Doctor, retired, old;medical;*\nNurse;medical;*\n")[0][0] == "Doctor, retired, old"
    assert parse_arx("\ufeffa\tb\n".encode()) == (("a", "b"),)
    for bad in (b"\xff\xfe\x00", b"", b"one\ntwo\n", b"a;b\nc;d;e\n"):
        with pytest.raises(Problem, match="hierarchy file"):
            parse_arx(bad)


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
EDITS = st.one_of(
    st.tuples(st.just("move"), st.integers(1, 3), st.sets(NAMES), NAMES),
    st.tuples(st.just("rename"), st.integers(1, 3), NAMES, NAMES),
    st.tuples(st.just("apart"), st.integers(1, 3), NAMES),
    st.tuples(st.just("more")),
    st.tuples(st.just("fewer"), st.integers(1, 3)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(EDITS, max_size=8))
def test_whatever_is_done_it_stays_a_hierarchy_of_the_same_values(edits) -> None:
    rows: Rows = (("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), ("e", "e"))
    for what, *how in edits:
        height = len(rows[0])
        if what == "more" and height < 5:
            rows = with_level(rows)
        elif what == "fewer" and how[0] < height and height > 2:
            rows = without_level(rows, how[0])
        elif what == "move" and how[0] < height:
            rows = moved(rows, *how)
        elif what == "rename" and how[0] < height and how[1] in {r[how[0]] for r in rows}:
            rows = renamed(rows, *how)
        elif what == "apart" and how[0] < height:
            rows = taken_apart(rows, *how)
        check_rows(rows)
        assert [r[0] for r in rows] == ["a", "b", "c", "d", "e"]
