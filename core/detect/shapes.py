"""What names are built like, where no list knows them: towns, firms, persons written surname first, logins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.detect.headers import plain
from core.detect.look import Look
from core.detect.names import lists, words

_QUARTER = re.compile(
    r"(?:east|west|north|south|new|lake|port|upper|lower|great|little|old|fort|mount|saint|st\.?|san|santa|santo|sao|los|las|"
    r"villa|puerto|rio|kota) [^\W\d_][\w'’-]+(?: [\w'’-]+)?"
)
"""What stands before the name of a town; "st" and "san" stand before a saint's."""
_ENDING = re.compile(
    r"[^\W\d_]{2,}(?:town|ton|ville|villes|burgh?|borough|bury|berg|port|mouth|stad|stadt|furt|ford|fort|chester|shire|haven|"
    r"view|side|field|wood|dorf|heim|hausen|pur|pura|pore|abad|nagar|garh|palli|palle|halli|puram|patnam|polis|grad|sk|"
    r"ovo|itz|witz|bourg|vik|by|land)"
)
_PARTNERS = re.compile(r"[\w'’-]+, [\w'’-]+(?:,? (?:and|und|et|y|e) |,? ?& )[\w'’-]+")
_TWO_FAMILIES = re.compile(r"[^\W\d_]{2,}-[^\W\d_]{2,}")
_TITLE = r"(?:mr|mrs|ms|miss|mme|mlle|m|dr|master|rev|col|capt|major|sir|lady|prof|herr|frau|sr|sra)\.? "
_LISTED = re.compile(rf"[^\W\d_][\w'’. -]*,\s*(?:{_TITLE})?([^\W\d_][\w'’-]*)[\w'’. ()\"/-]*")
TITLES = re.compile(
    r"(?i)\b(?:(?:asst|assoc|assistant|associate|adj)\.? ?prof(?:essor)?|prof(?:essor)?|dr|doctor|mr|mrs|ms|miss|md|"
    r"mst|shri|smt|kumari|eng|er|adv|capt|col|maj|rev|fr|sr|jr|ii|iii|phd|mbbs|rn)\b\.?"
)
"""What stands before and after a name and belongs to it."""


def towns(look: Look) -> float:
    """Share of a column whose texts are built as names of towns, if the ways differ as those of towns do; else 0.

    Family names end in -ton and -land too, but no column of them has a fifth that begin with "East" or "Port".
    """
    if look.has_digit > 0.1 or look.words > 2.2 or look.distinct < 6:
        return 0.0
    flat = [plain(t) for t in look.sample]
    quarters = [_QUARTER.fullmatch(t) is not None for t in flat]
    endings = [_ENDING.fullmatch(t.split(" ")[-1]) is not None for t in flat]
    share = sum(q or e for q, e in zip(quarters, endings, strict=True)) / len(flat)
    return share if sum(quarters) > 1 and sum(quarters) >= 0.12 * len(flat) and sum(endings) > 1 else 0.0


def firms(look: Look, organisation: float) -> float:
    """Share of a column built as names of firms: "A, B and C", "A-B", "A & Sons", beside some that say so; else 0.

    organisation  the share that says so by a word ("Ltd", "Group", "Clinic")
    """
    if look.has_digit > 0.2 or look.words > 6 or look.distinct < 6:
        return 0.0
    flat = [plain(t) for t in look.sample]
    partners = sum(_PARTNERS.fullmatch(t) is not None for t in flat) / len(flat)
    double = sum(_TWO_FAMILIES.fullmatch(t) is not None for t in flat) / len(flat)
    sure = partners + organisation
    return min(1.0, sure + double) if partners > 0.1 and sure >= 0.25 else 0.0


def surname_first(look: Look) -> float:
    """Share of a column that reads "Miller, Mrs. Anna (Jane Roe)": a comma, perhaps a title, a given name."""
    if not 1.5 <= look.words <= 8:
        return 0.0
    found = [_LISTED.fullmatch(plain(t)) for t in look.sample]
    given = lists().given
    named = sum(m is not None and m[1] in given for m in found)
    shaped = sum(m is not None for m in found) / max(len(found), 1)
    return shaped if named >= 0.5 * len(found) else 0.0


def logins(cells: Sequence[str | None], names: Sequence[Sequence[str | None]]) -> float:
    """Share of the cells that are made of the names in their row: the initial of one and the beginning of the other.

    cells  a column of single words
    names  columns of given and family names, row by row as `cells`
    """
    made = asked = 0
    for cell, *parts in zip(cells, *names, strict=True):
        word = re.sub(r"[^a-z]", "", plain(cell or ""))
        spoken = [w for part in parts if part for w in words(part)]
        if len(word) < 3 or len(spoken) < 2:
            continue
        asked += 1
        made += any(
            word.startswith((a[:1] + b[:3], b[:4] + a[:1], a[:3] + b[:1])) and word != a
            for a in spoken
            for b in spoken
            if a != b and len(b) > 2
        )
    return made / asked if asked >= 5 else 0.0
