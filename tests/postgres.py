"""A PostgreSQL server of the tests' own: Debian's binaries, a loopback port, a throw-away folder.

A room that needs it imports the fixtures `postgres_server` and `postgres_url` into its conftest.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@contextlib.contextmanager
def server() -> Iterator[str]:
    """URL of an empty cluster (`postgresql://postgres@127.0.0.1:PORT/`), no database; skips where it cannot run."""
    if not _BINARIES:
        pytest.skip("PostgreSQL's server binaries are not installed (Debian: apt-get install postgresql)")
    binaries, user = _BINARIES[-1].parent, _user()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    try:
        _own(folder, user)
        data, port = folder / "data", _free_port()
        _as(user, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "--no-locale", "-E", "UTF8")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c max_connections=60 -c fsync=off"
        _as(user, binaries / "pg_ctl", "-D", data, "-w", "-s", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/"
        finally:
            _as(user, binaries / "pg_ctl", "-D", data, "-w", "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def database(server_url: str, name: str) -> Iterator[str]:
    """URL of a new, empty database on that server, dropped afterwards."""
    import psycopg

    with psycopg.connect(f"{server_url}postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server_url}{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    with database(postgres_server, f"t{secrets.token_hex(6)}") as url:
        yield url


def _user() -> str | None:
    """initdb refuses to run as root: somebody else does it then."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    pytest.skip("PostgreSQL does not run as root, and there is no other user")


def _own(folder: Path, user: str | None) -> None:
    if user:
        shutil.chown(folder, user)


def _as(user: str | None, *command: object) -> None:
    words = [str(word) for word in command]
    other = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    # pg_ctl leaves the server behind with whatever it was given: no pipes, or the reader waits for ever.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            words, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", check=False, **other
        )
        if done.returncode:
            output.seek(0)
            pytest.fail(output.read().decode(errors="replace"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
