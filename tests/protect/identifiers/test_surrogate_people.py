"""Invented people: one for each real one, the same in every column, with a family that stays a family."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.identifiers.surrogate_people import SurrogatePeople
from core.protect.identifiers.surrogate_pools import gender_of, names
from core.protect.method import Run
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.table import Column, Table

SECRETS = Secrets("test", 7, {"default": b"k" * 32})
STEP = SurrogatePeople(
    full_name="name",
    first_name="first",
    last_name="last",
    related=("father",),
    email=("mail",),
    username=("login",),
    sex="sex",
)
PEOPLE = Table.of(
    {
        "name": Column.of(["Asha Patel", "Ravi Patel", "PATEL, Asha", "Mohan Patel", "Sita Rao", None]),
        "first": Column.of(["Asha", "Ravi", "asha", "Mohan", "Sita", None]),
        "last": Column.of(["Patel", "Patel", "Patel ", "Patel", "Rao", None]),
        "father": Column.of(["Mohan Patel", "Mohan Patel", "Mohan Patel", None, "*", "Hari Rao"]),
        "mail": Column.of(["asha@x.in", "r@x.in", "asha2@x.in", None, "sita.rao@y.in", "who@z.in"]),
        "login": Column.of(["ashap", "ravi", "ashap", "mohan1", "sita", None]),
        "sex": Column.of(["F", "M", "F", "M", "F", "M"]),
    }
)


def applied(step: SurrogatePeople, table: Table, secrets: Secrets = SECRETS) -> Table:
    step.check(table)
    return step.apply(table, Run(secrets, 1))


def cells(table: Table) -> dict[str, list[str | None]]:
    return {name: table[name].texts() for name in table.names}


def test_all_columns_tell_of_one_person() -> None:
    made = cells(applied(STEP, PEOPLE))
    for row in range(5):
        assert made["name"][row] == f"{made['first'][row]} {made['last'][row]}"
    assert made["name"][0] == made["name"][2]  # one person, written in two ways
    assert made["father"][0] == made["father"][1] == made["name"][3]  # her father has a row of his own
    stem = made["name"][0].lower().replace(" ", ".")
    assert made["mail"][0] == f"{stem}@example.org"
    assert made["mail"][2] == f"{stem}2@example.org"  # a second address of hers
    assert made["login"][0] == made["login"][2] == stem
    assert made["mail"][3] is None and made["father"][4] == "*" and made["name"][5] is None
    assert made["mail"][5].endswith("@example.org")


def test_a_family_keeps_one_name_and_sex_is_kept() -> None:
    made = cells(applied(STEP, PEOPLE))
    assert made["last"][0] == made["last"][1] == made["last"][3] != made["last"][4]
    told = [gender_of(made["first"][row], "en_IN") for row in range(5)]
    assert told == ["female", "male", "female", "male", "female"]


def test_with_households_a_family_name_is_kept_under_one_roof_only() -> None:
    table = Table.of(
        {
            "name": Column.of(["Asha Patel", "Ravi Patel", "Uma Patel"]),
            "hh": Column.of(["1", "1", "2"]),
        }
    )
    made = cells(applied(SurrogatePeople(full_name="name", household="hh"), table))["name"]
    families = [name.split()[-1] for name in made]
    assert families[0] == families[1] != families[2]


def test_script_is_kept_and_mail_stays_readable() -> None:
    table = Table.of({"name": Column.of(["सीता देवी", "Ravi Kumar"]), "mail": Column.of(["a@x.in", "b@x.in"])})
    made = cells(applied(SurrogatePeople(full_name="name", email=("mail",)), table))
    assert all("\u0900" <= c <= "\u097f" or c == " " for c in made["name"][0])
    assert made["name"][1].isascii() and made["mail"][0].isascii()
    assert len(set(made["mail"])) == 2


KNOWN = names("en_IN")
NAMES = st.lists(
    st.tuples(st.sampled_from(KNOWN.female[:6]), st.sampled_from(KNOWN.last[:4])), min_size=1, max_size=30
)


@settings(max_examples=30, deadline=None)
@given(NAMES)
def test_two_people_never_share_one_and_nobody_stays(people: list[tuple[str, str]]) -> None:
    table = Table.of({"f": Column.of([f for f, _ in people]), "l": Column.of([n for _, n in people])})
    step = SurrogatePeople(first_name="f", last_name="l")
    made = applied(step, table)
    pairs = list(zip(made["f"].texts(), made["l"].texts(), strict=True))
    assert len(set(zip(people, pairs, strict=True))) == len(set(people)) == len(set(pairs))
    real = {word.casefold() for pair in people for word in pair}
    assert not {word.casefold() for pair in pairs for word in pair} & real
    assert all(claim.holds(made) for claim in step.claims(table))
    assert not step.claims(table)[0].holds(table)


def test_a_thousand_people_of_one_family_are_told_apart() -> None:
    table = Table.of({"name": Column.of([f"Person{k} Rao" for k in range(1000)])})
    made = applied(SurrogatePeople(full_name="name"), table)["name"]
    assert len(made.values) == 1000
    assert not set(made.texts()) & set(table["name"].texts())


def test_it_runs_in_a_recipe_and_leaves_no_identifier() -> None:
    roles = dict.fromkeys(("name", "first", "last", "father", "mail", "login"), "direct_identifier")
    recipe = Recipe.from_data({"version": 1, "roles": roles, "steps": [STEP.model_dump(exclude_defaults=False)]})
    outcome = run(recipe, PEOPLE.with_roles(roles), SECRETS)
    assert not outcome.leaks


def test_without_a_column_of_names_it_is_refused() -> None:
    with pytest.raises(Problem, match="No column says who the people are"):
        applied(SurrogatePeople(email=("mail",)), PEOPLE)
