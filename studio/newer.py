"""A newer file of the same kind: read with the answers of the earlier one, protected the same way, differences said."""

from __future__ import annotations

from typing import BinaryIO

from core.language import translate as _
from core.protect.method import columns_named
from core.recipe import Recipe
from core.recipe.fit import expected_kinds, read_as_before, with_expectation
from core.store import Project
from studio import context, desk

AS_TEXT = "as_text.parquet"


def bring(file: BinaryIO, name: str, project: Project) -> None:
    """Puts a newer file in the place of the project's; what was decided about the earlier one stays."""
    _remember(project)
    desk.bring(file, name, project, desk.recipe(project).read)


def read_again(project: Project) -> None:
    """Reads a listed database anew."""
    _remember(project)
    desk.start_reading(project.id, desk.recipe(project).read)


def begin(file: BinaryIO, name: str, recipe: Recipe) -> None:
    """A new project that starts with a recipe made elsewhere, such as last month's."""
    if not recipe.expects:  # written by hand, or before recipes said what their file was like
        kinds = recipe.kinds
        expects = {n: {"kind": kinds[n]} if n in kinds else {} for n in {**recipe.roles, **kinds}}
        recipe = recipe.model_copy(update={"expects": expects})
    desk.bring(file, name, None, recipe.read)
    project = context.project()
    context.store().save_recipe(context.who(), project.id, recipe.data(), _("A recipe was brought along"))


def _remember(project: Project) -> None:
    """What the file is like now goes into the recipe, so that the next one can be compared with it."""
    new = with_expectation(desk.recipe(project), desk.original(project))
    context.store().save_recipe(context.who(), project.id, new.data(), _("A newer file is brought in"))


def settle(project: Project) -> None:
    """Once for each reading: kinds as before where the cells allow it; what differs and what cannot stay is noted."""
    stamp = context.stamp(project.id, desk.READING)
    now, read = desk.recipe(project), desk.reading(project)
    if not now.expects or read is None or project.notes.get("settled") == stamp:
        return
    table, as_text = context.table(project.id, desk.TABLE), context.table(project.id, AS_TEXT)
    wanted = expected_kinds(now)
    expects = {name: {**now.expects.get(name, {}), "kind": kind} for name, kind in wanted.items()}
    as_before, differences = read_as_before(
        now.model_copy(update={"kinds": {}, "expects": expects}), table, as_text, {**now.read, **read.answers}
    )
    kinds = {n: c.kind for n, c in as_before.columns.items() if c.kind != table.columns[n].kind}
    gone = [step.in_words() for step in now.steps if not set(table.names) >= set(columns_named(step))]
    saved = now.model_copy(update={"kinds": kinds}).data()
    context.store().save_recipe(context.who(), project.id, saved, _("The newer file was compared"))
    said = {"settled": stamp, "differences": [f.message for f in differences], "gone": gone}
    context.store().change_project(context.who(), project.id, notes=said)
