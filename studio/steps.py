"""The wizard's frame: heading with “Step 2 of 7”, Back, Continue, “There is a problem”, and what a page needs to stand in it."""

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


def begin(name: str) -> Project | None:
    """The top of a page: Back, “Step 2 of 7” and the heading. Returns the open project.

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
    st.title(_(step.question), anchor=False)
    said = context.take(SAID)
    if said:
        show_problem(said)
    return project


def _trail(step: Step, project: Project | None) -> str:
    """“Step 2 of 7” with seven marks. The marks are for the eye only; the words say the same."""
    marks = "".join(f'<i class="{"done" if s.number <= step.number else ""}"></i>' for s in STEPS)
    words = _("Step {number} of {count}", number=step.number, count=len(STEPS))
    whose = f' <span class="whose">{html.escape(project.name)}</span>' if project else ""
    return (f'<div class="trail"><p>{html.escape(words)}: <b>{html.escape(_(step.called))}</b>{whose}</p>'
            f'<div class="marks" aria-hidden="true">{marks}</div></div>')


def show_problem(problem: Problem) -> None:
    """“There is a problem”, above the heading: what happened and what to do."""
    place: DeltaGenerator = context.value(PROBLEMS)
    _say(place, problem)


def _say(place: DeltaGenerator, problem: Problem) -> None:
    where = f" ({_('step {step} of the list', step=problem.step)})" if problem.step else ""
    place.error(f"**{_('There is a problem')}**\n\n{plain(problem.what)}{where} {plain(problem.do)}", icon="⚠️")


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
    return Problem("Something went wrong that should not have.",
                   "What you did so far is saved. Load the page again; if it comes back, tell the person who runs the "
                   "studio: {place}.", place=where_it_broke(error))


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


STYLE = """<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"] { display: none }
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; padding-bottom: 6rem }
h1 { text-wrap: balance; line-height: 1.2 !important; padding-top: 0 !important }
[data-testid="stMainBlockContainer"] p { text-wrap: pretty }
.trail p { margin: 0; font-size: .95rem; overflow-wrap: anywhere }
.trail .whose { opacity: .85 } .trail .whose::before { content: "· " }
.marks { display: flex; gap: 4px; margin-top: .5rem }
.marks i { height: 4px; flex: 1; border-radius: 2px; background: currentColor; opacity: .18 }
.marks i.done { background: #0b7a75; opacity: 1 }
.rule { margin-top: 1.5rem }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); border: 1px solid; border-radius: 6px; overflow: hidden;
  border-color: color-mix(in srgb, currentColor 45%, transparent) }
.figures > div { padding: .7rem .9rem; border-left: 1px solid color-mix(in srgb, currentColor 25%, transparent); margin-left: -1px }
.figures span { display: block; font-size: .92rem; line-height: 1.3 }
.figures b { font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.5 }
.figures b.was { font-weight: 400; opacity: .9 }
.figures p { grid-column: 1 / -1; margin: 0; padding: .5rem .9rem; font-size: .92rem;
  border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
@media (max-width: 640px) { .figures { grid-template-columns: 1fr 1fr }
  .figures > div:nth-child(n+3) { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent) } }
.hear { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap }
.sheet { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums }
.sheet th, .sheet td { text-align: left; padding: .35rem .7rem .35rem 0; vertical-align: top; border-bottom: 1px solid;
  border-color: color-mix(in srgb, currentColor 22%, transparent); overflow-wrap: anywhere; font-weight: 400 }
.sheet thead th { font-weight: 600 } .sheet .n { text-align: right }
.scroll { overflow-x: auto }
.preview th, .preview td { white-space: nowrap; max-width: 18rem; overflow: hidden; text-overflow: ellipsis; padding-right: 1.1rem }
.preview tbody tr:nth-child(odd) th, .preview tbody tr:nth-child(odd) td { border-bottom: 0; padding-top: .7rem; opacity: .85 }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit !important; opacity: 1 !important;
  font-size: .92rem } [data-testid="stCaptionContainer"] { opacity: .86 !important }
mark { background: color-mix(in srgb, #dfa862 45%, transparent); color: inherit; border-radius: 2px }
code, pre { overflow-wrap: anywhere; white-space: pre-wrap !important }
@media print { [data-testid="stHeader"], [data-testid="stBaseButton-primary"], [data-testid="stBaseButton-secondary"],
  [data-testid="stBaseButton-tertiary"] { display: none !important } }
</style>"""
NARROW = '<style>[data-testid="stMainBlockContainer"] { max-width: 47rem }</style>'
WIDE = '<style>[data-testid="stMainBlockContainer"] { max-width: 66rem }</style>'
