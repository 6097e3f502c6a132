"""What may be said of an unexpected exception: its type and where it arose, never its text, which may hold a cell."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path


def where_it_broke(error: BaseException) -> str:
    """“ValueError in typing.py, line 40”: the innermost place in this project, else the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    root = str(Path(__file__).resolve().parents[1])
    own = [f for f in frames if f.filename.startswith(root) and "site-packages" not in f.filename]
    near = own or list(frames)
    place = near[-1] if near else None
    return type(error).__name__ + (f" in {Path(place.filename).name}, line {place.lineno}" if place else "")


class RedactExceptions(logging.Filter):
    """Keeps exception texts, and the arguments of messages that carry one, out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is None and isinstance(record.args, tuple):
            error = next((a for a in record.args if isinstance(a, BaseException)), None)
        if error is not None:
            record.msg, record.args = "An exception was not shown: %s", (where_it_broke(error),)
            record.exc_info = record.exc_text = record.stack_info = None
        return True
