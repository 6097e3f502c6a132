"""Dashboards: answers laid out for a reader who has nothing but a token, which can be taken back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from core.problem import Problem
from core.store.budgets import Budgets
from core.store.models import DashboardRow
from core.store.records import Actor


class Dashboard(NamedTuple):
    """A dashboard as its maker sees it; the token itself is kept nowhere."""

    id: int
    title: str
    created: datetime
    revoked: datetime | None


class Dashboards(Budgets):
    def create_dashboard(self, actor: Actor, budget: str | int, content: Mapping[str, Any]) -> str:
        """Lay out answers (`{"title", "tiles": [...]}`) for a reader. Returns the token, which is shown this once."""
        token = secrets.token_urlsafe(32)
        found = self.budget(actor, budget)
        with self.database.writing() as session:
            session.add(DashboardRow(
                budget_id=found.id, content=dict(content), token_digest=_digest(token), user=actor.user,
                department=actor.department, created=self.clock(), revoked=None,
            ))
            self.note(session, actor, None, "dashboard_created",
                      {"budget": found.name, "tiles": len(content.get("tiles", ()))})
        return token

    def dashboards(self, actor: Actor, budget: str | int) -> tuple[Dashboard, ...]:
        """The dashboards this actor made from a budget, newest first."""
        found = self.budget(actor, budget)
        with self.database.reading() as session:
            rows = session.scalars(
                select(DashboardRow)
                .where(DashboardRow.budget_id == found.id, DashboardRow.user == actor.user,
                       DashboardRow.department == actor.department)
                .order_by(DashboardRow.id.desc())
            )
            return tuple(Dashboard(r.id, str(r.content.get("title", "")), r.created, r.revoked) for r in rows)

    def revoke_dashboard(self, actor: Actor, dashboard: int) -> None:
        """From now on its token opens nothing."""
        with self.database.writing() as session:
            row = session.scalars(select(DashboardRow).where(
                DashboardRow.id == dashboard, DashboardRow.user == actor.user,
                DashboardRow.department == actor.department).with_for_update()).one_or_none()
            if row is None:
                raise Problem("There is no such dashboard among yours.", "Look at the list of your dashboards.")
            row.revoked = row.revoked or self.clock()
            self.note(session, actor, None, "dashboard_revoked", {"dashboard": dashboard})

    def read_dashboard(self, token: str) -> Mapping[str, Any] | None:
        """What a reader with this token sees; None if it opens nothing (unknown or taken back: nobody can tell)."""
        with self.database.reading() as session:
            row = session.scalars(select(DashboardRow).where(
                DashboardRow.token_digest == _digest(token), DashboardRow.revoked.is_(None))).one_or_none()
            return dict(row.content) if row else None


def _digest(token: str) -> str:
    return hashlib.sha256(f"dashboard {token}".encode()).hexdigest()
