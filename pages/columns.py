"""Step 2: each column with an example, what was found in it and why, and an answer the person can change."""

from __future__ import annotations

import streamlit as st

from core.detect.entities import ENTITIES, WORDS
from core.language import translate as _
from core.problem import Problem
from core.store import Project
from core.table import KINDS, Column
from studio import context, desk, masking, steps, waiting, words
from studio.questions import ask_questions, show_findings

A_PAGE = 25


def show_columns(project: Project) -> None:
    table, found = desk.original(project), desk.detected(project)
    personal = sum(d.entity != "NONE" for d in found.values())
    st.markdown(_("{personal} of {count} columns hold something personal. Look at each suggestion and change what is wrong; "
                  "the rest can stay.", personal=personal, count=len(table.names)))
    pages = -(-len(table.names) // A_PAGE)
    at = 1
    if pages > 1:
        at = st.selectbox(_("Columns"), range(1, pages + 1), key="columns-page", format_func=lambda p: _(
            "{first} to {last} of {count}", first=(p - 1) * A_PAGE + 1, last=min(p * A_PAGE, len(table.names)),
            count=len(table.names)))
    for number, name in enumerate(table.names[(at - 1) * A_PAGE : at * A_PAGE], (at - 1) * A_PAGE):
        one(project, number, name, table[name])


def one(project: Project, number: int, name: str, column: Column) -> None:
    """One column: example and reasons left, the two answers right."""
    found = desk.detected(project)[name]
    identifying = found.role == "direct_identifier" or found.entity != "NONE"
    with st.container(border=True):
        left, right = st.columns([3, 2], gap="medium")
        with left:
            st.markdown(f"**{steps.plain(name)}**")
            st.markdown(_("For example:") + " " + steps.plain(masking.example(column, identifying)))
            st.caption(" ".join(steps.plain(_(e)) for e in found.evidence) or _("Nothing in it points to a person."))
            missing = int(column.missing.sum())
            if missing:
                st.caption(_("{missing} of {rows} cells are empty.", missing=f"{missing:,}", rows=f"{len(column):,}"))
        with right:
            entity_box(project, number, name, found.entity)
            kind_box(project, number, name, column)


def entity_box(project: Project, number: int, name: str, entity: str) -> None:
    key = f"entity-{number}"
    said = project.notes.get("entities", {}).get(name)
    context.set_value(key, said or entity)
    options = [desk.UNSURE, *ENTITIES]
    st.selectbox(
        _("What it holds"), options, key=key,
        format_func=lambda e: _("I’m not sure") if e == desk.UNSURE else _(WORDS[e]),
        on_change=steps.guarded(lambda: desk.say_entity(context.project(), name, context.value(key))),
        help=_("“I’m not sure” treats the column as something that could name a person."),
    )


def kind_box(project: Project, number: int, name: str, column: Column) -> None:
    key = f"kind-{number}"
    context.set_value(key, column.kind)
    st.selectbox(
        _("Read as"), KINDS, key=key, format_func=lambda k: _(words.KINDS[k]),
        on_change=steps.guarded(lambda: desk.say_kind(context.project(), name, context.value(key))),
        help=_("Codes keep their leading zeros. Only numbers can be put into bands or averaged."),
    )


def ready() -> None:
    reading = desk.reading(context.project())
    if reading is None or not reading.accepted:
        raise Problem("The file is not read yet.", "Wait until it is read, or answer the question about it.")


project = steps.begin("columns")
reading, job = desk.reading(project), waiting.latest(project.id, "read")
if waiting.is_running(job):
    waiting.show(job, "Reading your file")
elif reading is None:
    if not waiting.ended_badly(job):
        raise Problem("This project has no file yet.", "Go back and choose one.")
elif reading.status == "rejected":
    for finding in reading.findings:
        steps.show_problem(Problem("The file was refused: {why}", "Go back and choose another file.", why=finding.message))
elif reading.status == "needs_answer":
    ask_questions(project, reading)
else:
    show_findings(reading)
    desk.suggest(project)
    show_columns(context.project())
steps.go_on("columns", check=ready)
