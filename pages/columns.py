"""Step 2: each column with an example, what was found in it and why, and an answer the person can change."""

from __future__ import annotations

import streamlit as st

from core.detect.entities import ENTITIES, WORDS
from core.language import translate as _
from core.problem import Problem
from core.store import Project
from core.table import KINDS, Column, Kind
from studio import cards, context, desk, masking, newer, steps, texts, waiting, whose_numbers, words
from studio.form import in_label
from studio.questions import ask_more, ask_questions, show_differences, show_findings


def show_columns(project: Project) -> None:
    table, found = desk.original(project), desk.detected(project)
    personal = sum(d.entity != "NONE" for d in found.values())
    st.markdown(
        _(
            "Columns that hold something personal: {personal} of {count}. Look at each suggestion and change what is "
            "wrong; the rest can stay. The first answer says what the column holds, the second how it is read.",
            personal=personal,
            count=len(table.names),
        )
    )
    whose_numbers.show(project)
    planned = desk.what_will_happen(project)
    for number, name in cards.page_of(table.names, "columns-page"):
        one(project, number, name, table[name], planned.get(name, ""))


def one(project: Project, number: int, name: str, column: Column, planned: str) -> None:
    """One column: its name, an example and reasons left, the two answers right."""
    found = desk.detected(project)[name]
    missing, answered = int(column.missing.sum()), name in project.notes.get("entities", {})
    said = [
        *(steps.plain(_(e)) for e in found.evidence),
        "" if answered else _("We are {share} sure.", share=f"{found.confidence:.0%}"),
        _("{missing} cells are empty.", missing=f"{missing:,}") if missing else "",
        planned,
    ]
    shown = masking.example(column, desk.identifies(project, name))
    with cards.card(f"column-{number}", name, shown, said, (3, 3), column.description) as (holds, read):
        with holds:
            entity_box(project, number, name, found.entity)
        with read:
            kind_box(project, number, name, column)
        if found.entity == "FREE_TEXT_PII":
            texts.offer(project, number, name)


def entity_box(project: Project, number: int, name: str, entity: str) -> None:
    key = f"entity-{number}"
    said = project.notes.get("entities", {}).get(name)
    context.set_value(key, said or entity)
    options = [desk.UNSURE, *ENTITIES]
    st.selectbox(
        _("What “{column}” holds", column=in_label(name)),
        options,
        key=key,
        format_func=lambda e: _("I’m not sure") if e == desk.UNSURE else _(WORDS[e]),
        on_change=steps.guarded(lambda: desk.say_entity(context.project(), name, context.value(key))),
        label_visibility="collapsed",
    )


def kind_box(project: Project, number: int, name: str, column: Column) -> None:
    key, refused = f"kind-{number}", f"refused-{project.id}-{number}"
    context.set_value(key, column.kind)
    st.selectbox(
        _("“{column}” is read as", column=in_label(name)),
        KINDS,
        key=key,
        format_func=lambda k: _(words.KINDS[k]),
        on_change=steps.guarded(lambda: say_kind(refused, name, context.value(key))),
        label_visibility="collapsed",
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
    with st.spinner(_("Looking at what the columns hold …")):
        newer.settle(project)
        desk.suggest(context.project())
    show_differences(context.project())
    show_columns(context.project())
steps.go_on("columns", check=ready)
