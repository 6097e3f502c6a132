"""Files that are wholly there or not there at all, and where a result may go."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from core.problem import Problem

OTHER_FORMATS = {
    ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".parquet", ".feather", ".arrow", ".sav", ".zsav", ".por", ".dta",
    ".sas7bdat", ".xpt", ".json", ".jsonl", ".db", ".sqlite", ".zip", ".gz", ".7z", ".age", ".pdf", ".docx", ".html",
    ".yaml", ".yml",
}
"""Endings that promise something else than CSV."""


@contextlib.contextmanager
def whole(path: Path | str) -> Iterator[IO[bytes]]:
    """A file to write; only where the block ends well does it take the place of what stood there before.

    A full disk, Ctrl-C or any other early end leaves the old file as it was and nothing new. A pipe or a device is
    written to as it is.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            yield device
        return
    target = path.resolve()
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            part.chmod(target.stat().st_mode & 0o777)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_whole(path: Path | str, data: bytes | str) -> None:
    """Bytes, or text as UTF-8, into a file that is wholly there or not at all; OSError where that fails."""
    with whole(path) as file:
        file.write(data.encode() if isinstance(data, str) else data)


def check_room(path: Path | None) -> None:
    """A Problem, before long work is done or a budget is spent, if nothing can be written there; None is nowhere."""
    if path is None or (path.exists() and not path.is_file() and not path.is_dir()):
        return
    folder = path.resolve().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise Problem("“{name}” cannot be written.", "Choose a folder that exists and that you may write to.",
                      name=path.name[:100])


def check_csv(path: Path, *made_from: Path | None) -> None:
    """A Problem if a table cannot be written there as CSV, or would overwrite a file that it is made from."""
    check_room(path)
    if path.suffix.lower() in OTHER_FORMATS:
        raise Problem(
            "The table is written as CSV, and “{name}” says it is something else.",
            "End the name in .csv; `python -m core export` makes Excel, Parquet, SPSS and Stata files of it.",
            name=path.name[:100],
        )
    if any(path.exists() and source is not None and source.exists() and path.samefile(source) for source in made_from):
        raise Problem("“{name}” would be overwritten by what is made from it.", "Choose another name for --out.",
                      name=path.name[:100])
