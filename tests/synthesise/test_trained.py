"""What every synthesizer that learns from rows keeps: types, rules, counts, roles, control group."""

from __future__ import annotations

import numpy as np
import pytest

from core.problem import Problem
from core.synthesise import SYNTHESIZERS
from core.synthesise.trained import Trained
from core.table import Column, Table
from tests.synthesise.people import run, workers

QUICK = [s for s in SYNTHESIZERS if issubclass(s, Trained) and not s.slow]


def made(settings: dict, table: Table, seed: int = 7) -> Table:
    step = SYNTHESIZERS.build(settings)
    step.check(table)
    return step.apply(table, run(seed))


def share(column: Column, value: str) -> float:
    return column.texts().count(value) / len(column)


@pytest.fixture(params=QUICK, ids=SYNTHESIZERS.name_of)
def name(request: pytest.FixtureRequest) -> str:
    return SYNTHESIZERS.name_of(request.param)


def test_types_come_back(name: str) -> None:
    real = workers()
    new = made({"method": name}, real)
    assert new.names == tuple(n for n in real.names if n != "name")
    assert new.rows == real.rows and new.row_ids is None
    assert {n: new[n].kind for n in new.names} == {n: real[n].kind for n in new.names}
    assert new.roles == {"age": "quasi_identifier", "income": "sensitive"}
    assert new["school"].labels == {"none": "Never went"}
    for words in ("state", "district", "pin", "school"):
        assert set(new[words].values.to_pylist()) <= set(real[words].values.to_pylist())
    assert all(text.startswith("0") and len(text) == 4 for text in new["pin"].texts())
    assert all("." not in text for text in new["age"].values.to_pylist() + new["income"].values.to_pylist())
    assert all(np.datetime64(text) for text in new["start"].values.to_pylist())
    assert new["age"].numbers.min() >= 18 and new["age"].numbers.max() <= 79
    assert abs(new["income"].missing.mean() - real["income"].missing.mean()) < 0.07
    assert not new["age"].missing.any()
    assert abs(share(new["state"], "Kerala") - share(real["state"], "Kerala")) < 0.1


def test_rules_are_kept_in_every_row(name: str) -> None:
    rules = [
        {"rule": "between", "column": "age", "low": 30},
        {"rule": "not_above", "lower": "first_work", "upper": "age"},
        {"rule": "not_above", "lower": "start", "upper": "end"},
        {"rule": "together", "columns": ["state", "district", "pin"]},
    ]
    real = workers()
    new = made({"method": name, "rules": rules, "rows": 400}, real)
    assert new.rows == 400
    assert new["age"].numbers.min() >= 30
    assert (new["first_work"].numbers <= new["age"].numbers).all()
    assert all(a <= b for a, b in zip(new["start"].texts(), new["end"].texts(), strict=True))
    places = set(zip(*(real[n].texts() for n in ("state", "district", "pin")), strict=True))
    assert set(zip(*(new[n].texts() for n in ("state", "district", "pin")), strict=True)) <= places


def test_more_rows_of_certain_people(name: str) -> None:
    real = workers()
    new = made({"method": name, "rows": 0, "more": [{"rows": 50, "given": {"state": "Sikkim"}}]}, real)
    assert new["state"].texts() == ["Sikkim"] * 50
    both = made({"method": name, "rows": 100, "more": [{"rows": 50, "given": {"state": "Sikkim"}}]}, real)
    assert both.rows == 150 and both["state"].texts()[100:] == ["Sikkim"] * 50


def test_same_seed_same_table_and_another_seed_another(name: str) -> None:
    real = workers(200)
    first, again = made({"method": name}, real), made({"method": name}, real)
    assert first.digest() == again.digest()
    assert made({"method": name}, real, seed=8).digest() != first.digest()


def test_the_control_group_is_never_learned_from(name: str) -> None:
    real = workers(300)
    step, told = SYNTHESIZERS.build({"method": name, "control": 0.3}), run()
    new = step.apply(real, told)
    back = told.control[0]
    assert 50 < len(back) < 130
    # Everything about the people held back is changed: the synthetic table must not notice.
    other = real.with_columns({
        "state": Column.of([("Atlantis" if i in set(back) else s) for i, s in enumerate(real["state"].texts())],
                           "category")
    })
    assert step.apply(other, run()).digest() == new.digest()


def test_weights_for_the_population(name: str) -> None:
    real = workers(500)
    heavy = np.where(np.array(real["state"].texts()) == "Goa", 20, 1)
    real = real.with_columns({"w": Column.of_numbers(heavy)}).with_roles({"w": "weight"})
    sample = made({"method": name}, real)
    assert "w" in sample.names and abs(share(sample["state"], "Goa") - share(real["state"], "Goa")) < 0.1
    population = made({"method": name, "weights": "population"}, real)
    assert "w" not in population.names and share(population["state"], "Goa") > 0.85


@pytest.mark.parametrize(("change", "words"), [
    (lambda t: t.take(np.arange(3)), "has 3 rows"),
    (lambda t: t.with_columns({"state": Column.of([None] * t.rows, "category")}), "no value at all"),
    (lambda t: t.with_columns({"state": Column.of([f"v{i}" for i in range(t.rows)], "category")}), "different texts"),
    (lambda t: t.with_roles(dict.fromkeys(t.names, "direct_identifier")), "No column is left"),
])  # fmt: skip
def test_what_cannot_be_learned_is_a_problem(name: str, change, words: str) -> None:
    with pytest.raises(Problem, match=words):
        made({"method": name}, change(workers(200)))


def test_a_constant_column_and_200_categories(name: str) -> None:
    real = workers(2000)
    many = [f"c{i % 200:03d}" for i in range(real.rows)]
    real = real.with_columns({"one": Column.of(["x"] * real.rows, "category"), "n": Column.of_numbers([5] * real.rows),
                              "many": Column.of(many, "category")})
    new = made({"method": name}, real)
    assert set(new["one"].texts()) == {"x"} and set(new["n"].texts()) == {"5"}
    assert len(new["many"].values) > 100 and set(new["many"].values.to_pylist()) <= set(many)


@pytest.mark.parametrize(("settings", "words"), [
    ({"rules": [{"rule": "not_above", "lower": "age", "upper": "start"}]}, "cannot be compared"),
    ({"rules": [{"rule": "between", "column": "age", "low": 30}], "leave_out": ["age"]}, "not synthesised"),
    ({"rules": [{"rule": "together", "columns": ["state", "pin"]}, {"rule": "together", "columns": ["pin", "age"]}]},
     "twice"),
    ({"rules": [{"rule": "between", "column": "age", "low": 200}]}, "Only 0 rows are left"),
    ({"more": [{"rows": 5, "given": {"state": "Atlantis"}}]}, "does not have"),
    ({"rows": 0}, "No rows were asked for"),
])  # fmt: skip
def test_what_cannot_be_asked_for_is_a_problem(name: str, settings: dict, words: str) -> None:
    with pytest.raises(Problem, match=words) as problem:
        made({"method": name, **settings}, workers(200))
    assert "Atlantis" not in str(problem.value)


def test_rows_against_a_rule_are_not_learned_from_and_it_is_said(name: str) -> None:
    real = workers(300)
    step = SYNTHESIZERS.build({"method": name, "rules": [{"rule": "between", "column": "age", "high": 60}]})
    told = run()
    new = step.apply(real, told)
    assert new["age"].numbers.max() <= 60
    assert len(told.notes) == 1 and "were not learned from" in told.notes[0]


def test_a_model_is_found_again(name: str) -> None:
    class Held:
        def __init__(self) -> None:
            self.models: dict[str, object] = {}
            self.found = 0

        def find(self, key: str) -> object:
            self.found += key in self.models
            return self.models.get(key)

        def keep(self, key: str, model: object) -> None:
            import pickle

            self.models[key] = pickle.loads(pickle.dumps(model))  # noqa: S301 - as the vault does

    held, real = Held(), workers(200)
    step = SYNTHESIZERS.build({"method": name})
    first = step.apply(real, run(models=held))
    again = step.apply(real, run(models=held))
    more = SYNTHESIZERS.build({"method": name, "rows": 30}).apply(real, run(models=held))
    assert held.found == 2 and first.digest() == again.digest() and more.rows == 30
    step.apply(workers(200, seed=9), run(models=held))
    assert held.found == 2
