"""Every format out and in again: the same cells, or a Problem that names the column before anything is written."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.release import making, workbook
from core.table import Column, Table
from core.table.findings import Found
from core.table.limits import Limits
from core.table.outputs import write_parquet, write_spss, write_stata
from core.table.parse import read_raw
from core.table.raw import Job
from core.table.reading import read
from core.table.writing import from_parquet, neutralised, to_parquet, write_csv


def write_excel(table: Table, path: Path) -> None:
    data = workbook.write(table)
    path.write_bytes(data)


AWKWARD = [
    "=1+1",
    "@x",
    "+91 98765",
    "-",
    "00123",
    "1,23,456",
    "नाम",
    'a "b" c',
    "line\nbreak",
    "cr\rlf\r\n",
    "tab\there",
    " lead",
    "x'y",
    "NA",
    "*",
    "_x0041_",
    "https://a.b",
    "e\u0301",
    "😀",
    ";|,",
    "12345678901234567890",
    "1.10",
    "#N/A",
    "\\",
    "\\N",
    "a\\",
    "'",
]
TEXTS = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12).filter(
        lambda t: t.strip(" \t\r\n\u00a0\ufeff\u200b\u2028\u2029\x85\u3000\u2003").strip() != ""
    ),
)
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda f: Column.of_numbers([round(f, 4)]).texts()[0]),
)
DATES = st.dates().map(lambda d: d.isoformat())


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = draw(st.integers(1, 6))
    columns = {"first id": Column.of([f"r{n}" for n in range(rows)], "code")}
    for place in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["text", "number", "date", "category"]))
        source = {"number": NUMBERS, "date": DATES}.get(kind, TEXTS)
        cells = draw(st.lists(st.one_of(st.none(), source), min_size=rows, max_size=rows))
        columns[f"v{place}"] = Column.of(cells, kind)
    return Table.of(columns)


def back(path: Path, **answers: str) -> Table:
    raw, _ = read_raw(Job(str(path), answers, Limits(), Found()))
    return Table.of(dict(zip(raw.names, raw.columns, strict=True)))


def same(one: Table, two: Table) -> None:
    assert [c.texts() for c in one.columns.values()] == [c.texts() for c in two.columns.values()]


SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(table=tables(), delimiter=st.sampled_from([",", ";", "\t", "|"]), bom=st.booleans())
def test_csv_comes_back_cell_for_cell(
    table: Table, delimiter: str, bom: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    write_csv(table, path, delimiter=delimiter, bom=bom)
    same(back(path, delimiter=delimiter, header_row="1"), table)


@pytest.mark.parametrize("cells", [
    ["1", "2", None, "4"], ["Smith, John", 'the "old" one', "two\nlines", "a much longer text of many more words"],
    ["*", "*", "*"], ["=1+1", "a;b", "x"],
])
def test_a_column_by_itself_is_read_without_being_asked_about(cells: list[str | None], tmp_path: Path) -> None:
    table = Table.of({"age": Column.of(cells)})
    write_csv(table, tmp_path / "t.csv")
    same(back(tmp_path / "t.csv", header_row="1"), table)


@pytest.mark.parametrize(
    ("write", "ending"), [(write_excel, "xlsx"), (write_parquet, "parquet"), (write_spss, "sav"), (write_stata, "dta")]
)
@SETTINGS
@given(table=tables())
def test_other_formats_come_back_or_name_the_column(
    write: object, ending: str, table: Table, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("out") / f"t.{ending}"
    try:
        write(table, path)
    except Problem:
        assert not path.exists()
        return
    same(back(path, **({"header_row": "1"} if ending == "xlsx" else {})), table)


@pytest.mark.parametrize(
    ("write", "ending"), [(write_excel, "xlsx"), (write_parquet, "parquet"), (write_spss, "sav"), (write_stata, "dta")]
)
def test_an_ordinary_table_comes_back_from_every_format(write: object, ending: str, tmp_path: Path) -> None:
    table = Table.of(
        {
            "name": Column.of(["आशा", "=1+1", None]),
            "pin": Column.of(["00123", "04567", "98765"], "code"),
            "income": Column.of(["123456", "-0.5", None], "number"),
            "born": Column.of(["1990-04-13", None, "2001-12-31"], "date"),
            "state": Column.of(["Goa", "*", "Goa"], "category"),
        }
    )
    write(table, tmp_path / f"t.{ending}")
    same(back(tmp_path / f"t.{ending}", **({"header_row": "1"} if ending == "xlsx" else {})), table)


@SETTINGS
@given(tables())
def test_the_storage_format_keeps_everything(table: Table) -> None:
    table = table.with_roles({"first id": "direct_identifier"}).take(np.arange(table.rows)[::-1])
    stored = from_parquet(to_parquet(table))
    same(stored, table)
    assert stored.roles == table.roles
    assert stored.row_ids.tolist() == table.row_ids.tolist()
    assert [c.kind for c in stored.columns.values()] == [c.kind for c in table.columns.values()]


def test_the_storage_format_keeps_labels_and_forgets_removed_values() -> None:
    table = Table.of({"sex": Column.of(["1", "2", "Asha"], "category", {"1": "male"})}).take(np.array([0, 1]))
    stored = to_parquet(table)
    assert from_parquet(stored)["sex"].labels == {"1": "male"}
    assert b"Asha" not in stored


def test_a_table_without_row_ids_has_none_after_storage() -> None:
    table = Table({"a": Column.of(["x", None])}, {}, None)
    assert from_parquet(to_parquet(table)).row_ids is None


def test_other_parquet_is_no_stored_table() -> None:
    out = io.BytesIO()
    write_parquet(Table.of({"a": Column.of(["1"])}), out)
    with pytest.raises(Problem, match="not a stored table"):
        from_parquet(out.getvalue())


def test_formula_like_text_is_neutralised_on_request_and_numbers_are_not() -> None:
    column = Column.of(["=1+1", "@a", "+x", "-5", "+1.5", "plain", "\t=1"], "text")
    assert neutralised(column).texts() == ["'=1+1", "'@a", "'+x", "-5", "+1.5", "plain", "'\t=1"]


def test_statistics_formats_keep_labels(tmp_path: Path) -> None:
    import pyreadstat

    table = Table.of({"sex of head": Column.of(["1", "2", None], "category", {"1": "male", "2": "female"})})
    for write, back, ending in ((write_spss, pyreadstat.read_sav, "sav"), (write_stata, pyreadstat.read_dta, "dta")):
        write(table, tmp_path / f"t.{ending}")
        _, meta = back(str(tmp_path / f"t.{ending}"))
        assert meta.variable_value_labels == {"sex_of_head": {1: "male", 2: "female"}}
        assert meta.column_labels == ["sex of head"]


def test_what_a_column_is_about_goes_the_whole_way(tmp_path: Path) -> None:
    """In with SPSS, into storage and out of it, through a change of cells, out with SPSS and Stata, and in again."""
    import pandas
    import pyreadstat

    frame = pandas.DataFrame({"v101": [1.0, 2, 3], "v102": ["a", "b", "a"]})
    asked = "Age at last birthday,\nin completed years"
    pyreadstat.write_sav(frame, str(tmp_path / "in.sav"), column_labels=[asked, "v102"])
    reading = read(tmp_path / "in.sav")
    assert reading.codebook.descriptions == {"v101": "Age at last birthday, in completed years"}
    table = from_parquet(to_parquet(reading.required()))
    table = table.with_columns({"v101": Column.of_numbers([10, 20, 20])})
    new = table.with_columns({"v 103": replace(table["v102"], description="Second " + "very long " * 40)})
    for write, room in ((write_spss, 256), (write_stata, 80)):
        write(new, tmp_path / f"out.{room}")
        kind = "sav" if room == 256 else "dta"
        (tmp_path / f"out.{room}").rename(tmp_path / f"out.{kind}")
        back = read(tmp_path / f"out.{kind}").required()
        assert back["v101"].description == "Age at last birthday, in completed years"
        assert back["v102"].description == ""
        assert back["v_103"].description == ("v 103: Second " + "very long " * 40)[:room].strip()


PASSPHRASE = "tulip-संतरा-42"
FEW = settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("format", ["csv.zip", "parquet.zip", "sav.zip", "dta.zip", "xlsx"])
@FEW
@given(table=tables())
def test_what_is_locked_comes_back_through_the_readers_door(
    format: str, table: Table, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The file that goes out, opened with its passphrase by the reader that other people's files go through."""
    path = tmp_path_factory.mktemp("locked") / f"t.{format}"
    try:
        path.write_bytes(making.make(table, format, PASSPHRASE).data)
    except Problem:
        assert format not in ("csv.zip", "parquet.zip")
        return
    answers = {"csv.zip": {"header_row": "1", "delimiter": ","}, "xlsx": {"header_row": "1"}}.get(format, {})
    raw, _ = read_raw(Job(str(path), answers, Limits(), Found(), PASSPHRASE))
    same(Table.of(dict(zip(raw.names, raw.columns, strict=True))), table)
