"""Next month's file: read as the recipe says, and told how it differs from the file the recipe was made for."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.commands import protect, read
from core.problem import Problem
from core.recipe import Recipe
from core.recipe.expects import checked
from core.recipe.fit import LISTED_FROM, with_expectation
from core.table import Column, Table

DAYS = [f"{n % 28 + 1:02}/0{n % 9 + 1}/2024" for n in range(60)]
ROWS = [(f"{n:03}", str(20 + n % 40), ("Goa", "Kerala")[n % 2], DAYS[n]) for n in range(60)]


def file(path: Path, rows: list[tuple[str, ...]], header: str = "id,age,state,seen") -> Path:
    path.write_text(header + "\n" + "\n".join(",".join(r) for r in rows) + "\n", "utf-8")
    return path


def call(module: ModuleType, *words: object) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    found = module.run(parser.parse_args([str(w) for w in words]))
    assert isinstance(module.say(found), str)
    return found


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A recipe written from January's file, with one step added by hand."""
    call(read, file(tmp_path / "january.csv", ROWS), "--write-recipe", tmp_path / "r.yaml")
    text = (tmp_path / "r.yaml").read_text("utf-8").replace("steps: []", "steps:\n- {method: remove, columns: [id]}")
    (tmp_path / "r.yaml").write_text(text, "utf-8")
    return tmp_path / "r.yaml"


def fit(tmp_path: Path, recipe: Path, rows: list[tuple[str, ...]], header: str = "id,age,state,seen") -> list[str]:
    found = call(read, file(tmp_path / "next.csv", rows, header), "--recipe", recipe)
    return [f["message"] for f in found["fit"]]


def test_the_same_kind_of_file_fits_and_is_read_alike(tmp_path: Path, recipe: Path) -> None:
    # Nothing in these dates says that the day comes first: the recipe knows it from January.
    rows = [(*r[:3], f"0{1 + n % 9}/02/2024") for n, r in enumerate(ROWS)]
    assert read.run(_args(read, file(tmp_path / "alone.csv", rows)))["status"] == "needs_answer"
    found = call(read, file(tmp_path / "next.csv", rows), "--recipe", recipe, "--out", tmp_path / "out.csv")
    assert found["status"] in ("accepted", "accepted_with_warnings") and found["fit"] == []
    assert {c["name"]: c["kind"] for c in found["columns"]}["seen"] == "date"
    assert "It fits the recipe" in read.say(found)


def _args(module: ModuleType, *words: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    return parser.parse_args([str(w) for w in words])


def test_a_missing_column_a_new_one_another_kind_and_new_categories_are_said(tmp_path: Path, recipe: Path) -> None:
    assert fit(tmp_path, recipe, [r[:3] for r in ROWS], "id,age,state") == ["The column “seen” is missing."]
    wider = [(*r, f"9876543{n:03}") for n, r in enumerate(ROWS)]
    assert fit(tmp_path, recipe, wider, "id,age,state,seen,mobile") == ["The column “mobile” is new."]
    words = [(r[0], "old" if n % 2 else "young", *r[2:]) for n, r in enumerate(ROWS)]
    assert fit(tmp_path, recipe, words)[0].startswith("60 cells of “age” are not numbers: rows 1, 2")
    others = [(*r[:2], "Assam" if n == 7 else r[2], r[3]) for n, r in enumerate(ROWS)]
    (said,) = fit(tmp_path, recipe, others)
    assert said == "The column “state” has one category it did not have before: row 8."


def test_a_file_that_no_longer_fits_is_not_protected_unless_told(tmp_path: Path, recipe: Path) -> None:
    rows = [(*r, f"9876543{n:03}") for n, r in enumerate(ROWS)]
    wider = file(tmp_path / "next.csv", rows, "id,age,state,seen,mobile")
    out = tmp_path / "out.csv"
    with pytest.raises(Problem, match="no longer fits the recipe: The column “mobile” is new"):
        call(protect, wider, "--recipe", recipe, "--out", out)
    assert not out.exists()
    found = call(protect, wider, "--recipe", recipe, "--out", out, "--accept-changes")
    assert [f["message"] for f in found["fit"]] == ["The column “mobile” is new."]
    assert "Unlike the file the recipe was made for" in protect.say(found)
    fewer = [(*r[:2], "Assam" if n == 7 else r[2], r[3]) for n, r in enumerate(ROWS)]
    assert len(call(protect, file(tmp_path / "a.csv", fewer), "--recipe", recipe, "--out", out)["fit"]) == 1


def test_a_recipe_names_no_rare_category_and_none_of_an_identifier() -> None:
    table = Table.of({
        "town": Column.of(["Goa"] * LISTED_FROM + ["Canary"], "category"),
        "who": Column.of(["Asha Canary"] * 11, "category"),
    }).with_roles({"who": "direct_identifier"})  # fmt: skip
    recipe = with_expectation(Recipe(), table)
    assert recipe.expects == {"town": {"kind": "category", "categories": ["Goa"]}, "who": {"kind": "category"}}
    assert "Canary" not in recipe.dump()
    assert Recipe.load(recipe.dump()) == recipe


@pytest.mark.parametrize(
    "wrong", ["x", {"a": "number"}, {"a": {"kind": "colour"}}, {"a": {"categories": "x"}}, {"a": {"other": 1}}]
)
def test_what_is_no_expectation_stops_the_recipe(wrong: object) -> None:
    with pytest.raises(Problem, match="expects"):
        checked(wrong)


def test_a_listed_database_is_read_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "Canary.db")
    connection.execute("CREATE TABLE people (id TEXT, age INTEGER)")
    connection.executemany("INSERT INTO people VALUES (?, ?)", [("001", 34), ("002", 41), ("003", 29)])
    connection.commit()
    connection.close()
    monkeypatch.setenv("STUDIO_DATABASES", f"office=sqlite:///{tmp_path}/Canary.db")
    found = call(read, "--database", "office", "--write-recipe", tmp_path / "r.yaml")
    assert found["rows"] == 3
    assert call(read, "--database", "office", "--query", "SELECT id FROM people WHERE age > 30")["rows"] == 2
    assert "Canary" not in str(found) + (tmp_path / "r.yaml").read_text("utf-8")
    for words in (("--query", "SELECT 1", "x.csv"), (), ("x.csv", "--database", "office"), ("--database", "ofice")):
        with pytest.raises(Problem):
            call(read, *words)


def test_limits_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path / "people.csv", ROWS)
    assert "“rows”" in call(read, path, "--limit", "rows=10")["findings"][-1]["message"]
    monkeypatch.setenv("STUDIO_LIMIT_COLUMNS", "2")
    assert "“columns”" in call(read, path)["findings"][-1]["message"]
    monkeypatch.setenv("STUDIO_LIMIT_MEMORY", "much")
    with pytest.raises(Problem, match="“memory” is no number"):
        call(read, path)
    monkeypatch.delenv("STUDIO_LIMIT_MEMORY")
    with pytest.raises(Problem, match="memory") as problem:
        call(read, path, "--limit", "memori=8GiB")
    assert "“memory”" in problem.value.do
