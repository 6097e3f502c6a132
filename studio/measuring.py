"""Every measure of risk, one at a time with its settings or all at once, as a job; the answers stay until roles change.

What a measure needs beyond the roles is asked for here: a table of the population, the number of people in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import streamlit as st

from core.declare import dump
from core.language import translate as _
from core.problem import Problem
from core.project import MEASURES_FILE, PEOPLE, POPULATION
from core.risk import MEASURES, Measure
from core.risk.measures.cells import UnsafeCells
from core.store import Project
from core.table.column import Mask
from studio import charts, context, desk, figures, form, outcome, steps, unsafe, waiting, words

GROUPS = {
    "identity": "Who could be found in the file",
    "attribute": "What one learns about a person once their group is known",
    "population": "How rare the people are in the whole population",
    "special": "Which few values single people out",
    "numbers": "Amounts: who stands out, and how exactly they can be worked out",
    "cells": "Tables made from the file: which cells give somebody away",
    "columns": "Which columns identify people at all",
}
EVERYTHING = "everything"
TYPES = ["csv", "tsv", "txt", "parquet", "xlsx", "ods", "zip"]
"""Files a table of the population may come in, as far as the browser is told."""


def show(project: Project, only: Mask | None) -> None:
    """Choose a measure, set it, carry it out; what was found stands below."""
    if only is not None:
        st.caption(_("Measures count everybody."))
    group = st.selectbox(
        _("What is to be measured?"), [EVERYTHING, *GROUPS], key="measure-group",
        format_func=lambda g: _("Everything that can be measured") if g == EVERYTHING else _(GROUPS[g]),
    )
    wanted = _all() if group == EVERYTHING else _one(project, group)
    released, people = _basis(project)
    _population(project)
    with steps.problems_shown():
        if st.button(_("Measure it"), key="measure"):
            start(project, wanted, released, people)
    _answers(project)


def _all() -> list[dict[str, Any]]:
    st.markdown(_("All {count} measures with their usual settings. One that needs something more says what.",
                  count=len(MEASURES.members)))
    return [dump(measure()) for measure in MEASURES]


def _one(project: Project, group: str) -> list[dict[str, Any]]:
    """The form of one measure; the settings as plain data."""
    offered = {MEASURES.name_of(m): m for m in MEASURES if m.group == group}
    chosen = st.radio(
        _("Which measure?"), list(offered), key=f"measure-{group}", format_func=lambda m: _(offered[m].title),
        captions=[form.explain(m)[0] for m in offered.values()],
    )
    measure = offered[chosen]
    with st.container(border=True):
        st.markdown(form.explain(measure)[1] or form.explain(measure)[0])
        st.caption(_("Source: {source}", source=steps.plain(measure.source)))
        answers: Mapping[str, Any] = {}
        with steps.problems_shown():
            columns = form.Columns.of(desk.original(project))
            answers = form.draw(measure, columns, f"measure.{chosen}", _start(project, measure))
    return [{MEASURES.tag: chosen, **answers}]


def _start(project: Project, measure: type[Measure]) -> dict[str, object]:
    """Settings worth beginning with: the recipient's k, where a measure asks for one and means it by it."""
    return {"k": desk.target(project).k} if MEASURES.name_of(measure) in ("k_anonymity", "km_anonymity") else {}


def _basis(project: Project) -> tuple[bool, float | None]:
    """Which table is measured, and how many people it was drawn from."""
    released = False
    if outcome.current(project) is not None:
        released = st.radio(
            _("Which table?"), [False, True], key="measure-table", horizontal=True,
            format_func=lambda r: _("as it would be released now") if r else _("as it came"),
        )
    table = desk.original(project)
    said = None
    if not table.one("weight"):
        said = st.number_input(
            _("How many people was the file drawn from?"), min_value=float(table.rows), value=None, step=1.0,
            format="%.0f", key="measure-people", placeholder=_("not known"),
            help=_("For estimates of how rare people are in the whole population. Leave it empty if the file holds "
                   "everybody."),
        )
    return bool(released), said


# --- the table of the population


def _population(project: Project) -> None:
    """A file of the population for k-map, journalist risk and delta-presence: brought, said how large, taken away."""
    with st.expander(_("Have you a table of the whole population?")):
        st.markdown(_(
            "A register or census table with the same columns tells who hides among people outside your file. It is "
            "encrypted at once, used for these measures only, and never leaves this studio."
        ))
        if context.stamp(project.id, PEOPLE):
            there = context.table(project.id, PEOPLE)
            lacking = [k for k in figures.before(project).keys if k not in there.columns]
            st.markdown(_("It has {count}.", count=words.count(there.rows, "row", "rows")))
            if lacking:
                st.warning(_("It lacks {columns}: no measure can use it.", columns=steps.plain(words.listed(lacking))))
            st.button(_("Take it away again"), key="population-away", on_click=steps.guarded(_away))
            return
        uploaded = st.file_uploader(_("The file of the population"), type=TYPES, key="population-file")
        if uploaded is not None:
            _bring(project, uploaded)
        job = waiting.latest(project.id, "population")
        if waiting.is_running(job):
            assert job is not None  # noqa: S101 -- it runs
            waiting.show(job, "Reading the table of the population")
        else:
            waiting.ended_badly(job)


def _away() -> None:
    context.store().remove(context.who(), context.project().id, PEOPLE)


def _bring(project: Project, uploaded: Any) -> None:
    """Into the vault at once, out of Streamlit's memory, and read by a job."""
    context.store().put(context.who(), project.id, POPULATION, uploaded)
    context.drop_upload(uploaded)
    waiting.start(project.id, "population", {"suffix": PurePath(uploaded.name).suffix.lower()[:10]})
    context.forget("population-file")
    st.rerun()


# --- carrying out and showing


def start(project: Project, wanted: Sequence[Mapping[str, Any]], released: bool, people: float | None) -> None:
    """The measures as a job; a Problem where one cannot be had."""
    built = [MEASURES.build(dict(entry)) for entry in wanted]
    table = desk.original(project)
    for measure in built:
        if "original" in measure.needs and not released and len(built) == 1:
            raise Problem(
                "“{title}” compares a released table with the one it came from.",
                "Protect the table first (step 5), come back, and choose the table as it would be released.",
                title=measure.title,
            )
        if "sensitive" in measure.needs and not table.having("sensitive") and len(built) == 1:
            raise Problem("“{title}” needs a column that nobody should learn.",
                          "Mark it as secret under “Who could be recognised”.", title=measure.title)
    now = desk.version(project)
    waiting.start(project.id, "measures", {
        "measures": [dump(m) for m in built], "key": figures.name(project), "version": now.version if now else None,
        "released": released, "people": people,
    })


def _answers(project: Project) -> None:
    job = waiting.latest(project.id, "measures")
    if waiting.is_running(job):
        assert job is not None  # noqa: S101 -- it runs
        waiting.show(job, "Measuring")
        return
    if job is not None and job.state == "failed" and waiting.ended_badly(job):
        return
    kept = answers(project)
    if kept is None:
        return
    st.header(_("What was measured"), anchor=False)
    if kept["released"]:
        st.caption(_("The table as it would be released, beside the original."))
    if len(kept["measures"]) == 1:
        _told(kept["measures"][0])
        if kept["measures"][0]["title"] == UnsafeCells.title:
            unsafe.show(project, kept["measures"][0], kept["released"])
    else:
        _table(kept["measures"])
    if any(one.get("interval") for one in kept["measures"]):
        st.caption(_("In brackets: the interval in which the figure lies with 95% certainty, where it is estimated."))
    st.download_button(
        _("Take the figures (JSON)"), json.dumps(kept["measures"], ensure_ascii=False, indent=1),
        "measures.json", "application/json", key="measures-json", on_click="ignore",
    )


def answers(project: Project) -> dict[str, Any] | None:
    """What was measured last, if it was of this content and these roles."""
    stamp = context.stamp(project.id, MEASURES_FILE)
    if not stamp:
        return None
    kept = context.keep(
        ("measures", project.id, stamp),
        lambda: json.loads(context.store().get(context.who(), project.id, MEASURES_FILE)),
    )
    return kept if kept["key"] == figures.name(project) else None


def _told(one: Mapping[str, Any]) -> None:
    """One measure with all its figures."""
    st.markdown(f"**{steps.plain(_(one['title']))}**")
    st.markdown(steps.plain(_sentence(one)))
    if one["value"] is not None:
        st.markdown(steps.plain(f"{_figure(one)}, {_(one['unit'])}"))
    details = dict(one.get("details") or {})
    lists = {name: part for name, part in details.items() if _is_table(part)}
    lines = _flat({name: part for name, part in details.items() if name not in lists})
    if lines or lists:
        with st.expander(_("All its figures")):
            if lines:
                st.html(charts.sheet((_("Figure"), _("Value")), lines, numbers=(1,), caption=_(one["title"])))
            for name, part in lists.items():
                headings = [str(h).replace("_", " ") for h in part[0]]
                rows = [[_cell(value) for value in entry.values()] for entry in part[:100]]
                st.html(charts.sheet(headings, rows, caption=name.replace("_", " ")))
    st.caption(_("Source: {source}", source=steps.plain(one["source"])))


def _table(all_: Sequence[Mapping[str, Any]]) -> None:
    st.html(charts.sheet(
        (_("Measure"), _("In words"), _("Figure"), _("Unit")),
        [(_(o["title"]), _sentence(o), _figure(o), _(o["unit"]) if o["value"] is not None else "") for o in all_],
        numbers=(2,), caption=_("What was measured"),
    ))


def _sentence(one: Mapping[str, Any]) -> str:
    if one.get("problem"):
        return f"{one['problem']['what']} {one['problem']['do']}"
    if one.get("needs"):
        return _("Needs {what}.", what=_(" and ").join(_(need) for need in one["needs"]))
    return str(one["sentence"])


def _figure(one: Mapping[str, Any]) -> str:
    """“0.041 (0.03 to 0.06)”."""
    if one["value"] is None:
        return "–"
    interval = one.get("interval")
    between = " " + _("({low:.3g} to {high:.3g})", low=interval[0], high=interval[1]) if interval else ""
    return _number(one["value"]) + between


def _is_table(part: Any) -> bool:
    """Whether a figure is a list of entries that all have the same fields."""
    return isinstance(part, list) and bool(part) and all(isinstance(e, Mapping) and e.keys() == part[0].keys()
                                                         for e in part)


def _flat(part: Any, name: str = "") -> list[tuple[str, str]]:
    """Nested figures as lines: “violations, 3”, “281”."""
    if isinstance(part, Mapping):
        return [line for key, inner in part.items()
                for line in _flat(inner, f"{name}, {key}" if name else str(key).replace("_", " "))]
    return [(name, _cell(part))]


def _cell(value: Any) -> str:
    """A figure, names of columns, or sentences."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return (" " if any(str(v).endswith(".") for v in value) else " + ").join(_cell(v) for v in value)
    return _number(value) if isinstance(value, int | float) else str(value)


def _number(value: float) -> str:
    whole = isinstance(value, int) or float(value).is_integer()
    return f"{int(value):,}" if whole else f"{value:,.4g}"
