"""`python -m core find`: several ways to protect a file, tried out within a time, least loss first."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.problem import Problem
from core.whole import check_room, write_whole

if TYPE_CHECKING:
    from core.recipe.candidates import Asked
    from core.table import Table

HELP = "Find good ways to protect a file: several candidates for a target, least loss first."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the table")
    parser.add_argument("--recipe", type=Path, required=True,
                        help="a recipe with roles and kinds; its steps on names and the like are carried out first, "
                             "what its other steps ask for (hierarchies, rules, risk) is asked of every way")
    parser.add_argument("--k", type=int, default=5, help="rows that share each combination at least (5)")
    parser.add_argument("--highest-risk", type=float, help="the highest individual risk of a row, 0 to 1")
    parser.add_argument("--policy", metavar="NAME|FILE.yaml",
                        help="ask for what the rules of this policy ask for as well (scientific_use, …)")
    parser.add_argument("--rule", action="append", default=[], metavar="YAML",
                        help="what groups must keep besides, as often as needed: "
                             "'{rule: distinct_l, column: illness, l: 3}'")
    parser.add_argument("--households", action="store_true", help="whole households leave where rows must leave")
    parser.add_argument("--rank", help="columns by importance, the most important first: age,education")
    parser.add_argument("--seconds", type=float, default=20.0, help="time for trying (20)")
    parser.add_argument("--out", type=Path, help="write a recipe with the steps of the best candidate")
    parser.add_argument("--password-file", type=Path, help="a file that holds the password of an encrypted table")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"candidates": [{"name", "title", "steps", "lost", ...}]}; see `core.protect.search.Candidate`."""
    from core.command_line import load_recipe, read_for
    from core.protect.secrets import Secrets
    from core.recipe.candidates import Asked, try_out

    if args.k < 2 or (args.highest_risk is not None and not 0 < args.highest_risk <= 1):
        raise Problem("The target cannot be.", "k is at least 2, and a risk lies between 0 and 1.")
    check_room(args.out)
    recipe = load_recipe(args.recipe)
    table = read_for(recipe, args.file, args.password_file)
    ranked = tuple(n.strip() for n in args.rank.split(",")) if args.rank else ()
    asked = Asked(args.k, _rules(args.rule), args.highest_risk, args.households, ranked, args.seconds)
    if args.policy:
        asked = _by_policy(asked, args.policy, table.with_roles(recipe.roles))
    plain, found = try_out(recipe, table, Secrets.draw(fresh=True), asked)
    if args.out:
        whole = [*plain["basis"]["before"], *plain["candidates"][0]["steps"], *plain["last"]]
        best = type(recipe).from_data({**recipe.data(), "steps": whole})
        try:
            write_whole(args.out, best.dump())
        except OSError:
            best = None
        if best is None:
            raise Problem("The recipe cannot be written.", "Check that the folder exists and has room.")
    return {"candidates": [c.as_dict() for c in found]}


def _rules(texts: list[str]) -> tuple[Any, ...]:
    """The rules written on the command line; a Problem that names what is wrong with one."""
    from core.declare import build
    from core.protect.recoding.k_anonymity import KAnonymity
    from core.recipe.yaml_text import parse

    return build(KAnonymity, {"rules": [parse(text) for text in texts]}).rules


def _by_policy(asked: Asked, policy: str, table: Table) -> Asked:
    """What is asked, and what the rules of a policy ask for besides: the stricter of the two."""
    from core.commands.compare import load_policy
    from core.policy.target import wanted

    rules = wanted(load_policy(policy))
    risks = [risk for risk in (asked.highest_risk, rules.highest_risk) if risk is not None]
    return replace(asked, k=max(asked.k, rules.k or 0), highest_risk=min(risks, default=None),
                   rules=(*asked.rules, *rules.rules(table)))


def say(result: dict[str, Any]) -> str:
    lines = [f"{len(result['candidates'])} ways, least loss first:"]
    for c in result["candidates"]:
        lines.append(
            f"{c['lost']:.1%} of the detail lost: {c['title']}. {c['cells_suppressed']} cells blanked, "
            f"{c['rows_dropped']} rows left out, {c['expected_reidentifications']:.0f} expected recognitions."
        )
    return "\n".join(lines)
