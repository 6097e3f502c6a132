"""What every part of the store stands on: database, vault, clock, the check of the owner, and the event it leaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.problem import Problem
from core.store.database import Database
from core.store.models import EventRow, ProjectRow
from core.store.records import Actor, Event
from core.store.settings import StoreSettings
from core.store.vault import Vault

Clock = Callable[[], datetime]
_LONGEST_FACT = 200


def utc_now() -> datetime:
    return datetime.now(UTC)


class Ground:
    """Base of the parts of `Store`. Every public method takes the actor first."""

    def __init__(self, settings: StoreSettings, clock: Clock = utc_now) -> None:
        self.settings, self.clock = settings, clock
        self.vault = Vault(settings.data, settings.master_key_file)
        self.database = Database(settings.database_url, settings.data)

    def note_event(self, actor: Actor, project_id: str | None, what: str, **facts: Any) -> None:
        """Record that the actor did something. Facts: counts, names of columns, files and options; no cell value."""
        with self.database.writing() as session:
            if project_id is not None:
                self.owned(session, actor, project_id)
            self.note(session, actor, project_id, what, facts)

    def events(self, actor: Actor, project_id: str | None = None) -> tuple[Event, ...]:
        """What happened in a project, or (None) everything this actor did; oldest first."""
        query = select(EventRow).order_by(EventRow.id)
        with self.database.reading() as session:
            if project_id is None:
                query = query.where(EventRow.user == actor.user, EventRow.department == actor.department)
            else:
                self.owned(session, actor, project_id)
                query = query.where(EventRow.project_id == project_id)
            return tuple(
                Event(row.id, row.at, row.user, row.department, row.project_id, row.what, row.facts)
                for row in session.scalars(query)
            )

    def owned(self, session: Session, actor: Actor, project_id: str, lock: bool = False) -> ProjectRow:
        """The project, if it exists and is the actor's. Unknown, deleted and foreign are told apart by nobody."""
        query = select(ProjectRow).where(
            ProjectRow.id == str(project_id), ProjectRow.owner == actor.user,
            ProjectRow.department == actor.department, ProjectRow.deleted.is_(None),
        )
        row = session.scalars(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise Problem("There is no such project among yours.", "Open one from “My projects”.")
        return row

    def note(
        self, session: Session, actor: Actor, project_id: str | None, what: str, facts: Mapping[str, Any] | None = None
    ) -> None:
        session.add(EventRow(
            at=self.clock(), user=actor.user, department=actor.department, project_id=project_id, what=what,
            facts={name: _fact(fact) for name, fact in (facts or {}).items()},
        ))

    def seal(self, project_id: str, what: str, plain: Mapping[str, Any]) -> bytes:
        return self.vault.seal_record(project_id, what, _json(plain))

    def unseal(self, project_id: str, what: str, sealed: bytes) -> dict[str, Any]:
        return dict(json.loads(self.vault.open_record(project_id, what, sealed)))


def _json(plain: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        # The library's sentence would quote the value.
        raise TypeError("only texts, numbers, lists and mappings can be kept here") from None


def _fact(fact: object) -> Any:
    """Facts are small and plain: an event is no place for data."""
    if fact is None or isinstance(fact, (bool, int, float)):
        return fact
    if isinstance(fact, str):
        return fact[:_LONGEST_FACT]
    if isinstance(fact, Iterable) and not isinstance(fact, (bytes, Mapping)):
        return [_fact(one) for one in fact]
    raise TypeError("a fact is a number, a text or a list of them")
