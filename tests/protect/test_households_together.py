"""The household moves as one: what its members shared before a step they share after it, and k counts households."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.problem import Problem
from core.protect import METHODS
from core.protect.households import first_and_member
from core.table import Column, Table
from tests.protect.protecting import run, smallest

R = np.random.default_rng(11)
HOMES = 90


def people() -> Table:
    size = R.integers(1, 6, HOMES)
    home = np.repeat(np.arange(HOMES), size)
    r = np.random.default_rng(2)
    table = Table.of({
        "home": Column.of([f"h{h}" for h in home]),
        "district": Column.of([f"d{x}" for x in r.integers(0, 12, HOMES)[home]]),
        "roof": Column.of([["tin", "tile", "straw"][x] for x in r.integers(0, 3, HOMES)[home]]),
        "income": Column.of_numbers(np.round(np.exp(r.normal(9, 1, HOMES)))[home]),
        "land": Column.of_numbers(np.round(r.gamma(2, 3, HOMES), 1)[home]),
        "age": Column.of_numbers(r.integers(0, 90, len(home))),
        "sex": Column.of([["f", "m"][x] for x in r.integers(0, 2, len(home))]),
        "ill": Column.of([f"i{x}" for x in r.integers(0, 5, len(home))]),
    })
    return table.with_roles({"home": "household", "ill": "sensitive",
                             **dict.fromkeys(("district", "roof", "age", "sex"), "quasi_identifier")})


STEPS = (
    {"method": "add_noise", "columns": ["income", "land"], "noise": {"kind": "correlated", "amount": 0.3}},
    {"method": "rank_swap", "columns": ["income"], "percent": 20},
    {"method": "shuffle_numbers", "columns": ["income"], "given": ["land"]},
    {"method": "round_numbers", "columns": ["income"], "base": 1000, "rule": "random"},
    {"method": "microaggregate", "columns": ["income", "land"], "k": 4},
    {"method": "pram", "columns": ["roof"], "chances": {"kind": "invariant", "share": 0.9}},
    {"method": "swap_values", "columns": ["district", "roof"], "who": {"kind": "any", "share": 0.8}},
    {"method": "swap_values", "columns": ["district"], "who": {"kind": "rare", "keys": ["age", "sex"], "k": 2}},
    {"method": "k_anonymity", "k": 4},
    {"method": "local_suppression", "k": 4},
)


@pytest.mark.parametrize("plain", STEPS, ids=lambda p: f"{p['method']}-{len(str(p))}")
def test_members_share_afterwards_what_they_shared_before(plain):
    table = people()
    step = METHODS.build({**plain, "whole_households": True})
    step.check(table)
    out = step.apply(table, run())
    assert out.rows == table.rows
    changed = 0
    for name in ("district", "roof", "income", "land"):
        cells: dict = {}
        for home, cell in zip(out["home"].texts(), out[name].texts(), strict=True):
            cells.setdefault(home, set()).add(cell)
        assert max(map(len, cells.values())) == 1, name
        changed += int((~table[name].same_cells(out[name])).sum())
    assert changed
    assert all(claim.holds(out) for claim in step.claims(table))
    assert step.apply(table, run()).digest() == out.digest()


@pytest.mark.parametrize("method", ["k_anonymity", "local_suppression"])
def test_k_households_share_what_households_have_in_common(method):
    table = people()
    out = METHODS.build({"method": method, "k": 4, "whole_households": True}).apply(table, run())
    homes = {(h, d, r) for h, d, r in zip(*(out[n].texts() for n in ("home", "district", "roof")), strict=True)}
    assert min(Counter((d, r) for _, d, r in homes).values()) >= 4
    assert smallest(out, ("district", "roof", "age", "sex")) >= 4


def test_microaggregation_averages_at_least_k_households():
    table = people()
    out = METHODS.build({"method": "microaggregate", "columns": ["income"], "k": 4, "whole_households": True}
                        ).apply(table, run())
    homes = set(zip(out["home"].texts(), out["income"].texts(), strict=True))
    assert min(Counter(income for _, income in homes).values()) >= 4


def test_rules_hold_with_whole_households():
    table = people()
    step = METHODS.build({"method": "k_anonymity", "k": 3, "whole_households": True,
                          "rules": [{"rule": "distinct_l", "column": "ill", "l": 2}]})
    step.check(table)
    out = step.apply(table, run())
    ills: dict = {}
    for *key, ill in zip(*(out[n].texts() for n in ("district", "roof", "age", "sex", "ill")), strict=True):
        ills.setdefault(tuple(key), set()).add(ill)
    assert min(map(len, ills.values())) >= 2


def test_what_cannot_be_shared_is_refused():
    table = people()
    with pytest.raises(Problem, match="differs within some households"):
        METHODS.build({"method": "add_noise", "columns": ["age"], "whole_households": True}).check(table)
    with pytest.raises(Problem, match="role household"):
        METHODS.build({"method": "pram", "columns": ["roof"], "whole_households": True}).check(
            table.with_roles({"home": "keep"}))
    with pytest.raises(Problem, match="same for all members"):
        METHODS.build({"method": "k_anonymity", "columns": ["roof"], "whole_households": True,
                       "rules": [{"rule": "distinct_l", "column": "ill"}]}).check(table)


def test_rows_without_a_household_stand_alone():
    table = Table.of({"h": Column.of(["a", None, "a", None, "*", "*"])}, {"h": "household"})
    first, member = first_and_member(table)
    assert first.tolist() == [0, 1, 3, 4, 5]
    assert member.tolist() == [0, 1, 0, 2, 3, 4]
