"""The tables of the database. What may hold cell values (recipes, notes, arguments) is sealed with the project's key.

A change here needs a migration in `migrations/versions` and a new HEAD in `database.py`; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Key = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER column


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite forgets the time zone; this puts it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
    })
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, str: Text, bytes: LargeBinary}  # noqa: RUF012


class ProjectRow(Base):
    """`state` is sealed: {"source_name", "notes"}. A deleted project stays as an empty row: its id is never reused."""

    __tablename__ = "projects"
    __table_args__ = (Index(None, "owner", "department"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str]
    department: Mapped[str]
    name: Mapped[str]
    recipient: Mapped[str]
    purpose: Mapped[str]
    step: Mapped[int]
    created: Mapped[datetime]
    changed: Mapped[datetime]
    version: Mapped[int]
    state: Mapped[bytes]
    recipe_version: Mapped[int | None]
    deleted: Mapped[datetime | None]


class FileRow(Base):
    """`stored_as` is the name on disk, and bound into the file's encryption: an older version cannot be slipped in."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str]
    stored_as: Mapped[str] = mapped_column(String(32))
    bytes: Mapped[int] = mapped_column(BigInteger)
    secret: Mapped[bool] = mapped_column(Boolean)
    created: Mapped[datetime]


class RecipeRow(Base):
    """`body` is sealed: {"recipe", "note"}. Versions are appended and never changed; only `next_version` moves."""

    __tablename__ = "recipes"
    __table_args__ = (UniqueConstraint("project_id", "version"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    version: Mapped[int]
    parent_version: Mapped[int | None]
    next_version: Mapped[int | None]
    body: Mapped[bytes]
    user: Mapped[str]
    created: Mapped[datetime]


class ReleaseRow(Base):
    __tablename__ = "releases"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    recipe_version: Mapped[int | None]
    digest_in: Mapped[str]
    digest_out: Mapped[str]
    figures: Mapped[dict[str, Any]]
    format: Mapped[str]
    user: Mapped[str]
    department: Mapped[str]
    created: Mapped[datetime]


class EventRow(Base):
    """No foreign key: an event outlives whatever it is about."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]
    user: Mapped[str]
    department: Mapped[str]
    project_id: Mapped[str | None] = mapped_column(String(64), index=True)
    what: Mapped[str]
    facts: Mapped[dict[str, Any]]


class JobRow(Base):
    """`arguments` and `result` are sealed. pid, since, machine: the process that does the work; seen: its pulse."""

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "project_id", "kind"),)

    number: Mapped[int] = mapped_column(Key, primary_key=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    user: Mapped[str]
    department: Mapped[str]
    kind: Mapped[str]
    arguments: Mapped[bytes]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(String(16), index=True)
    share: Mapped[float] = mapped_column(Float)
    doing: Mapped[str]
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]
    seen: Mapped[datetime]
    pid: Mapped[int | None]
    since: Mapped[str | None]
    machine: Mapped[str]
    folder: Mapped[str]
    problem: Mapped[dict[str, Any] | None]
    result: Mapped[bytes | None]


class BudgetRow(Base):
    """The ledger of one table (`digest`), whatever it is called. Amounts: whole numbers of `core.store.budgets.UNIT`.

    total, spent     of epsilon (pure) or rho (zcdp); `spent` of this period, `lifetime` of all periods
    ground, epsilon  what was settled: JSON of public knowledge only, and the total a person chose
    """

    __tablename__ = "budgets"
    __table_args__ = (UniqueConstraint("owner", "department", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    owner: Mapped[str]
    department: Mapped[str]
    ground: Mapped[dict[str, Any]]
    measure: Mapped[str] = mapped_column(String(8))
    epsilon: Mapped[float] = mapped_column(Float)
    delta: Mapped[float] = mapped_column(Float)
    total: Mapped[int] = mapped_column(BigInteger)
    spent: Mapped[int] = mapped_column(BigInteger)
    lifetime: Mapped[int] = mapped_column(BigInteger)
    delta_total: Mapped[int] = mapped_column(BigInteger)
    delta_spent: Mapped[int] = mapped_column(BigInteger)
    delta_lifetime: Mapped[int] = mapped_column(BigInteger)
    renews: Mapped[str] = mapped_column(String(8))
    period: Mapped[str] = mapped_column(String(8))
    created: Mapped[datetime]


class AllowanceRow(Base):
    """How much of a budget one person, or one department, may spend. `whose`: user or department."""

    __tablename__ = "allowances"
    __table_args__ = (UniqueConstraint("budget_id", "whose", "who", "department"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    budget_id: Mapped[int] = mapped_column(Key, ForeignKey("budgets.id"))
    whose: Mapped[str] = mapped_column(String(16))
    who: Mapped[str]
    department: Mapped[str]
    total: Mapped[int] = mapped_column(BigInteger)
    spent: Mapped[int] = mapped_column(BigInteger)
    lifetime: Mapped[int] = mapped_column(BigInteger)


class ChargeRow(Base):
    """One question paid for. Committed before any noise is drawn; `answer` follows, and stays None after a crash."""

    __tablename__ = "charges"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    budget_id: Mapped[int] = mapped_column(Key, ForeignKey("budgets.id"), index=True)
    at: Mapped[datetime]
    user: Mapped[str]
    department: Mapped[str]
    query: Mapped[dict[str, Any]]
    query_key: Mapped[str] = mapped_column(String(64), index=True)
    epsilon: Mapped[float] = mapped_column(Float)
    price: Mapped[int] = mapped_column(BigInteger)
    delta_price: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class DashboardRow(Base):
    """Answers laid out for a reader who has nothing but a token, of which only the SHA-256 is kept."""

    __tablename__ = "dashboards"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    budget_id: Mapped[int] = mapped_column(Key, ForeignKey("budgets.id"), index=True)
    content: Mapped[dict[str, Any]]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user: Mapped[str]
    department: Mapped[str]
    created: Mapped[datetime]
    revoked: Mapped[datetime | None]
