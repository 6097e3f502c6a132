"""More awkward files: JSON, archives, Parquet, databases, and the files of statistics packages."""

# ruff: noqa: E501 - files are easier to see on one line

from __future__ import annotations

import bz2
import datetime as dt
import decimal
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
from awkward_files import AS_CELLS, ASK, NO, OK, PEOPLE, WARN, made, raw

# --- JSON
raw("lines_with_mark.jsonl", '\ufeff{"a": 1, "b": "x"}\r\n\r\n{"a": 2, "b": "y"}\r\n{"a": 3, "b": "z"}\r\n', OK, cells=[["a", "b"], ["1", "x"], ["2", "y"], ["3", "z"]])
raw("rows_by_line.jsonl", '["id", "age"]\n["a", 34]\n["b", 41]\n["c", 29]\n', OK, cells=[["id", "age"], ["a", "34"], ["b", "41"], ["c", "29"]])
raw("utf16.json", json.dumps([{"name": "आशा", "age": n} for n in (1, 2, 3)], ensure_ascii=False).encode("utf-16"), OK, cells=[["name", "age"], ["आशा", "1"], ["आशा", "2"], ["आशा", "3"]])
raw("doubled_keys.json", '[{"a": 1, "a": 2}, {"a": 3}, {"a": 4}]', WARN, "JSON_NONSTANDARD", cells=[["a"], ["2"], ["3"], ["4"]])
raw("half_a_letter.json", '[{"name": "A\\ud83d"}, {"name": "B"}, {"name": "C"}]', WARN, "ENCODING_INVALID", cells=[["name"], ["A\ufffd"], ["B"], ["C"]])
raw("zero_character.json", '[{"name": "A\\u0000"}, {"name": "B"}, {"name": "C"}]', WARN, "NUL_BYTES", cells=[["name"], ["A"], ["B"], ["C"]])
raw("two_types.json", json.dumps([{"a": v} for v in (1, "x", 2, 3, "y")]), WARN, "MIXED_TYPES", cells=[["a"], ["1"], ["x"], ["2"], ["3"], ["y"]])
raw("true_and_false.json", json.dumps([{"ok": True, "n": 1}, {"ok": False, "n": 2}, {"ok": None, "n": 3}]), OK, cells=[["ok", "n"], ["true", "1"], ["false", "2"], [None, "3"]])
raw("lists_in_cells.json", json.dumps([{"id": 1, "tags": ["a", "b"]}, {"id": 2, "tags": []}, {"id": 3, "tags": ["c"]}]), ASK, "NESTED_JSON")
raw("lists_in_cells_as_text.json", json.dumps([{"id": 1, "tags": ["a", "b"]}, {"id": 2, "tags": []}, {"id": 3, "tags": ["c"]}]), WARN, "NESTED_JSON", answers={"layout": "text"}, cells=[["id", "tags"], ["1", '["a", "b"]'], ["2", "[]"], ["3", '["c"]']])
raw("single_value.json", '"just a text"', NO, "NOT_A_TABLE")
raw("one_record.json", '{"id": 1, "name": "Asha"}', WARN, "TOO_FEW_ROWS", cells=[["id", "name"], ["1", "Asha"]])
raw("places.geojson", json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": n}, "geometry": {"type": "Point", "coordinates": [1.5, 2]}} for n in ("a", "b", "c")]}), WARN, "NESTED_JSON", answers={"layout": "flatten"}, may=("CONSTANT_COLUMN",), cells=[["type", "properties.name", "geometry.type", "geometry.coordinates.1", "geometry.coordinates.2"], ["Feature", "a", "Point", "1.5", "2"], ["Feature", "b", "Point", "1.5", "2"], ["Feature", "c", "Point", "1.5", "2"]])
raw("dots_in_keys.json", json.dumps([{"a.b": 1, "a": {"b": 2}}, {"a.b": 3, "a": {"b": 4}}, {"a.b": 5, "a": {"b": 6}}]), WARN, "NESTED_JSON", answers={"layout": "flatten"}, may=("DUPLICATE_COLUMNS",), cells=[["a.b", "a.b_2"], ["1", "2"], ["3", "4"], ["5", "6"]])
raw("all_null.json", json.dumps([{"a": 1, "b": None}, {"a": 2, "b": None}, {"a": 3, "b": None}]), WARN, "EMPTY_COLUMN", cells=[["a", "b"], ["1", None], ["2", None], ["3", None]])
raw("huge_exponent.json", '[{"a": 1e400}, {"a": 2}, {"a": 3.10}]', OK, may=("MIXED_TYPES", "NUMBER_FORMAT"), cells=[["a"], ["1e400"], ["2"], ["3.10"]])


# --- archives
def zipped(members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


raw("from_a_mac.zip", zipped({"data/": "", "data/people.csv": PEOPLE, "__MACOSX/": "", "__MACOSX/data/._people.csv": b"\0\x05\x16\x07", "data/.DS_Store": b"\0\0\0\1Bud1"}), OK, cells=AS_CELLS)
raw("with_a_readme.zip", zipped({"README.txt": "read me", "codebook.pdf": b"%PDF-1.4", "people.csv": PEOPLE}), OK, cells=AS_CELLS)
raw("from_windows.zip", zipped({"data\\people.csv": PEOPLE}), OK, cells=AS_CELLS)
raw("hindi_name.zip", zipped({"लोग.csv": PEOPLE}), OK, cells=AS_CELLS)
raw("zip_in_zip.zip", zipped({"inner.zip": zipped({"people.csv": PEOPLE})}), OK, cells=AS_CELLS)
nested = PEOPLE.encode()
for _level in range(12):
    nested = zipped({"inner.zip": nested})
raw("zips_in_zips.zip", nested, NO, "DECOMPRESSION_BOMB")
raw("only_junk.zip", zipped({"__MACOSX/._x": b"x", ".DS_Store": b"y"}), NO, "EMPTY_FILE")
raw("wrong_sum.zip", zipped({"people.csv": PEOPLE * 50}).replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x55\x00"), NO, "ARCHIVE_CORRUPT")
raw("packed.csv.bz2", bz2.compress(PEOPLE.encode()), OK, cells=AS_CELLS)
raw("packed.csv.xz", lzma.compress(PEOPLE.encode()), OK, cells=AS_CELLS)
raw("joined.csv.gz", gzip.compress(PEOPLE.encode()[:40]) + gzip.compress(PEOPLE.encode()[40:]), OK, cells=AS_CELLS)
raw("cut_off.csv.gz", gzip.compress(PEOPLE.encode() * 100)[:-20], NO, "ARCHIVE_CORRUPT")
raw("program.zip", zipped({"setup.exe": b"MZ\x90\0" + b"\0" * 200}), NO, "UNSAFE_FORMAT")


# --- Parquet
def parquet(name: str, status: str, *codes: str, columns: dict[str, pa.Array], **more: object) -> None:
    made(name, status, *codes, **more)(lambda path: pq.write_table(pa.table(columns), path))


parquet(
    "exact_types.parquet", WARN, "EMPTY_COLUMN",
    columns={
        "amount": pa.array([decimal.Decimal("1.10"), decimal.Decimal("-20.05"), None], pa.decimal128(20, 2)),
        "big": pa.array([2**64 - 1, 2**63, 0], pa.uint64()),
        "small": pa.array([0.1, 2.5, None], pa.float32()),
        "word": pa.array(["a", None, "a"]).dictionary_encode(),
        "day": pa.array([dt.date(2024, 3, 1), None, dt.date(1890, 1, 1)], pa.date32()),
        "when": pa.array([dt.datetime(2024, 3, 1, 10, 30), dt.datetime(2024, 3, 1), None], pa.timestamp("us")),
        "clock": pa.array([dt.time(10, 30), dt.time(0, 0, 1), None], pa.time32("s")),
        "yes": pa.array([True, None, False]),
        "none": pa.nulls(3),
        "long": pa.array(["x", "y", None], pa.large_string()),
    },
    cells=[
        ["amount", "big", "small", "word", "day", "when", "clock", "yes", "none", "long"],
        ["1.10", "18446744073709551615", "0.1", "a", "2024-03-01", "2024-03-01T10:30:00", "10:30:00", "true", None, "x"],
        ["-20.05", "9223372036854775808", "2.5", None, None, "2024-03-01T00:00:00", "00:00:01", None, None, "y"],
        [None, "0", None, "a", "1890-01-01", None, None, "false", None, None],
    ],
)  # fmt: skip
parquet(
    "moments_with_zones.parquet", OK,
    columns={"id": pa.array(["a", "b", "c"]), "t": pa.array([dt.datetime(2024, 3, 1, 10, 30)] * 3, pa.timestamp("ms", "Asia/Kolkata"))},
    may=("CONSTANT_COLUMN",),
    cells=[["id", "t"], ["a", "2024-03-01T10:30:00Z"], ["b", "2024-03-01T10:30:00Z"], ["c", "2024-03-01T10:30:00Z"]],
)  # fmt: skip
parquet("not_numbers.parquet", WARN, "NON_FINITE", columns={"id": pa.array(["a", "b", "c", "d"]), "x": pa.array([1.5, float("nan"), float("inf"), None])}, may=("TYPE_MISMATCH", "MIXED_TYPES"), cells=[["id", "x"], ["a", "1.5"], ["b", None], ["c", "inf"], ["d", None]])
parquet("lists.parquet", ASK, "NESTED_COLUMNS", columns={"id": pa.array([1, 2, 3]), "tags": pa.array([["a"], [], ["b", "c"]])})
parquet("no_rows.parquet", NO, "NO_ROWS", columns={"id": pa.array([], pa.int64())})
parquet("leading_zeros.parquet", OK, columns={"pin": pa.array(["00123", "04567", "98765"]), "n": pa.array([1, 2, 3])}, kinds={"pin": "code"}, cells=[["pin", "n"], ["00123", "1"], ["04567", "2"], ["98765", "3"]])
raw("encrypted.parquet", b"PARE" + b"\0\x01\x02" * 200 + b"\x10\0\0\0PARE", NO, "PASSWORD_NEEDED")


@made("two_of_a_name.parquet", WARN, "DUPLICATE_COLUMNS", cells=[["a", "a_2"], ["1", "x"], ["2", "y"], ["3", "z"]])
def _(path: Path) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array([1, 2, 3]), pa.array(["x", "y", "z"])], names=["a", "a"]), path)


@made("old_moments.parquet", OK, cells=[["id", "t"], ["a", "2024-03-01T10:30:00.000001"], ["b", "1890-01-01T00:00:00"], ["c", None]])
def _(path: Path) -> None:
    table = pa.table({"id": ["a", "b", "c"], "t": pa.array([dt.datetime(2024, 3, 1, 10, 30, 0, 1), dt.datetime(1890, 1, 1), None], pa.timestamp("ns"))})
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)


# --- statistics packages
@made(
    "missing_ranges.sav", WARN, "MISSING_MARKERS",
    kinds={"income": "number"},
    cells=[["id", "income", "answer", "note"], ["1", "100", "1", "x" * 300], ["2", "9997", "2", "y"], ["3", "9999", "9", "z"], ["4", "250.5", "1", None]],
)  # fmt: skip
def _(path: Path) -> None:
    frame = pd.DataFrame({"id": [1, 2, 3, 4], "income": [100, 9997, 9999, 250.5], "answer": [1, 2, 9, 1], "note": ["x" * 300, "y", "z", ""]})
    pyreadstat.write_sav(frame, str(path), missing_ranges={"income": [{"lo": 9990, "hi": 9999}], "answer": [9]}, variable_value_labels={"answer": {1: "yes", 2: "no", 9: "refused"}})


@made("packed.zsav", OK, cells=[["id", "age"], ["1", "34"], ["2", "41"], ["3", None]])
def _(path: Path) -> None:
    pyreadstat.write_sav(pd.DataFrame({"id": [1.0, 2, 3], "age": [34, 41, None]}), str(path), compress=True)


@made("portable.por", OK, cells=[["ID", "AGE"], ["1", "34"], ["2", "41"], ["3", "29"]])
def _(path: Path) -> None:
    pyreadstat.write_por(pd.DataFrame({"ID": [1.0, 2, 3], "AGE": [34.0, 41, 29]}), str(path))


@made("transport.xpt", OK, cells=[["ID", "AGE"], ["a", "34"], ["b", "41.5"], ["c", None]])
def _(path: Path) -> None:
    pyreadstat.write_xport(pd.DataFrame({"ID": ["a", "b", "c"], "AGE": [34, 41.5, None]}), str(path), file_format_version=5)


@made("transport_8.xpt", OK, cells=[["a_long_column_name", "age"], ["a", "34"], ["b", "41"], ["c", "29"]])
def _(path: Path) -> None:
    pyreadstat.write_xport(pd.DataFrame({"a_long_column_name": ["a", "b", "c"], "age": [34.0, 41, 29]}), str(path), file_format_version=8)


@made("dates.sav", OK, kinds={"born": "date"}, cells=[["id", "born", "seen"], ["a", "1890-04-13", "2024-03-01T10:30:00"], ["b", None, "2024-03-01"], ["c", "2001-12-31", None]])
def _(path: Path) -> None:
    frame = pd.DataFrame({"id": ["a", "b", "c"], "born": [dt.date(1890, 4, 13), None, dt.date(2001, 12, 31)], "seen": [dt.datetime(2024, 3, 1, 10, 30), dt.datetime(2024, 3, 1), None]})
    pyreadstat.write_sav(frame, str(path))


@made("labels_of_texts.sav", OK, cells=[["state", "n"], ["GA", "1"], ["MH", "2"], ["GA", "3"]])
def _(path: Path) -> None:
    pyreadstat.write_sav(pd.DataFrame({"state": ["GA", "MH", "GA"], "n": [1.0, 2, 3]}), str(path), variable_value_labels={"state": {"GA": "Goa", "MH": "Maharashtra"}})


@made("single_precision.dta", OK, cells=[["id", "rate", "long_text"], ["1", "0.1", "x" * 3000], ["2", "2.55", "y"], ["3", "1000000.2", "z"]])
def _(path: Path) -> None:
    import numpy as np

    pd.DataFrame({"id": np.array([1, 2, 3], np.int16), "rate": np.array([0.1, 2.55, 1000000.2], np.float32), "long_text": ["x" * 3000, "y", "z"]}).to_stata(path, version=118, write_index=False)


@made("letters_for_missing.dta", WARN, "MISSING_MARKERS", cells=[["id", "q"], ["1", "5"], ["2", "a"], ["3", None]])
def _(path: Path) -> None:
    frame = pd.DataFrame({"id": [1.0, 2, 3], "q": pd.array([5, "a", None], dtype=object)})
    pyreadstat.write_dta(frame, str(path), missing_user_values={"q": ["a"]})


@made("months.dta", OK, cells=[["id", "born", "seen"], ["1", "1950-04-13", "2024-03-01T10:30:00"], ["2", None, None], ["3", "2001-12-31", "1940-01-01"]])
def _(path: Path) -> None:
    frame = pd.DataFrame({"id": [1, 2, 3], "born": pd.to_datetime(["1950-04-13", None, "2001-12-31"]), "seen": pd.to_datetime(["2024-03-01T10:30:00", None, "1940-01-01T00:00:00"])})
    frame.to_stata(path, version=118, write_index=False, convert_dates={"born": "td", "seen": "tc"})


@made("old_stata.dta", OK, cells=[["id", "age"], ["1", "34"], ["2", "41"], ["3", "29"]])
def _(path: Path) -> None:
    pd.DataFrame({"id": [1, 2, 3], "age": [34, 41, 29]}).to_stata(path, version=114, write_index=False)


# --- databases
def database(name: str, status: str, *codes: str, script: str, **more: object) -> None:
    def build(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.executescript(script)
        connection.commit()
        connection.close()

    made(name, status, *codes, **more)(build)


database("a_view.sqlite", OK, script="CREATE TABLE t (id TEXT, age INT); INSERT INTO t VALUES ('01', 34), ('02', NULL), ('03', 29); CREATE VIEW adults AS SELECT id, age * 2 AS twice FROM t;", answers={"member": "adults"}, cells=[["id", "twice"], ["01", "68"], ["02", None], ["03", "58"]])
database("a_picture.sqlite", WARN, "BINARY_COLUMNS", script="CREATE TABLE t (id TEXT, photo BLOB); INSERT INTO t VALUES ('a', x'89504e47'), ('b', NULL), ('c', x'00ff');", cells=[["id"], ["a"], ["b"], ["c"]])
database("without_rowid.sqlite", OK, script="CREATE TABLE t (id TEXT PRIMARY KEY, n) WITHOUT ROWID; INSERT INTO t VALUES ('a', 9223372036854775807), ('b', 1.5), ('c', -3);", cells=[["id", "n"], ["a", "9223372036854775807"], ["b", "1.5"], ["c", "-3"]])
database("any_type.sqlite", WARN, "MIXED_TYPES", script="CREATE TABLE t (id, v); INSERT INTO t VALUES ('a', 1), ('b', 'x'), ('c', 2.5), ('d', 'y');", cells=[["id", "v"], ["a", "1"], ["b", "x"], ["c", "2.5"], ["d", "y"]])
database("no_tables.sqlite", NO, "EMPTY_FILE", script="CREATE TABLE t (a); DROP TABLE t;")
database("quoted_names.sqlite", OK, script='CREATE TABLE "my ""table""" ("first name" TEXT, "select" INT); INSERT INTO "my ""table""" VALUES (\'Asha\', 1), (\'Ravi\', 2), (\'Uma\', 3);', cells=[["first name", "select"], ["Asha", "1"], ["Ravi", "2"], ["Uma", "3"]])
database("a_view_that_fails.sqlite", NO, "UNREADABLE", script="CREATE TABLE t (a); CREATE VIEW v AS SELECT * FROM t; CREATE TABLE u (b); INSERT INTO u VALUES (1); DROP TABLE t;", answers={"member": "v"})
