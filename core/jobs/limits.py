"""What the process of a job may use, enforced by the operating system."""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

from core.store import StoreSettings

_GIB = 1 << 30
_CGROUP = Path("/sys/fs/cgroup/memory.max")


def memory_limit(settings: StoreSettings) -> int:
    """Bytes one process of a job may use: the setting, or three quarters of what the machine or container has."""
    if settings.job_memory:
        return int(settings.job_memory * _GIB)
    has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        has = min(has, int(_CGROUP.read_text("ascii")))
    return has * 3 // 4


def apply(settings: StoreSettings) -> None:
    """Limit this process and its children to come.

    Memory is limited by RLIMIT_DATA (what is written to), not by the address space, of which runtimes reserve far
    more than they use. A dump of a crashed process would hold raw data: none is written.
    """
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_DATA, memory_limit(settings))
    # The clock on the wall is watched by the worker; this holds even where a library never lets the watcher run.
    _lower(resource.RLIMIT_CPU, int(settings.job_hours * 3600 * (os.cpu_count() or 1)) + 60)
    os.umask(0o077)
    os.nice(5)  # the page in front of the user comes first


def _lower(which: int, limit: int) -> None:
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(which, (limit, hard))
