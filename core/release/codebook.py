"""The codebook that goes with a release: every column's kind, role, labels, and what was done to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.language import translate
from core.table import Kind, Role, Table

if TYPE_CHECKING:
    from core.protect.method import Method

ROLE_NAMES: dict[Role, str] = {
    "direct_identifier": "names a person", "quasi_identifier": "could be known about a person",
    "sensitive": "secret", "weight": "sample weight", "household": "household", "stratum": "stratum",
    "keep": "other", "drop": "left out",
}


@dataclass(frozen=True)
class Entry:
    """One column of the release, or of the original that is no longer there (`kept` False).

    filled      cells that are neither missing nor suppressed
    different   how many different values they hold
    done        what was done to it, in words, in order
    labels      value -> label, as the file brought them, for values that still occur
    description the column's long name or question, as the file brought it; only of columns that are in the release
    """

    name: str
    kind: Kind
    role: Role
    kept: bool
    filled: int = 0
    missing: int = 0
    suppressed: int = 0
    different: int = 0
    done: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    description: str = ""


def codebook(released: Table, original: Table | None = None, steps: Sequence[Method] = ()) -> tuple[Entry, ...]:
    """An entry for each column of the release in file order, then for those of the original that are gone.

    Roles are the original's. Steps are named in words; they hold settings, never cells.
    """
    roles = (original or released).role
    touched = [(f"{i}. {step.in_words()}", _touches(step, original)) for i, step in enumerate(steps, 1)]
    done = {name: tuple(said for said, names in touched if name in names)
            for name in [*released.names, *(original.names if original else ())]}
    entries = [_entry(released, name, roles(name), done[name]) for name in released.names]
    for name in original.names if original else ():
        if name not in released.columns:
            entries.append(Entry(name, original.columns[name].kind, roles(name), False,  # type: ignore[union-attr]
                                 done=done[name]))
    return tuple(entries)


def _touches(step: Method, original: Table | None) -> tuple[str, ...]:
    """The columns a step names; one that names none works on the quasi-identifiers (k-anonymity does)."""
    from core.protect.method import columns_named

    named = columns_named(step)
    return named or (original.having("quasi_identifier") if original is not None else ())


def _entry(table: Table, name: str, role: Role, done: tuple[str, ...]) -> Entry:
    column = table.columns[name]
    missing, suppressed = int(column.missing.sum()), int(column.suppressed.sum())
    occurring = set(column.values.to_pylist())
    return Entry(
        name, column.kind, role, True, len(column) - missing - suppressed, missing, suppressed,
        len(column.values) - bool(suppressed), done,
        {value: label for value, label in column.labels.items() if value in occurring}, column.description)


HEADER = ("column", "kind", "role", "in the release", "filled", "missing", "suppressed", "different values",
          "what was done", "labels", "description")


def rows(entries: Sequence[Entry]) -> list[tuple[Any, ...]]:
    """The entries as rows under HEADER."""
    return [(e.name, e.kind, translate(ROLE_NAMES[e.role]), translate("yes") if e.kept else translate("no"),
             e.filled, e.missing, e.suppressed, e.different, "; ".join(e.done),
             "; ".join(f"{v} = {label}" for v, label in e.labels.items()), e.description) for e in entries]


def to_csv(entries: Sequence[Entry]) -> bytes:
    """The codebook as CSV (UTF-8 with a byte order mark, every cell quoted, formula-like texts made harmless)."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines.writerow([translate(h) for h in HEADER])
    lines.writerows([_harmless(cell) for cell in row] for row in rows(entries))
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> str:
    from core.table.writing import looks_like_a_formula

    shown = str(cell)
    return "'" + shown if looks_like_a_formula(shown) else shown
