"""Long work in a child process: told how far it is, stopped at once, recorded once, never quoting a value."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from core import jobs
from core.jobs import Stopped, limits
from core.jobs.worker import record
from core.language import language
from core.problem import Problem
from core.store import Actor, Store, StoreSettings, open_store, process
from core.store.models import JobRow
from tests.jobs.conftest import WORKER, Start, Wait

CANARY = "Asha-Patel-9876543210"


def row(store: Store, job_id: str) -> JobRow:
    with store.database.reading() as session:
        return session.query(JobRow).where(JobRow.id == job_id).one()


def whats(store: Store, asha: Actor, project: str) -> list[str]:
    return [e.what for e in store.events(asha, project) if e.what.startswith("job_")]


def plain_folders(store: Store) -> list[Path]:
    return list(store.settings.plain_folder.iterdir())


def test_work_is_done_with_progress_and_recorded_once(
    store: Store, asha: Actor, project: str, start: Start, wait: Wait
) -> None:
    job = start("count", steps=30, seconds=0.03)
    assert job.live
    seen = wait(job, lambda j: j.progress > 0.3)
    assert seen.state == "running" and seen.doing.startswith("step ") and 0 < seen.seconds_left < 60
    done = wait(job)
    assert (done.state, done.progress, done.result, done.problem) == ("done", 1.0, {"steps": 30}, None)
    assert done.created <= done.started <= done.finished
    assert store.get(asha, project, "counted") == b"30"
    assert whats(store, asha, project) == ["job_started", "job_done"]
    assert jobs.latest(store, asha, project, "count") == done
    assert jobs.latest(store, asha, project, "read") is None
    assert plain_folders(store) == []


def test_a_second_click_starts_nothing_and_other_arguments_replace(
    store: Store, asha: Actor, project: str, start: Start, wait: Wait
) -> None:
    first = start("count", steps=500)
    assert start("count", steps=500).id == first.id
    other = start("count", steps=3)
    assert wait(first).state == "stopped"
    assert wait(other).result == {"steps": 3}
    beside = start("count", steps=400)
    assert start("count", steps=2, replace=False).id != beside.id
    assert jobs.job(store, asha, beside.id).live
    assert jobs.stop(store, asha, beside.id).state == "stopped"


def test_stop_stops_at_once_with_all_children_and_what_they_left(
    store: Store, asha: Actor, project: str, start: Start, wait: Wait
) -> None:
    running = wait(start("with_a_child"), lambda j: j.progress == 1)
    child, folder = running.doing.split()
    worker = row(store, running.id).pid
    assert process.started(int(child)) and (Path(folder) / "left.csv").exists()
    begun = time.monotonic()
    stopped = jobs.stop(store, asha, running.id)
    assert time.monotonic() - begun < 1
    assert stopped.state == "stopped" and stopped.finished
    assert process.started(int(child)) is None and process.started(worker) is None
    assert plain_folders(store) == []
    assert jobs.stop(store, asha, running.id).state == "stopped"  # again: nothing happens
    assert whats(store, asha, project) == ["job_started", "job_stopped"]


def test_stop_reaches_a_job_that_never_looks_up(store: Store, asha: Actor, start: Start, wait: Wait) -> None:
    job = wait(start("hold_the_line"), lambda j: j.state == "running")
    begun = time.monotonic()
    jobs.stop(store, asha, job.id)
    assert time.monotonic() - begun < 1
    assert process.started(row(store, job.id).pid) is None


def test_a_stop_right_after_the_start_is_obeyed(store: Store, asha: Actor, project: str, start: Start) -> None:
    for _ in range(3):
        job = start("count", steps=3)
        assert jobs.stop(store, asha, job.id).state in ("stopped", "done")
    time.sleep(0.8)
    assert Counter(whats(store, asha, project))["job_started"] == 3
    assert len(whats(store, asha, project)) == 6
    assert plain_folders(store) == []


def test_what_was_stopped_is_not_recorded_as_done_afterwards(
    store: Store, asha: Actor, project: str, start: Start, wait: Wait
) -> None:
    """The worker that comes to its end in the very moment of the stop."""
    job = wait(start("hold_the_line"), lambda j: j.state == "running")
    jobs.stop(store, asha, job.id)
    with pytest.raises(Stopped):
        record(store, job.id, state="done")
    assert jobs.job(store, asha, job.id).state == "stopped"
    assert whats(store, asha, project) == ["job_started", "job_stopped"]


def test_a_second_worker_leaves_the_job_alone(store: Store, asha: Actor, start: Start, wait: Wait) -> None:
    job = wait(start("hold_the_line"), lambda j: j.state == "running")
    before = row(store, job.id).pid
    subprocess.run([*WORKER, job.id], env={**os.environ, **store.settings.as_environment()}, check=True, timeout=60)
    assert row(store, job.id).pid == before
    assert jobs.job(store, asha, job.id).state == "running"
    jobs.stop(store, asha, job.id)


def test_a_problem_reaches_the_person_as_it_is(store: Store, start: Start, wait: Wait) -> None:
    failed = wait(start("meet_a_problem"))
    assert failed.state == "failed"
    assert failed.problem == {"what": "3 rows are empty.", "do": "Remove them.", "column": "age", "step": None}
    assert (failed.problem_what, failed.problem_do) == ("3 rows are empty.", "Remove them.")


def test_any_other_exception_is_told_without_its_text(
    store: Store, asha: Actor, project: str, start: Start, wait: Wait, capfd: pytest.CaptureFixture[str]
) -> None:
    failed = wait(start("break_it"))
    assert failed.state == "failed"
    assert "ValueError in worker_of_tests.py, line" in failed.problem["what"]
    wait(start("talk"))
    log = (store.settings.data / "jobs.log").read_text()
    assert "ValueError in worker_of_tests.py, line" in log and failed.id in log
    for file in store.settings.data.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()
    assert CANARY not in str(jobs.jobs(store, asha, project)) + str(store.events(asha, project))
    assert CANARY not in str(capfd.readouterr())  # what a library prints does not reach the server's log
    assert whats(store, asha, project) == ["job_started", "job_failed", "job_started", "job_done"]


def test_a_job_that_needs_too_much_memory_says_so(store: Store, start: Start, wait: Wait) -> None:
    failed = wait(start("eat_memory"))
    assert "2.0 GiB" in failed.problem["what"] and "STUDIO_JOB_MEMORY" in failed.problem["do"]


def test_a_process_that_is_gone_is_noticed_and_can_be_started_again(
    store: Store, asha: Actor, project: str, start: Start, wait: Wait
) -> None:
    failed = wait(start("die"))
    assert failed.state == "failed" and "interrupted" in failed.problem["what"]
    assert plain_folders(store) == []
    killed = wait(start("count", steps=500), lambda j: j.progress > 0)
    os.kill(row(store, killed.id).pid, signal.SIGKILL)
    assert "interrupted" in wait(killed).problem["what"]
    again = jobs.again(store, asha, killed.id, worker=WORKER)
    assert again.id != killed.id and again.live
    jobs.stop(store, asha, again.id)
    assert whats(store, asha, project) == [
        "job_started", "job_failed", "job_started", "job_failed", "job_started", "job_stopped"]


def test_a_number_given_to_another_process_is_not_taken_for_the_job(
    store: Store, asha: Actor, start: Start, wait: Wait
) -> None:
    job = wait(start("hold_the_line"), lambda j: j.state == "running")
    pid, since = row(store, job.id).pid, row(store, job.id).since
    other = subprocess.Popen(["/bin/sleep", "60"])
    try:
        with store.database.writing() as session:  # as after a restart: the number now belongs to somebody else
            session.execute(update(JobRow).where(JobRow.id == job.id).values(pid=other.pid, since="1"))
        assert jobs.job(store, asha, job.id).state == "failed"
        assert other.poll() is None
    finally:
        process.end(pid, since)
        other.kill()
        other.wait()


def test_work_that_cannot_be_started_says_so_at_once(store: Store, asha: Actor, project: str) -> None:
    failed = jobs.start(store, asha, project, "count", worker=("/no/such/program",))
    assert failed.state == "failed" and "could not be started" in failed.problem_what
    assert plain_folders(store) == []
    assert whats(store, asha, project) == ["job_started", "job_failed"]


def test_a_silent_job_of_another_machine_is_given_up(store: Store, asha: Actor, start: Start, wait: Wait) -> None:
    from datetime import timedelta

    job = wait(start("hold_the_line"), lambda j: j.state == "running")
    pid, since = row(store, job.id).pid, row(store, job.id).since
    with store.database.writing() as session:
        session.execute(update(JobRow).where(JobRow.id == job.id).values(machine="another"))
    assert jobs.job(store, asha, job.id).state == "running"
    store.clock = lambda now=store.clock: now() + timedelta(minutes=5)
    assert "interrupted" in jobs.job(store, asha, job.id).problem["what"]
    process.end(pid, since)


def test_a_restarted_server_finds_the_work_going_on(store: Store, asha: Actor, project: str, wait: Wait) -> None:
    """The process that started the job ends at once; another one finds it."""
    code = ("import sys; from core import jobs; from core.store import *\n"
            "store = open_store(); asha = Actor('asha', 'health')\n"
            "job = jobs.start(store, asha, sys.argv[1], 'count', {'steps': 100, 'seconds': 0.02},\n"
            "                 worker=tuple(sys.argv[2:]))\nprint(job.id)")
    environment = {**os.environ, **store.settings.as_environment()}
    done = subprocess.run([sys.executable, "-c", code, project, *WORKER], env=environment, stdout=subprocess.PIPE,
                          text=True, check=True)
    found = jobs.job(store, asha, done.stdout.strip())
    assert found.live
    assert wait(found).result == {"steps": 100}


def test_no_more_jobs_run_at_once_than_allowed_and_the_others_keep_their_order(
    store: Store, asha: Actor, start: Start, wait: Wait
) -> None:
    store.settings = replace(store.settings, jobs_at_once=1)
    projects = [store.create_project(asha, f"Survey {i}").id for i in range(3)]
    started = [start("count", steps=10, seconds=0.05, project=p) for p in projects]
    states: list[list[str]] = []
    while not states or {"queued", "running"} & set(states[-1]):
        states.append([jobs.job(store, asha, j.id).state for j in started])
        time.sleep(0.02)
    assert max(s.count("running") for s in states) == 1
    assert ["running", "queued", "queued"] in states and ["done", "running", "queued"] in states
    ended = [jobs.job(store, asha, j.id) for j in started]
    assert [j.state for j in ended] == ["done"] * 3
    assert sorted(ended, key=lambda j: j.started) == ended


@pytest.mark.postgres
def test_the_queue_holds_on_postgres_too(postgres_url: str, tmp_path: Path, asha: Actor) -> None:
    place = tmp_path / "plain"
    place.mkdir()
    there = open_store(StoreSettings(tmp_path / "data", tmp_path / "keys" / "master.key", postgres_url, place, 1))
    projects = [there.create_project(asha, f"Survey {i}").id for i in range(3)]
    started = [jobs.start(there, asha, p, "count", {"steps": 8, "seconds": 0.05}, worker=WORKER) for p in projects]
    states: list[list[str]] = []
    while not states or {"queued", "running"} & set(states[-1]):
        states.append([jobs.job(there, asha, j.id).state for j in started])
        time.sleep(0.02)
    assert max(s.count("running") for s in states) == 1
    assert states[-1] == ["done"] * 3
    assert whats(there, asha, projects[0]) == ["job_started", "job_done"]
    there.close()


def test_a_dead_job_does_not_hold_up_the_queue(store: Store, asha: Actor, start: Start, wait: Wait) -> None:
    store.settings = replace(store.settings, jobs_at_once=1)
    first = wait(start("hold_the_line"), lambda j: j.state == "running")
    second = start("count", steps=2, project=store.create_project(asha, "Other").id)
    time.sleep(0.6)
    assert jobs.job(store, asha, second.id).state == "queued"
    os.kill(row(store, first.id).pid, signal.SIGKILL)
    assert wait(second).state == "done"


def test_a_job_that_takes_too_long_is_ended(store: Store, asha: Actor, start: Start, wait: Wait) -> None:
    store.settings = replace(store.settings, job_hours=1 / 3600)
    failed = wait(start("hold_the_line"))
    assert "took longer" in failed.problem["what"]
    wait(failed, lambda j: process.started(row(store, j.id).pid) is None)
    assert plain_folders(store) == []


def test_deleting_a_project_ends_its_jobs(store: Store, asha: Actor, project: str, start: Start, wait: Wait) -> None:
    job = wait(start("hold_the_line"), lambda j: j.state == "running")
    pid = row(store, job.id).pid
    store.delete_project(asha, project)
    assert process.started(pid) is None
    assert plain_folders(store) == []
    with pytest.raises(Problem, match="no such project"):
        jobs.job(store, asha, job.id)


def test_foreign_and_unknown_jobs_are_one_and_the_same_problem(
    store: Store, asha: Actor, project: str, start: Start, wait: Wait
) -> None:
    job, ben = wait(start("count", steps=1)), Actor("ben", "health")
    said = []
    for call in (
        lambda: jobs.job(store, ben, job.id), lambda: jobs.job(store, asha, "unknown"),
        lambda: jobs.stop(store, ben, job.id), lambda: jobs.again(store, ben, job.id),
        lambda: jobs.jobs(store, ben, project),
        lambda: jobs.latest(store, ben, project, "count"), lambda: jobs.start(store, ben, project, "count"),
    ):
        with pytest.raises(Problem) as problem:
            call()
        said.append(problem.value.as_dict())
    assert all(one == said[0] for one in said)


def test_arguments_and_results_rest_encrypted(store: Store, start: Start, wait: Wait) -> None:
    wait(start("count", steps=1, note=CANARY))
    for file in store.settings.data.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()


def test_the_worker_speaks_the_language_of_the_page(store: Store, start: Start, wait: Wait) -> None:
    token = language.set("hi")
    try:
        job = start("meet_a_problem")
    finally:
        language.reset(token)
    assert row(store, job.id).language == "hi"
    wait(job)


def test_the_real_worker_knows_no_kind_of_the_tests(store: Store, asha: Actor, project: str, wait: Wait) -> None:
    failed = wait(jobs.start(store, asha, project, "count", {"steps": 1}))
    assert "no work called “count”" in failed.problem["what"] and "“read”" in failed.problem["do"]


def test_limits_are_set_in_the_worker_alone(tmp_path: Path) -> None:
    settings = StoreSettings(tmp_path / "data", tmp_path / "key", job_memory=1.5, job_hours=2)
    code = ("import resource as r; from core.jobs import limits; from core.store import StoreSettings\n"
            "limits.apply(StoreSettings.from_environment())\n"
            "print(*(r.getrlimit(w)[0] for w in (r.RLIMIT_DATA, r.RLIMIT_CPU, r.RLIMIT_CORE)))")
    said = subprocess.run([sys.executable, "-c", code], env=settings.as_environment(), stdout=subprocess.PIPE,
                          text=True, check=True).stdout.split()
    assert [int(n) for n in said] == [3 << 29, 2 * 3600 * os.cpu_count() + 60, 0]
    has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < limits.memory_limit(replace(settings, job_memory=0)) <= has * 3 // 4


def test_a_job_works_on_the_very_store_that_started_it(
    store: Store, asha: Actor, project: str, start: Start, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its settings reach the worker, whatever the environment says."""
    monkeypatch.setenv("STUDIO_DATA", "/nowhere")
    assert wait(start("count", steps=1)).state == "done"
    other = open_store(store.settings)
    assert [j.state for j in jobs.jobs(other, asha, project)] == ["done"]
    other.close()
