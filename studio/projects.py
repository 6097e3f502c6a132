"""“My projects”: go on with one, rename it, delete it for good."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.store import Project
from studio import context, steps

SHOWN_AT_ONCE = 10


def show_list() -> None:
    """The person's projects, newest first."""
    found = context.store().projects(context.who())
    st.header(_("My projects"), anchor=False)
    if not found:
        st.markdown(_("There is none yet. It appears here as soon as you bring a file, and stays until you delete it."))
    elif st.button(_("See all tables with purpose, permission and risk"), key="catalogue", type="tertiary"):
        context.go("../pages/catalogue.py", None)
    shown = len(found) if context.value("all-projects") else SHOWN_AT_ONCE
    for project in found[:shown]:
        _one(project)
    if len(found) > shown and st.button(_("Show all {count}", count=len(found))):
        context.set_value("all-projects", True)
        st.rerun()


def _one(project: Project) -> None:
    step = steps.STEPS[min(max(project.step, 1), len(steps.STEPS)) - 1]
    with st.container(border=True):
        st.markdown(f"**{steps.plain(project.name)}**")
        st.caption(
            _(
                "Last changed {day}; step {number} of {count}: {name}",
                day=project.changed.strftime("%d %B %Y"),
                number=step.number,
                count=len(steps.STEPS),
                name=_(step.called),
            )
        )
        with st.container(horizontal=True):
            if not project.locked and st.button(_("Go on"), key=f"open-{project.id}", help=_named(project)):
                context.go(step.path, project.id)
            if not project.locked and st.button(_("Rename"), key=f"rename-{project.id}", help=_named(project)):
                context.set_value("asked", ("rename", project.id))
            if st.button(_("Delete for good"), key=f"delete-{project.id}", help=_named(project)):
                context.set_value("asked", ("delete", project.id))
        if project.locked:
            st.warning(_("The key of this project is missing: nothing in it can be read any more."))
        if context.value("asked") == ("rename", project.id):
            _rename(project)
        if context.value("asked") == ("delete", project.id):
            _delete(project)


def _named(project: Project) -> str:
    return f"“{steps.plain(project.name)}”"


def _rename(project: Project) -> None:
    name = st.text_input(_("New name"), value=project.name, max_chars=120, key=f"name-{project.id}")
    if st.button(_("Save the name"), key=f"save-{project.id}", type="primary"):
        with steps.problems_shown():
            context.store().change_project(context.who(), project.id, name=name.strip() or project.name)
            context.forget("asked")
            st.rerun()


def _delete(project: Project) -> None:
    st.warning(
        _(
            "The file, every step and every result of this project go for good: its key is destroyed. "
            "The register of releases keeps that something was released, not what."
        )
    )
    with st.container(horizontal=True):
        if st.button(_("Yes, delete it for good"), key=f"yes-{project.id}", type="primary"):
            context.store().delete_project(context.who(), project.id)
            context.forget_tables()
            context.forget("asked")
            st.rerun()
        if st.button(_("Keep it"), key=f"keep-{project.id}"):
            context.forget("asked")
            st.rerun()
