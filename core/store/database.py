"""The database: SQLite by default, PostgreSQL by URL; every commit is on the disk before it counts."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session

from core.problem import Problem
from core.store.atomic import locked

HEAD = "0002"
"""The newest migration. A database that is already there is opened without loading Alembic."""

_POSTGRES_LOCK = 0x41534D49  # any number that only this program's migrations use
_WAIT = 30  # seconds a writer waits for another


class Database:
    """Sessions that read, sessions that write, and the schema brought up to date on opening."""

    def __init__(self, url: str, folder: Path) -> None:
        """url: "" for SQLite in `folder`, else the URL of a PostgreSQL (or SQLite) database."""
        self.url = _url(url, folder)
        self.engine = _engine(self.url)
        try:
            with self._answering():
                if self.is_sqlite:
                    with locked(folder / "database.lock"):  # setting the journal mode does not wait for others
                        self._migrate()
                else:
                    self._migrate()
        except BaseException:
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        with self._answering(), Session(self.engine) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, committed at the end, undone on any error.

        SQLite: the write lock is taken at the beginning, so what is read inside stays true until the commit.
        PostgreSQL: lock the rows that the decision rests on (`with_for_update`).
        """
        engine = self.engine.execution_options(begin="IMMEDIATE")
        with self._answering(), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def one_at_a_time(self, session: Session, name: str) -> None:
        """Until this transaction ends, no other one that names the same passes here. (SQLite has one writer anyway.)"""
        if not self.is_sqlite:
            session.execute(text("SELECT pg_advisory_xact_lock(:key, hashtext(:name))"),
                            {"key": _POSTGRES_LOCK, "name": name})

    def forget(self) -> None:
        """Let SQLite drop what was deleted from its write-ahead log too, unless someone is reading just now."""
        if self.is_sqlite:
            with contextlib.closing(self.engine.raw_connection()) as connection:  # outside any transaction
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        # The driver's own sentences quote statements, addresses and values.
        try:
            yield
        except OperationalError:
            raise Problem("The database does not answer.",
                          "Check that it is running, that the disk is not full, and try again.") from None
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise
            raise Problem("The database is damaged.", "Restore the data folder from a backup.") from None

    def _migrate(self) -> None:
        engine = self.engine.execution_options(begin="IMMEDIATE")
        with engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
            if revision(connection) != HEAD:
                upgrade(connection)


def revision(connection: Connection) -> str | None:
    """The migration the database stands at; None if it is new."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def alembic_config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the schema up to date inside the caller's transaction: wholly, or not at all."""
    from alembic import command
    from alembic.util import CommandError

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError:
        raise Problem("The database was made by a newer version of the studio.",
                      "Install that version again, or choose another data folder. Nothing was changed.") from None


def _url(url: str, folder: Path) -> URL:
    if not url:
        path = folder / "studio.sqlite3"
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its side files the same rights
        return URL.create("sqlite", database=str(path))
    try:
        made = make_url(url)
    except ArgumentError:
        made = None
    if made is None or made.get_backend_name() not in ("sqlite", "postgresql"):
        raise Problem("STUDIO_DATABASE_URL is no address of a PostgreSQL database.",
                      "Write it as postgresql://user:password@host/database, or leave it out for SQLite.")
    return made.set(drivername="postgresql+psycopg") if made.get_backend_name() == "postgresql" else made


def _engine(url: URL) -> Engine:
    # hide_parameters: an error's text would quote the values of the statement.
    if url.get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _WAIT})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions late, and end them before CREATE TABLE
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer later fails at once if another wrote meanwhile; writers therefore say so first.
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")


