"""Step 5: a suggestion, a gallery of methods, what they do to the table, and undo without end."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from core.protect import METHODS
from studio import context, desk, gallery, history, outcome, panel, preview, steps, suggestion

project = steps.begin("protect")
desk.require_table(project)
if st.button(_("Hand out statistics instead of rows"), key="statistics", type="tertiary"):
    context.go("../pages/ask.py", project.id)
protected = any(METHODS.named(METHODS.name_of(s)).group != "select" for s in desk.recipe(project).steps)
if protected:
    busy = outcome.work_out(project)
    panel.show(project)
    if not busy:
        outcome.show_leaks(project)
        preview.show(project)
else:
    panel.show(project)
    suggestion.show(project)
if st.button(_("Find the gentlest protection for me"), key="find"):
    context.go("../pages/find.py", project.id)
gallery.taken(project)
history.show(project)
gallery.show(project)


def ready() -> None:
    if outcome.current(context.project()) is None:
        raise Problem(
            "The table is not protected yet.",
            "Take the suggestion, or add a protection of your own, and wait until it is worked out.",
        )


steps.go_on("protect", check=ready)
