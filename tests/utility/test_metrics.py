"""What holds for every metric: range, perfect score, words; and what libraries make of the same data."""

from __future__ import annotations

import inspect
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import core.utility
from core.sample import ROLES, sample
from core.table import Column, Table
from core.utility import METRICS, Association, Both, ColumnMetric, Metric, PairMetric, TableMetric
from core.utility.both import ColumnPair, Pair, match

QUICK = [m for m in METRICS if not m.thorough]
SETTINGS = {
    "survey_table": {"by": ["state", "sex"], "total_of": "monthly_expenditure"},
    "regression_overlap": {"target": "monthly_expenditure", "predictors": ["education", "age"]},
    "regression_difference": {"target": "monthly_expenditure", "predictors": ["education", "age"]},
    "trained_on_release": {"target": "sex"},
    "trained_on_release_f1": {"target": "sex"},
    "trained_on_release_error": {"target": "age"},
    "importance_order": {"target": "sex"},
}
"""For metrics that have to be told something first."""
ROW_WISE = {"cells_changed", "table_cells_changed", "granularity_loss", "entropy_loss", "il1s"}


@pytest.fixture(scope="module")
def survey() -> Table:
    return sample(4, 120).with_roles(ROLES)


def every_value(both: Both, metric: type[Metric]) -> list[float]:
    """All values a metric gives on two tables."""
    made = METRICS.build({"metric": METRICS.name_of(metric), **SETTINGS.get(METRICS.name_of(metric), {})})
    if isinstance(made, ColumnMetric):
        found = [made.value(c) for c in both.columns.values()]
    elif isinstance(made, PairMetric):
        pairs = [made.value(p) for p in both.pairs if made.applies(p)]
        found = [p.difference for p in pairs if p is not None]
    else:
        assert isinstance(made, TableMetric)
        found = [made.value(both)]
    return [f for f in found if f is not None]


def test_the_tuple_lists_every_metric() -> None:
    folder = Path(core.utility.__file__).parent
    declared = {name for file in folder.glob("*.py") for name in _declared_in(file)}
    assert declared == {m.__name__ for m in METRICS}


def _declared_in(file: Path) -> list[str]:
    import ast

    classes = [n for n in ast.parse(file.read_text("utf-8")).body if isinstance(n, ast.ClassDef)]
    return [c.name for c in classes if any(isinstance(s, ast.AnnAssign) and getattr(s.target, "id", "") == "metric"
                                           for s in c.body)]


@pytest.mark.parametrize("metric", list(METRICS))
def test_every_metric_says_what_it_is(metric: type[Metric]) -> None:
    assert metric.title and metric.source and inspect.getdoc(metric)
    assert metric.low <= metric.perfect <= metric.high
    assert metric.say(None).endswith("does not apply here.")
    assert metric.asks() == (METRICS.name_of(metric) in SETTINGS)
    said = metric.say(0.5)
    assert ("0.5" in said or "50.0%" in said) and "{" not in said


@pytest.mark.parametrize("metric", list(METRICS))
def test_identical_tables_are_perfect(metric: type[Metric], survey: Table) -> None:
    values = every_value(Both.of(survey, survey, survey.having("quasi_identifier"), "sample_weight", "household_id"),
                         metric)
    assert values
    assert values == pytest.approx([metric.perfect] * len(values), abs=1e-6)


@pytest.mark.parametrize("metric", QUICK)
def test_values_stay_in_their_range_whatever_the_damage(metric: type[Metric], survey: Table) -> None:
    draw = np.random.default_rng(2)
    noisy = {n: c.suppress(draw.random(survey.rows) < 0.3) for n, c in survey.columns.items()}
    noisy["age"] = Column.of_numbers(survey["age"].numbers * draw.normal(1, 2, survey.rows))
    noisy["monthly_expenditure"] = Column.of([None] * survey.rows, "number")
    noisy["sector"] = Column.of(["one"] * survey.rows)
    released = survey.with_columns(noisy).take(draw.permutation(survey.rows)[:200])
    for value in every_value(Both.of(survey, released, ("age", "sex")), metric):
        assert metric.low - 1e-9 <= value <= metric.high + 1e-9 and not math.isnan(value)


@pytest.mark.parametrize("metric", [m for m in QUICK if issubclass(m, ColumnMetric)
                                    and METRICS.name_of(m) not in ROW_WISE])
def test_shuffled_columns_keep_one_column_metrics_perfect(metric: type[Metric], survey: Table) -> None:
    draw = np.random.default_rng(3)
    shuffled = survey.with_columns({n: c.take(draw.permutation(survey.rows)) for n, c in survey.columns.items()})
    # Means are weighted; without weights they are shuffled too.
    values = every_value(Both.of(survey, shuffled), metric)
    assert values == pytest.approx([metric.perfect] * len(values), abs=1e-9)


def test_shuffled_columns_are_independent() -> None:
    """Every association of the release falls to what chance gives."""
    draw = np.random.default_rng(5)
    x = draw.normal(size=4000)
    columns = {"x": Column.of_numbers(x), "y": Column.of_numbers(x + draw.normal(size=4000)),
               "c": Column.of((x > 0).astype(str).tolist(), "category"),
               "d": Column.of((x > 1).astype(str).tolist(), "category")}
    original = Table.of(columns)
    shuffled = original.with_columns({n: c.take(draw.permutation(4000)) for n, c in columns.items()})
    both = Both.of(original, shuffled)
    for metric in (m for m in METRICS if issubclass(m, PairMetric) and METRICS.name_of(m) != "pair_total_variation"):
        for p in both.pairs:
            found = metric().value(p) if metric().applies(p) else None
            if found is not None:
                assert abs(found.before) > 0.2 and abs(found.after) < 0.06, METRICS.name_of(metric)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("abcd"), min_size=4, max_size=40), st.data())
def test_more_damage_is_never_a_better_score(cells: list[str], data: st.DataObject) -> None:
    """Suppressing one more cell."""
    original = Column.of(cells, "category")
    order = data.draw(st.permutations(range(len(cells))))
    rows = np.arange(len(cells))
    before: dict[str, float] = {}
    for count in range(len(cells) + 1):
        mask = np.zeros(len(cells), bool)
        mask[order[:count]] = True
        pair = ColumnPair("x", original, original.suppress(mask), (rows, rows))
        # Suppressing moves shares from where they were to a new place, so no distance can shrink.
        for name in ("total_variation", "jensen_shannon", "hellinger", "cells_changed", "cells_suppressed",
                     "granularity_loss"):
            value = METRICS.build({"metric": name}).value(pair)
            if value is not None:
                assert value >= before.get(name, 0.0) - 1e-12, name
                before[name] = value


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=3, max_size=30), st.integers(1, 40), st.integers(1, 40))
def test_a_further_shift_is_a_worse_score(numbers: list[int], shift: int, more: int) -> None:
    x = np.array(numbers, float)
    if len(set(numbers)) == 1:
        return
    a = Column.of_numbers(x)
    rows = np.arange(len(x))
    for name in ("kolmogorov_smirnov", "mean_difference", "il1s", "wasserstein_scaled"):
        near, far = (METRICS.build({"metric": name}).value(ColumnPair("x", a, Column.of_numbers(x + s), (rows, rows)))
                     for s in (shift, shift + more))
        assert far >= near - 1e-12, name


@pytest.fixture(scope="module")
def samples() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(8)
    return np.round(draw.normal(0, 1, 700), 2), np.round(draw.normal(0.3, 1.4, 500), 2)


def test_scipy_finds_the_same(samples) -> None:
    a, b = samples
    pair = ColumnPair("x", Column.of_numbers(a), Column.of_numbers(b))
    value = {m: METRICS.build({"metric": m}).value(pair) for m in ("kolmogorov_smirnov", "wasserstein_scaled")}
    assert value["kolmogorov_smirnov"] == pytest.approx(scipy.stats.ks_2samp(a, b).statistic)
    reach = max(a.max(), b.max()) - min(a.min(), b.min())
    assert value["wasserstein_scaled"] == pytest.approx(scipy.stats.wasserstein_distance(a, b) / reach)
    words = np.random.default_rng(1).choice(list("abcde"), (2, 300), p=[0.4, 0.3, 0.1, 0.1, 0.1])
    words[1][:60] = "e"
    texts = ColumnPair("x", Column.of(words[0].tolist(), "category"), Column.of(words[1].tolist(), "category"))
    p, q = texts.shares
    from scipy.spatial.distance import jensenshannon

    assert METRICS.build({"metric": "jensen_shannon"}).value(texts) == pytest.approx(jensenshannon(p, q, base=2))


def test_scipy_finds_the_same_associations() -> None:
    draw = np.random.default_rng(9)
    x = np.round(draw.normal(size=400), 1)
    y = np.round(x + draw.normal(size=400), 1)
    c = draw.choice(list("pqr"), 400)
    d = np.where(draw.random(400) < 0.6, c, "p")
    columns = {"x": Column.of_numbers(x), "y": Column.of_numbers(y), "c": Column.of(c.tolist(), "category"),
               "d": Column.of(d.tolist(), "category")}
    both = {n: ColumnPair(n, k, k) for n, k in columns.items()}

    def value(metric: str, a: str, b: str) -> float:
        found = METRICS.build({"metric": metric}).value(Pair(both[a], both[b]))
        assert isinstance(found, Association) and found.before == found.after
        return found.before

    assert value("pearson", "x", "y") == pytest.approx(scipy.stats.pearsonr(x, y).statistic)
    assert value("spearman", "x", "y") == pytest.approx(scipy.stats.spearmanr(x, y).statistic)
    counts = scipy.stats.contingency.crosstab(c, d).count
    assert value("cramers_v", "c", "d") == pytest.approx(scipy.stats.contingency.association(counts, method="cramer"))
    f = scipy.stats.f_oneway(*(x[c == k] for k in "pqr")).statistic
    eta = math.sqrt(f * 2 / (f * 2 + 397))  # from the F test of one-way analysis of variance
    assert value("correlation_ratio", "x", "c") == pytest.approx(eta)


def test_sdmetrics_finds_the_same(samples) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        single = pytest.importorskip("sdmetrics.single_column", reason="SDMetrics is not installed")
        import pandas as pd

        a, b = (pd.Series(s) for s in samples)
        pair = ColumnPair("x", Column.of_numbers(samples[0]), Column.of_numbers(samples[1]))
        words = [pd.Series(list(w)) for w in ("aabbbcd", "aaabbxx")]
        texts = ColumnPair("x", *(Column.of(w.tolist(), "category") for w in words))
        theirs = {
            "kolmogorov_smirnov": 1 - single.KSComplement.compute(a, b),
            "range_coverage": single.RangeCoverage.compute(a, b),
            "total_variation": 1 - single.TVComplement.compute(*words),
            "category_coverage": single.CategoryCoverage.compute(*words),
        }
    for name, expected in theirs.items():
        used = texts if name in ("total_variation", "category_coverage") else pair
        assert METRICS.build({"metric": name}).value(used) == pytest.approx(expected), name


def test_bins_of_numbers_hold_equal_shares_of_the_original() -> None:
    numbers = np.random.default_rng(1).permutation(1000)
    p, q = ColumnPair("x", Column.of_numbers(numbers), Column.of_numbers(numbers[:500])).shares
    assert p[:20] == pytest.approx([0.05] * 20)
    assert p.sum() == pytest.approx(1) and q.sum() == pytest.approx(1)


def test_honest_samples_are_not_told_apart_and_damaged_ones_are(survey: Table) -> None:
    big = sample(6, 800)
    half = np.random.default_rng(1).permutation(big.rows)
    keep = ["age", "sex", "education", "sector", "marital_status"]
    columns = big.without([n for n in big.names if n not in keep])
    a, b = columns.take(half[: big.rows // 2]), columns.take(half[big.rows // 2 :])
    draw = np.random.default_rng(2)
    broken = b.with_columns({"education": b["education"].take(draw.permutation(b.rows))})
    for name, honest in (("pmse_ratio", 2.0), ("classifier_auc", 0.56)):
        metric = METRICS.build({"metric": name})
        near, far = metric.value(Both.of(a, b)), metric.value(Both.of(a, broken))
        assert near < honest
        if name == "classifier_auc":  # the regression has main effects only: it cannot see a broken association
            assert far > near + 0.05
    lost = b.with_columns({"sex": Column.of(["Male"] * b.rows, "category")})
    assert METRICS.build({"metric": "pmse_ratio"}).value(Both.of(a, lost)) > 20
    assert METRICS.build({"metric": "classifier_auc"}).value(Both.of(a, lost)) > 0.65


def test_rows_are_matched_by_their_numbers() -> None:
    original = Table.of({"a": Column.of(list("pqrs"))}).take(np.array([2, 0, 3]))  # rows 2, 0, 3 of the file
    released = Table(original.columns, {}, np.array([3, 9, 2]))
    here, there = match(original, released)
    assert (here.tolist(), there.tolist()) == ([2, 0], [0, 2])
    assert match(original, Table(original.columns, {}, None)) is None
    assert [len(part) for part in match(original, released.take(np.array([], int)))] == [0, 0]
