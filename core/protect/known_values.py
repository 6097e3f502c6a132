"""Where the file's own direct identifiers stand in its free text: a name that has a column needs no guessing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from core.protect.leaks import SHORTEST
from core.protect.normalise import normaliser
from core.table import SUPPRESSED, Column

SHORTEST_WORD = 3
"""Letters of a word of a person's own identifier that is hidden in the same row; shorter ones are everyday words."""

_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d)*")
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
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
    for label, values in identifiers.items():
        _whole_values(column, values, label, anywhere)
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


def _whole_values(column: Column, values: Column, label: str, found: list[list[Found]]) -> None:
    plain: dict[str, str] = {}
    for value in values.values.to_pylist():
        spelled = " ".join(value.lower().split())
        if len(spelled) >= SHORTEST:
            plain[spelled] = value
    if not plain:
        return
    cells = pl.DataFrame({"cell": pl.Series(column.values, dtype=pl.String)}).with_row_index("at")
    spelled_cell = pl.col("cell").str.to_lowercase().str.replace_all(r"\s+", " ")
    patterns = list(plain)
    hits = (
        cells.filter(spelled_cell.str.contains_any(patterns))
        .with_columns(spelled_cell.str.extract_many(patterns, overlapping=True).alias("value"))
        .explode("value").unique(maintain_order=True)
    )  # fmt: skip
    for at, cell, value in hits.iter_rows():
        pattern = r"(?<![^\W_])" + r"\s+".join(map(re.escape, value.split())) + r"(?![^\W_])"
        found[at] += [Found(m.start(), m.end(), label) for m in re.finditer(pattern, cell, re.IGNORECASE)]


def _numbers(texts: list[str], values: Column, label: str, found: list[list[Found]]) -> None:
    wanted = {d for v in values.values.to_pylist() if len(d := _digits(v)) >= SHORTEST and d.lstrip("+").isdigit()}
    wanted = {w.lstrip("+") for w in wanted}
    # A phone number is often written without the country code that stands in its column.
    wanted |= {w[-10:] for w in wanted if len(w) in (11, 12, 13)}
    if not wanted:
        return
    for at, text in enumerate(texts):
        for met in _NUMBER.finditer(text):
            digits = "".join(c for c in _digits(met[0]) if c.isdigit())
            if len(digits) >= SHORTEST and (digits in wanted or digits[-10:] in wanted):
                found[at].append(Found(met.start(), met.end(), label))


def merged(spans: Iterable[Found]) -> list[Found]:
    """The same characters without overlaps, in order; the first label at a place stays."""
    out: list[Found] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if out and span.start < out[-1].end:
            out[-1] = Found(out[-1].start, max(out[-1].end, span.end), out[-1].label)
        else:
            out.append(span)
    return out
