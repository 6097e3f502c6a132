"""Asking: the digest that finds the ledger, the price, the charge, the answer, and the same again for nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from core.__main__ import main
from core.problem import Problem
from core.protect.rows_and_columns.select_rows import Number, OneOf
from core.query import QUERIES
from core.query.ask import ask, epsilon_spent, open_budget, plain, price
from core.query.contrast import Contrast
from core.query.count import Count
from core.query.digest import digest
from core.query.explain import code, in_words
from core.query.foresee import epsilon_for, expected
from core.query.ground import Bounds, Categories, EachHousehold, Ground
from core.query.histogram import Histogram
from core.query.keys import DistinctCount, FindBounds, TopValues
from core.query.learn import add, learn
from core.query.mean import Mean
from core.query.noise import Spend, as_epsilon, total_rho
from core.query.proportion import Proportion
from core.query.quantile import Quantile
from core.query.query import look
from core.query.regression import Correlation, Regression
from core.query.spread import Spread
from core.query.total import Sum
from core.store import Actor, Store
from core.table import Table
from core.table.column import Column
from tests.query.conftest import ground, people
from tests.shared import shared

ASHA = Actor("asha", "health")


def lines(store: Store, query, table: Table | None = None, settled: Ground | None = None, delta: float = 0.0):
    table = table or people()
    budget = open_budget(store, ASHA, "b", table, settled or ground(), 20, delta)
    return ask(store, ASHA, budget, table, query.model_copy(update={"epsilon": 20.0})).answer["lines"]


AGES = 20 + np.arange(600) % 60


@pytest.mark.parametrize(("query", "name", "truth", "within"), [
    (Count(), "count", 600, 2),
    (Count(where=(Number(column="age", compare="more_than", value=60),)), "count", (AGES > 60).sum(), 2),
    (Count(where=(OneOf(column="district", values=("A",)), Number(column="age", compare="less_than", value=30)),
           join="any"), "count", 350, 2),
    (Sum(column="income"), "sum", (100 * AGES).sum(), 3000),
    (Mean(column="income"), "mean", 4950, 30),
    (Quantile(column="age"), "quantile_0.5", 49.5, 1.5),
    (Proportion(which=(Number(column="age", compare="at_least", value=50),)), "share", 0.5, 0.01),
    (Contrast(of="count", between="district", first="A", second="B"), "difference", 0, 3),
    (Spread(column="income"), "standard_deviation", (100 * AGES).std(), 100),
    (Correlation(first="age", second="income"), "correlation", 1, 0.2),
    (DistinctCount(column="age"), "distinct", 60, 2),
])
def test_with_much_epsilon_the_answer_is_the_truth(store: Store, query, name: str, truth: float, within: float) -> None:
    (line,) = lines(store, query)
    assert line[name] == pytest.approx(truth, abs=within)


def test_groups_come_from_what_is_public(store: Store) -> None:
    found = lines(store, Count(by=("district", "age")))
    assert [(x["district"], x["age"]) for x in found] == [
        (d, a) for d in "AB" for a in ("0 to below 40", "40 to below 60", "60 to 100")]
    assert [x["count"] for x in found] == pytest.approx([100] * 6, abs=3)


def test_a_trend_by_year_and_a_histogram(store: Store) -> None:
    assert [x["count"] for x in lines(store, Count(by=("day",)))] == pytest.approx([200] * 3, abs=3)
    other = people(300)
    budget = open_budget(store, ASHA, "c", other, ground(), 20)
    bins = ask(store, ASHA, budget, other, Histogram(column="age", bins=5, epsilon=20)).answer["lines"]
    assert [x["count"] for x in bins] == pytest.approx([0, 100, 100, 100, 0], abs=3)


def test_regression_finds_the_line(store: Store) -> None:
    found = {x["term"]: x["coefficient"] for x in lines(store, Regression(target="income", given=("age",)))}
    assert found["age"] == pytest.approx(100, abs=10)


def test_bounds_can_be_paid_for(store: Store) -> None:
    low, top = (x["bound"] for x in lines(store, FindBounds(column="age")))
    assert (low, top) == (16, 128)


def test_unknown_values_need_a_delta(store: Store) -> None:
    table = people()
    pure = open_budget(store, ASHA, "p", table, Ground(), 5)
    with pytest.raises(Problem, match="only be named from a budget with a delta"):
        ask(store, ASHA, pure, table, TopValues(column="district"))
    found = lines(store, TopValues(column="district"), people(400), Ground(), delta=1e-5)
    assert sorted(x["district"] for x in found) == ["A", "B"]
    assert store.budget(ASHA, "b").delta_spent == pytest.approx(1e-5 / 80)


def test_the_same_table_meets_the_same_ledger() -> None:
    table = people(50)
    same = digest(table)
    assert digest(table.take(np.arange(50)[::-1])) == same
    assert digest(Table.of(dict(reversed(table.columns.items())))) == same
    written = table.with_columns({
        "income": Column.of([f"{int(t):,}.00" for t in table["income"].texts()], "text"),
        "district": table["district"].with_kind("text")})
    assert digest(written.with_roles({"age": "sensitive"})) == same
    assert digest(table.take(np.arange(49))) != same
    assert digest(table.with_columns({"age": Column.of(["20"] * 50, "number")})) != same
    twice = Table.of({"a": Column.of(["x", "x", None])})
    assert len({digest(twice), digest(Table.of({"a": Column.of(["x", None])})),
                digest(Table.of({"a": Column.of(["x", "x", ""])}))}) == 3


def test_a_question_is_charged_once_and_shown_again_for_nothing(store: Store) -> None:
    table = people()
    budget = open_budget(store, ASHA, "b", table, ground(), 1.0)
    first = ask(store, ASHA, budget, table, Count(epsilon=0.5))
    again = ask(store, ASHA, budget, table, Count(epsilon=0.5))
    assert (first.free, again.free, again.answer) == (False, True, json.loads(json.dumps(first.answer)))
    assert store.budget(ASHA, "b").spent == 0.5
    ask(store, ASHA, budget, table, Count(epsilon=0.5), again=True)
    with pytest.raises(Problem, match="0 is left"):
        ask(store, ASHA, budget, table, Count(epsilon=0.1, by=("district",)))
    assert ask(store, ASHA, budget, table, Count(epsilon=0.5)).free
    with pytest.raises(Problem, match="belongs to another table"):
        ask(store, ASHA, budget, people(12), Count())


def test_the_charge_is_on_the_disk_before_noise_is_drawn(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    table = people()
    budget = open_budget(store, ASHA, "b", table, ground(), 1.0)

    def dies(self: object, view: object) -> None:
        raise SystemExit  # as a killed process: nothing after it runs

    monkeypatch.setattr(Count, "answer", dies)
    with pytest.raises(SystemExit):
        ask(store, ASHA, budget, table, Count(epsilon=0.4))
    assert store.budget(ASHA, "b").spent == 0.4
    monkeypatch.undo()
    assert not ask(store, ASHA, budget, table, Count(epsilon=0.4)).free


def test_a_delta_of_one_in_n_is_refused(store: Store) -> None:
    for delta in (0.5, 1 / 600):
        with pytest.raises(Problem, match="delta this large") as refused:
            open_budget(store, ASHA, "b", people(), ground(), 1.0, delta)
        assert "600" not in str(refused.value)
    with pytest.raises(Problem, match="delta this large"):  # 300 households are protected, not 600 rows
        open_budget(store, ASHA, "b", people(), ground(unit=EachHousehold(column="household")), 1.0, 1 / 300)
    assert open_budget(store, ASHA, "b", people(), ground(), 1.0, 1e-6).measure == "zcdp"


def test_a_budget_with_a_delta_adds_up_as_zcdp(store: Store) -> None:
    table = people()
    budget = open_budget(store, ASHA, "b", table, ground(), 1.0, 1e-6)
    assert budget.total <= total_rho(1.0, 5e-7) < budget.total * (1 + 1e-6) + 1e-12
    cost = price(Count(epsilon=0.1), budget)
    assert as_epsilon(cost.amount, 5e-7) == pytest.approx(0.1, rel=1e-3)
    for age in range(20):  # twenty questions of 0.1: 2.0 by plain addition, but far less than 1 here
        older = Number(column="age", compare="more_than", value=age)
        ask(store, ASHA, budget, table, Count(epsilon=0.1, where=(older,)))
    assert 0.4 < epsilon_spent(store.budget(ASHA, "b")) < 0.6


def test_the_error_is_foreseen_without_the_data(store: Store) -> None:
    budget = open_budget(store, ASHA, "b", people(), ground(), 10.0)
    count = Count(epsilon=0.1, by=("district",))
    foreseen = expected(count, ground(), price(count, budget), 300, runs=40)
    assert foreseen.name == "count" and foreseen.value == pytest.approx(300, abs=15)
    assert foreseen.error == pytest.approx(10 * np.log(20), rel=0.5)
    found = epsilon_for(count, budget, 30.0, 300)
    assert found is not None and 0.05 < found < 0.2
    assert epsilon_for(Mean(column="income"), budget, 1e-9, 300) is None


@pytest.mark.parametrize("query", [
    Count(), Sum(column="income"), Mean(column="income", by=("district",)), Quantile(column="income"),
    Proportion(which=(Number(column="age", compare="at_least", value=50),)),
    Contrast(of="mean", column="income", between="district", first="A", second="B"), Histogram(column="age"),
    Spread(column="age"), Correlation(first="age", second="income"), Regression(target="income", given=("age",)),
    TopValues(column="district"), DistinctCount(column="district"), FindBounds(column="income"),
], ids=lambda q: q.query)
def test_every_question_has_words_code_and_an_expected_error(store: Store, query) -> None:
    budget = open_budget(store, ASHA, "b", people(60), ground(), 10.0)
    assert query.title in in_words(query, budget)
    compile(code(query, budget), "code", "exec")
    assert expected(query, ground(), price(query, budget), 200, runs=2).name


def test_every_question_has_an_example_above() -> None:
    assert len(QUERIES.by_name) == 13


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_MASTER_KEY_FILE", str(tmp_path / "keys" / "master.key"))
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0):
    assert main([*map(str, words), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_the_command_line_uses_the_same_ledger(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, query, settled = (at_home / n for n in ("people.csv", "q.yaml", "g.yaml"))
    rows = [(20 + i % 60, ("A", "B")[i % 2]) for i in range(500)]
    file.write_text("age,district\n" + "".join(f"{a},{d}\n" for a, d in rows), "utf-8")
    query.write_text("query: count\nby: [district]\nepsilon: 0.4\n", "utf-8")
    settled.write_text(yaml.safe_dump({"known": {"district": {"kind": "categories", "values": ["A", "B"]}}}), "utf-8")
    missing = call(capsys, "ask", file, "--query", query, "--budget", "b", code=1)["problem"]
    assert "no budget of that name" in missing["what"]
    made = ("--ground", settled, "--total-epsilon", 1)
    first = call(capsys, "ask", file, "--query", query, "--budget", "b", *made)
    assert [x["district"] for x in first["answer"]["lines"]] == ["A", "B"]
    assert first["budget"]["left"] == 0.6
    other = at_home / "copy.csv"
    other.write_text("district;age\n" + "".join(f"{d};{a}\n" for a, d in reversed(rows)), "utf-8")
    again = call(capsys, "ask", other, "--query", query, "--budget", "b")
    assert again["paid_before"] and again["answer"] == first["answer"]
    refused = call(capsys, "ask", other, "--query", query, "--budget", "new", *made, code=1)["problem"]
    assert "already has a budget: “b”" in refused["what"]
    priced = call(capsys, "ask", file, "--query", query, "--budget", "b", "--price")
    assert priced["answer"] is None and priced["price"]["amount"] == 0.4
    call(capsys, "ask", file, "--query", query, "--budget", "b", "--again")
    last = call(capsys, "ask", file, "--query", query, "--budget", "b", "--again", code=1)["problem"]
    assert "0.2 is left" in last["what"]
    told = call(capsys, "budget", "b")
    assert (told["budget"]["spent"], len(told["charges"])) == (0.8, 2)
    assert main(["budget"]) == 0 and "0.8 of 1" in capsys.readouterr().out
    assert main(["ask", str(file), "--query", str(query), "--budget", "b"]) == 0
    assert "shown for nothing" in capsys.readouterr().out


def test_adding_up_saving_and_learning_by_command(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, query, whole, settled = (at_home / n for n in ("people.csv", "q.yaml", "w.yaml", "g.yaml"))
    file.write_text("age,district\n" + "".join(f"{20 + i % 60},{('A', 'B')[i % 2]}\n" for i in range(500)), "utf-8")
    query.write_text("query: count\nby: [district]\nepsilon: 0.4\n", "utf-8")
    whole.write_text("query: count\nepsilon: 2\n", "utf-8")
    settled.write_text(yaml.safe_dump({"known": {"district": {"kind": "categories", "values": ["A", "B"]}}}), "utf-8")
    asked = ("ask", file, "--budget", "b", "--ground", settled, "--total-epsilon", 10, "--query")
    refused = call(capsys, *asked, query, "--add-up", code=1)["problem"]
    assert "No total was paid for" in refused["what"]
    call(capsys, *asked, whole)
    kept = at_home / "answer.csv"
    first = call(capsys, *asked, query, "--add-up", "--never-negative", "--save", kept)
    assert first["paid_before"], "the refused one was paid for, and is looked at for nothing"
    assert sum(x["count"] for x in first["answer"]["lines"]) == pytest.approx(500, abs=15)
    assert kept.read_text("utf-8").splitlines()[0] == '"district","count","count_low","count_high"'
    words = call(capsys, *asked, query, "--save", at_home / "answer.xlsx")["passphrase"]
    assert len(words) > 15 and (at_home / "answer.xlsx").stat().st_size > 4000
    assert "json" in call(capsys, *asked, query, "--save", at_home / "a.txt", code=1)["problem"]["do"]
    query.write_text("query: find_bounds\ncolumn: age\nepsilon: 2\n", "utf-8")
    call(capsys, *asked[:-1], "--query", query)
    charges = call(capsys, "budget", "b")["charges"]
    told = call(capsys, "budget", "b", "--learn", charges[-1]["id"])
    assert told["known"]["age"]["high"] >= 128
    again = call(capsys, "budget", "b", "--learn", charges[-1]["id"], code=1)["problem"]
    assert "settled already" in again["what"]
    assert "no bounds" in call(capsys, "budget", "b", "--learn", charges[0]["id"], code=1)["problem"]["what"]


def test_what_is_known_can_grow_but_never_change(store: Store) -> None:
    table = people()
    budget = open_budget(store, ASHA, "b", table, Ground(known={"age": Bounds(low=0, high=100)}), 5)
    with pytest.raises(Problem, match="settled already"):
        add(store, ASHA, budget, {"age": {"kind": "bounds", "low": 0, "high": 10}})
    with pytest.raises(Problem, match="does not fit"):
        add(store, ASHA, budget, {"income": {"kind": "bounds", "low": 5, "high": 1}})
    store.allow(ASHA, "b", "user", "ben", "", 0.1)
    with pytest.raises(Problem, match="Only its owner"):
        add(store, Actor("ben"), budget, {"income": {"kind": "bounds", "low": 0, "high": 10_000}})
    grown = add(store, ASHA, budget, {"income": {"kind": "bounds", "low": 0, "high": 10_000}})
    assert ask(store, ASHA, grown, table, Sum(column="income", epsilon=1)).charge.price == 1
    assert [e.what for e in store.events(ASHA)].count("ground_extended") == 1


def test_values_that_were_paid_for_become_groups(store: Store) -> None:
    table = people()
    budget = open_budget(store, ASHA, "b", table, Ground(), 5, 1e-6)
    charge = ask(store, ASHA, budget, table, TopValues(column="district", epsilon=2)).charge
    grown = learn(store, ASHA, budget, charge.id)
    assert sorted(grown.ground["known"]["district"]["values"]) == ["A", "B"]
    found = ask(store, ASHA, grown, table, Count(by=("district",), epsilon=2)).answer["lines"]
    assert [x["count"] for x in found] == pytest.approx([300, 300], abs=20)


def test_missing_cells_are_filled_inside_the_question(store: Store) -> None:
    """Nothing is known of how many are missing: they are cast and filled before anything is summed."""
    table = Table.of({"g": Column.of(["a", None, "b", "*", "c"] * 100, "category"),
                      "x": Column.of(["1,000", "odd", "", None, "500"] * 100, "text"),
                      "y": Column.of(["10", "20", "30", None, "50"] * 100, "number")})
    settled = Ground(known={"g": Categories(values=("a", "b"), missing="b"), "x": Bounds(low=0, high=1000),
                            "y": Bounds(low=0, high=100)})
    budget = open_budget(store, ASHA, "b", table, settled, 100)
    counts = ask(store, ASHA, budget, table, Count(by=("g",), epsilon=20)).answer["lines"]
    assert [x["count"] for x in counts] == pytest.approx([100, 200], abs=3)
    for fill, mean in ((None, 750), (0.0, 300), (500.0, 600)):
        (line,) = ask(store, ASHA, budget, table, Mean(column="x", fill=fill, epsilon=20)).answer["lines"]
        assert line["mean"] == pytest.approx(mean, abs=10)
    (gap,) = ask(store, ASHA, budget, table, Contrast(of="mean", column="x", fill=0.0, between="g", first="a",
                                                      second="b", epsilon=20)).answer["lines"]
    assert gap["difference"] == pytest.approx(1000, abs=30)
    for missing in ("leave_out", "middle"):
        asked = Correlation(first="x", second="y", missing=missing, epsilon=20)
        view = look(asked, plain(table, settled), settled, Spend("pure", 20))
        assert asked.statistics(view)[0].rows.sum() == {"leave_out": 200, "middle": 500}[missing]


def test_households_of_testdata(store: Store) -> None:
    """4,580 rows in 1,000 households: with at most 9 members used, a count is as good as it can be for households."""
    from core.table.reading import read

    table = read(shared("data/sdcmicro/testdata.csv")).required()
    settled = Ground(unit=EachHousehold(column="ori_hid", most=9), known={"expend": Bounds(low=0, high=1e8)})
    budget = open_budget(store, ASHA, "t", table, settled, 20.0)
    kept = int(settled.kept(table).sum())
    found = ask(store, ASHA, budget, table, Count(epsilon=10)).answer["lines"][0]
    assert found["count"] == pytest.approx(kept, abs=15)
    assert found["count_high"] - found["count"] == pytest.approx(0.9 * np.log(20), abs=1)
