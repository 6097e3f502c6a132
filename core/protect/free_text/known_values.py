"""Where the file's own direct identifiers stand in its free text: a name that has a column needs no guessing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from core.protect.free_text.embedded import folded
from core.protect.free_text.leaks import SHORTEST
from core.protect.free_text.word_search import Needles
from core.protect.identifiers.normalise import normaliser
from core.table import SUPPRESSED, Column

SHORTEST_WORD = 3
"""Letters of a word of a person's own identifier that is hidden in the same row; shorter ones are everyday words."""

LONGEST = 24
"""Digits of the longest number of a person that is written in groups (an IBAN has fewer)."""

_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,3}\d)*")
# Python does not count the vowel signs of Indic scripts as letters; a word must not end at one.
_LETTER = r"(?:[^\W_]|[\u0300-\u036f\u0900-\u0963\u0966-\u096f\u0971-\u0dff])"
_PLAIN_WORD = re.compile(rf"{_LETTER}+")
_WORD = re.compile(rf"{_LETTER}+(?:[’']{_LETTER}+)*")
_digits = normaliser("id")


class Found(NamedTuple):
    """Characters start to end of a text are a value, or a word of one, of the column `label`."""

    start: int
    end: int
    label: str


def find(column: Column, identifiers: dict[str, Column]) -> list[list[Found]]:
    """(rows,) what stands in each cell of a text column, `identifiers` being row by row beside it.

    In any row: whole values of six characters or more, whatever their case and spaces; and numbers of six digits or
    more, whatever stands between the digits. In a person's own row also each single word of three letters or more
    of their identifiers ("Asha" of Asha Patel).
    """
    texts = column.values.to_pylist()
    anywhere: list[list[Found]] = [[] for _ in texts]
    _whole_values(column, identifiers, anywhere)
    for label, values in identifiers.items():
        _numbers(texts, values, label, anywhere)
    codes = column.codes.tolist()
    rows: list[list[Found]] = [[] if code < 0 else list(anywhere[code]) for code in codes]
    words = [[(m.start(), m.end(), m[0].casefold()) for m in _WORD.finditer(t)] for t in texts]
    for label, values in identifiers.items():
        own = [_words(v) for v in values.values.to_pylist()]
        for row, (code, value) in enumerate(zip(codes, values.codes.tolist(), strict=True)):
            if code >= 0 and value >= 0:
                rows[row] += [Found(start, end, label) for start, end, word in words[code] if word in own[value]]
    return rows


def _words(value: str) -> frozenset[str]:
    if value == SUPPRESSED:
        return frozenset()
    return frozenset(w.casefold() for w in _WORD.findall(value) if len(w) >= SHORTEST_WORD)


def _whole_values(column: Column, identifiers: dict[str, Column], found: list[list[Found]]) -> None:
    needles = Needles(identifiers, SHORTEST)
    texts = column.values.to_pylist()
    hits = needles.search(column.values).select("at", "label", "key").unique().sort("at")
    for (at,), group in hits.partition_by("at", as_dict=True).items():
        # The search says that the words are there; here is where, whatever stands between them.
        spans = [(m.start(), m.end(), folded(m[0])) for m in _PLAIN_WORD.finditer(texts[int(at)])]
        for label, key in group.select("label", "key").iter_rows():
            words = key.split(" ")
            for first in range(len(spans) - len(words) + 1):
                if [w for _, _, w in spans[first : first + len(words)]] == words:
                    last = spans[first + len(words) - 1]
                    found[int(at)].append(Found(spans[first][0], last[1], needles.labels[label]))


def _numbers(texts: list[str], values: Column, label: str, found: list[list[Found]]) -> None:
    wanted = {d for v in values.values.to_pylist() if len(d := _digits(v)) >= SHORTEST and d.lstrip("+").isdigit()}
    wanted = {w.lstrip("+") for w in wanted}
    # A phone number is often written without the country code that stands in its column.
    wanted |= {w[-10:] for w in wanted if len(w) in (11, 12, 13)}
    if not wanted:
        return
    for at, text in enumerate(texts):
        for met in _NUMBER.finditer(text):
            groups = [(g.start(), g.end(), _digits(g[0])) for g in re.finditer(r"\d+", met[0])]
            for start, end in _runs(groups, wanted):
                found[at].append(Found(met.start() + start, met.start() + end, label))


def _runs(groups: list[tuple[int, int, str]], wanted: set[str]) -> list[tuple[int, int]]:
    """Where neighbouring groups of digits together are a wanted number, with or without a country code before it."""
    found = []
    for first in range(len(groups)):
        digits = ""
        for start_end in groups[first:]:
            digits += start_end[2]
            if len(digits) > LONGEST:
                break
            if len(digits) >= SHORTEST and (
                digits in wanted or (len(digits) in (11, 12, 13) and digits[-10:] in wanted)
            ):
                found.append((groups[first][0], start_end[1]))
    return found


def merged(known: Iterable[Found], guessed: Iterable[Found] = ()) -> list[Found]:
    """The same characters without overlaps, in order.

    Where findings overlap the longer one names what it is; what is known counts twice, since a guess may reach further.
    """
    out: list[tuple[Found, int]] = []
    both = [(s, 2 * (s.end - s.start)) for s in known] + [(s, s.end - s.start) for s in guessed]
    for span, weight in sorted(both, key=lambda s: (s[0].start, -s[1])):
        last, last_weight = out[-1] if out else (None, 0)
        if last is not None and span.start < last.end:
            label = span.label if weight > last_weight else last.label
            out[-1] = Found(last.start, max(last.end, span.end), label), max(weight, last_weight)
        else:
            out.append((span, weight))
    return [span for span, _ in out]
