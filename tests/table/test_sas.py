"""SAS tables and catalogues of labels, written by the C library inside pyreadstat, which Python has no call for."""

from __future__ import annotations

import ctypes
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.table.reading import Reading, read

STRING, DOUBLE = 0, 5  # readstat_type_t
ROWS = [("00123", 1.0, 11_000.0), ("आशा", b"C", 0.0), ("रवि", 2.0, -300.0)]
"""Name, sex (a letter: one of SAS's 27 kinds of missing), days since 1960."""
CELLS = [["name", "sex", "born"], ["00123", "1", "1990-02-12"], ["आशा", "C", "1960-01-01"], ["रवि", "2", "1959-03-07"]]


@pytest.fixture(scope="module")
def library() -> ctypes.CDLL:
    from pyreadstat import _readstat_writer

    found = ctypes.CDLL(_readstat_writer.__file__)
    if not hasattr(found, "readstat_begin_writing_sas7bdat"):
        pytest.skip("this build of pyreadstat does not show its C library")
    return found


def written(library: ctypes.CDLL, fill: Callable[[Callable[..., Any], Any], None]) -> bytes:
    """What readstat's writer gives out: `fill(call, writer)` says what is in the file."""
    made = bytearray()

    def take(data: int, size: int, _context: int) -> int:
        made.extend(ctypes.string_at(data, size))
        return size

    def call(name: str, *values: Any) -> Any:
        made_of = getattr(library, f"readstat_{name}")
        made_of.restype = ctypes.c_void_p if name in ("writer_init", "add_variable", "add_label_set") else ctypes.c_int
        found = made_of(*values)
        assert made_of.restype is ctypes.c_void_p or name.endswith(VOID) or found == 0, name
        return ctypes.c_void_p(found)

    sink = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)(take)
    writer = call("writer_init")
    call("set_data_writer", writer, sink)
    fill(call, writer)
    call("end_writing", writer)
    call("writer_free", writer)
    return bytes(made)


VOID = ("set_format", "set_label", "double_value", "writer_free")
"""Ends of the names of calls that answer nothing."""


def write_table(library: ctypes.CDLL, path: Path) -> None:
    def fill(call: Callable[..., Any], writer: Any) -> None:
        name = call("add_variable", writer, b"name", STRING, ctypes.c_size_t(20))
        sex = call("add_variable", writer, b"sex", DOUBLE, ctypes.c_size_t(8))
        born = call("add_variable", writer, b"born", DOUBLE, ctypes.c_size_t(8))
        call("variable_set_format", sex, b"SEXF")
        call("variable_set_format", born, b"DATE9")
        call("variable_set_label", born, b"Day of birth")
        call("begin_writing_sas7bdat", writer, None, ctypes.c_long(len(ROWS)))
        for text, number, day in ROWS:
            call("begin_row", writer)
            call("insert_string_value", writer, name, text.encode())
            if isinstance(number, bytes):
                call("insert_tagged_missing_value", writer, sex, ctypes.c_char(number))
            else:
                call("insert_double_value", writer, sex, ctypes.c_double(number))
            call("insert_double_value", writer, born, ctypes.c_double(day))
            call("end_row", writer)

    path.write_bytes(written(library, fill))


def write_catalogue(library: ctypes.CDLL, path: Path, labels: Mapping[float, str], form: bytes = b"SEXF") -> None:
    def fill(call: Callable[..., Any], writer: Any) -> None:
        known = call("add_label_set", writer, DOUBLE, form)
        for value, label in labels.items():
            call("label_double_value", known, ctypes.c_double(value), label.encode())
        call("begin_writing_sas7bcat", writer, None)

    path.write_bytes(written(library, fill))


def cells(reading: Reading) -> list[list[str | None]]:
    assert reading.as_text is not None, [f.message for f in reading.findings]
    columns = [c.texts() for c in reading.as_text.columns.values()]
    return [list(reading.as_text.names), *(list(r) for r in zip(*columns, strict=True))]


def test_a_sas_table_is_read_with_its_missing_letters_apart(library: ctypes.CDLL, tmp_path: Path) -> None:
    write_table(library, tmp_path / "people.sas7bdat")
    reading = read(tmp_path / "people.sas7bdat")
    assert cells(reading) == CELLS
    assert reading.proposals["born"].kind == "date"
    (marked,) = [f for f in reading.findings if f.code == "MISSING_MARKERS"]
    assert marked.where and marked.where["column"] == "sex"
    assert [q.key for q in reading.questions if "sex" in q.key], "user-missing is confirmed, not guessed"


def test_labels_come_from_the_catalogue_in_the_same_zip(library: ctypes.CDLL, tmp_path: Path) -> None:
    write_table(library, tmp_path / "people.sas7bdat")
    write_catalogue(library, tmp_path / "formats.sas7bcat", {1: "male", 2: "स्त्री"})
    with zipfile.ZipFile(tmp_path / "people.zip", "w") as archive:
        for name in ("people.sas7bdat", "formats.sas7bcat"):
            archive.write(tmp_path / name, name)
    reading = read(tmp_path / "people.zip")
    assert cells(reading) == CELLS
    assert reading.table is not None and reading.table["sex"].labels == {"1": "male", "2": "स्त्री"}


def test_of_two_catalogues_the_one_of_the_same_name_counts(library: ctypes.CDLL, tmp_path: Path) -> None:
    write_table(library, tmp_path / "people.sas7bdat")
    write_catalogue(library, tmp_path / "people.sas7bcat", {1: "man"})
    write_catalogue(library, tmp_path / "a.sas7bcat", {1: "wrong"})
    with zipfile.ZipFile(tmp_path / "people.zip", "w") as archive:
        for name in ("a.sas7bcat", "people.sas7bcat", "people.sas7bdat"):
            archive.write(tmp_path / name, name)
    reading = read(tmp_path / "people.zip")
    assert reading.table is not None and reading.table["sex"].labels == {"1": "man"}


def test_a_cut_off_table_is_refused(library: ctypes.CDLL, tmp_path: Path) -> None:
    write_table(library, tmp_path / "people.sas7bdat")
    whole = (tmp_path / "people.sas7bdat").read_bytes()
    (tmp_path / "people.sas7bdat").write_bytes(whole[: len(whole) // 2 - 500])
    reading = read(tmp_path / "people.sas7bdat")
    assert reading.status == "rejected" and {f.code for f in reading.findings} <= {"UNREADABLE", "BAD_METADATA"}
