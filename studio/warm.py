"""What the first visitor would else wait for, loaded once: pandas, Altair, the counting kernels, detection."""

from __future__ import annotations

import threading

_one_at_a_time = threading.Lock()
_done: set[str] = set()


def detection() -> None:
    """Loads the recognizers. Two threads that import the same large package at once can find it half made."""
    with _one_at_a_time:
        if "detection" not in _done:
            from core.detect import COUNTRIES, recognizers

            recognizers.checked(tuple(COUNTRIES))
            _done.add("detection")


def everything() -> None:
    """What the server does at its start, beside answering."""
    import altair  # noqa: F401
    import pandas  # noqa: F401

    from core.risk.kernel import compiled

    with _one_at_a_time:
        compiled()
    detection()
