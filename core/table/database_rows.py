"""The rows of a database, read inside the child: an SQLite file, or a table or query through an SQLAlchemy URL."""

from __future__ import annotations

import datetime as dt
import decimal
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from core.table.findings import Choice, Question, refuse, wait_for
from core.table.grid import text_of
from core.table.raw import Job, Native, Raw, column_of

BLOCK = 20_000


def read_url(url: str, query: str | None, job: Job) -> Raw:
    """A table (answer `member`) or a query through an SQLAlchemy URL, all columns as text."""
    import sqlalchemy as sa
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = sa.create_engine(url)
        options: dict[str, Any] = {"stream_results": True, "yield_per": BLOCK}
        if engine.dialect.name == "postgresql":
            options["postgresql_readonly"] = True
        with engine.connect() as connection:
            connection = connection.execution_options(**options)
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
            if query is None:
                inspector = sa.inspect(connection)
                names = sorted([*inspector.get_table_names(), *inspector.get_view_names()])
                table = sa.table(choose_table(names, job))
                query_text: Any = sa.select(sa.text("*")).select_from(table)
            else:
                query_text = sa.text(query)
            result = connection.execute(query_text)
            return of_rows(list(result.keys()), (tuple(row) for row in result), job)
    except (SQLAlchemyError, ImportError, OSError, ValueError):
        # The driver's own words hold the URL, the query or cells.
        raise refuse(
            "UNREADABLE", "The database cannot be read: the connection, the query or the permission fails."
        ) from None


def choose_table(names: Sequence[str], job: Job) -> str:
    """The table to read: the person's choice, the only one, or a question."""
    if not names:
        raise refuse("EMPTY_FILE", "The database holds no table.")
    answer = job.answer("member")
    if answer in names:
        return str(answer)
    if len(names) == 1 and answer is None:
        return names[0]
    question = Question("member", "Which table of the database?", tuple(Choice(n, n) for n in names[:200]))
    raise wait_for("CHOOSE_MEMBER", question, "The database holds {count} tables.", count=len(names))


def read_sqlite(job: Job) -> Raw:
    """A table of an SQLite file, opened read-only and distrusting whatever its schema would run."""
    from urllib.parse import quote

    connection = sqlite3.connect(f"file:{quote(job.path)}?mode=ro&immutable=1", uri=True)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        names = [
            n
            for (n,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' "
                "ORDER BY name"
            )
        ]
        table = choose_table(names, job)
        cursor = connection.execute('SELECT * FROM "' + table.replace('"', '""') + '"')  # noqa: S608 - the name is quoted
        return of_rows([d[0] for d in cursor.description], cursor, job)
    except (sqlite3.Error, OverflowError):
        raise refuse("UNREADABLE", "The SQLite file is damaged.") from None
    finally:
        connection.close()


def of_rows(names: list[str], rows: Iterable[Sequence[Any]], job: Job) -> Raw:
    """Text columns from rows of Python values."""
    parts: list[list[pa.Array]] = [[] for _ in names]
    kinds: list[set[Native]] = [set() for _ in names]
    binary: set[int] = set()
    block: list[Sequence[Any]] = []
    count = 0

    def flush() -> None:
        for place, column in enumerate(zip(*block, strict=True)):
            texts = [_text(v, kinds[place], binary, place) for v in column]
            parts[place].append(pa.array(texts, pa.string()))
        block.clear()

    for row in rows:
        block.append(row)
        count += 1
        if count > job.limits.rows:
            raise refuse(
                "TOO_MANY_ROWS", "There are more than {limit:,} rows, the limit “rows”.", limit=job.limits.rows
            )
        if len(block) >= BLOCK:
            flush()
            job.progress(0.3, "Reading rows")
    if block:
        flush()
    if not count:
        raise refuse("NO_ROWS", "There are column names but no rows.")
    keep = [p for p in range(len(names)) if p not in binary]
    for place in sorted(binary):
        job.found.add(
            "BINARY_COLUMNS",
            "The column “{column}” holds raw bytes. It was left out.",
            {"column": names[place]},
            column=names[place][:60],
        )
    if not keep:
        raise refuse("BINARY_COLUMNS", "All columns hold raw bytes. There is nothing to read.")
    native: dict[int, Native] = {
        new: next(iter(kinds[p])) if len(kinds[p]) == 1 else "mixed" for new, p in enumerate(keep) if kinds[p]
    }
    return Raw([names[p] for p in keep], [column_of(pa.chunked_array(parts[p], pa.string())) for p in keep], native)


def _text(value: Any, kinds: set[Native], binary: set[int], place: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, (bytes, memoryview)):
        binary.add(place)
        return None
    if isinstance(value, decimal.Decimal):
        kinds.add("number")
        return format(value, "f")
    if isinstance(value, dt.datetime):
        kinds.add("date")
        return value.isoformat()
    text, kind = text_of(value)
    kinds.add(kind)
    return text
