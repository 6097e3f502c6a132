"""`python -m core sample`: the sample survey as a CSV file, to try everything else on."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from typing import Any

from core.problem import Problem
from core.sample import sample
from core.whole import whole

HELP = "Write a sample survey of invented persons as CSV."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.csv", help="the file to write")
    parser.add_argument("--households", type=int, default=2500, help="how many households (default 2500)")
    parser.add_argument("--seed", type=int, default=2026, help="another number makes other people (default 2026)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The sample goes to `args.out`; the result says how large it is."""
    table = sample(args.seed, args.households)
    try:
        with whole(args.out) as file:
            text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
            lines = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            lines.writerow(table.names)
            lines.writerows(zip(*(column.texts() for column in table.columns.values()), strict=True))
            text.detach()
    except OSError:
        raise Problem("The file cannot be written.", "Choose a folder that exists and that you may write to.") from None
    return {"rows": table.rows, "columns": len(table.names), "households": args.households, "seed": args.seed}


def say(result: dict[str, Any]) -> str:
    return f"{result['rows']} invented persons in {result['households']} households, {result['columns']} columns."
