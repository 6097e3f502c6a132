"""Held: a file that an attacker has, read like the original, its columns matched to the original's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.problem import Problem, near
from core.table import Column, Table


def matched(held: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """The original's column -> the file's, where the names are the same but for case, spaces, dashes and underscores.

    A name that two columns of the file would fit is left to the person.
    """
    places: dict[str, list[str]] = {}
    for name in held:
        places.setdefault(_plain(name), []).append(name)
    return {name: found[0] for name in names if len(found := places.get(_plain(name), [])) == 1}


def like_original(
    typed: Table, as_text: Table, original: Table, columns: Mapping[str, str] | None = None,
) -> Table:
    """The file with the original's names; a column is read as a number or date where the original's is one.

    typed, as_text  the file with proposed kinds, and its cells exactly as they stand
    columns         the original's column -> the file's, as a person matched them; None: by their names
    """
    chosen = matched(as_text.names, original.names) if columns is None else dict(columns)
    for name, theirs in chosen.items():
        if name not in original.columns or theirs not in as_text.columns:
            known = as_text.names if name in original.columns else original.names
            raise Problem("There is no column “{name}” to match.", "Check the spelling. {hint}",
                          name=theirs if name in original.columns else name,
                          hint=near(theirs if name in original.columns else name, known))
    found: dict[str, Column] = {}
    for name, theirs in chosen.items():
        kind = original[name].kind
        found[name] = typed[theirs] if typed[theirs].kind == kind else as_text[theirs]
    used = set(chosen.values())
    found |= {name: as_text[name] for name in as_text.names if name not in used and name not in found}
    return Table(found, {}, None)


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum()) or name
