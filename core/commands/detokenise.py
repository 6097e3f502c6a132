"""`python -m core detokenise`: codes turned back into values, for those who hold the key."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from core.command_line import load_recipe, read_for, write_table
from core.problem import Problem
from core.whole import check_csv

HELP = "Turn codes of a release back into values, with the recipe and the secrets that made them."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the release (CSV, ...)")
    parser.add_argument("--recipe", type=Path, required=True, help="the recipe the release was made with")
    parser.add_argument("--secrets", type=Path, required=True, help="the secrets file that holds the key")
    parser.add_argument(
        "--original", type=Path, help="a table that holds the people: needed for tokens, which are one-way"
    )
    parser.add_argument("--columns", help="only these columns (a,b,c)")
    parser.add_argument("--key-version", metavar="NAME=N", action="append", default=[],
                        help="the version of a key when the release was made, if it was rotated since")  # fmt: skip
    parser.add_argument("--log", type=Path, help="the log that `protect --log` wrote: it names the versions")
    parser.add_argument("--out", type=Path, required=True, help="the table with values (CSV)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"rows", "columns": {name: {"method", "values", "unknown"}}}; the table goes to --out.

    values   different codes that were turned back
    unknown  different codes for which --original holds nobody
    """
    from core.protect.secrets import Secrets
    from core.recipe.detokenise import detokenise

    check_csv(args.out, args.file, args.original, args.recipe, args.secrets)
    recipe = load_recipe(args.recipe)
    release = _release(args.file)
    original = read_for(recipe, args.original) if args.original else None
    columns = tuple(args.columns.split(",")) if args.columns else None
    back = detokenise(
        recipe, release, Secrets.load(args.secrets), original, columns, _versions(args.key_version, args.log)
    )
    write_table(back.table, args.out)
    return {"rows": back.table.rows, "columns": {n: c._asdict() for n, c in back.columns.items()}}


def _release(path: Path) -> Any:
    """The release with all cells as text: a code is not to be read as a number."""
    from core.table.reading import read

    reading = read(path)
    reading.required()
    return reading.as_text


def say(result: dict[str, Any]) -> str:
    return "\n".join(
        f"{name} ({c['method']}): {c['values']} different codes turned back"
        + (f", {c['unknown']} not found in the original." if c["unknown"] else ".")
        for name, c in result["columns"].items()
    )


def _versions(given: list[str], log: Path | None) -> dict[str, int]:
    found = _from_log(log) if log else {}
    for pair in given:
        name, _, version = pair.partition("=")
        if not name or not version.isdigit() or int(version) < 1:
            raise Problem("“--key-version” does not fit.", "Write the name and the number, as default=1.")
        found[name] = int(version)
    return found


def _from_log(path: Path) -> dict[str, int]:
    """Key name -> version, from the "keys" of the log's entries ("default.v1")."""
    try:
        keys = [key for entry in json.loads(path.read_text("utf-8")) for key in entry["keys"]]
        return {name: int(version) for name, _, version in (key.rpartition(".v") for key in keys)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise Problem("The log cannot be read.", "It is the file that `python -m core protect --log` wrote.")
