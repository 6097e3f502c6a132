"""Versions of a project's recipe: appended, never changed or cut off; undo and redo walk between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.problem import Problem
from core.store.ground import Ground
from core.store.models import ProjectRow, RecipeRow
from core.store.records import Actor, RecipeVersion


class Recipes(Ground):
    def save_recipe(self, actor: Actor, project_id: str, recipe: Mapping[str, Any], note: str = "") -> RecipeVersion:
        """Append a version made from the current one and make it current.

        After an undo this begins a new branch: redo then leads along it, and the old branch stays in `recipes`.
        """
        with self.database.writing() as session:
            project = self.owned(session, actor, project_id, lock=True)
            last = session.scalar(select(func.max(RecipeRow.version)).where(RecipeRow.project_id == project_id)) or 0
            row = RecipeRow(
                project_id=project_id, version=last + 1, parent_version=project.recipe_version, user=actor.user,
                body=self.seal(project_id, f"recipe {last + 1}", {"recipe": recipe, "note": note}),
                created=self.clock(),
            )
            session.add(row)
            if (parent := self._version(session, project)) is not None:
                parent.next_version = row.version
            self._go(session, actor, project, row.version, "recipe_saved")
        return self._recipe(row)

    def recipe(self, actor: Actor, project_id: str, version: int | None = None) -> RecipeVersion | None:
        """The current version (None before the first), or the one of that number."""
        with self.database.reading() as session:
            row = self._version(session, self.owned(session, actor, project_id), version)
            if row is None and version is not None:
                raise _unknown()
            return self._recipe(row) if row else None

    def recipes(self, actor: Actor, project_id: str) -> tuple[RecipeVersion, ...]:
        """Every version ever saved, oldest first, those on left branches included."""
        query = select(RecipeRow).where(RecipeRow.project_id == project_id).order_by(RecipeRow.version)
        with self.database.reading() as session:
            self.owned(session, actor, project_id)
            return tuple(self._recipe(row) for row in session.scalars(query))

    def history(self, actor: Actor, project_id: str) -> tuple[RecipeVersion, ...]:
        """The versions that led to the current one, oldest first, the current one last: the list of steps taken."""
        by_version = {version.version: version for version in self.recipes(actor, project_id)}
        at, line = self.recipe(actor, project_id), []
        while at is not None:
            line.append(at)
            at = by_version.get(at.parent) if at.parent is not None else None
        return tuple(reversed(line))

    def undo(self, actor: Actor, project_id: str) -> RecipeVersion | None:
        """Go back to the version the current one was made from, and return it; None (and no change) at the first."""
        with self.database.writing() as session:
            project = self.owned(session, actor, project_id, lock=True)
            row = self._version(session, project)
            if row is None or row.parent_version is None:
                return None
            parent = self._version(session, project, row.parent_version)
            if parent is None:
                raise _unknown()
            parent.next_version = row.version
            self._go(session, actor, project, parent.version, "recipe_undone")
            return self._recipe(parent)

    def redo(self, actor: Actor, project_id: str) -> RecipeVersion | None:
        """Go forward to what was undone last, and return it; None (and no change) if nothing was."""
        with self.database.writing() as session:
            project = self.owned(session, actor, project_id, lock=True)
            row = self._version(session, project)
            if row is None or row.next_version is None:
                return None
            self._go(session, actor, project, row.next_version, "recipe_redone")
            found = self._version(session, project)
            return self._recipe(found) if found else None

    def go_to(self, actor: Actor, project_id: str, version: int) -> RecipeVersion:
        """Make any saved version current, those on left branches included."""
        with self.database.writing() as session:
            project = self.owned(session, actor, project_id, lock=True)
            row = self._version(session, project, version)
            if row is None:
                raise _unknown()
            self._go(session, actor, project, version, "recipe_chosen")
            return self._recipe(row)

    def _go(self, session: Session, actor: Actor, project: ProjectRow, version: int, what: str) -> None:
        project.recipe_version, project.changed = version, self.clock()
        project.version += 1
        self.note(session, actor, project.id, what, {"version": version})

    def _version(self, session: Session, project: ProjectRow, version: int | None = None) -> RecipeRow | None:
        """A version's row, by default the current one's."""
        wanted = project.recipe_version if version is None else version
        query = select(RecipeRow).where(RecipeRow.project_id == project.id, RecipeRow.version == wanted)
        return session.scalars(query).one_or_none()

    def _recipe(self, row: RecipeRow) -> RecipeVersion:
        body = self.unseal(row.project_id, f"recipe {row.version}", row.body)
        return RecipeVersion(row.version, body["recipe"], body["note"], row.created, row.user,
                             row.parent_version, row.next_version)


def _unknown() -> Problem:
    return Problem("There is no such version of the recipe.", "Choose one from the list of versions.")
