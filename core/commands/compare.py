"""`python -m core compare`: risk, attacks and utility of releases beside their original, judged by a policy."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.protect import load_recipe, read_for
from core.problem import Problem

if TYPE_CHECKING:
    from core.attack import Attacked
    from core.compare import Comparison
    from core.policy import Policy, Verdict
    from core.table import Role, Table

HELP = "Compare releases with their original: risk, attacks, utility, and the rules of a policy."

SEED = 20_260_101
"""Attackers draw people by lot; the same files give the same figures."""


@dataclass(frozen=True)
class Measured:
    """One release and everything that was measured of it."""

    path: Path
    released: Table
    comparison: Comparison
    attacks: tuple[Attacked, ...]
    verdict: Verdict | None

    def data(self, args: argparse.Namespace) -> dict[str, Any]:
        plain = self.comparison.as_dict()
        if args.attacks:
            plain["attacks"] = [a.data() for a in self.attacks]
        if self.verdict:
            plain["policy"] = self.verdict.as_dict()
        return plain


def arguments(parser: argparse.ArgumentParser) -> None:
    what_is_compared(parser)
    parser.add_argument("--metrics", type=Path, metavar="FILE.yaml",
                        help="a list of metrics with settings, such as “- {metric: survey_table, by: [state, sex]}”")


def what_is_compared(parser: argparse.ArgumentParser) -> None:
    """The arguments that `report` has too."""
    parser.add_argument("original", type=Path, metavar="ORIGINAL", help="the table before protection")
    parser.add_argument("released", type=Path, metavar="RELEASED", nargs="+", help="the protected table, or several")
    parser.add_argument("--recipe", type=Path, metavar="R.yaml", help="the recipe, for its answers, kinds and roles")
    parser.add_argument("--keys", metavar="a,b,c", help="quasi-identifiers, if not the recipe's")
    parser.add_argument("--weight", metavar="COLUMN", help="the column of sample weights, if not the recipe's")
    parser.add_argument("--household", metavar="COLUMN", help="the column of households, if not the recipe's")
    parser.add_argument("--sensitive", metavar="a,b", help="sensitive columns, if not the recipe's")
    parser.add_argument("--target", metavar="COLUMN", help="also train on the release to predict this column")
    parser.add_argument("--attacks", choices=("quick", "thorough"), help="also let simulated attackers try")
    parser.add_argument("--control", type=Path, metavar="FILE", help="people held back before the release was made")
    parser.add_argument("--register", type=Path, metavar="FILE", help="people an attacker knows (a voters' list)")
    parser.add_argument("--second-release", type=Path, metavar="FILE",
                        help="another release of the same people: what do both tell together?")
    parser.add_argument("--policy", metavar="NAME|FILE.yaml", help="judge by the rules of this policy (public_use, …)")
    parser.add_argument("--thorough", action="store_true", help="also fit models that try to tell the files apart")
    parser.add_argument("--unmatched", action="store_true",
                        help="rows of equal number do not correspond: compare no single cells")
    parser.add_argument("--synthetic", action="store_true",
                        help="the rows are people who never existed: nothing corresponds, groups are nobody's risk")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"risk", "utility", "matched", "removed", "added", "notes", "attacks", "policy"}; the last two where asked for.

    Several releases: {"releases": [{"file", ...}]}.
    """
    _recipe, _original, found = measure(args)
    if len(found) == 1:
        return found[0].data(args)
    return {"releases": [{"file": m.path.name, **m.data(args)} for m in found]}


def measure(args: argparse.Namespace) -> tuple[Any, Table, list[Measured]]:
    """(recipe, original, what was measured of each release)."""
    from core.recipe import Recipe

    recipe = load_recipe(args.recipe) if args.recipe else Recipe()
    original = _with_roles(read_for(recipe, args.original), recipe, args)
    policy = load_policy(args.policy) if args.policy else None
    control = read_for(recipe, args.control) if args.control else None
    metrics = _metrics(args)
    found = []
    for path in args.released:
        released = release(path, original, recipe)
        compared = _one(args, original, released, metrics)
        attacks = _attacked(args, recipe, original, released, control)
        judged = _judged(args.synthetic, policy, recipe, original, released, attacks)
        found.append(Measured(path, released, compared, attacks, judged))
    return recipe, original, found


def _with_roles(table: Table, recipe: Any, args: argparse.Namespace) -> Table:
    """The roles of the recipe, and those named on the command line instead."""
    from core.commands.risk import names

    table.require(recipe.roles)
    table = table.with_roles(recipe.roles)
    asked: dict[Role, str | None] = {"quasi_identifier": args.keys, "sensitive": args.sensitive, "weight": args.weight,
             "household": args.household}
    given: dict[str, Any] = {}
    for role, columns in asked.items():
        if columns is not None:
            given |= dict.fromkeys(table.having(role), "keep") | dict.fromkeys(names(columns), role)
    table.require(given)
    return table.with_roles({**table.roles, **given})


def load_policy(given: str) -> Policy:
    """A preset by its name, or one's own from a file."""
    from core.policy import Policy, preset

    if not given.endswith((".yaml", ".yml")):
        return preset(given)
    try:
        text = Path(given).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        text = None
    if text is None:
        raise Problem("The policy cannot be opened.", "Check the path and that it is a text file.")
    return Policy.load(text)


def _attacked(
    args: argparse.Namespace, recipe: Any, original: Table, released: Table, control: Table | None,
) -> tuple[Attacked, ...]:
    if not args.attacks:
        if args.register or args.second_release:
            raise Problem("A register and a second release are for attackers, and none were asked for.",
                          "Add --attacks quick or --attacks thorough.")
        return ()
    import numpy as np

    from core.attack import attack
    from core.weighing import attackers

    register = release(args.register, original, recipe) if args.register else None
    second = release(args.second_release, original, recipe) if args.second_release else None
    return attack(original, released, control, rng=np.random.default_rng(SEED), names=attackers(args.synthetic),
                  thorough=args.attacks == "thorough", register=register, second=second,
                  by_position=not (args.unmatched or args.synthetic))


def _judged(
    synthetic: bool, policy: Policy | None, recipe: Any, original: Table, released: Table,
    attacks: tuple[Attacked, ...],
) -> Verdict | None:
    from core.policy import Release, check

    if policy is None:
        return None
    return check(policy, Release.of(released, original, purpose=recipe.purpose, recipient=recipe.recipient,
                                    attacks=attacks, synthetic=synthetic))


def _metrics(args: argparse.Namespace) -> list[Any]:
    """The metrics asked for with settings; a Problem for one that is no metric of the whole table."""
    import yaml

    from core.utility import METRICS, TableMetric, predictions

    listed: Any = []
    if path := getattr(args, "metrics", None):
        try:
            listed = yaml.safe_load(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            listed = None
        if not isinstance(listed, list):
            raise Problem("The list of metrics cannot be read.",
                          "Write a YAML file with one entry for each, such as “- metric: …”.")
    built = [METRICS.build(entry, step) for step, entry in enumerate(listed, 1)]
    for step, metric in enumerate(built, 1):
        if not isinstance(metric, TableMetric):
            raise Problem("“{title}” is measured by itself, on every column or pair.", "Leave it out of the list.",
                          step=step, title=metric.title)
    return [*built, *(predictions(args.target) if args.target else ())]


def _one(args: argparse.Namespace, original: Table, released: Table, metrics: list[Any]) -> Comparison:
    from core.compare import compare

    return compare(original, released, thorough=args.thorough, metrics=metrics, synthetic=args.synthetic,
                   by_position=not (args.unmatched or args.synthetic) and released.rows == original.rows)


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
    lines = [*_risk(result["risk"]), *_table(result["utility"]["table"]), *_columns(result), *result["notes"]]
    lines += [f"{a['title']}: {a['sentence']}" for a in result.get("attacks", ())]
    return "\n".join([*lines, *_policy(result.get("policy"))])


def _policy(policy: Mapping[str, Any] | None) -> list[str]:
    if policy is None:
        return []
    shown = {True: "kept", False: "BROKEN", None: "not judged"}
    return [f"Judged by “{policy['title']}”:",
            *(f"  {shown[r['passed']]}: {r['asks']} {r['found']} {r['mend']}".rstrip() for r in policy["rules"])]


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
