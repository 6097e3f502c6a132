"""k-map: every released combination could mean at least k people; counted person by person, apart from the kernels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect import METHODS
from core.protect.hierarchies.hierarchy import FromRows
from core.protect.promises.population import KMap as Rule
from core.protect.promises.population import PopulationCounts
from core.protect.recoding.full_domain import FullDomain
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.recoding.k_map import KMap
from core.protect.recoding.mondrian import Mondrian
from core.protect.suppression.local_suppression import LocalSuppression
from core.table import Column, Table
from tests.protect.protecting import run, smallest

TOWNS = FromRows(rows=tuple((t, "north" if t < "c" else "south", "*") for t in "abcde"))
NORTH = {t: "north" if t < "c" else "south" for t in "abcde"}

people = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(["f", "m", None])), min_size=6, max_size=40)


def table_of(rows) -> Table:
    return Table.of({n: Column.of(list(c)) for n, c in zip(("town", "sex"), zip(*rows, strict=True), strict=True)},
                    dict.fromkeys(("town", "sex"), "quasi_identifier"))


def census_of(rows) -> PopulationCounts:
    counted: dict = {}
    for row in rows:
        counted[row] = counted.get(row, 0) + 1
    return PopulationCounts(rows=(("town", "sex", "count"),
                                  *((t, s or "", str(n)) for (t, s), n in sorted(counted.items(), key=str))))


def could_be(text, value, town: bool) -> bool:
    return text in ("*", value) or (town and text == NORTH[value])


def fewest_people(released: Table, population) -> int:
    rows = zip(released["town"].texts(), released["sex"].texts(), strict=True)
    return min((sum(could_be(t, town, True) and could_be(s, sex, False) for town, sex in population)
                for t, s in rows), default=10**6)


@settings(max_examples=60, deadline=None)
@given(people, people, st.integers(2, 6))
@pytest.mark.parametrize("way", ["coarser", "blank"])
def test_every_combination_could_mean_k_people(way, rows, more, k):
    table, population = table_of(rows), [*rows, *more]
    step = KMap(k=k, population=census_of(population), way=way, hierarchies={"town": TOWNS})
    step.check(table)
    out = step.apply(table, run())
    assert fewest_people(out, population) >= k
    assert out.rows == table.rows
    assert all(c.holds(out) for c in step.claims(table))


@settings(max_examples=40, deadline=None)
@given(people, people, st.integers(3, 6))
@pytest.mark.parametrize("method", [KAnonymity, LocalSuppression, FullDomain])
def test_as_a_rule_beside_strict_k(method, rows, more, k):
    table, population = table_of(rows), [*rows, *more]
    settings_ = {} if method is LocalSuppression else {"hierarchies": {"town": TOWNS}}
    step = method(k=2, rules=(Rule(k=k, population=census_of(population)),), **settings_)
    step.check(table)
    out = step.apply(table, run())
    assert not out.rows or smallest(out, ("town", "sex")) >= 2
    assert fewest_people(out, population) >= k
    assert all(c.holds(out) for c in step.claims(table))


def test_a_row_that_many_share_in_the_country_stays_exact():
    rows = [("a", "f")] * 3 + [("b", "m")]
    out = KMap(k=5, population=census_of([*rows, *[("b", "m")] * 9, *[("a", "f")] * 9])).apply(table_of(rows), run())
    assert out["town"].texts() == ["a", "a", "a", "b"]


def test_the_claim_fails_where_too_few_people_are_meant():
    rows = [("a", "f")] * 3 + [("b", "m")]
    step = KMap(k=5, population=census_of([*rows, *[("a", "f")] * 9]), hierarchies={"town": TOWNS})
    (claim,) = step.claims(table_of(rows))
    assert not claim.holds(table_of(rows))


def test_weights_estimate_the_population():
    table = table_of([("a", "f"), ("a", "f"), ("b", "m"), ("b", "f")])
    table = table.with_columns({"w": Column.of_numbers([50, 60, 200, 5])}).with_roles({"w": "weight"})
    out = KMap(k=100, hierarchies={"town": TOWNS}, columns=("town", "sex")).apply(table, run())
    assert out["town"].texts() == ["a", "a", "b", "north"]
    assert out["sex"].texts()[:3] == ["f", "f", "m"]


def test_numbers_in_ranges_count_the_people_within():
    r = np.random.default_rng(3)
    ages = r.integers(18, 90, 80)
    everybody = np.concatenate([ages, r.integers(18, 90, 400)])
    values, counts = np.unique(everybody, return_counts=True)
    known = ((str(v), str(c)) for v, c in zip(values, counts, strict=True))
    population = PopulationCounts(rows=(("age", "count"), *known))
    table = Table.of({"age": Column.of_numbers(ages)})
    step = Mondrian(columns=("age",), k=2, rules=(Rule(k=40, population=population),))
    step.check(table)
    out = step.apply(table, run())
    for text in set(out["age"].texts()):
        low, _, high = text.partition("-")
        assert ((everybody >= int(low)) & (everybody <= int(high or low))).sum() >= 40
    assert all(c.holds(out) for c in step.claims(table))
    assert not step.claims(table)[1].holds(table)


def test_what_does_not_fit_is_said():
    table = table_of([("a", "f")] * 3)
    with pytest.raises(Problem, match="no column “sex”"):
        KMap(population=PopulationCounts(rows=(("town", "count"), ("a", "9")))).check(table)
    with pytest.raises(Problem, match="weight"):
        KMap().check(table)
    for rows in ([["town", "people"], ["a", "1"]], [["town", "count"], ["a", "1.5"]]):
        with pytest.raises(Problem):
            METHODS.build({"method": "k_map", "population": {"kind": "counts", "rows": rows}})


def test_a_file_of_the_population_stands_beside_the_recipe(tmp_path):
    from core.command_line import load_recipe

    (tmp_path / "census.csv").write_text("town;sex;count\na;f;30\nb;;4\n", "utf-8")
    (tmp_path / "r.yaml").write_text(
        "version: 1\nsteps:\n  - {method: k_map, k: 5, columns: [town, sex],\n"
        "     population: {kind: counts, path: census.csv}}\n"
    )
    step = load_recipe(tmp_path / "r.yaml").steps[0]
    assert step.population.rows == (("town", "sex", "count"), ("a", "f", "30"), ("b", "", "4"))
    (tmp_path / "census.csv").unlink()
    with pytest.raises(Problem, match="population"):
        load_recipe(tmp_path / "r.yaml")
