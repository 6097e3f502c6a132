"""Step 4: sentences, pictures that can be clicked, a closer look, one row explained, every measure."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from streamlit.testing.v1 import AppTest

from core.recipe import Recipe
from core.risk import MEASURES
from core.store import Project, Store
from core.work import facts, measures, population
from studio import charts as drawings
from studio import drawn, figures, focus
from tests.pages.conftest import WHO, Here, Wizard

KNOWN = ("age", "sex", "town")
ROLES = {**dict.fromkeys(KNOWN, "quasi_identifier"), "home": "household", "w": "weight", "ill": "sensitive"}


def rows() -> list[tuple[str, ...]]:
    made = [(str(20 + i % 5), "fm"[i % 2], "xyz"[i % 3], str(i // 3), "40", ("flu", "none")[i % 4 == 0])
            for i in range(120)]
    return [*made, ("99", "f", "x", "40", "40", "rare")]


def people() -> bytes:
    lines = [",".join(cells) for cells in rows()]
    return ("\n".join(["age,sex,town,home,w,ill", *lines]) + "\n").encode()


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    found = wizard.bring(people(), recipient="researchers")
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": ROLES}).data(), "start")
    return store.project(WHO, found.id)


def look(page: AppTest, question: str) -> AppTest:
    """Presses one of the questions under “Take a closer look”."""
    page.session_state["closer"] = question
    return page.run()


def test_what_the_page_says_is_counted_by_hand(wizard: Wizard, project: Project) -> None:
    wizard.open("risk", project)
    groups = Counter(cells[:3] for cells in rows())
    alone = sum(n == 1 for n in groups.values())
    assert (alone, max(groups.values())) == (1, 4)
    assert f"{alone} of 121 rows share their combination" in wizard.text
    assert "at least 4 others. Nobody does." in wizard.text
    assert "Which combinations single people out?" in wizard.text
    assert "Where are the people at risk?" in wizard.text
    assert wizard.problems == ""


def test_every_closer_look_has_a_sentence_a_table_and_pictures_to_take(wizard: Wizard, project: Project) -> None:
    page = wizard.open("risk", project)
    said = {
        "sizes": "share their combination with just one other",
        "chance": "to be found by someone who looks for them",
        "households": "Who finds one of a household finds the others",
        "facts": "nothing less would do for them",
        "values": "of what singles people out by age",
        "row": "Row 121 is the only one with its age",
    }
    for question, sentence in said.items():
        page = look(page, question)
        assert not page.exception
        assert sentence in wizard.text, question
        assert wizard.problems == ""
    with_picture = {e.label for e in page.expander if "picture" in e.label}
    assert with_picture == {"The same numbers as a table, and the picture to take along"}


def test_a_cell_counts_only_the_people_behind_it(wizard: Wizard, project: Project) -> None:
    page = wizard.open("risk", project)
    box = next(b for b in page.selectbox if b.label == "Whom does the rest of this page count?")
    assert box.options[0] == "Everybody"
    assert "People who are the only one with their age" in box.options
    box.select(focus.Focus(("age",))).run()
    assert "Only these **1 person** are counted" in wizard.text
    assert "1 of 1 rows are at risk" in wizard.text, "the map of two columns counts them too"
    for question in ("households", "facts", "row"):
        page = look(page, question)
        assert not page.exception
        assert wizard.problems == ""
    assert "Row 121 is the only one" in wizard.text
    page.button(key="everybody").click().run()
    assert "are counted" not in wizard.text


def test_whom_a_click_means(wizard: Wizard, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    wizard.open("risk", project)
    state: dict[str, object] = {}
    monkeypatch.setattr(focus.context, "set_value", state.__setitem__)
    monkeypatch.setattr(focus.context, "value", lambda key, otherwise=None: state.get(key, otherwise))
    keys = figures.pairs(project).keys
    clicked: dict[str, int] | None = {"i": keys.index("sex"), "j": keys.index("age")}
    monkeypatch.setattr(focus.context, "picked", lambda *_: clicked)
    focus.on_pair(project, "pairs")
    assert set(focus.now(project).names) == {"age", "sex"}  # type: ignore[union-attr]
    assert focus.mask(project, focus.now(project)).sum() == 1  # type: ignore[union-attr]
    shown = figures.by_two(project, "town", "sex", 5)
    clicked = {"i": shown.rows.index("x"), "j": shown.columns.index("f")}
    focus.on_cell(project, "two", shown)
    chosen = focus.now(project)
    assert chosen is not None
    assert chosen.says == "People with town x and sex f"
    assert focus.mask(project, chosen).sum() == sum(c[1:3] == ("f", "x") for c in rows())  # type: ignore[union-attr]
    clicked = None  # a second click
    focus.on_cell(project, "two", shown)
    assert focus.now(project) is None


def test_values_of_a_row_are_covered_until_asked_for_and_looking_is_recorded(
    wizard: Wizard, project: Project, store: Store
) -> None:
    page = look(wizard.open("risk", project), "row")
    assert "•••" in wizard.text
    assert "99" not in row_shown(page)
    page.button(key="uncover").click().run()
    assert ">99<" in row_shown(page)
    event = next(e for e in store.events(WHO, project.id) if e.what == "row_shown")
    assert event.facts["row"] == 121
    assert "99" not in json.dumps(dict(event.facts))
    page.button(key="cover").click().run()
    assert "99" not in row_shown(page)


def row_shown(page: AppTest) -> str:
    return next(h.proto.body for h in page.get("html") if "Values of the row" in h.proto.body)


def test_every_measure_by_the_job_and_on_the_page(wizard: Wizard, project: Project, store: Store) -> None:
    page = look(wizard.open("risk", project), "measures")
    page.button(key="measure").click().run()
    page = wizard.waited(project, "measures")
    assert wizard.problems == ""
    for measure in MEASURES:
        assert measure.title in wizard.text
    assert "Needs a table of the population" in wizard.text
    by_name = {m["title"]: m for m in figures_of(store, project)}
    assert by_name["k-anonymity"]["value"] == 1
    assert by_name["Household risk"]["value"] > by_name["Individual and global risk"]["value"]


def figures_of(store: Store, project: Project) -> list[dict]:
    return json.loads(store.get(WHO, project.id, "measures.json"))["measures"]


def cells_shown(page: AppTest) -> str:
    return next(h.proto.body for h in page.get("html") if "must not be published" in h.proto.body)


def test_one_measure_with_its_settings(wizard: Wizard, project: Project, store: Store) -> None:
    page = look(wizard.open("risk", project), "measures")
    page.selectbox(key="measure-group").set_value("cells").run()
    page.multiselect(key="measure.unsafe_cells.by").set_value(["town", "sex"]).run()
    page.number_input(key="measure.unsafe_cells.threshold").set_value(21).run()
    page.button(key="measure").click().run()
    wizard.waited(project, "measures")
    counts = Counter(cells[1:3] for cells in rows())
    unsafe = sum(n < 21 for n in counts.values())
    assert 0 < unsafe < len(counts)
    assert f"{unsafe} of the {len(counts)} cells" in wizard.text
    page = wizard.page
    assert "•••" in cells_shown(page)
    assert ">z<" not in cells_shown(page)
    page.button(key="uncover-cells").click().run()
    assert cells_shown(page).count(">z<") == sum(n < 21 for (_, town), n in counts.items() if town == "z")
    (event,) = [e for e in store.events(WHO, project.id) if e.what == "cells_shown"]
    assert dict(event.facts) == {"columns": ["town", "sex"]}
    page.button(key="cover-cells").click().run()
    assert ">z<" not in cells_shown(page)
    page.selectbox(key="measure-group").set_value("numbers").run()
    page.radio(key="measure-numbers").set_value("distance_linkage").run()
    page.button(key="measure").click().run()
    assert "compares a released table with the one it came from" in wizard.problems


def test_answers_of_other_roles_are_not_shown(wizard: Wizard, project: Project, store: Store) -> None:
    measures(Here(store, WHO, project.id, {"measures": [{"measure": "k_anonymity"}], "key": "other"}, "here"))
    look(wizard.open("risk", project), "measures")
    assert "What was measured" not in wizard.text


def test_a_table_of_the_population(wizard: Wizard, project: Project, store: Store) -> None:
    lines = ["sex,town,age", *(f"{c[1]},{c[2]},{c[0]}" for c in rows() * 7)]
    store.put(WHO, project.id, "population", ("\n".join(lines) + "\n").encode())
    population(Here(store, WHO, project.id, {"suffix": ".csv"}, "here"))
    assert "population" not in {f.name for f in store.files(WHO, project.id)}, "read, and not kept twice"
    look(wizard.open("risk", project), "measures")
    assert f"It has {7 * 121:,} rows" in wizard.text
    asked = {"measures": [{"measure": "k_map"}, {"measure": "delta_presence"}], "key": "x"}
    measures(Here(store, WHO, project.id, asked, "here"))
    k_map, presence = figures_of(store, project)
    assert k_map["value"] == 7
    assert presence["value"] == pytest.approx(1 / 7)
    wizard.page.button(key="population-away").click().run()
    assert "It has" not in wizard.text


def test_a_large_table_waits_for_its_job_and_finds_it_again(
    wizard: Wizard, project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "LARGE", 100)
    page = look(wizard.open("risk", project), "facts")
    assert "Looking for the few facts" in wizard.text
    wizard.waited(project, "facts")
    assert "nothing less would do for them" in wizard.text
    started = [e for e in store.events(WHO, project.id) if e.what == "job_started"]
    page = look(wizard.open("risk", project), "facts")  # F5: cached by content
    assert "nothing less would do for them" in wizard.text
    assert [e for e in store.events(WHO, project.id) if e.what == "job_started"] == started
    assert not page.exception


def test_few_facts_of_the_last_six_choices_are_kept(project: Project, store: Store) -> None:
    for number in range(8):
        facts(Here(store, WHO, project.id, {"key": f"k{number}"}, "here"))
    kept = {f.name for f in store.files(WHO, project.id) if f.name.startswith("facts-")}
    assert kept == {f"facts-k{number}.npz" for number in range(2, 8)}


def test_pictures_to_take_along_stand_by_themselves() -> None:
    cells = [{"x": "a", "y": "b", "share": 12.0, "shown": "12", "i": 0, "j": 0}]
    chart = drawings.heat_map(cells, x="x", y="y", share="share", shown="shown", xs=["a"], ys=["b"],
                              share_title="rows in 100", pick=("i", "j"))
    svg = drawn.as_svg(chart, "12% of the rows are unique.").decode()
    assert svg.startswith("<svg")
    assert "12% of the rows are unique." in svg
    assert "http" not in svg.replace("http://www.w3.org", "")
    assert drawn.as_png(chart, "says").startswith(b"\x89PNG")
