"""protect, secrets and detokenise from a person's side: files in, files out, and nothing said that a cell holds."""

from __future__ import annotations

import csv
import json
import logging
import stat
import traceback
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.__main__ import main
from core.problem import Problem
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.table import Column, Table

PEOPLE = [
    ("Asha Patel", "+91 98765 43210", "234567890124", "1984-03-01", "Asha was at home"),
    ("Ravi Kumar", "9811122233", "345678901235", "1990-12-24", "nobody there"),
    ("asha  patel", "098765 43210", "2345 6789 0124", "1984-03-01", "met Ravi Kumar"),
    ("Sita Devi", "", "456789012346", "2001-01-31", ""),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "phone", "uid", "born", "note"])
        writer.writerows(PEOPLE * 5)
    return path


NOTES = "Asha was at home;some;*\nnobody there;none;*\nmet Ravi Kumar;some;*\n"
KINDS = {"name": "text", "phone": "code", "uid": "code", "born": "date", "note": "text"}


def plan(folder: Path, steps: list[dict[str, Any]], **parts: Any) -> Path:
    roles = dict.fromkeys(("name", "phone", "uid", "born"), "direct_identifier")
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "kinds": KINDS, "roles": roles, "steps": steps, **parts}), "utf-8")
    return path


TOKENS = [
    {"method": "redact", "columns": ["note"]},
    {"method": "pseudonymise", "columns": ["name"], "read_as": "name"},
    {"method": "pseudonymise", "columns": ["phone"], "read_as": "phone"},
    {"method": "format_preserving", "columns": ["uid"], "check_digit": "verhoeff"},
    {"method": "generalise_identifier", "columns": ["born"], "keep": {"to": "year"}, "at_least": 1},
]


def call(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> Any:
    assert main([*map(str, words), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_codes_are_made_and_turned_back(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, keys, out = plan(tmp_path, TOKENS), tmp_path / "keys.yaml", tmp_path / "out.csv"
    call(capsys, "secrets", "--out", keys)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    found = call(
        capsys, "protect", data, "--recipe", recipe, "--out", out, "--secrets", keys, "--log", tmp_path / "l.json"
    )
    assert found["secrets"] == Secrets.load(keys).id
    assert [e["method"] for e in json.loads((tmp_path / "l.json").read_text())] == [s["method"] for s in TOKENS]
    released = rows_of(out)
    text = out.read_text("utf-8").casefold()
    for name, phone, uid, _, _ in PEOPLE:
        for value in (name, phone, uid):
            assert not value or " ".join(value.split()).casefold() not in text
    assert released[0]["uid"] == released[2]["uid"]
    assert released[0]["name"] == released[2]["name"] != released[1]["name"]
    assert released[0]["phone"] == released[2]["phone"]
    assert released[1]["note"] == "nobody there"
    # After the key was rotated the old version is still there, until it is destroyed.
    call(capsys, "secrets", "--out", keys, "--rotate", "default")
    back, words = tmp_path / "back.csv", ["--recipe", recipe, "--secrets", keys, "--out", tmp_path / "back.csv"]
    assert "2 versions" in call(capsys, "detokenise", out, *words, code=1)["problem"]["what"]
    told = call(capsys, "detokenise", out, *words, "--original", data, "--log", tmp_path / "l.json")
    assert told["columns"]["uid"] == {"method": "format_preserving", "values": 3, "unknown": 0}
    assert told["columns"]["phone"] == {"method": "pseudonymise", "values": 2, "unknown": 0}
    turned = rows_of(back)
    assert [r["uid"] for r in turned[:4]] == ["234567890124", "345678901235", "234567890124", "456789012346"]
    assert [r["name"] for r in turned[:2]] == ["Asha Patel", "Ravi Kumar"]
    call(capsys, "secrets", "--out", keys, "--destroy", "default.v1")
    gone = call(capsys, "detokenise", out, *words, "--columns", "uid", "--key-version", "default=1", code=1)["problem"]
    assert "destroyed" in gone["what"]


def test_without_secrets_a_run_cannot_be_repeated_and_says_so(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = plan(tmp_path, TOKENS)
    for name in ("a.csv", "b.csv"):
        assert main(["protect", str(data), "--recipe", str(recipe), "--out", str(tmp_path / name)]) == 0
    said = capsys.readouterr()
    assert "thrown away" in said.err
    assert "Step 1 (redact)" in said.out
    assert rows_of(tmp_path / "a.csv")[0]["name"] != rows_of(tmp_path / "b.csv")[0]["name"]


def test_a_hierarchy_file_beside_the_recipe_is_read_into_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.csv").write_text(NOTES, "utf-8")
    steps = [
        {"method": "remove", "columns": ["name", "phone", "uid", "born"]},
        {"method": "generalise", "columns": {"note": {"hierarchy": {"kind": "file", "path": "notes.csv"}, "level": 1}}},
    ]
    recipe = plan(tmp_path, steps, kinds={**KINDS, "note": "category"})
    call(capsys, "protect", data, "--recipe", recipe, "--out", tmp_path / "out.csv")
    assert {r["note"] for r in rows_of(tmp_path / "out.csv")} == {"some", "none", ""}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["protect", "{data}", "--recipe", "{folder}/none.yaml", "--out", "{folder}/o.csv"], "recipe cannot be opened"),
        (["protect", "{data}", "--recipe", "{recipe}", "--out", "{folder}/no/o.csv"], "cannot be written"),
        (
            ["protect", "{data}", "--recipe", "{recipe}", "--out", "{folder}/o.csv", "--secrets", "{data}"],
            "secrets file",
        ),
        (["protect", "{data}", "--recipe", "{data}", "--out", "{folder}/o.csv"], "recipe"),
        (
            ["protect", "{data}", "--recipe", "{recipe}", "--out", "{folder}/o.csv", "--password-file", "{folder}/x"],
            "password",
        ),
        (["secrets", "--out", "{data}"], "already"),
        (["secrets", "--out", "{folder}/new.yaml", "--rotate", "default"], "cannot be opened"),
        (["secrets", "--out", "{folder}/no/new.yaml"], "cannot be written"),
        (["secrets", "--out", "{folder}/new.yaml", "--key", "Not A Name"], "name of a key"),
        (
            ["detokenise", "{data}", "--recipe", "{recipe}", "--secrets", "{folder}/x", "--out", "{folder}/o.csv"],
            "secrets",
        ),
    ],
)
def test_what_goes_wrong_is_said(
    words: list[str], says: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = plan(
        tmp_path,
        [{"method": "remove", "columns": ["name", "phone", "uid", "born"]}, {"method": "redact", "columns": ["note"]}],
    )
    before = data.read_bytes()
    filled = [w.format(data=data, folder=tmp_path, recipe=recipe) for w in words]
    problem = call(capsys, *filled, code=1)["problem"]
    assert says in problem["what"] + problem["do"]
    assert data.read_bytes() == before


def test_detokenising_tokens_needs_the_people(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, keys, out = plan(tmp_path, TOKENS), tmp_path / "keys.yaml", tmp_path / "out.csv"
    call(capsys, "secrets", "--out", keys)
    call(capsys, "protect", data, "--recipe", recipe, "--out", out, "--secrets", keys)
    words = ["detokenise", out, "--recipe", recipe, "--secrets", keys, "--out", tmp_path / "b.csv"]
    assert "--original" in call(capsys, *words, code=1)["problem"]["do"]
    assert "“nmae”" in call(capsys, *words, "--columns", "nmae", code=1)["problem"]["what"]
    assert "no codes" in call(capsys, *words, "--columns", "note", code=1)["problem"]["what"]


CANARY = "Zebulon Canarywala"
EVERY: list[dict[str, Any]] = [
    {"method": "pseudonymise", "columns": ["name"], "key": "missing"},
    {"method": "format_preserving", "columns": ["name"]},
    {"method": "format_preserving", "columns": ["uid"], "check_digit": "luhn"},
    {"method": "generalise_identifier", "columns": ["name"], "keep": {"to": "network"}},
    {"method": "generalise_identifier", "columns": ["born"], "keep": {"to": "age", "on": CANARY}},
    {"method": "shift_dates", "columns": ["born"]},
    {"method": "shift_dates", "columns": ["name"]},
    {"method": "select_rows", "where": [{"test": "one_of", "column": "name", "values": ["nobody"]}]},
    {"method": "select_rows", "where": [{"test": "dates", "column": "born", "first": CANARY}]},
    {"method": "surrogate", "columns": ["name"], "kind": CANARY},
    {"method": "record_ids", "name": "name"},
    {"method": "mask", "columns": ["note"], "character": CANARY},
    {"method": "remove", "columns": ["name"]},
]


@pytest.mark.parametrize("step", EVERY, ids=lambda s: s["method"])
def test_no_problem_of_a_step_that_stops_holds_a_cell_or_a_key(
    step: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    columns = {n: Column.of([CANARY, *(p[i] for p in PEOPLE)], KINDS[n]) for i, n in enumerate(KINDS)}  # type: ignore[arg-type]
    data = {"roles": {"name": "direct_identifier", "uid": "direct_identifier"}, "steps": [step]}
    secrets = Secrets.draw()
    with pytest.raises(Problem) as caught:
        run(Recipe.from_data(data), Table.of(columns), secrets)
    said = "".join(traceback.format_exception(caught.value)) + json.dumps(caught.value.as_dict()) + caplog.text
    for secret in (CANARY, *CANARY.split(), "Asha Patel", "Ravi", secrets.keys["default"].hex()):
        assert secret not in said


def test_find_asks_for_what_a_policy_asks_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{20 + i % 9},{'NS'[i % 2]},{i % 5}\n" for i in range(120))
    (tmp_path / "t.csv").write_text("age,place,illness\n" + rows)
    (tmp_path / "r.yaml").write_text("roles: {age: quasi_identifier, place: quasi_identifier, illness: sensitive}\n"
                                     "kinds: {illness: category}\n")
    base = ["find", str(tmp_path / "t.csv"), "--recipe", str(tmp_path / "r.yaml"), "--seconds", "0.1", "--json"]
    assert main([*base, "--policy", "scientific_use"]) == 0
    assert min(c["smallest_class"] for c in json.loads(capsys.readouterr().out)["candidates"]) >= 20
    assert main([*base, "--policy", "public_use"]) == 0
    best = json.loads(capsys.readouterr().out)["candidates"][0]
    assert any("at least 2 different values of “illness”" in promise for promise in best["promises"])
    assert main([*base, "--rule", "{rule: distinct_l, column: illness, l: 3}"]) == 0
    best = json.loads(capsys.readouterr().out)["candidates"][0]
    assert any("at least 3 different values of “illness”" in promise for promise in best["promises"])
    assert main([*base, "--rule", "{rule: distinct, column: illness}"]) == 1
    assert "distinct_l" in capsys.readouterr().out
