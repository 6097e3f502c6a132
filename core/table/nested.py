"""JSON and JSON Lines: records, columns or rows, flat or nested; numbers keep the digits they are written with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from core.table.assemble import assemble
from core.table.column import Column
from core.table.encoding import decode
from core.table.findings import Choice, Question, refuse, rows_in_words, wait_for
from core.table.raw import Job, Native, Raw, column_of

NONSTANDARD = {"NaN", "Infinity", "-Infinity"}


class Number(str):
    """A number as written: 1.10 stays 1.10, and 20 digits stay 20 digits."""


class Odd:
    """What the document holds beyond the standard."""

    def __init__(self) -> None:
        self.constants = self.repeated = self.halves = 0

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        plain = dict(pairs)
        if len(plain) < len(pairs):
            self.repeated += 1
        return plain

    def constant(self, name: str) -> Number:
        self.constants += 1
        return Number(name)


def read_json(job: Job) -> Raw:
    """A table from JSON records, columns, rows (with or without a header), or JSON Lines."""
    with open(job.path, "rb") as file:
        text = decode(file.read(), job).strip()
    if not text:
        raise refuse("EMPTY_FILE", "There is nothing in the file but blanks.")
    odd = Odd()
    document = _parsed(text, odd, job)
    if re.search(r"\\u[dD][89a-fA-F]", text):
        document = _whole_letters(document, odd)
    raw = _table(document, job)
    if odd.halves:
        job.found.add(
            "ENCODING_INVALID",
            "{count} texts hold half a letter (a lone surrogate). It became �.",
            count=odd.halves,
        )
    if odd.constants or odd.repeated:
        job.found.add(
            "JSON_NONSTANDARD",
            "The JSON holds what the standard does not allow: {constants} times NaN or Infinity, "
            "{repeated} records that name a field twice (the last one was taken).",
            constants=odd.constants,
            repeated=odd.repeated,
        )
    return raw


def _whole_letters(value: Any, odd: Odd) -> Any:
    """The document with lone surrogates, which no encoding can hold, as U+FFFD."""
    if isinstance(value, dict):
        return {_whole_letters(k, odd): _whole_letters(v, odd) for k, v in value.items()}
    if isinstance(value, list):
        return [_whole_letters(v, odd) for v in value]
    if isinstance(value, str) and re.search("[\ud800-\udfff]", value):
        odd.halves += 1
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    return value


def check_depth(text: str, job: Job) -> None:
    """Refuse nesting beyond the limit before a recursive parser meets it."""
    depth = deepest = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        sign = mark.group()
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > job.limits.depth:
                raise refuse(
                    "JSON_TOO_DEEP",
                    "The JSON nests more than {limit} levels deep, the limit “depth”.",
                    limit=job.limits.depth,
                )
        elif sign in "]}":
            depth -= 1


def _parsed(text: str, odd: Odd, job: Job) -> Any:
    check_depth(text, job)
    job.progress(0.2, "Reading records")
    decoder = json.JSONDecoder(
        parse_float=_signed, parse_int=Number, parse_constant=odd.constant, object_pairs_hook=odd.pairs, strict=False
    )
    try:
        return decoder.decode(text)
    except RecursionError:
        raise refuse("JSON_TOO_DEEP", "The JSON nests too deep.") from None
    except ValueError as error:
        whole = error
    lines = _json_lines(text, decoder)
    if lines is not None:
        return lines
    if re.match(r"[\[{]\s*($|[\"'\w{\[\-/#])", text) is None:
        raise refuse("NOT_A_TABLE", "The file looks like JSON at the start but is none.")
    line = getattr(whole, "lineno", 1)
    if _loose(text):
        raise refuse(
            "JSON_NONSTANDARD",
            "The JSON has comments, loose commas or single quotation marks, which the standard does not allow "
            "(line {line} first).",
            {"line": line},
            line=line,
        )
    raise refuse("UNREADABLE", "The JSON is damaged in line {line}.", {"line": line}, line=line)


def _signed(text: str) -> Number:
    """1E5 as 1E+5: without a sign such a text would be taken for a code, which it is not here."""
    return Number(re.sub(r"E(?=\d)", "E+", text))


def _loose(text: str) -> bool:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    return bool(re.search(r",\s*[\]}]|//|/\*|'[^'\n]*'\s*:|[{,]\s*[A-Za-z_]\w*\s*:", bare))


def _json_lines(text: str, decoder: json.JSONDecoder) -> list[Any] | None:
    """One document per line; None if the first line is none, a refusal if a later one is broken."""
    lines = text.split("\n")
    filled = [(n, line) for n, line in enumerate(lines, 1) if line.strip()]
    records: list[Any] = []
    bad: list[int] = []
    for number, line in filled:
        try:
            records.append(decoder.decode(line.strip().removeprefix("\x1e")))
        except (ValueError, RecursionError):
            bad.append(number)
            if len(bad) > max(3, len(filled) // 2):
                return None
    if len(filled) < 2 or not records or not all(isinstance(r, (dict, list)) for r in records):
        return None
    if bad:
        raise refuse(
            "JSON_BAD_LINE",
            "{count} lines are no JSON: lines {lines}. Each line must be one record.",
            {"line": bad[0], "row": bad[0]},
            count=len(bad),
            lines=rows_in_words(bad),
        )
    return records


def _table(document: Any, job: Job) -> Raw:
    if isinstance(document, list):
        return _of_list(document, job)
    if not isinstance(document, dict):
        raise refuse("NOT_A_TABLE", "The JSON holds a single value, not a table.")
    if not document:
        raise refuse("EMPTY_FILE", "The JSON holds an empty record.")
    if isinstance(document.get("data"), list) and isinstance(document.get("columns"), list):
        names = [
            _text(c) or "" if not isinstance(c, dict) else _text(c.get("name") or c.get("fieldName")) or ""
            for c in document["columns"]
        ]
        if document["data"] and all(isinstance(r, list) for r in document["data"]):
            return _of_rows([names, *document["data"]], job, header="1")
    tables = {
        k: v for k, v in document.items() if isinstance(v, list) and v and all(isinstance(r, (dict, list)) for r in v)
    }
    wanted = job.answer("member")
    if wanted is not None and wanted in tables:
        return _of_list(tables[wanted], job)
    if len(tables) == 1 and not _columns(document):
        name, rows = next(iter(tables.items()))
        if len(document) > 1:
            job.found.add(
                "NESTED_JSON",
                "The table is the list “{name}” of the document; what stands beside it was left out.",
                name=name[:60],
            )
        return _of_list(rows, job)
    if len(tables) > 1:
        choices = tuple(Choice(k[:60], f"{k[:60]} ({len(v):,} entries)") for k, v in tables.items())
        raise wait_for(
            "CHOOSE_MEMBER",
            Question("member", "Which list of the document is the table?", choices),
            "The JSON holds {count} lists.",
            count=len(tables),
        )
    if columns := _columns(document):
        return _of_records([dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)], job)
    if records := _keyed(document):
        return _of_records(records, job)
    nested = [v for v in document.values() if isinstance(v, dict)]
    if len(nested) == 1 and len(document) <= 3 and any(isinstance(v, (list, dict)) for v in nested[0].values()):
        return _table(nested[0], job)
    return _of_records([document], job)


def _columns(document: dict[str, Any]) -> dict[str, list[Any]] | None:
    """{"a": [1, 2], "b": [3, 4]}: lists of one length without records in them, or pandas' {"a": {"0": 1, ...}}."""
    values = list(document.values())
    if len(values) >= 1 and all(isinstance(v, list) for v in values) and len({len(v) for v in values}) == 1:
        return document if values[0] and not any(isinstance(c, (dict, list)) for v in values for c in v) else None
    if all(isinstance(v, dict) for v in values) and len({tuple(v) for v in values}) == 1:
        keys = list(values[0])
        if (
            keys
            and all(k.isdigit() for k in keys)
            and not any(isinstance(c, (dict, list)) for v in values for c in v.values())
        ):
            return {k: list(v.values()) for k, v in document.items()}
    return None


def _keyed(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    """{"id1": {...}, "id2": {...}}: records by key; the key becomes a column without a name."""
    values = list(document.values())
    if len(values) < 2 or not all(isinstance(v, dict) for v in values):
        return None
    shared = set(values[0])
    for value in values:
        shared &= set(value)
    if not shared:
        return None
    return [{"key": Number(k) if k.isdigit() else k, **v} if "key" not in v else v for k, v in document.items()]


def _of_list(items: list[Any], job: Job) -> Raw:
    if not items:
        raise refuse("NO_ROWS", "The list of records is empty.")
    if all(isinstance(i, dict) for i in items):
        return _of_records(items, job)
    if all(isinstance(i, list) for i in items):
        return _of_rows(items, job)
    if any(isinstance(i, (dict, list)) for i in items):
        wrong = next(n for n, i in enumerate(items, 1) if type(i) is not type(items[0]))
        raise refuse("NOT_A_TABLE", "The list mixes records and other things (entry {row}).", {"row": wrong}, row=wrong)
    return Raw([""], [column_of([_text(i) for i in items])])


def _of_rows(rows: list[list[Any]], job: Job, header: str | None = None) -> Raw:
    if any(isinstance(c, (dict, list)) for row in rows for c in row):
        raise refuse("NOT_A_TABLE", "The rows of the JSON hold further lists. It is no table.")
    if header:
        job = Job(
            job.path, {**job.answers, "header_row": header}, job.limits, job.found, job.password, job.used, job.progress
        )
    return assemble(((n, [_text(c) for c in row]) for n, row in enumerate(rows, 1)), job)


def _of_records(records: list[dict[str, Any]], job: Job) -> Raw:
    if any(isinstance(v, (dict, list)) for r in records for v in r.values()):
        flatten = consent(records, job) == "flatten"
        records = _flattened(records) if flatten else records
        job.found.add(
            "NESTED_JSON",
            "Records in records were spread into columns of their own."
            if flatten
            else "Records in records were kept as one text each.",
        )
    if len(records) > job.limits.rows:
        raise refuse("TOO_MANY_ROWS", "There are more than {limit:,} rows, the limit “rows”.", limit=job.limits.rows)
    names = list(dict.fromkeys(k for r in records for k in r))
    if not names:
        raise refuse("EMPTY_FILE", "The records have no fields.")
    if len(names) > job.limits.columns:
        raise refuse(
            "TOO_MANY_COLUMNS",
            "The records have {count:,} different fields; the limit “columns” is {limit:,}.",
            count=len(names),
            limit=job.limits.columns,
        )
    absent = [n for n, r in enumerate(records, 1) if len(r) < len(names)]
    if absent and len(names) > 1 and _uneven(records, names):
        job.found.add(
            "RAGGED_ROWS",
            "{count} records lack fields that others have: records {rows}.",
            {"row": absent[0]},
            count=len(absent),
            rows=rows_in_words(absent),
        )
    columns: list[Column] = []
    native: dict[int, Native] = {}
    for place, name in enumerate(names):
        values = [r.get(name) for r in records]
        native[place] = _native(values)
        columns.append(column_of([_text(v) for v in values]))
        if place % 16 == 0:
            job.progress(0.3 + 0.3 * place / len(names), "Reading records")
    return Raw(names, columns, native)


def _uneven(records: list[dict[str, Any]], names: list[str]) -> bool:
    return any(len(r) < len(names) for r in records)


def consent(records: list[dict[str, Any]], job: Job, code: str = "NESTED_JSON") -> str:
    """Whether nested parts are spread into columns of their own or kept as text: only the person decides."""
    answer = job.answer("layout")
    if answer in ("flatten", "text"):
        return answer
    nested = [n for n in dict.fromkeys(k for r in records[:1000] for k, v in r.items() if isinstance(v, (dict, list)))]
    flat = _flattened(records[:3])
    names = list(dict.fromkeys(k for r in flat for k in r))[:12]
    choices = (
        Choice(
            "flatten",
            "Spread them into columns of their own (address.city)",
            (tuple(names), *(tuple((_text(r.get(n)) or "")[:40] for n in names) for r in flat)),
        ),
        Choice("text", "Keep each as one text"),
    )
    question = Question("layout", "Some fields hold records or lists of their own. How should they be read?", choices)
    raise wait_for(
        code,
        question,
        "{count} fields hold records or lists: {names}.",
        count=len(nested),
        names=", ".join(nested[:5])[:200],
    )


def _flattened(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """address.city for records in records; two places that would get one name are numbered, none is lost."""
    named: dict[tuple[str, ...], str] = {}
    taken: set[str] = set()

    def name_of(path: tuple[str, ...]) -> str:
        if path not in named:
            name, number = ".".join(path), 2
            while name in taken:
                name, number = f"{'.'.join(path)}_{number}", number + 1
            taken.add(name)
            named[path] = name
        return named[path]

    return [{name_of(path): value for path, value in _spread(r)} for r in records]


def _spread(record: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of every plain value; entries of lists are numbered (phones, 1)."""
    for key, value in record.items():
        path = (*before, key)
        if isinstance(value, dict) and value:
            yield from _spread(value, path)
        elif isinstance(value, list) and value:
            yield from _spread({str(n): v for n, v in enumerate(value, 1)}, path)
        elif not isinstance(value, (dict, list)):
            yield path, value


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _native(values: list[Any]) -> Native:
    kinds: set[Native] = {
        "number" if isinstance(v, Number) else "boolean" if isinstance(v, bool) else "text"
        for v in values
        if v is not None and v != ""
    }
    return next(iter(kinds)) if len(kinds) == 1 else "mixed" if kinds else "text"
