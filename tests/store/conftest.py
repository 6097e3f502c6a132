"""A store in a folder of its own, on SQLite and on PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.store import Actor, Store, StoreSettings, open_store
from tests import postgres

ASHA = Actor("asha", "health")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    with postgres.database(postgres_server, f"t{secrets.token_hex(6)}") as url:
        yield url


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
