"""Several attacks taken together: the more are tried, the surer one must be; a plain gain stays a gain."""

from __future__ import annotations

import numpy as np

from core.attack.rate import Rate
from core.attack.together import gained


def test_one_attack_is_judged_by_its_own_interval() -> None:
    assert gained([Rate(0.1, 0.01, 0.2)]) == (True,) and gained([Rate(0.1, -0.01, 0.2)]) == (False,)
    assert gained([]) == ()


def test_among_ten_a_narrow_gain_is_chance_and_a_plain_one_is_not() -> None:
    rates = [Rate(0.1, 0.01, 0.2)] + [Rate(0.0, -0.1, 0.1)] * 8 + [Rate(0.5, 0.4, 0.6)]
    assert gained(rates) == (False,) + (False,) * 8 + (True,)


def test_honest_releases_are_blamed_in_about_five_of_a_hundred() -> None:
    drawn = np.random.default_rng(5).normal(size=(2000, 9))
    half = 1.959964
    blamed = [any(gained([Rate(v, v - half, v + half) for v in row])) for row in drawn.tolist()]
    assert 0.01 < np.mean(blamed) < 0.05, "one-sided: half of five in a hundred"


def test_no_gain_is_no_worse_than_another_and_ways_of_one_attacker_have_rows_of_their_own() -> None:
    from dataclasses import replace

    from core.attack import attack
    from core.compare import compare, side_by_side
    from tests.attack.test_attacks import ORIGINAL

    people = ORIGINAL.take(np.arange(300))
    won = attack(people, people, rng=np.random.default_rng(0), names=("linkage",))
    nothing, less = (tuple(replace(a, advantage=Rate(v, v, v)) for a in won) for v in (0.0, -0.2))
    same = compare(people, people)
    side = side_by_side({"A": same, "B": same, "C": same}, {"A": won, "B": nothing, "C": less})
    rows = [row for row in side.rows if row.kind == "attack"]
    assert [row.title for row in rows] == [a.title for a in won] and len(rows) == 3
    assert all(row.winners == ("B", "C") for row in rows)
