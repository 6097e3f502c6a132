"""Questions a file raises before it can be shown, and findings to know about."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from core.store import Project
from studio import context, desk, steps
from studio.reading import Finding, Question, Reading

SHOWN_AT_ONCE = 5


def ask_questions(project: Project, reading: Reading) -> None:
    """The file can be read in more than one way: the choices, each with what the file then looks like."""
    for finding in reading.findings:
        st.markdown(steps.plain(finding.message))
    given: dict[str, str] = {}
    for question in reading.questions:
        answer = _ask(question)
        if answer:
            given[question.key] = answer
    if st.button(_("Read it this way"), key="answer", type="primary"):
        with steps.problems_shown():
            missing = [q for q in reading.questions if q.key not in given]
            if missing:
                raise Problem("A question about the file is still open.", "Choose one of the answers.")
            desk.answer(project, reading, given)
            st.rerun()


def _ask(question: Question) -> str:
    key = f"question-{question.key}"
    if question.key == "password":
        return st.text_input(_(question.text), type="password", key=key,
                             help=_("It is kept encrypted with the project, and written nowhere else."))
    if not question.choices:
        return st.text_input(_(question.text), key=key)
    labels = {c.value: c.label for c in question.choices}
    chosen = st.radio(_(question.text), list(labels), index=None, key=key, format_func=lambda v: steps.plain(labels[v]))
    for choice in question.choices:
        if choice.preview:
            st.caption(_("With “{choice}” the file begins like this:", choice=steps.plain(choice.label)))
            st.code("\n".join(choice.preview), language=None)
    return chosen or ""


def show_findings(reading: Reading) -> None:
    """What was noticed in the file, and the answers that were given about it."""
    if reading.answers:
        st.caption(_("Read as you answered:") + " " + "; ".join(
            steps.plain(f"{key.replace('_', ' ')}: {value}") for key, value in reading.answers.items()))
    if not reading.findings:
        return
    with st.expander(_("What was noticed in the file ({count})", count=len(reading.findings)),
                     expanded=len(reading.findings) <= SHOWN_AT_ONCE):
        st.markdown("\n".join(f"- {steps.plain(_(f.message))}{_place(f)}" for f in reading.findings))


def _place(finding: Finding) -> str:
    where = finding.where or {}
    parts = [f"{_(part)} {steps.plain(str(where[part]))}" for part in ("sheet", "column", "row") if where.get(part) is not None]
    return f" ({', '.join(parts)})" if parts else ""
