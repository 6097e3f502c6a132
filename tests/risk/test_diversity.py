"""Diversity and closeness: by hand, sdcMicro's figures, and a transport problem solved by brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from core.problem import Problem
from core.risk import Study, diversity, kernel, tally
from core.risk.tally import Tally
from core.table import Table
from tests.risk.oracles import K5, expected, sdc_testdata, sdc_testdata2, sdc_testdata_missing, small


def counts_of(keys: list[str], values: list[str | None]) -> Tally:
    return Study.of(small(k=keys, v=values), ["k"]).tally("v")


def per_class(counts: Tally, figures: np.ndarray, keys: list[str]) -> dict[str, float]:
    classes = kernel.class_sizes([small(k=keys)["k"]]).class_of
    return {k: figures[c].item() for k, c in zip(keys, classes, strict=True)}


def test_entropy_and_recursive_by_hand() -> None:
    keys = list("aaaaaabb")
    counts = counts_of(keys, ["x", "x", "x", "y", "y", "z", "x", None])
    assert per_class(counts, diversity.distinct(counts), keys) == {"a": 3, "b": 2}
    entropy = -(1 / 2 * math.log(1 / 2) + 1 / 3 * math.log(1 / 3) + 1 / 6 * math.log(1 / 6))
    assert per_class(counts, diversity.entropy(counts), keys)["a"] == pytest.approx(math.exp(entropy))
    # r = 3, 2, 1 with c = 2: 3 < 2 * 6, 3 < 2 * 3, not 3 < 2 * 1: l = 2. With c = 4: 3 < 4: l = 3.
    assert per_class(counts, diversity.recursive(counts, 2), keys) == {"a": 2, "b": 2}
    assert per_class(counts, diversity.recursive(counts, 4), keys)["a"] == 3


def test_published_incomes_have_the_published_closeness() -> None:
    """Li et al. (2007), section 5: salaries 3k to 11k, three classes of three; the first is 0.375 from the whole."""
    keys = list("111222333")
    salaries = ["3000", "4000", "5000", "6000", "8000", "11000", "7000", "9000", "10000"]
    counts = counts_of(keys, salaries)
    ordered = per_class(counts, diversity.ordered_closeness(counts), keys)
    assert ordered["1"] == pytest.approx(0.375)
    assert ordered["2"] == pytest.approx(0.167, abs=5e-4)


ILL = (("gastric ulcer", "stomach", "digestive", "*"), ("gastritis", "stomach", "digestive", "*"),
       ("colitis", "colon", "digestive", "*"), ("flu", "infection", "respiratory", "*"),
       ("pneumonia", "infection", "respiratory", "*"), ("bronchitis", "bronchi", "respiratory", "*"))


def transport(p: np.ndarray, q: np.ndarray, distance: np.ndarray) -> float:
    """The cheapest way to turn p into q, by linear programming."""
    m = len(p)
    rows = np.concatenate([np.kron(np.eye(m), np.ones(m)), np.kron(np.ones(m), np.eye(m))])
    return float(linprog(distance.ravel(), A_eq=rows, b_eq=np.concatenate([p, q])).fun)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5)), min_size=1, max_size=14))
def test_closeness_is_the_cheapest_transport(rows: list[tuple[str, int]]) -> None:
    keys = [k for k, _ in rows]
    values = [ILL[i][0] for _, i in rows]
    counts = counts_of(keys, values)
    found = {
        "equal": per_class(counts, diversity.closeness(counts), keys),
        "ordered": per_class(counts, diversity.ordered_closeness(counts), keys),
        "hierarchical": per_class(counts, diversity.hierarchical_closeness(counts, ILL), keys),
    }
    there = sorted(set(values))
    m = len(there)
    paths = {row[0]: row for row in ILL}
    apart = {
        "equal": 1.0 - np.eye(m),
        "ordered": np.abs(np.subtract.outer(np.arange(m), np.arange(m))) / max(m - 1, 1),
        "hierarchical": np.array([
            [next(h for h in range(4) if paths[a][h:] == paths[b][h:]) / 3 for b in there] for a in there
        ]),
    }
    q = np.array([values.count(v) for v in there]) / len(values)
    for key in set(keys):
        own = [v for k, v in zip(keys, values, strict=True) if k == key]
        p = np.array([own.count(v) for v in there]) / len(own)
        for name, distance in apart.items():
            assert found[name][key] == pytest.approx(transport(p, q, distance), abs=1e-9)


def test_a_hierarchy_that_leaves_values_out_is_a_problem() -> None:
    counts = counts_of(list("ab"), ["flu", "Asha"])
    with pytest.raises(Problem, match="1 of its values") as caught:
        diversity.hierarchical_closeness(counts, ILL)
    assert "Asha" not in str(caught.value)


def test_enhanced_likeness_also_guards_frequent_values() -> None:
    # flu has 3/4 of the table: it may gain at most -ln(3/4) = 0.288, and becoming certain gains 1/3.
    keys = list("aabb")
    counts = counts_of(keys, ["flu", "flu", "flu", "hiv"])
    assert per_class(counts, diversity.likeness(counts), keys) == {"a": pytest.approx(1 / 3), "b": pytest.approx(1.0)}
    assert per_class(counts, diversity.exceeds_enhanced_likeness(counts, 2.0), keys) == {"a": True, "b": False}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, "x", "y", "z"])), min_size=1, max_size=30))
def test_without_numba_the_tally_is_the_same(rows: list[tuple[str, str | None]]) -> None:
    table = small(k=[k for k, _ in rows], v=[v for _, v in rows])
    fast = Study.of(table, ["k"]).tally("v")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "compiled", lambda: None)
        slow = tally.tally(kernel.class_sizes([table["k"]]), table["v"])
    for name in ("starts", "value", "count"):
        assert (getattr(fast, name) == getattr(slow, name)).all()
    for figures in (diversity.entropy, diversity.closeness):
        quick = figures(fast)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(diversity, "compiled", lambda: None)
            np.testing.assert_allclose(quick, figures(fast), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("file", "data", "columns", "c"),
    [("ldiv_testdata_k5_electcon", sdc_testdata, ["electcon"], 2),
     ("ldiv_testdata_k5_two", sdc_testdata, ["electcon", "relat"], 2),
     ("ldiv_testdata_k5_c3", sdc_testdata, ["relat"], 3),
     ("ldiv_testdata2_k5_two", sdc_testdata2, ["electcon", "relat"], 2)],
)
def test_sdcmicro_counts_the_same(file: str, data: object, columns: list[str], c: float) -> None:
    table: Table = data()  # type: ignore[operator]
    study, oracle = Study.of(table, K5), expected(file)
    for name in columns:
        counts, rows = study.tally(name), study.classes.class_of
        assert (diversity.distinct(counts)[rows] == oracle[f"{name}_Distinct_Ldiversity"]).all()
        np.testing.assert_allclose(diversity.entropy(counts)[rows], oracle[f"{name}_Entropy_Ldiversity"], rtol=1e-12)
        assert (diversity.recursive(counts, c)[rows] == oracle[f"{name}_Recursive_Ldiversity"]).all()


def test_sdcmicro_counts_every_missing_sensitive_cell_as_another_value() -> None:
    """The difference on the one run that does not match: ours counts missing as one value, theirs each as its own."""
    table, oracle = sdc_testdata_missing(), expected("ldiv_testdata_na")
    study = Study.of(table, ["urbrur", "roof", "walls", "sex"])
    rows = study.classes.class_of
    missing = np.bincount(rows, table["relat"].missing, study.classes.count)
    theirs = diversity.distinct(study.tally("relat")) + np.maximum(missing - 1, 0)
    assert (theirs[rows] == oracle["relat_Distinct_Ldiversity"]).all()
