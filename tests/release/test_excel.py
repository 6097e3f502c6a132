"""Encrypted workbooks: every cell comes back, in calamine, openpyxl and LibreOffice; or a Problem before writing."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import textwrap
import warnings
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.release import agile, excel, workbook
from core.table import Column, Table

AWKWARD = ["00123", "=1+1", "+cmd|' /C calc'!A0", "@x", "http://example.org", "a\rb", "a\nb", "a\r\nb",
           "tab\tx", " lead ", "_x000D_", "_x0041_", "\x00\x0b\x1f", "<b>&amp;\"'", "नमस्ते", "👩‍👩‍👧",
           "TRUE", "1e5", "2024-03-01", "'x", "￾"]


def _table(**columns: Column) -> Table:
    return Table.of(columns)


def _openpyxl(plain: bytes) -> list[tuple[object, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(openpyxl.load_workbook(io.BytesIO(plain)).worksheets[0].iter_rows(values_only=True))


def test_text_stays_text_and_numbers_are_numbers() -> None:
    numbers = ["1", "0.30000000000000004", "-2.5", None, "*", "123456789012345678", "1e300", "0.10", "007"]
    table = _table(text=Column.of(AWKWARD), n=Column.of((numbers * 3)[: len(AWKWARD)], "number"))
    plain = workbook.write(table)
    assert workbook.same_cells(plain, table)
    cells = _openpyxl(plain)
    assert cells[0] == ("text", "n")
    assert [row[1] for row in cells[1:10]] == [1, 0.30000000000000004, -2.5, None, "*", "123456789012345678", 1e300,
                                               "0.10", "007"]
    # openpyxl does not take back Excel's escapes of control characters; calamine, above, does.
    assert [(row[0], cell) for row, cell in zip(cells[1:], AWKWARD, strict=True) if row[0] != cell and
            "_x" not in row[0]] == []
    sheet = zipfile.ZipFile(io.BytesIO(plain)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 4).flatmap(lambda width: st.tuples(
    st.lists(st.text(min_size=1, max_size=8), min_size=width, max_size=width, unique=True),
    st.lists(st.lists(st.none() | st.text(max_size=12) | st.floats(allow_nan=False).map(repr)
                      | st.integers().map(str), min_size=width, max_size=width), max_size=12),
    st.lists(st.sampled_from(["text", "number", "code"]), min_size=width, max_size=width))))
def test_every_table_comes_back(made: tuple[list[str], list[list[str | None]], list[str]]) -> None:
    names, rows, kinds = made
    cells = [[r[i] for r in rows] for i in range(len(names))]
    table = Table.of({n: Column.of(pa.array(c, pa.string()), k) for n, c, k in zip(names, cells, kinds, strict=True)})
    assert workbook.same_cells(workbook.write(table), table)


def test_the_comparison_sees_a_single_changed_cell() -> None:
    table = _table(a=Column.of([str(i) for i in range(300)], "number"), b=Column.of(["x", "y", None] * 100))
    plain = workbook.write(table)
    assert workbook.same_cells(plain, table)
    other = [str(i) for i in range(300)]
    other[250] = "251"
    assert not workbook.same_cells(plain, _table(a=Column.of(other, "number"), b=table["b"]))
    assert not workbook.same_cells(plain, _table(a=table["a"].with_kind("text"), b=table["b"]))
    assert not workbook.same_cells(plain, _table(a=table["a"], c=table["b"]))
    assert not workbook.same_cells(plain, table.take(np.arange(299)))
    assert not workbook.same_cells(workbook.write(table.take(np.arange(299))), table)
    assert not workbook.same_cells(plain, _table(a=table["a"], b=Column.of(["x", "y", "x"] * 100)))


def test_an_export_that_does_not_read_back_is_not_handed_out(monkeypatch) -> None:
    table = _table(a=Column.of(["x", "y"]))
    monkeypatch.setattr(workbook, "escaped", lambda text: text.upper())
    with pytest.raises(Problem, match="did not read back"):
        excel.encrypted(table, "h7kd-w3mq")


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 101)
    table = _table(n=Column.of_numbers(np.arange(250)), t=Column.of(["a", None] * 125))
    plain = workbook.write(table)
    assert workbook.same_cells(plain, table)
    book = openpyxl.load_workbook(io.BytesIO(plain))
    assert book.sheetnames == ["Data 1", "Data 2", "Data 3"]
    assert [s.max_row for s in book.worksheets] == [101, 101, 51]
    assert [s["A1"].value for s in book.worksheets] == ["n"] * 3 and book.worksheets[2]["A51"].value == 249


def test_rows_that_are_all_missing() -> None:
    table = _table(a=Column.of(["x", None, None, "y", None, None]))
    assert workbook.same_cells(workbook.write(table), table)
    assert not workbook.same_cells(workbook.write(table), _table(a=Column.of(["x", None, None, "y", None, "z"])))


def test_no_rows() -> None:
    table = _table(a=Column.of([]), b=Column.of([], "number"))
    assert workbook.same_cells(workbook.write(table), table)


@pytest.mark.parametrize("cell", ["x" * 32_768, "👩" * 16_384])
def test_a_cell_that_would_be_cut_is_refused(cell: str) -> None:
    with pytest.raises(Problem, match="32767") as caught:
        excel.encrypted(_table(story=Column.of(["short", cell])), "h7kd-w3mq")
    assert caught.value.column == "story" and "x" * 50 not in str(caught.value)


def test_the_longest_cell_is_kept() -> None:
    table = _table(story=Column.of(["x" * 32_767, "क" * 32_767]))
    assert workbook.same_cells(workbook.write(table), table)


def test_too_many_columns() -> None:
    one = Column.of(["x"])
    with pytest.raises(Problem, match="16384"):
        workbook.write(Table.of({f"c{i}": one for i in range(16_385)}))
    with pytest.raises(Problem, match="no column"):
        workbook.write(Table.of({}))


def test_nothing_is_told_about_its_making() -> None:
    names = zipfile.ZipFile(io.BytesIO(workbook.write(_table(a=Column.of(["x"]))))).infolist()
    assert not any(i.filename.startswith("docProps") for i in names)
    assert {i.date_time for i in names} == {(1980, 1, 1, 0, 0, 0)}


OPEN = textwrap.dedent("""
    import sys, time, subprocess, tempfile, os, uno
    from com.sun.star.beans import PropertyValue
    from com.sun.star.lang import IllegalArgumentException
    def prop(name, value):
        p = PropertyValue(); p.Name, p.Value = name, value; return p
    path, password = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as home:
        office = subprocess.Popen(["soffice", "--headless", "--norestore", "-env:UserInstallation=file://" + home,
                                   "--accept=pipe,name=t%d;urp;" % os.getpid()], stderr=subprocess.DEVNULL)
        local = uno.getComponentContext()
        find = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(100):
            try:
                far = find.resolve("uno:pipe,name=t%d;urp;StarOffice.ComponentContext" % os.getpid()); break
            except Exception: time.sleep(0.2)
        desktop = far.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", far)
        try:
            book = desktop.loadComponentFromURL("file://" + path, "_blank", 0, (prop("Hidden", True),
                                                prop("Password", password)))
            sheet = book.Sheets.getByIndex(0)
            end = sheet.createCursor(); end.gotoEndOfUsedArea(False)
            print(end.RangeAddress.EndRow + 1, end.RangeAddress.EndColumn + 1)
            for row in range(3):
                print("|".join(sheet.getCellByPosition(c, row).Type.value + ":" + sheet.getCellByPosition(c, row).String
                               for c in range(end.RangeAddress.EndColumn + 1)))
            book.close(True)
        except IllegalArgumentException:
            print("refused")
        try: desktop.terminate()
        except Exception: pass
        office.wait(30)
""")


def _libreoffice(path: Path, password: str) -> list[str]:
    python = "/usr/bin/python3"
    if not shutil.which("soffice") or subprocess.run([python, "-c", "import uno"], capture_output=True).returncode:
        pytest.skip("LibreOffice with its Python bridge is not installed")
    done = subprocess.run([python, "-c", OPEN, str(path), password], capture_output=True, text=True, timeout=120)
    return done.stdout.splitlines()


@pytest.mark.libreoffice
@pytest.mark.skipif(sys.platform != "linux", reason="drives LibreOffice through a Linux pipe")
@pytest.mark.parametrize("rows", [2, 100_000])
def test_libreoffice_opens_it_with_a_hindi_passphrase(rows: int, tmp_path) -> None:
    """A small file (in the container's small sectors) and one above 7.1 MB (with a DIFAT chain)."""
    draw = np.random.default_rng(4)
    table = _table(code=Column.of(pa.array([f"{i:08d}{draw.bytes(70).hex()}" for i in range(rows)]), "code"),
                   sum=Column.of_numbers(draw.normal(size=rows)), formula=Column.of(["=1+1"] * rows))
    locked = excel.encrypted(table, "पासवर्ड १२३")
    assert len(locked) < 10_000 if rows == 2 else len(locked) > 7_200_000
    path = tmp_path / "out.xlsx"
    path.write_bytes(locked)
    size, header, first, _ = _libreoffice(path, "पासवर्ड १२३")
    assert size == f"{rows + 1} 3" and header == "TEXT:code|TEXT:sum|TEXT:formula"
    assert first.startswith("TEXT:00000000") and "|VALUE:" in first and first.endswith("|TEXT:=1+1")
    if rows == 2:
        assert _libreoffice(path, "पासवर्ड १२४") == ["refused"]
    if shutil.which("7z"):
        assert subprocess.run([shutil.which("7z"), "t", str(path)], capture_output=True).returncode == 0


def test_decrypts_to_the_plain_workbook() -> None:
    table = _table(a=Column.of(["x"]))
    assert agile.decrypt(excel.encrypted(table, "h7kd-w3mq"), "h7kd-w3mq") == workbook.write(table)
