"""Secrets: the seed and keys a recipe names by id. They live in the vault, or in a file the user keeps."""

from __future__ import annotations

import hmac
import re
import secrets as system
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from core.problem import Problem, near

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
VERSIONED = re.compile(r"(?P<name>[a-z0-9][a-z0-9_-]{0,63})\.v(?P<version>[1-9][0-9]{0,5})")
"""The full name of a key: default.v1."""


@dataclass(frozen=True)
class Secrets:
    """A seed of 128 bits and named keys of 32 bytes; `repr` shows neither.

    A published seed undoes noise, swaps and row order; a published key turns tokens back into names.

    keys       name -> the current key; "name.vN" -> an earlier version kept to read old tokens
    versions   name -> version of the current key, where it is not 1
    destroyed  "name.vN" of keys destroyed on purpose: what they made is one-way from then on
    """

    id: str
    seed: int = field(repr=False)
    keys: Mapping[str, bytes] = field(repr=False)
    fresh: bool = False
    """True: drawn for this run and thrown away after it; keys are then made as they are asked for."""
    versions: Mapping[str, int] = field(default_factory=dict)
    destroyed: tuple[str, ...] = ()

    @staticmethod
    def draw(key_names: tuple[str, ...] = ("default",), fresh: bool = False) -> Secrets:
        """New secrets from the operating system."""
        return Secrets(
            id=system.token_hex(8),
            seed=system.randbits(128),
            keys={name: system.token_bytes(32) for name in dict.fromkeys(("default", *key_names))},
            fresh=fresh,
        )

    def versioned(self, name: str) -> str:
        """The key's full name with its version: "default" -> "default.v1"."""
        return name if VERSIONED.fullmatch(name) else f"{name}.v{self.versions.get(name, 1)}"

    def key(self, name: str) -> bytes:
        """The current key of that name, or the version asked for as "name.vN"; a Problem if it is not held."""
        pinned = VERSIONED.fullmatch(name)
        plain = pinned["name"] if pinned and int(pinned["version"]) == self.versions.get(pinned["name"], 1) else name
        if plain in self.keys:
            return self.keys[plain]
        if self.versioned(name) in self.destroyed:
            raise Problem(
                "The key “{key}” was destroyed.",
                "What was made with it can no longer be turned back. Use another key for new files.",
                key=name,
            )
        if self.fresh:  # derived, so that steps sharing a name share a key although nothing is kept
            return hmac.digest(self.keys["default"], b"key:" + name.encode(), "sha256")
        raise Problem(
            "The secrets hold no key called “{key}”.",
            "Add the key, or use another name. {hint}",
            key=name[:60],
            hint=near(name, self.keys),
        )

    def with_key(self, name: str) -> Secrets:
        """The same secrets with one more key, drawn now; an existing key stays."""
        if not _NAME.fullmatch(name):
            raise Problem(
                "“{key}” cannot be the name of a key.", "Use small letters, digits and dashes.", key=name[:60]
            )
        if name in self.keys:
            return self
        gone = any(d.rpartition(".v")[0] == name for d in self.destroyed)
        fresh_version = {name: self._last_version(name) + 1} if gone else {}
        return replace(
            self, keys={**self.keys, name: system.token_bytes(32)}, versions={**self.versions, **fresh_version}
        )

    def with_shared(
        self, name: str, keys: Mapping[int, bytes], version: int, destroyed: tuple[int, ...] = ()
    ) -> Secrets:
        """The same secrets with a key that other projects have too, in all its versions.

        version  the one new codes are made with; 0: that one was destroyed, and asking for the key is a Problem
        """
        old = {f"{name}.v{v}": key for v, key in keys.items() if v != version}
        current = {name: keys[version]} if version else {}
        last = version or max(destroyed, default=1)
        gone = tuple(f"{name}.v{v}" for v in destroyed)
        return replace(
            self,
            keys={**self.keys, **old, **current},
            versions={**self.versions, name: last},
            destroyed=tuple(dict.fromkeys((*self.destroyed, *gone))),
        )

    def rotate(self, name: str) -> Secrets:
        """A new version of a key for files to come; the old version stays readable as "name.vN" until destroyed."""
        old = self.key(name)
        if VERSIONED.fullmatch(name):
            raise Problem("“{key}” is a version of a key.", "Rotate the key by its plain name.", key=name)
        return replace(
            self,
            keys={**self.keys, self.versioned(name): old, name: system.token_bytes(32)},
            versions={**self.versions, name: self._last_version(name) + 1},
        )

    def destroy(self, name: str) -> Secrets:
        """The same secrets without one key (or version): what it made is one-way from then on."""
        self.key(name)
        full = self.versioned(name)
        plain, _, version = full.rpartition(".v")
        current = int(version) == self.versions.get(plain, 1) and plain in self.keys
        return replace(
            self,
            keys={n: k for n, k in self.keys.items() if n != (plain if current else full)},
            destroyed=(*self.destroyed, full),
        )

    def _last_version(self, name: str) -> int:
        destroyed = [int(d.rpartition(".v")[2]) for d in self.destroyed if d.rpartition(".v")[0] == name]
        return max([self.versions.get(name, 1), *destroyed])

    def to_yaml(self) -> str:
        plain = {"id": self.id, "seed": f"{self.seed:032x}", "keys": {n: k.hex() for n, k in self.keys.items()}}
        if self.versions:
            plain["versions"] = dict(self.versions)
        if self.destroyed:
            plain["destroyed"] = list(self.destroyed)
        return yaml.safe_dump(plain, sort_keys=False)

    @staticmethod
    def from_yaml(text: str) -> Secrets:
        """Secrets as `to_yaml` wrote them; a Problem, quoting nothing, if the text is anything else."""
        try:
            plain = yaml.load(text, yaml.BaseLoader)  # noqa: S506  # every scalar is text: hex digits alone are no number
            keys = {str(n): bytes.fromhex(k) for n, k in (plain.get("keys") or {}).items()}
            versions = {str(n): int(v) for n, v in (plain.get("versions") or {}).items()}
            destroyed = tuple(str(d) for d in plain.get("destroyed") or ())
            found = Secrets(str(plain["id"]), int(plain["seed"], 16), keys, versions=versions, destroyed=destroyed)
            known = {"id", "seed", "keys", "versions", "destroyed"}
            fits = all(len(k) == 32 for k in keys.values()) and 0 <= found.seed < 2**128 and set(plain) <= known
        except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
            fits = False
        if not fits:
            raise Problem(
                "The secrets file cannot be read.",
                "It needs the lines id, seed (32 hexadecimal digits) and keys (name: 64 hexadecimal digits). "
                "Make one with `python -m core secrets --out FILE`.",
            )
        return found

    @staticmethod
    def load(path: Path) -> Secrets:
        try:
            return Secrets.from_yaml(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            pass
        raise Problem("The secrets file cannot be opened.", "Check the path and that it is a text file.")
