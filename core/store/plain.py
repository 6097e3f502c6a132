"""Private folders for files that a library must have in plain text for a moment: in memory where there is room."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from core.store.atomic import overwrite_and_remove
from core.store.process import machine, started

_NAME = "anonymisation-studio"
_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is private
_ROOM = 1 << 30


def private_folder(parent: Path | None, need: int = _ROOM) -> Path:
    """A new folder of mode 0700 that only this user can enter. Whoever makes it wipes it.

    parent  where to make it; None: in memory (/dev/shm) where `need` bytes and half as much again are free,
            else the system's temporary folder
    need    bytes expected to be written
    """
    if parent is None:
        parent = _MEMORY if _free(_MEMORY) > need * 1.5 else Path(tempfile.gettempdir())
    folder = parent / f"{_NAME}-{os.getpid()}-{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    (folder / ".owner").write_text(f"{os.getpid()}\n{started(os.getpid())}\n{machine()}", "utf-8")
    return folder


def hand_over(folder: Path, pid: int, since: str) -> None:
    """Let another process be the folder's owner: `sweep` then waits for that one's end."""
    (folder / ".owner").write_text(f"{pid}\n{since}\n{machine()}", "utf-8")


def wipe(folder: Path) -> None:
    """Overwrite and remove everything in the folder, then the folder."""
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and not path.is_symlink():
            overwrite_and_remove(path)
    shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path | None) -> int:
    """Wipe the folders of processes of this machine that are gone (killed, crashed). Returns how many."""
    count = 0
    for place in {parent} if parent else {_MEMORY, Path(tempfile.gettempdir())}:
        for folder in place.glob(f"{_NAME}-*-*") if place.exists() else ():
            if _abandoned(folder):
                wipe(folder)
                count += 1
    return count


def _abandoned(folder: Path) -> bool:
    try:
        if folder.stat().st_uid != os.getuid():
            return False
        pid, since, where = (folder / ".owner").read_text("utf-8").split("\n")
    except (OSError, ValueError):
        return False
    return where == machine() and started(int(pid)) != since


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free if os.access(folder, os.W_OK) else 0
    except OSError:
        return 0
