"""The page of groups: made by a rule, from a file or by hand; previewed, saved in the recipe, undone, handed out."""

from __future__ import annotations

import pytest

from core.protect.hierarchies.hierarchy import Age, Bands, FromRows
from core.recipe import Recipe
from core.store import Project, Store
from core.table.writing import from_parquet
from tests.pages.conftest import WHO, Wizard
from tests.pages.test_last_pages import steps

JOBS = ("nurse", "doctor", "cook", "smith", "baker", "tailor", "farmer", "clerk")
ROLES = {"age": "quasi_identifier", "job": "quasi_identifier", "sex": "quasi_identifier"}


def people() -> bytes:
    rows = [f"{18 + 7 * i % 60},{JOBS[i % 8]},{'fm'[i % 2]},{1000 + i}" for i in range(120)]
    return ("age,job,sex,income\n" + "\n".join(rows)).encode()


@pytest.fixture
def project(wizard: Wizard, store: Store) -> Project:
    found = wizard.bring(people(), recipient="researchers")
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": ROLES}).data(), "start")
    return store.project(WHO, found.id)


def recipe(store: Store, project: Project) -> Recipe:
    found = store.recipe(WHO, project.id)
    assert found
    return Recipe.from_data(dict(found.recipe))


def way(page, name: str):
    box = next(b for b in page.selectbox if (b.key or "").startswith("way-of-"))
    return box.set_value(name).run()


def column(page, name: str):
    return page.selectbox(key="group-column").set_value(name).run()


def test_bands_are_previewed_saved_and_used(wizard: Wizard, project: Project, store: Store) -> None:
    page = wizard.open("hierarchy", project)
    assert page.selectbox(key="group-column").value == "age", "the column with most values"
    assert "as the file is" in wizard.text
    way(page, "cuts")
    assert "No band begins anywhere yet" in wizard.problems
    next(t for t in page.text_input if t.key.endswith("cuts.0")).set_value("30, 45, 60").run()
    next(t for t in page.text_input if t.key.endswith("cuts.1")).set_value("44").run()
    assert "among those of the level before" in wizard.problems
    next(t for t in page.text_input if t.key.endswith("cuts.1")).set_value("45").run()
    assert wizard.problems == ""
    assert recipe(store, project).hierarchies == {}, "nothing is changed before it is asked for"
    page.button(key="use-groups").click().run()
    assert recipe(store, project).hierarchies == {"age": Bands(cuts=((30, 45, 60), (45,)))}
    page.button(key="coarser").click().run()
    assert "written like this" in wizard.text
    (step,) = steps(store, project)
    assert step["method"] == "generalise" and step["columns"]["age"]["level"] == 1
    wizard.protect(project)
    released = from_parquet(store.get(WHO, project.id, "released.parquet"))
    assert len(released["age"].values) == 4, "three cuts make four bands"
    page.button(key="undo").click().run()
    page.button(key="undo").click().run()
    assert recipe(store, project).hierarchies == {} and steps(store, project) == []
    page.button(key="redo").click().run()
    assert "age" in recipe(store, project).hierarchies


def test_a_level_beyond_a_lower_hierarchy_comes_down_with_it(wizard: Wizard, project: Project, store: Store) -> None:
    now = recipe(store, project).data()
    coarse = {"method": "generalise", "columns": {"age": {"level": 3, "hierarchy": {"kind": "age", "oldest": 80}}}}
    store.save_recipe(WHO, project.id, {**now, "steps": [coarse]}, "coarser")
    page = wizard.open("hierarchy", project)
    way(page, "width")
    next(t for t in page.text_input if t.key.endswith(".widths")).set_value("20").run()
    page.button(key="use-groups").click().run()
    (step,) = steps(store, project)
    assert step["columns"]["age"] == {"hierarchy": {"kind": "automatic"}, "level": 2}, "* is level 2 now"
    assert recipe(store, project).hierarchies == {"age": Bands(widths=(20.0,))}


def test_by_hand_with_lists(wizard: Wizard, project: Project, store: Store) -> None:
    page = column(wizard.open("hierarchy", project), "job")
    page.button(key="take-over").click().run()
    taken = recipe(store, project).hierarchies["job"]
    assert isinstance(taken, FromRows)
    rows = [[*row[:-2], "health", row[-1]] if row[0] == "clerk" else list(row) for row in taken.rows]
    now = recipe(store, project).data()
    store.save_recipe(WHO, project.id, {**now, "hierarchies": {"job": {"kind": "rows", "rows": rows}}}, "a group")
    page.run()
    page.multiselect(key=f"lists-{project.id}-job-1-members").set_value(["nurse", "doctor"]).run()
    page.selectbox(key=f"lists-{project.id}-job-1-group").set_value("health").run()
    next(b for b in page.button if b.key == f"lists-{project.id}-job-1-put").click().run()
    assert wizard.problems == ""
    rows = dict((r[0], r[1]) for r in recipe(store, project).hierarchies["job"].rows)
    assert (rows["nurse"], rows["doctor"]) == ("health", "health")
    assert rows["cook"] != "health"
    version = store.recipe(WHO, project.id)
    assert version and "nurse" not in version.note and "health" not in version.note, "a note holds no value"
    next(b for b in page.button if b.key == f"lists-{project.id}-job-1-put").click().run()
    assert "Nothing is picked" in wizard.problems
    page.button(key="level-more").click().run()
    assert {len(r) for r in recipe(store, project).hierarchies["job"].rows} == {4}
    page.button(key="level-fewer").click().run()
    page.button(key="level-fewer").click().run()
    assert {len(r) for r in recipe(store, project).hierarchies["job"].rows} == {2}


def test_a_file_is_checked_completed_and_used(wizard: Wizard, project: Project, store: Store) -> None:
    page = column(wizard.open("hierarchy", project), "job")
    way(page, "file")
    upload = next(u for u in page.get("file_uploader"))
    lines = [f"{job};{'health' if job in ('nurse', 'doctor') else 'work'};*" for job in JOBS[:-1]]
    upload.upload("jobs.csv", "\n".join([*lines, "nurse;work;*"]).encode(), "text/csv").run()
    assert "1 values stand in more than one row" in wizard.problems
    assert "nurse" not in wizard.problems
    next(u for u in page.get("file_uploader")).upload("jobs.csv", "\n".join(lines).encode(), "text/csv").run()
    assert "says nothing of 1 value" in wizard.text
    next(b for b in page.button if (b.key or "").startswith("add-hierarchy-file")).click().run()
    page.button(key="use-groups").click().run()
    assert wizard.problems == ""
    saved = recipe(store, project).hierarchies["job"]
    assert isinstance(saved, FromRows) and len(saved.rows) == len(JOBS) and len(saved.rows[0]) == 2


def test_only_ways_that_fit_are_offered(wizard: Wizard, project: Project) -> None:
    page = wizard.open("hierarchy", project)
    offered = next(b for b in page.selectbox if (b.key or "").startswith("way-of-")).options
    assert Age.title in offered
    column(page, "job")
    offered = next(b for b in page.selectbox if (b.key or "").startswith("way-of-")).options
    assert Age.title not in offered and "Rare values become “other”" in offered


def test_a_column_named_like_markup_stays_text(wizard: Wizard, store: Store) -> None:
    found = wizard.bring(b"a_b*c*d$,y\n" + b"\n".join(b"a%d,1" % (i % 9) for i in range(40)))
    roles = {"a_b*c*d$": "quasi_identifier"}
    store.save_recipe(WHO, found.id, Recipe.from_data({"roles": roles}).data(), "start")
    wizard.open("hierarchy", found)
    assert wizard.problems == ""
    assert "a_b*c*d$" in wizard.text
