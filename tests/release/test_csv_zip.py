"""Encrypted ZIP and age files: the same cells come out, 7-Zip agrees, and what differs is noticed."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.release import age, csv_zip
from core.table import Column, Table

WORDS = "h7kd-w3mq-2vzr"
CELLS = ["a\rb", 'say "hi"', "x,y", "=1+1", "-5", "@me", "line\nbreak", "", None, "00123", "नाम", " lead", "'quoted",
         "NA"]


def _table() -> Table:
    return Table.of({"text": Column.of(CELLS), "n": Column.of([str(i) for i in range(len(CELLS))], "number")})


def test_a_lone_carriage_return_stays_in_its_cell() -> None:
    whole = csv_zip.encrypted(_table(), WORDS, "out")
    rows = list(csv.reader(io.StringIO(csv_zip.unlocked(whole, WORDS).decode(), newline="")))
    assert rows[0] == ["text", "n"]
    assert [r[0] for r in rows[1:]] == [c or "" for c in CELLS]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3).flatmap(lambda width: st.tuples(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6),
             min_size=width, max_size=width, unique=True),
    st.lists(st.lists(st.none() | st.text(max_size=8), min_size=width, max_size=width), min_size=1, max_size=8))),
    st.booleans(), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_every_table_comes_back(made, bom: bool, delimiter: str, neutralise: bool) -> None:
    names, rows = made
    if "\ufeff" in names[0]:
        return  # a byte order mark in a name cannot be told from the file's own
    table = Table.of({n: Column.of(pa.array([r[i] for r in rows], pa.string())) for i, n in enumerate(names)})
    assert csv_zip.csv(table, delimiter=delimiter, bom=bom, neutralise_formulas=neutralise)


def test_seven_zip_opens_it_with_the_passphrase_only(tmp_path) -> None:
    if not shutil.which("7z"):
        pytest.skip("7-Zip is not installed")
    path = tmp_path / "out.zip"
    path.write_bytes(csv_zip.encrypted(_table(), "पासवर्ड १२३", "table"))
    asked = [shutil.which("7z"), "e", "-so", str(path)]
    opened = subprocess.run([*asked, "-pपासवर्ड १२३"], capture_output=True)
    assert opened.returncode == 0 and opened.stdout == csv_zip.csv(_table())
    refused = subprocess.run([*asked, "-pother"], capture_output=True)
    assert refused.returncode != 0 and b"00123" not in refused.stdout
    listed = subprocess.run([asked[0], "l", "-slt", str(path)], capture_output=True, text=True).stdout
    assert "Method = AES-256" in listed and "Path = table.csv" in listed and "1980-01-01" in listed


def test_formulas_are_neutralised_on_request_and_counted() -> None:
    table = _table()
    assert csv_zip.formula_cells(table) == 2  # =1+1 and @me; -5 is a number
    plain = csv_zip.csv(table, neutralise_formulas=True).decode()
    assert '"\'=1+1"' in plain and '"\'@me"' in plain and '"-5"' in plain
    assert '"=1+1"' in csv_zip.csv(table).decode()


def test_the_comparison_sees_a_single_changed_cell() -> None:
    table = _table()
    plain = csv_zip.csv(table)
    assert csv_zip.same_csv(plain, table)
    assert not csv_zip.same_csv(plain.replace(b"00123", b"0123"), table)
    assert not csv_zip.same_csv(plain.replace(b'"",', b","), table)  # an empty text is no missing cell
    assert not csv_zip.same_csv(plain + b'"x","1"\n', table)
    assert not csv_zip.same_csv(plain.replace(b'"n"', b'"m"'), table)
    assert not csv_zip.same_csv(b"", table)


def test_a_file_that_does_not_read_back_is_not_handed_out(monkeypatch) -> None:
    monkeypatch.setattr(csv_zip, "write_csv", lambda table, out, **_: out.write(b'"text","n"\n"x","1"\n'))
    with pytest.raises(Problem, match="did not read back"):
        csv_zip.encrypted(_table(), WORDS)
    monkeypatch.setattr(csv_zip, "unlocked", lambda whole, words: b"else")
    with pytest.raises(Problem, match="did not read back"):
        csv_zip.locked(b"x", WORDS, "x.csv")


def test_parquet_keeps_numbers_as_numbers_where_nothing_is_lost() -> None:
    table = Table.of({
        "whole": Column.of(["1", None, "20"], "number"), "part": Column.of(["0.5", "1", None], "number"),
        "long": Column.of(["1", "2", "12345678901234567890"], "number"), "hidden": Column.of(["1", "*", "3"], "number"),
        "code": Column.of(["001", "002", None], "code"),
    })
    found = pq.read_table(io.BytesIO(csv_zip.unlocked(csv_zip.encrypted_parquet(table, WORDS), WORDS)))
    assert [str(f.type) for f in found.schema] == ["int64", "double", "string", "string", "string"]
    assert found.column("whole").to_pylist() == [1, None, 20]
    assert found.column("long").to_pylist()[2] == "12345678901234567890"


def test_the_wrong_passphrase_and_other_files() -> None:
    whole = csv_zip.locked(b"x", WORDS, "x.csv")
    with pytest.raises(Problem, match="does not open"):
        csv_zip.unlocked(whole, WORDS + "x")
    with pytest.raises(Problem, match="not an encrypted ZIP"):
        csv_zip.unlocked(b"junk", WORDS)
    with pytest.raises(Problem, match="needs a passphrase"):
        csv_zip.locked(b"x", "", "x.csv")


@pytest.mark.parametrize(("name", "inside"), [
    ("Survey 2026", "Survey_2026.csv"), ("../../etc/passwd", "etc_passwd.csv"), ("x.CSV", "x.CSV"), ("", "data.csv"),
    ("सर्वे १.csv", "सर्वे_१.csv"), ("a" * 200, "a" * 80 + ".csv"),
])
def test_names_inside_are_tame(name: str, inside: str) -> None:
    assert csv_zip.file_name(name, ".csv") == inside


def test_age_round_trip() -> None:
    content = np.random.default_rng(1).bytes(10_000)
    whole = age.locked(content, WORDS)
    assert whole.startswith(b"age-encryption.org/v1") and age.unlocked(whole, WORDS) == content
    with pytest.raises(Problem, match="does not open"):
        age.unlocked(whole, "other")
    with pytest.raises(Problem, match="does not open"):
        age.unlocked(b"junk", WORDS)
    with pytest.raises(Problem, match="needs a passphrase"):
        age.locked(content, "")
