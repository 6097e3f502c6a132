"""The commands compare, export and decrypt, as people call them."""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.__main__ import main
from core.commands import compare, decrypt, export, protect
from core.problem import Problem
from core.release import FORMATS, PLAIN
from core.sample import sample
from core.table.reading import read
from core.table.writing import write_csv

RECIPE = """
version: 1
kinds: {pin_code: code}
roles: {name: direct_identifier, phone: direct_identifier, aadhaar: direct_identifier, address: direct_identifier,
  household_id: household, state: quasi_identifier, age: quasi_identifier, sex: quasi_identifier,
  occupation: sensitive, sample_weight: weight}
steps:
- {method: remove, columns: [name, phone, aadhaar, address, pin_code, district, date_of_birth]}
- {method: band_number, columns: [age], width: 10}
- {method: local_suppression, k: 3}
"""


def call(module: ModuleType, *words: object) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    found = module.run(parser.parse_args([str(w) for w in words]))
    assert module.HELP.endswith(".") and isinstance(module.say(found), str)
    json.dumps(found, allow_nan=False)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with an original, a recipe and the release."""
    folder = tmp_path_factory.mktemp("made")
    write_csv(sample(3, 200), folder / "original.csv")
    (folder / "recipe.yaml").write_text(RECIPE, "utf-8")
    call(protect, folder / "original.csv", "--recipe", folder / "recipe.yaml", "--out", folder / "released.csv")
    return folder


def test_compare(made: Path) -> None:
    found = call(compare, made / "original.csv", made / "released.csv", "--recipe", made / "recipe.yaml")
    assert found["risk"]["before"]["keys"] == ["state", "age", "sex"] == found["risk"]["after"]["keys"]
    assert found["risk"]["before"]["smallest_class"] == 1 and found["risk"]["after"]["smallest_class"] >= 3
    columns = found["utility"]["columns"]
    assert columns["sector"]["cells_changed"] == 0 and columns["state"]["cells_suppressed"] > 0
    # What the steps changed, counted from the files themselves.
    rows = [list(csv.DictReader(io.StringIO((made / n).read_text("utf-8"), newline="")))
            for n in ("original.csv", "released.csv")]
    for name in ("state", "sex", "age"):
        changed = sum(a[name] != b[name] for a, b in zip(*rows, strict=True)) / len(rows[0])
        assert columns[name]["cells_changed"] == pytest.approx(changed)
        suppressed = sum(b[name] == "*" for b in rows[1]) / len(rows[1])
        assert columns[name]["cells_suppressed"] == pytest.approx(suppressed)
    assert found["matched"] == {"how": "position", "rows": len(rows[0])}
    assert {p["columns"][0] for p in found["utility"]["pairs"]} <= set(columns)
    said = compare.say(found)
    assert "before, " in said and "matched by their position" in said and "Removed: name" in said


def test_compare_unmatched_and_several(made: Path) -> None:
    found = call(compare, made / "original.csv", made / "released.csv", made / "original.csv", "--unmatched",
                 "--keys", "state,sex")
    first, second = found["releases"]
    assert first["file"] == "released.csv" and first["matched"]["how"] == "none"
    assert second["risk"]["before"] == second["risk"]["after"]
    assert second["utility"]["table"]["worst_column"] == 0


def test_compare_reads_another_sign_for_suppressed_cells(made: Path, tmp_path) -> None:
    text = (made / "released.csv").read_text("utf-8").replace('"*"', '"hidden"')
    (tmp_path / "other.csv").write_text(text, "utf-8")
    (tmp_path / "recipe.yaml").write_text(RECIPE + "suppressed: hidden\n", "utf-8")
    plain = call(compare, made / "original.csv", made / "released.csv", "--recipe", made / "recipe.yaml")
    other = call(compare, made / "original.csv", tmp_path / "other.csv", "--recipe", tmp_path / "recipe.yaml")
    assert plain == other


def test_compare_with_metrics_of_ones_own(made: Path, tmp_path) -> None:
    listed = tmp_path / "metrics.yaml"
    listed.write_text("- {metric: survey_table, by: [state, sex]}\n- {metric: survey_table, by: [sector]}\n", "utf-8")
    words = (made / "original.csv", made / "released.csv", "--recipe", made / "recipe.yaml", "--metrics", listed)
    table = call(compare, *words, "--target", "sector")["utility"]["table"]
    assert table["survey_table"] > 0 == table["survey_table 2"] and "trained_on_release" in table
    for text, wrong in (("- {metric: survey_tabel, by: [state]}", "survey_table"),
                        ("- {metric: total_variation}", "by itself"), ("x: 1", "cannot be read")):
        listed.write_text(text, "utf-8")
        with pytest.raises(Problem, match=wrong):
            call(compare, *words)


def test_compare_with_a_column_that_is_not_there(made: Path) -> None:
    with pytest.raises(Problem, match="agee"):
        call(compare, made / "original.csv", made / "released.csv", "--keys", "agee")


@pytest.mark.parametrize("format", list(FORMATS))
def test_export_and_decrypt(format: str, made: Path, tmp_path) -> None:
    locked, key, opened = tmp_path / f"out.{format}", tmp_path / "key", tmp_path / "opened"
    found = call(export, made / "released.csv", "--out", locked)
    assert found["format"] == format and len(found["passphrase"]) == 24 and "passphrase" in found["how_to_open"]
    assert found["passphrase"] in export.say(found)
    key.write_text(found["passphrase"] + "\n", "utf-8")
    call(decrypt, locked, "--passphrase-file", key, "--out", opened)
    ending = {"xlsx": ".xlsx", "parquet.zip": ".parquet"}.get(format, ".csv")
    again = read(opened.rename(tmp_path / f"opened{ending}"))
    first = read(made / "released.csv")
    assert again.required().names == first.required().names
    for name, column in first.required().columns.items():
        assert again.required()[name].same_cells(column).all(), name
    key.write_text("another passphrase", "utf-8")
    with pytest.raises(Problem, match="does not open"):
        call(decrypt, locked, "--passphrase-file", key, "--out", tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_export_with_a_passphrase_of_ones_own(made: Path, tmp_path) -> None:
    key = tmp_path / "key"
    key.write_text("secret", "utf-8")
    words = (made / "released.csv", "--out", tmp_path / "out.xlsx", "--passphrase-file", key)
    with pytest.raises(Problem, match="too easy"):
        call(export, *words)
    key.write_text("xK9#mQ2$vL7!pR4&", "utf-8")
    assert call(export, *words)["passphrase"] is None


def test_export_neutralises_formulas_and_says_so(tmp_path) -> None:
    (tmp_path / "in.csv").write_text('a,b\n"=1+1",x\n"y","@z"\n', "utf-8")
    words = (tmp_path / "in.csv", "--out", tmp_path / "out.csv.zip", "--neutralise-formulas")
    with pytest.raises(Problem, match="more than one way"):
        call(export, *words)
    found = call(export, *words, "--answer", "header_row=1")
    assert found["formula_cells"] == 2 and "2 formula-like cells" in export.say(found)


def test_problems_of_files(made: Path, tmp_path) -> None:
    with pytest.raises(Problem, match="ending"):
        call(export, made / "released.csv", "--out", tmp_path / "out.docx")
    with pytest.raises(Problem, match="cannot be written"):
        call(export, made / "released.csv", "--out", tmp_path / "no" / "out.csv.zip")
    (tmp_path / "key").write_text("x", "utf-8")
    with pytest.raises(Problem, match="no encrypted"):
        call(decrypt, made / "released.csv", "--passphrase-file", tmp_path / "key", "--out", tmp_path / "x")
    with pytest.raises(Problem, match="passphrase file cannot be opened"):
        call(decrypt, made / "released.csv", "--passphrase-file", tmp_path / "none", "--out", tmp_path / "x")
    with pytest.raises(Problem, match="file cannot be opened"):
        call(decrypt, tmp_path / "none", "--passphrase-file", tmp_path / "key", "--out", tmp_path / "x")


def test_report_is_written_in_every_format_and_kind_and_needs_a_reason_where_a_rule_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, plan, out = tmp_path / "d.csv", tmp_path / "r.yaml", tmp_path / "out.csv"
    rows = "".join(f"{20 + i % 9},{'fm'[i % 2]},{i % 4}\n" for i in range(120)) + "99,f,2\n"
    data.write_text("age,sex,answer\n" + rows, "utf-8")
    plan.write_text("version: 1\npurpose: Teaching\nroles: {age: quasi_identifier, sex: quasi_identifier}\n", "utf-8")
    assert main(["protect", str(data), "--recipe", str(plan), "--out", str(out)]) == 0
    asked = ["report", str(data), str(out), "--recipe", str(plan), "--out", str(tmp_path / "reports"),
             "--policy", "public_use", "--attacks", "quick"]
    assert main(asked) == 1
    assert "--reason" in capsys.readouterr().err
    assert main([*asked, "--reason", "A class of ten, in one room."]) == 0
    written = {p.name: p.read_bytes() for p in (tmp_path / "reports").iterdir()}
    kinds = ("internal", "external", "summary")
    assert set(written) == {f"out-{kind}.{form}" for kind in kinds for form in ("html", "pdf", "docx")}
    inside = written["out-internal.html"].decode()
    assert "A class of ten, in one room." in inside and "broken" in inside and "simulated attackers" in inside
    assert "Without the release" not in written["out-external.html"].decode()
    assert main([*asked, "--kinds", "everything"]) == 1


def test_compare_judges_by_a_policy_and_lets_attackers_try(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, own = tmp_path / "d.csv", tmp_path / "own.yaml"
    data.write_text("age,sex\n" + "".join(f"{20 + i % 5},{'fm'[i % 2]}\n" for i in range(100)), "utf-8")
    own.write_text("name: ours\nrules:\n- {rule: group_size, k: 11}\n", "utf-8")
    capsys.readouterr()
    for policy, passed in (("scientific_use", False), (str(own), False)):
        assert main(["compare", str(data), str(data), "--keys", "age,sex", "--policy", policy, "--attacks", "quick",
                     "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["policy"]["passed"] is passed and {a["attack"] for a in found["attacks"]}
    assert main(["compare", str(data), str(data), "--keys", "age,sex", "--policy", "public"]) == 1
    assert "public_use" in capsys.readouterr().err


@pytest.mark.parametrize("format", list(PLAIN))
def test_plain_files_only_where_asked_for_twice(format: str, made: Path, tmp_path) -> None:
    words = (made / "released.csv", "--out", tmp_path / f"out.{format}")
    with pytest.raises(Problem, match="without-passphrase"):
        call(export, *words, "--format", format)
    assert not list(tmp_path.iterdir())
    found = call(export, *words, "--without-passphrase")
    assert (found["format"], found["passphrase"]) == (format, None)
    assert "NOT encrypted" in export.say(found) and "no passphrase" in found["how_to_open"]
    assert (tmp_path / f"out.{format}.how-to-open.txt").read_text("utf-8").strip() == found["how_to_open"]
    first, again = read(made / "released.csv").required(), read(tmp_path / f"out.{format}").required()
    assert [c.texts() for c in first.columns.values()] == [c.texts() for c in again.columns.values()]


def test_labels_go_along_to_spss_and_stata_or_are_named(tmp_path) -> None:
    import pandas
    import pyreadstat

    frame = pandas.DataFrame({"sex": [1.0, 2, 1], "state": ["GA", "MH", "GA"], "n": [1.0, 2, 3]})
    labels = {"sex": {1: "male", 2: "female"}, "state": {"GA": "Goa", "MH": "Maharashtra"}}
    pyreadstat.write_sav(frame, str(tmp_path / "in.sav"), variable_value_labels=labels)
    for format, unlabelled in (("plain.sav", []), ("plain.dta", ["state"])):
        found = call(export, tmp_path / "in.sav", "--out", tmp_path / f"out.{format}", "--without-passphrase")
        assert found["unlabelled"] == unlabelled
        back = read(tmp_path / f"out.{format}").codebook.labels
        assert back["sex"] == {"1": "male", "2": "female"}
        assert ("state" in back) is (not unlabelled)
