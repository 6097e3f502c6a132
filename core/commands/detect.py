"""`python -m core detect FILE`: what each column of a file holds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.command_line import answers_of, password_of
from core.detect import COUNTRIES, detect
from core.detect.columns import KNOWN_COUNTRIES
from core.problem import Problem, near
from core.table.reading import Reading, read

HELP = "Say what each column of a file holds, why, and which role suits it."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to look at")
    parser.add_argument(
        "--countries",
        default=",".join(COUNTRIES),
        metavar="in,us,...",
        help=f"whose official numbers to look for, of {', '.join(KNOWN_COUNTRIES)} (%(default)s)",
    )
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="how the file is to be read, as for `python -m core read`",
    )
    parser.add_argument("--password-file", type=Path, metavar="P", help="a file whose first line is the password")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """One entry per column; `assumed` says what was taken for granted to read the file."""
    countries = tuple(c.strip().lower() for c in args.countries.split(",") if c.strip())
    for country in countries:
        if country not in KNOWN_COUNTRIES:
            raise Problem(
                "There are no formats for the country “{country}”.",
                "{hint}",
                country=country,
                hint=near(country, KNOWN_COUNTRIES),
            )
    reading, assumed = _read(args)
    found = detect(reading.required(), countries)
    return {
        "columns": [
            {
                "name": name,
                "kind": d.kind,
                "entity": d.entity,
                "subtype": d.subtype,
                "confidence": d.confidence,
                "evidence": list(d.evidence),
                "role": d.role,
                "reason": d.reason,
            }
            for name, d in found.items()
        ],
        "assumed": assumed,
    }


def _read(args: argparse.Namespace) -> tuple[Reading, dict[str, str]]:
    """The reading; where the cells themselves are in question the first choice is taken, and told.

    Detection is a suggestion that changes nothing: a guess that is told serves better here than a refusal.
    """
    answers: dict[str, str] = dict(answers_of(args.answer))
    assumed: dict[str, str] = {}
    password = password_of(args.password_file)
    reading = read(args.file, answers=answers, password=password)
    for _ in range(3):
        open_ = [q for q in reading.questions if q.default is None and q.choices and q.key not in answers]
        if reading.table is not None or not open_:
            break
        assumed |= {q.key: q.choices[0].value for q in open_}
        reading = read(args.file, answers={**answers, **assumed}, password=password)
    return reading, assumed


def say(result: dict[str, Any]) -> str:
    lines = [f"Read as if you had answered {key}: {value}." for key, value in result["assumed"].items()]
    for column in result["columns"]:
        what = column["entity"] + (f" ({column['subtype']})" if column["subtype"] else "")
        lines.append(
            f"{column['name']}: {what}, {column['confidence']:.0%} sure; suggested role: "
            f"{column['role'].replace('_', ' ')}, because {column['reason']}"
        )
        lines += [f"    {sentence}" for sentence in column["evidence"]]
    return "\n".join(lines)
