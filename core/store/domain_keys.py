"""Keys that several projects share, so that files made in one can be joined with those of another by who may.

A key belongs to who made it and may be used by those they named: everybody of the department, or single people. It
has versions, and each can be destroyed. Keys lie in the vault, each in a folder with a key of its own, never in the
database and never in a log; what is listed are names, versions and people.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from core.problem import Problem
from core.store.atomic import locked, overwrite_and_remove, write_atomically
from core.store.ground import Ground
from core.store.records import Actor

SHARED = "shared-"
"""What the name of every such key begins with: `key: shared-health` is one, `key: health` is the project's own."""
_NAME = re.compile(r"shared-[a-z0-9][a-z0-9-]{0,39}")
_FILE, _NEXT = "shared-key", "shared-key-next"


@dataclass(frozen=True)
class DomainKey:
    """A shared key, without its bytes.

    version    of the current key; 0 once it was destroyed and not rotated since
    versions   those still held, with which codes can be checked or turned back
    destroyed  those destroyed: what they made is one-way
    everyone   all of the owner's department may use it; else `people` and the owner
    """

    name: str
    owner: str
    department: str
    everyone: bool
    people: tuple[str, ...]
    version: int
    versions: tuple[int, ...]
    destroyed: tuple[int, ...]
    created: datetime


@dataclass(frozen=True)
class KeyMaterial:
    """The bytes of a shared key, for the moment in which a step needs them; `repr` shows none."""

    keys: Mapping[int, bytes] = field(repr=False)
    version: int
    destroyed: tuple[int, ...]


class DomainKeys(Ground):
    def create_domain_key(
        self, actor: Actor, name: str, people: Iterable[str] = (), everyone: bool = False
    ) -> DomainKey:
        """A new key of 256 bits, the actor's; a Problem if the name does not fit or is taken in the department."""
        if not _NAME.fullmatch(name):
            raise Problem(
                "“{key}” cannot be the name of a shared key.",
                "Begin with “shared-” and use small letters, digits and dashes.",
                key=name[:60],
            )
        with self._alone():
            if self._held(actor.department, name) is not None:
                raise Problem(
                    "There is a shared key of that name already.",
                    "Choose another name, or ask its owner to share it with you.",
                )
            self.vault.create(_folder_id(actor.department, name))
            plain = {
                "name": name, "owner": actor.user, "department": actor.department, "everyone": everyone,
                "people": sorted(set(people)), "version": 1, "keys": {"1": secrets.token_hex(32)}, "destroyed": [],
                "created": self.clock().isoformat(),
            }  # fmt: skip
            self._keep(plain)
        self.note_event(actor, None, "domain_key_created", key=name)
        return _record(plain)

    def domain_keys(self, actor: Actor) -> tuple[DomainKey, ...]:
        """The shared keys this actor may use, by name."""
        folders = (self.settings.data / "projects").glob(f"{_ID}*")
        found = [self._read(folder) for folder in folders]
        return tuple(
            sorted((_record(p) for p in found if p is not None and _may_use(actor, p)), key=lambda k: k.name)
        )

    def domain_key_material(self, actor: Actor, name: str) -> KeyMaterial:
        """The bytes, for a step about to run; a Problem if there is no such key for this actor. Leaves an event."""
        plain = self._mine(actor, name, owner=False)
        self.note_event(actor, None, "domain_key_used", key=name, version=plain["version"])
        keys = {int(v): bytes.fromhex(k) for v, k in plain["keys"].items()}
        return KeyMaterial(keys, plain["version"], tuple(plain["destroyed"]))

    def share_domain_key(self, actor: Actor, name: str, people: Iterable[str], everyone: bool) -> DomainKey:
        """Who else may use it. Only the owner says so; codes made before stay as they are."""
        named = sorted(set(people))
        return self._change(
            actor, name, "domain_key_shared", lambda plain: {**plain, "people": named, "everyone": everyone}
        )

    def rotate_domain_key(self, actor: Actor, name: str) -> DomainKey:
        """A new version for files to come; the old ones stay until they are destroyed."""

        def rotated(plain: dict[str, Any]) -> dict[str, Any]:
            version = max([int(v) for v in plain["keys"]] + plain["destroyed"]) + 1
            keys = {**plain["keys"], str(version): secrets.token_hex(32)}
            return {**plain, "version": version, "keys": keys}

        return self._change(actor, name, "domain_key_rotated", rotated)

    def destroy_domain_key(self, actor: Actor, name: str, version: int) -> DomainKey:
        """Destroy one version for good: its tokens become one-way, and its encrypted numbers cannot be turned back."""

        def without(plain: dict[str, Any]) -> dict[str, Any]:
            if str(version) not in plain["keys"]:
                raise Problem("There is no version {version} of this key.", "Look at the list.", version=version)
            keys = {v: k for v, k in plain["keys"].items() if v != str(version)}
            current = 0 if plain["version"] == version else plain["version"]
            return {**plain, "keys": keys, "version": current, "destroyed": sorted([*plain["destroyed"], version])}

        return self._change(actor, name, "domain_key_destroyed", without, version=version)

    def _change(
        self, actor: Actor, name: str, what: str, change: Callable[[dict[str, Any]], dict[str, Any]], **facts: Any
    ) -> DomainKey:
        with self._alone():
            plain = change(self._mine(actor, name, owner=True))
            self._keep(plain)
        self.note_event(actor, None, what, key=name, **facts)
        return _record(plain)

    def _mine(self, actor: Actor, name: str, owner: bool) -> dict[str, Any]:
        """What is held under this name, if the actor may use (or, `owner`, change) it; else a Problem."""
        plain = self._held(actor.department, name)
        if plain is None or not _may_use(actor, plain):
            raise Problem(
                "There is no shared key “{key}” that you may use.",
                "Ask its owner to share it with you, or make one on the page of keys.",
                key=name[:60],
            )
        if owner and plain["owner"] != actor.user:
            raise Problem("This key belongs to somebody else.", "Ask {owner} to change it.", owner=plain["owner"])
        return plain

    def _held(self, department: str, name: str) -> dict[str, Any] | None:
        return self._read(self.settings.data / "projects" / _folder_id(department, name))

    def _read(self, folder: Path) -> dict[str, Any] | None:
        for file in (_FILE, _NEXT):  # the second only where a crash came between destroying the old and renaming
            with contextlib.suppress(FileNotFoundError):
                sealed = (folder / file).read_bytes()
                return dict(json.loads(self.vault.open_record(folder.name, _FILE, sealed)))
        return None

    def _keep(self, plain: Mapping[str, Any]) -> None:
        folder = self.settings.data / "projects" / _folder_id(plain["department"], plain["name"])
        write_atomically(folder / _NEXT, self.vault.seal_record(folder.name, _FILE, json.dumps(plain).encode()))
        overwrite_and_remove(folder / _FILE)  # the folder's own key lives on, so a destroyed one must not lie there
        (folder / _NEXT).replace(folder / _FILE)

    def _alone(self) -> contextlib.AbstractContextManager[None]:
        return locked(self.settings.data / "domain-keys.lock")


_ID = "domain-key-"


def _folder_id(department: str, name: str) -> str:
    """Names are free text of a department; the folder shows neither."""
    return _ID + hashlib.sha256(f"{department}\0{name}".encode()).hexdigest()[:32]


def _may_use(actor: Actor, plain: Mapping[str, Any]) -> bool:
    here = actor.department == plain["department"]
    return here and (plain["everyone"] or actor.user == plain["owner"] or actor.user in plain["people"])


def _record(plain: Mapping[str, Any]) -> DomainKey:
    versions = tuple(sorted(int(v) for v in plain["keys"]))
    return DomainKey(
        plain["name"], plain["owner"], plain["department"], plain["everyone"], tuple(plain["people"]),
        plain["version"], versions, tuple(plain["destroyed"]), datetime.fromisoformat(plain["created"]),
    )  # fmt: skip
