"""What a column has to do with others in the same row: names that stand in an e-mail address, user names of names."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from core.detect import headers
from core.detect.entities import Entity
from core.detect.shapes import logins
from core.detect.votes import ROWS, Judged, Vote
from core.table import Table


def mailed(table: Table, judged: Mapping[str, Judged]) -> None:
    """Words that stand in the e-mail address of the same row are the person's name (or user name)."""
    mails = next((name for name, one in judged.items() if one.best() == "EMAIL_ADDRESS"), None)
    if mails is None:
        return
    first = table[mails].take(np.arange(min(table.rows, ROWS)))
    locals_ = [headers.plain((t or "").partition("@")[0]) for t in first.texts()]
    for name, one in judged.items():
        surely = one.match is not None and one.match.strength >= 0.7 and not one.match.concept.entity.startswith("?")
        if name == mails or surely or one.look.has_letter < 0.7 or not 0 < one.look.words <= 4:
            continue
        if one.features["at"] > 0.3 or one.look.unique < 0.2:
            continue
        cells = table[name].take(np.arange(min(table.rows, ROWS))).texts()
        both = [(headers.plain(c), mail) for c, mail in zip(cells, locals_, strict=True) if c and mail]
        share = sum(_in_mail(cell, mail) for cell, mail in both) / len(both) if len(both) >= 3 else 0.0
        if share < 0.4:
            continue
        handle = one.look.share(lambda t: " " not in t and t == t.lower() and t.isascii()) > 0.8
        entity: Entity = "USERNAME" if handle and one.features["mixed_user"] > 0.3 else "PERSON"
        said = f"{share:.0%} of the values stand in the e-mail address of the same row."
        one.votes.append(Vote(entity, 5.0 * share, said))


def user_names(table: Table, judged: Mapping[str, Judged]) -> None:
    """Words made of the names in their row (jsmith beside John Smith) are user names, whatever their header."""
    people = [name for name, one in judged.items() if one.best() == "PERSON"]
    rows = np.arange(min(table.rows, ROWS))
    for name, one in judged.items():
        said = one.match.concept.entity if one.match and one.match.strength >= 0.7 else ""
        if name in people or said not in ("", "RECORD_ID", "?account") or one.look.has_letter < 0.9:
            continue
        if not people or one.look.words > 1 or one.look.has_digit > 0.5 or one.look.unique < 0.5 or one.features["at"]:
            continue
        beside = [table[p].take(rows).texts() for p in people[:4]]
        if (share := logins(table[name].take(rows).texts(), beside)) > 0.6:
            said_so = f"{share:.0%} of the values are made of the names in their row."
            one.votes.extend((Vote("USERNAME", 6.0, said_so), Vote("RECORD_ID", -3.0), Vote("PERSON", -3.0)))


def _in_mail(cell: str, mail: str) -> bool:
    return any(len(w) > 2 and w in mail for w in re.findall(r"[a-z]+", cell)) or (len(cell) > 3 and cell in mail)
