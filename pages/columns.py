"""Step 2: each column with an example, what was found in it and why, and an answer the person can change."""

from __future__ import annotations

import streamlit as st

from core.detect.entities import ENTITIES, WORDS
from core.language import translate as _
from core.problem import Problem
from core.store import Project
from core.table import KINDS, Column, Kind
from studio import context, desk, masking, steps, waiting, words
from studio.questions import ask_more, ask_questions, show_findings

A_PAGE = 25


def show_columns(project: Project) -> None:
    table, found = desk.original(project), desk.detected(project)
    personal = sum(d.entity != "NONE" for d in found.values())
    st.markdown(
        _(
            "{personal} of {count} columns hold something personal. Look at each suggestion and change what is wrong; "
            "the rest can stay.",
            personal=personal,
            count=len(table.names),
        )
    )
    pages = -(-len(table.names) // A_PAGE)
    at = 1
    if pages > 1:
        at = st.selectbox(
            _("Columns"),
            range(1, pages + 1),
            key="columns-page",
            format_func=lambda p: _(
                "{first} to {last} of {count}",
                first=(p - 1) * A_PAGE + 1,
                last=min(p * A_PAGE, len(table.names)),
                count=len(table.names),
            ),
        )
    for number, name in enumerate(table.names[(at - 1) * A_PAGE : at * A_PAGE], (at - 1) * A_PAGE):
        one(project, number, name, table[name])


def one(project: Project, number: int, name: str, column: Column) -> None:
    """One column: its name, an example and reasons left, the two answers right."""
    found = desk.detected(project)[name]
    identifying = found.role == "direct_identifier" or found.entity != "NONE"
    with st.container(border=True):
        left, middle, right = st.columns([5, 3, 3], gap="medium")
        with left:
            st.markdown(f"**{steps.plain(name)}**  \n" + steps.plain(masking.example(column, identifying)))
            st.caption(" ".join(steps.plain(_(e)) for e in found.evidence) or _("Nothing in it points to a person."))
            missing = int(column.missing.sum())
            if missing:
                st.caption(_("{missing} of {rows} cells are empty.", missing=f"{missing:,}", rows=f"{len(column):,}"))
        with middle:
            entity_box(project, number, name, found.entity)
        with right:
            kind_box(project, number, name, column)


def entity_box(project: Project, number: int, name: str, entity: str) -> None:
    key = f"entity-{number}"
    said = project.notes.get("entities", {}).get(name)
    context.set_value(key, said or entity)
    options = [desk.UNSURE, *ENTITIES]
    st.selectbox(
        _("What it holds"),
        options,
        key=key,
        format_func=lambda e: _("I’m not sure") if e == desk.UNSURE else _(WORDS[e]),
        on_change=steps.guarded(lambda: desk.say_entity(context.project(), name, context.value(key))),
        help=_("“I’m not sure” treats the column as something that could name a person."),
    )


def kind_box(project: Project, number: int, name: str, column: Column) -> None:
    key, refused = f"kind-{number}", f"refused-{project.id}-{number}"
    context.set_value(key, column.kind)
    st.selectbox(
        _("Read as"),
        KINDS,
        key=key,
        format_func=lambda k: _(words.KINDS[k]),
        on_change=steps.guarded(lambda: say_kind(refused, name, context.value(key))),
        help=_("Codes keep their leading zeros. Only numbers can be put into bands or averaged."),
    )
    kind = context.value(refused)
    if kind:
        st.caption(_("Some cells are no {kind}. What becomes of them?", kind=_(kind)))
        for label, unfit in ((_("Make them empty"), "missing"), (_("Leave them as they are"), "keep")):
            st.button(
                label,
                key=f"{unfit}-{number}",
                help=steps.plain(name),
                on_click=steps.guarded(lambda u=unfit: say_kind(refused, name, kind, u)),
            )


def say_kind(refused: str, name: str, kind: Kind, unfit: str | None = None) -> None:
    """Changes a kind; where cells do not fit it, the question what becomes of them is asked beside the column."""
    context.set_value(refused, kind)
    desk.say_kind(context.project(), name, kind, unfit)
    context.forget(refused)


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
        steps.show_problem(
            Problem("The file was refused: {why}", "Go back and choose another file.", why=finding.message)
        )
elif reading.status == "needs_answer":
    ask_questions(project, reading)
else:
    show_findings(reading)
    ask_more(project, reading)
    desk.suggest(project)
    show_columns(context.project())
steps.go_on("columns", check=ready)
