"""`python -m core export`: a table as an encrypted file, opened again and compared before it is written."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.command_line import answers_of, passphrase_in
from core.problem import Problem
from core.release import FORMATS, PLAIN, how_to_open
from core.whole import check_room, write_whole

HELP = "Write a table as an encrypted file (Excel, CSV, Parquet, SPSS, Stata; ZIP or age), or as a plain one."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the table to hand out")
    parser.add_argument("--format", choices=[*FORMATS, *PLAIN],
                        help="what to make (default: as the ending of --out says)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE",
                        help="the encrypted file; how to open it is written beside it")
    parser.add_argument("--without-passphrase", action="store_true",
                        help="needed for the formats plain.*: anyone who gets the file can read it")
    parser.add_argument("--passphrase-file", type=Path, metavar="P",
                        help="a file that holds the passphrase; without it one is made and printed once")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE", help="as for `read`")
    parser.add_argument("--neutralise-formulas", action="store_true",
                        help="CSV only: an apostrophe in front of texts a spreadsheet would run")
    parser.add_argument("--bom", action="store_true", help="CSV only: mark it as UTF-8 for Excel")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"format", "rows", "columns", "bytes", "sha256", "passphrase", "formula_cells", "unlabelled", "how_to_open"}."""
    from hashlib import sha256

    from core.release.making import make

    format = _format(args)
    check_room(args.out)
    words, drawn = _words(args, format)
    table = _table(args.file, answers_of(args.answer))
    name = args.out.name.removesuffix("." + format)
    made = make(table, format, words, name=name, bom=args.bom, neutralise_formulas=args.neutralise_formulas)
    try:
        write_whole(args.out, made.data)
        write_whole(args.out.with_name(args.out.name + ".how-to-open.txt"), how_to_open(format) + "\n")
    except OSError:
        raise Problem("The file cannot be written.", "Choose a folder that exists and that you may write to.") from None
    return {
        "format": format, "rows": table.rows, "columns": len(table.names), "bytes": len(made.data),
        "sha256": sha256(made.data).hexdigest(), "passphrase": words if drawn else None,
        "formula_cells": made.formulas, "unlabelled": list(made.unlabelled), "how_to_open": how_to_open(format),
    }


def _format(args: argparse.Namespace) -> str:
    """What to make; an open file only where it is asked for twice, by the format and by --without-passphrase."""
    known = [*FORMATS, *PLAIN] if args.without_passphrase else [*FORMATS]
    ends = sorted((f for f in known if args.out.name.lower().endswith("." + f)), key=len)
    format: str | None = args.format or (ends[-1] if ends else None)
    if format is None:
        raise Problem("The ending of the file does not say what to make.",
                      "Name it with one of these endings, or add --format: {known}.", known=", ".join(known))
    if (format in PLAIN) != args.without_passphrase:
        raise Problem(
            "{called} goes with --without-passphrase, and the others without it.",
            "Choose a format with a passphrase ({known}), or add --without-passphrase to one called plain.",
            called="A plain format", known=", ".join(FORMATS),
        )
    return format


def _words(args: argparse.Namespace, format: str) -> tuple[str, bool]:
    """The passphrase, and whether it was drawn just now."""
    from core.release import passphrase

    if format in PLAIN:
        if args.passphrase_file:
            raise Problem("A plain file has no passphrase.", "Leave out --passphrase-file, or choose another format.")
        return "", False
    if not args.passphrase_file:
        return passphrase.new(), True
    words = passphrase_in(args.passphrase_file)
    passphrase.check(words)
    return words, False


def _table(path: Path, answers: Mapping[str, str]) -> Any:
    """The table with its cells exactly as the file has them; numbers are numbers where no text changes by it."""
    from core.table.reading import read

    reading = read(path, answers=answers)
    typed, as_text = reading.required(), reading.as_text
    if as_text is None:
        return typed
    same = {n: c for n, c in typed.columns.items() if c.same_cells(as_text[n]).all()}
    return as_text.with_columns(same)


def say(result: dict[str, Any]) -> str:
    from core.release import passphrase

    locked = "encrypted, opened again" if result["format"] in FORMATS else "NOT encrypted, read back"
    lines = [f"{result['rows']:,} rows and {result['columns']} columns, {locked} and compared.",
             f"SHA-256 of the file: {result['sha256']}"]
    if result["formula_cells"]:
        lines.append(f"{result['formula_cells']:,} formula-like cells have an apostrophe in front.")
    if result["unlabelled"]:
        lines.append(f"This format has no labels for: {', '.join(result['unlabelled'])}.")
    if result["passphrase"]:
        lines += [f"Passphrase, shown this once: {result['passphrase']}",
                  f"Read aloud: {passphrase.aloud(result['passphrase'])}"]
    return "\n".join([*lines, result["how_to_open"]])
