"""Where the real tables and peers' reference values stand, for tests that read them; absent, the tests skip."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(place: str) -> Path:
    """The path of a file beside the project, or a skip that says what is missing."""
    path = SHARED / place
    if not path.exists():
        pytest.skip(f"shared/{place} is not beside the project")
    return path
