"""Clock: how long attackers may take, and what was left out because of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.language import translate

Tick = Callable[[], None]
"""Called between two stretches of work; raises TimeUp when the time is over."""


class TimeUp(Exception):
    """The time an attacker was given is over; nothing is found out from what was begun."""


class CannotBeTried(Exception):
    """An attacker found on the way that it cannot be simulated here; the text says why, without a cell value."""


class Clock:
    """Counts down. Without seconds it never ends.

    cut  what was left out, in sentences
    """

    def __init__(self, seconds: float | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._end = now, None if seconds is None else now() + seconds
        self.cut: list[str] = []

    @property
    def left(self) -> float:
        """Seconds left; infinite without an end."""
        return float("inf") if self._end is None else self._end - self._now()

    def check(self) -> None:
        """Raises TimeUp when the time is over."""
        if self.left <= 0:
            raise TimeUp

    def leave_out(self, what: str, **facts: object) -> None:
        """Note what could not be tried in the time."""
        self.cut.append(translate(what, **facts))


def never() -> None:
    """A Tick that never ends anything."""
