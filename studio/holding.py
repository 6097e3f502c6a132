"""What attackers may hold besides a release: a register, another release, tables; brought, used, forgotten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import streamlit as st

from core import others
from core.attack.held import matched
from core.attack.linkage import Linkage
from core.attack.subtraction import COUNTS, TOTALS
from core.language import translate as _
from core.others import SUBTRACTED
from core.problem import Problem
from core.store import Project
from core.table import Table
from core.utility import METRICS, TableMetric
from studio import charts, context, desk, form, steps, waiting, words

TYPES = ["csv", "tsv", "txt", "parquet", "xlsx", "xls", "ods", "json", "sav", "dta", "zip"]
"""Files they may come in, as far as the browser is told."""

NOT_MATCHED = ""


def asked(project: Project) -> dict[str, Any]:
    """What attackers hold, and how it is looked at: arguments of the job “weigh”."""
    told: dict[str, Any] = {}
    with st.expander(_("What might somebody already know?")):
        st.markdown(f"**{_('A list of people: a voters’ list, a register, the staff of a firm')}**")
        st.markdown(_("If you have such a list, bring it: its people are looked for in the releases. It is encrypted "
                      "at once, and deleted when the attackers have tried. Without one, a list is drawn from your "
                      "file."))
        _being_read(project, "other")
        if _brought(project, "register"):
            told["register"] = _columns(project, "register")
        else:
            _bring(project, "register", _("The list of people"))
            told["using"] = [_drawn(project)]
        st.markdown(f"**{_('Another release of the same people')}**")
        st.markdown(_("An earlier edition, or what another office gave out: two releases can tell together what "
                      "neither tells alone. It is treated like the list."))
        if _brought(project, "second"):
            told["second"] = _columns(project, "second")
            told["in_order"] = st.checkbox(
                _("Its rows stand in the order of the file that was brought"), key="second-order",
                help=_("Then it is known how its values were grouped."))
        else:
            _bring(project, "second", _("The other release"))
    return told


def analyses(project: Project) -> list[dict[str, Any]]:
    """Analyses of one's own that every release must keep, with their settings."""
    offered = {METRICS.name_of(m): m for m in METRICS
               if issubclass(m, TableMetric) and m.asks() and not METRICS.name_of(m).startswith("trained_on")
               and METRICS.name_of(m) != "importance_order"}
    with st.expander(_("Which analyses of yours must still come out the same?")):
        st.markdown(_("A table you publish, or a regression: it is made from the original and from each release, and "
                      "set side by side. Sample weights count."))
        names = st.multiselect(_("Analyses"), list(offered), key="analyses",
                               format_func=lambda n: _(offered[n].title), placeholder=_("None chosen"))
        columns = form.Columns.of(desk.original(project))
        chosen = []
        for name in names:
            with st.container(border=True):
                st.markdown(f"**{_(offered[name].title)}**  \n{form.explain(offered[name])[0]}")
                chosen.append({METRICS.tag: name, **form.draw(offered[name], columns, f"analysis.{name}")})
    return chosen


def _brought(project: Project, what: str) -> bool:
    return what in others.there(context.store(), context.who(), project.id)


def _bring(project: Project, what: str, label: str) -> None:
    """Into the vault at once, out of Streamlit's memory, and read by a job."""
    uploaded = st.file_uploader(label, type=TYPES, key=f"{what}-file")
    if uploaded is not None:
        others.put(context.store(), context.who(), project.id, what, uploaded)
        context.drop_upload(uploaded)
        kind = "other" if what in ("register", "second") else "other_table"
        waiting.start(project.id, kind, {"what": what, "suffix": PurePath(uploaded.name).suffix.lower()[:10]})
        context.forget(f"{what}-file")
        st.rerun()


def _being_read(project: Project, kind: str) -> None:
    """A file on its way, or why it could not be read. It is gone then: bringing it again begins anew."""
    job = waiting.latest(project.id, kind)
    if waiting.is_running(job):
        assert job is not None  # noqa: S101 -- it runs
        waiting.show(job, "Reading the file")
    elif job is not None and job.state == "failed" and job.problem:
        steps.show_problem(Problem("{happened}", "{advice}", happened=job.problem["what"], advice=job.problem["do"]))


def _columns(project: Project, what: str) -> dict[str, str]:
    """The original's column -> the file's: proposed by their names, changed by hand."""
    table, original = _table(project, what), desk.original(project)
    proposed = matched(table.names, original.names)
    wanted = [n for n in original.names if n in proposed
              or original.role(n) in ("direct_identifier", "quasi_identifier", "sensitive")]
    st.markdown(_("It has {count}. Which of its columns is which of yours?",
                  count=words.count(table.rows, "row", "rows")))
    found: dict[str, str] = {}
    for place, name in zip(_in_three(len(wanted)), wanted, strict=True):
        options = [NOT_MATCHED, *table.names]
        theirs = place.selectbox(
            form.in_label(name), options, options.index(proposed.get(name, NOT_MATCHED)), key=f"{what}-as-{name}",
            format_func=lambda n: n or _("not in it"))
        if theirs:
            found[name] = theirs
    st.button(_("Take it away again"), key=f"{what}-away", on_click=steps.guarded(_away), args=(what,))
    return found


def _in_three(count: int) -> list[Any]:
    """Places for so many questions, three beside each other; on a narrow screen one below the other."""
    places: list[Any] = []
    while len(places) < count:
        places += st.columns(3)
    return places[:count]


def _table(project: Project, what: str) -> Table:
    return context.table(project.id, f"{others.FOLDER}{what}.parquet")


def _away(what: str) -> None:
    others.forget(context.store(), context.who(), context.project().id, what)


def _drawn(project: Project) -> dict[str, Any]:
    """How a list is drawn where none was brought: which columns, how many people, how many mistakes."""
    st.markdown(_("How good is the list that is drawn from your file?"))
    columns = form.Columns.of(desk.original(project))
    start = {"knows": desk.original(project).having("quasi_identifier")[:8]}
    return {"attack": "linkage", **form.draw(Linkage, columns, "drawn", start)}


# --- what was found


def registers(attacks: list[Mapping[str, Any]], given: bool) -> None:
    """Who was found in a list, by each way of looking: correct, wrong, ambiguous, not found."""
    found = [a for a in attacks if a["attack"] == "linkage"]
    if not found:
        return
    st.markdown(_("**People looked for by the list you brought.** Correct: taken for the right person." if given else
                  "**People looked for by a list drawn from your file.** Correct: taken for the right person."))
    counts = ("correct", "wrong", "ambiguous", "none")
    st.html(charts.sheet(
        (_("Way of looking"), _("People"), _("Correct"), _("Wrong"), _("Ambiguous"), _("Not found"), _("By chance")),
        [(_(a["title"]), f"{a['tries']:,}", *(f"{a['facts'][n]:,.0f}" for n in counts),
          f"{a['tries'] * a['baseline']['value']:.1f}") for a in found],
        numbers=range(1, 7), caption=_("People found in a list"), stacked=True,
    ))
    undecided = int(max(a["facts"].get("undecided", 0) for a in found))
    if undecided:
        st.caption(_("Of {count} more on the list nobody can say who they are in your file: they do not count.",
                     count=undecided))


# --- tables of counts


def tables(project: Project) -> None:
    """One or two tables of counts: what can be worked out by subtraction."""
    with st.expander(_("Were tables of counts given out as well?")):
        st.markdown(_("A hidden cell can be what is missing to a total, and two tables of nearly the same people give "
                      "away their difference. Bring a table as it was given out: one row for each cell, a column of "
                      "counts, hidden cells empty or *. Tables are encrypted at once, and deleted afterwards."))
        _being_read(project, "other_table")
        first = _tables_brought(project)
        job = waiting.latest(project.id, "subtract")
        if waiting.is_running(job):
            assert job is not None  # noqa: S101 -- it runs
            waiting.show(job, "Subtracting")
            return
        waiting.ended_badly(job)
        if first is not None:
            _subtract(project, first)
        _subtracted(project)


def _tables_brought(project: Project) -> Table | None:
    first = None
    for what, label in (("table", _("The table of counts")), ("other_table", _("A second one of the same people"))):
        if _brought(project, what):
            table = _table(project, what)
            st.markdown(f"**{label}**: {words.count(table.rows, 'row', 'rows')}, "
                        f"{words.count(len(table.names), 'column', 'columns')}")
            st.button(_("Take it away again"), key=f"{what}-away", on_click=steps.guarded(_away), args=(what,))
            first = table if what == "table" else first
        elif what == "table" or first is not None:
            _bring(project, what, label)
    return first


def _subtract(project: Project, first: Table) -> None:
    usual = next((i for i, n in enumerate(first.names) if n.strip().casefold() in COUNTS), len(first.names) - 1)
    counts = st.selectbox(_("Which column holds the counts?"), first.names, usual, key="counts")
    total = st.text_input(_("How is a total written?"), key="total", max_chars=60,
                          placeholder=", ".join(t.capitalize() for t in TOTALS))
    fewest = st.number_input(_("From how many people on may a count be known?"), 2, 1000, 10, key="fewest")
    if st.button(_("Subtract"), key="subtract"):
        waiting.start(project.id, "subtract", {"counts": counts, "total": total, "fewest": int(fewest)})
        st.rerun()


def _subtracted(project: Project) -> None:
    stamp = context.stamp(project.id, SUBTRACTED)
    if not stamp:
        return
    found = context.keep(("subtracted", project.id, stamp),
                         lambda: json.loads(context.store().get(context.who(), project.id, SUBTRACTED)))
    for one in found["attacks"]:
        said = f"**{_(one['title'])}:** {steps.plain(one['sentence'])}"
        (st.warning if one["found"] else st.success)(said)
    for one in found["left_out"]:
        st.info(steps.plain(one["why"]))
