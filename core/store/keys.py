"""The master key: a small file outside the data folder that wraps every project's own key.

A project's key is 32 random bytes, kept beside the project's files, encrypted with the master key (AES-256-GCM, the
project's id bound in). Losing the master key loses every project; destroying a project's key destroys that project.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.problem import Problem
from core.store.atomic import write_atomically

_HEAD = """# Master key of the Anonymisation Studio. Whoever has it and the data folder can read every project;
# without it nobody can, and nothing can bring it back. Keep a copy away from the data folder.
"""
_MAGIC = b"ASKEYv1\n"
_ID, _NONCE, _KEY, _TAG = 8, 12, 32, 16


@dataclass(frozen=True)
class MasterKey:
    """256 bits, and an id that tells which key it is and nothing else."""

    key: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        return hashlib.sha256(b"anonymisation-studio master key id\0" + self.key).digest()[:_ID]

    def line(self) -> str:
        """One line of the key file; the id in front shows a slip of the pen in a copy."""
        return f"{self.id.hex()} {base64.b64encode(self.key).decode()}"

    @staticmethod
    def of_line(line: str) -> MasterKey | None:
        name, _, text = line.partition(" ")
        try:
            found = MasterKey(base64.b64decode(text.strip(), validate=True))
        except (binascii.Error, ValueError):
            return None
        return found if len(found.key) == _KEY and found.id.hex() == name else None


@dataclass(frozen=True)
class KeyRing:
    """The current master key first; while a rotation is under way, the one before it too."""

    keys: tuple[MasterKey, ...] = field(repr=False)

    @property
    def current(self) -> MasterKey:
        return self.keys[0]

    def wrap(self, project_id: str, data_key: bytes) -> bytes:
        """The project's key encrypted: magic, id of the master key, nonce, ciphertext and tag."""
        front = _MAGIC + self.current.id
        nonce = secrets.token_bytes(_NONCE)
        return front + nonce + AESGCM(self.current.key).encrypt(nonce, data_key, front + project_id.encode())

    def unwrap(self, project_id: str, wrapped: bytes) -> bytes:
        """The project's key; a Problem if it was changed or belongs to another master key."""
        front, rest = wrapped[: len(_MAGIC) + _ID], wrapped[len(_MAGIC) + _ID :]
        if not front.startswith(_MAGIC) or len(rest) != _NONCE + _KEY + _TAG:
            raise _damaged()
        for master in self.keys:
            if master.id == front[len(_MAGIC) :]:
                try:
                    return AESGCM(master.key).decrypt(rest[:_NONCE], rest[_NONCE:], front + project_id.encode())
                except InvalidTag:
                    raise _damaged() from None
        raise Problem(
            "This project was encrypted with another master key than the one in use.",
            "Put the right master key file in place (see docs/storage.md). Nothing was changed.",
        )


def load(path: Path) -> KeyRing:
    """The master keys in the file; a Problem if it is missing, readable by others, or not a key file."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise lost(path) from None
    except (OSError, UnicodeDecodeError):
        raise _unreadable(path) from None
    if stat.S_IMODE(mode) & 0o077:
        raise Problem(
            "Other users of this machine can open the master key file {path}.",
            "Make it private: chmod 600 {path}", path=path,
        )
    found = [MasterKey.of_line(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    keys = tuple(key for key in found if key)
    if not keys or len(keys) != len(found):
        raise _unreadable(path)
    return KeyRing(keys)


def save(path: Path, ring: KeyRing) -> None:
    """Write the key file (mode 0600), the old one staying whole until the new one is on disk."""
    write_atomically(path, _text(ring), 0o600)


def create(path: Path) -> KeyRing:
    """A new master key. Where two processes create it at once, both end up with the same one."""
    ring = KeyRing((MasterKey(secrets.token_bytes(_KEY)),))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        write_atomically(part, _text(ring), 0o600)
        try:
            with contextlib.suppress(FileExistsError):
                os.link(part, path)  # unlike rename, never replaces a key that is already there
        finally:
            part.unlink()
    except OSError:
        raise Problem("The master key file {path} cannot be written.",
                      "Choose another place with STUDIO_MASTER_KEY_FILE.", path=path) from None
    return load(path)


def lost(path: Path) -> Problem:
    return Problem(
        "The master key is missing: there is no file {path}, yet there is encrypted data.",
        "Put your copy of the master key back there, or name its place in STUDIO_MASTER_KEY_FILE. "
        "Without the key the stored projects cannot be read by anyone. "
        "To start afresh, move the data folder away.", path=path,
    )


def _text(ring: KeyRing) -> bytes:
    return (_HEAD + "".join(key.line() + "\n" for key in ring.keys)).encode("ascii")


def _unreadable(path: Path) -> Problem:
    return Problem("{path} is not a master key file, or a copy of one with a slip in it.",
                   "Put your copy of the master key back in its place.", path=path)


def _damaged() -> Problem:
    return Problem("This project's key is damaged.",
                   "Restore the data folder from a backup. Without its key the project cannot be read.")
