"""Recipes: what is read, what stops before anything is touched, and what a run counts."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.method import Claim, Method, Run
from core.protect.promises.recount import people_alike, smallest_class, smallest_diversity
from core.protect.rows_and_columns.remove import Remove
from core.protect.secrets import Secrets
from core.recipe import Recipe, as_written, run, yaml_text
from core.recipe import outcome as module
from core.table import Column, Table

SECRETS = Secrets("test", 7, {"default": b"k" * 32})


def people() -> Table:
    return Table.of(
        {
            "name": Column.of(["Asha Patel", "Ravi Kumar", "asha  PATEL", None]),
            "age": Column.of_numbers([30, 41, 30, 77]),
            "state": Column.of(["Goa", "Kerala", "Goa", "Kerala"], "category"),
            "serial": Column.of(["1", "2", "3", "4"], "code"),
        }
    )


def test_a_recipe_is_read_run_and_logged():
    recipe = Recipe.load("""
        version: 1
        roles: {name: direct_identifier, age: quasi_identifier, serial: drop}
        steps:
          - method: select_rows
            where:
              - {test: number, column: age, compare: less_than, value: 70}
          - {method: pseudonymise, columns: [name]}
    """)
    outcome = run(recipe, people(), SECRETS)
    assert outcome.table.names == ("name", "age", "state")
    assert outcome.dropped == ("serial",)
    tokens = outcome.table["name"].texts()
    assert tokens[0] == tokens[2] != tokens[1]
    assert outcome.table.row_ids.tolist() == [0, 1, 2]
    first, second = (entry.as_dict() for entry in outcome.log)
    assert (first["step"], first["method"], first["rows_dropped"], first["cells_changed"]) == (1, "select_rows", 1, 0)
    assert (second["rows_changed"], second["cells_changed"], second["rows_dropped"]) == (3, 3, 0)
    assert second["keys"] == ["default.v1"]


@pytest.mark.parametrize(
    ("text", "words", "step"),
    [
        ("steps: [{method: mask, columns: [name], kep: 3}]", ("“kep”", "“keep”"), 1),
        ("steps: [{method: remove, columns: [name]}, {method: msak, columns: [age]}]", ("msak", "“mask”"), 2),
        ("steps: [{method: mask, columns: [nme]}]", ("“nme”", "“name”"), 1),
        ("steps: [{method: remove, columns: [age]}, {method: mask, columns: [age]}]", ("“age”",), 2),
        ("steps: [{method: shift_dates, columns: [age]}]", ("date", "number"), 1),
        ("steps: [{columns: [name]}]", ("method",), 1),
        ("steps: {method: mask}", ("list",), None),
        ("roles: {nam: drop}", ("“nam”", "“name”"), None),
        ("roles: {name: direct_identifer}", ("direct_identifer", "“direct_identifier”"), None),
        ("roles: {name: weight, age: weight}", ("2 columns", "weight"), None),
        ("kinds: {age: nmber}", ("nmber", "“number”"), None),
        ("kinds: [age]", ("column: kind",), None),
        ("stepps: []", ("stepps", "“steps”"), None),
        ("version: 2", ("version",), None),
        ("keep_identifiers: [nam]", ("“nam”",), None),
        ("keep_identifiers: name", ("list of column names",), None),
        ("read: [1]", ("“read”", "table"), None),
        ("secrets: {seed: 1}", ("“secrets”", "text"), None),
        ("- 1", ("no recipe",), None),
        ("a: [", ("line 1",), None),
        ("roles: {a: drop}\nroles: {b: drop}", ("line 2", "twice"), None),
        ("a: &x [1]\nb: *x", ("line 2",), None),
        ("a: " + "[" * 3000, ("cannot be read",), None),
        ("!!python/object/apply:os.getcwd []", ("cannot be read",), None),
    ],
)
def test_what_does_not_fit_is_named_before_anything_is_touched(text, words, step, monkeypatch):
    monkeypatch.setattr(Remove, "apply", lambda *_: pytest.fail("a step was carried out"))
    with pytest.raises(Problem) as caught:
        run(Recipe.load(text), people(), SECRETS)
    for word in words:
        assert word in str(caught.value)
    assert caught.value.step == step
    assert "Asha" not in str(caught.value)


def test_a_later_steps_own_check_comes_before_the_first_step(monkeypatch):
    monkeypatch.setattr(Remove, "apply", lambda *_: pytest.fail("a step was carried out"))
    table = people().with_columns({"day": Column.of(["2024-01-01", "never"] * 2, "date")})
    recipe = Recipe.load("steps: [{method: remove, columns: [serial]}, {method: shift_dates, columns: [day]}]")
    with pytest.raises(Problem, match="no dates") as caught:
        run(recipe, table, SECRETS)
    assert caught.value.step == 2


def test_yaml_is_read_as_it_is_meant():
    text = "{a: no, b: 2024-03-01, c: 00123, d: 1.50, e: 12:30, f: -3, g: ~, h: true, 2011: x, i: 1_000, yes: 0x1F}"
    assert yaml_text.parse(text) == {
        "a": "no", "b": "2024-03-01", "c": "00123", "d": 1.5, "e": "12:30", "f": -3, "g": None, "h": True,
        "2011": "x", "i": "1_000", "yes": "0x1F",
    }  # fmt: skip


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["no", "1e5", "00123", "1.5e5", "-.5", "2024-03-01", "~", "1:30", "=", "<<"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(PLAIN)
def test_what_is_written_is_read_back(data):
    assert yaml_text.parse(yaml_text.write(data)) == data


def test_a_recipe_survives_its_yaml():
    recipe = Recipe.from_data(
        {
            "read": {"delimiter": ";", "header_row": 2},
            "kinds": {"age": "number", "2011": "code"},
            "roles": {"name": "direct_identifier"},
            "secrets": "ab12",
            "suppressed": "·",
            "keep_identifiers": ["name"],
            "purpose": "a study",
            "recipient": "researchers",
            "steps": [
                {"method": "mask", "columns": ["name"], "keep": 2},
                {
                    "method": "select_rows",
                    "join": "any",
                    "where": [
                        {
                            "test": "group",
                            "join": "all",
                            "where": [{"test": "one_of", "column": "state", "values": ["Goa", 7]}],
                        },
                        {"test": "missing", "column": "age", "otherwise": True},
                    ],
                },
                {"method": "generalise_identifier", "columns": ["dob"], "keep": {"to": "age", "on": "2024-03-01"}},
            ],
        }
    )
    assert Recipe.load(recipe.dump()) == recipe
    assert Recipe.from_data(recipe.data()) == recipe
    assert recipe.read["header_row"] == "2"
    assert recipe.steps[1].where[0].where[0].values == ("Goa", "7")


class Doubled(Method):
    """A step for these tests: doubles ages, reverses the rows, renames a column, blanks one cell."""

    method: Literal["doubled"] = "doubled"
    title: ClassVar[str] = "Doubled"
    group: ClassVar = "numbers"

    def apply(self, table: Table, run: Run) -> Table:
        table = table.take(np.array([2, 0, 1]))
        age = Column.of_numbers(table["age"].numbers * 2).suppress(np.array([True, False, False]))
        return table.without(["serial"]).with_columns({"age": age, "number": table["serial"]})


class Careless(Doubled):
    """Promises what it does not keep."""

    def claims(self, table: Table) -> tuple[Claim, ...]:
        return (Claim("Nobody is 60.", lambda released: "60" not in released["age"].texts()),)


class Uncountable(Doubled):
    """Promises something that breaks when it is counted."""

    def claims(self, table: Table) -> tuple[Claim, ...]:
        return (Claim("Nobody is called Asha.", lambda released: float(released["name"].texts()[1]) > 0),)


class Broken(Doubled):
    """Breaks with a library's sentence that quotes a cell."""

    def apply(self, table: Table, run: Run) -> Table:
        float(table["name"].texts()[0])
        return table


def test_changes_are_counted_across_order_renaming_and_dropped_rows():
    recipe = Recipe(steps=(Doubled(),))
    monkey = pytest.MonkeyPatch()
    monkey.setattr(module.STEPS, "name_of", lambda step: "doubled")
    entry = run(recipe, people(), SECRETS).log[0]
    monkey.undo()
    assert entry.rows_dropped == 1
    # Three ages changed, and the three serial numbers of rows that stayed went with their column.
    assert (entry.cells_changed, entry.rows_changed, entry.cells_suppressed) == (6, 3, 1)
    assert (entry.columns_removed, entry.columns_added) == (("serial",), ("number",))


def test_a_promise_that_is_not_kept_stops_the_release():
    with pytest.raises(Problem, match="step 1 promised: Nobody is 60"):
        run(Recipe(steps=(Careless(),)), people(), SECRETS)


def test_a_promise_that_cannot_be_counted_does_not_hold():
    with pytest.raises(Problem, match="step 1 promised: Nobody is called"):
        run(Recipe(steps=(Uncountable(),)), people(), SECRETS)


def test_a_library_sentence_never_gets_out():
    with pytest.raises(Problem) as caught:
        run(Recipe(steps=(Broken(),)), people(), SECRETS)
    assert caught.value.step == 1
    assert "Asha" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_step_that_makes_rows_up_is_a_fault():
    with pytest.raises(ValueError, match="made rows"):
        module.entry(1, "x", people(), people().take(np.array([0, 0])), 0.0)


def test_claims_are_recounted_on_texts():
    table = people()
    assert smallest_class(table, ["state"]) == 2
    assert smallest_class(table, ["state", "age"]) == 1
    assert smallest_class(table, ["gone"]) == 4
    assert smallest_class(table.take(np.array([], int)), ["state"]) is None
    assert smallest_diversity(table, ["state"], "age") == 1


def test_columns_may_be_called_as_polars_calls_all_columns():
    table = Table.of({"*": Column.of(["a", "a", "b", "b"]), "^.*$": Column.of(["1", "1", "1", "1"]),
                      "other": Column.of(["1", "2", "3", "4"])})
    assert smallest_class(table, ["*"]) == 2
    assert smallest_class(table, ["^.*$", "*"]) == 2
    assert smallest_diversity(table, ["*"], "^.*$") == 1
    assert people_alike(table, ["*"]) in ([(2, 2.0), (2, 2.0)],)
    recipe = Recipe.from_data({"version": 1, "roles": {"*": "quasi_identifier"},
                               "steps": [{"method": "local_suppression", "k": 2}]})
    assert run(recipe, table, SECRETS).claims


def test_nothing_left_is_said_with_the_step():
    steps = [{"method": "remove", "columns": ["state"]}, {"method": "remove", "columns": ["name", "age", "serial"]}]
    with pytest.raises(Problem, match="Nothing is left") as caught:
        run(Recipe.from_data({"version": 1, "steps": steps}), people(), SECRETS)
    assert caught.value.step == 2


def test_choosing_every_column_promises_nothing():
    done = run(Recipe.from_data({"version": 1, "steps": [
        {"method": "select_columns", "columns": ["name", "age", "state", "serial"]}]}), people(), SECRETS)
    assert done.claims == ()


def test_the_same_secrets_give_the_same_cells_and_others_do_not():
    recipe = Recipe.load("steps: [{method: shuffle_rows}, {method: salted_hash, columns: [name]}]")
    again, other = run(recipe, people(), SECRETS), run(recipe, people(), Secrets.draw())
    assert run(recipe, people(), SECRETS).table.digest() == again.table.digest() != other.table.digest()


def test_other_secrets_than_the_recipe_names_are_refused():
    recipe = Recipe(secrets="another")
    with pytest.raises(Problem, match="another"):
        run(recipe, people(), SECRETS)
    assert run(recipe, people(), Secrets.draw(fresh=True)).table.rows == 4


def test_progress_rises_to_the_end():
    seen = []
    run(
        Recipe.load("steps: [{method: shuffle_rows}, {method: pseudonymise, columns: [name]}]"),
        people(),
        SECRETS,
        lambda share, doing: seen.append((share, doing)),
    )
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1


def test_a_suppressed_cell_is_written_as_the_recipe_says():
    table = Table.of({"a": Column.of(["x", "*", None])})
    assert as_written(table, "·")["a"].texts() == ["x", "·", None]
    assert as_written(table, "")["a"].texts() == ["x", None, None]
    with pytest.raises(Problem, match="“a”"):
        as_written(table, "x")


def test_kinds_of_the_recipe_are_applied():
    outcome = run(Recipe.load("kinds: {serial: number}"), people(), SECRETS)
    assert outcome.table["serial"].kind == "number"
