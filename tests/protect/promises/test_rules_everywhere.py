"""Rules about sensitive columns in every method that makes rows alike: recounted, and beside ARX's figures."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.protect.hierarchies.hierarchy import FromRows
from core.protect.promises.rules import BetaLikeness, DistinctL, EntropyL, RecursiveL, TCloseness, all_keep, in_lots
from core.protect.recoding.full_domain import FullDomain, Optimum, optimum
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.recoding.mondrian import Mondrian
from core.protect.suppression.local_suppression import LocalSuppression
from core.table import Column, Table
from tests.protect.protecting import adult, adult_hierarchies, run, smallest

ILL = FromRows(rows=(("ulcer", "stomach", "*"), ("gastritis", "stomach", "*"), ("flu", "lung", "*"),
                     ("asthma", "lung", "*"), ("sprain", "limb", "*")))
NEAR = {row[0]: row[1] for row in ILL.rows}

RULES = (
    DistinctL(column="s", l=2), EntropyL(column="s", l=1.5), RecursiveL(column="s", c=3, l=2),
    TCloseness(column="s", t=0.4), TCloseness(column="s", t=0.3, distance="ordered"),
    TCloseness(column="s", t=0.3, distance="hierarchical", hierarchy=ILL), BetaLikeness(column="s", beta=1.5),
)

rows_of = st.lists(st.tuples(st.integers(0, 30).map(str), st.sampled_from("abc"), st.sampled_from(sorted(NEAR))),
                   min_size=12, max_size=60)


def table_of(rows) -> Table:
    age, town, ill = zip(*rows, strict=True)
    return Table.of({"age": Column.of(age, "number"), "town": Column.of(town), "s": Column.of(ill)},
                    {"age": "quasi_identifier", "town": "quasi_identifier", "s": "sensitive"})


def moved_in_pairs(group: Counter, whole: Counter) -> float:
    """The earth mover's distance with ground distance 0, 1/2 (same organ) or 1, by linear programming."""
    from scipy.optimize import linprog

    values = sorted(whole)
    p = np.array([group[v] / group.total() for v in values])
    q = np.array([whole[v] / whole.total() for v in values])
    n = len(values)
    cost = [0.0 if a == b else 0.5 if NEAR[a] == NEAR[b] else 1.0 for a in values for b in values]
    from_p = np.kron(np.eye(n), np.ones(n))
    to_q = np.kron(np.ones(n), np.eye(n))
    return float(linprog(cost, A_eq=np.vstack([from_p, to_q]), b_eq=np.concatenate([p, q])).fun)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=5, max_size=5).filter(any),
       st.lists(st.integers(1, 9), min_size=5, max_size=5))
def test_hierarchical_distance_is_the_cost_of_the_best_transport(counts, whole):
    names = sorted(NEAR)
    group, everybody = Counter(dict(zip(names, counts, strict=True))), Counter(dict(zip(names, whole, strict=True)))
    far = moved_in_pairs(group, everybody)
    paths = [(NEAR[v], "*") for v in names]
    shares = [whole[i] / sum(whole) for i in range(5)]
    for t in (far - 0.01, far + 0.01):
        if 0 < t < 1:
            rule = TCloseness(column="s", t=t, distance="hierarchical", hierarchy=ILL)
            assert rule.kept(counts, shares, paths) == (t > far)


@settings(max_examples=40, deadline=None)
@given(rows_of)
def test_the_kernel_judges_hierarchical_closeness_as_the_rule_does(rows):
    from core.protect.kernels.diverse import keeps
    from core.protect.promises.rules import coded

    table = table_of(rows)
    rule = TCloseness(column="s", t=0.25, distance="hierarchical", hierarchy=ILL)
    codes, share, numbers = coded(table, (rule,))
    whole = Counter(table["s"].texts())
    for size in (3, 6, 9):
        h = np.bincount(codes[0][:size], minlength=len(share))
        far = moved_in_pairs(Counter(table["s"].texts()[:size]), whole)
        if abs(far - 0.25) > 1e-6:
            assert keeps(h, share, numbers) == (far < 0.25)


def kept_by_hand(released: Table, names, rule) -> bool:
    classes: dict = defaultdict(Counter)
    for *key, ill in zip(*(released[n].texts() for n in (*names, "s")), strict=True):
        classes[tuple(key)][ill] += 1
    whole = Counter(released["s"].texts())
    if isinstance(rule, TCloseness) and rule.distance == "hierarchical":
        return all(moved_in_pairs(c, whole) <= rule.t + 1e-6 for c in classes.values())
    if isinstance(rule, DistinctL):
        return all(len(c) >= rule.l for c in classes.values())
    return all_keep(released, names, rule)


@settings(max_examples=12, deadline=None)
@given(rows_of)
@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.rule}-{getattr(r, 'distance', '')}")
@pytest.mark.parametrize("method", [KAnonymity, LocalSuppression, FullDomain, Mondrian])
def test_every_rule_in_every_method_on_any_table(method, rule, rows):
    from core.problem import Problem

    table = table_of(rows)
    names = ("age",) if method is Mondrian else ("age", "town")
    step = method(k=3, columns=names, rules=(rule,))
    try:
        step.check(table)
    except Problem as problem:
        assert "Even all rows together" in str(problem)  # noqa: PT017  # a table of one illness
        return
    try:
        out = step.apply(table, run())
    except Problem as problem:
        assert "No way was found" in str(problem)  # noqa: PT017
        return
    assert not out.rows or smallest(out, names) >= 3
    assert not out.rows or kept_by_hand(out, names, rule)
    assert all(claim.holds(out) for claim in step.claims(table))


ARX_GLOBAL = ((DistinctL(column="occupation", l=3), 1400, 0.798), (TCloseness(column="occupation", t=0.2), 235, 0.184))
"""oracle/arx/MEASURED.md: global recoding, k=5, up to 5% suppressed."""


def granularity_of(out: Table, names, hierarchies) -> float:
    """As MEASURED.md defines it, from the written texts: leaves under each text by the rows of the hierarchy files."""
    lost, least = [], []
    for name in names:
        rows = hierarchies[name].rows
        under = {text: sum(text in row for row in rows) / len(rows) for text in {cell for row in rows for cell in row}}
        under["*"] = 1.0
        texts = out[name].texts()
        lost.append(sum(under[t] for t in texts) / len(texts))
        least.append(1 / len(rows))
    return 1 - (np.mean(lost) - np.mean(least)) / (1 - np.mean(least))


@pytest.mark.parametrize(("rule", "suppressed", "granularity"), ARX_GLOBAL, ids=["l", "t"])
def test_adult_with_rules_finds_arxs_optimum(rule, suppressed, granularity):
    table = adult()
    eight = tuple(n for n in table.names if n != "occupation")
    hierarchies = adult_hierarchies(eight)
    step = FullDomain(k=5, columns=eight, hierarchies=hierarchies, rules=(rule,))
    noted = run()
    out = step.apply(table, noted)
    assert f"{suppressed:,} of 30,162" in noted.notes[0]
    assert "proved" in noted.notes[1]
    blanked = sum(row == ("*",) * 8 for row in zip(*(out[n].texts() for n in eight), strict=True))
    assert blanked == suppressed
    assert granularity_of(out, eight, hierarchies) == pytest.approx(granularity, abs=0.0006)


def test_an_unproved_optimum_says_how_far_it_may_be():
    r = np.random.default_rng(5)
    table = Table.of({n: Column.of_numbers(r.integers(0, 90, 400)) for n in "abcd"})
    step = FullDomain(k=5)
    recoding, _ = step._ready(table, tuple("abcd"))
    cut, whole = optimum(recoding, 5, 20, work=2_000), optimum(recoding, 5, 20)
    assert whole.proved
    assert not cut.proved
    assert cut.bound <= whole.loss <= cut.loss
    noted = run()
    step._say(noted, Optimum(cut.levels, cut.loss, cut.suppressed, cut.nodes, cut.bound), 400, dropped=False)
    assert "at most" in noted.notes[-1]


def test_a_column_of_nearly_as_many_values_as_rows_is_judged_in_lots_and_holds() -> None:
    r = np.random.default_rng(2)
    rows = 3000
    incomes = r.integers(1, 10**6, rows)
    incomes[r.random(rows) < 0.6] = 0
    table = Table.of({"age": Column.of_numbers(r.integers(0, 90, rows)), "s": Column.of_numbers(incomes)},
                     {"age": "quasi_identifier", "s": "sensitive"})
    rule = DistinctL(column="s", l=3)
    assert in_lots(table, (rule,), "s") == 96
    for step in (KAnonymity(k=3, rules=(rule,)), FullDomain(k=3, rules=(rule,))):
        one = run()
        step.check(table)
        out = step.apply(table, one)
        assert smallest(out, ("age",)) >= 3
        assert kept_by_hand(out, ("age",), rule)
        assert not any("proved" in note for note in one.notes), "lots prove no optimum"
    assert in_lots(table, (rule, TCloseness(column="s", t=0.3)), "s") is None, "the spread needs every value"


def test_too_many_values_for_a_rule_that_needs_each_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.problem import Problem
    from core.protect.promises import rules

    monkeypatch.setattr(rules, "MOST_CELLS", 100)
    table = Table.of({"age": Column.of_numbers(range(40)), "s": Column.of_numbers(range(40))},
                     {"age": "quasi_identifier", "s": "sensitive"})
    with pytest.raises(Problem, match="40 different values, too many for this rule in a table of 40 rows"):
        KAnonymity(k=3, rules=(TCloseness(column="s", t=0.5),)).check(table)
