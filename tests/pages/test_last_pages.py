"""Steps 4 to 7: risk in sentences, protection with undo, the comparison, and the encrypted file."""

from __future__ import annotations

import io
import re

import msoffcrypto
import pytest
import python_calamine

from core.recipe import Recipe
from core.release import csv_zip
from core.store import Project, Store
from tests.pages.conftest import WHO, Wizard

HEADER = "name,age,sex,state,income\n"
NAMES = ("Asha", "Ravi", "Meena", "John", "Sunita", "Arjun", "Kavita", "Imran", "Lata", "Joseph", "Farah", "Mohan")


def people(rows: int = 60) -> bytes:
    """Sixty people: some alone of their kind, most not."""
    lines = [
        f"{NAMES[i % 12]} {('Patel', 'Kumar', 'Iyer', 'Thomas', 'Rao')[i % 5]}{i:02d},{30 + i % 7},{'FM'[i % 2]},"
        f"{('Goa', 'Kerala', 'Punjab')[i % 3]},{9000 + 137 * i}"
        for i in range(rows)
    ]
    return (HEADER + "\n".join(lines) + "\n").encode()


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    """A project as it stands before the risk page."""
    found = wizard.bring(people(), recipient="researchers", purpose="a study of incomes")
    roles = {
        "name": "direct_identifier",
        "age": "quasi_identifier",
        "sex": "quasi_identifier",
        "state": "quasi_identifier",
        "income": "sensitive",
    }
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": roles, "read": _answers(store, found)}).data(), "start")
    return store.project(WHO, found.id)


def _answers(store: Store, project: Project) -> dict[str, str]:
    import json

    return dict(json.loads(store.get(WHO, project.id, "reading.json"))["answers"])


def test_risk_is_a_sentence_first(wizard: Wizard, project: Project) -> None:
    wizard.open("risk", project)
    text = wizard.text
    assert re.search(r"(people are|Everyone is|Nobody is) the only one of their kind in this file", text)
    assert "with fewer than 4 others" in text or "at least 4 others" in text
    assert "would be expected to find about" in text
    assert wizard.page.get("vega_lite_chart"), "pictures follow the sentences"


def test_the_recipients_target_shows_in_the_risk(wizard: Wizard, project: Project, store: Store) -> None:
    store.change_project(WHO, project.id, recipient="public")
    wizard.open("risk", project)
    assert "10 others" in wizard.text


def test_the_suggestion_keeps_the_rules_of_step_6_unless_what_is_usual_is_chosen(
    wizard: Wizard, project: Project, store: Store
) -> None:
    page = wizard.open("protect", project)
    strictly = page.radio(key=f"strictly-{project.id}")
    assert strictly.options == ["So that it keeps the rules: groups of at least 20",
                                "What is usual: groups of at least 5"]
    strictly.set_value("usual").run()
    assert "at least 4 others" in wizard.text
    page.radio(key=f"strictly-{project.id}").set_value("rules").run()
    page.button(key="suggested").click().run()
    assert [s["k"] for s in steps(store, project) if s["method"] == "k_anonymity"] == [20]
    wizard.protect(project)
    page = wizard.open("take_away", project)
    assert not [box for box in page.text_area if box.key == "reason"]
    page.button(key="make").click().run()
    assert wizard.problems == ""
    assert len(store.releases(WHO, project.id)) == 1


def weighed(wizard: Wizard, store: Store, recipient: str) -> Project:
    """Eighty people of a sample with weights so small that groups of five are not enough for some."""
    lines = people(80).decode().strip().splitlines()
    weights = ["weight", *("1" if i % 7 == 3 else "40" for i in range(80))]
    file = "".join(f"{line},{w}\n" for line, w in zip(lines, weights, strict=True))
    found = wizard.bring(file.encode(), recipient=recipient, purpose="a study of incomes")
    roles = {"name": "direct_identifier", **dict.fromkeys(("age", "sex", "state"), "quasi_identifier"),
             "income": "sensitive", "weight": "weight"}
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": roles}).data(), "start")
    return store.project(WHO, found.id)


@pytest.mark.parametrize("begin", ["suggested", "at_risk"])
def test_with_weights_rows_whose_risk_stays_high_are_looked_at_as_well(
    wizard: Wizard, store: Store, begin: str
) -> None:
    project = weighed(wizard, store, "researchers")
    page = wizard.open("protect", project)
    page.radio(key=f"begin-{project.id}").set_value(begin).run()
    assert "nobody’s risk above 5 in 100" in page.radio(key=f"strictly-{project.id}").options[0]
    page.button(key="suggested").click().run()
    assert steps(store, project)[-1]["rule"] == {"rule": "high_risk", "threshold": 0.05}
    wizard.protect(project)
    wizard.open("compare", project)
    assert "Microdata for scientific use" in wizard.text
    page = wizard.open("take_away", project)
    page.button(key="make").click().run()
    assert wizard.problems == ""


def test_for_the_public_groups_are_mixed_as_its_rules_ask(wizard: Wizard, project: Project, store: Store) -> None:
    store.change_project(WHO, project.id, recipient="public")
    page = wizard.open("protect", project)
    assert page.radio(key=f"strictly-{project.id}").options[0] == (
        "So that it keeps the rules: groups of at least 11, in each 2 different values of income")
    page.button(key="suggested").click().run()
    assert steps(store, project)[-1] == {
        "method": "k_anonymity", "k": 11, "rules": [{"rule": "distinct_l", "column": "income", "l": 2}]}


def test_a_table_too_small_for_the_rules_says_so(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(people(12), recipient="researchers", purpose="a study")
    roles = {"name": "direct_identifier", "age": "quasi_identifier", "income": "sensitive"}
    store.save_recipe(WHO, project.id, Recipe.from_data({"roles": roles}).data(), "start")
    page = wizard.open("protect", store.project(WHO, project.id))
    assert "A table of 12 rows cannot keep them" in wizard.text
    assert not [box for box in page.radio if (box.key or "").startswith("strictly")]


def test_suggestion_protects_and_reaches_the_target(wizard: Wizard, project: Project, store: Store) -> None:
    page = wizard.open("protect", project)
    page.button(key="suggested").click().run()
    assert "Protecting your table" in wizard.text
    wizard.waited(project, "protect")
    assert wizard.problems == ""
    assert "Some rows, before and after" in wizard.text
    from core.table.writing import from_parquet

    released = from_parquet(store.get(WHO, project.id, "released.parquet"))
    assert "name" not in released.names
    rows = list(zip(*(released[n].texts() for n in ("age", "sex", "state")), strict=True))
    assert min(rows.count(r) for r in rows) >= 5


def protected(wizard: Wizard, project: Project, store: Store) -> None:
    now = store.recipe(WHO, project.id)
    assert now
    steps = [{"method": "remove", "columns": ["name"]}, {"method": "k_anonymity", "k": 5}]
    store.save_recipe(WHO, project.id, {**now.recipe, "steps": steps}, "protected")
    wizard.protect(project)


def test_names_are_masked_until_a_deliberate_recorded_click(wizard: Wizard, project: Project, store: Store) -> None:
    protected(wizard, project, store)
    page = wizard.open("protect", project)
    assert "Asha Patel" not in wizard.text
    assert "A•••" in wizard.text
    assert "identifying_cells_shown" not in [e.what for e in store.events(WHO, project.id)]
    page.button(key="reveal").click().run()
    assert "Asha Patel" in wizard.text
    event = next(e for e in store.events(WHO, project.id) if e.what == "identifying_cells_shown")
    assert event.facts["columns"] == ["name"]
    assert "Asha" not in str(event)
    page.button(key="hide").click().run()
    assert "Asha Patel" not in wizard.text


def test_a_method_from_the_gallery_is_added_changed_taken_away_and_undone(
    wizard: Wizard, project: Project, store: Store
) -> None:
    page = wizard.open("protect", project)
    page.radio(key=f"begin-{project.id}").set_value("own").run()
    page.selectbox(key="group").set_value("numbers").run()
    page.radio(key="method-numbers").set_value("round_numbers").run()
    box = next(m for m in page.multiselect if (m.key or "").startswith("new-round_numbers"))
    box.set_value(["income"]).run()
    page.button(key="add-round_numbers").click().run()
    assert [s["method"] for s in steps(store, project)] == ["round_numbers"]
    page.button(key="take-0").click().run()
    assert steps(store, project) == []
    page.button(key="undo").click().run()
    assert [s["method"] for s in steps(store, project)] == ["round_numbers"]
    page.button(key="undo").click().run()
    assert steps(store, project) == []


def steps(store: Store, project: Project) -> list[dict[str, object]]:
    now = store.recipe(WHO, project.id)
    return list(now.recipe.get("steps", [])) if now else []


def test_a_name_that_would_go_out_is_said_and_stops_the_release(wizard: Wizard, project: Project, store: Store) -> None:
    now = store.recipe(WHO, project.id)
    assert now
    store.save_recipe(WHO, project.id, {**now.recipe, "steps": [{"method": "k_anonymity", "k": 5}]}, "names forgotten")
    wizard.protect(project)
    page = wizard.open("compare", project)
    assert "values that name people by themselves" in wizard.text
    page.button(key="continue").click().run()
    assert "would go out as it is" in wizard.problems
    assert "Step 6 of 7" in wizard.text
    page = wizard.open("take_away", project)
    assert "would go out as it is" in wizard.problems
    assert page.button(key="to-protect"), "the way forward stands beside the problem"
    assert store.releases(WHO, project.id) == ()
    page = wizard.open("compare", project)
    page.button(key="allow-0").click().run()
    now = store.recipe(WHO, project.id)
    assert now
    assert now.recipe["keep_identifiers"] == ["name"]
    assert "name" in now.note


def test_comparison_says_what_was_won_and_what_it_cost(wizard: Wizard, project: Project, store: Store) -> None:
    protected(wizard, project, store)
    wizard.open("compare", project)
    text = wizard.text
    assert "Everyone shares what could be known about them" in text
    assert "of all cells read differently" in text
    assert "at least 5 rows share each combination" in text


def test_answers_are_checked_before_the_file_is_made(wizard: Wizard, project: Project, store: Store) -> None:
    protected(wizard, project, store)
    page = wizard.open("take_away", project)
    assert "a study of incomes" in wizard.text
    assert "Researchers under contract" in wizard.text
    page.button(key="change-What for").click().run()
    assert "Step 1 of 7" in wizard.text


def test_the_file_opens_with_its_passphrase_and_f5_forgets_it(wizard: Wizard, project: Project, store: Store) -> None:
    protected(wizard, project, store)
    page = wizard.open("take_away", project)
    page.button(key="make").click().run()
    assert "breaks a rule" in wizard.problems, "without weights one in five is above the policy's one in twenty"
    page.text_area(key="reason").set_value("They know everybody in it already.").run()
    page.button(key="make").click().run()
    assert wizard.problems == ""
    (record,) = store.releases(WHO, project.id)
    assert record.reference in wizard.text
    passphrase = page.code[0].value
    made = page.session_state[f"export-{project.id}"]
    assert made.file_name == f"{record.reference}.xlsx"
    assert rows_of(made.data, passphrase) == 61
    assert passphrase not in str(store.events(WHO, project.id))
    again = wizard.open("take_away", project)
    assert not again.code, "after F5 the passphrase is gone"
    assert record.reference in wizard.text
    again.button(key="make").click().run()
    assert again.code[0].value != passphrase
    assert len(store.releases(WHO, project.id)) == 2


def rows_of(data: bytes, passphrase: str) -> int:
    """Rows of the decrypted workbook, the header included."""
    locked = msoffcrypto.OfficeFile(io.BytesIO(data))
    locked.load_key(password=passphrase)
    plain = io.BytesIO()
    locked.decrypt(plain)
    plain.seek(0)
    return len(python_calamine.CalamineWorkbook.from_filelike(plain).get_sheet_by_index(0).to_python())


def test_pages_without_what_they_need_show_the_way(wizard: Wizard, store: Store) -> None:
    empty = store.create_project(WHO, "empty")
    for name in ("columns", "roles", "risk", "protect", "compare", "take_away"):
        wizard.open(name, empty)
        assert "There is a problem" in wizard.problems, name
        assert wizard.page.button(key="home"), name


def test_nothing_unexpected_reaches_the_screen(
    wizard: Wizard, project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from studio import figures

    def breaks(table: object) -> None:
        raise ValueError("could not convert string to float: 'Asha Canary'")

    monkeypatch.setattr(figures, "assess", breaks)
    wizard.open("risk", project)
    assert "Something went wrong" in wizard.problems
    assert "ValueError in" in wizard.problems
    assert "Canary" not in wizard.problems + wizard.text + caplog.text


def test_a_csv_from_the_wizard_runs_no_formula(wizard: Wizard, store: Store) -> None:
    rows = "".join(f"=1+{i % 3},{i % 4}\n" for i in range(40))
    project = wizard.bring(("note,group\n" + rows).encode(), recipient="researchers", purpose="a study")
    answers = _answers(store, project)
    roles = {"note": "keep", "group": "quasi_identifier"}
    store.save_recipe(WHO, project.id, Recipe.from_data({"roles": roles, "read": answers}).data(), "start")
    wizard.protect(store.project(WHO, project.id))
    page = wizard.open("take_away", project)
    page.radio(key="format").set_value("csv.zip").run()
    page.text_area(key="reason").set_value("They know everybody in it already.").run()
    page.button(key="make").click().run()
    assert wizard.problems == ""
    made = page.session_state[f"export-{project.id}"]
    inside = csv_zip.unlocked(made.data, page.code[0].value).decode("utf-8-sig")
    assert "'=1+1" in inside
    assert "\n=1+1" not in inside
    assert '"=1+1' not in inside


def test_what_was_called_harmless_is_asked_about_again(wizard: Wizard, store: Store) -> None:
    """A class and a section are answers few share: called harmless, they still single pupils out."""
    lines = [f"{NAMES[i % 12]} Rao{i:02d},{'FM'[i % 2]},{i % 7 + 6},{'ABC'[i % 3]},{9000 + 137 * i}" for i in range(60)]
    pupils = wizard.bring(
        ("name,sex,form,set,income\n" + "\n".join(lines) + "\nLata Rao99,F,12,Z,1\n").encode(),
        "pupils.csv", recipient="researchers", purpose="a study",
    )
    roles = {"name": "direct_identifier", "sex": "quasi_identifier", "form": "keep", "set": "keep",
             "income": "sensitive"}
    read = _answers(store, pupils)
    store.save_recipe(WHO, pupils.id, Recipe.from_data({"roles": roles, "read": read}).data(), "start")
    page = wizard.open("protect", pupils)
    page.button(key="suggested").click().run()
    wizard.protect(pupils)
    wizard.open("compare", pupils)
    assert re.search(r"Whoever also knew form and set would find \d+ people alone", wizard.text)
    page = wizard.open("roles", pupils)
    assert "Called harmless and kept as it is: form and set." in wizard.text
    page.button(key="overlooked").click().run()
    assert store.recipe(WHO, pupils.id).recipe["roles"]["form"] == "quasi_identifier"  # type: ignore[union-attr]
    assert "Called harmless" not in wizard.text
