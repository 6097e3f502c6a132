"""Job: what is known of one piece of long work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

State = Literal["queued", "running", "done", "failed", "stopped"]
STATES: tuple[State, ...] = get_args(State)
LIVE: tuple[State, ...] = ("queued", "running")


@dataclass(frozen=True)
class Job:
    """One piece of long work as it stands now.

    state         queued (waits for its turn), running, done, failed (see `problem`) or stopped (by a person)
    progress      how much is done, 0 to 1
    doing         what is being done, in a few words
    seconds_left  estimated from the share done so far; None while there is too little to go by
    problem       {"what", "do", "column", "step"} if it failed
    result        small JSON, if it is done; files are in the project's vault
    """

    id: str
    project_id: str
    kind: str
    state: State
    progress: float
    doing: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    seconds_left: float | None
    problem: Mapping[str, Any] | None
    result: Mapping[str, Any] | None

    @property
    def live(self) -> bool:
        """True while it waits or runs."""
        return self.state in LIVE

    @property
    def problem_what(self) -> str:
        """What went wrong, if it failed."""
        return str((self.problem or {}).get("what", ""))

    @property
    def problem_do(self) -> str:
        """What to do about it, if it failed."""
        return str((self.problem or {}).get("do", ""))
