"""`python -m core compare`: risk and utility of a release beside its original."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.commands.protect import load_recipe, read_for
from core.problem import Problem

HELP = "Compare a release with its original: risk and utility."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("original", type=Path, metavar="ORIGINAL", help="the table before protection")
    parser.add_argument("released", type=Path, metavar="RELEASED", nargs="+", help="the protected table, or several")
    parser.add_argument("--recipe", type=Path, metavar="R.yaml", help="the recipe, for its answers, kinds and roles")
    parser.add_argument("--keys", metavar="a,b,c", help="quasi-identifiers, if not the recipe's")
    parser.add_argument("--weight", metavar="COLUMN", help="the column of sample weights, if not the recipe's")
    parser.add_argument("--household", metavar="COLUMN", help="the column of households, if not the recipe's")
    parser.add_argument("--sensitive", metavar="a,b", help="sensitive columns, if not the recipe's")
    parser.add_argument("--target", metavar="COLUMN", help="also train on the release to predict this column")
    parser.add_argument("--metrics", type=Path, metavar="FILE.yaml",
                        help="a list of metrics with settings, such as “- {metric: survey_table, by: [state, sex]}”")
    parser.add_argument("--thorough", action="store_true", help="also fit models that try to tell the files apart")
    parser.add_argument("--unmatched", action="store_true",
                        help="rows of equal number do not correspond (synthetic data): compare no single cells")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"risk", "utility", "matched", "removed", "added", "notes"}; several releases: {"releases": [{"file", ...}]}."""
    from core.recipe import Recipe

    recipe = load_recipe(args.recipe) if args.recipe else Recipe()
    original = read_for(recipe, args.original)
    original.require(recipe.roles)
    original = original.with_roles(recipe.roles)
    metrics = _metrics(args)
    found = [_one(args, original, release(path, original, recipe), metrics) for path in args.released]
    if len(found) == 1:
        return found[0]
    return {"releases": [{"file": p.name, **f} for p, f in zip(args.released, found, strict=True)]}


def _metrics(args: argparse.Namespace) -> list[Any]:
    """The metrics asked for with settings; a Problem for one that is no metric of the whole table."""
    import yaml

    from core.utility import METRICS, TableMetric

    listed: Any = []
    if args.metrics:
        try:
            listed = yaml.safe_load(args.metrics.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            listed = None
        if not isinstance(listed, list):
            raise Problem("The list of metrics cannot be read.",
                          "Write a YAML file with one entry for each, such as “- metric: …”.")
    if args.target:
        listed = [*listed, {"metric": "trained_on_release", "target": args.target}]
    built = [METRICS.build(entry, step) for step, entry in enumerate(listed, 1)]
    for step, metric in enumerate(built, 1):
        if not isinstance(metric, TableMetric):
            raise Problem("“{title}” is measured by itself, on every column or pair.", "Leave it out of the list.",
                          step=step, title=metric.title)
    return built


def _one(args: argparse.Namespace, original: Any, released: Any, metrics: list[Any]) -> dict[str, Any]:
    from core.commands.risk import names
    from core.compare import compare

    return compare(
        original, released, keys=None if args.keys is None else names(args.keys), weight=args.weight,
        household=args.household, sensitive=names(args.sensitive) if args.sensitive else (), thorough=args.thorough,
        metrics=metrics, by_position=not args.unmatched and released.rows == original.rows,
    ).as_dict()


def release(path: Path, original: Any, recipe: Any) -> Any:
    """The released table, its cells as text exactly as written; the original's kind where a column reads as it.

    A release is a file of its own: it is not read with the original's answers, except for which texts mean missing.
    It carries no row numbers.
    """
    from core.table import SUPPRESSED, Table
    from core.table.reading import read

    reading = read(path, answers={k: v for k, v in recipe.read.items() if k.split(":")[0] == "missing"})
    table, as_text = reading.table, reading.as_text
    if table is None or as_text is None:
        why = " ".join(f.message for f in reading.findings[:1])
        raise Problem("The release cannot be read. {why}", "Run `python -m core read` on it.", why=why)
    columns = {}
    for name, text in as_text.columns.items():
        like = original.columns.get(name)
        column = table.columns[name] if like is not None and table.columns[name].kind == like.kind else text
        if recipe.suppressed not in (SUPPRESSED, ""):
            column = column.recode(lambda v: SUPPRESSED if v == recipe.suppressed else v)
        columns[name] = column
    return Table(columns, {}, None)


def say(result: Mapping[str, Any]) -> str:
    """A page of sentences; one after the other for several releases."""
    if "releases" in result:
        return "\n\n".join(f"{r['file']}\n{say(r)}" for r in result["releases"])
    return "\n".join([*_risk(result["risk"]), *_table(result["utility"]["table"]), *_columns(result), *result["notes"]])


def _risk(risk: Mapping[str, Any]) -> list[str]:
    before, after = risk["before"], risk["after"]
    if before is None or after is None:
        return []
    shown = {"uniques": "rows alone with their combination", "smallest_class": "rows in the smallest group",
             "expected_reidentifications": "people expected to be recognised"}
    lines = [f"{text[0].upper()}{text[1:]}: {before[key]:,.6g} before, {after[key]:,.6g} after."
             for key, text in shown.items()]
    return [*lines, *(f"Rows in groups of fewer than {k}: {n:,} before, {after['violations'][k]:,} after."
                      for k, n in before["violations"].items())]


def _table(values: Mapping[str, Any]) -> list[str]:
    from core.utility import METRICS

    return [METRICS.named(name.split()[0]).say(value) for name, value in values.items() if value is not None]


def _columns(result: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, values in result["utility"]["columns"].items():
        shown = (("cells_changed", "changed"), ("cells_suppressed", "suppressed"), ("regrouped_variation", "variation"),
                 ("kolmogorov_smirnov", "KS"))
        facts = [f"{short} {values[m]:.1%}" for m, short in shown if values.get(m) is not None]
        lines.append(f"{name}: {', '.join(facts)}")
    if result["removed"]:
        lines.append(f"Removed: {', '.join(result['removed'])}")
    how, rows = result["matched"]["how"], result["matched"]["rows"]
    if how == "position":
        lines.append(f"{rows:,} rows were matched by their position; with --unmatched no single cells are compared.")
    return lines
