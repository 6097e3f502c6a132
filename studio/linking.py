"""Another table that is linked with this one (schools and their pupils): both made new together, as new projects."""

from __future__ import annotations

import streamlit as st

from core.language import translate as _
from core.problem import Problem
from core.store import Project
from studio import context, desk, steps, waiting, words

WAYS = {
    "sequential_trees": "New people, column by column",
    "bayesian_network": "A web of dependencies (Bayesian network)",
}


def ask(project: Project) -> None:
    """Folded away: which table, by which columns; then the work, and where its result is."""
    job = waiting.latest(project.id, "linked")
    if job is not None and job.live:
        waiting.show(job, "Making two linked tables new")
        return
    with st.expander(_("Is another table linked with this one?"), expanded=job is not None and job.state == "done"):
        waiting.ended_badly(job)
        st.markdown(_(
            "Schools and their pupils, households and their members: as many rows belong to each as do now, every one "
            "belongs to a row that is there, and what holds between the two tables is kept. This table has one row for "
            "each; the other, a project of yours, any number. **Attackers are not tried out on linked tables.**"
        ))  # fmt: skip
        if job is not None and job.state == "done" and job.result:
            _made(dict(job.result))
        others = [p for p in context.store().projects(context.who()) if p.id != project.id
                  and context.stamp(p.id, desk.TABLE)]  # fmt: skip
        if not others:
            st.info(_("There is no other table yet: bring it as a project of its own first."))
            return
        _form(project, {p.id: p for p in others})


def _form(project: Project, others: dict[str, Project]) -> None:
    other = st.selectbox(
        _("Which one?"), list(others), index=None, key="linked-other", placeholder=_("Choose a project"),
        format_func=lambda p: others[p].name,
    )
    key = st.selectbox(
        _("Which column numbers the rows of this table?"), desk.original(project).names, index=None, key="linked-key",
        placeholder=_("Choose a column"),
    )
    there = desk.original(others[other]).names if other else ()
    child_key = st.selectbox(
        _("Which column of the other table holds that number?"), there, key="linked-child-key", placeholder=_("Choose"),
        index=there.index(key) if key in there else None,
    )
    way = st.radio(_("How are they made?"), list(WAYS), key="linked-way", format_func=lambda w: _(WAYS[w]))
    if st.button(_("Make both tables new"), key="linked-start"):
        with steps.problems_shown():
            if not (other and key and child_key):
                raise Problem("Something is not chosen yet.", "Choose the other table and both columns.")
            waiting.start(project.id, "linked", {"other": other, "key": key, "child_key": child_key,
                                                 "step": {"method": way}})  # fmt: skip
            st.rerun()


def _made(result: dict[str, object]) -> None:
    st.success(_(
        "Made: {rows}, and {others} that belong to them. Each is a project of its own and goes the whole way from "
        "here.",
        rows=words.count(int(str(result["rows"])), "row", "rows"),
        others=words.count(int(str(result["child_rows"])), "row", "rows"),
    ))  # fmt: skip
    if result["orphans"]:
        st.warning(_("{count} of the other table had no row to belong to and were not learned from.",
                     count=words.count(int(str(result["orphans"])), "row", "rows")))  # fmt: skip
    for number, one in enumerate(list(result["projects"]), 1):  # type: ignore[call-overload]
        names = {p.id: p.name for p in context.store().projects(context.who())}
        if one in names and st.button(_("Open “{name}”", name=steps.plain(names[one])), key=f"linked-open-{number}"):
            context.go(steps.named("columns").path, one)
