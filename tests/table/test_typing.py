"""What columns of text are proposed to be, and what becomes of them when someone decides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.table import Column, Table
from core.table.dates import decide_order, of_serial, read_date
from core.table.numbers import canonical, decide_decimal, read_number
from core.table.typing import expectation, fits, propose, propose_column, retype


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1,23,456", ".", "123456"),
        ("1,234,567.50", ".", "1234567.5"),
        ("1.234,50", ",", "1234.5"),
        ("(1,200)", ".", "-1200"),
        ("₹ 1,500/-", ".", "1500"),
        ("१२३", ".", "123"),
        ("1e3", ".", "1000"),
        ("12-", ".", "-12"),
        ("−7", ".", "-7"),
        ("12%", ".", "12"),
        ("1 234", ".", "1234"),
        ("1'234.5", ".", "1234.5"),
        ("-0", ".", "0"),
        ("+5", ".", "5"),
        (".50", ".", "0.5"),
        ("5.", ".", "5"),
        ("007", ".", "7"),
        ("9007199254740993", ".", "9007199254740993"),
        ("0.12345678901234567890", ".", "0.1234567890123456789"),
        ("-", ".", None),
        ("", ".", None),
        ("abc", ".", None),
        ("1,2", ".", None),
        ("1.2.3", ".", None),
        ("1,23", ",", "1.23"),
        ("12,34,56", ".", None),
        ("inf", ".", None),
        ("nan", ".", None),
        ("1-2", ".", None),
        ("e5", ".", None),
        ("0x1F", ".", None),
    ],
)
def test_a_number_as_people_write_it(text: str, decimal: str, number: str | None) -> None:
    assert read_number(text, decimal) == number


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.floats(-1e15, 1e15, allow_nan=False).map(repr),
        st.integers(-(10**30), 10**30).map(str),
        st.decimals(-1000, 1000, places=4).map(str),
    )
)
def test_canonical_text_keeps_the_value_and_is_a_fixed_point(text: str) -> None:
    from decimal import Decimal

    done = canonical(Column.of([text]).values).to_pylist()[0]
    assert Decimal(done) == Decimal(text)
    assert canonical(Column.of([done]).values).to_pylist() == [done]
    assert read_number(done) == done


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        ("2024-03-01", "dmy", "2024-03-01"),
        ("01/02/2024", "dmy", "2024-02-01"),
        ("01/02/2024", "mdy", "2024-01-02"),
        ("1.3.2024", "dmy", "2024-03-01"),
        ("1-Mar-2024", "dmy", "2024-03-01"),
        ("March 1, 2024", "dmy", "2024-03-01"),
        ("Fri, 01 Mar 2024", "dmy", "2024-03-01"),
        ("31/02/2024", "dmy", None),
        ("२५/१२/२०२०", "dmy", "2020-12-25"),
        ("12 मार्च 2024", "dmy", "2024-03-12"),
        ("2024-03-01 10:20 PM", "dmy", "2024-03-01T22:20:00"),
        ("2024-03-01T10:20:30Z", "dmy", "2024-03-01T10:20:30Z"),
        ("13/13/2024", "dmy", None),
        ("hello", "dmy", None),
        ("2024", "dmy", None),
        ("1/2", "dmy", None),
        ("01/02-2024", "dmy", None),
    ],
)
def test_a_date_as_people_write_it(text: str, order: str, iso: str | None) -> None:
    assert read_date(text, order).iso == iso


def test_two_digit_years_lie_in_the_past() -> None:
    import datetime as dt

    assert read_date("13/04/85", "dmy", dt.date(2026, 1, 1)).iso == "1985-04-13"
    assert read_date("13/04/25", "dmy", dt.date(2026, 1, 1)).iso == "2025-04-13"
    assert read_date("13/04/27", "dmy", dt.date(2026, 1, 1)).iso == "1927-04-13"


def test_excel_counts_a_day_that_never_was() -> None:
    assert [of_serial(n) for n in (1, 59, 61, 45352, 45352.5, 0, 3e6)] == [
        "1900-01-01",
        "1900-02-28",
        "1900-03-01",
        "2024-03-01",
        "2024-03-01T12:00:00",
        None,
        None,
    ]


def kind(cells: list[str | None], name: str = "x") -> str:
    return propose_column(name, Column.of(cells)).kind


def test_small_whole_numbers_are_answers_unless_the_name_says_quantity() -> None:
    codes = [str(n % 3 + 1) for n in range(60)]
    assert kind(codes, "sex") == "category"
    assert kind(codes, "number of children") == "number"
    assert kind(codes[:6], "sex") == "number"  # too few rows to tell
    assert kind([str(n) for n in range(18, 90)], "alter") == "number"


@pytest.mark.parametrize(
    ("cells", "name", "expected"),
    [
        (["00123", "4567", "12345"], "x", "code"),
        (["1234567890123456"] * 2 + ["1234567890123457"], "x", "code"),
        (["110001", "411001", "560001"], "PIN code", "code"),
        (["110001", "411001", "560001"], "expenditure", "number"),
        (["1.5", "2.25", "3"], "rate", "number"),
        (["Goa", "Pune", "Goa", "Goa"], "town", "category"),
        (["A12", "B13", "C14"], "x", "code"),
        (["20-29", "30-39", "60+"], "age", "text"),
        (["10:30", "11:45", "12:00"], "at", "text"),
        ([None, None], "x", "text"),
        (["9876543210", "9123456780", "9988776655"], "x", "code"),
        (["2024-03-01", "2024-03-02"], "x", "date"),
    ],
)
def test_kinds(cells: list[str | None], name: str, expected: str) -> None:
    assert kind(cells, name) == expected


def test_the_reason_counts_exceptions_and_names_their_rows() -> None:
    proposal = propose_column("income", Column.of([str(n * 37) for n in range(1, 41)] + ["much", "little", None]))
    assert (proposal.kind, proposal.exceptions, proposal.rows, proposal.missing, proposal.example) == (
        "number",
        2,
        (41, 42),
        1,
        1,
    )


def test_markers_are_proposed_and_change_nothing_by_themselves() -> None:
    column = Column.of([str(20 + n % 50) for n in range(100)] + ["99"] * 12 + ["NA"] * 2)
    proposal = propose_column("age", column)
    assert dict(proposal.markers) == {"99": 12, "NA": 2}
    assert proposal.kind == "number"
    with pytest.raises(Problem, match="2 cells of “age” are not numbers: rows 113, 114") as problem:
        retype(Table.of({"age": column}), {"age": "number"}, {})
    assert problem.value.column == "age"
    done = retype(Table.of({"age": column}), {"age": "number"}, {"missing:age": "99,NA"})["age"]
    assert done.missing.sum() == 14
    kept = retype(Table.of({"age": column}), {"age": "number"}, {"unfit:age": "keep"})["age"]
    assert kept.texts() == column.texts()
    gone = retype(Table.of({"age": column}), {"age": "number"}, {"unfit": "missing"})["age"]
    assert gone.missing.sum() == 2


def test_a_suppressed_cell_fits_every_kind() -> None:
    table = Table.of({"n": Column.of(["1", "*", "2.50"]), "d": Column.of(["2024-01-01", "*", "25/12/2020"])})
    done = retype(table, {"n": "number", "d": "date"}, {})
    assert done["n"].texts() == ["1", "*", "2.5"]
    assert done["d"].texts() == ["2024-01-01", "*", "2020-12-25"]


def test_text_code_and_category_leave_cells_untouched() -> None:
    cells = ["00123", " 1,5 ", "NA", None]
    for chosen in ("text", "code", "category"):
        assert retype(Table.of({"x": Column.of(cells)}), {"x": chosen}, {})["x"].texts() == cells


def test_ambiguous_dates_need_an_answer() -> None:
    table = Table.of({"seen": Column.of(["03/04/2024", "05/06/2024"])})
    with pytest.raises(Problem, match="two ways"):
        retype(table, {"seen": "date"}, {})
    assert retype(table, {"seen": "date"}, {"date_order": "mdy"})["seen"].texts() == ["2024-03-04", "2024-05-06"]
    assert retype(table, {"seen": "date"}, {"date_order:seen": "dmy"})["seen"].texts() == ["2024-04-03", "2024-06-05"]


DAYS = [(15, 8, 1947), (1, 2, 1990), (31, 12, 1985), (9, 9, 1971)]


@pytest.mark.parametrize(
    ("cells", "name", "order"),
    [
        ([f"{y}{m:02d}{d:02d}" for d, m, y in DAYS], "dob", "ymd"),
        ([f"{d:02d}{m:02d}{y}" for d, m, y in DAYS], "dob", "dmy"),
        ([f"{d}{m:02d}{y}" for d, m, y in DAYS], "birth date", "dmy"),  # a spreadsheet lost the zeros
        ([f"{m:02d}{d:02d}{y}" for d, m, y in DAYS], "dob", "mdy"),
        ([f"{d:02d}{m:02d}{y}" for d, m, y in DAYS], "reference", None),  # few of them, and no name that says so
    ],
)
def test_dates_without_separators(cells: list[str], name: str, order: str | None) -> None:
    table = Table.of({name: Column.of(cells)})
    found = propose(table)[name]
    assert (found.kind == "date") is (order is not None)
    if order:
        assert (found.order, found.form, found.ambiguous) == (order, "compact", ())
        want = [f"{y}-{m:02d}-{d:02d}" for d, m, y in DAYS]
        assert retype(table, {name: "date"}, {})[name].texts() == want


def test_dates_without_separators_that_leave_the_order_open_follow_the_others_or_are_asked_about() -> None:
    open_ = Table.of({"dob": Column.of(["01021990", "03041991"] * 3)})
    assert propose(open_)["dob"].ambiguous == ("date_order",)
    assert propose(open_, {"date_order": "mdy"})["dob"].order == "mdy"
    both = Table.of({**open_.columns, "joined": Column.of(["03/25/2020", "02/01/2021"] * 3)})
    assert (propose(both)["dob"].order, propose(both)["dob"].ambiguous) == ("mdy", ())


def test_dates_that_come_late_in_a_column_decide_too() -> None:
    late = ["not known", *(f"reason {i}" for i in range(400)), *(f"{1 + i % 28:02d}/{1 + i % 12:02d}/{1950 + i // 84}"
                                                              for i in range(4000))]
    found = decide_order(late, [1] * len(late))
    assert (found.order, found.ambiguous) == ("dmy", False) and found.share > 0.9


def test_a_column_that_decides_decides_for_the_file() -> None:
    table = Table.of({"born": Column.of(["25/12/2020", "01/02/2020"]), "seen": Column.of(["03/04/2024", "05/06/2024"])})
    proposals = propose(table)
    assert (proposals["seen"].order, proposals["seen"].ambiguous, proposals["seen"].borrowed) == ("dmy", (), True)


@pytest.mark.parametrize(
    ("values", "sign", "ambiguous"),
    [
        (["1,5", "2,25"], ",", False),
        (["1,234", "2,500"], ".", True),
        (["1,234", "567", "12,000"], ".", False),
        (["1.234", "2.500"], ".", False),
        (["1.234,5", "2,0"], ",", False),
        (["1,23,456", "9,999"], ".", False),
        (["12", "13"], ".", False),
    ],
)
def test_the_decimal_sign(values: list[str], sign: str, ambiguous: bool) -> None:
    assert decide_decimal(values)[:2] == (sign, ambiguous)


def test_labels_of_all_values_make_a_category() -> None:
    labelled = Column.of(["1", "2", "1"], "text", {"1": "male", "2": "female"})
    assert propose(Table.of({"sex": labelled}))["sex"].kind == "category"
    assert retype(Table.of({"sex": labelled}), {"sex": "number"}, {})["sex"].labels == {"1": "male", "2": "female"}


def test_an_unknown_kind_or_column_is_a_problem() -> None:
    table = Table.of({"a": Column.of(["1"])})
    with pytest.raises(Problem, match="no kind"):
        retype(table, {"a": "numeric"}, {})
    with pytest.raises(Problem, match="no column"):
        retype(table, {"b": "number"}, {})
    with pytest.raises(Problem, match="order of dates"):
        retype(Table.of({"a": Column.of(["01/02/2024"])}), {}, {"date_order": "ydm"})


def test_a_file_that_no_longer_fits_says_how() -> None:
    before = Table.of(
        {
            "age": Column.of(["1", "2"], "number"),
            "state": Column.of(["Goa", "Assam"], "category"),
            "id": Column.of(["a", "b"], "code"),
        }
    )
    after = Table.of(
        {
            "age": Column.of(["1", "x"], "text"),
            "state": Column.of(["Goa", "Kerala"], "category"),
            "extra": Column.of(["1", "2"]),
        }
    )
    assert fits(before, expectation(before)) == ()
    said = [f.message for f in fits(after, expectation(before))]
    assert said == [
        "The column “age” is text and was number.",
        "The column “state” has one category it did not have before: row 2.",
        "The column “id” is missing.",
        "The column “extra” is new.",
    ]
    assert "Kerala" not in "".join(said)


def test_a_million_cells_are_typed_in_seconds() -> None:
    import time

    rows = 400_000
    numbers = Column.of_numbers(np.random.default_rng(1).gamma(2, 1000, rows).round(2)).with_kind("text")
    start = time.process_time()
    table = retype(
        Table.of({"income": numbers, "id": Column.of([str(n) for n in range(rows)])}), {"income": "number"}, {}
    )
    assert table.rows == rows
    assert time.process_time() - start < 10
