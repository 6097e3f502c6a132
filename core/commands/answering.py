"""What several commands take from their arguments: the password of a file."""

from __future__ import annotations

from pathlib import Path

from core.problem import Problem


def password_of(path: Path | None) -> str | None:
    """The first line of a password file; None where there is none."""
    if path is None:
        return None
    if not path.is_file():
        raise Problem("There is no password file “{name}”.", "Check its name.", name=path.name)
    lines = path.read_text("utf-8").splitlines()
    return lines[0] if lines else ""
