"""`python -m core risk`: what a file reveals about the people in it."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.problem import Problem
from core.risk.assessment import Risk, assess_study
from core.risk.study import Study
from core.risk.subsets import uniques
from core.table import Table

HELP = "Measure how recognisable the people in a file are."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the table to measure")
    parser.add_argument("--keys", required=True, metavar="a,b,c", help="quasi-identifiers: what someone could know")
    parser.add_argument("--weight", metavar="COLUMN", help="the column of sample weights, for a sample survey")
    parser.add_argument("--household", metavar="COLUMN", help="the column that says who lives together")
    parser.add_argument("--sensitive", metavar="a,b", default="", help="what nobody should learn about a person")
    parser.add_argument("--subsets", type=int, default=0, metavar="N", help="unique rows of every set of 1 to N keys")
    parser.add_argument("--records", type=Path, metavar="OUT.csv", help="write one line of figures per row")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The figures; per-record ones go to `args.records`."""
    study = Study.of(_read(args.file), _names(args.keys), args.weight, args.household, _names(args.sensitive))
    risk = assess_study(study)
    result = risk.as_dict()
    if args.subsets:
        result["subsets"] = uniques(study.table, study.keys, args.subsets).as_list()
    if args.records:
        write_records(risk, args.records)
    return result


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _read(path: Path) -> Table:
    from core.table.reading import read

    reading = read(path)
    if reading.table is None:
        raise Problem(
            "The file cannot be measured: reading it ended with “{status}”.",
            "Run `python -m core read` on it: that says what to answer or to repair.",
            status=reading.status.replace("_", " "),
        )
    return reading.table


def write_records(risk: Risk, path: Path, more: Mapping[str, Any] | None = None) -> None:
    """One line per row, in file order: row (from 1), fk, Fk, individual_risk, and what else was measured."""
    columns: dict[str, Any] = {
        "row": range(1, risk.rows + 1), "fk": risk.fk.tolist(), "Fk": risk.Fk.tolist(),
        "individual_risk": risk.individual_risk.tolist(),
    }
    if risk.household_risk is not None:
        columns["household_risk"] = risk.household_risk.tolist()
    if risk.l_distinct is not None:
        columns["l_distinct"] = risk.l_distinct.tolist()
    columns.update(more or {})
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(columns)
            lines.writerows(zip(*columns.values(), strict=True))
    except OSError:
        raise Problem("The file cannot be written.", "Choose a folder that exists and that you may write to.") from None


def say(result: dict[str, Any]) -> str:
    """A page of sentences."""
    rows = result["rows"]
    lines = [
        f"{rows:,} rows, {result['classes']:,} different combinations of {', '.join(result['keys'])}.",
        f"{result['uniques']:,} rows ({result['uniques'] / rows:.1%}) share their combination with nobody.",
        f"The smallest group has {result['smallest_class']:,} row(s).",
        *(f"{n:,} rows stand in groups of fewer than {k}." for k, n in result["violations"].items()),
        f"An attacker who knows these columns is expected to recognise {result['expected_reidentifications']:.1f} "
        f"people ({result['global_risk']:.2%} of the rows); the row most at risk with a chance of "
        f"{result['highest_individual_risk']:.1%}.",
    ]
    for name, d in result.get("diversity", {}).items():
        lines.append(f"{d['rows_single_value']:,} rows stand in groups where all have the same value in {name}.")
    for s in sorted(result.get("subsets", []), key=lambda s: -s["uniques"])[:10]:
        lines.append(f"{s['share']:.1%} of the rows are unique on {' + '.join(s['columns'])}.")
    return "\n".join(lines)
