"""The register of releases: what left the studio, made how, with what remaining risk. It outlives the project."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store.ground import Ground
from core.store.models import ReleaseRow
from core.store.records import Actor, ReleaseRecord

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # without 0 O, 1 I, U: read aloud over a telephone
_LENGTH = 6


class Releases(Ground):
    def register_release(
        self, actor: Actor, project_id: str, *, recipe_version: int | None, digest_in: str, digest_out: str,
        figures: Mapping[str, Any], format: str,
    ) -> ReleaseRecord:
        """Enter a release before it is handed out.

        digest_in, digest_out  `Table.digest()` of the table as read and as released
        figures                small JSON: risk and utility of the release, no cell values
        format                 "xlsx", "csv.zip", ...
        """
        with self.database.writing() as session:
            self.owned(session, actor, project_id, lock=True)
            row = ReleaseRow(
                reference=self._reference(session), project_id=project_id, recipe_version=recipe_version,
                digest_in=digest_in, digest_out=digest_out, figures=dict(figures), format=format,
                user=actor.user, department=actor.department, created=self.clock(),
            )
            session.add(row)
            self.note(session, actor, project_id, "released", {
                "reference": row.reference, "recipe_version": recipe_version, "digest_in": digest_in,
                "digest_out": digest_out, "format": format,
            })
        return _record(row)

    def releases(self, actor: Actor, project_id: str | None = None) -> tuple[ReleaseRecord, ...]:
        """The releases of a project, or (None) all that this actor made, deleted projects included; newest first."""
        query = select(ReleaseRow).order_by(ReleaseRow.id.desc())
        with self.database.reading() as session:
            if project_id is None:
                query = query.where(ReleaseRow.user == actor.user, ReleaseRow.department == actor.department)
            else:
                self.owned(session, actor, project_id)
                query = query.where(ReleaseRow.project_id == project_id)
            return tuple(_record(row) for row in session.scalars(query))

    def _reference(self, session: Session) -> str:
        """As AS-2026-7F3K9Q: the year and six random signs, tried until one is free."""
        while True:
            signs = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
            reference = f"AS-{self.clock():%Y}-{signs}"
            if session.scalar(select(ReleaseRow.id).where(ReleaseRow.reference == reference)) is None:
                return reference


def _record(row: ReleaseRow) -> ReleaseRecord:
    return ReleaseRecord(
        row.reference, row.project_id, row.recipe_version, row.digest_in, row.digest_out, row.figures, row.format,
        row.created, row.user, row.department,
    )
