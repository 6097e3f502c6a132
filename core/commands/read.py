"""`python -m core read FILE`: is it read right, what was found, and what has to be answered."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.command_line import answers_of, load_recipe, pairs_of, password_of, write_table
from core.problem import Problem
from core.table.database import DATABASES, read_listed
from core.table.limits import Limits
from core.table.reading import Reading, read
from core.whole import check_csv, check_room, write_whole

HELP = "Read a file or a listed database: whether it is accepted, what was found in it, and what it asks."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="the file to read")
    parser.add_argument("--database", metavar="NAME",
                        help=f"read a database instead: its name in {DATABASES}. Addresses and passwords stay there")
    parser.add_argument("--query", metavar="SELECT", help="with --database: one SELECT; without it, a table is chosen")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE",
                        help="sheet, columns, member, delimiter, encoding, header_row, totals, date_order, decimal, "
                             "missing, units, brackets, layout, unfit; KEY:COLUMN=VALUE answers for one column")
    parser.add_argument("--recipe", type=Path, metavar="R",
                        help="read as this recipe says, and say how the file differs from the one it was made for")
    parser.add_argument("--write-recipe", type=Path, metavar="R",
                        help="write a recipe that reads later files the same way and tells how they differ")
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=VALUE",
                        help="memory=8GiB, seconds=600, rows=2000000, … (all: docs/files.md)")
    parser.add_argument("--password-file", type=Path, metavar="P", help="a file whose first line is the password")
    parser.add_argument("--out", type=Path, metavar="TABLE.csv", help="write the table as read, all cells as text")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The reading as plain data; the table goes to --out. With --recipe: "fit", how the file differs."""
    if args.out is not None:
        check_csv(args.out, args.file)
    check_room(args.write_recipe)
    recipe = None
    if args.recipe is not None:
        recipe = load_recipe(args.recipe)
    answers = {**(recipe.read if recipe else {}), **answers_of(args.answer)}
    limits = Limits.configured().with_settings(pairs_of(args.limit))
    reading = _read(args, answers, limits)
    if args.out is not None and reading.as_text is not None:
        write_table(reading.as_text, args.out)
    plain = as_dict(reading)
    if recipe is not None and reading.table is not None:
        from core.recipe.fit import read_as_before

        _, differences = read_as_before(recipe, reading.table, reading.as_text, reading.answers)
        plain["fit"] = [f.as_dict() for f in differences]
    if args.write_recipe is not None:
        _write_recipe(reading, args.write_recipe)
    return plain


def _read(args: argparse.Namespace, answers: dict[str, str], limits: Limits) -> Reading:
    if (args.file is None) == (args.database is None):
        raise Problem("It is not clear what to read.", "Give a file, or --database with a name, and not both.")
    if args.database is not None:
        return read_listed(args.database, query=args.query, answers=answers, limits=limits)
    if args.query is not None:
        raise Problem("A query needs a database.", "Name one with --database.")
    return read(args.file, answers=answers, password=password_of(args.password_file), limits=limits)


def _write_recipe(reading: Reading, path: Path) -> None:
    """A recipe without steps: the answers, and what later files are compared with."""
    from core.recipe import Recipe
    from core.recipe.fit import with_expectation

    recipe = with_expectation(Recipe(read=dict(reading.answers)), reading.required())
    try:
        write_whole(path, recipe.dump())
        return
    except OSError:
        pass
    raise Problem("The recipe cannot be written.", "Choose a folder that exists and that you may write to.")


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


def say(result: dict[str, Any]) -> str:
    lines = [f"{result['status'].replace('_', ' ')}"]
    if result["rows"] is not None:
        lines.append(f"{result['rows']:,} rows, {len(result['columns'])} columns")
        lines += [f"  {c['name']}: {c['kind']}, {c['missing']:,} missing. {c['reason']}" for c in result["columns"]]
    lines += [f"{f['code']}: {f['message']}" for f in result["findings"]]
    if "fit" in result:
        lines.append("It fits the recipe." if not result["fit"] else "It no longer fits the recipe:")
        lines += [f"  {f['message']}" for f in result["fit"]]
    for question in result["questions"]:
        lines.append(f"{question['text']} (--answer {question['key']}=…)")
        lines += [f"  {c['value']!r}: {c['label']}" for c in question["choices"]]
    return "\n".join(lines)
