"""Secrets: the seed and keys a recipe names by id. They live in the vault, or in a file the user keeps."""

from __future__ import annotations

import re
import secrets as system
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from core.problem import Problem, near

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Secrets:
    """A seed of 128 bits and named keys of 32 bytes; `repr` shows neither.

    A published seed undoes noise, swaps and row order; a published key turns tokens back into names.
    """

    id: str
    seed: int = field(repr=False)
    keys: Mapping[str, bytes] = field(repr=False)
    fresh: bool = False
    """True: drawn for this run and thrown away after it; keys are then made as they are asked for."""

    @staticmethod
    def draw(key_names: tuple[str, ...] = ("default",), fresh: bool = False) -> Secrets:
        """New secrets from the operating system."""
        return Secrets(
            id=system.token_hex(8),
            seed=system.randbits(128),
            keys={name: system.token_bytes(32) for name in key_names},
            fresh=fresh,
        )

    def key(self, name: str) -> bytes:
        if name not in self.keys:
            raise Problem(
                "The secrets hold no key called “{key}”.",
                "Add the key, or use another name. {hint}",
                key=name,
                hint=near(name, self.keys),
            )
        return self.keys[name]

    def with_key(self, name: str) -> Secrets:
        """The same secrets with one more key, drawn now; an existing key stays."""
        if not _NAME.fullmatch(name):
            raise Problem(
                "“{key}” cannot be the name of a key.", "Use small letters, digits, dots and dashes.", key=name[:60]
            )
        return self if name in self.keys else Secrets(self.id, self.seed, {**self.keys, name: system.token_bytes(32)})

    def to_yaml(self) -> str:
        plain = {"id": self.id, "seed": f"{self.seed:032x}", "keys": {n: k.hex() for n, k in self.keys.items()}}
        return yaml.safe_dump(plain, sort_keys=False)

    @staticmethod
    def from_yaml(text: str) -> Secrets:
        """Secrets as `to_yaml` wrote them; a Problem, quoting nothing, if the text is anything else."""
        try:
            plain = yaml.safe_load(text)
            keys = {str(n): bytes.fromhex(k) for n, k in (plain.get("keys") or {}).items()}
            found = Secrets(str(plain["id"]), int(str(plain["seed"]), 16), keys)
            fits = all(len(k) == 32 for k in keys.values()) and 0 <= found.seed < 2**128
        except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError):
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
