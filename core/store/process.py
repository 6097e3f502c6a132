"""Is a process still the one it was, and how to end it with all its children. Linux reads /proc, others ask ps."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")


@lru_cache(maxsize=1)
def machine() -> str:
    """Which machine, since which start: process ids of one mean nothing on another."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        boot = socket.gethostname()
    # Containers on one host share its boot id but count processes apart.
    try:
        return f"{boot} {os.readlink(_PROC / 'self/ns/pid')}"
    except OSError:
        return boot


def started(pid: int) -> str | None:
    """When that process started, in the system's own words, or None if it is gone (or only waits to be buried).

    The number of a dead process is given out again: pid and start together say which process is meant.
    """
    if (_PROC / "self/stat").exists():
        found = _stat(pid)
        return None if found is None or found[0] in "ZX" else found[2]
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - ps is where the system has it
        capture_output=True, text=True, check=False,
    ).stdout.strip()
    return None if not answer or answer.startswith("Z") else answer.split(None, 1)[1]


def alive(pid: int, since: str) -> bool:
    """True if the process that started then is still running."""
    return started(pid) == since


def end(pid: int, since: str) -> None:
    """Kill the process, its process group and every descendant, and wait until it is gone (at most a second)."""
    if not alive(pid, since):
        return
    if pid != os.getpid():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGSTOP)  # so that it starts nothing more while its children are looked up
    family = descendants(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:  # never the group of whoever called
            os.killpg(pid, signal.SIGKILL)
    for one in (pid, *family):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(one, signal.SIGKILL)
    deadline = time.monotonic() + 1
    while alive(pid, since) and time.monotonic() < deadline:
        time.sleep(0.005)


def descendants(pid: int) -> tuple[int, ...]:
    """Children, their children and so on; a child may have left the process group."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.iterdir() if _PROC.exists() else ():
        if entry.name.isdigit() and (found := _stat(int(entry.name))):
            parents.setdefault(found[1], []).append(int(entry.name))
    family, at = [], [pid]
    while at:
        at = [child for parent in at for child in parents.get(parent, ())]
        family += at
    return tuple(family)


def _stat(pid: int) -> tuple[str, int, str] | None:
    """(state, parent, start time in clock ticks since boot); the name between the brackets may hold anything."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1]), fields[19]
