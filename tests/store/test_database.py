"""The database: durable, migrated on opening, safe when several open it at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select, text

from core.problem import Problem
from core.store import Actor, Store, StoreSettings, database, open_store
from core.store.models import Base, EventRow, ProjectRow


def pragma(store: Store, name: str) -> object:
    with store.database.reading() as session:
        return session.execute(text(f"PRAGMA {name}")).scalar()


def test_every_commit_is_on_the_disk(store: Store) -> None:
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2  # FULL
    assert pragma(store, "foreign_keys") == 1
    assert pragma(store, "secure_delete") == 1
    store.delete_project(Actor("a"), store.create_project(Actor("a"), "x").id)
    assert pragma(store, "synchronous") == 2


def test_a_writer_holds_the_lock_from_the_beginning(store: Store) -> None:
    """Two that read, decide and write take turns: neither fails, neither overlooks the other."""
    project = store.create_project(Actor("a"), "x").id
    both = threading.Barrier(2)

    def add() -> None:
        both.wait()
        for _ in range(20):
            with store.database.writing() as session:
                row = session.scalars(select(ProjectRow).where(ProjectRow.id == project)).one()
                row.step += 1

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.project(Actor("a"), project).step == 41


def test_an_error_undoes_the_whole_transaction(any_store: Store) -> None:
    project = any_store.create_project(Actor("a"), "x").id

    def change_and_fail() -> None:
        with any_store.database.writing() as session:
            session.get(ProjectRow, project).name = "changed"
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert any_store.project(Actor("a"), project).name == "x"


def test_models_and_migrations_agree(any_store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with any_store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_head_is_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(database.alembic_config()).get_heads() == [database.HEAD]


def test_migrations_ship_with_the_package() -> None:
    """setuptools takes folders with an __init__.py; the template is package data."""
    folder = Path(database.__file__).parent / "migrations"
    assert (folder / "__init__.py").exists()
    assert (folder / "versions" / "__init__.py").exists()
    settings = (Path(database.__file__).parents[2] / "pyproject.toml").read_text()
    assert '"*.mako"' in settings and 'include = ["core*"' in settings


def test_every_older_database_is_brought_up_to_date(settings: StoreSettings, tmp_path: Path) -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(database.alembic_config())
    for older in [r.revision for r in script.walk_revisions()]:
        folder = tmp_path / older
        folder.mkdir()
        file = database.Database(f"sqlite:///{folder / 'studio.sqlite3'}", folder)  # make it new, then go back
        with file.engine.begin() as connection:
            for table in inspect(connection).get_table_names():
                connection.execute(text(f'DROP TABLE "{table}"'))
            database.upgrade(connection, older)
            connection.execute(text("INSERT INTO events (at, user, department, what, facts) "
                                    "VALUES ('2026-01-01 00:00:00', 'asha', 'health', 'looked', '{}')"))
        file.close()
        store = open_store(replace(settings, data=folder, master_key_file=tmp_path / "keys" / older))
        with store.database.engine.connect() as connection:
            assert database.revision(connection) == database.HEAD
        assert [e.what for e in store.events(Actor("asha", "health"))] == ["looked"]
        store.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = database.upgrade

    def fail(connection, to="head"):
        real(connection, to)
        raise RuntimeError

    monkeypatch.setattr(database, "upgrade", fail)
    with pytest.raises(RuntimeError):
        database.Database("", tmp_path)
    engine = create_engine(f"sqlite:///{tmp_path / 'studio.sqlite3'}")
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_newer_database_is_refused_unchanged(any_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with any_store.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Problem, match="newer version"):
        open_store(any_store.settings)
    with any_store.database.engine.connect() as connection:
        assert database.revision(connection) == "9999"


OPEN = """
import sys
from core.store import Actor, StoreSettings, open_store
store = open_store(StoreSettings.from_environment())
store.create_project(Actor("asha"), sys.argv[1])
"""


def together(settings: StoreSettings, count: int) -> None:
    environment = {**settings.as_environment(), "PATH": "/usr/bin:/bin"}
    processes = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(i)], env=environment, stderr=subprocess.PIPE)
        for i in range(count)
    ]
    for process in processes:
        assert process.communicate()[1] == b""
        assert process.returncode == 0


def test_processes_may_open_a_new_store_at_once(settings: StoreSettings) -> None:
    together(settings, 4)
    store = open_store(settings)
    assert {p.name for p in store.projects(Actor("asha"))} == set("0123")
    store.close()


@pytest.mark.postgres
def test_processes_may_open_a_new_postgres_database_at_once(settings: StoreSettings, postgres_url: str) -> None:
    there = replace(settings, database_url=postgres_url)
    together(there, 4)
    store = open_store(there)
    assert {p.name for p in store.projects(Actor("asha"))} == set("0123")
    store.close()


def test_opening_an_existing_database_loads_no_alembic(store: Store) -> None:
    code = ("import sys; from core.store import StoreSettings, open_store\n"
            "open_store(StoreSettings.from_environment()); assert 'alembic' not in sys.modules")
    subprocess.run([sys.executable, "-c", code], env=store.settings.as_environment(), check=True)


def test_a_database_that_does_not_answer_is_a_problem_that_quotes_nothing(settings: StoreSettings) -> None:
    url = "postgresql://asha:hidden-password@127.0.0.1:9/studio"
    there = replace(settings, database_url=url)
    assert "hidden-password" not in repr(there)
    with pytest.raises(Problem) as problem:
        open_store(there)
    assert "hidden-password" not in str(problem.value) and "127.0.0.1" not in str(problem.value)
    assert problem.value.__suppress_context__


def test_a_damaged_database_is_a_problem(settings: StoreSettings) -> None:
    open_store(settings).close()
    (settings.data / "studio.sqlite3").write_bytes(b"Asha Patel" * 1000)
    with pytest.raises(Problem, match="damaged") as problem:
        open_store(settings)
    assert "Asha" not in str(problem.value)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "no url at all", "postgresql"])
def test_other_databases_are_refused(settings: StoreSettings, url: str) -> None:
    with pytest.raises(Problem, match="STUDIO_DATABASE_URL"):
        open_store(replace(settings, database_url=url))


def test_errors_do_not_quote_values(any_store: Store) -> None:
    from sqlalchemy.exc import IntegrityError

    row = {"user": "Asha Patel", "department": "d", "what": None, "facts": {}, "at": any_store.clock()}
    with pytest.raises(IntegrityError) as error, any_store.database.writing() as session:
        session.execute(EventRow.__table__.insert().values(**row))
    if any_store.database.is_sqlite:  # PostgreSQL's own sentence quotes the row; it never leaves the log filter
        assert "Asha" not in str(error.value)
