"""Starting, watching and stopping jobs, from a page or anywhere else."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.jobs.record import LIVE, Job
from core.language import language
from core.problem import Problem
from core.store import Actor, Store, plain, process
from core.store.models import JobRow

WORKER = (sys.executable, "-m", "core.jobs.worker")
_SILENT = timedelta(seconds=90)  # a process elsewhere without a pulse for so long is gone


def start(
    store: Store, actor: Actor, project_id: str, kind: str, arguments: Mapping[str, Any] | None = None, *,
    replace: bool = True, worker: tuple[str, ...] = WORKER,
) -> Job:
    """Start a job in a process of its own, which outlives the page, the tab and the server.

    The same kind with the same arguments already under way is returned as it is (a second click starts nothing).
    replace  stop a job of the same kind with other arguments first: its result would be overwritten anyway
    worker   the command that does the work, given the job's id
    """
    asked = dict(arguments or {})
    job_id, now = secrets.token_urlsafe(16), store.clock()
    with store.database.writing() as session:
        store.owned(session, actor, project_id, lock=True)
        under_way = list(session.scalars(_live(project_id, kind)))
        gone = [row for row in under_way if _settle(store, session, row)]
        under_way = [row for row in under_way if row not in gone]
        for row in under_way:
            if store.unseal(project_id, f"arguments {row.id}", row.arguments) == asked:
                return _job(store, row)
        for row in under_way if replace else ():
            _over(store, session, row, "stopped")
        row = JobRow(
            id=job_id, project_id=project_id, user=actor.user, department=actor.department, kind=kind,
            arguments=store.seal(project_id, f"arguments {job_id}", asked), language=language.get(), state="queued",
            share=0.0, doing="", created=now, seen=now, machine=process.machine(), folder="",
        )
        session.add(row)
        store.note(session, actor, project_id, "job_started", {"job": job_id, "kind": kind})
    _end([*gone, *(under_way if replace else ())])
    try:
        _launch(store, row, worker)
    except OSError:
        with store.database.writing() as session:
            row = _row(store, session, actor, job_id, lock=True)
            row.problem = Problem("The work could not be started: this machine has no room for it just now.",
                                  "Try again when less is going on.").as_dict()
            _over(store, session, row, "failed")
        _end([row])
    return job(store, actor, job_id)


def again(store: Store, actor: Actor, job_id: str, *, worker: tuple[str, ...] = WORKER) -> Job:
    """Start the same work again, as after an interruption."""
    with store.database.reading() as session:
        row = _row(store, session, actor, job_id)
        arguments = store.unseal(row.project_id, f"arguments {row.id}", row.arguments)
    return start(store, actor, row.project_id, row.kind, arguments, worker=worker)


def job(store: Store, actor: Actor, job_id: str) -> Job:
    """The job as it stands now; one whose process is gone is marked failed. Cheap enough to ask twice a second."""
    with store.database.reading() as session:
        row = _row(store, session, actor, job_id)
        found = _job(store, row)
    return _looked_after(store, actor, found) if _gone(store, row) else found


def latest(store: Store, actor: Actor, project_id: str, kind: str) -> Job | None:
    """The job of that kind started last in the project, or None."""
    return next((one for one in jobs(store, actor, project_id) if one.kind == kind), None)


def jobs(store: Store, actor: Actor, project_id: str) -> tuple[Job, ...]:
    """All jobs of a project, the newest first."""
    query = select(JobRow).where(JobRow.project_id == project_id).order_by(JobRow.number.desc())
    with store.database.reading() as session:
        store.owned(session, actor, project_id)
        found = [(_job(store, row), _gone(store, row)) for row in session.scalars(query)]
    return tuple(_looked_after(store, actor, one) if gone else one for one, gone in found)


def stop(store: Store, actor: Actor, job_id: str) -> Job:
    """Stop at once: marked first, so that nothing is recorded afterwards, then killed with all its children."""
    with store.database.writing() as session:
        row = _row(store, session, actor, job_id, lock=True)
        if row.state in LIVE:
            _over(store, session, row, "stopped")
    _end([row])
    return _job(store, row)


def sweep(store: Store, session: Session) -> None:
    """Mark jobs of any project whose process is gone, so that they do not hold up those that wait."""
    for row in session.scalars(select(JobRow).where(JobRow.state.in_(LIVE))):
        if _settle(store, session, row):
            _end([row])


def _row(store: Store, session: Session, actor: Actor, job_id: str, lock: bool = False) -> JobRow:
    query = select(JobRow).where(JobRow.id == job_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    store.owned(session, actor, row.project_id if row else "")  # unknown and foreign: the same Problem
    if row is None:
        raise AssertionError("a project without an id")
    return row


def _live(project_id: str, kind: str) -> Any:
    return select(JobRow).where(JobRow.project_id == project_id, JobRow.kind == kind, JobRow.state.in_(LIVE))


def _gone(store: Store, row: JobRow) -> bool:
    """True if the job should be under way and its process is not there any more."""
    if row.state not in LIVE:
        return False
    if row.pid is not None and row.since is not None and row.machine == process.machine():
        return not process.alive(row.pid, row.since)
    return store.clock() - row.seen > _SILENT  # on another machine, or never begun


def _settle(store: Store, session: Session, row: JobRow) -> bool:
    if not _gone(store, row):
        return False
    row.problem = Problem(
        "The work was interrupted before it was finished.",
        "Start it again. If that happens again, it may need more memory than this machine has.",
    ).as_dict()
    _over(store, session, row, "failed")
    return True


def _looked_after(store: Store, actor: Actor, found: Job) -> Job:
    with store.database.writing() as session:
        row = _row(store, session, actor, found.id, lock=True)
        settled = _settle(store, session, row)
    if settled:
        _end([row])
    return _job(store, row)


def _over(store: Store, session: Session, row: JobRow, state: str) -> None:
    row.state, row.finished = state, store.clock()
    who = Actor(row.user, row.department)
    store.note(session, who, row.project_id, f"job_{state}", {"job": row.id, "kind": row.kind})


def _end(rows: Iterable[JobRow]) -> None:
    """Kill what is left of these jobs and wipe what they had in plain text."""
    for row in rows:
        if row.machine == process.machine():
            if row.pid is not None and row.since is not None:
                process.end(row.pid, row.since)
            if row.folder:
                plain.wipe(Path(row.folder))


def _launch(store: Store, row: JobRow, worker: tuple[str, ...]) -> None:
    folder = plain.private_folder(store.settings.plain_folder)
    with store.database.writing() as session:
        session.execute(update(JobRow).where(JobRow.id == row.id).values(folder=str(folder)))
    # TMPDIR: whatever a library writes aside lands in the job's own folder and is wiped with it.
    environment = {**os.environ, **store.settings.as_environment(), "TMPDIR": str(folder)}
    # Its output goes nowhere: libraries print what they read.
    child = subprocess.Popen(
        [*worker, row.id], env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    since = process.started(child.pid)
    threading.Thread(target=child.wait, daemon=True, name=f"job {row.id}").start()  # a dead child must be buried
    if since is None:
        return  # it is over already; if it left no result, its silence gives it away
    with contextlib.suppress(OSError):
        plain.hand_over(folder, child.pid, since)
    with store.database.writing() as session:
        session.execute(update(JobRow).where(JobRow.id == row.id).values(pid=child.pid, since=since))


def _job(store: Store, row: JobRow) -> Job:
    result = None
    if row.state == "done" and row.result is not None:
        result = store.unseal(row.project_id, f"result {row.id}", row.result)
    left = None
    if row.state == "running" and row.started is not None and row.share >= 0.02:
        left = (store.clock() - row.started).total_seconds() * (1 - row.share) / row.share
    return Job(
        row.id, row.project_id, row.kind, row.state, row.share, row.doing, row.created,  # type: ignore[arg-type]
        row.started, row.finished, left, row.problem, result,
    )
