"""Long work: how far it is, how long it takes, and a Stop that stops at once. One may leave and come back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core import jobs
from core.jobs import Job
from core.language import translate as _
from core.problem import Problem
from studio import context, steps


def latest(project_id: str, kind: str) -> Job | None:
    return jobs.latest(context.store(), context.who(), project_id, kind)


def is_running(job: Job | None) -> bool:
    return job is not None and job.live


def start(project_id: str, kind: str, arguments: dict[str, object]) -> Job:
    return jobs.start(context.store(), context.who(), project_id, kind, arguments)


def show(job: Job, doing: str) -> None:
    """The work as it goes on; the page is drawn again when it ends."""

    @st.fragment(run_every=0.5)
    def watch() -> None:
        now = jobs.job(context.store(), context.who(), job.id)
        if not now.live:
            st.rerun()
        st.progress(min(max(now.progress, 0.0), 1.0), text=_(now.doing) if now.doing else _(doing))
        st.caption(remaining(now))
        if st.button(_("Stop"), key=f"stop-{job.id}"):
            jobs.stop(context.store(), context.who(), job.id)
            st.rerun()

    with st.container(border=True):
        st.markdown(f"**{_(doing)}**")
        watch()
        st.caption(_("You may leave this page and come back: the work goes on."))


def remaining(job: Job) -> str:
    """“About 20 seconds left”, once there is something to tell it from."""
    if job.state == "queued":
        return _("Waiting for its turn …")
    left = job.seconds_left
    if left is None:
        return _("Working out how long this takes …")
    if left < 5:
        return _("A few seconds left")
    if left < 90:
        return _("About {count} seconds left", count=round(left / 5) * 5)
    return _("About {count} minutes left", count=round(left / 60))


def ended_badly(job: Job | None, started: Callable[[Job], None] | None = None) -> bool:
    """True if the work failed or was stopped; says so and offers to start it again (`started` is told the new job)."""
    if job is None or job.state not in ("failed", "stopped"):
        return False
    if job.state == "stopped":
        st.info(_("You stopped this. Nothing was changed."))
    elif job.problem:
        told = job.problem
        steps.show_problem(
            Problem("{happened}", "{advice}", step=told.get("step"), happened=told["what"], advice=told["do"])
        )
    if st.button(_("Start it again"), key=f"again-{job.id}"):
        new = jobs.again(context.store(), context.who(), job.id)
        if started:
            started(new)
        st.rerun()
    return True
