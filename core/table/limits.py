"""How much a file may ask of the machine. Every limit is a setting, and named in the message that uses it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.problem import Problem, near

SETTING = "STUDIO_LIMIT_"
"""Environment variables that set a limit for everybody: STUDIO_LIMIT_MEMORY=8GiB, STUDIO_LIMIT_SECONDS=600."""
SIZES = {"": 1, "k": 10**3, "kib": 2**10, "m": 10**6, "mib": 2**20, "g": 10**9, "gib": 2**30}


@dataclass(frozen=True)
class Limits:
    """What reading one file may cost; beyond it the file is refused with the limit's name.

    seconds        wall time of the reading child
    memory         address space of the reading child, bytes
    file_bytes     size of the file, bytes
    unpacked_bytes bytes that a zip (or workbook) may unpack to, together
    ratio          how many times larger than packed one entry may become (entries of over 10 MB)
    entries        entries of a zip
    rows           rows of a table
    columns        columns of a table
    cells          cells of a worksheet's used area, filled or not
    cell_chars     characters of one cell
    depth          how deep JSON may nest
    name_chars     characters of a column name
    """

    seconds: float = 300.0
    memory: int = 4 * 2**30
    file_bytes: int = 4 * 2**30
    unpacked_bytes: int = 3 * 2**30
    ratio: int = 400
    entries: int = 5_000
    rows: int = 50_000_000
    columns: int = 10_000
    cells: int = 60_000_000
    cell_chars: int = 1_000_000
    depth: int = 60
    name_chars: int = 120

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def configured(environment: Mapping[str, str] | None = None) -> Limits:
        """The limits that whoever runs the program has set, the defaults for the others."""
        known = os.environ if environment is None else environment
        given = {f.name: known[SETTING + f.name.upper()] for f in fields(Limits) if SETTING + f.name.upper() in known}
        return Limits().with_settings(given)

    def with_settings(self, given: Mapping[str, str]) -> Limits:
        """The limits with some of them replaced: {"memory": "8GiB", "rows": "2000000"}; a Problem for what is none."""
        new: dict[str, Any] = {}
        for name, text in given.items():
            if name not in self.as_dict():
                raise Problem("There is no limit “{name}”.", "Check the spelling. {hint}", name=name[:40],
                              hint=near(name, self.as_dict()))  # fmt: skip
            number = _size(text)
            if number is None or number <= 0:
                raise Problem("The limit “{name}” is no number above 0.", "Write 600, 2000000 or 8GiB.", name=name)
            new[name] = number if name == "seconds" else int(number)
        return replace(self, **new)

    @staticmethod
    def of(plain: dict[str, Any]) -> Limits:
        return Limits(**{f.name: plain[f.name] for f in fields(Limits) if f.name in plain})


def _size(text: str) -> float | None:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", text.strip().lower().removesuffix("bytes"))
    unit = found[2] if found else ""
    unit = unit if unit in SIZES else unit.removesuffix("b")
    return float(found[1]) * SIZES[unit] if found and unit in SIZES else None
