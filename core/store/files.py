"""Files and secrets of a project, encrypted in the vault, by name."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.problem import Problem
from core.store import plain
from core.store.atomic import locked
from core.store.ground import Ground
from core.store.models import FileRow
from core.store.records import Actor, StoredFile

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,119}")
_SECRETS = "secret/"
_BLOCK = 1 << 20


class Files(Ground):
    def put(self, actor: Actor, project_id: str, file_name: str, data: bytes | BinaryIO | Path) -> StoredFile:
        """Encrypt and store a file under a name of the program's choosing (not the user's), replacing the one before.

        Streams: a file of any size needs a few MiB. Readers of the file before finish undisturbed.
        """
        return self._put(actor, project_id, _name(file_name), data, secret=False)

    def get(self, actor: Actor, project_id: str, file_name: str) -> bytes:
        """The whole file."""
        with self.open(actor, project_id, file_name) as file:
            return file.read()

    def open(self, actor: Actor, project_id: str, file_name: str) -> io.BufferedReader:
        """The file as a seekable binary stream that decrypts chunk by chunk. The caller closes it."""
        with self.database.writing() as session:
            self.owned(session, actor, project_id)
            row = self._file(session, project_id, _name(file_name))
            if row is None:
                raise _absent(file_name)
            self.note(session, actor, project_id, "file_read", {"file": file_name})
            # Inside the transaction: the file cannot be replaced and removed between the look-up and here.
            return self.vault.open(project_id, row.name, row.stored_as)

    @contextlib.contextmanager
    def plain_copy(self, actor: Actor, project_id: str, file_name: str, suffix: str = "") -> Iterator[Path]:
        """The file in plain text in a private folder, in memory where there is room, for libraries that need a path.

        Wiped at the end of the block; after a crash, when a store is next opened on this machine.
        """
        with self.open(actor, project_id, file_name) as file:
            folder = plain.private_folder(self.settings.plain_folder, file.seek(0, io.SEEK_END))
            try:
                file.seek(0)
                path = folder / f"file{suffix}"
                with path.open("xb") as copy:
                    while block := file.read(_BLOCK):
                        copy.write(block)
                yield path
            finally:
                plain.wipe(folder)

    def files(self, actor: Actor, project_id: str) -> tuple[StoredFile, ...]:
        """What is stored, by name; secrets are not listed."""
        query = select(FileRow).where(FileRow.project_id == project_id, FileRow.secret.is_(False))
        with self.database.reading() as session:
            self.owned(session, actor, project_id)
            rows = session.scalars(query.order_by(FileRow.name))
            return tuple(StoredFile(row.name, row.bytes, row.created, row.stored_as) for row in rows)

    def remove(self, actor: Actor, project_id: str, file_name: str) -> None:
        """Remove a file; a Problem if there is none of that name."""
        if not self._remove(actor, project_id, _name(file_name), secret=False):
            raise _absent(file_name)

    def put_secret(self, actor: Actor, project_id: str, name: str, secret: bytes) -> None:
        """Keep a secret (seed, keys, password), replacing the one of that name."""
        self._put(actor, project_id, _SECRETS + _name(name), secret, secret=True)

    def change_secret(
        self, actor: Actor, project_id: str, name: str, change: Callable[[bytes | None], bytes]
    ) -> bytes:
        """What `change` makes of the secret (None: there is none yet), kept and returned; no two changes cross."""
        with locked(self.settings.data / "secrets.lock"):
            before = self.secret(actor, project_id, name)
            after = change(before)
            if after != before:
                self.put_secret(actor, project_id, name, after)
        return after

    def secret(self, actor: Actor, project_id: str, name: str) -> bytes | None:
        """The secret of that name, or None."""
        with self.database.writing() as session:
            self.owned(session, actor, project_id)
            row = self._file(session, project_id, _SECRETS + _name(name))
            if row is None:
                return None
            self.note(session, actor, project_id, "secret_used", {"secret": name})
            with self.vault.open(project_id, row.name, row.stored_as) as file:
                return file.read()

    def destroy_secret(self, actor: Actor, project_id: str, name: str) -> bool:
        """Overwrite and remove a secret; what it made can then not be undone. False if there was none."""
        return self._remove(actor, project_id, _SECRETS + _name(name), secret=True)

    def _put(
        self, actor: Actor, project_id: str, name: str, data: bytes | BinaryIO | Path, secret: bool
    ) -> StoredFile:
        with self.database.reading() as session:
            self.owned(session, actor, project_id)  # before anything is written for a stranger
        stored_as, size = self.vault.put(project_id, name, data)
        before, now = None, self.clock()
        try:
            with self.database.writing() as session:
                self.owned(session, actor, project_id, lock=True)
                row = self._file(session, project_id, name)
                if row is None:
                    session.add(FileRow(project_id=project_id, name=name, stored_as=stored_as, bytes=size,
                                        secret=secret, created=now))
                else:
                    before, row.stored_as, row.bytes, row.created = row.stored_as, stored_as, size, now
                facts = {"secret": name.removeprefix(_SECRETS)} if secret else {"file": name, "bytes": size}
                self.note(session, actor, project_id, "secret_stored" if secret else "file_stored", facts)
        except BaseException:
            self.vault.discard(project_id, stored_as, secret)
            raise
        if before:
            self.vault.discard(project_id, before, secret)
        return StoredFile(name, size, now, stored_as)

    def _remove(self, actor: Actor, project_id: str, name: str, secret: bool) -> bool:
        with self.database.writing() as session:
            self.owned(session, actor, project_id, lock=True)
            row = self._file(session, project_id, name)
            if row is None:
                return False
            session.delete(row)
            facts = {"secret": name.removeprefix(_SECRETS)} if secret else {"file": name}
            self.note(session, actor, project_id, "secret_destroyed" if secret else "file_removed", facts)
            # Before the commit: what is said to be gone is gone.
            self.vault.discard(project_id, row.stored_as, secret)
        return True

    def _file(self, session: Session, project_id: str, name: str) -> FileRow | None:
        query = select(FileRow).where(FileRow.project_id == project_id, FileRow.name == name)
        return session.scalars(query).one_or_none()


def _name(name: str) -> str:
    """Names are the program's own: a user's file name could name a person."""
    if not _NAME.fullmatch(name) or name.startswith(_SECRETS):
        raise ValueError("a stored file's name is made of letters, digits, dots, dashes and slashes")
    return name


def _absent(file_name: str) -> Problem:
    return Problem("This project has no file “{file}” yet.", "Go back to the step that makes it.", file=file_name)
