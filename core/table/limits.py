"""How much a file may ask of the machine. Every limit is a setting, and named in the message that uses it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


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
    def of(plain: dict[str, Any]) -> Limits:
        return Limits(**{f.name: plain[f.name] for f in fields(Limits) if f.name in plain})
