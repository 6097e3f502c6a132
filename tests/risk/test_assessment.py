"""assess: sdcMicro's figures record by record, figures worked out by hand, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.problem import Problem
from core.risk import assess
from core.risk.individual import household_risk, individual_risk, threshold_for
from tests.risk.oracles import K5, K7, KEYS_FRANCDAT, calls, expected, francdat, sdc_testdata, sdc_testdata2, small


def test_testdata_as_sdcmicro_reports_it() -> None:
    risk = assess(sdc_testdata(), K7, "sampling_weight", "ori_hid")
    oracle = expected("risk_testdata_k7_w_hid")
    assert (risk.rows, risk.uniques, dict(risk.violations)) == (4580, 157, {2: 157, 3: 281, 5: 458})
    assert risk.expected_reidentifications == pytest.approx(10.7782989187348, abs=1e-12)
    assert risk.expected_household == pytest.approx(51.8129274359607, abs=1e-10)
    assert risk.global_risk == pytest.approx(calls()["risk_testdata_k7_w_hid"]["global_risk"], abs=1e-15)
    assert (risk.fk == oracle["fk"]).all()
    assert (risk.Fk == oracle["Fk"]).all()
    np.testing.assert_allclose(risk.individual_risk, oracle["risk"], rtol=0, atol=1e-12)
    assert risk.household_risk is not None
    np.testing.assert_allclose(risk.household_risk, oracle["hier_risk"], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("file", "data", "keys", "weight", "household"),
    [
        ("risk_testdata_k5_now", sdc_testdata, K5, None, None),
        ("risk_testdata_k5_w", sdc_testdata, K5, "sampling_weight", None),
        ("risk_testdata_k7_w_hid_slow", sdc_testdata, K7, "sampling_weight", "ori_hid"),
        ("risk_testdata2_k7_w_hid", sdc_testdata2, K7, "sampling_weight", "ori_hid"),
        ("risk_francdat", francdat, KEYS_FRANCDAT, "w", None),
    ],
)
def test_other_runs_of_sdcmicro(
    file: str, data: object, keys: tuple[str, ...], weight: str | None, household: str | None
) -> None:
    risk, oracle, call = assess(data(), keys, weight, household), expected(file), calls()[file]  # type: ignore[operator]
    np.testing.assert_allclose(risk.individual_risk, oracle["risk"], rtol=0, atol=1e-12)
    assert risk.expected_reidentifications == pytest.approx(call["global_risk_ER"], abs=1e-10)
    assert [risk.violations[k] for k in (2, 3, 5)] == [call[f"n_{k}anon"] for k in (2, 3, 5)]
    if household:
        assert risk.expected_household == pytest.approx(call["hier_risk_ER"], abs=1e-10)


@pytest.mark.parametrize(
    ("file", "limit"),
    [("risk_testdata_k5_now", 0.01), ("risk_testdata_k7_w", 0.01), ("risk_testdata_k5_w_max1e4", 1e-4),
     ("risk_testdata2_k7_w", 0.01), ("risk_francdat", 0.01)],
)
def test_threshold_for_a_global_risk(file: str, limit: float) -> None:
    wanted = calls()[file]["global_threshold"]
    assert threshold_for(expected(file)["risk"], limit) == (None if wanted is None else pytest.approx(wanted))


def test_exact_formula() -> None:
    francdat_oracle, testdata_oracle = expected("indivRisk_francdat"), expected("indivRisk_testdata")
    for oracle in (francdat_oracle, testdata_oracle):
        known = ~np.isnan(oracle["rk_exact"])  # R's own series gives up on large classes
        exact = individual_risk(oracle["fk"], oracle["Fk"], "exact")
        known &= oracle["rk_exact"] > 0
        np.testing.assert_allclose(exact[known], oracle["rk_exact"][known], rtol=1e-6)
        assert np.isfinite(exact).all()
        np.testing.assert_allclose(individual_risk(oracle["fk"], oracle["Fk"]), oracle["rk_approx"], rtol=0, atol=1e-12)


def test_exact_formula_against_numerical_integration() -> None:
    from scipy.integrate import quad

    for f, p in [(1, 0.3), (2, 0.9), (3, 0.01), (40, 0.5), (41, 0.001), (500, 0.2)]:
        value, _ = quad(lambda u, f=f, p=p: p * u ** (f - 1) / (p + (1 - p) * u), 0, 1, epsabs=1e-15, epsrel=1e-12)
        assert individual_risk([f], [f / p], "exact")[0] == pytest.approx(value, rel=1e-9)


def test_risk_by_hand() -> None:
    # f = 1, p = 1/2: p/(1-p) ln(1/p) = ln 2. f = 2, p = 1/2: 1 - ln 2. f = 3, p = 1/2: 0.5 / 2.5.
    risk = individual_risk([1, 2, 3, 1, 2, 4], [2, 4, 6, 1, 2, 4])
    np.testing.assert_allclose(risk, [math.log(2), 1 - math.log(2), 0.2, 1, 0.5, 0.25], rtol=1e-14)


def test_weights_below_one_never_give_more_than_certainty() -> None:
    assert individual_risk([1.0, 2.0, 3.0], [0.5, 1.9, 0.0]).tolist() == [1.0, 0.5, 1 / 3]


@pytest.mark.parametrize("f", [1, 2])
def test_formula_is_smooth_where_the_sample_is_nearly_the_population(f: int) -> None:
    near = individual_risk([f] * 4, [f / p for p in (0.9499999, 0.9500001, 1 - 1e-9, 1 - 1e-15)])
    assert near[0] == pytest.approx(near[1], rel=1e-6)
    assert near[2] == pytest.approx(1 / f, rel=1e-8)
    assert near[3] == pytest.approx(1 / f, rel=1e-12)


def test_household_by_hand() -> None:
    got = household_risk(np.array([0.5, 0.5, 0.1, 0.2, 1.0, 0.3]), np.array([0, 0, 1, -1, 2, 2]))
    np.testing.assert_allclose(got, [0.75, 0.75, 0.1, 0.2, 1.0, 1.0])


def test_roles_are_the_defaults() -> None:
    table = small(sex=["f", "f", "m", "m"], w=[2, 3, 4, 5], hh=["a", "a", "b", "b"], ill=["flu", "flu", "flu", "hiv"])
    table = table.with_roles(
        {"sex": "quasi_identifier", "w": "weight", "hh": "household", "ill": "sensitive"}
    )
    risk = assess(table)
    assert (risk.keys, risk.weight, risk.household, risk.sensitive) == (("sex",), "w", "hh", ("ill",))
    assert risk.Fk.tolist() == [5, 5, 9, 9]
    assert risk.smallest_class == 2
    assert risk.diversity["ill"].distinct == 1
    assert risk.diversity["ill"].rows_single_value == 2
    assert risk.l_distinct is not None
    assert risk.l_distinct.tolist() == [1, 1, 2, 2]


def test_what_cannot_be_measured_is_a_problem() -> None:
    table = small(a=["x", "y"], w=["1", "Asha"], n=["-1", "2"])
    for arguments, word in [
        ({"keys": ["b"]}, "no column"),
        ({"keys": []}, "No column is chosen"),
        ({"keys": ["a"], "weight": "w"}, "1 of 2 cells"),
        ({"keys": ["a"], "weight": "n"}, "below 0"),
        ({"keys": ["a"], "household": "h"}, "no column"),
    ]:
        with pytest.raises(Problem, match=word) as caught:
            assess(table, **arguments)  # type: ignore[arg-type]
        assert "Asha" not in str(caught.value)


def test_a_table_without_rows_is_a_problem() -> None:
    with pytest.raises(Problem, match="no rows"):
        assess(small(a=[]), ["a"])
