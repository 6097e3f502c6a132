"""`python -m core synthesise`: two linked tables made new together. One table alone is a recipe's step (`protect`)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

HELP = "Make two linked tables (households and persons) new together."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("parents", type=Path, help="the table with one row for each household, hospital, school, ...")
    parser.add_argument("children", type=Path, help="the table linked to it, with any number of rows for each")
    parser.add_argument("--key", required=True, help="the column that numbers the rows of the first table")
    parser.add_argument("--child-key", help="the column of the second table that holds that number (the same name)")
    parser.add_argument(
        "--recipe", type=Path, required=True,
        help="kinds and roles of the first table, and one step: sequential_trees or bayesian_network",
    )
    parser.add_argument("--child-recipe", type=Path, required=True, help="kinds and roles of the second table")
    parser.add_argument("--out", type=Path, required=True, help="the new first table (CSV)")
    parser.add_argument("--child-out", type=Path, required=True, help="the new second table (CSV)")
    parser.add_argument("--secrets", type=Path, help="the secrets file; without it secrets are drawn and thrown away")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"rows", "child_rows", "orphans"}; the tables go to --out and --child-out."""
    from core.command_line import load_recipe, read_for, secrets_of, write_table
    from core.problem import Problem
    from core.protect.free_text import leaks
    from core.protect.method import Run
    from core.recipe import prepare
    from core.synthesise.conditional import Conditional
    from core.synthesise.linked import synthesise_linked
    from core.whole import check_csv

    given = args.parents, args.children, args.recipe, args.child_recipe, args.secrets
    check_csv(args.out, *given)
    check_csv(args.child_out, *given, args.out)
    recipes = load_recipe(args.recipe), load_recipe(args.child_recipe)
    if len(recipes[0].steps) != 1 or not isinstance(recipes[0].steps[0], Conditional) or recipes[1].steps:
        raise Problem(
            "The first recipe must have one step, sequential_trees or bayesian_network; the second none.",
            "Write what else is to be done to the two tables into recipes of their own.",
        )
    parents, children = (
        prepare(recipe, read_for(recipe, path)) for recipe, path in zip(recipes, (args.parents, args.children),
                                                                        strict=True)
    )  # fmt: skip
    secrets = secrets_of(args.secrets)
    found = synthesise_linked(parents, children, args.key, args.child_key or args.key, recipes[0].steps[0],
                              Run(secrets, 1))  # fmt: skip
    for before, after in ((parents, found.parents), (children, found.children)):
        if standing := leaks.find(before, after):
            raise leaks.as_problem(standing)
    write_table(found.parents, args.out)
    write_table(found.children, args.child_out)
    return {"rows": found.parents.rows, "child_rows": found.children.rows, "orphans": found.orphans}


def say(result: dict[str, Any]) -> str:
    lines = [f"{result['rows']} rows, and {result['child_rows']} linked to them; every one has its parent."]
    if result["orphans"]:
        lines.append(f"{result['orphans']} rows of the second table had no parent and were not learned from.")
    return "\n".join(lines)
