"""A worker with kinds of work that only tests need: the same process as the real one, another table."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.jobs.work import Work
from core.jobs.worker import main
from core.problem import Problem

CANARY = "Asha-Patel-9876543210"


def count(work: Work) -> dict:
    steps = work.arguments["steps"]
    for step in range(steps):
        work.progress(step / steps, f"step {step + 1}")
        time.sleep(work.arguments.get("seconds", 0.01))
    work.store.put(work.actor, work.project_id, "counted", str(steps).encode())
    return {"steps": steps}


def with_a_child(work: Work) -> None:
    """A library that starts a process in a session of its own, and leaves plain text in the temporary folder."""
    child = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    Path(tempfile.gettempdir(), "left.csv").write_text(CANARY)
    work.progress(1, f"{child.pid} {tempfile.gettempdir()}")
    time.sleep(60)


def break_it(work: Work) -> None:
    raise ValueError(f"could not convert string to float: '{CANARY}'")


def meet_a_problem(work: Work) -> None:
    raise Problem("{count} rows are empty.", "Remove them.", column="age", count=3)


def eat_memory(work: Work) -> dict:
    return {"size": len(bytearray(4 << 30))}


def die(work: Work) -> None:
    os.kill(os.getpid(), 9)


def talk(work: Work) -> None:
    print(CANARY, flush=True)
    print(CANARY, file=sys.stderr, flush=True)


def hold_the_line(work: Work) -> None:
    """Never tells its progress and never looks up."""
    time.sleep(60)


KINDS = {
    "count": count, "with_a_child": with_a_child, "break_it": break_it, "meet_a_problem": meet_a_problem,
    "eat_memory": eat_memory, "die": die, "talk": talk, "hold_the_line": hold_the_line,
}

if __name__ == "__main__":
    main(sys.argv[1], KINDS)
