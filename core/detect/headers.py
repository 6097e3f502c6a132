# ruff: noqa: SIM905  (lists of words read better as lines of words)

"""What a column's header says: whole words, split and compared with `concepts.csv`, in many languages.

A concept is a kind of content people write headers for ("age", "last_name", "order date"). Words are compared whole:
"count" is not found in "account". The longest phrase wins; among equals the one that ends last, because English
puts the thing last ("customer city"); before "of", "de", "du" ... the first ("name of father", "nom du client").
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, cast

from core.table import Role

LINKS = frozenset("of de du des da do dos das del della di van von der la le el les los las the l d a an in à".split())
"""Small words that are dropped, so that "date de naissance" reads "date naissance"."""
OF = frozenset("of de du des da do dos das del della di".split())
TURNS = OF | frozenset("at per for with from since".split())
WEAK = frozenset("num number no nr numero numer nummer nro index value text date name names data".split())
"""Words so general that any other known word before them says more ("telephone num")."""
TAILS = frozenset(
    "number no num nbr nr id ids code name names text txt value val field full raw original new old str string hash "
    "mensal mensual mensuel mensuelle mensile anual annuel annuelle annuale "
    "line primary secondary main alt alternate other clean cleaned encoded masked enc format x y en hi fr es".split()
)
"""Words that may follow without changing what is meant ("phone primary", "address line 2")."""

WHOLE = frozenset(
    "first last long land run rg via str gen cap cp tin fin rut nit ups cin tan pan din web host ad il id key number "
    "no name nom nome state value text rate cast pin born birth zone via loc as pass mark sin foot overall "
    "lat lon lng mult weights psu default vote location ip ph dl nick alias owner sender driver player "
    "cell add ci mob ine nin hp nim nip nis pass pw casa piso clave facility tract nid tlf fone nev guests cast actors "
    "kg cm digest bytes sha mapping sponsor extension card session".split()
)
"""Words that mean what their concept says only as a whole header (or with a harmless tail), not inside another."""

LAST = frozenset(
    "id number no name key host location state cell value text rate driver owner player lat lon lng".split()
)
"""Of these, the words that keep their meaning at the end of a longer header ("delivery location")."""

_LATIN = {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "đ": "d",
          "Đ": "D", "ı": "i", "þ": "th", "ð": "d", "№": "no"}
"""Latin letters that Unicode does not take apart."""
_PIECE = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


class Concept(NamedTuple):
    """A row of `concepts.csv`: entity (or "?..." where values must decide), subtype, suggested role and its reason."""

    name: str
    entity: str
    subtype: str
    role: Role
    reason: str


class Match(NamedTuple):
    """What a header says.

    concept   the best concept
    strength  1 where the phrase is the whole header, .85 at its end, .7 with a harmless tail, .4 elsewhere
    phrase    the words that matched
    where     "header", or "description" where the file has one beside it
    """

    concept: Concept
    strength: float
    phrase: str
    where: str = "header"


LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u0652\u0900-\u0963\u0971-\u0dff\u0e31-\u0e4e])"
"""A letter or a vowel sign: in Indian scripts the vowels are marks, which \\w leaves out."""
_LETTER = re.compile(LETTER)


def letters(text: str) -> int:
    """How many letters and vowel signs a text has."""
    return len(text) - len(_LETTER.sub("", text)) if not text.isascii() else sum(map(str.isalpha, text))


def plain(text: str) -> str:
    """Lower case; Latin letters without accents; other scripts as they are, in composed form."""
    return _bare(text).lower()


def _bare(text: str) -> str:
    if text.isascii():
        return text
    out = []
    for char in unicodedata.normalize("NFC", text):
        if char in _LATIN:
            out.append(_LATIN[char])
            continue
        bare = unicodedata.normalize("NFKD", char)
        out.append(bare[0] if "a" <= bare[0].lower() <= "z" else char)
    return "".join(out)


def _words(text: str) -> list[str]:
    """Words of any script; camelCase is split only where the letters are Latin; "A/c" is an account, "#" a number."""
    text = re.sub(r"(?i)\ba/c\b", "account", text)
    text = re.sub(r"#\s*$|^\s*#(?=.)", " no ", text)
    spread: list[str] = []
    for chunk in re.split(r"[^\w\u0900-\u0DFF]+|_", _bare(text.replace("'", "").replace("’", ""))):
        spread += _PIECE.findall(chunk) if chunk.isascii() else [chunk]
    return spread


def tokens(header: str) -> tuple[str, ...]:
    """The words of a header: "custFirstName_2" gives cust, first, name, 2; "zipcode" gives zip, code if need be."""
    out: list[str] = []
    for word in _words(header):
        out += _unglue(plain(word))
    return tuple(out)


@lru_cache(maxsize=1)
def concepts() -> dict[str, Concept]:
    """All concepts by name, in the order of the file."""
    return {
        row["concept"]: Concept(row["concept"], row["entity"], row["subtype"], cast(Role, row["role"]), row["reason"])
        for row in _rows()
    }


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    with Path(__file__).with_name("concepts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], str]:
    """phrase as words without links -> concept name."""
    table: dict[tuple[str, ...], str] = {}
    for row in _rows():
        for phrase in row["phrases"].split("|"):
            words = tuple(plain(w) for w in _words(phrase))
            table.setdefault(_unlinked(words), row["concept"])
            table.setdefault((plain("".join(words)),), row["concept"]) if len(words) > 1 else None
    return table


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return frozenset(w for phrase in _phrases() for w in phrase) | LINKS | frozenset(
        "customer client patient student employee member user person customer contact billing shipping home work "
        "father mother spouse alternate emergency permanent current primary secondary cust emp stud".split()
    )


def _unlinked(words: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(w for w in words if w not in LINKS)
    return kept or words


@lru_cache(maxsize=4096)
def _unglue(word: str) -> tuple[str, ...]:
    """Words written together, split into the fewest known words of three letters or more; else the word itself."""
    known = _vocabulary()
    if word in known or len(word) < 6 or not word.isascii():
        return (word,)
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 14), end):
            piece, before = word[start:end], best[start]
            tail = piece in ("id", "no", "ip") and end == len(word) > 6
            tail = tail or (piece == "id" and start == 0 and len(word) > 6)
            if before is None or piece not in known or (len(piece) < 3 and piece != "of" and not tail):
                continue
            found = best[end]
            if found is None or len(before) + 1 < len(found):
                best[end] = (*before, piece)
    whole = best[-1]
    return whole if whole and len(whole) <= 4 else (word,)


def readable(names: Sequence[str]) -> dict[str, str]:
    """header -> the header without a letter that a whole table puts before its words: caddress, cmobile, nid.

    Such letters say the type (c for characters, n for numbers) or the table. Taken off only where that makes known
    words of at least three headers and two fifths of all: in an ordinary table "estate" stays "estate".
    """
    bare = {name: _without_letter(name) for name in names}
    changed = [name for name in names if bare[name] != name]
    return bare if len(changed) >= 3 and len(changed) >= 0.4 * len(names) else dict(zip(names, names, strict=True))


def _without_letter(name: str) -> str:
    words = tokens(name)
    if not words or not words[0].isascii() or words[0] in _vocabulary():
        return name
    if words[0][1:] == "id" and len(words) == 1:
        return "id"
    rest = _unglue(words[0][1:]) if len(words[0]) >= 4 else (words[0],)
    return " ".join((*rest, *words[1:])) if all(w in _vocabulary() for w in rest) else name


@lru_cache(maxsize=4096)
def match(header: str) -> Match | None:
    """The concept a header speaks of, or None where no word is known."""
    whole = _match(header)
    plain = whole is not None and whole.strength >= 0.7 and _plain(whole)
    if "/" not in header or plain:
        return whole
    # "ID/Passport", "Village/Estate", "Company / Account": each is said by itself, and the plainest counts
    parts = [m for part in header.split("/") if (m := _match(part)) is not None and m.strength >= 0.85]
    return next((m for m in parts if _plain(m)), whole or (parts[0] if parts else None))


def _plain(found: Match) -> bool:
    return not found.concept.entity.startswith("?") and found.concept.name != "record_id"


def _match(header: str) -> Match | None:
    words = tokens(header)
    if words[0:1] == ("id",) and len(words) in (2, 3) and words not in _phrases():
        words = (*words[1:], "id")  # "id_producto" is the producto id
    head, rest = _turned(words)
    if rest and OF & set(words) and head in (("name",), ("names",), ("id",), ("nom",), ("nombre",), ("nome",)):
        head, rest = (*rest, *head), ()  # "name of father" is the father name
    found = _best(head)
    if found is None and rest:
        found = _best(rest)
        found = found._replace(strength=0.4) if found else None
    whole = _best(_unlinked(words))
    longer = whole is not None and (found is None or len(whole.phrase.split()) > len(found.phrase.split()))
    if whole and longer and whole.strength >= 0.85 and (not rest or set(whole.phrase.split()) & set(head)):
        found = whole
    return found


def _turned(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words before the first "of" and those after it; links dropped."""
    for at, word in enumerate(words):
        if word in TURNS and 0 < at < len(words) - 1:
            return _unlinked(words[:at]), _unlinked(words[at + 1 :])
    return _unlinked(words), ()


def _best(words: tuple[str, ...]) -> Match | None:
    table, found, rank = _phrases(), None, (-1.0, 0, 0)
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            name = table.get(words[start:end]) or _singular(words[start:end])
            if name is None:
                continue
            strength = _strength(words, start, end)
            if end - start == 1 and words[start] in WHOLE and start > 0 and words[start] not in LAST:
                strength = 0.4
            elif end - start == 1 and words[start] in WHOLE and strength < 0.9 and words[start] not in LAST:
                continue
            weak = end - start == 1 and ((words[start] in WEAK and start > 0) or name == "person_word")
            order = (float(end - start) + (strength >= 0.7) - 1.5 * weak, end, end - start)
            if order > rank:
                rank, found = order, Match(concepts()[name], strength, " ".join(words[start:end]))
    return found


def _strength(words: tuple[str, ...], start: int, end: int) -> float:
    after = words[end:]
    if not after:
        return 1.0 if start == 0 else 0.85
    if all(w in TAILS or w.isdigit() or _phrases().get((w,)) == "person_word" for w in after):
        return 0.95 if start == 0 else 0.8
    return 0.4


def _singular(words: tuple[str, ...]) -> str | None:
    last = words[-1]
    if len(last) < 4 or not last.endswith("s"):
        return None
    return _phrases().get((*words[:-1], last[:-1]))
