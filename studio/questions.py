"""Questions a file raises before it can be shown, and findings to know about."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from core.store import Project
from studio import desk, steps, words
from studio.reading import Finding, Question, Reading

SHOWN_AT_ONCE = 5
OPEN_QUESTIONS = 2
"""So many questions with a usual answer stand open: nobody should pass by a row of totals."""


def ask_questions(project: Project, reading: Reading) -> None:
    """The file can be read in more than one way: the choices, each with what the file then looks like."""
    if "password" in {q.key for q in reading.questions} and desk.has_password(project):
        steps.show_problem(
            Problem("The password does not open the file.", "Type it again: small letters and capitals differ.")
        )
    else:
        for finding in reading.findings:
            st.markdown(steps.plain(_(finding.message)))
    _form(project, reading, [q for q in reading.questions if q.default is None])
    _usual(project, reading)


def ask_more(project: Project, reading: Reading) -> None:
    """Questions that have a usual answer, already taken; another one reads the file again."""
    _usual(project, reading)


def _usual(project: Project, reading: Reading) -> None:
    usual = [q for q in reading.questions if q.default is not None]
    if usual:
        with st.expander(
            _(
                "The usual answer was taken to {count}: change it here",
                count=words.count(len(usual), "question", "questions"),
            ),
            expanded=len(usual) <= OPEN_QUESTIONS or any(q.key == "totals" for q in usual),
        ):
            _form(project, reading, usual)


def _form(project: Project, reading: Reading, questions: list[Question]) -> None:
    if not questions:
        return
    # In a form each letter is sent with the button: a password whose eye was pressed would be lost without one.
    with st.form(f"questions-{questions[0].key}", border=False):
        given = {q.key: answer for q in questions if (answer := _ask(q, reading.answers.get(q.key, q.default)))}
        pressed = st.form_submit_button(
            _("Read it this way"), key=f"answer-{questions[0].key}",
            type="primary" if not reading.accepted else "secondary",
        )
    if pressed:
        with steps.problems_shown():
            if len(given) < len(questions):
                raise Problem("A question about the file is still open.", "Answer it, then press “Read it this way”.")
            desk.answer(project, reading, given)
            st.rerun()


def _ask(question: Question, start: str | None) -> str:
    key = f"question-{question.key}"
    if question.key == "password":
        return st.text_input(
            steps.plain(_(question.text)),
            type="password",
            key=key,
            help=_("It is kept encrypted with the project, and written nowhere else."),
        )
    if not question.choices:
        return st.text_input(steps.plain(_(question.text)), value=start or "", key=key)
    labels = {c.value: c.label for c in question.choices}
    chosen = st.radio(
        steps.plain(_(question.text)),
        list(labels),
        key=key,
        index=list(labels).index(start) if start in labels else None,
        format_func=lambda v: steps.plain(_(labels[v])),
    )
    for choice in question.choices:
        if choice.preview:
            st.caption(_("With “{choice}” the file begins like this:", choice=steps.plain(_(choice.label))))
            st.code("\n".join(choice.preview), language=None)
    return chosen or ""


ABOUT = {
    "sheet": "worksheet", "columns": "columns", "member": "file of the archive", "delimiter": "between columns",
    "encoding": "encoding", "header_row": "row with the names", "totals": "rows of totals", "layout": "layout",
    "date_order": "order of dates", "decimal": "decimal sign", "missing": "means missing", "units": "units",
    "brackets": "numbers in brackets",
    "unfit": "cells that do not fit",
}  # fmt: skip
"""What an answer about the file is about, in words."""
IN_WORDS = {
    "dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day", "\t": "tab", " ": "blank",
    ",": "comma", ";": "semicolon", ".": "point", "drop": "left out", "keep": "kept", "none": "nothing",
}  # fmt: skip
LONGEST_ANSWER = 60


def _answered(key: str, value: str) -> str:
    """An answer as a person reads it: `date_order:seen`, `dmy` is “order of dates in “seen”: day, month, year”."""
    about, _colon, column = key.partition(":")
    name = _(ABOUT.get(about, about.replace("_", " ")))
    said = _(IN_WORDS[value]) if value in IN_WORDS else value
    said = said if len(said) <= LONGEST_ANSWER and "\n" not in said else _("as you gave it")
    return _("{about} in “{column}”: {said}", about=name, column=column, said=said) if column else f"{name}: {said}"


def show_findings(reading: Reading) -> None:
    """What was noticed in the file, and the answers that were given about it."""
    if reading.answers:
        st.caption(
            _("How it was read:")
            + " "
            + "; ".join(steps.plain(_answered(key, value)) for key, value in reading.answers.items())
        )
    if not reading.findings:
        return
    with st.expander(
        _("What was noticed in the file ({count})", count=len(reading.findings)),
        expanded=len(reading.findings) <= SHOWN_AT_ONCE,
    ):
        st.markdown("\n".join(f"- {steps.plain(_(f.message))}{_place(f)}" for f in reading.findings))


def show_differences(project: Project) -> None:
    """How a newer file differs from the one that answers and protection were made for."""
    said, gone = project.notes.get("differences", []), project.notes.get("gone", [])
    if said:
        st.warning(
            _("This file differs from the one before. Look at these columns and the next pages again.")
            + "\n\n"
            + "\n".join(f"- {steps.plain(line)}" for line in said[:SHOWN_AT_ONCE])
        )
        if len(said) > SHOWN_AT_ONCE:
            with st.expander(_("{count} more differences", count=len(said) - SHOWN_AT_ONCE)):
                st.markdown("\n".join(f"- {steps.plain(line)}" for line in said[SHOWN_AT_ONCE:]))
    if gone:
        st.warning(
            _("These steps of the protection named columns that are not there any more. They were taken away:")
            + "\n\n"
            + "\n".join(f"- {steps.plain(line)}" for line in gone)
        )


def _place(finding: Finding) -> str:
    where = finding.where or {}
    parts = [
        f"{_(part)} {steps.plain(str(where[part]))}"
        for part in ("sheet", "column", "row")
        if where.get(part) is not None
    ]
    return f" ({', '.join(parts)})" if parts else ""
