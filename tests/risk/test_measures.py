"""Every measure on a table of four rows, worked out by hand; and that each is declared whole."""

from __future__ import annotations

import importlib
import math
import pkgutil
from itertools import pairwise

import numpy as np
import pytest

import core.risk.measures
from core.declare import dump, parameters
from core.problem import Problem
from core.risk import MEASURES, Measure, Study
from core.table import Table
from tests.risk.oracles import small

LN = math.log


def four() -> Table:
    table = small(
        sex=["f", "f", "m", "m"], age=[30, 30, 30, 40], w=[2, 3, 4, 1], hh=["a", "b", "b", "c"],
        ill=["flu", "hiv", "flu", "flu"], income=[10, 20, 30, 1000],
    )
    table = table.with_columns({"income": table["income"].with_kind("number")})
    return table.with_roles({"sex": "quasi_identifier", "age": "quasi_identifier", "w": "weight", "hh": "household",
                             "ill": "sensitive"})


def study() -> Study:
    population = small(sex=["f"] * 4 + ["m"] * 3 + ["f"], age=[30] * 4 + [30, 30, 40] + [40])
    original = four().with_columns({"income": small(i=[10, 20, 24, 1000])["i"].with_kind("number")})
    return Study.of(four(), population=population, original=original)


R2 = 2 / 3 - (2 / 3) ** 2 * LN(2.5)
"""Individual risk of f = 2, F = 5, p = 2/5."""
R1 = LN(4) / 3
"""Of f = 1, F = 4, p = 1/4."""

BY_HAND: dict[str, tuple[dict[str, object], float | None, dict[str, object]]] = {
    # measure: (settings, value, some details). Classes: rows 1 and 2; row 3; row 4.
    "k_anonymity": ({}, 1, {"violations": {"2": 2, "3": 4, "5": 4, "10": 4}}),
    "sample_uniques": ({}, 2, {"share": 0.5}),
    "class_sizes": ({}, 4 / 3, {"classes": 3}),
    "km_anonymity": ({"m": 1, "k": 2}, 1, {"violations": 1}),  # only age = 40 is alone
    "prosecutor": ({"threshold": 0.5}, 0.5, {"success": 0.75, "highest": 1.0}),
    "journalist": ({"threshold": 0.25}, 0.5, {"success": 0.5}),  # people alike: 4, 4, 2, 1
    "marketer": ({}, 0.5, {"expected": 2.0}),
    "individual_risk": ({"above": 0.4}, 2 * R2 + R1 + 1, {"above": 2, "highest": 1.0}),
    "household_risk": ({}, R2 + 2 * (1 - (1 - R2) * (1 - R1)) + 1, {"highest": 1.0}),
    "wildcard_counts": ({}, 1, {"violations": {"2": 2, "3": 4, "5": 4}}),
    "l_diversity": ({}, 1, {"violations": 2, "columns": {"ill": 1.0}}),
    "t_closeness": ({"t": 0.2}, 0.25, {"violations": 4}),  # 1/2 - 1/4 of hiv; 1 - 3/4 of flu
    "alpha_k": ({"k": 2}, 1.0, {"violations": 2}),
    "beta_likeness": ({"beta": 0.5}, 1.0, {"violations": 2}),
    "delta_disclosure": ({"delta": 0.5}, LN(2), {"violations": 2, "rows_lacking_a_value": 2}),
    "k_map": ({"k": 3}, 1, {"violations": 2, "not_in_population": 0}),
    "delta_presence": ({}, 1.0, {"delta_min": 0.0, "certain": 1}),
    "zayatz": ({}, 7 / 22, {"sampling_fraction": 0.5}),
    "pitman": ({}, None, {"converged": False}),  # three classes of four rows: the likelihood has no inner maximum
    "snb": ({}, None, {"converged": False}),  # even Poisson sizes would leave 2.16 classes seen once, not 2
    "dankar": ({}, 7 / 22, {"used": "zayatz"}),
    "chao_bounds": ({}, 0.5, {"coverage": 0.5}),
    "log_linear": ({}, math.exp(-4.5) + 1, {"sample_uniques": 2}),  # row 3: 6 people, 4.5 outside; row 4: all inside
    "suda2": ({}, 2, {"score": 2.0}),  # row 3: both columns, 0!; row 4: age alone, 1!
    "outliers": ({}, 1, {"alone": 1}),  # log 1000 lies 3.7 from the median; the limit is 2.9
    "interval_disclosure": ({"width": 0.01}, 0.75, {"rows": 3}),  # 24 is more than 4.9 from 30
    "distance_linkage": ({}, 0.75, {"blind_guess": 0.25}),  # 24 is nearer to 20 than to 30
    "unsafe_cells": ({"threshold": 2}, 2, {"cells": 3}),
    "identifying_power": ({}, 5 / 6, {}),
    "smallest_identifying_set": ({"share": 0.5}, 2, {"columns": ["sex", "age"]}),
    "suggested_keys": ({}, 3, {"not_chosen": ["ill"]}),
}


@pytest.mark.parametrize("measure", list(MEASURES), ids=MEASURES.name_of)
def test_four_rows_by_hand(measure: type[Measure]) -> None:
    settings, value, details = BY_HAND[MEASURES.name_of(measure)]
    found = MEASURES.build({"measure": MEASURES.name_of(measure), **settings}).of(study())
    assert found.value == (value if value is None else pytest.approx(value))
    for name, wanted in details.items():
        assert found.details[name] == (pytest.approx(wanted) if isinstance(wanted, float) else wanted)
    assert found.sentence.endswith(".")
    for figures in found.records.values():
        assert figures.shape == (4,)


def test_pitman_on_four_rows_has_no_maximum() -> None:
    """u = 3 classes of n = 4 rows, one pair: the claim of the table above that is not obvious."""

    def likelihood(alpha: float, theta: float) -> float:
        top = sum(LN(theta + i * alpha) for i in (1, 2)) + LN(1 - alpha)
        return top - sum(LN(theta + i) for i in (1, 2, 3))

    # For every alpha it grows along a path to the edge alpha -> 0: no inner maximum above it.
    best = [max(likelihood(a, t) for t in np.geomspace(1e-3, 1e3, 4000)) for a in (0.4, 0.2, 0.1, 0.01, 0.001)]
    assert all(a < b for a, b in pairwise(best))


@pytest.mark.parametrize("measure", list(MEASURES), ids=MEASURES.name_of)
def test_each_is_declared_whole(measure: type[Measure]) -> None:
    assert measure.title
    assert measure.unit
    assert any(mark in measure.source for mark in ("doi:", "(19", "(20"))
    assert measure.__doc__ is not None
    assert len(measure.__doc__) > 60
    for parameter in parameters(measure):
        assert parameter.question.endswith("?")
        assert parameter.why
    assert MEASURES.build(dump(measure())) == measure()


def test_the_list_holds_every_measure_in_the_folder() -> None:
    found = set()
    for module in pkgutil.iter_modules(core.risk.measures.__path__):
        for thing in vars(importlib.import_module(f"core.risk.measures.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, Measure) and "measure" in thing.model_fields:
                found.add(thing)
    assert found == set(MEASURES)


def test_without_what_it_needs_a_measure_says_what() -> None:
    bare = Study.of(small(a=["x", "y"]), ["a"])
    lacking = {MEASURES.name_of(m): m().lacks(bare) for m in MEASURES}
    assert lacking["l_diversity"] == ("a sensitive column",)
    assert lacking["k_map"] == ("a table of the population with the same quasi-identifiers",)
    assert lacking["distance_linkage"][0].startswith("the original table")
    assert lacking["k_anonymity"] == ()
    for measure in MEASURES:
        if not measure().lacks(bare):
            assert measure().of(bare).sentence


def test_a_table_of_one_row_and_one_of_missing_cells_are_measured() -> None:
    for table in (small(a=["x"], s=["1"]), small(a=[None, None], s=[None, None])):
        whole = Study.of(table, ["a"], sensitive=["s"], population=table, original=table, population_size=10)
        for measure in MEASURES:
            if not measure().lacks(whole):
                found = measure().of(whole)
                assert found.value is None or math.isfinite(found.value)


def test_no_sentence_or_detail_holds_a_cell() -> None:
    table = small(name=["Asha", "Vikram", "Asha", "Meera"], town=["Pune", "Pune", "Goa", "Goa"])
    whole = Study.of(table, ["name", "town"], sensitive=["town"], population=table, population_size=50)
    for measure in MEASURES:
        if not measure().lacks(whole):
            said = repr(measure().of(whole))
            assert not any(cell in said for cell in ("Asha", "Vikram", "Meera", "Pune", "Goa"))


def test_unknown_measures_and_settings_are_problems() -> None:
    with pytest.raises(Problem, match="Did you mean “k_anonymity”"):
        MEASURES.build({"measure": "k_anonymty"})
    with pytest.raises(Problem, match="no setting"):
        MEASURES.build({"measure": "k_anonymity", "kk": 3})


def test_a_release_without_row_numbers_cannot_be_compared_row_by_row() -> None:
    table = four()
    loose = Study.of(Table(table.columns, table.roles, None), original=table)
    with pytest.raises(Problem, match="do not belong to single rows"):
        MEASURES.build({"measure": "distance_linkage"}).of(loose)
