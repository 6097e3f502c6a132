"""The vault and the database: throughput, memory and commits per second. `python benchmarks/vault.py [MB]`"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core import jobs
from core.store import Actor, StoreSettings, open_store

ASHA = Actor("asha", "health")


def timed(what: str, megabytes: float, work: Callable[[], object]) -> None:
    before, cpu = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - before, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:28} {seconds:6.2f} s  {cpu:6.2f} CPU s  {megabytes / seconds:7.0f} MB/s  peak {peak:5.0f} MiB")


def main(megabytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        store = open_store(StoreSettings(place / "data", place / "keys" / "master.key"))
        project = store.create_project(ASHA, "Survey").id
        upload = place / "upload"
        upload.write_bytes(bytes(range(256)) * (megabytes * 4096))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{megabytes} MB; peak before: {peak:.0f} MiB")
        timed("put (stream, fsync)", megabytes, lambda: store.put(ASHA, project, "source", upload))

        def read() -> None:
            with store.open(ASHA, project, "source") as file:
                while file.read(1 << 20):
                    pass

        def copy() -> None:
            with store.plain_copy(ASHA, project, "source"):
                pass

        timed("open (stream)", megabytes, read)
        timed("plain_copy, wiped", megabytes, copy)
        timed("get (whole)", megabytes, lambda: store.get(ASHA, project, "source"))
        each("commits (event, full sync)", 200, lambda: store.note_event(ASHA, project, "looked"))
        each("project()", 500, lambda: store.project(ASHA, project))
        each("projects() of one", 500, lambda: store.projects(ASHA))
        job = jobs.start(store, ASHA, project, "no such kind")
        each("jobs.job()", 100, lambda: jobs.job(store, ASHA, job.id))
        jobs.stop(store, ASHA, job.id)
        store.close()


def each(what: str, times: int, work: Callable[[], object]) -> None:
    before = time.perf_counter()
    for _ in range(times):
        work()
    seconds = time.perf_counter() - before
    print(f"{what:28} {1000 * seconds / times:6.2f} ms each, {times / seconds:.0f} a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
