"""`python -m core read FILE`: is it read right, what was found, and what has to be answered."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.problem import Problem
from core.table.reading import Reading, read
from core.table.writing import write_csv

HELP = "Read a file: whether it is accepted, what was found in it, and what it asks."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file to read")
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="sheet, member, delimiter, encoding, header_row, date_order, decimal, missing, layout; "
        "KEY:COLUMN=VALUE answers for one column",
    )
    parser.add_argument("--password-file", type=Path, metavar="P", help="a file whose first line is the password")
    parser.add_argument("--out", type=Path, metavar="TABLE.csv", help="write the table as read, all cells as text")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The reading as plain data; the table goes to --out."""
    reading = read(args.file, answers=answers_of(args.answer), password=_password(args.password_file))
    if args.out is not None and reading.as_text is not None:
        write_csv(reading.as_text, args.out)
    return as_dict(reading)


def as_dict(reading: Reading) -> dict[str, Any]:
    """What issue 1 promises of a reading, as plain data."""
    text, table = reading.as_text, reading.table
    return {
        "status": reading.status,
        "findings": [f.as_dict() for f in reading.findings],
        "questions": [
            {
                "key": q.key,
                "text": q.text,
                "default": q.default,
                "choices": [
                    {"value": c.value, "label": c.label, "preview": [list(r) for r in c.preview]} for c in q.choices
                ],
            }
            for q in reading.questions
        ],
        "rows": text.rows if text is not None else None,
        "columns": [
            {
                "name": n,
                "kind": reading.proposals[n].kind,
                "missing": int(c.missing.sum()),
                "reason": reading.proposals[n].reason,
                "exceptions": reading.proposals[n].exceptions,
            }
            for n, c in (table.columns.items() if table is not None else ())
        ],
        "answers": dict(reading.answers),
    }


def answers_of(given: list[str]) -> dict[str, str]:
    """KEY=VALUE pairs; the layout may be named by a file."""
    answers = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Problem("“{pair}” is no answer.", "Write KEY=VALUE, such as delimiter=;", pair=pair[:40])
        answers[key.strip()] = value
    layout = answers.get("layout")
    if layout and "\n" not in layout and len(layout) < 4000 and Path(layout).is_file():
        answers["layout"] = Path(layout).read_text("utf-8-sig")
    return answers


def _password(path: Path | None) -> str | None:
    if path is None:
        return None
    if not path.is_file():
        raise Problem("There is no password file “{name}”.", "Check its name.", name=path.name)
    lines = path.read_text("utf-8").splitlines()
    return lines[0] if lines else ""


def say(result: dict[str, Any]) -> str:
    lines = [f"{result['status'].replace('_', ' ')}"]
    if result["rows"] is not None:
        lines.append(f"{result['rows']:,} rows, {len(result['columns'])} columns")
        lines += [f"  {c['name']}: {c['kind']}, {c['missing']:,} missing. {c['reason']}" for c in result["columns"]]
    lines += [f"{f['code']}: {f['message']}" for f in result["findings"]]
    for question in result["questions"]:
        lines.append(f"{question['text']} (--answer {question['key']}=…)")
        lines += [f"  {c['value']!r}: {c['label']}" for c in question["choices"]]
    return "\n".join(lines)
