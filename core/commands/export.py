"""`python -m core export`: a table as an encrypted file, opened again and compared before it is written."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.commands.read import answers_of
from core.problem import Problem
from core.release import FORMATS, how_to_open

HELP = "Write a table as an encrypted file."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the table to hand out")
    parser.add_argument("--format", choices=list(FORMATS), help="what to make (default: as the ending of --out says)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the encrypted file")
    parser.add_argument("--passphrase-file", type=Path, metavar="P",
                        help="a file that holds the passphrase; without it one is made and printed once")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE", help="as for `read`")
    parser.add_argument("--neutralise-formulas", action="store_true",
                        help="CSV only: an apostrophe in front of texts a spreadsheet would run")
    parser.add_argument("--bom", action="store_true", help="CSV only: mark it as UTF-8 for Excel")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"format", "rows", "columns", "bytes", "sha256", "passphrase", "formula_cells", "how_to_open"}."""
    from hashlib import sha256

    from core.release import csv_zip, passphrase

    format = args.format or next((f for f in FORMATS if args.out.name.lower().endswith("." + f)), None)
    if format is None:
        raise Problem("The ending of the file does not say what to make.",
                      "Name it with one of these endings, or add --format: {known}.", known=", ".join(FORMATS))
    if args.passphrase_file:
        words = passphrase_in(args.passphrase_file)
        passphrase.check(words)
    else:
        words = passphrase.new()
    table = _table(args.file, answers_of(args.answer))
    data = _made(format, table, words, args)
    try:
        args.out.write_bytes(data)
    except OSError:
        raise Problem("The file cannot be written.", "Choose a folder that exists and that you may write to.") from None
    touched = csv_zip.formula_cells(table) if args.neutralise_formulas and format.startswith("csv") else 0
    return {
        "format": format, "rows": table.rows, "columns": len(table.names), "bytes": len(data),
        "sha256": sha256(data).hexdigest(), "passphrase": None if args.passphrase_file else words,
        "formula_cells": touched, "how_to_open": how_to_open(format),
    }


def _made(format: str, table: Any, words: str, args: argparse.Namespace) -> bytes:
    from core.release import age, csv_zip, excel

    text = {"bom": args.bom, "neutralise_formulas": args.neutralise_formulas}
    name = args.out.name.removesuffix(".zip").removesuffix(".age")
    if format == "xlsx":
        return excel.encrypted(table, words)
    if format == "csv.zip":
        return csv_zip.encrypted(table, words, name, **text)
    if format == "parquet.zip":
        return csv_zip.encrypted_parquet(table, words, name)
    return age.locked(csv_zip.csv(table, **text), words)


def _table(path: Path, answers: Mapping[str, str]) -> Any:
    """The table with its cells exactly as the file has them; numbers are numbers where no text changes by it."""
    from core.table.reading import read

    reading = read(path, answers=answers)
    typed, as_text = reading.required(), reading.as_text
    if as_text is None:
        return typed
    same = {n: c for n, c in typed.columns.items() if c.same_cells(as_text[n]).all()}
    return as_text.with_columns(same)


def passphrase_in(path: Path) -> str:
    """The passphrase in a file, without the end of the line."""
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        pass
    raise Problem("The passphrase file cannot be opened.", "Check the path and that it is a text file.")


def say(result: dict[str, Any]) -> str:
    from core.release import passphrase

    lines = [f"{result['rows']:,} rows and {result['columns']} columns, encrypted, opened again and compared.",
             f"SHA-256 of the file: {result['sha256']}"]
    if result["formula_cells"]:
        lines.append(f"{result['formula_cells']:,} formula-like cells have an apostrophe in front.")
    if result["passphrase"]:
        lines += [f"Passphrase, shown this once: {result['passphrase']}",
                  f"Read aloud: {passphrase.aloud(result['passphrase'])}"]
    return "\n".join([*lines, result["how_to_open"]])
