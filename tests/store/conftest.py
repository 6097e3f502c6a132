"""A store in a folder of its own, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.store import Actor, Store, StoreSettings, open_store
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

ASHA = Actor("asha", "health")


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    return StoreSettings(data=tmp_path / "data", master_key_file=tmp_path / "keys" / "master.key")


@pytest.fixture
def store(settings: StoreSettings) -> Iterator[Store]:
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The same tests on both databases."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    with ExitStack() as stack:
        opened = open_store(StoreSettings(tmp_path / "data", tmp_path / "keys" / "master.key", database_url=url))
        stack.callback(opened.close)
        yield opened


@pytest.fixture
def asha() -> Actor:
    return ASHA
