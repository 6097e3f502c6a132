"""compare: risk and utility of an original and its release in one call, and the command."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from core.compare import compare, side_by_side
from core.problem import Problem
from core.risk import assess
from core.sample import ROLES, sample
from core.table import Column, Table

KEYS = ("state", "sector", "age", "sex")


@pytest.fixture(scope="module")
def survey() -> Table:
    return sample(4, 150).with_roles({**{n: "keep" for n in ROLES}, **{k: "quasi_identifier" for k in KEYS},
                                      "sample_weight": "weight", "household_id": "household",
                                      "occupation": "sensitive"})


@pytest.fixture(scope="module")
def released(survey: Table) -> Table:
    draw = np.random.default_rng(1)
    return survey.with_columns({
        "age": survey["age"].recode(lambda v: f"{int(v) // 10 * 10}-{int(v) // 10 * 10 + 9}", "category"),
        "state": survey["state"].suppress(draw.random(survey.rows) < 0.2),
        "monthly_expenditure": Column.of_numbers(survey["monthly_expenditure"].numbers * 1.1, decimals=0),
    }).without(["name", "phone", "aadhaar", "address"])


def test_risk_before_and_after_is_what_assess_says(survey: Table, released: Table) -> None:
    found = compare(survey, released)
    for risk, table in ((found.before, survey), (found.after, released)):
        alone = assess(table, KEYS, "sample_weight", "household_id", ("occupation",))
        assert risk.as_dict() == alone.as_dict() and (risk.fk == alone.fk).all()
    assert found.after.uniques < found.before.uniques


def test_what_happened_is_found_where_it_happened(survey: Table, released: Table) -> None:
    found = compare(survey, released)
    columns = found.columns
    assert columns["sex"]["cells_changed"] == 0 and columns["age"]["cells_changed"] == 1
    assert columns["state"]["cells_suppressed"] == pytest.approx(0.2, abs=0.05)
    assert columns["monthly_expenditure"]["kolmogorov_smirnov"] > 0 == columns["sample_weight"]["kolmogorov_smirnov"]
    assert columns["age"]["kolmogorov_smirnov"] is None and columns["age"]["entropy_loss"] > 0.3
    assert found.removed == ("name", "phone", "aadhaar", "address") and found.added == ()
    assert found.table["columns_kept"] == pytest.approx(17 / 21)
    assert found.matched == "row numbers" and found.matched_rows == survey.rows
    pairs = {frozenset(p.columns): p.associations for p in found.pairs}
    assert pairs[frozenset({"sex", "sector"})]["cramers_v"].difference == 0
    assert pairs[frozenset({"state", "sex"})]["pair_total_variation"].difference == pytest.approx(0.2, abs=0.05)
    assert not any("household_id" in p or "sample_weight" in p for p in pairs)


def test_json_holds_no_cell_and_no_infinity(survey: Table, released: Table) -> None:
    text = json.dumps(compare(survey, released).as_dict(), allow_nan=False)
    plain = json.loads(text)
    assert set(plain) == {"risk", "utility", "matched", "removed", "added", "notes", "synthetic", "replicated"}
    assert set(plain["risk"]) == {"before", "after"}
    assert set(plain["utility"]) == {"columns", "pairs", "table", "intervals"}
    for name in ("name", "state", "district", "occupation", "religion"):
        for value in survey[name].values.to_pylist():
            assert value not in text


def test_synthetic_rows_are_never_compared_cell_by_cell(survey: Table) -> None:
    synthetic = Table(survey.columns, survey.roles, None)
    found = compare(survey, synthetic)
    assert found.matched == "none" and found.matched_rows == 0
    assert all(c["cells_changed"] is None for c in found.columns.values())
    assert found.table["rows_kept"] is None and found.columns["age"]["total_variation"] == 0
    assert any("belong to no row" in note for note in found.notes)


def test_rows_that_were_dropped_and_reordered_find_their_originals(survey: Table) -> None:
    some = np.random.default_rng(2).permutation(survey.rows)[: survey.rows // 2]
    found = compare(survey, survey.take(some))
    assert found.table["table_cells_changed"] == 0
    assert found.table["rows_kept"] == pytest.approx(len(some) / survey.rows)


def test_matching_by_position_is_asked_for_and_checked(survey: Table) -> None:
    other = Table(survey.columns, {}, None)
    assert compare(survey, other, by_position=True).table["table_cells_changed"] == 0
    assert compare(survey, other, by_position=True).matched == "position"
    with pytest.raises(Problem, match="cannot be matched by their position"):
        compare(survey, other.take(np.arange(5)), by_position=True)


def test_quasi_identifiers_that_are_gone_are_told(survey: Table) -> None:
    found = compare(survey, survey.without(["age", "sample_weight"]))
    assert found.after.keys == ("state", "sector", "sex") and found.after.weight is None
    assert any("1 of 4" in n for n in found.notes) and any("no sample weights in the release" in n for n in found.notes)
    nothing = compare(survey, survey.without(KEYS))
    assert nothing.after is None and nothing.before is not None
    assert any("no quasi-identifier in the release" in n for n in nothing.notes)
    unnamed = compare(survey, survey, keys=())
    assert unnamed.before is unnamed.after is None and any("No quasi-identifier" in n for n in unnamed.notes)


def test_a_file_of_very_many_columns_has_its_pairs_measured_for_some() -> None:
    draw = np.random.default_rng(1)
    cells = {f"c{i:03d}": Column.of(draw.choice(list("ab"), 30).tolist(), "category") for i in range(70)}
    table = Table.of(cells, {"c069": "quasi_identifier"})
    found = compare(table, table)
    assert len(found.pairs) == 50 * 49 / 2 and any("c069" in p.columns for p in found.pairs)
    assert any("50 of 70 columns" in note for note in found.notes) and len(found.columns) == 70


def test_an_unknown_column_and_an_empty_file(survey: Table) -> None:
    with pytest.raises(Problem, match="age"):
        compare(survey, survey, keys=("agee",))
    with pytest.raises(Problem, match="the release has no rows"):
        compare(survey, survey.take(np.arange(0)))


def test_thorough_adds_the_models(survey: Table, released: Table) -> None:
    quick, thorough = compare(survey, released).table, compare(survey, released, thorough=True).table
    assert thorough.keys() - quick.keys() == {
        "three_way_marginals", "pmse_ratio", "classifier_auc", "sdmetrics_quality", "sdmetrics_diagnostic"}
    assert thorough["classifier_auc"] > 0.7


def test_a_hundred_thousand_rows_take_about_a_second() -> None:
    names = ["pin_code", "state", "district", "sector", "age", "date_of_birth", "sex", "social_group", "religion",
             "education", "occupation", "relation_to_head", "marital_status", "monthly_expenditure", "sample_weight"]
    big = sample(1, 24_500)
    big = big.without([n for n in big.names if n not in names]).with_roles({n: ROLES[n] for n in names})
    released = big.with_columns({"age": big["age"].recode(lambda v: str(int(v) // 5))})
    compare(big.take(np.arange(100)), released.take(np.arange(100)))  # what is compiled once does not count
    start = time.process_time()
    compare(big, released)
    assert time.process_time() - start < 4  # about 0.7 s on one free core; far more means something is quadratic


def test_side_by_side_names_winners_and_the_pareto_front(survey: Table, released: Table) -> None:
    worse = released.with_columns({"sex": released["sex"].suppress(np.arange(survey.rows) % 2 == 0)})
    # As risky as the original, and less useful: nobody's choice.
    silly = survey.with_columns({"religion": survey["religion"].suppress(np.ones(survey.rows, bool))})
    found = side_by_side({n: compare(survey, t) for n, t in (
        ("as it is", survey), ("released", released), ("worse", worse), ("silly", silly))})
    rows = {r.name: r for r in found.rows}
    assert rows["two_way_marginals"].winners == ("as it is",)
    assert rows["uniques"].original == assess(survey, KEYS).uniques == rows["uniques"].values["as it is"]
    assert "as it is" not in rows["uniques"].winners and rows["rows_kept"].winners == ()
    assert "silly" not in found.front and {"as it is", "released"} <= set(found.front)
    with pytest.raises(Problem, match="nothing to compare"):
        side_by_side({})


def test_synthetic_rows_are_nobodys_risk_but_people_alone_before_and_after_are_counted() -> None:
    keys = {"a": "quasi_identifier", "b": "quasi_identifier"}
    before = Table.of({"a": Column.of(["x", "x", "y", "z"]), "b": Column.of(["1", "1", "2", "3"])}, keys)
    after = Table({"a": Column.of(["y", "x", "z", "z"]), "b": Column.of(["2", "1", "3", "3"])}, {}, None)
    found = compare(before, after, synthetic=True)
    assert found.replicated == 0.25, "(y, 2) is alone in both; (z, 3) occurs twice in the release; (x, 1) twice before"
    side = side_by_side({"new": found})
    assert {r.name for r in side.rows if r.kind == "risk"} == {"replicated"}
    assert side.points["new"][0] == 0.25
    assert compare(before, before).replicated == 0.5
