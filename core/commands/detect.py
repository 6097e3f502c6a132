"""`python -m core detect FILE`: what each column of a file holds."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "Say what each column of a file holds and which role suits it."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--countries", default="", help="whose official numbers to look for, e.g. in,us,gb,eu (all)")


def run(args: argparse.Namespace) -> dict[str, object]:
    from core.detect import COUNTRIES, detect
    from core.problem import Problem
    from core.table.reading import read

    reading = read(args.file)
    if reading.table is None:
        question = "; ".join(f.message for f in reading.findings) or "The file could not be read."
        raise Problem("{question}", "Answer with `python -m core read FILE --answer KEY=VALUE`, then try again.",
                      question=question)
    countries = tuple(c.strip().lower() for c in args.countries.split(",") if c.strip()) or COUNTRIES
    found = detect(reading.table, countries)
    return {"columns": [
        {"name": name, "kind": d.kind, "entity": d.entity, "subtype": d.subtype, "confidence": d.confidence,
         "evidence": list(d.evidence), "role": d.role, "reason": d.reason}
        for name, d in found.items()
    ]}


def say(result: dict[str, object]) -> str:
    lines = []
    for column in result["columns"]:  # type: ignore[attr-defined]
        what = column["entity"] + (f" ({column['subtype']})" if column["subtype"] else "")
        lines.append(f"{column['name']}: {what}, {column['confidence']:.0%} sure; suggested role: {column['role']}, "
                     f"because {column['reason']}")
        lines += [f"    {sentence}" for sentence in column["evidence"]]
    return "\n".join(lines)
