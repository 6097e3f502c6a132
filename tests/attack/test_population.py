"""What is known of the population is no gain: laws and ordinary correlation are silent, what a file adds is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.attack import attack
from core.attack.attack import Scene
from core.attack.attribute import Truth
from core.attack.population import inferred
from core.attack.rate import beyond, difference, paired, share
from core.table import Column, Table
from tests.attack.test_attacks import ORIGINAL, OTHERS, population
from tests.attack.test_protected import KNOWN, coarse, found


def test_a_model_of_the_others_infers_laws_and_not_what_holds_of_a_group_that_is_left_out() -> None:
    sex = ORIGINAL["sex"].codes
    district = ORIGINAL["district"].codes
    table = ORIGINAL.with_columns({
        "law": Column.of([f"v{c}" for c in sex], "category"),
        "own": Column.of([f"v{c % 5}" for c in district], "category"),
        "chance": Column.of(np.random.default_rng(99).choice(list("abcde"), 1500).tolist(), "category"),
    })
    scene = Scene(table, table, np.random.default_rng(0))
    category = Truth(False, 0.0)
    right = {name: table[name].same_cells(inferred(scene, name, KNOWN, category, district.astype(np.int64))).mean()
             for name in ("law", "own", "chance")}
    assert right["law"] == 1 and right["own"] < 0.45 and right["chance"] < 0.27
    known = inferred(scene, "own", KNOWN, category)
    assert table["own"].same_cells(known).mean() == 1, "of a district that is not left out, all is known"


def test_numbers_are_inferred_to_where_most_of_their_like_lie() -> None:
    school = ORIGINAL["school"].codes * 1000.0
    table = ORIGINAL.with_columns({"amount": Column.of_numbers(school + np.arange(1500) % 10)})
    truth = Truth.of(table["amount"], 0.02)
    guess = inferred(Scene(table, table, np.random.default_rng(0)), "amount", KNOWN, truth)
    assert truth.right(table["amount"], guess).mean() > 0.95


def test_what_is_a_law_of_the_population_is_no_gain_of_the_file() -> None:
    """All men have one value, all women another: every class is homogeneous, and nobody loses anything."""
    law = Column.of([f"only {c}" for c in ORIGINAL["sex"].codes], "category")
    original, released = (t.with_columns({"disease": law}) for t in (ORIGINAL, coarse(ORIGINAL, 40)))
    told = found(original, released, "inference")["inference/disease"]
    assert told.success.value == told.baseline.value == 1 and not told.found


def test_group_means_that_anybody_can_work_out_give_no_number_away() -> None:
    rng = np.random.default_rng(2)
    amount = ORIGINAL["school"].codes * 10_000.0 + rng.integers(0, 200, 1500)
    means = np.array([amount[ORIGINAL["school"].codes == s].mean() for s in range(4)])[ORIGINAL["school"].codes]
    original = ORIGINAL.with_columns({"income": Column.of_numbers(amount)})
    won = found(original, original.with_columns({"income": Column.of_numbers(means)}), "amounts")["amounts/income"]
    assert won.success.value > 0.9 and won.baseline.value > 0.9 and not won.found


def test_uniques_are_not_hidden_by_pairs() -> None:
    """A hundred people are alone, as many stand in pairs: a pair's row fits one person without its owner."""
    age = np.concatenate([np.arange(100), 200 + np.arange(50).repeat(2), np.full(300, 500)])
    people = Table.of({"age": Column.of_numbers(age)}, {"age": "quasi_identifier"})
    (won, _about) = attack(people, people, rng=np.random.default_rng(0), names=("singling_out",))
    assert won.success.value == 0.2 and won.found and won.facts["alone"] == 100
    pairs = people.take(np.arange(100, 500))
    assert not attack(pairs, pairs, rng=np.random.default_rng(0), names=("singling_out",))[0].found


def test_copies_of_unique_rows_are_told_from_chance_without_a_control_group() -> None:
    narrow = [t.without(["income", "district"]) for t in (ORIGINAL, OTHERS)]
    honest = attack(narrow[0], replace(narrow[1], row_ids=None), rng=np.random.default_rng(0), names=("exact_copies",))
    assert all(a.success.value > 0 and not a.found for a in honest), "few columns: the same rows occur by chance"
    copied = attack(ORIGINAL, replace(ORIGINAL, row_ids=None), rng=np.random.default_rng(0), names=("exact_copies",))
    assert all(a.found for a in copied)


def test_members_of_one_household_are_one_try() -> None:
    homes = ORIGINAL.with_columns({"home": Column.of([str(i // 5) for i in range(1500)], "code")})
    scene = Scene(homes.with_roles({"home": "household"}), homes, np.random.default_rng(0))
    assert scene.drawn(scene.original).rows == 300
    assert replace(scene, most=100).drawn(scene.original).rows == 100


def test_members_of_a_household_in_the_control_group_raise_no_false_alarm() -> None:
    """Homes of four share all but age and sex. Whose home is in both halves of the control group, finds it there."""

    def homes(people: int, seed: int, role: bool = True) -> Table:
        one = population(people // 4, seed)
        rng = np.random.default_rng(seed)
        of = np.arange(people) // 4
        many = one.take(of).with_columns({
            "age": Column.of_numbers(rng.integers(1, 80, people)), "home": Column.of([str(h) for h in of], "code")})
        return many.with_roles({**many.roles, "home": "household"} if role else many.roles)

    honest = replace(homes(1200, 12).without(["home"]), row_ids=None)
    for role, told in ((True, False), (False, True)):
        original, control = homes(1200, 10, role), homes(800, 11, role)
        won = attack(original, honest, control, rng=np.random.default_rng(1), names=("nearest_membership",))
        assert won[0].found == told, "without the role it is not known who lives together"


def test_a_register_without_names_counts_those_who_are_like_several() -> None:
    held = ORIGINAL.take(np.arange(200)).without(["income", "disease", "age"])
    for one in found(ORIGINAL, ORIGINAL, "linkage", register=held).values():
        assert one.tries == 200 and one.facts["undecided"] == 0 and not one.found
        assert one.facts["ambiguous"] + one.facts["none"] > 150 and one.facts["wrong"] == 0
    exact = found(ORIGINAL, ORIGINAL, "linkage", register=held)["linkage/Found in a register (all values fit)"]
    assert exact.facts["ambiguous"] > 150


def test_blanks_and_two_releases_are_silent_where_the_population_tells_as_much() -> None:
    """100 repetitions, 500 people: cells blanked by lot beside columns that hang together; and two honest releases."""
    wins: dict[str, int] = {}
    for seed in range(100):
        whole = population(1500, 2000 + seed)
        people, first, second = (whole.take(np.arange(a, a + 500)) for a in (0, 500, 1000))
        rng = np.random.default_rng(seed)
        school = np.where(people["age"].numbers > 50, "old", np.array(people["school"].texts(), object))
        school[rng.random(500) < 0.1] = "other"
        people = people.with_columns({"class": Column.of(school.tolist(), "category")}).without(["income"])
        gone = {n: people[n].suppress(rng.random(500) < 0.2) for n in ("disease", "class")}
        won = [*attack(people, people.with_columns(gone), rng=rng, names=("blanks",)),
               *attack(whole.take(np.arange(500)), replace(first, row_ids=whole.row_ids[:500]), rng=rng,  # type: ignore[index]
                       second=replace(second, row_ids=whole.row_ids[:500]), names=("two_releases",),  # type: ignore[index]
                       sought=("disease",))]
        for a in won:
            wins[f"{a.attack}/{a.target}"] = wins.get(f"{a.attack}/{a.target}", 0) + a.found
    assert set(wins) == {"blanks/disease", "blanks/class", "two_releases/disease"}
    assert max(wins.values()) <= 12, wins


@pytest.mark.parametrize("chance", [0.02, 0.3])
def test_intervals_of_differences_hold_as_often_as_they_say(chance: float) -> None:
    """The same chance on both sides: the lower end is above 0 in at most 2.5% of 2,000 tries, and three errors."""
    rng = np.random.default_rng(4)
    most = 0.025 + 3 * np.sqrt(0.025 * 0.975 / 2000)
    a, b = rng.binomial(200, chance, (2, 2000))
    assert np.mean([difference(int(x), 200, int(y), 200).low > 0 for x, y in zip(a, b, strict=True)]) <= most
    assert np.mean([beyond(share(int(x), 200), share(int(y), 200)).low > 0 for x, y in zip(a, b, strict=True)]) <= most
    same, first = rng.random((2, 2000, 200))
    one = first < chance
    # Every other person succeeds both ways or neither: the two ways hang together.
    other = np.where(np.arange(200) % 2, one, same < chance)
    both, only_one, only_other = ((x & y).sum(axis=1) for x, y in ((one, other), (one, ~other), (~one, other)))
    lows = [paired(int(x), int(y), int(z), 200).low for x, y, z in zip(only_one, only_other, both, strict=True)]
    assert np.mean(np.array(lows) > 0) <= most


def test_paired_differences_by_hand() -> None:
    """36 both, 12 and 2 one way, 0 neither: no correction, for the ways hang together the other way round."""
    found = paired(12, 2, 36, 50)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)
    # 20, 12, 2, 16: phi = (20 * 16 - 12 * 2 - 50 / 2) / sqrt(32 * 18 * 22 * 28), Wilson ends of 32/50 and 22/50.
    phi = 271 / np.sqrt(32 * 18 * 22 * 28)
    z = 1.959964

    def wilson(hits: int, sign: int) -> float:
        return (hits + z**2 / 2 + sign * z * np.sqrt(hits * (50 - hits) / 50 + z**2 / 4)) / (50 + z**2)

    down, up = 0.64 - wilson(32, -1), wilson(22, 1) - 0.44
    found = paired(12, 2, 20, 50)
    assert found.low == pytest.approx(0.2 - np.sqrt(down**2 - 2 * phi * down * up + up**2), abs=1e-5)
