"""The catalogue says of every table whose it is, what for, who allowed it, how secret it is and how risky."""

from __future__ import annotations

from core.store import Store
from tests.pages.conftest import WHO, Wizard
from tests.pages.test_first_pages import PEOPLE


def test_classification_is_proposed_changed_and_kept(wizard: Wizard, store: Store) -> None:
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study")
    wizard.open("columns", project)
    page = wizard.open("roles", project)
    assert page.selectbox(key="level-0").value == "restricted"
    page.selectbox(key="level-2").set_value("public").run()
    assert store.project(WHO, project.id).notes["classification"] == {"age": "public"}
    assert wizard.open("roles", project).selectbox(key="level-2").value == "public"
    assert store.project(WHO, project.id).notes["level"] == "restricted"


def test_the_catalogue_shows_purpose_permission_secrecy_and_risk(wizard: Wizard, store: Store) -> None:
    assert "There is none yet" in (wizard.open("catalogue") and wizard.text)
    project = wizard.bring(PEOPLE, recipient="researchers", purpose="a study of <b>wages</b>")
    page = wizard.open("bring", project)
    page.text_input(key="permission-by").set_value("Data board").run()
    page.date_input(key="permission-until").set_value("2020-01-31").run()
    wizard.open("columns", project)
    wizard.open("roles", project)
    wizard.open("risk", project)
    wizard.open("catalogue")
    for word in (
        "a study of &lt;b&gt;wages",
        "Researchers under contract",
        "Data board, ran out on 2020-01-31",
        "Restricted",
        "alone of their kind",
    ):
        assert word in wizard.text, word
    assert "Asha" not in wizard.text
