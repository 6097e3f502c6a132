"""Files that attackers may hold: read, matched, used once, and gone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from core import others
from core.attack.held import like_original, matched
from core.others import SUBTRACTED
from core.problem import Problem
from core.store import Actor, Store
from core.table import Column, Table
from core.weighing import WEIGHED, keep
from tests.jobs.conftest import asha, project, store  # noqa: F401  # fixtures
from tests.test_weighing import ROLES, done, recipe  # noqa: F401  # fixtures

Done = Callable[..., dict[str, Any]]


def test_columns_are_matched_by_name_but_for_case_and_signs() -> None:
    assert matched(["AGE", "Home town", "x"], ["age", "home_town", "sex"]) == {"age": "AGE", "home_town": "Home town"}
    assert matched(["age", "Age "], ["age"]) == {}, "two would fit: a person decides"
    assert matched(["उम्र"], ["उम्र"]) == {"उम्र": "उम्र"}


def test_a_file_is_read_like_the_original() -> None:
    original = Table.of({"age": Column.of_numbers([1, 2]), "town": Column.of(["1", "2"], "code")})
    typed = Table.of({"years": Column.of_numbers([30, 40]), "Town": Column.of_numbers([1, 2])})
    text = Table.of({"years": Column.of(["30", "40"]), "Town": Column.of(["01", "02"])})
    found = like_original(typed, text, original, {"age": "years", "town": "Town"})
    assert found["age"].kind == "number" and found["town"].texts() == ["01", "02"]
    assert like_original(typed, text, original).names == ("town", "years")
    for wrong in ({"agee": "years"}, {"age": "yeers"}):
        with pytest.raises(Problem, match="no column"):
            like_original(typed, text, original, wrong)


def bring(store: Store, who: Actor, project: str, done: Done, what: str, text: str) -> None:  # noqa: F811
    others.put(store, who, project, what, io.BytesIO(text.encode()))
    done("other", what=what, suffix=".csv")


def names(store: Store, who: Actor, project: str) -> set[str]:  # noqa: F811
    return {f.name for f in store.files(who, project) if f.name.startswith("others/")}


def test_a_register_and_a_second_release_are_used_once(
    store: Store, asha: Actor, project: str, done: Done,  # noqa: F811
) -> None:
    recipe(store, asha, project)
    done("protect")
    keep(store, asha, project)
    source = store.get(asha, project, "source").decode()
    bring(store, asha, project, done, "register", source.replace("age,sex", "Years,Sex").replace(",ill", ",x"))
    bring(store, asha, project, done, "second", source)
    assert others.there(store, asha, project) == ("register", "second")
    assert names(store, asha, project) == {f"others/{w}{e}" for w in ("register", "second")
                                           for e in (".parquet", ".text.parquet")}, "the raw file is gone"
    done("weigh", attacks="quick", minutes=2, register={"age": "Years", "sex": "Sex", "town": "town"},
         second={n: n for n in ROLES}, in_order=True, metrics=[{"metric": "survey_table", "by": ["sex"]}])
    assert names(store, asha, project) == set()
    found = json.loads(store.get(asha, project, WEIGHED))
    one = found["releases"][0]
    linked = next(a for a in one["attacks"] if a["attack"] == "linkage")
    assert linked["tries"] + linked["facts"]["undecided"] == 400 and linked["facts"]["correct"] > 50
    assert any(a["attack"] == "two_releases" for a in one["attacks"])
    assert one["table"]["survey_table"] == 0 and found["asked"]["register"] and one["left_out"]
    with pytest.raises(Problem, match="is gone"):
        done("weigh", attacks="quick", register={"age": "Years"})


def test_settings_of_attackers_are_those_that_were_asked_for(
    store: Store, asha: Actor, project: str, done: Done,  # noqa: F811
) -> None:
    recipe(store, asha, project)
    done("protect")
    keep(store, asha, project)
    done("weigh", attacks="quick", using=[{"attack": "linkage", "people": 0.25, "ways": ["exact"]}])
    linked = [a for a in json.loads(store.get(asha, project, WEIGHED))["releases"][0]["attacks"]
              if a["attack"] == "linkage"]
    assert [a["tries"] for a in linked] == [100]
    with pytest.raises(Problem, match="time cannot be"):
        done("weigh", attacks="quick", minutes=-1)


def test_tables_of_counts_are_subtracted_and_deleted(
    store: Store, asha: Actor, project: str, done: Done,  # noqa: F811
) -> None:
    recipe(store, asha, project)
    people = [line.split(",") for line in store.get(asha, project, "source").decode().splitlines()[1:]]
    women = {t: sum(p[1] == "f" and p[2] == t for p in people) for t in "ABCD"}
    lines = [f"f,{t},{n if t != 'A' else '*'}" for t, n in women.items()]
    table = "\n".join(["sex,town,count", *lines, f"f,Total,{sum(women.values())}"])
    with pytest.raises(Problem, match="no table of counts"):
        done("subtract")
    bring(store, asha, project, done, "table", table)
    bring(store, asha, project, done, "other_table", table.replace(f"f,B,{women['B']}", f"f,B,{women['B'] - 1}"))
    assert done("subtract", counts="count", fewest=5) == {"found": 2}
    hidden, differ = json.loads(store.get(asha, project, SUBTRACTED))["attacks"]
    assert hidden["found"] and hidden["tries"] == 1 and differ["found"]
    assert names(store, asha, project) == set()


def test_a_file_that_cannot_be_read_leaves_nothing_behind(
    store: Store, asha: Actor, project: str, done: Done,  # noqa: F811
) -> None:
    others.put(store, asha, project, "register", io.BytesIO(b"\x00\x01\x02not a table Asha Canary"))
    with pytest.raises(Problem) as told:
        done("other", what="register", suffix=".xlsx")
    assert "Canary" not in str(told.value) and names(store, asha, project) == set()
    with pytest.raises(Problem, match="no such kind"):
        others.put(store, asha, project, "secret", io.BytesIO(b""))


def test_the_audit_is_given_the_model_that_a_private_release_was_drawn_from(
    store: Store, asha: Actor, project: str, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    from core import training, weighing
    from core.recipe import Recipe

    steps = Recipe.from_data({"steps": [{"method": "aim", "epsilon": 2.0}]}).steps
    assert weighing.promised(store, asha, project, steps) is None, "no model is kept"
    kept = [{"key": "a", "private": True, "step": {"method": "aim", "epsilon": 1.0}},
            {"key": "b", "private": True, "step": {"method": "aim", "epsilon": 2.0}}]
    monkeypatch.setattr(training, "models", lambda *_place: kept)
    monkeypatch.setattr(training.Vault, "find", lambda _self, key: f"model {key}")
    assert weighing.promised(store, asha, project, steps) == (steps[0], "model b")
    assert weighing.promised(store, asha, project, ()) is None
