"""Projects: one person's work on one table."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from core.problem import Problem
from core.store import plain, process
from core.store.ground import Ground
from core.store.models import FileRow, JobRow, ProjectRow, RecipeRow
from core.store.records import Actor, Project

_LONGEST = 500


class Projects(Ground):
    def create_project(self, actor: Actor, name: str, recipient: str = "", purpose: str = "") -> Project:
        """A new, empty project of the actor with a key of its own."""
        project_id, now = secrets.token_urlsafe(16), self.clock()
        row = ProjectRow(
            id=project_id, owner=actor.user, department=actor.department, name=_text(name, "name"),
            recipient=_text(recipient, "recipient"), purpose=_text(purpose, "purpose"), step=1, created=now,
            changed=now, version=1,
        )
        self.vault.create(project_id)
        try:
            row.state = self.seal(project_id, "state", {"source_name": "", "notes": {}})
            with self.database.writing() as session:
                session.add(row)
                self.note(session, actor, project_id, "project_created")
        except BaseException:
            self.vault.destroy(project_id)
            raise
        return self._project(row)

    def projects(self, actor: Actor) -> tuple[Project, ...]:
        """The actor's projects, the one changed last first."""
        query = (
            select(ProjectRow)
            .where(ProjectRow.owner == actor.user, ProjectRow.department == actor.department,
                   ProjectRow.deleted.is_(None))
            .order_by(ProjectRow.changed.desc(), ProjectRow.created.desc())
        )
        with self.database.reading() as session:
            return tuple(self._project(row, or_locked=True) for row in session.scalars(query))

    def project(self, actor: Actor, project_id: str) -> Project:
        with self.database.reading() as session:
            return self._project(self.owned(session, actor, project_id))

    def change_project(
        self, actor: Actor, project_id: str, *, name: str | None = None, recipient: str | None = None,
        purpose: str | None = None, step: int | None = None, source_name: str | None = None,
        notes: Mapping[str, Any] | None = None, expected: int | None = None,
    ) -> Project:
        """Change what is given, leave the rest.

        notes     merged into what is there, name by name, so that two windows changing different names both count;
                  a name with the value None is removed
        expected  the `version` the caller last saw: a Problem if the project was changed since
        """
        with self.database.writing() as session:
            row = self.owned(session, actor, project_id, lock=True)
            if expected is not None and row.version != expected:
                raise Problem("This project was changed in another window.",
                              "Load the page again to see the change, then make yours.")
            texts = {"name": name, "recipient": recipient, "purpose": purpose}
            for field, text in texts.items():
                if text is not None:
                    setattr(row, field, _text(text, field))
            row.step = row.step if step is None else step
            if source_name is not None or notes is not None:
                row.state = self._changed_state(row, source_name, notes)
            row.version, row.changed = row.version + 1, self.clock()
            given = {**texts, "step": step, "source_name": source_name, "notes": notes}
            self.note(session, actor, project_id, "project_changed",
                       {"fields": [field for field, new in given.items() if new is not None]})
        return self._project(row)

    def delete_project(self, actor: Actor, project_id: str) -> None:
        """Delete for good: end its jobs, destroy its key, remove its files and recipes.

        What stays: an empty row (the id is never used again), its events, and the register of releases.
        """
        with self.database.writing() as session:
            row = self.owned(session, actor, project_id, lock=True)
            for job in session.scalars(select(JobRow).where(JobRow.project_id == project_id)):
                if job.pid is not None and job.since is not None and job.machine == process.machine():
                    process.end(job.pid, job.since)
                    if job.folder:
                        plain.wipe(Path(job.folder))
            for table in (FileRow, RecipeRow, JobRow):
                session.execute(delete(table).where(table.project_id == project_id))
            row.name = row.recipient = row.purpose = ""
            row.state, row.recipe_version, row.deleted = b"", None, self.clock()
            self.note(session, actor, project_id, "project_deleted")
            # Before the commit: if the machine stops here, the project is still listed and can be deleted again.
            self.vault.destroy(project_id)
        self.database.forget()

    def _changed_state(self, row: ProjectRow, source_name: str | None, notes: Mapping[str, Any] | None) -> bytes:
        state = self.unseal(row.id, "state", row.state)
        merged = {**state["notes"], **(notes or {})}
        return self.seal(row.id, "state", {
            "source_name": state["source_name"] if source_name is None else _text(source_name, "source_name"),
            "notes": {name: note for name, note in merged.items() if note is not None},
        })

    def _project(self, row: ProjectRow, or_locked: bool = False) -> Project:
        locked = False
        try:
            state = self.unseal(row.id, "state", row.state)
        except Problem:
            if not or_locked:
                raise
            locked, state = True, {"source_name": "", "notes": {}}
        return Project(
            row.id, row.name, row.owner, row.department, row.recipient, row.purpose, row.step, state["source_name"],
            row.created, row.changed, row.version, state["notes"], locked,
        )


def _text(text: str, field: str) -> str:
    if len(text) > _LONGEST:
        raise Problem("The {field} is longer than {longest} letters.", "Shorten it.",
                      field=field.replace("_", " "), longest=_LONGEST)
    return text
