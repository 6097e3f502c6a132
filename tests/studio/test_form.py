"""The form is read off the declaration: the hardest parameters first, each drawn, answered and built again."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def hardest() -> None:
    """A page with one form that has every shape in it."""
    from typing import Annotated, ClassVar, Literal

    import streamlit as st
    from pydantic import Field

    from core.declare import Declared, Levels, Matrix, build, column_of, columns_of, dump, param
    from core.problem import Problem
    from core.table import Column, Table
    from studio.form import Columns, draw

    class Importance(Declared):
        """How much a column matters."""

        weight: float = param("How important?", why="More is kept.", default=1.0, gt=0, le=10)
        rarely: bool = param("Touch it last?", why="It matters most.", default=False)

    class Age(Declared):
        """Ages in bands that double."""

        hierarchy: Literal["age"] = "age"
        title: ClassVar[str] = "Age bands"
        first: int = param("How wide is the first band?", why="Wider hides more.", default=5, ge=1, le=50, unit="years")

    class Own(Declared):
        """Groups of your own."""

        hierarchy: Literal["own"] = "own"
        title: ClassVar[str] = "My own groups"
        rows: Annotated[tuple[tuple[str, ...], ...], Levels()] = param("Which groups?", why="They widen.", min_length=1)

    class Rule(Declared):
        """One rule."""

        column: column_of("number") = param("Which number?", why="It is looked at.")
        above: float = param("Above what?", why="Those rows count.", default=0.0)

    class Hard(Declared):
        """Everything at once.

        The rest of the help page.
        """

        method: Literal["hard"] = "hard"
        title: ClassVar[str] = "Everything"
        columns: columns_of("category") = param("Which categories?", why="They change.", default=())
        target: column_of("number", roles=("sensitive",)) | None = param(
            "Which target?", why="It is kept.", default=None
        )
        k: int = param("How many alike?", why="More is safer.", default=5, ge=2, le=100)
        share: float = param("What share?", why="Less is safer.", default=0.5, gt=0, lt=1)
        quick: bool = param("Quickly?", why="It saves time.", default=True)
        note: str = param("A note?", why="It stands in the report.", default="")
        how: Literal["strict", "loose"] = param(
            "How strictly?", why="It matters.", default="strict", labels={"strict": "Strictly", "loose": "Loosely"}
        )
        cuts: tuple[float, ...] = param("Where are the cuts?", why="Bands begin there.", default=(10, 20.5))
        importance: Annotated[dict[str, Importance], *columns_of("category").__metadata__] = param(
            "Which columns matter?", why="They change last.", default={}
        )
        moves: Annotated[tuple[tuple[float, ...], ...], Matrix(row_sum=1)] = param(
            "How do values move?", why="A row for each value.", default=((0.9, 0.1), (0.2, 0.8))
        )
        groups: Annotated[Age | Own, Field(discriminator="hierarchy")] = param(
            "Which groups?", why="They widen.", default=Age()
        )
        rules: tuple[Rule, ...] = param("Which rules?", why="All count.", default=())
        rarely: int | None = param("Fewest?", why="Usually open.", default=None, advanced=True)

    table = Table.of(
        {
            "sex": Column.of(["f", "m"], "category"),
            "state": Column.of(["a", "b"], "category"),
            "age": Column.of(["1", "2"], "number"),
            "income": Column.of(["3", "4"], "number"),
        },
        {"income": "sensitive"},
    )
    try:
        data = draw(Hard, Columns.of(table), "f")
        st.session_state["built"] = dump(build(Hard, {"method": "hard", **data}))
        st.session_state["problem"] = None
    except Problem as problem:
        st.session_state["problem"] = str(problem)


def drawn() -> AppTest:
    page = AppTest.from_function(hardest, default_timeout=20).run()
    assert not page.exception
    return page


def test_untouched_form_gives_the_defaults() -> None:
    page = drawn()
    assert page.session_state["problem"] is None
    assert page.session_state["built"] == {"method": "hard"}


def test_columns_are_offered_by_kind_and_role() -> None:
    page = drawn()
    assert page.multiselect(key="f.columns").options == ["sex", "state"]
    assert page.selectbox(key="f.target").options == ["income"]


def test_every_shape_reaches_the_declared_class() -> None:
    page = drawn()
    page.multiselect(key="f.columns").set_value(["state"])
    page.selectbox(key="f.target").set_value("income")
    page.number_input(key="f.k").set_value(7)
    page.number_input(key="f.share").set_value(0.25)
    page.checkbox(key="f.quick").set_value(False)
    page.text_input(key="f.note").set_value("hello")
    page.radio(key="f.how").set_value("loose")
    page.text_area(key="f.cuts").set_value("1\n2.5\n")
    page.text_area(key="f.moves").set_value("0.5 0.5\n0, 1")
    page.multiselect(key="f.importance").set_value(["sex"])
    page.radio(key="f.groups@").set_value("own")
    page.button(key="f.rules+").click()
    page.run()
    page.number_input(key="f.importance.sex.weight").set_value(3.0)
    page.text_area(key="f.groups.own.rows").set_value("a;north;*\nb;south;*")
    page.selectbox(key="f.rules.0.column").set_value("age")
    page.number_input(key="f.rarely").set_value(4)
    page.run()
    assert page.session_state["problem"] is None
    assert page.session_state["built"] == {
        "method": "hard",
        "columns": ["state"],
        "target": "income",
        "k": 7,
        "share": 0.25,
        "quick": False,
        "note": "hello",
        "how": "loose",
        "cuts": [1.0, 2.5],
        "importance": {"sex": {"weight": 3.0, "rarely": False}},
        "moves": [[0.5, 0.5], [0.0, 1.0]],
        "groups": {"hierarchy": "own", "rows": [["a", "north", "*"], ["b", "south", "*"]]},
        "rules": [{"column": "age", "above": 0.0}],
        "rarely": 4,
    }


def test_nested_options_ask_their_own_questions() -> None:
    page = drawn()
    assert page.number_input(key="f.groups.age.first").value == 5
    page.radio(key="f.groups@").set_value("own").run()
    assert not [n for n in page.number_input if n.key == "f.groups.age.first"]
    assert "rows" in str(page.session_state["problem"]) or "groups" in str(page.session_state["problem"])


def test_a_row_that_does_not_add_up_is_said() -> None:
    page = drawn()
    page.text_area(key="f.moves").set_value("0.5 0.6\n0 1").run()
    assert page.session_state["problem"].startswith("Row 1 of “How do values move?” adds up to 1.1.")


def test_a_slip_of_the_pen_is_named_and_never_quoted() -> None:
    page = drawn()
    page.text_area(key="f.cuts").set_value("Asha Patel").run()
    assert "is no number" in page.session_state["problem"]
    assert "Asha" not in page.session_state["problem"]


def test_open_limits_are_kept() -> None:
    page = drawn()
    page.number_input(key="f.share").set_value(1.0).run()
    assert "more than 0 and less than 1" in page.session_state["problem"]


def test_a_list_grows_and_shrinks() -> None:
    page = drawn()
    page.button(key="f.rules+").click().run()
    page.button(key="f.rules+").click().run()
    assert [s.key for s in page.selectbox if s.key.startswith("f.rules")] == ["f.rules.0.column", "f.rules.1.column"]
    page.button(key="f.rules-").click().run()
    assert [s.key for s in page.selectbox if s.key.startswith("f.rules")] == ["f.rules.0.column"]
