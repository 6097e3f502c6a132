"""The page of keys: shared ones are made, rotated and destroyed; a project's are taken away locked."""

from __future__ import annotations

from core.protect.secrets import Secrets
from core.release.csv_zip import unlocked
from core.store import Store
from tests.pages.conftest import WHO, Wizard

FILE = ("uid,age\n" + "".join(f"9{k:05d},{20 + k % 40}\n" for k in range(60))).encode()
STEP = {"method": "pseudonymise", "columns": ["uid"], "read_as": "id", "key": "shared-health"}


def test_a_shared_key_is_made_rotated_and_destroyed_only_after_saying_so(wizard: Wizard, store: Store) -> None:
    page = wizard.open("keys")
    page.text_input(key="new-key").set_value("health")
    page = page.radio(key="new-who").set_value("everyone").run()
    page = page.button(key="new-make").click().run()
    assert not page.exception
    (made,) = store.domain_keys(WHO)
    assert (made.name, made.everyone) == ("shared-health", True)
    page = page.button(key="shared-rotate").click().run()
    assert store.domain_keys(WHO)[0].versions == (1, 2)
    page.selectbox(key="shared-version").set_value(1)
    page = page.button(key="shared-destroy").click().run()
    assert any("There is a problem" in e.value for e in page.error)
    assert store.domain_keys(WHO)[0].versions == (1, 2)
    page.selectbox(key="shared-version").set_value(1)
    page = page.checkbox(key="shared-sure").check().run()
    page = page.button(key="shared-destroy").click().run()
    assert store.domain_keys(WHO)[0].destroyed == (1,)
    page = wizard.open("keys")
    page.text_input(key="new-key").set_value("No Good")
    page = page.button(key="new-make").click().run()
    assert any("cannot be the name of a shared key" in e.value for e in page.error)


def test_a_projects_keys_are_taken_away_locked_and_that_is_recorded(wizard: Wizard, store: Store) -> None:
    store.create_domain_key(WHO, "shared-health")
    project = wizard.bring(FILE)
    recipe = {"version": 1, "roles": {"uid": "direct_identifier", "age": "quasi_identifier"}, "steps": [STEP]}
    store.save_recipe(WHO, project.id, recipe, "a test")
    page = wizard.open("keys", project)
    assert "There is none yet" in " ".join(m.value for m in page.markdown)
    wizard.protect(project)
    page = wizard.open("keys", project)
    page = page.button(key="keys-lock").click().run()
    assert not page.exception
    _project, data, word, _id = page.session_state["keys-locked"]
    secrets = Secrets.from_yaml(unlocked(data, word).decode())
    assert set(secrets.keys) == {"default", "shared-health"}
    said = [e for e in store.events(WHO, project.id) if e.what == "secrets_taken_away"]
    assert said and said[0].facts["keys"] == ["default", "shared-health"]
    shown = " ".join(h.proto.body for h in page.get("html")) + " ".join(m.value for m in page.markdown)
    assert not any(key.hex() in shown for key in secrets.keys.values())
    page = page.button(key="own-rotate").click().run()
    kept = Secrets.from_yaml((store.secret(WHO, project.id, "secrets") or b"").decode())
    assert kept.versions["default"] == 2
