"""Private synthesizers: charged before training, nothing looked at that was not paid for, types as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.problem import Problem
from core.protect.secrets import Secrets
from core.query.ask import open_budget
from core.query.ground import Bounds, Categories, EachHousehold, Ground, Span
from core.query.noise import total_rho
from core.recipe import Recipe, run
from core.store import Actor, Store, StoreSettings, open_store
from core.synthesise import AIM, MST, SYNTHESIZERS, PrivateColumns
from core.synthesise.domain import levels_of
from core.synthesise.paying import Ledger, price
from core.synthesise.private import PrivateModel, PrivateSynthesizer
from core.table import Column, Table

ASHA = Actor("asha", "statistics")
PRIVATE = [s for s in SYNTHESIZERS if s.private]
QUICK: dict[str, dict[str, Any]] = {"private_vae": {"training_rounds": 2, "batches": 2, "hidden": 4, "latent": 2}}
STATES = ("Goa", "Kerala", "Sikkim")
KNOWN = {
    "state": Categories(values=STATES), "pin": Categories(values=("00123", "00456", "10")),
    "age": Bounds(low=0, high=100), "income": Bounds(low=0, high=50_000, cuts=(20_000.5,)),
    "day": Span(first="2020-01-01", last="2022-12-31"), "sex": Categories(values=("m", "f")),
}


def people(rows: int = 400, seed: int = 1) -> Table:
    """Income follows sex; a quarter of it is missing; pins begin with 0; two rows to a household."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["m", "f"], rows)
    income = np.rint(np.where(sex == "m", 30_000, 10_000) + rng.normal(0, 900, rows))
    income[rng.random(rows) < 0.25] = np.nan
    return Table.of(
        {
            "name": Column.of([f"Person {i}" for i in range(rows)]),
            "home": Column.of([f"h{i // 2}" for i in range(rows)], "code"),
            "state": Column.of(rng.choice(STATES, rows, p=[0.1, 0.3, 0.6]).tolist(), "category"),
            "pin": Column.of(rng.choice(["00123", "00456"], rows).tolist(), "code"),
            "age": Column.of_numbers(rng.integers(18, 60, rows)),
            "sex": Column.of(sex.tolist(), "category"),
            "income": Column.of_numbers(income),
            "day": Column.of([f"2021-0{m}-1{d}" for m, d in rng.integers(1, 9, (rows, 2))], "date"),
        },
        {"name": "direct_identifier", "home": "drop", "income": "sensitive"},
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(StoreSettings(tmp_path / "data", tmp_path / "keys" / "master.key"))
    yield opened
    opened.close()


def ledger(store: Store, table: Table, epsilon: float = 10, delta: float = 1e-6, **ground: Any) -> Ledger:
    budget = open_budget(store, ASHA, "people", table, Ground(**{"known": KNOWN, **ground}), epsilon, delta)
    return Ledger(store, ASHA, budget)


def made(step: dict[str, Any], table: Table, pays: Ledger | None, steps: tuple[dict[str, Any], ...] = ()) -> Table:
    whole = [*steps, {**QUICK.get(step["method"], {}), **step}]
    recipe = Recipe.from_data({"roles": dict(table.roles), "steps": whole})
    return run(recipe, table, Secrets("t", 5, {}), ledger=pays).table


@pytest.mark.parametrize("private", PRIVATE, ids=lambda c: SYNTHESIZERS.name_of(c))
def test_types_come_back_and_the_price_is_paid_once(private: type[PrivateSynthesizer], store: Store) -> None:
    table, name = people(), SYNTHESIZERS.name_of(private)
    pays = ledger(store, table)
    new = made({"method": name, "epsilon": 5, "rows": 300}, table, pays)
    assert new.names == ("state", "pin", "age", "sex", "income", "day")
    assert new.rows == 300 and new.row_ids is None
    assert [new[n].kind for n in new.names] == ["category", "code", "number", "category", "number", "date"]
    assert set(new["state"].values.to_pylist()) <= set(STATES)
    assert set(new["pin"].values.to_pylist()) <= {"00123", "00456", "10"}
    ages = new["age"].numbers
    assert ages.min() >= 0 and ages.max() <= 100 and (ages == np.rint(ages)).all()
    assert all(v == f"{float(v):.1f}" or v == f"{float(v):.0f}" for v in new["income"].values.to_pylist())
    assert all("2020-01-01" <= v <= "2022-12-31" for v in new["day"].values.to_pylist())
    spent = store.budget(ASHA, "people").spent
    assert spent == pytest.approx(total_rho(5.0, 0.5e-6), rel=1e-9)
    (charge,) = store.charges(ASHA, "people")
    assert charge.query["query"] == "synthesise" and charge.query["method"] == name


def test_aim_keeps_what_hangs_together_and_missing_shares(store: Store) -> None:
    table = people(4000)
    new = made({"method": "aim", "epsilon": 8, "control": 0}, table, ledger(store, table))
    rich = new["income"].numbers > 20_000
    men = np.array(new["sex"].texts()) == "m"
    held = ~np.isnan(new["income"].numbers)
    assert (rich == men)[held].mean() > 0.97
    assert held.mean() == pytest.approx(0.75, abs=0.03)
    assert new.rows == pytest.approx(4000, abs=40)  # known from noisy counts alone


@pytest.mark.parametrize("predict", ["sick", None])
def test_aim_keeps_what_predicts_the_column_that_is_named(predict: str | None, store: Store) -> None:
    """Sick is who has one of two things and not both: no table of two columns shows it, only one of all three."""
    one, other = np.random.default_rng(1).integers(0, 2, (2, 4000))
    cells = {"one": one, "other": other, "sick": one ^ other, "sex": one}
    table = Table.of({n: Column.of([("no", "yes")[i] for i in c], "category") for n, c in cells.items()})
    known = {n: Categories(values=("no", "yes")) for n in cells}
    step = {"method": "aim", "epsilon": 2, "predict": predict}
    new = made(step, table, ledger(store, table, known=known))
    yes = {n: np.array(new[n].texts()) == "yes" for n in cells}
    right = (yes["sick"] == (yes["one"] ^ yes["other"])).mean()
    assert right > 0.95 if predict else right == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("predict", ["name", "home", "not_there"])
def test_what_is_not_synthesised_predicts_nothing_and_costs_nothing(predict: str, store: Store) -> None:
    table = people(100)
    with pytest.raises(Problem):
        made({"method": "aim", "epsilon": 2, "predict": predict}, table, ledger(store, table))
    assert store.budget(ASHA, "people").spent == 0


@pytest.mark.parametrize("private", [AIM, MST, PrivateColumns], ids=lambda c: SYNTHESIZERS.name_of(c))
def test_a_strict_budget_pays_in_epsilon(private: type[PrivateSynthesizer], store: Store) -> None:
    table = people(200)
    made({"method": SYNTHESIZERS.name_of(private), "epsilon": 4}, table, ledger(store, table, delta=0))
    assert store.budget(ASHA, "people").spent == 4


def test_the_network_needs_a_delta_and_says_so_for_nothing(store: Store) -> None:
    table = people(100)
    with pytest.raises(Problem, match="needs a budget with a delta"):
        made({"method": "private_vae"}, table, ledger(store, table, delta=0))
    assert store.budget(ASHA, "people").spent == 0


def test_without_a_budget_nothing_is_made() -> None:
    with pytest.raises(Problem, match="paid for from a budget"):
        made({"method": "aim"}, people(50), None)


def test_too_dear_is_refused_and_costs_nothing(store: Store) -> None:
    table = people(50)
    pays = ledger(store, table, epsilon=1)
    made({"method": "private_columns", "epsilon": 0.9}, table, pays)
    with pytest.raises(Problem, match="Nothing was charged"):
        made({"method": "private_columns", "epsilon": 0.9}, table, pays)
    assert len(store.charges(ASHA, "people")) == 1


def test_a_delta_of_one_in_n_is_refused(store: Store) -> None:
    table = people(100)
    with pytest.raises(Problem, match="could give somebody away"):
        ledger(store, table, delta=0.01)


def test_a_budget_of_another_table_pays_nothing(store: Store) -> None:
    pays = ledger(store, people(50))
    with pytest.raises(Problem, match="belongs to another table"):
        made({"method": "private_columns"}, people(50, seed=2), pays)


def test_what_is_not_known_is_named_before_anything_is_paid(store: Store) -> None:
    table = people(50)
    pays = ledger(store, table, known={k: v for k, v in KNOWN.items() if k != "pin"})
    with pytest.raises(Problem, match="values “pin” can have is not known"):
        made({"method": "private_columns"}, table, pays)
    assert store.budget(ASHA, "people").spent == 0
    stated = {"pin": {"kind": "categories", "values": ["00123", "00456"]}}
    new = made({"method": "private_columns", "known": stated, "rows": 20}, table, pays)
    assert set(new["pin"].values.to_pylist()) <= {"00123", "00456"}


def test_values_and_bounds_are_found_at_a_price(store: Store) -> None:
    table = people(3000)
    pays = ledger(store, table, known={k: v for k, v in KNOWN.items() if k not in ("state", "age")})
    step = {"method": "private_columns", "epsilon": 8, "find": ["state"], "find_bounds": ["age"]}
    new = made(step, table, pays)
    assert set(new["state"].values.to_pylist()) == set(STATES)
    assert new["age"].numbers.max() <= 64  # 18 ... 59 lies between 16 and 64
    assert new["age"].numbers.min() >= 16
    assert store.budget(ASHA, "people").delta_spent == pytest.approx(0.5e-6 / 40)
    asked = PrivateColumns(find=("state",), find_bounds=("age",))
    sources = asked.sources(table.without(["name", "home"]), pays.ground)
    assert {n: s.source for n, s in sources.items()} == {
        "state": "paid", "pin": "settled", "age": "paid", "sex": "settled", "income": "settled", "day": "settled"}


def test_finding_values_needs_a_delta(store: Store) -> None:
    table = people(50)
    pays = ledger(store, table, delta=0, known={k: v for k, v in KNOWN.items() if k != "state"})
    with pytest.raises(Problem, match="budget that has a delta"):
        made({"method": "private_columns", "find": ["state"]}, table, pays)


def test_steps_that_looked_at_rows_may_not_come_first(store: Store) -> None:
    table = people(100)
    pays = ledger(store, table)
    noise = {"method": "add_noise", "columns": ["income"]}
    with pytest.raises(Problem, match="have changed the table"):
        made({"method": "private_columns"}, table, pays, (noise,))
    assert store.budget(ASHA, "people").spent == 0


def test_a_household_is_protected_as_a_whole(store: Store) -> None:
    table = people(200)
    pays = ledger(store, table, unit=EachHousehold(column="home", most=2))
    step = PrivateColumns(epsilon=2)
    paid = pays.pay(step, table)
    plain = table.without(["name"])
    model = step.train(plain, step.sources(plain, pays.ground), paid, np.random.default_rng(0), lambda s, d: None)
    assert "home" not in model.domain.levels
    assert {b.sensitivity for b in model.bought} == {2}
    assert model.learned.total == pytest.approx(200, abs=60)


class Shelf:
    """Models kept in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def find(self, key: str) -> Any:
        return self.kept.get(key)

    def keep(self, key: str, model: Any) -> None:
        self.kept[key] = model


def test_more_rows_from_a_kept_model_cost_nothing(store: Store) -> None:
    table, shelf = people(300), Shelf()
    pays = ledger(store, table)
    tables = []
    for rows in (100, 900):
        recipe = Recipe.from_data({"roles": dict(table.roles), "steps": [{"method": "mst", "rows": rows}]})
        tables.append(run(recipe, table, Secrets("t", 5, {}), ledger=pays, models=shelf).table)
    assert [t.rows for t in tables] == [100, 900]
    assert len(store.charges(ASHA, "people")) == 1
    (model,) = shelf.kept.values()
    assert isinstance(model, PrivateModel)


def test_rules_are_kept_and_rare_people_made_to_order(store: Store) -> None:
    table = people(400)
    step = {
        "method": "aim", "epsilon": 5, "rows": 100, "rules": [{"rule": "between", "column": "age", "low": 30}],
        "more": [{"rows": 50, "given": {"state": "Sikkim"}}],
    }
    new = made(step, table, ledger(store, table))
    assert new.rows == 150
    assert new["age"].numbers.min() >= 30
    assert new["state"].texts()[100:] == ["Sikkim"] * 50


def test_rows_for_the_population_have_no_weight(store: Store) -> None:
    rng = np.random.default_rng(0)
    sex = np.repeat(["m", "f"], 1000)
    table = Table.of({"sex": Column.of(sex.tolist(), "category"),
                      "w": Column.of_numbers(np.where(sex == "m", 9, 1) + 0 * rng.random(2000))}, {"w": "weight"})
    pays = ledger(store, table, known={"sex": KNOWN["sex"], "w": Bounds(low=0, high=10)})
    new = made({"method": "mst", "epsilon": 9, "weights": "population", "rows": 2000}, table, pays)
    assert new.names == ("sex",)
    assert (np.array(new["sex"].texts()) == "m").mean() == pytest.approx(0.9, abs=0.03)


def test_what_breaks_in_training_is_one_sentence_without_a_cell(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ValueError("Asha Canary")

    monkeypatch.setattr(PrivateColumns, "learn", breaks)
    table = people(50)
    pays = ledger(store, table)
    with pytest.raises(Problem, match="its price is spent") as found:
        made({"method": "private_columns"}, table, pays)
    assert "Canary" not in str(found.value)
    assert len(store.charges(ASHA, "people")) == 1


ODD = ["", "*", "nan", "inf", "-1e400", "2021-02-30", "9" * 300, "=1+1", "Sikkim ", "१२"]


@pytest.mark.parametrize("name", ["state", "age", "income", "day"])
def test_an_odd_cell_changes_nothing_but_its_own_level(name: str) -> None:
    """Neither an error nor another level for anybody else, whatever stands in one cell."""
    whole = people(40)
    for odd in ODD:
        spoilt = whole.with_columns({name: Column.of([*whole[name].texts()[:-1], odd], "text")})
        levels = levels_of(KNOWN[name], whole[name].kind, 64, None)
        before, after = levels.place(whole[name]), levels.place(spoilt[name])
        assert (before[:-1] == after[:-1]).all()
        assert 0 <= after[-1] < levels.size


def test_levels_come_back_as_cells_of_their_own_level() -> None:
    rng = np.random.default_rng(0)
    for known, kind in ((KNOWN["income"], "number"), (KNOWN["age"], "number"), (KNOWN["day"], "date"),
                        (KNOWN["pin"], "code"), (Bounds(low=-1.5, high=2.25), "number")):
        levels = levels_of(known, kind, 16, None)  # type: ignore[arg-type]
        drawn = rng.integers(levels.size, size=500)
        assert (levels.place(levels.column(drawn, rng)) == drawn).all()
    assert levels_of(KNOWN["income"], "number", 8, 2).column(np.zeros(9, int), rng).value_numbers.max() < 50_000 / 8 + 1


def test_the_price_is_said_before(store: Store) -> None:
    pays = ledger(store, people(50))
    told = price(AIM(epsilon=1, find=("state",)), pays.budget)
    assert told.epsilon == 1 and told.amount == pytest.approx(total_rho(1.0, 0.5e-6), abs=1e-12)
    assert told.delta == pytest.approx(0.5e-6 * (1 + 1 / 40))


def test_the_command_line_pays_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.__main__ import main

    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_MASTER_KEY_FILE", str(tmp_path / "keys" / "master.key"))
    table = tmp_path / "table.csv"
    table.write_text("state,sex\n" + "".join(f"{STATES[i % 3]},{'mf'[i % 2]}\n" for i in range(60)))
    (tmp_path / "recipe.yaml").write_text("version: 1\nsteps:\n- {method: mst, epsilon: 1, rows: 30}\n")
    (tmp_path / "ground.yaml").write_text(
        "known:\n  state: {kind: categories, values: [Goa, Kerala, Sikkim]}\n"
        "  sex: {kind: categories, values: [m, f]}\n")
    said = [str(table), "--recipe", str(tmp_path / "recipe.yaml"), "--out", str(tmp_path / "new.csv"), "--budget", "b"]
    assert main(["protect", *said, "--ground", str(tmp_path / "ground.yaml"), "--total-epsilon", "2"]) == 0
    assert len((tmp_path / "new.csv").read_text().splitlines()) == 31
    assert main(["protect", *said]) == 0
    assert main(["protect", *said]) != 0  # the budget is empty


def test_a_training_stops_where_the_purse_is_empty() -> None:
    from core.query.noise import Spend
    from core.synthesise.purse import Purse

    purse = Purse(Spend("pure", 1.0), 1)
    purse.counts(np.zeros(2, np.int64), 0.6, "a")
    with pytest.raises(ArithmeticError, match="more would be spent"):
        purse.counts(np.zeros(2, np.int64), 0.5, "b")
    assert sum(b.spend.amount for b in purse.bought) == pytest.approx(0.6)


@pytest.mark.parametrize("private", PRIVATE, ids=lambda c: SYNTHESIZERS.name_of(c))
def test_of_awkward_tables_nothing_is_said(private: type[PrivateSynthesizer], store: Store) -> None:
    """Three rows, none, all missing, a constant, 200 categories: a refusal that depends on rows would tell of them."""
    many = tuple(f"k{i}" for i in range(200))
    known = {"a": Categories(values=("x", "y")), "b": Bounds(low=0, high=10), "c": Categories(values=many)}
    cells: dict[str, list[list[str | None]]] = {
        "three": [["x", "y", "x"], ["1", "2", "3"], ["k1", "k2", "k3"]],
        "missing": [[None] * 30, [None] * 30, [None] * 30],
        "constant": [["x"] * 30, ["5"] * 30, ["k7"] * 30],
        "many": [["x", "y"] * 100, [str(i % 11) for i in range(200)], list(many)],
        "none": [[], [], []],
    }
    for columns in cells.values():
        table = Table.of({n: Column.of(c, "number" if n == "b" else "category")
                          for n, c in zip("abc", columns, strict=True)})
        budget = open_budget(store, ASHA, f"of {len(columns[0])} {columns[0][:2]}", table, Ground(known=known), 2, 1e-6)
        new = made({"method": SYNTHESIZERS.name_of(private), "rows": 10}, table, Ledger(store, ASHA, budget))
        assert new.rows == 10 and new.names == ("a", "b", "c")
        assert set(new["a"].values.to_pylist()) <= {"x", "y"}
