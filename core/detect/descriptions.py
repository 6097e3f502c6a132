"""What a file itself says a column is about: SPSS and Stata keep a long name or question beside a short code."""

from __future__ import annotations

from collections.abc import Mapping

from core.detect import headers
from core.detect.headers import Match
from core.table import Column, Table

LONGEST = 8
"""Words of a description that can still be a name; longer ones are questions that mention many things."""
KNOWN = 0.7
"""How strongly a header must match to stand for itself."""


def described(read: Mapping[str, str], table: Table) -> dict[str, str]:
    """header -> how it is read: by the description where the header is a code that says nothing (v101, q4a, hv024)."""
    return {name: _told(text, table[name].description) for name, text in read.items()}


def matched(text: str, column: Column) -> Match | None:
    """What a header, as it is read, speaks of."""
    found = headers.match(text)
    return found._replace(where="description") if found is not None and text == column.description else found


def _told(header: str, description: str) -> str:
    known = headers.match(header)
    if not 0 < len(headers.tokens(description)) <= LONGEST or (known is not None and known.strength >= KNOWN):
        return header
    found = headers.match(description)
    return description if found is not None and found.strength >= KNOWN else header
