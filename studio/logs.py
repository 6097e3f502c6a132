"""No log line of this process holds the text of an exception: it may quote a cell."""

from __future__ import annotations

import logging
from typing import Any

from core.redact import RedactExceptions

_redact = RedactExceptions()


def quiet() -> None:
    """Redacts every record where it is made, whatever logger or handler it goes to. A second call changes nothing."""
    made = logging.getLogRecordFactory()
    if getattr(made, "redacts", False):
        return

    def make(*args: Any, **named: Any) -> logging.LogRecord:
        record = made(*args, **named)
        _redact.filter(record)
        return record

    make.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make)
