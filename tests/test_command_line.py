"""The command line from end to end, on Adult, sdcMicro's testdata and the sample, recounted independently."""

from __future__ import annotations

import csv
import importlib
import json
import pkgutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import core.commands
from core.__main__ import COMMANDS, main
from tests.shared import shared

ADULT = ["sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation",
         "salary-class"]
K7 = ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"]


def call(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> Any:
    """What a command prints as JSON; its exit code must be `code`."""
    assert main([*map(str, words), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def smallest_class(path: Path, keys: list[str]) -> int:
    return min(Counter(tuple(row[k] for k in keys) for row in rows_of(path)).values())


def recipe(path: Path, **parts: Any) -> Path:
    path.write_text(yaml.safe_dump({"version": 1, **parts}, sort_keys=False), "utf-8")
    return path


def test_every_command_stands_in_the_folder_and_in_the_list() -> None:
    assert {m.name.replace("_", "-") for m in pkgutil.iter_modules(core.commands.__path__)} == set(COMMANDS)
    for name in COMMANDS:
        module = importlib.import_module(f"core.commands.{name.replace('-', '_')}")
        assert module.HELP.endswith(".")


def test_help_and_wrong_usage() -> None:
    for words, code in ((["--help"], 0), (["risk", "--help"], 0), (["rsik"], 2), (["risk"], 2)):
        done = subprocess.run([sys.executable, "-m", "core", *words], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr


def test_methods_lists_each_with_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    found = call(capsys, "methods")["methods"]
    assert {"method", "title", "schema"} == set(found[0])
    assert {"remove", "pseudonymise", "mask", "generalise", "local_suppression"} <= {m["method"] for m in found}


def test_risk_of_testdata_is_sdcmicros(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    testdata, oracle = shared("data/sdcmicro/testdata.csv"), shared("oracle/sdcmicro/indivRisk_testdata.csv")
    records = tmp_path / "records.csv"
    found = call(capsys, "risk", testdata, "--keys", ",".join(K7), "--weight", "sampling_weight", "--records", records)
    assert found["rows"] == 4580
    assert found["uniques"] == 157
    assert found["violations"] == {"2": 157, "3": 281, "5": 458}
    assert found["expected_reidentifications"] == pytest.approx(10.778, abs=5e-4)
    ours = rows_of(records)
    theirs = rows_of(shared("oracle/sdcmicro/freq_testdata_k7_w.csv"))
    assert [(float(r["fk"]), float(r["Fk"])) for r in ours] == [(float(r["fk"]), float(r["Fk"])) for r in theirs]
    assert [float(r["individual_risk"]) for r in ours] == pytest.approx(
        [float(r["rk_approx"]) for r in rows_of(oracle)], rel=1e-9
    )


def test_adult_reaches_k5(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    adult = shared("data/adult/adult.csv")
    steps = [{"method": "local_suppression", "k": 5}]
    plan = recipe(tmp_path / "r.yaml", roles=dict.fromkeys(ADULT, "quasi_identifier"), steps=steps)
    out, log = tmp_path / "out.csv", tmp_path / "log.json"
    call(capsys, "protect", adult, "--recipe", plan, "--out", out, "--log", log)
    assert smallest_class(out, ADULT) >= 5
    entry = json.loads(log.read_text("utf-8"))[0]
    wanted = {"step", "method", "rows_changed", "cells_changed", "cells_suppressed", "rows_dropped", "seconds"}
    assert wanted <= set(entry)
    compared = call(capsys, "compare", adult, out, "--recipe", plan)
    assert compared["risk"]["before"]["violations"]["5"] > 0
    assert compared["risk"]["after"]["violations"]["5"] == 0
    assert {"columns", "pairs", "table"} <= set(compared["utility"])


@pytest.mark.parametrize(("words", "says"), [
    ({"steps": [{"method": "local_suppression", "kk": 3}]}, "“k”"),
    ({"steps": [{"method": "local_supression"}]}, "“local_suppression”"),
    ({"roles": {"agee": "keep"}}, "“age”"),
    ({"roles": {"age": "quasi"}}, "quasi_identifier"),
    ({"kinds": {"age": "numbr"}}, "number"),
    ({"stepps": []}, "“steps”"),
])
def test_a_recipe_with_a_mistake_names_it(
    words: dict[str, Any], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = tmp_path / "d.csv"
    data.write_text("age,name\n" + "".join(f"{a},Asha Patel\n" for a in range(20, 60)), "utf-8")
    plan = recipe(tmp_path / "r.yaml", **words)
    out = tmp_path / "out.csv"
    problem = call(capsys, "protect", data, "--recipe", plan, "--out", out, code=1)["problem"]
    assert set(problem) == {"what", "do", "column", "step"}
    assert says in problem["what"] + problem["do"]
    assert not out.exists()


def test_the_same_recipe_and_secrets_give_the_same_cells(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data, keys = tmp_path / "sample.csv", tmp_path / "secrets.yaml"
    call(capsys, "sample", "--out", data)
    call(capsys, "secrets", "--out", keys)
    steps = [{"method": "remove", "columns": ["name", "address", "phone"]},
             {"method": "pseudonymise", "columns": ["aadhaar"]},
             {"method": "microaggregate", "columns": ["monthly_expenditure"], "k": 3}]
    roles = {"name": "direct_identifier", "aadhaar": "direct_identifier", "age": "quasi_identifier"}
    plan = recipe(tmp_path / "r.yaml", roles=roles, steps=steps)
    for out in ("a.csv", "b.csv"):
        call(capsys, "protect", data, "--recipe", plan, "--out", tmp_path / out, "--secrets", keys)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    released = (tmp_path / "a.csv").read_text("utf-8")
    for row in rows_of(data)[:500]:
        assert row["aadhaar"] not in released or not row["aadhaar"]
