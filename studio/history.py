"""Undo, redo and the list of what was done, in words: on every page, any number of times."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.store import Project
from studio import context, steps


def show(project: Project) -> None:
    """Two buttons that say what they take back or bring back, and the list of changes, newest first."""
    store, actor = context.store(), context.who()
    versions = {v.version: v for v in store.recipes(actor, project.id)}
    current = store.recipe(actor, project.id)
    if current is None:
        return
    following = versions.get(current.next) if current.next else None
    with st.container(horizontal=True):
        if current.parent:
            st.button(
                "↶ " + _("Undo: {what}", what=steps.plain(current.note)),
                key="undo",
                on_click=steps.guarded(lambda: store.undo(actor, project.id)),
            )
        if following:
            st.button(
                "↷ " + _("Redo: {what}", what=steps.plain(following.note)),
                key="redo",
                on_click=steps.guarded(lambda: store.redo(actor, project.id)),
            )
    with st.expander(_("Everything that was decided so far")):
        st.markdown("\n".join(f"1. {steps.plain(v.note)}" for v in store.history(actor, project.id)))
