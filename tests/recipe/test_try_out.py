"""Find it for me on a recipe: what is asked reaches the search, what stands is carried out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.__main__ import main
from core.protect.promises.rules import DistinctL
from core.protect.recoding.generalise import Generalise
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.rows_and_columns.remove import Remove
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.recipe.candidates import Asked, try_out
from core.table import Column, Table

JOBS = ("nurse", "doctor", "cook", "baker", "smith", "tailor")
GROUPS = {"kind": "rows", "rows": [[job, ("health", "food", "craft")[i // 2]] for i, job in enumerate(JOBS)]}
ROLES = {"name": "direct_identifier", "job": "quasi_identifier", "age": "quasi_identifier", "ill": "sensitive"}


def people() -> Table:
    rng = np.random.default_rng(5)
    return Table.of({
        "name": Column.of([f"P{i}" for i in range(90)], "text"),
        "job": Column.of(list(rng.choice(JOBS, 90)), "category"),
        "age": Column.of_numbers(rng.integers(20, 60, 90)),
        "ill": Column.of(list(rng.choice(["a", "b", "c"], 90)), "category"),
    })


def recipe(**parts: object) -> Recipe:
    steps = [{"method": "remove", "columns": ["name"]}]
    return Recipe.from_data({"roles": ROLES, "steps": steps, "hierarchies": {"job": GROUPS}, **parts})


def test_the_recipes_hierarchies_are_used_and_not_repeated() -> None:
    plain, found = try_out(recipe(), people(), Secrets.draw(fresh=True), Asked(k=3, seconds=2))
    groups = next(c for c in found if isinstance(c.steps[0], KAnonymity))
    assert "job" not in groups.steps[0].hierarchies
    whole = [*plain["basis"]["before"], *plain["candidates"][0]["steps"], *plain["last"]]
    out = run(Recipe.from_data({**recipe().data(), "steps": whole}), people(), Secrets.draw(fresh=True)).table
    assert "name" not in out.names
    rows = list(zip(out["job"].texts(), out["age"].texts(), strict=True))
    assert min(rows.count(r) for r in rows) >= 3
    used = run(recipe(steps=[{"method": "remove", "columns": ["name"]}, {"method": "k_anonymity", "k": 20}]), people(),
               Secrets.draw(fresh=True)).table
    assert set(used["job"].texts()) & {"health", "food", "craft"}


def test_everything_that_is_asked_holds_in_every_way() -> None:
    asked = Asked(k=3, rules=(DistinctL(column="ill", l=2),), highest_risk=0.25, rank=("age",), seconds=2)
    plain, found = try_out(recipe(), people(), Secrets.draw(fresh=True), asked)
    assert plain["highest_risk"] == 0.25 and len(plain["rules"]) == 1 and plain["rank"] == ["age"]
    assert all(c.highest_individual_risk <= 0.25 for c in found)
    assert all(any("different values" in promise for promise in c.promises) for c in found)


def test_what_replaced_steps_asked_for_is_asked_again_and_the_rest_stands() -> None:
    step = {"method": "k_anonymity", "k": 2, "rules": [{"rule": "distinct_l", "column": "ill", "l": 2}]}
    begun = recipe(steps=[{"method": "remove", "columns": ["name"]}, step, {"method": "shuffle_rows"}])
    plain, _found = try_out(begun, people(), Secrets.draw(fresh=True), Asked(k=2, seconds=1))
    assert [s["method"] for s in plain["basis"]["before"]] == ["remove"]
    assert [s["method"] for s in plain["last"]] == ["shuffle_rows"]
    assert len(plain["rules"]) == 1


def test_the_command_writes_a_recipe_that_still_removes_names(tmp_path: Path) -> None:
    table = people()
    lines = [",".join(table.names), *(",".join(r) for r in zip(*(table[n].texts() for n in table.names), strict=True))]
    (tmp_path / "people.csv").write_text("\n".join(lines), "utf-8")
    (tmp_path / "recipe.yaml").write_text(recipe().dump(), "utf-8")
    out = tmp_path / "best.yaml"
    assert main(["find", str(tmp_path / "people.csv"), "--recipe", str(tmp_path / "recipe.yaml"), "--k", "3",
                 "--seconds", "1", "--out", str(out)]) == 0
    best = Recipe.load(out.read_text("utf-8"))
    assert isinstance(best.steps[0], Remove)
    assert "job" in best.hierarchies
    assert not any(isinstance(s, Generalise) and "kind: rows" in str(s) for s in best.steps)
    released = run(best, table, Secrets.draw(fresh=True)).table
    assert "name" not in released.names
