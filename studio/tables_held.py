"""The catalogue: what is said of each table without opening it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import streamlit as st

from core.language import translate as _
from core.risk import Risk
from core.store import Project
from studio import charts, context, words
from studio.classification import LEVELS
from studio.recipients import recipient


def show(projects: Iterable[Project]) -> None:
    headings = (
        _("Table"),
        _("Owner"),
        _("Purpose"),
        _("For whom"),
        _("Permission"),
        _("How secret"),
        _("Risk as it came"),
        _("Released"),
    )
    rows = [_row(p) for p in projects if not p.locked]
    st.html(charts.sheet(headings, rows, caption=_("Tables in this studio"), stacked=True))


def _row(project: Project) -> tuple[str, ...]:
    released = context.store().releases(context.who(), project.id)
    owner = project.owner + (f", {project.department}" if project.department else "")
    return (
        project.name,
        owner,
        project.purpose or _("not said"),
        _(recipient(project.recipient).label) if project.recipient else _("not said"),
        permission(project),
        _(LEVELS.get(project.notes.get("level", ""), "not looked at")),
        project.notes.get("risk", _("not measured")),
        ", ".join(r.reference for r in released) or _("no"),
    )


def permission(project: Project) -> str:
    """By whom and until when; says where it has run out."""
    said = project.notes.get("permission", {})
    if not said.get("by"):
        return _("not said")
    if not said.get("until"):
        return str(said["by"])
    over = date.fromisoformat(said["until"]) < datetime.now(UTC).date()
    return _("{by}, ran out on {day}" if over else "{by}, until {day}", by=said["by"], day=said["until"])


def keep_risk(project: Project, risk: Risk) -> None:
    """What the risk page found, in a few words, so that the catalogue need not open the table."""
    said = _("nobody is alone of their kind")
    if risk.uniques:
        said = _("{share} people are alone of their kind", share=words.share(risk.uniques, risk.rows))
    if project.notes.get("risk") != said:
        context.store().change_project(context.who(), project.id, notes={"risk": said})


def ask_permission(project: Project) -> None:
    """Who allowed the use of the table, and until when: optional, on the first page."""
    said = project.notes.get("permission", {})
    with st.expander(_("Who gave permission, and until when?")):
        by = st.text_input(
            _("Permission given by"),
            value=said.get("by", ""),
            max_chars=200,
            key="permission-by",
            placeholder=_("For example: Data Protection Board, decision 12 of 2026"),
        )
        until = st.date_input(
            _("Until"),
            value=date.fromisoformat(said["until"]) if said.get("until") else None,
            key="permission-until",
            format="YYYY-MM-DD",
        )
        now = {"by": by.strip(), "until": until.isoformat() if isinstance(until, date) else ""}
        if now != {"by": said.get("by", ""), "until": said.get("until", "")}:
            context.store().change_project(context.who(), project.id, notes={"permission": now})
