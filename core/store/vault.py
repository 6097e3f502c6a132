"""The vault: every file of every project, encrypted at rest.

data/
  master-key-id            which master key this folder belongs to (no secret)
  projects/<project id>/
    key                    the project's own key, wrapped by the master key
    <32 hex digits>        one encrypted file each; its name is in the database
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.problem import Problem
from core.store import keys
from core.store.atomic import locked, overwrite_and_remove, sync_folder, write_atomically
from core.store.sealed import FILE_ID, SealedReader, damaged, derive, seal

_NONCE = 12
_DAY = 24 * 3600


class Vault:
    """Encrypted files and records of projects. It knows nothing of who may see them: the store asks that first."""

    def __init__(self, folder: Path, master_key_file: Path) -> None:
        """Open the vault; the first time in an empty folder, make its master key. Problems: see `keys`."""
        self.folder, self.master_key_file = folder, master_key_file
        if master_key_file.resolve().is_relative_to(folder.resolve()):
            raise Problem(
                "The master key file lies inside the data folder: whoever copies the folder could read everything.",
                "Choose a place outside {folder} with STUDIO_MASTER_KEY_FILE.", folder=folder,
            )
        try:
            for made in (folder, folder / "projects"):
                made.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._alone():
                self._meet_master_key()
                self._sweep()
        except OSError:
            raise Problem("The data folder {folder} cannot be used.",
                          "Check that it exists, that it belongs to you and that the disk is not full.",
                          folder=folder) from None

    # -- projects

    def create(self, project_id: str) -> None:
        """A folder and a new key for a project."""
        folder = self._project(project_id)
        with self._alone():
            folder.mkdir(mode=0o700)
            wrapped = keys.load(self.master_key_file).wrap(project_id, secrets.token_bytes(32))
            write_atomically(folder / "key", wrapped)
        sync_folder(folder.parent)

    def destroy(self, project_id: str) -> None:
        """Destroy the project's key first, then remove its files: from the first moment on nobody can read them."""
        folder = self._project(project_id)
        overwrite_and_remove(folder / "key")
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder)
        sync_folder(folder.parent)

    def rotate(self) -> tuple[int, int]:
        """Replace the master key: wrap every project's key anew.

        Returns the number of projects, and of those whose own key is damaged: they are left as they are.
        Until the last one is done the key file holds both keys, so that a crash in between loses nothing;
        the next call finishes what was begun (with one more new key).
        """
        with self._alone():
            before = keys.load(self.master_key_file)
            ring = keys.KeyRing((keys.MasterKey(secrets.token_bytes(32)), *before.keys))
            keys.save(self.master_key_file, ring)
            done = skipped = 0
            for path in sorted((self.folder / "projects").glob("*/key")):
                try:
                    data_key = ring.unwrap(path.parent.name, path.read_bytes())
                except Problem:
                    skipped += 1
                    continue
                write_atomically(path, ring.wrap(path.parent.name, data_key))
                done += 1
            write_atomically(self._marker, ring.current.id.hex().encode())
            keys.save(self.master_key_file, keys.KeyRing((ring.current,)))
        return done, skipped

    # -- files

    def put(self, project_id: str, name: str, data: bytes | BinaryIO | Path) -> tuple[str, int]:
        """Encrypt and store. Returns (what it is stored as, plain bytes); it counts only once the database says so."""
        file_id = secrets.token_bytes(FILE_ID)
        path = self._project(project_id) / file_id.hex()
        key, part = self._key(project_id), path.with_suffix(".part")
        try:
            at = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(at, "wb") as target, _source(data) as source:
                size = seal(key, _context(project_id, name), file_id, source, target)
                target.flush()
                os.fsync(target.fileno())
            part.replace(path)
            sync_folder(path.parent)
        except BaseException as error:
            part.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise Problem("The file could not be stored.",
                              "Check that the disk is not full, and try again.") from None
            raise
        return file_id.hex(), size

    def open(self, project_id: str, name: str, stored_as: str) -> io.BufferedReader:
        """The plain bytes as a seekable stream that decrypts chunk by chunk."""
        key = self._key(project_id)
        try:
            file = (self._project(project_id) / stored_as).open("rb")
        except OSError:
            raise damaged() from None
        try:
            return io.BufferedReader(
                SealedReader(file, key, _context(project_id, name), bytes.fromhex(stored_as)), 1 << 16
            )
        except BaseException:
            file.close()
            raise

    def discard(self, project_id: str, stored_as: str, secret: bool = False) -> None:
        """Remove a file; the file of a secret is overwritten first, since its key lives on."""
        path = self._project(project_id) / stored_as
        if secret:
            overwrite_and_remove(path)
        else:
            path.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            sync_folder(path.parent)

    # -- records: small encrypted pieces that the database holds

    def seal_record(self, project_id: str, what: str, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        cipher = AESGCM(derive(self._key(project_id), b"record"))
        return nonce + cipher.encrypt(nonce, plain, _context(project_id, what))

    def open_record(self, project_id: str, what: str, sealed: bytes) -> bytes:
        cipher = AESGCM(derive(self._key(project_id), b"record"))
        try:
            return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _context(project_id, what))
        except (InvalidTag, ValueError):
            raise damaged() from None

    # -- within

    @property
    def _marker(self) -> Path:
        return self.folder / "master-key-id"

    def _alone(self) -> contextlib.AbstractContextManager[None]:
        # Never two at once: a key wrapped by the old master key while it is being replaced would be lost.
        return locked(self.folder / "vault.lock")

    def _meet_master_key(self) -> None:
        if not self._marker.exists() and not any((self.folder / "projects").iterdir()):
            path = self.master_key_file
            ring = keys.load(path) if path.exists() else keys.create(path)
            write_atomically(self._marker, ring.current.id.hex().encode())
            return
        ring = keys.load(self.master_key_file)
        marker = self._marker.read_text("ascii").strip() if self._marker.exists() else ""
        if marker and marker not in {key.id.hex() for key in ring.keys}:
            raise Problem(
                "The master key {path} does not belong to the data folder {folder}.",
                "Put the right master key file in place, or choose the data folder that belongs to it.",
                path=self.master_key_file, folder=self.folder,
            )

    def _key(self, project_id: str) -> bytes:
        """The project's key, read anew each time: a destroyed key is gone at once, a rotated one is followed."""
        path = self._project(project_id) / "key"
        for attempt in (1, 2):
            try:
                ring = keys.load(self.master_key_file)
                return ring.unwrap(project_id, path.read_bytes())
            except FileNotFoundError:
                break
            except Problem:
                if attempt == 2:  # once more: the master key may just have been rotated between the two reads
                    raise
        raise Problem("This project's key is gone: its files cannot be read any more.",
                      "Delete the project, or restore the data folder from a backup.")

    def _project(self, project_id: str) -> Path:
        if not project_id or not all(c.isascii() and (c.isalnum() or c in "-_") for c in project_id):
            raise ValueError("no project id")
        return self.folder / "projects" / project_id

    def _sweep(self) -> None:
        """Remove what a crash left half written, if it is older than a day."""
        for part in (self.folder / "projects").glob("*/*.part"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > _DAY:
                    part.unlink()


def _context(project_id: str, name: str) -> bytes:
    return f"{project_id}\0{name}".encode()


@contextlib.contextmanager
def _source(data: bytes | BinaryIO | Path) -> Iterator[BinaryIO]:
    if isinstance(data, Path):
        with data.open("rb") as file:
            yield file
    elif isinstance(data, (bytes, bytearray, memoryview)):
        yield io.BytesIO(data)
    else:
        yield data


