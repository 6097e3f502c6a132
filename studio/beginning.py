"""How protecting begins, while nothing is protected yet: one choice, and only what belongs to it below."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.recipe.steps import STEPS
from core.store import Project
from studio import context, desk, gallery, suggestion

WAYS = {
    "suggested": (
        "Do what we suggest for this recipient",
        "Names and the like go. People are put into groups who look alike, each as exact as it can be.",
    ),
    "at_risk": (
        "Protect only what is at risk",
        "Whoever is hidden among enough others stays exactly as they are. Only rows that stand out are changed, "
        "the rarest first, and as little as removes the risk.",
    ),
    "find": (
        "Let several ways be tried out",
        "You say what matters most. What each way costs and what it leaves open is shown on a chart.",
    ),
    "own": ("Put it together myself", "Each method on its own, with all its settings."),
}


def is_protected(project: Project) -> bool:
    """Whether the recipe does more than choose columns and rows."""
    return any(STEPS.named(STEPS.name_of(s)).group != "select" for s in desk.recipe(project).steps)


def show(project: Project) -> None:
    """The choice, and what belongs to it."""
    way = st.radio(
        _("How do you want to begin?"), list(WAYS), key=f"begin-{project.id}",
        format_func=lambda w: _(WAYS[w][0]), captions=[_(said) for _name, said in WAYS.values()],
    )
    if way == "find":
        if st.button(_("Say what matters to me"), key="find", type="primary"):
            context.go("../pages/find.py", project.id)
    elif way == "own":
        gallery.show(project)
    else:
        suggestion.show(project, only_at_risk=way == "at_risk")


def more(project: Project) -> None:
    """The detours, once something is protected: each opens a page of its own, or the gallery below."""
    synthetic = any(step.group == "synthetic" for step in desk.recipe(project).steps)
    with st.container(horizontal=True):
        if not synthetic and st.button(_("Let gentler ways be tried out"), key="find"):
            context.go("../pages/find.py", project.id)
        if not synthetic and st.button(_("Change the groups of values"), key="groups"):
            context.go("../pages/hierarchy.py", project.id)
        open_ = context.value(f"gallery-{project.id}", False)
        label = _("Add no other protection") if open_ else _("Add another protection")
        if st.button(label, key="own"):
            context.set_value(f"gallery-{project.id}", not open_)
            st.rerun()
    if open_:
        gallery.show(project)
