"""No value of a direct identifier leaves unnoticed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.free_text.leaks import as_problem, find
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.table import Column, Table

SECRETS = Secrets("test", 7, {"default": b"k" * 32})
ROLES = "roles: {name: direct_identifier}\n"


def table(**columns) -> Table:
    names = [f"Person{chr(97 + i)} Family{chr(97 + i)}" for i in range(12)]
    return Table.of({"name": Column.of(names), **columns}, {"name": "direct_identifier"})


def test_an_untouched_identifier_is_refused_unless_it_is_kept_on_purpose():
    with pytest.raises(Problem, match="“name” would go out as it is \\(12 cells\\)"):
        run(Recipe.load(ROLES), table(), SECRETS)
    assert run(Recipe.load(ROLES + "keep_identifiers: [name]"), table(), SECRETS).leaks[0].cells == 12
    assert run(Recipe.load(ROLES), table(), SECRETS, final=False).leaks == (("name", "name", 12),)


def test_a_single_cell_that_stays_is_found():
    original = table()
    half = original["name"].texts()
    released = original.with_columns({"name": Column.of(["x"] * 11 + [half[11]])})
    assert find(original, released) == (("name", "name", 1),)


@pytest.mark.parametrize("planted", ["Personc Familyc", "personC  FAMILYc", "seen with Personc Familyc, twice"])
def test_a_planted_name_is_found_in_other_columns(planted):
    note = Column.of([None] * 7 + [planted] + ["nothing"] * 4)
    with pytest.raises(Problem, match="“note”") as caught:
        run(Recipe.load(ROLES + "steps: [{method: remove, columns: [name]}]"), table(note=note), SECRETS)
    assert "Personc" not in str(caught.value)


def test_one_word_inside_another_counts_in_the_row_of_its_person_only():
    original = Table.of(
        {
            "name": Column.of(["Rajendra", *(f"Other{chr(97 + i)}name" for i in range(11))]),
            "place": Column.of(["x"] * 5 + ["Rajendranagar"] + ["y"] * 6),
        },
        {"name": "direct_identifier"},
    )
    assert not find(original, original.without(["name"]))
    own = original.with_columns({"place": Column.of(["rajendra1985"] + ["x"] * 11)})
    assert find(own, own.without(["name"])) == (("place", "name", 1),)


PHONES = [f"98765{43210 + i}" for i in range(12)]
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


@pytest.mark.parametrize(
    "hidden",
    [
        "PERSONCFAMILYC1985",
        "personc.familyc85@example.org",
        "per\u200bsonc familyc",
        "Ｐersonc Fámilyc",
        "P-e-r-s-o-n-c familyc",
        "call 98765 43212 today",
        "+91-98765-43212",
        "(98765)43212",
        "919876543212",
        "९८७६५४३२१२",
        "९८७६५ ४३२१२",
        "id-x9876543212y",
    ],
)
def test_whatever_way_a_value_is_written_it_is_found(hidden):
    original = table(phone=Column.of(PHONES, "code"), note=Column.of([None] * 7 + [hidden] + ["nothing"] * 4))
    original = original.with_roles({"phone": "direct_identifier"})
    assert [leak.column for leak in find(original, original.without(["name", "phone"]))] == ["note"]


def test_names_of_columns_and_labels_of_values_are_searched():
    marked = table(person=Column.of([str(i) for i in range(12)], "category", {"3": "Persond Familyd"}))
    assert find(marked, marked.without(["name"])) == (("person", "name", 0),)
    gone = marked.with_columns({"person": marked["person"].take(np.array([0, 1, 2] * 4))})
    assert not find(gone, gone.without(["name"]))
    rated = table(**{"rating of Persona Familya": Column.of(["1"] * 12)})
    assert find(rated, rated.without(["name"])) == (("rating of Persona Familya", "name", 0),)
    told = table(rating=replace(Column.of(["1"] * 12), description="What Persona Familya was given"))
    assert find(told, told.without(["name"])) == (("rating", "name", 0),)
    shared = table(faith=Column.of(["1"] * 12, "category", {"1": "Persona Familya"}))
    assert not find(shared, shared.without(["name"]))


def test_numbers_that_chance_puts_inside_longer_ones_are_no_leak():
    rng = np.random.default_rng(3)
    phones = Column.of([str(n) for n in rng.integers(10**9, 10**10, 30_000)], "code")
    codes = Column.of([str(n) for n in rng.integers(10**15, 10**16, 30_000)], "code")
    original = Table.of({"p": phones, "c": codes}, {"p": "direct_identifier"})
    assert not find(original, original.without(["p"]))


def test_a_category_that_happens_to_be_a_name_is_no_leak():
    original = Table.of(
        {
            "name": Column.of(["Christian", *"bcdefghijkl"]),
            "religion": Column.of(["Christian"] * 7 + ["other"] * 5, "category"),
        },
        {"name": "direct_identifier"},
    )
    assert not find(original, original.without(["name"]))
    copied = original.with_columns({"copy": original["name"].with_kind("category")})
    assert find(copied, copied.without(["name"])) == (("copy", "name", 1),)


def test_a_short_number_counts_in_its_own_row_only():
    ids = [str(100_001 + i) for i in range(12)]
    incomes = Column.of(ids[1:] + ids[:1], "number")
    original = Table.of({"id": Column.of(ids, "code"), "income": incomes}, {"id": "direct_identifier"})
    assert not find(original, original.without(["id"]))
    copied = original.with_columns({"copy": original["id"]})
    assert find(copied, copied.without(["id"])) == (("copy", "id", 12),)
    phones = [str(9_876_500_000 + i) for i in range(12)]
    original = Table.of(
        {"p": Column.of(phones, "code"), "father": Column.of(phones[1:] + phones[:1], "code")},
        {"p": "direct_identifier"},
    )
    assert find(original, original.without(["p"])) == (("father", "p", 12),)


def test_names_that_only_changed_places_are_found():
    original = table()
    turned = original.with_columns({"name": original["name"].take(np.roll(np.arange(12), 1))})
    assert find(original, turned) == (("name", "name", 12),)


def test_long_codes_that_meet_by_chance_are_no_leak_but_a_planted_one_is():
    rng = np.random.default_rng(1)
    phones, codes = (Column.of([str(n) for n in rng.integers(10**9, 10**10, 60_000)], "code") for _ in range(2))
    original = Table.of({"p": phones, "c": codes}, {"p": "direct_identifier"})
    assert np.isin(codes.values.to_pylist(), phones.values.to_pylist()).any()
    assert not find(original, original.without(["p"]))
    few = original.take(np.arange(500))
    planted = few.with_columns({"c": Column.of([few["p"].texts()[7], *few["c"].texts()[1:]], "code")})
    assert find(planted, planted.without(["p"])) == (("c", "p", 1),)


def test_more_equal_numbers_than_chance_brings_are_a_leak():
    rng = np.random.default_rng(5)
    phones, codes = (rng.integers(10**9, 10**10, 30_000).astype(str) for _ in range(2))
    # Chance brings 30,000 x 30,000 / 10^10 = 0.09 of them; a copied dozen, in rows of others, is no chance.
    codes[:12] = phones[100:112]
    original = Table.of({"p": Column.of(phones.tolist(), "code"), "c": Column.of(codes.tolist(), "code")},
                        {"p": "direct_identifier"})
    (leak,) = find(original, original.without(["p"]))
    assert (leak.column, leak.identifier) == ("c", "p") and leak.cells >= 12


def test_a_value_of_many_rows_is_a_persons_where_half_of_them_are_that_persons():
    def told(own: int) -> tuple:
        names = ["Christian"] * own + [f"Other{chr(97 + i)}name" for i in range(12 - own)]
        religion = Column.of(["Christian"] * 6 + ["other"] * 6, "category")
        original = Table.of({"name": Column.of(names), "religion": religion}, {"name": "direct_identifier"})
        return tuple(find(original, original.without(["name"])))

    assert told(3) == (("religion", "name", 6),)
    assert not told(2)


WORDS = st.text(alphabet="abcdefgABCDEFGéअ-' 0123456789", min_size=6, max_size=14).filter(lambda s: len(s.split()) > 0)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=3, max_size=6), st.data())
def test_whatever_is_released_holds_no_whole_identifier(names, data):
    """Random notes, some with a planted name: a run either refuses or nothing is left in it."""
    notes = data.draw(
        st.lists(
            st.one_of(st.just("ok"), st.sampled_from(names).map(lambda n: f"see {n}.")),
            min_size=len(names),
            max_size=len(names),
        )
    )
    original = Table.of({"name": Column.of(names), "note": Column.of(notes)})
    recipe = Recipe.load(ROLES + "steps: [{method: pseudonymise, columns: [name]}]")
    try:
        released = run(recipe, original, SECRETS).table
    except Problem:
        assert any(note != "ok" for note in notes)
        return
    plain = {" ".join(n.lower().split()) for n in names}
    text = "\n".join(" ".join((c or "").lower().split()) for n in released.names for c in released[n].texts())
    assert not [p for p in plain if len(p) >= 6 and any(c.isalnum() for c in p) and f"see {p}." in text]


def test_a_value_in_the_name_of_a_column_is_not_said_to_stand_in_its_cells() -> None:
    people = Table.of({"who": Column.of(["Patient", "Sundaram"]), "patient_id": Column.of(["1", "2"])},
                      {"who": "direct_identifier"})
    (found,) = find(people, people.without(["who"]))
    assert found == ("patient_id", "who", 0)
    said = as_problem([found])
    assert said.what.startswith("The name, the description or a label of “patient_id” holds")
    assert "another name" in said.do
