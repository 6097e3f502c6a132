"""Steps 1 to 3: a file comes in, is read as the person says, and every column gets its role."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store import Store
from tests.pages.conftest import WHO, Wizard

PEOPLE = b"""name,pin,age,sex,state,income
Asha Patel,00123,34,F,Goa,12000
Ravi Kumar,00456,35,M,Goa,9000
Meena Iyer,00123,34,F,Kerala,15000
John Thomas,00789,61,M,Kerala,8000
Sunita Rao,00456,29,F,Goa,11000
Arjun Nair,00789,47,M,Kerala,30000
"""


def test_the_first_page_offers_three_ways_to_begin(wizard: Wizard) -> None:
    page = wizard.open("bring")
    assert "Step 1 of 7" in wizard.text
    assert page.button(key="sample").label == "Try it with sample data"
    assert "My projects" in wizard.text


def test_continue_too_early_says_what_is_missing(wizard: Wizard) -> None:
    page = wizard.open("bring")
    assert not page.button(key="continue").disabled
    page.button(key="continue").click().run()
    assert "There is a problem" in wizard.problems
    assert "There is no file yet. Choose a file" in wizard.problems


def test_recipient_and_purpose_are_kept_and_asked_for(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(PEOPLE)
    page = wizard.open("bring", project)
    page.button(key="continue").click().run()
    assert "who will receive the result" in wizard.problems
    page.radio(key="recipient").set_value("public").run()
    page.text_input(key="purpose").set_value("open data").run()
    assert (store.project(WHO, project.id).recipient, store.project(WHO, project.id).purpose) == ("public", "open data")
    again = wizard.open("bring", project)
    assert again.radio(key="recipient").value == "public"
    assert again.text_input(key="purpose").value == "open data"
    again.button(key="continue").click().run()
    assert "Step 2 of 7" in wizard.text
    assert store.project(WHO, project.id).step == 2


def test_columns_show_masked_examples_and_reasons(wizard: Wizard) -> None:
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study")
    page = wizard.open("columns", project)
    assert page.selectbox(key="entity-0").value == "PERSON"
    assert "Asha" not in wizard.text
    assert "A••• •••••" in wizard.text
    assert "I’m not sure" in page.selectbox(key="entity-0").options


def test_not_sure_is_treated_as_naming_somebody(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study")
    page = wizard.open("columns", project)
    page.selectbox(key="entity-5").set_value("UNSURE").run()
    assert store.recipe(WHO, project.id).recipe["roles"]["income"] == "direct_identifier"  # type: ignore[union-attr]
    assert wizard.open("columns", project).selectbox(key="entity-5").value == "UNSURE"


def test_a_kind_that_does_not_fit_asks_what_becomes_of_the_cells(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study")
    page = wizard.open("columns", project)
    page.selectbox(key="kind-0").set_value("number").run()
    assert "name" in wizard.problems
    assert "Asha" not in wizard.problems
    page.button(key="missing-0").click().run()
    assert store.recipe(WHO, project.id).recipe["kinds"] == {"name": "number"}  # type: ignore[union-attr]


def test_roles_are_prefilled_changed_undone_and_redone(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study")
    wizard.open("columns", project)
    page = wizard.open("roles", project)
    assert page.selectbox(key="role-0").value == "direct_identifier"
    before = page.selectbox(key="role-5").value
    page.selectbox(key="role-5").set_value("drop").run()
    assert store.recipe(WHO, project.id).recipe["roles"]["income"] == "drop"  # type: ignore[union-attr]
    page.button(key="undo").click().run()
    assert page.selectbox(key="role-5").value == before
    page.button(key="redo").click().run()
    assert page.selectbox(key="role-5").value == "drop"


def test_one_column_is_the_weight(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study")
    wizard.open("columns", project)
    page = wizard.open("roles", project)
    page.selectbox(key="role-2").set_value("weight").run()
    page.selectbox(key="role-5").set_value("weight").run()
    roles = store.recipe(WHO, project.id).recipe["roles"]  # type: ignore[union-attr]
    assert (roles["age"], roles["income"]) == ("keep", "weight")


def test_no_quasi_identifier_is_a_problem(wizard: Wizard) -> None:
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study")
    wizard.open("columns", project)
    page = wizard.open("roles", project)
    for box in [b for b in page.selectbox if (b.key or "").startswith("role-") and b.value == "quasi_identifier"]:
        page.selectbox(key=box.key).set_value("keep").run()
    page.button(key="continue").click().run()
    assert "someone could know about a person" in wizard.problems


def test_rows_are_chosen_by_a_condition(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study")
    wizard.open("columns", project)
    page = wizard.open("roles", project)
    page.selectbox(key="rows.where.0.number.column").set_value("income")
    page.selectbox(key="rows.where.0.number.compare").set_value("more_than")
    page.number_input(key="rows.where.0.number.value").set_value(10000.0)
    page.button(key="keep-rows").click().run()
    assert wizard.problems == ""
    assert "income" in wizard.text
    step = store.recipe(WHO, project.id).recipe["steps"][0]  # type: ignore[union-attr]
    assert step["method"] == "select_rows"
    assert step["where"][0]["value"] == 10000


def test_a_refused_file_is_said_in_a_sentence(wizard: Wizard) -> None:
    project = wizard.bring(b"", "empty.csv", recipient="public", purpose="x")
    wizard.open("bring", project)
    assert "There is a problem" in wizard.problems
    assert "empty" in wizard.problems
    assert wizard.page.get("file_uploader")


def test_the_file_after_a_refused_one_gives_the_project_its_name(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(b"", "empty.csv", recipient="public", purpose="x")
    page = wizard.open("bring", project)
    page.file_uploader(key="upload").set_value(("people.csv", PEOPLE, "text/csv")).run()
    assert store.project(WHO, project.id).name == "people"


def test_numbers_in_brackets_ask_what_they_mean(wizard: Wizard, store: Store) -> None:
    facts = b"state,rural\nBihar,(58.1)\nGoa,48.8\nKerala,(77.9)\nPunjab,61.0\n"
    project = wizard.bring(facts, "facts.csv", recipient="public", purpose="x")
    page = wizard.open("columns", project)
    question = next(r for r in page.radio if (r.key or "").startswith("question-brackets"))
    assert len(question.options) == len(page.get("code")) == 3, "each choice shows what the file then looks like"
    question.set_value("plain")
    next(b for b in page.button if (b.key or "").startswith("answer-")).click().run()
    wizard.waited(project, "read")
    assert "numbers in brackets" in wizard.text
    assert wizard.open("columns", project).selectbox(key="kind-1").value == "number"


def test_two_readings_ask_and_the_answer_is_remembered(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(
        b"who,day\na,03/04/2024\nb,05/06/2024\nc,07/08/2024\n", "days.csv", recipient="public", purpose="x"
    )
    page = wizard.open("columns", project)
    question = next(r for r in page.radio if (r.key or "").startswith("question-date_order"))
    assert page.get("code"), "each choice shows what the file then looks like"
    question.set_value("dmy")
    next(b for b in page.button if (b.key or "").startswith("answer-")).click().run()
    wizard.waited(project, "read")
    assert store.recipe(WHO, project.id).recipe["read"]  # type: ignore[union-attr]
    assert "order of dates in “day”: day, month, year" in wizard.text
    again = wizard.open("columns", project)
    assert again.selectbox(key="kind-1").value == "date"


def test_only_listed_databases_are_offered_and_read(
    wizard: Wizard, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    page = wizard.open("bring")
    assert "database" not in [s.key for s in page.selectbox]
    with sqlite3.connect(tmp_path / "office.db") as office:
        office.execute("create table staff (name text, age text)")
        office.executemany("insert into staff values (?, ?)", [(f"Asha {i}", str(20 + i)) for i in range(30)])
    office.close()
    monkeypatch.setenv("STUDIO_DATABASES", f"office=sqlite:///{tmp_path / 'office.db'}")
    page = wizard.open("bring")
    page.text_area(key="query").set_value("drop table staff").run()
    page.button(key="read_database").click().run()
    assert "single SELECT" in wizard.problems
    assert store.projects(WHO) == ()
    page.text_area(key="query").set_value("select name, age from staff where age > '24'").run()
    page.button(key="read_database").click().run()
    (project,) = store.projects(WHO)
    wizard.waited(project, "read")
    assert "25 rows, 2 columns" in wizard.text
    assert str(tmp_path) not in wizard.text + str(store.events(WHO, project.id))


def test_a_project_of_somebody_else_is_a_problem(wizard: Wizard, store: Store) -> None:
    from core.store import Actor

    foreign = store.create_project(Actor("somebody"), "theirs")
    wizard.open("columns", foreign)
    assert "There is a problem" in wizard.problems
    assert "theirs" not in wizard.text + wizard.problems


def test_projects_are_renamed_and_deleted_for_good(wizard: Wizard, store: Store) -> None:
    project = store.create_project(WHO, "old name")
    page = wizard.open("bring")
    page.button(key=f"rename-{project.id}").click().run()
    page.text_input(key=f"name-{project.id}").set_value("new name").run()
    page.button(key=f"save-{project.id}").click().run()
    assert store.project(WHO, project.id).name == "new name"
    page.button(key=f"delete-{project.id}").click().run()
    assert store.projects(WHO), "nothing is deleted without a second word"
    page.button(key=f"yes-{project.id}").click().run()
    assert store.projects(WHO) == ()


def test_an_upload_goes_into_the_vault_and_leaves_the_upload_store(wizard: Wizard, store: Store) -> None:
    from unittest.mock import patch

    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

    assert callable(MemoryUploadedFileManager.remove_file), "Streamlit's own way to drop an upload, private to it"
    dropped: list[str] = []
    page = wizard.open("bring")
    with patch("studio.context.drop_upload", lambda given: dropped.append(given.name)):
        page.file_uploader(key="upload").set_value(("people.csv", PEOPLE, "text/csv")).run()
    assert dropped == ["people.csv"]
    (project,) = store.projects(WHO)
    assert (project.name, project.source_name) == ("people", "people.csv")
    assert store.get(WHO, project.id, "source") == PEOPLE
    wizard.waited(project, "read")
    assert "6 rows, 6 columns" in wizard.text


def test_a_locked_workbook_asks_for_its_password_until_it_is_right(wizard: Wizard, store: Store) -> None:
    from core.release import excel
    from core.table import Column, Table

    locked = excel.encrypted(
        Table.of({"name": Column.of(["Asha", "Ravi"]), "age": Column.of(["1", "2"])}), "open sesame 42"
    )
    project = wizard.bring(locked, "locked.xlsx", recipient="public", purpose="x")
    for given, opened in (("a wrong one", False), ("open sesame 42", True)):
        page = wizard.open("columns", project)
        page.text_input(key="question-password").set_value(given)
        page.button(key="answer-password").click().run()
        wizard.waited(project, "read")
        assert ("hold something personal" in wizard.text) is opened
        assert given not in wizard.text + wizard.problems + str(store.events(WHO, project.id))


@pytest.mark.parametrize("address", ["0.0.0.0", "", "192.168.1.7"])  # noqa: S104
def test_a_studio_others_can_reach_shows_nothing_without_a_sign_in(wizard: Wizard, address: str) -> None:
    from streamlit import config

    before = config.get_option("server.address")
    config.set_option("server.address", address)
    try:
        wizard.open("bring")
        assert "other machines can reach it" in wizard.problems
        assert "My projects" not in wizard.text
    finally:
        config.set_option("server.address", before)


def test_with_a_password_nobody_comes_in_past_the_door(wizard: Wizard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.sign_in._doors", [])
    monkeypatch.setenv("STUDIO_PASSWORD", "a long test password")
    wizard.open("bring")
    assert "you are not signed in" in wizard.problems
    assert "My projects" not in wizard.text
