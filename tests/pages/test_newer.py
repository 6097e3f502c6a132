"""A newer file of the same kind: read and protected as before, with what differs said; and large files as a job."""

from __future__ import annotations

import pytest

from core.recipe import Recipe
from core.store import Project, Store
from tests.pages.conftest import WHO, Wizard

TOWNS = ("Goa", "Pune")


def people(header: str = "name,age,town,seen", odd: str = "", days: range = range(13, 28)) -> bytes:
    extra = ",x" if header.count(",") > 3 else ""
    lines = []
    for n in range(40):
        town = odd if odd and n == 7 else TOWNS[n % 2]
        lines.append(f"Asha{n} Rao,{20 + n % 30},{town},{days[n % len(days)]:02}/0{n % 9 + 1}/2024{extra}")
    return (header + "\n" + "\n".join(lines) + "\n").encode()


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    """A project with one step of protection."""
    found = wizard.bring(people(), recipient="researchers", purpose="a study")
    wizard.open("columns", found)
    assert wizard.problems == ""
    now = store.recipe(WHO, found.id)
    assert now
    steps = [{"method": "remove", "columns": ["name"]}, {"method": "round_numbers", "columns": ["age"]}]
    store.save_recipe(WHO, found.id, {**now.recipe, "steps": steps}, "protected")
    return store.project(WHO, found.id)


def upload(wizard: Wizard, key: str, name: str, data: bytes, mime: str = "text/csv") -> None:
    wizard.page.file_uploader(key=key).set_value((name, data, mime)).run()


def test_a_newer_file_is_read_as_before_and_differences_are_said(
    wizard: Wizard, project: Project, store: Store
) -> None:
    wizard.open("bring", project)
    # Its dates leave open what comes first; the answer is known from the file before.
    upload(wizard, "newer", "february.csv", people("name,years,town,seen,code", "Agra", range(1, 10)))
    wizard.waited(project, "read")
    wizard.open("columns", project)
    assert wizard.problems == ""
    text = wizard.text
    assert "The column “years” is new." in text and "The column “age” is missing." in text
    assert "“town” has one category it did not have before" in text and "Agra" not in text.split("differs")[1][:600]
    assert "They were taken away" in text and "Round" in text
    now = store.recipe(WHO, project.id)
    assert now
    assert [s["method"] for s in now.recipe["steps"]] == ["remove"]
    assert set(now.recipe["roles"]) == {"name", "years", "town", "seen", "code"}


def test_a_file_that_fits_keeps_everything(wizard: Wizard, project: Project, store: Store) -> None:
    before = store.recipe(WHO, project.id)
    wizard.open("bring", project)
    upload(wizard, "newer", "february.csv", people(days=range(14, 26)))
    wizard.waited(project, "read")
    wizard.open("columns", project)
    assert wizard.problems == "" and "differs from the one before" not in wizard.text
    now = store.recipe(WHO, project.id)
    assert before and now
    assert (now.recipe["steps"], now.recipe["roles"]) == (before.recipe["steps"], before.recipe["roles"])


def test_a_project_can_begin_with_a_recipe(wizard: Wizard, store: Store) -> None:
    recipe = Recipe.from_data({
        "read": {"date_order": "dmy"},
        "roles": {"name": "direct_identifier", "age": "quasi_identifier", "town": "drop"},
        "kinds": {"age": "text"}, "steps": [{"method": "remove", "columns": ["name"]}],
    })  # fmt: skip
    wizard.open("bring")
    upload(wizard, "recipe", "r.yaml", recipe.dump().encode(), "text/yaml")
    assert "The recipe is read" in wizard.text
    upload(wizard, "upload", "people.csv", people(days=range(1, 10)))
    (project,) = [p for p in store.projects(WHO) if p.name == "people"]
    wizard.waited(project, "read")
    wizard.open("columns", project)
    assert wizard.problems == ""
    assert "The column “seen” is new." in wizard.text
    now = store.recipe(WHO, project.id)
    assert now
    assert now.recipe["kinds"]["age"] == "text" and now.recipe["roles"]["town"] == "drop"
    assert [s["method"] for s in now.recipe["steps"]] == ["remove"]


def test_what_is_no_recipe_says_so(wizard: Wizard) -> None:
    wizard.open("bring")
    upload(wizard, "recipe", "r.yaml", b"steps: [", "text/yaml")
    assert "The recipe cannot be read" in wizard.problems


def test_rows_of_totals_are_asked_about_in_the_open(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(people()[:-1] + b"\nTotal,1380,,\n")
    page = wizard.open("columns", project)
    page.radio(key="question-totals").set_value("drop")
    next(b for b in page.button if str(b.key).startswith("answer-")).click().run()
    wizard.waited(project, "read")
    wizard.open("columns", project)
    from core.table.writing import from_parquet

    assert from_parquet(store.get(WHO, project.id, "table.parquet")).rows == 40


def test_a_large_file_is_made_by_a_job_and_a_plain_one_has_no_passphrase(
    wizard: Wizard, project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio import export

    monkeypatch.setattr(export, "AT_ONCE", 10)
    now = store.recipe(WHO, project.id)
    assert now
    gone = [{"method": "remove", "columns": ["name", "age", "seen"]}]
    store.save_recipe(WHO, project.id, {**now.recipe, "steps": gone}, "only towns are left")
    wizard.protect(project)
    page = wizard.open("take_away", project)
    page.radio(key="format").set_value("sav.zip")
    page.button(key="make").click().run()
    assert wizard.problems == ""
    assert "Making your file" in wizard.text and not store.releases(WHO, project.id)
    page = wizard.waited(project, "export")
    assert wizard.problems == ""
    (record,) = store.releases(WHO, project.id)
    assert record.format == "sav.zip" and record.reference in wizard.text
    made = page.session_state[f"export-{project.id}"]
    from core.release import csv_zip

    assert csv_zip.unlocked(made.data, page.code[0].value)[:4] == b"$FL2"
    assert "export.bin" not in {f.name for f in store.files(WHO, project.id)}
    assert store.secret(WHO, project.id, "export-passphrase") is None
    page.button(key="more").click().run()
    page.checkbox(key="everybody").check().run()
    page.button(key="make").click().run()
    page = wizard.waited(project, "export")
    assert not page.code and "it is not encrypted" in wizard.text
    assert page.session_state[f"export-{project.id}"].data.startswith(b'\xef\xbb\xbf"town"')
