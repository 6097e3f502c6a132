"""Attackers of protected rows: found where a leak was planted, silent where there is none."""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import pytest

from core.attack import Attacked, attack
from core.attack.attack import Scene
from core.attack.blanks import foretold
from core.attack.fellegi_sunter import em
from core.attack.fit import APART, FITS, NEAR, OPEN, Fit, span
from core.attack.linkage import Linkage
from core.attack.rate import paired
from core.table import Column, Table
from tests.attack.test_attacks import CONTROL, ORIGINAL, OTHERS, below, population

KNOWN = ("sex", "age", "school", "district")


def found(original: Table, released: Table, *names: str, seed: int = 0, **more) -> dict[str, Attacked]:
    won = attack(original, released, rng=np.random.default_rng(seed), names=names, **more)
    return {f"{a.attack}/{a.target or a.title}": a for a in won}


def coarse(table: Table, width: int = 20) -> Table:
    """Ages in bands, no districts: large classes."""
    banded = table["age"].recode(lambda v: f"{int(v) // width * width}-{int(v) // width * width + width - 1}")
    return table.with_columns({"age": banded}).without(["district"])


def test_cells_that_fit_by_hand() -> None:
    people = Table.of({"age": Column.of_numbers(np.arange(20, 60)), "pin": Column.of(["560001"] * 40, "code")})
    written = Table.of({"age": Column.of(["20-29", "30 to under 40", "*", "50 or more", "35"] * 8),
                        "pin": Column.of(["560001", "5600**", "11****", None, "*"] * 8)})
    fit = Fit.of(("age", "pin"), people, replace(written, row_ids=None), people, group=False)
    (place,) = fit.stretches()
    ages, pins = place.levels
    assert ages[5, :5].tolist() == [FITS, APART, OPEN, APART, APART]  # 25 years
    assert ages[15, :5].tolist() == [APART, FITS, OPEN, APART, FITS]  # 35 years
    assert ages[16, 4] == APART and ages[15, 4] == FITS
    assert ages[35, 3] == FITS  # 55 years
    assert pins[0, :5].tolist() == [FITS, FITS, APART, OPEN, OPEN]
    assert place.apart[15, 4] < place.apart[15, 3]
    assert span("below 20") == (-np.inf, 20) and span("90+") == (90, np.inf) and span("north") is None
    close = Fit.of(("age",), people, Table({"age": Column.of_numbers(np.full(40, 20.4))}, {}, None), people)
    assert next(close.stretches()).levels[0][1, 0] == NEAR


def test_groups_are_known_and_pseudonyms_tell_nothing() -> None:
    grouped = ORIGINAL.with_columns({"district": ORIGINAL["district"].recode(lambda v: "NS"[int(v[1:]) % 2])})
    coded = ORIGINAL.with_columns({"district": ORIGINAL["district"].recode(lambda v: f"code-{int(v[1:]) * 7}")})
    for released, fits in ((grouped, 6 / 12), (coded, 0)):
        fit = Fit.of(("district",), ORIGINAL, released, ORIGINAL)
        levels = np.concatenate([p.levels[0] for p in fit.stretches()])
        shown = (levels == FITS) @ fit.classes.sizes / ORIGINAL.rows
        assert shown.mean() == pytest.approx(fits, abs=0.05)


def test_people_of_a_register_are_found_in_untouched_rows_and_not_in_coarse_ones() -> None:
    won = found(ORIGINAL, ORIGINAL, "linkage")
    assert len(won) == 3
    for one in won.values():
        assert one.found and one.success.value > 0.5 and one.facts["wrong"] == 0
        assert one.facts["correct"] + one.facts["ambiguous"] == one.tries
    for one in found(ORIGINAL, coarse(ORIGINAL), "linkage").values():
        assert not one.found and one.facts["correct"] == 0
    for one in found(ORIGINAL, replace(OTHERS, row_ids=ORIGINAL.row_ids), "linkage").values():
        assert not one.found


def test_each_way_of_looking_finds_what_another_misses() -> None:
    """A year added to or taken from every age: nothing fits exactly, but the right row is near."""
    moved = np.random.default_rng(1).choice([-1, 1], ORIGINAL.rows)
    noisy = ORIGINAL.with_columns({"age": Column.of_numbers(ORIGINAL["age"].numbers + moved)})
    won = found(ORIGINAL, noisy, "linkage")
    exact, near, probable = (one.facts for one in won.values())
    assert exact["correct"] == 0 and near["correct"] > 100 and probable["correct"] > 50
    assert probable["wrong"] < 0.5 * near["wrong"], "probabilities say when they are not sure"


def test_a_register_with_errors_and_few_people_finds_fewer() -> None:
    scene = Scene(ORIGINAL, ORIGINAL, np.random.default_rng(0))
    sure = Linkage(ways=("exact",)).run(scene)[0]
    worse = Linkage(ways=("exact",), people=0.2, errors=0.1, outdated=0.3).run(scene)[0]
    assert worse.tries == 300 and worse.success.high < sure.success.low and worse.found
    probable = Linkage(ways=("probabilistic",), errors=0.1).run(scene)[0]
    assert probable.success.value > Linkage(ways=("exact",), errors=0.1).run(scene)[0].success.value


def test_a_register_with_names_says_who_is_found_and_who_is_not_there() -> None:
    named = ORIGINAL.with_columns({"name": Column.of([f"Person {i}" for i in range(1500)])})
    named = named.with_roles({"name": "direct_identifier"})
    strangers = CONTROL.take(np.arange(300)).with_columns({"name": Column.of([f"Other {i}" for i in range(300)])})
    held = below(named.take(np.arange(300)), strangers).without(["income", "disease"])
    held = held.with_columns({"name": held["name"].recode(lambda v: f" {v.upper()}")})
    won = found(named, named.without(["name"]), "linkage", register=held)
    exact = won["linkage/Found in a register (all values fit)"]
    assert exact.tries == 600 and 100 < exact.facts["correct"] <= 300 and exact.facts["wrong"] > 0
    assert exact.facts["undecided"] == 0
    whole = below(named.take(np.arange(300)), strangers)
    all_known = found(named, named.without(["name"]), "linkage", register=whole)
    assert all_known["linkage/Found in a register (all values fit)"].facts["correct"] >= 299, "the register has incomes"
    # Without names only people who agree in all shared columns, and are alone with them, are known to be the same.
    bare = found(named, named.without(["name"]), "linkage", register=held.without(["name"]))
    assert bare["linkage/Found in a register (all values fit)"].facts["undecided"] > 0


def test_agreement_is_learned_without_the_truth() -> None:
    """100 people, 100 rows, three columns; the true pairs agree in 90% of cells, strangers in 10, 20 and 50%."""
    rng = np.random.default_rng(3)
    u, m = np.array([0.1, 0.2, 0.5]), np.array([0.9, 0.9, 0.9])
    true, strange = (rng.random((n, 3)) < p for n, p in ((500, m), (249_500, u)))
    kinds, counts = np.unique(np.where(np.concatenate([true, strange]), FITS, APART), axis=0, return_counts=True)
    learned = em(kinds, counts.astype(float), 500)
    assert learned.u[:, FITS] == pytest.approx(u, abs=0.01)
    assert (learned.logs[:, FITS] > 0).all() and (learned.logs[:, APART] < 0).all()
    assert learned.logs[0, FITS] > learned.logs[2, FITS], "rare agreement says more"


def test_untouched_rows_single_people_out_and_coarse_ones_do_not() -> None:
    title = "singling_out/Singling out"
    assert found(ORIGINAL, ORIGINAL, "singling_out")[title].found
    assert not found(ORIGINAL, coarse(ORIGINAL), "singling_out")[title].found
    other = found(ORIGINAL, replace(OTHERS, row_ids=ORIGINAL.row_ids), "singling_out")[title]
    assert other.success.value > 0.1 and not other.found, "descriptions fit one person by chance"


def test_copies_single_people_out_and_link_two_files() -> None:
    rng = np.random.default_rng(4)
    leaked = ORIGINAL.take(rng.choice(1500, 75, replace=False))
    mixed = below(OTHERS.take(np.arange(1425)), leaked)
    won = found(ORIGINAL, mixed, "singling_out", "linkability", control=CONTROL)
    assert won["singling_out/Singling out: every detail"].found
    assert won["linkability/Linking two files"].found


def test_halves_are_linked_where_each_is_telling() -> None:
    fine = {f"a{i}": Column.of_numbers(np.random.default_rng(i).integers(0, 400, 600)) for i in range(4)}
    table = Table.of(fine, {n: "quasi_identifier" for n in fine})
    assert found(table, table, "linkability")["linkability/Linking two files"].success.value > 0.9
    rng = np.random.default_rng(9)
    shuffled = table.with_columns({n: table[n].take(rng.permutation(600)) for n in fine})
    assert not found(table, shuffled, "linkability")["linkability/Linking two files"].found
    assert not found(ORIGINAL, coarse(ORIGINAL), "linkability")["linkability/Linking two files"].found


def test_a_k_anonymous_file_with_homogeneous_classes_is_found() -> None:
    """Every class has ten rows and more; in one file all of a class have the same disease, in the other they mix."""
    released = coarse(ORIGINAL, 40)
    together = [released[n].codes for n in ("sex", "age", "school")]
    _kinds, of, sizes = np.unique(np.stack(together), axis=1, return_inverse=True, return_counts=True)
    assert sizes.min() >= 10
    same = Column.of([f"disease {'ABCDEF'[k % 6]}" for k in of.ravel()], "category")
    mixed = same.take(np.random.default_rng(2).permutation(len(same)))
    for disease, told in ((same, True), (mixed, False)):
        original, after = (t.with_columns({"disease": disease}) for t in (ORIGINAL, released))
        won = found(original, after, "inference")
        assert won["inference/disease"].found == told
        assert won["inference/disease"].success.value == float(told)
        assert not won["inference/income"].found
        assert not any(a.found for a in found(original, after, "linkage", "singling_out", "linkability").values())


def test_one_copied_sensitive_column_is_inferred_in_that_column_alone() -> None:
    mixed = replace(OTHERS.with_columns({n: ORIGINAL[n] for n in [*KNOWN, "disease"]}), row_ids=None)
    won = found(ORIGINAL, mixed, "inference", control=CONTROL)
    assert won["inference/disease"].found and not won["inference/income"].found


def test_suppressed_cells_that_another_column_tells_are_deduced() -> None:
    """The state of each district is known from rows in which it is shown; a disease hangs on nothing."""
    state = ORIGINAL["district"].recode(lambda v: f"state {int(v[1:]) // 4}")
    chance = Column.of(np.random.default_rng(0).choice(list("vwxyz"), 1500).tolist(), "category")
    original = ORIGINAL.with_columns({"state": state, "chance": chance})
    gone = np.random.default_rng(5).random(1500) < 0.1
    released = original.with_columns({"state": state.suppress(gone), "chance": chance.suppress(gone)})
    won = found(original, released, "blanks")
    assert won["blanks/state"].success.value == 1 and won["blanks/state"].found
    assert won["blanks/state"].facts["certain"] == gone.sum() == won["blanks/state"].tries
    assert not won["blanks/chance"].found
    told = foretold(released, "state", ("sex", "district", "school"), 2)
    assert told.columns == 1 and told.certain.all()
    assert not found(original, original, "blanks"), "nothing is suppressed"


def test_averages_give_numbers_away_and_large_noise_does_not() -> None:
    income = ORIGINAL["income"].numbers
    order = np.argsort(income)
    averaged = np.empty(1500)
    averaged[order] = np.repeat(income[order].reshape(-1, 3).mean(axis=1), 3)
    noisy = income + np.random.default_rng(1).normal(0, 3 * income.std(), 1500)
    for numbers, told in ((averaged, True), (noisy, False)):
        won = found(ORIGINAL, ORIGINAL.with_columns({"income": Column.of_numbers(numbers)}), "amounts")
        assert won["amounts/income"].found == told
    assert not found(ORIGINAL, ORIGINAL, "amounts"), "no number was changed"


def test_two_releases_tell_what_neither_tells_alone() -> None:
    """Ages in bands that start at 0, and in bands that start at 10: both together are bands of half the width."""
    rng = np.random.default_rng(7)
    age, disease = np.arange(400) // 4 % 80, Column.of([f"d{d}" for d in rng.integers(0, 400, 100).repeat(4)])
    people = Table.of({"age": Column.of_numbers(age), "disease": disease.with_kind("category")},
                      {"age": "quasi_identifier", "disease": "sensitive"})

    def banded(start: int) -> Table:
        low = (age - start) // 2 * 2 + start
        return people.with_columns({"age": Column.of([f"{a}-{a + 1}" if a >= 0 else "0" for a in low])})

    first, second = banded(0), banded(1)
    assert not any(a.found for a in found(people, first, "inference").values())
    won = found(people, first, "two_releases", second=second)["two_releases/disease"]
    assert won.found and won.success.value > won.baseline.value + 0.3
    assert not found(people, first, "two_releases", second=first)["two_releases/disease"].found
    assert not found(people, first, "two_releases")


def test_a_cell_hidden_in_one_release_and_shown_in_the_other_is_told() -> None:
    gone = np.zeros(1500, bool)
    gone[:100] = True
    first = ORIGINAL.with_columns({"district": ORIGINAL["district"].suppress(gone)})
    second = ORIGINAL.with_columns({"district": ORIGINAL["district"].suppress(~gone)})
    known = ("sex", "age", "school", "income")
    assert found(ORIGINAL, first, "two_releases", second=second, known=known)["two_releases/district"].found


def test_rows_in_the_order_of_the_original_are_matched_by_position() -> None:
    bare = replace(ORIGINAL, row_ids=None)
    assert not found(ORIGINAL, bare, "linkage")
    assert found(ORIGINAL, bare, "linkage", by_position=True)
    assert not found(ORIGINAL, bare.take(np.arange(1499)), "linkage", by_position=True)


def test_shares_of_the_same_people_are_compared_in_pairs() -> None:
    """Newcombe 1998, table II: 56 people, 36 both ways, 12 first only, 2 second only: 0.0569 to 0.3404 (method 10)."""
    rate = paired(12, 2, 36, 50)
    assert rate.value == pytest.approx(0.2)
    assert (rate.low, rate.high) == pytest.approx((0.0569, 0.3404), abs=2e-4)
    assert paired(0, 0, 10, 100).low == pytest.approx(-paired(0, 0, 10, 100).high)


def test_no_sentence_of_a_protected_release_holds_a_cell() -> None:
    asha = ORIGINAL.with_columns({"district": Column.of(["Canary"] * 700 + ["Asha"] * 800)})
    hidden = asha.with_columns({"district": asha["district"].suppress(np.arange(1500) % 9 == 0)})
    said = str([a.data() for a in attack(asha, hidden, rng=np.random.default_rng(0), second=asha)])
    assert "Canary" not in said and "two_releases" in said and "blanks" in said and "linkage" in said


def test_an_honest_release_in_the_place_of_protected_rows_gives_no_advantage() -> None:
    """Rows of other people, given out as if row i were person i's: no attacker who is told so gains, in 88 of 100."""
    wins: dict[str, int] = {}
    for seed in range(100):
        whole = population(1000, 500 + seed)
        original, released = whole.take(np.arange(500)), whole.take(np.arange(500, 1000))
        released = replace(released, row_ids=original.row_ids)
        for a in attack(original, released, rng=np.random.default_rng(seed), most=500,
                        names=("singling_out", "linkability", "linkage", "amounts", "inference")):
            wins[f"{a.attack}/{a.target or a.title}"] = wins.get(f"{a.attack}/{a.target or a.title}", 0) + a.found
    assert len(wins) >= 8
    assert max(wins.values()) <= 12, wins


def test_a_register_and_a_second_release_are_given_on_the_command_line(tmp_path) -> None:
    from core.commands import compare
    from core.problem import Problem
    from core.table.writing import write_csv

    people = ORIGINAL.take(np.arange(200))
    gone = people.with_columns({"district": people["district"].suppress(np.arange(200) < 100)})
    other = people.with_columns({"district": people["district"].suppress(np.arange(200) >= 100)})
    files = {"o": people, "r": gone, "s": other, "reg": people.take(np.arange(50)).without(["income", "disease"])}
    for name, table in files.items():
        write_csv(table, tmp_path / f"{name}.csv")
    register = tmp_path / "reg.csv"
    register.write_text(register.read_text("utf-8").replace("age", "years", 1), "utf-8")
    (tmp_path / "a.yaml").write_text("- {attack: linkage, ways: [exact]}\n", "utf-8")
    parser = argparse.ArgumentParser()
    compare.arguments(parser)
    words = [str(tmp_path / "o.csv"), str(tmp_path / "r.csv"), "--keys", "sex,age,school,district", "--sensitive",
             "disease", "--register", str(tmp_path / "reg.csv"), "--second-release", str(tmp_path / "s.csv")]
    with pytest.raises(Problem, match="--register"):
        compare.run(parser.parse_args(words))
    words += ["--attacks", "quick", "--minutes", "2", "--attackers", str(tmp_path / "a.yaml")]
    for wrong in ("age", "age=agee"):
        with pytest.raises(Problem, match="column"):
            compare.run(parser.parse_args([*words, "--register-columns", wrong]))
    found = compare.run(parser.parse_args([*words, "--register-columns", "age=years"]))
    told = {a["attack"]: a for a in found["attacks"]}
    ways = [a["title"] for a in found["attacks"] if a["attack"] == "linkage"]
    assert ways == ["Found in a register (all values fit)"]
    assert {x["attack"] for x in found["left_out"]} >= {"shadow_models", "nearest_membership"}
    assert "Left out: " in compare.say(found)
    assert {"singling_out", "linkability", "inference", "linkage", "blanks", "two_releases"} <= set(told)
    assert told["linkage"]["tries"] + told["linkage"]["facts"]["undecided"] == 50
    assert "Two releases laid side by side" in compare.say(found)
