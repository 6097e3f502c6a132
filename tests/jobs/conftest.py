"""A store and a project, and jobs done by the worker of the tests."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import jobs
from core.jobs import Job
from core.store import Actor, Store, StoreSettings, open_store
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

WORKER = (sys.executable, str(Path(__file__).with_name("worker_of_tests.py")))
ASHA = Actor("asha", "health")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    place = tmp_path / "plain"
    place.mkdir()
    opened = open_store(StoreSettings(tmp_path / "data", tmp_path / "keys" / "master.key", plain_folder=place,
                                      job_memory=2))
    yield opened
    for project in opened.projects(ASHA):
        opened.delete_project(ASHA, project.id)  # ends what a failed test left running
    opened.close()


@pytest.fixture
def asha() -> Actor:
    return ASHA


@pytest.fixture
def project(store: Store, asha: Actor) -> str:
    return store.create_project(asha, "Survey").id


Start = Callable[..., Job]


@pytest.fixture
def start(store: Store, asha: Actor, project: str) -> Start:
    def begin(kind: str, replace: bool = True, project: str = project, **arguments: object) -> Job:
        return jobs.start(store, asha, project, kind, arguments, replace=replace, worker=WORKER)

    return begin


Wait = Callable[..., Job]


@pytest.fixture
def wait(store: Store, asha: Actor) -> Wait:
    def until(job: Job, done: Callable[[Job], bool] = lambda job: not job.live, seconds: float = 60) -> Job:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = jobs.job(store, asha, job.id)
            if done(job):
                return job
            time.sleep(0.02)
        raise AssertionError(f"still {job.state} at {job.progress} after {seconds} s")

    return until
