"""The wizard's frame: heading with “Step 2 of 7”, Back, Continue, and “There is a problem”."""

from __future__ import annotations

import functools
import html
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.language import translate as _
from core.problem import Problem
from core.redact import where_it_broke
from core.store import Project
from studio import context
from studio.form import escape
from studio.style import NARROW, STYLE, WIDE

log = logging.getLogger("studio")
PROBLEMS, SAID = "_problems", "_said"
"""The place for problems on the page, and where a Problem that arose in a callback waits for the page to show it."""


@dataclass(frozen=True)
class Step:
    """One page of the wizard: its file's name, what the trail calls it, and the question at its top."""

    name: str
    called: str
    question: str
    wide: bool = False

    @property
    def number(self) -> int:
        return STEPS.index(self) + 1

    @property
    def path(self) -> str:
        return f"../pages/{self.name}.py"


STEPS = (
    Step("bring", "Bring your file", "Which file do you want to make safe?"),
    Step("columns", "What is in it", "What is in each column?", wide=True),
    Step("roles", "Who could be recognised", "What could someone know about the people in this file?", wide=True),
    Step("risk", "How risky is it", "How easily could people be recognised?", wide=True),
    Step("protect", "Protect it", "How should the people in it be protected?", wide=True),
    Step("compare", "Compare", "Is it safe enough, and still useful?", wide=True),
    Step("take_away", "Take it away", "Is everything right?"),
)


def named(name: str) -> Step:
    return next(step for step in STEPS if step.name == name)


def open_frame() -> None:
    """Style, and the place for problems above everything else. Called once for each run, before the page."""
    st.html(STYLE)
    context.set_value(PROBLEMS, st.container())


def begin(name: str, question: str | None = None) -> Project | None:
    """The top of a page: Back, “Step 2 of 7” and the heading. Returns the open project.

    question  the heading, where the page now asks or says something else than at first

    Only the first page stands without a project; the others raise a Problem that says where to begin.
    """
    step = named(name)
    st.html(WIDE if step.wide else NARROW)
    project = context.project() if context.project_id() or step.number > 1 else None
    if step.number > 1:
        back = STEPS[step.number - 2]
        if st.button("← " + _("Back"), key="back", type="tertiary", help=_("to “{page}”", page=_(back.called))):
            context.go(back.path, context.project_id())
    st.html(_trail(step, project))
    st.title(_(question or step.question), anchor=False)
    said = context.take(SAID)
    if said:
        show_problem(said)
    return project


def plain_page(heading: str, back: str | None = None) -> None:
    """The top of a page that is no step of the wizard.

    back  the step that Back leads to, with the open project; None: the first page
    """
    st.html(WIDE)
    if st.button("← " + _("Back"), key="back", type="tertiary"):
        context.go(named(back).path if back else STEPS[0].path, context.project_id() if back else None)
    st.title(heading, anchor=False)
    said = context.take(SAID)
    if said:
        show_problem(said)


def _trail(step: Step, project: Project | None) -> str:
    """“Step 2 of 7” with seven marks. The marks are for the eye only; the words say the same."""
    marks = "".join(f'<i class="{"done" if s.number <= step.number else ""}"></i>' for s in STEPS)
    words = _("Step {number} of {count}", number=step.number, count=len(STEPS))
    whose = f' <span class="whose">{html.escape(project.name)}</span>' if project else ""
    return (
        f'<div class="trail"><p>{html.escape(words)}: <b>{html.escape(_(step.called))}</b>{whose}</p>'
        f'<div class="marks" aria-hidden="true">{marks}</div></div>'
    )


def show_problem(problem: Problem) -> None:
    """“There is a problem”, above the heading: what happened and what to do."""
    place: DeltaGenerator = context.value(PROBLEMS)
    _say(place, problem)


def _say(place: DeltaGenerator, problem: Problem) -> None:
    where = f" ({_('step {step} of the list', step=problem.step)})" if problem.step else ""
    place.error(f"**{_('There is a problem')}**\n\n{plain(problem.what)}{where} {plain(problem.do)}")


def plain(text: str) -> str:
    """A sentence shown as it is: names of columns in it are no markdown."""
    return escape(text)


@contextmanager
def problems_shown() -> Iterator[None]:
    """A part of the page whose Problem is shown at the top, while the rest of the page stands."""
    try:
        yield
    except Problem as problem:
        show_problem(problem)


def guarded(callback: Callable[..., Any]) -> Callable[..., None]:
    """A widget's callback whose Problem waits for the page; anything unexpected is said without its text."""

    @functools.wraps(callback)
    def call(*args: Any, **named: Any) -> None:
        try:
            callback(*args, **named)
        except Problem as problem:
            context.set_value(SAID, problem)
        except Exception as error:  # noqa: BLE001 -- the last net: its text may quote a cell
            context.set_value(SAID, unexpected(error))

    return call


def unexpected(error: Exception) -> Problem:
    """What a person is told of an error nobody foresaw; the log gets the place."""
    log.error("An exception was not shown: %s", where_it_broke(error))
    return Problem(
        "Something went wrong that should not have.",
        "What you did so far is saved. Load the page again; if it comes back, tell the person who runs the "
        "studio: {place}.",
        place=where_it_broke(error),
    )


def go_on(name: str, check: Callable[[], None] | None = None, label: str = "Continue") -> None:
    """The main button: never disabled. Pressed too early, it says what is missing; else it opens the next page."""
    step = named(name)
    st.html('<div class="rule"></div>')
    if st.button(_(label), key="continue", type="primary"):
        try:
            if check:
                check()
            project = context.project()
        except Problem as problem:
            show_problem(problem)
            _say(st.container(), problem)  # and where the person is looking: the page cannot scroll by itself
            return
        following = STEPS[step.number]
        if project.step < following.number:
            context.store().change_project(context.who(), project.id, step=following.number)
        context.go(following.path, project.id)


def go_to(name: str) -> None:
    """Opens a page of the open project."""
    context.go(named(name).path, context.project_id())
