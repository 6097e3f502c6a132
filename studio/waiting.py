"""Long work: how far it is, how long it will take, and a Stop that stops at once. The person may leave and come back."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC

import streamlit as st

from core import jobs
from core.jobs import Job
from core.language import translate as _
from core.problem import Problem
from studio import context, steps

RUNNING = ("queued", "running")


def latest(project_id: str, kind: str) -> Job | None:
    return jobs.latest(context.store(), context.who(), project_id, kind)


def is_running(job: Job | None) -> bool:
    return job is not None and job.state in RUNNING


def start(project_id: str, kind: str, arguments: dict[str, object]) -> Job:
    return jobs.start(context.store(), context.who(), project_id, kind, arguments)


def show(job: Job, doing: str) -> None:
    """The work as it goes on; the page is drawn again when it ends."""

    @st.fragment(run_every=0.5)
    def watch() -> None:
        now = jobs.job(context.store(), context.who(), job.id)
        if not is_running(now):
            st.rerun()
        st.progress(min(1.0, now.progress), text=_(now.doing) if now.doing else _(doing))
        st.caption(remaining(now, time.time()))
        if st.button(_("Stop"), key=f"stop-{job.id}"):
            jobs.stop(context.store(), context.who(), job.id)
            st.rerun()

    st.markdown(f"**{_(doing)}**")
    watch()
    st.caption(_("You may leave this page and come back: the work goes on."))


def remaining(job: Job, now: float) -> str:
    """“About 20 seconds left”, once there is something to tell it from."""
    if job.started is None or job.progress < 0.03:
        return _("Working out how long this takes …")
    began = job.started if job.started.tzinfo else job.started.replace(tzinfo=UTC)
    passed = now - began.timestamp()
    left = passed * (1 - job.progress) / job.progress
    if left < 5:
        return _("A few seconds left")
    if left < 90:
        return _("About {count} seconds left", count=int(round(left / 5) * 5))
    return _("About {count} minutes left", count=int(round(left / 60)))


def ended_badly(job: Job | None, again: Callable[[], object]) -> bool:
    """True if the work failed or was stopped; says so and offers to start it again."""
    if job is None or job.state not in ("failed", "stopped"):
        return False
    if job.state == "stopped":
        st.info(_("You stopped this. Nothing was changed."))
    else:
        steps.show_problem(Problem(job.problem_what or "The work ended early.", job.problem_do or "Start it again."))
    if st.button(_("Start it again"), key=f"again-{job.id}"):
        again()
        st.rerun()
    return True
