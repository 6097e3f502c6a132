"""Work: what a job's function is given, and how it tells how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import CursorResult, update

from core.jobs.record import LIVE
from core.store import Actor, Store
from core.store.models import JobRow

_OFTEN = 0.2  # seconds between two entries of progress: each is a commit to disk
_LONGEST = 200


class Stopped(BaseException):
    """The job was stopped or its project deleted: leave at once, leave nothing behind."""


@dataclass
class Work:
    """One job under way. Its function reads and writes the project through `store`, as `actor`.

    arguments  what the job was started with
    """

    store: Store
    actor: Actor
    project_id: str
    arguments: Mapping[str, Any]
    job_id: str
    _told: float = field(default=0.0, repr=False)

    def progress(self, share: float, doing: str = "") -> None:
        """Tell how much is done (0 to 1) and what is being done (a few words, no cell value). Raises Stopped."""
        now = time.monotonic()
        if now - self._told < _OFTEN and share < 1:
            return
        self._told = now
        if not beat(self.store, self.job_id, share=min(max(share, 0.0), 1.0), doing=doing[:_LONGEST]):
            raise Stopped


def beat(store: Store, job_id: str, **values: Any) -> bool:
    """Show that the process lives, and enter these values; False if the job is over."""
    with store.database.writing() as session:
        change = update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(LIVE))
        done = cast("CursorResult[Any]", session.execute(change.values(seen=store.clock(), **values)))
    return bool(done.rowcount)


KindTable = Mapping[str, Callable[[Work], Mapping[str, Any] | None]]
"""Job kind -> the function that does it; what it returns (small JSON) is the job's result."""
