"""Text whose columns are told apart by their position in the line, read with a layout.

A layout is a text in one of three forms, positions counted from 1 and inclusive:
    state:1-2, district:3-4, age:5-7                         inline
    name,start,end  (or start,length; or length alone)       a small CSV with a header line
    [{"name": "state", "start": 1, "end": 2}, ...]           JSON
or the word `auto`: columns are where every line is blank in between.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import NamedTuple

from core.table.assemble import assemble
from core.table.findings import Choice, Question, Stop, refuse, rows_in_words, wait_for
from core.table.raw import Job, Raw, column_of


class Span(NamedTuple):
    """One column: characters `start` to `end`, counted from 1, both included."""

    name: str
    start: int
    end: int


def looks_fixed(sample: str) -> Stop | None:
    """The question for a layout, if lines have columns by position; None if they do not."""
    lines = [line for line in re.split(r"\r\n|\n|\r", sample) if line.strip()]
    if len(lines) < 3:
        return None
    lengths = {len(line) for line in lines[:-1]}
    blocks = len(lengths) == 1 and len(lines[0]) >= 15 and any(c.isdigit() for c in lines[0])
    apart = sum("  " in line.strip() for line in lines) >= 0.8 * len(lines) and len(gutters(lines)) >= 2
    apart = apart or (len(lengths) == 1 and _named_columns(lines))
    if not apart and not (blocks and (len(lines[0]) >= 20 or " " in lines[0])):
        return None
    choices: tuple[Choice, ...] = ()
    if apart:
        preview = tuple(tuple(line[s.start - 1 : s.end].strip() for s in gutters(lines)) for line in lines[:5])
        choices = (Choice("auto", "Columns are where every line is blank in between", preview),)
    question = Question("layout", "Which positions of a line belong to which column? (name:first-last, …)", choices)
    return wait_for(
        "FIXED_WIDTH",
        question,
        "The columns of this file are told apart by their position. It needs a layout: "
        "a name, a first and a last position for each column.",
    )


def _named_columns(lines: list[str]) -> bool:
    """Whether padded lines of one length fall into columns under a line of names, one word each."""
    spans = gutters(lines, 1)
    words = [lines[0][s.start - 1 : s.end].split() for s in spans]
    filled = [all(line[s.start - 1 : s.end].strip() for line in lines) for s in spans]
    padded = any(line.endswith(" ") or "   " in line for line in lines)
    return len(spans) >= 2 and all(len(w) == 1 for w in words) and all(filled) and padded


def gutters(lines: list[str], least: int | None = None) -> list[Span]:
    """Columns between stretches of two positions (one, if there are many lines) that are blank in all lines."""
    width = max(len(line) for line in lines)
    used = [any(p < len(line) and line[p] not in " \t" for line in lines) for p in range(width)]
    if least is None:
        least = 1 if len(lines) >= 25 or (len({len(line) for line in lines[:-1]}) == 1 and _named_columns(lines)) else 2
    spans, start, blank = [], None, 0
    for place, full in enumerate([*used, *[False] * (least + 1)]):
        if full:
            start, blank = place if start is None else start, 0
        elif start is not None:
            blank += 1
            if blank >= least:
                spans.append(Span("", start + 1, place - blank + 1))
                start = None
    return spans


def layout_of(answer: str) -> list[Span]:
    """The columns that a layout names; a Stop says which line of it is wrong."""
    text = answer.strip()
    try:
        if text.startswith(("[", "{")):
            plain = json.loads(text)
            return _spans(plain if isinstance(plain, list) else plain["columns"])
        if "\n" in text:
            return _spans(_rows(text))
        return [
            Span(m.group(1).strip(), int(m.group(2)), int(m.group(3) or m.group(2)))
            for part in re.split(r"[,;]", text)
            if part.strip()
            for m in (_inline(part),)
        ]
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error):
        raise refuse(
            "FIXED_WIDTH",
            "The layout cannot be understood. Give each column a name, its first and its last position, "
            "such as “state:1-2, age:3-5”.",
        ) from None


def _inline(part: str) -> re.Match[str]:
    found = re.fullmatch(r"\s*(.+?)\s*[:=]\s*(\d+)\s*(?:[-–]\s*(\d+))?\s*", part)
    if found is None:
        raise ValueError
    return found


def _rows(text: str) -> list[dict[str, str]]:
    first = text.split("\n", 1)[0]
    mark = max(",;\t|", key=first.count)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=mark))
    return [
        {(k or "").strip().lower(): (v or "").strip() for k, v in row.items() if isinstance(v, str)} for row in rows
    ]


def _spans(rows: list[dict[str, object]] | list[dict[str, str]]) -> list[Span]:
    """Columns from rows with a name and a start and end, a start and length, a “5-7” range, or lengths alone."""
    spans, at = [], 1
    for row in rows:
        plain = {str(k).lower(): str(v) for k, v in row.items()}
        name = next(plain[k] for k in ("name", "column", "variable", "item", "field", "var") if plain.get(k))
        ranged = next((m for v in plain.values() if (m := re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", v))), None)
        if ranged:
            start, end = int(ranged.group(1)), int(ranged.group(2))
        else:
            start = int(_first(plain, ("start", "from", "begin", "position", "byte position", "pos")) or at)
            last, size = _first(plain, ("end", "to", "last", "stop")), _first(plain, ("length", "len", "width", "size"))
            end = int(last) if last else start + int(size or "x") - 1
        spans.append(Span(name, start, end))
        at = end + 1
    return spans


def _first(plain: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((plain[n] for n in names if plain.get(n)), None)


def read_fixed(text: str, job: Job) -> Raw:
    """A table from lines cut at the layout's positions; blanks around a cell are padding and cut off."""
    layout = job.answer("layout") or ""
    lines = re.split(r"\r\n|\n|\r", text)
    while lines and not lines[-1].strip():
        lines.pop()
    if layout.strip().lower() == "auto":
        spans = gutters([line for line in lines if line.strip()])
        job.found.add(
            "FIXED_WIDTH",
            "The file was cut into {count} columns at the positions that are blank in every line.",
            count=len(spans),
        )
        return assemble(
            ((n, [line[s.start - 1 : s.end].strip() for s in spans]) for n, line in enumerate(lines, 1)), job
        )
    spans = layout_of(layout)
    if not spans or any(s.start < 1 or s.end < s.start for s in spans):
        raise refuse("FIXED_WIDTH", "The layout has positions that run backwards or start before 1.")
    full = [line for line in lines if line.strip()]
    need = max(s.end for s in spans)
    short = [n for n, line in enumerate(full, 1) if len(line) < max(s.start for s in spans)]
    if len(short) == len(full):
        raise refuse("FIXED_WIDTH", "The layout goes to position {need}, but no line is that long.", need=need)
    if short:
        job.found.add(
            "RAGGED_ROWS",
            "{count} lines are shorter than the layout: rows {rows}.",
            {"row": short[0]},
            count=len(short),
            rows=rows_in_words(short),
        )
    if len(full) < len(lines):
        job.found.add("BLANK_LINES", "{count} empty lines were skipped.", count=len(lines) - len(full))
    job.found.add("FIXED_WIDTH", "The file was cut into {count} columns by the layout.", count=len(spans))
    return Raw(
        [s.name for s in spans], [column_of([line[s.start - 1 : s.end].strip() for line in full]) for s in spans]
    )
