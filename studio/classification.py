"""How secret each column and the whole table is: proposed from the roles, changeable, kept with the project."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.store import Project
from core.table import Role
from studio import cards, context, desk, steps
from studio.form import in_label

LEVELS = {"public": "Public", "internal": "Internal", "confidential": "Confidential", "restricted": "Restricted"}
"""From the least to the most secret."""

OF_ROLE: dict[Role, str] = {
    "direct_identifier": "restricted",
    "sensitive": "restricted",
    "quasi_identifier": "confidential",
    "keep": "internal",
    "drop": "confidential",
    "weight": "internal",
    "household": "confidential",
    "stratum": "internal",
}


def of_columns(project: Project) -> dict[str, str]:
    """column -> level: what the person said, else what follows from its role."""
    table, said = desk.original(project), project.notes.get("classification", {})
    return {name: said.get(name) or OF_ROLE[table.role(name)] for name in table.names}


def of_table(levels: dict[str, str]) -> str:
    """A table is as secret as its most secret column."""
    return max(levels.values(), key=list(LEVELS).index, default="internal")


def show(project: Project) -> None:
    """Folded away: one answer for each column; the catalogue shows the highest."""
    levels = of_columns(project)
    with st.expander(_("How secret is the table? {level}", level=_(LEVELS[of_table(levels)]))):
        st.markdown(_("Proposed from what each column is. The table is as secret as its most secret column."))
        for number, name in cards.page_of(list(levels), "levels-page"):
            key = f"level-{number}"
            context.set_value(key, levels[name])
            st.selectbox(
                in_label(name),
                list(LEVELS),
                key=key,
                format_func=lambda v: _(LEVELS[v]),
                on_change=steps.guarded(lambda n=name, k=key: _say(n, context.value(k))),
            )
    _keep(project, of_table(levels))


def _say(name: str, level: str) -> None:
    project = context.project()
    said = {**project.notes.get("classification", {}), name: level}
    context.store().change_project(context.who(), project.id, notes={"classification": said})


def _keep(project: Project, level: str) -> None:
    """The table's own level, for the catalogue, which reads no table."""
    if project.notes.get("level") != level:
        context.store().change_project(context.who(), project.id, notes={"level": level})
