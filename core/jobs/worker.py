"""The process that does one job: `python -m core.jobs.worker JOB_ID`. Settings come from the environment.

It waits for its turn, does the work, and records the outcome exactly once: only a job that is still running can be
marked done or failed, and marking and event are one transaction.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from core.jobs import board, limits
from core.jobs.record import LIVE
from core.jobs.work import KindTable, Stopped, Work, beat
from core.language import language
from core.problem import Problem, near
from core.redact import where_it_broke
from core.store import Actor, Store, StoreSettings, open_store, plain, process
from core.store.models import JobRow

_PULSE = 5.0
_TURN = 0.2
_QUEUE = "jobs"


def main(job_id: str, kinds: KindTable) -> None:
    settings = StoreSettings.from_environment()
    limits.apply(settings)
    store = open_store(settings)
    log = settings.data / "jobs.log"
    with log.open("a", encoding="utf-8") as trouble:
        faulthandler.enable(trouble)  # a crash in compiled code leaves the places in the code, and no values
        row = _take(store, job_id)
        if row is not None:
            try:
                threading.Thread(target=_pulse, args=(store, row), daemon=True, name="pulse").start()
                _wait_for_turn(store, job_id)
                _do(store, row, kinds, log)
            except Stopped:
                pass
            finally:
                plain.wipe(Path(row.folder))
        faulthandler.disable()


def _take(store: Store, job_id: str) -> JobRow | None:
    """Enter this process as the job's; None if the job is over or somebody else's."""
    with store.database.writing() as session:
        row = session.scalars(select(JobRow).where(JobRow.id == job_id).with_for_update()).one_or_none()
        if row is None or row.state != "queued" or row.pid not in (None, os.getpid()):
            return None
        row.pid, row.since, row.machine = os.getpid(), process.started(os.getpid()), process.machine()
        row.seen = store.clock()
    return row


def _wait_for_turn(store: Store, job_id: str) -> None:
    """First come, first served, and never more at once than the setting allows. Raises Stopped."""
    while True:
        with store.database.writing() as session:
            store.database.one_at_a_time(session, _QUEUE)
            board.sweep(store, session)
            row = session.scalars(select(JobRow).where(JobRow.id == job_id)).one_or_none()
            if row is None or row.state != "queued":
                raise Stopped
            running = select(func.count()).where(JobRow.state == "running")
            before = select(func.count()).where(JobRow.state == "queued", JobRow.number < row.number)
            free = store.settings.jobs_at_once - (session.scalar(running) or 0)
            if (session.scalar(before) or 0) < free:
                row.state, row.started, row.seen = "running", store.clock(), store.clock()
                return
        time.sleep(_TURN)


def _do(store: Store, row: JobRow, kinds: KindTable, log: Path) -> None:
    language.set(row.language)
    outcome = _outcome(store, row, kinds, log)
    plain.wipe(Path(row.folder))  # before anybody is told that it is over
    record(store, row.id, **outcome)


def _outcome(store: Store, row: JobRow, kinds: KindTable, log: Path) -> dict[str, Any]:
    """What is to be recorded of the work: its result, or the Problem it ended in."""
    try:
        if row.kind not in kinds:
            raise Problem("There is no work called “{kind}”.", "{hint}", kind=row.kind, hint=near(row.kind, kinds))
        arguments = store.unseal(row.project_id, f"arguments {row.id}", row.arguments)
        work = Work(store, Actor(row.user, row.department), row.project_id, arguments, row.id)
        result = kinds[row.kind](work)
        sealed = store.seal(row.project_id, f"result {row.id}", dict(result or {}))
        return {"state": "done", "share": 1.0, "doing": "", "result": sealed}
    except Problem as problem:
        return _failed(problem)
    except MemoryError:
        gib = f"{limits.memory_limit(store.settings) / (1 << 30):.1f}"
        return _failed(Problem(
            "The work needed more than {gib} GiB of memory, which is the limit.",
            "Use fewer rows or columns, or raise STUDIO_JOB_MEMORY.", gib=gib,
        ))
    except Exception as error:  # noqa: BLE001 - nothing of it may reach a person: its text may hold a cell
        where = where_it_broke(error)
        _log(log, store, row, where)
        return _failed(Problem(
            "Something in the studio broke ({where}). Your data is as it was.",
            "Try again. If it breaks again, tell whoever looks after the studio: job {job}.", where=where, job=row.id,
        ))


def _failed(problem: Problem) -> dict[str, Any]:
    return {"state": "failed", "problem": problem.as_dict()}


def record(store: Store, job_id: str, state: str, **values: Any) -> None:
    """The outcome and its event in one transaction; a job that was stopped meanwhile stays stopped."""
    with store.database.writing() as session:
        row = session.scalars(select(JobRow).where(JobRow.id == job_id).with_for_update()).one_or_none()
        if row is None or row.state != "running":
            raise Stopped
        row.state, row.finished = state, store.clock()
        for name, value in values.items():
            setattr(row, name, value)
        store.note(session, Actor(row.user, row.department), row.project_id, f"job_{state}",
                   {"job": job_id, "kind": row.kind})


def _pulse(store: Store, row: JobRow) -> None:
    """Every few seconds: show that this process lives; end it when the job is over elsewhere, or took too long."""
    begun: float | None = None
    while True:
        time.sleep(min(_PULSE, store.settings.job_hours * 900))
        try:
            if not beat(store, row.id):
                break
            if begun is None and _state(store, row.id) == "running":
                begun = time.monotonic()
            if begun is not None and time.monotonic() - begun > store.settings.job_hours * 3600:
                record(store, row.id, **_failed(Problem(
                    "The work took longer than {hours} hours, which is the limit.",
                    "Use fewer rows or a quicker method, or raise STUDIO_JOB_HOURS.",
                    hours=f"{store.settings.job_hours:g}",
                )))
                break
        except Problem:
            continue  # the database did not answer; it is asked again
        except Stopped:
            break
    if _state(store, row.id) not in LIVE:
        plain.wipe(Path(row.folder))
        process.end(os.getpid(), str(process.started(os.getpid())))


def _state(store: Store, job_id: str) -> str | None:
    with store.database.reading() as session:
        return session.scalar(select(JobRow.state).where(JobRow.id == job_id))


def _log(log: Path, store: Store, row: JobRow, where: str) -> None:
    entry: Mapping[str, str] = {"at": store.clock().isoformat(), "job": row.id, "kind": row.kind, "broke": where}
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


if __name__ == "__main__":
    from core.work import KINDS

    main(sys.argv[1], KINDS)
