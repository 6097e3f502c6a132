"""Analyses repeated on both files: by hand, and beside sdcMicro's figures where they are at hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from core.compare import compare
from core.problem import Problem
from core.sample import ROLES, sample
from core.table import Column, Table
from core.utility import METRICS, Both

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def columns(**cells: str) -> Table:
    return Table.of({n: Column.of(t.split(), "number" if n in ("x", "y", "w") else "category")
                     for n, t in cells.items()})


def value(before: Table, after: Table, metric: str, weight: str | None = None, **settings: object) -> float | None:
    return METRICS.build({"metric": metric, **settings}).value(Both.of(before, after, (), weight))


def test_survey_table_by_hand() -> None:
    before = columns(s="a a b b", x="1 2 3 4", w="1 1 1 3")
    after = before.with_columns({"s": Column.of(["a", "b", "b", "b"], "category")})
    assert value(before, after, "survey_table", by=["s"]) == pytest.approx(1 / 4)  # one of four people
    assert value(before, after, "survey_table", by=["s"], total_of="x") == pytest.approx(2 / 10)
    assert value(before, after, "survey_table", "w", by=["s"]) == pytest.approx(1 / 6)
    assert value(before, after, "survey_table", "w", by=["s"], total_of="x") == pytest.approx(2 / 18)
    fewer = before.take(np.array([0, 1, 2]))
    assert value(before, fewer, "survey_table", by=["s"]) == pytest.approx(0.5 / 4)  # a total that shrank counts half
    coarse = before.with_columns({"s": Column.of(["all"] * 4, "category")})
    assert value(before, coarse, "survey_table", by=["s"]) == 0  # right at the release's level of detail
    assert value(before, before.without(["s"]), "survey_table", by=["s"]) is None
    with pytest.raises(Problem, match="ss"):
        value(before, before, "survey_table", by=["ss"])


def test_regression_intervals_by_hand() -> None:
    """Two groups: the constant is the first mean, the indicator the difference; HC1 errors from squares within."""
    from core.utility.analyses import Z95, _regression

    table = columns(g="a a a b b", y="1 2 3 5 7")
    found = _regression(Both.of(table, table), "y", ("g",), 0)
    assert found is not None
    constant, difference = sorted(found.values(), key=sum)
    # residuals -1 0 1 and -1 1; HC0: 2/9 and 2/9 + 2/4; HC1: times 5/3
    assert constant == pytest.approx((2 - Z95 * np.sqrt(2 / 9 * 5 / 3), 2 + Z95 * np.sqrt(2 / 9 * 5 / 3)))
    error = np.sqrt((2 / 9 + 1 / 2) * 5 / 3)
    assert difference == pytest.approx((4 - Z95 * error, 4 + Z95 * error))


def test_regression_overlap_falls_with_damage() -> None:
    draw = np.random.default_rng(1)
    x = draw.normal(size=600)
    table = Table.of({"x": Column.of_numbers(x), "y": Column.of_numbers(2 * x + draw.normal(size=600))})
    settings = {"target": "y", "predictors": ["x"]}
    assert value(table, table, "regression_overlap", **settings) == 1
    noisy = table.with_columns({"x": Column.of_numbers(x + draw.normal(0, 0.1, 600))})
    worse = table.with_columns({"x": Column.of_numbers(draw.permutation(x))})
    slightly, badly = (value(table, t, "regression_overlap", **settings) for t in (noisy, worse))
    assert 0.5 < slightly < 1 and badly <= 0.5
    assert value(table, table.with_columns({"x": Column.of_numbers(np.ones(600))}), "regression_overlap",
                 **settings) < 0.5  # the slope is gone
    assert value(table, table.without(["x"]), "regression_overlap", **settings) is None


def test_training_on_a_broken_release_loses_score() -> None:
    survey = sample(7, 500)
    keep = ["age", "sex", "education", "sector", "marital_status", "relation_to_head", "monthly_expenditure"]
    survey = survey.without([n for n in survey.names if n not in keep])
    draw = np.random.default_rng(2)
    broken = survey.with_columns({n: c.take(draw.permutation(survey.rows)) for n, c in survey.columns.items()})
    for target in ("marital_status", "age"):
        assert value(survey, survey, "trained_on_release", target=target) == 0
        assert value(survey, broken, "trained_on_release", target=target) > 0.2
        synthetic = Table(survey.take(draw.permutation(survey.rows)).columns, {}, None)
        assert abs(value(survey, synthetic, "trained_on_release", target=target)) < 0.1
    constant = survey.with_columns({"sex": Column.of(["F"] * survey.rows, "category")})
    assert value(constant, constant, "trained_on_release", target="sex") is None


def test_compare_takes_metrics_with_settings() -> None:
    survey = sample(3, 60).with_roles(ROLES)
    wanted = [METRICS.build({"metric": "survey_table", "by": [name]}) for name in ("state", "sex")]
    found = compare(survey, survey, metrics=wanted).table
    assert found["survey_table"] == found["survey_table 2"] == 0 and "regression_overlap" not in found


@pytest.mark.parametrize("run", ["mdav_testdata_k3", "mdav_testdata_k10", "mdav_CASC_k3", "mdav_CASC_k10"])
def test_sdcmicro_finds_the_same(run: str) -> None:
    oracle = SHARED / "oracle" / "sdcmicro"
    if not oracle.exists():
        pytest.skip("sdcMicro's values are not at hand")
    expected = json.loads((oracle / "calls_methods.json").read_text())[run]
    source = "testdata.csv" if "testdata" in run else "CASCrefmicrodata.csv"
    before, after = (_numbers(p) for p in (SHARED / "data" / "sdcmicro" / source, oracle / f"{run}.csv"))
    names = [n for n in after if n in before]
    tables = [Table.of({n: Column.of_numbers(np.array(t[n], float)) for n in names}) for t in (before, after)]
    both = Both.of(*tables)
    il1s = [METRICS.build({"metric": "il1s"}).value(c) for c in both.columns.values()]
    assert np.mean(il1s) == pytest.approx(expected["IL1old"], rel=1e-9)
    # In CASC some columns add up to others: sdcMicro divides by an eigenvalue that is mere rounding, we do not.
    eigen = None if "CASC" in run else pytest.approx(expected["eigen"], rel=1e-6)
    assert value(*tables, "eigenvalue_difference") == eigen


def _numbers(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        sniffed = csv.Sniffer().sniff(file.read(2000), ",;")
        file.seek(0)
        rows = list(csv.DictReader(file, dialect=sniffed))
    return {n: [r[n] for r in rows] for n in rows[0] if n not in ("row", "")}


def test_areas_and_their_intervals_are_those_of_scikit_learn_and_of_delong() -> None:
    from sklearn.metrics import f1_score, r2_score, roc_auc_score

    from core.attack import rate
    from core.utility.estimate import Estimate, area
    from core.utility.prediction import _areas, _f1, _r_squared

    draw = np.random.default_rng(4)
    positive, scores = draw.random(300) < 0.4, draw.normal(size=300).round(1)
    scores[positive] += 0.7
    found, influence = area(positive, scores)
    assert found == pytest.approx(roc_auc_score(positive, scores))
    assert influence.mean() == pytest.approx(0)
    mine, theirs = Estimate.from_influence(found, influence), rate.area(scores[positive], scores[~positive])
    # The attackers' interval stands on the logit scale, so it is not symmetric.
    assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)
    truth, classes = draw.integers(0, 3, 300), np.arange(3)
    shares = draw.dirichlet([1, 1, 1], 300)
    by_hand = sum((truth == c).mean() * roc_auc_score(truth == c, shares[:, c]) for c in classes)
    assert _areas(classes, shares, truth)[0] == pytest.approx(by_hand)
    assert _areas(classes[:1], shares[:, :1], np.array([0, 1] * 150))[0] == pytest.approx(
        (roc_auc_score(np.array([1, 0] * 150), shares[:, 0]) + 0.5) / 2)
    x, y = draw.normal(size=200), draw.normal(size=200)
    score, influence = _r_squared(x, y)
    assert score == pytest.approx(r2_score(x, y)) and influence.mean() == pytest.approx(0)
    a, b = draw.integers(0, 4, 500), draw.integers(0, 3, 500)
    assert _f1(a, b, np.ones(500, int)) == pytest.approx(f1_score(a, b, average="macro"))


def test_intervals_of_what_is_estimated_hold_the_truth() -> None:
    """Of 200 samples, at least 90% of the 95% intervals hold the value in the population (2,000 draws of the area)."""
    from core.utility.estimate import Estimate, area
    from core.utility.prediction import _r_squared

    held = {"area": 0, "r": 0}
    true_area = 0.6914625  # two normals one deviation of sqrt(2)/2 apart: Phi(1/2)
    for seed in range(200):
        draw = np.random.default_rng(seed)
        positive = draw.random(400) < 0.5
        found = Estimate.from_influence(*area(positive, draw.normal(size=400) + positive / np.sqrt(2)))
        held["area"] += found.low <= true_area <= found.high
        x = draw.normal(size=400)
        found = Estimate.from_influence(*_r_squared(x + draw.normal(size=400), x))
        held["r"] += found.low <= 0.5 <= found.high
    assert min(held.values()) >= 180, held


def test_a_prediction_is_measured_in_all_its_parts() -> None:
    from core.utility import Estimate, predictions

    draw = np.random.default_rng(5)
    size = 900
    x, y, z = draw.normal(size=(3, size))
    kind = np.where(x + 0.3 * y > 0, "high", "low")
    table = Table.of({"x": Column.of_numbers(x), "y": Column.of_numbers(y), "z": Column.of_numbers(z),
                      "kind": Column.of(kind.tolist(), "category"), "sum": Column.of_numbers(3 * x + y)})
    order = draw.permutation(size)
    broken = table.with_columns({"x": Column.of_numbers(x[order])})
    both = Both.of(table, broken)
    auc, f1, error, importance = (m.value(both) for m in predictions("kind"))
    assert isinstance(auc, Estimate) and auc.low <= auc <= auc.high
    assert isinstance(f1, Estimate) and f1.low <= f1 <= f1.high
    assert error is None
    assert len(both.memo) == 1, "one pair of models for all of them"
    auc, f1, error, importance = (m.value(both) for m in predictions("sum"))
    assert f1 is None and auc > 0 and isinstance(error, Estimate) and error > error.low > 0
    assert [m.value(Both.of(table, table)) for m in predictions("sum")] == [0, None, 0, 1]
    assert importance < 1
    assert "95% interval" in predictions("sum")[0].say(auc)


def test_totals_by_hand() -> None:
    before = columns(x="1 2 3 4", w="1 1 2 2")
    after = before.with_columns({"x": Column.of_numbers(np.array([1.0, 2, 3, 6]))})

    def of(name: str, weight: str | None) -> float:
        return METRICS.build({"metric": name}).value(Both.of(before, after, (), weight).columns["x"])

    # totals 10 and 12; the original's standard error is sqrt(4 * var(1 2 3 4)) = sqrt(4 * 5/3)
    assert of("total_difference", None) == pytest.approx(2 / np.sqrt(4 * 5 / 3))
    # weighted: 1 2 6 8 add up to 17, 1 2 6 12 to 21
    error = np.sqrt(4 * np.var([1, 2, 6, 8], ddof=1))
    assert of("total_difference", "w") == pytest.approx(4 / error)
    low, high = 17 - 1.959964 * error, 21 + 1.959964 * (after_error := np.sqrt(4 * np.var([1, 2, 6, 12], ddof=1)))
    shared = min(17 + 1.959964 * error, high) - max(low, 21 - 1.959964 * after_error)
    overlap = (shared / (2 * 1.959964 * error) + shared / (2 * 1.959964 * after_error)) / 2
    assert of("total_interval_overlap", "w") == pytest.approx(overlap, rel=1e-6)


def test_coefficients_that_move_by_their_standard_error() -> None:
    draw = np.random.default_rng(1)
    x = draw.normal(size=600)
    table = Table.of({"x": Column.of_numbers(x), "y": Column.of_numbers(2 * x + draw.normal(size=600))})
    settings = {"target": "y", "predictors": ["x"]}
    assert value(table, table, "regression_difference", **settings) == pytest.approx(0, abs=1e-12)
    from core.utility.analyses import Z95, _regression

    low, high = next(v for k, v in _regression(Both.of(table, table), "y", ("x",), 0).items() if k[0] == "x")
    steeper = table.with_columns({"y": Column.of_numbers(table["y"].numbers + x * (high - low) / (2 * Z95))})
    # The slope moves by one standard error, the constant by none.
    assert value(table, steeper, "regression_difference", **settings) == pytest.approx(0.5, abs=1e-9)


def test_sdmetrics_own_scores() -> None:
    survey = sample(7, 300).with_roles(ROLES)
    draw = np.random.default_rng(2)
    shuffled = survey.with_columns({n: c.take(draw.permutation(survey.rows)) for n, c in survey.columns.items()})
    for name in ("sdmetrics_quality", "sdmetrics_diagnostic"):
        assert value(survey, survey, name) == pytest.approx(1)
    assert value(survey, shuffled, "sdmetrics_quality") == pytest.approx(_their_quality(survey, shuffled), abs=1e-12)
    assert 0.5 < value(survey, shuffled, "sdmetrics_quality") < 0.97
    assert value(survey, shuffled, "sdmetrics_diagnostic") == pytest.approx(1)
    outside = survey.with_columns({"sex": Column.of(["unheard of"] * survey.rows, "category")})
    assert value(survey, outside, "sdmetrics_diagnostic") < 0.99


def _their_quality(before: Table, after: Table) -> float:
    """SDMetrics' own report of a single table."""
    import warnings

    from core.utility.sdmetrics_reports import _frame, _metadata

    both = Both.of(before, after)
    columns = [both.columns[name] for name in both.fitting]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sdmetrics.reports.single_table import QualityReport

        report = QualityReport()
        report.generate(_frame(columns, 0), _frame(columns, 1), _metadata(columns)["tables"]["table"], verbose=False)
    return report.get_score()
