"""`python -m core compare`: risk, attacks and utility of releases beside their original, judged by a policy."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.command_line import load_recipe, read_for, text_in
from core.problem import Problem

if TYPE_CHECKING:
    from core.attack import Attack, Attacked, Campaign
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
    campaign: Campaign | None
    verdict: Verdict | None

    @property
    def attacks(self) -> tuple[Attacked, ...]:
        return self.campaign.won if self.campaign else ()

    def data(self) -> dict[str, Any]:
        plain = self.comparison.as_dict()
        if self.campaign:
            plain |= self.campaign.data()
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
    parser.add_argument("--minutes", type=float, metavar="M",
                        help="how long the attackers may take on each release; what they leave out is said")
    parser.add_argument("--attackers", type=Path, metavar="FILE.yaml",
                        help="attackers with settings, such as “- {attack: linkage, people: 0.2, errors: 0.05}”")
    parser.add_argument("--synthesizer", type=Path, metavar="R.yaml",
                        help="the recipe that made the synthetic rows, if it is not --recipe: attackers train it again")
    parser.add_argument("--control", type=Path, metavar="FILE", help="people held back before the release was made")
    parser.add_argument("--register", type=Path, metavar="FILE", help="people an attacker knows (a voters' list)")
    parser.add_argument("--register-columns", metavar="a=b,c=d",
                        help="column a of the original is b in the register; without it, by their names")
    parser.add_argument("--second-release", type=Path, metavar="FILE",
                        help="another release of the same people, or another table of counts")
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
        return found[0].data()
    return {"releases": [{"file": m.path.name, **m.data()} for m in found]}


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
        campaign = _attacked(args, recipe, original, released, control)
        judged = _judged(args.synthetic, policy, recipe, original, released, campaign.won if campaign else ())
        found.append(Measured(path, released, compared, campaign, judged))
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
    return Policy.load(text_in(Path(given), "policy"))


def _attacked(
    args: argparse.Namespace, recipe: Any, original: Table, released: Table, control: Table | None,
) -> Campaign | None:
    if not args.attacks:
        if given := [n for n in ("register", "second_release", "minutes", "attackers", "synthesizer")
                     if getattr(args, n) is not None]:
            raise Problem("“{option}” is for attackers, and none were asked for.",
                          "Add --attacks quick or --attacks thorough.", option="--" + given[0].replace("_", "-"))
        return None
    import numpy as np

    from core.attack import tried
    from core.weighing import QUICK_ROWS, THOROUGH_ROWS, attackers

    thorough = args.attacks == "thorough"
    register = held(args.register, original, recipe, args.register_columns) if args.register else None
    second = release(args.second_release, original, recipe) if args.second_release else None
    made_by = load_recipe(args.synthesizer) if args.synthesizer else recipe
    return tried(original, released, control, rng=np.random.default_rng(SEED), names=attackers(args.synthetic),
                 most=THOROUGH_ROWS if thorough else QUICK_ROWS, thorough=thorough, register=register, second=second,
                 steps=made_by.steps, by_position=not (args.unmatched or args.synthetic), minutes=_minutes(args),
                 using=_attackers(args))


def _minutes(args: argparse.Namespace) -> float | None:
    if args.minutes is not None and not args.minutes > 0:
        raise Problem("The time cannot be.", "Give a number of minutes above 0.")
    return args.minutes


def _attackers(args: argparse.Namespace) -> list[Attack]:
    """The attackers listed with settings of their own."""
    from core.attack import ATTACKS

    if args.attackers is None:
        return []
    return [ATTACKS.build(entry, step) for step, entry in enumerate(_listed(args.attackers, "attackers"), 1)]


def held(path: Path, original: Table, recipe: Any, columns: str | None) -> Table:
    """A register: its columns matched to the original's by name, or as `columns` says (a=b: b is the register's)."""
    from core.attack.held import like_original, matched
    from core.table.reading import read

    reading = read(path, answers={k: v for k, v in recipe.read.items() if k.split(":")[0] == "missing"})
    if reading.table is None or reading.as_text is None:
        why = " ".join(f.message for f in reading.findings[:1])
        raise Problem("The register cannot be read. {why}", "Run `python -m core read` on it.", why=why)
    chosen = matched(reading.as_text.names, original.names)
    for pair in (columns or "").split(","):
        mine, equals, theirs = (part.strip() for part in pair.partition("="))
        if pair.strip() and not (mine and equals and theirs):
            raise Problem("The columns of the register are not told as they should be.",
                          "Write a=b: column a of the original is b in the register; several with commas between.")
        if mine:
            chosen = {m: t for m, t in chosen.items() if t != theirs} | {mine: theirs}
    return like_original(reading.table, reading.as_text, original, chosen)


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
    from core.utility import METRICS, TableMetric, predictions

    path = getattr(args, "metrics", None)
    listed = _listed(path, "metrics") if path else []
    built = [METRICS.build(entry, step) for step, entry in enumerate(listed, 1)]
    for step, metric in enumerate(built, 1):
        if not isinstance(metric, TableMetric):
            raise Problem("“{title}” is measured by itself, on every column or pair.", "Leave it out of the list.",
                          step=step, title=metric.title)
    return [*built, *(predictions(args.target) if args.target else ())]


def _listed(path: Path, what: str) -> list[Any]:
    """The entries of a YAML file."""
    import yaml

    try:
        listed = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        listed = None
    if not isinstance(listed, list):
        raise Problem("The list of {listed} cannot be read.",
                      "Write a YAML file with one entry for each, such as “- {example}: …”.", listed=what,
                      example=what.removesuffix("s") if what == "metrics" else "attack")
    return listed


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
    lines += _left_out(result.get("left_out", ()))
    return "\n".join([*lines, *_policy(result.get("policy"))])


def _left_out(left_out: Sequence[Mapping[str, str]]) -> list[str]:
    """Who was not tried, each reason once."""
    reasons: dict[str, list[str]] = {}
    for one in left_out:
        reasons.setdefault(one["why"], []).append(one["title"])
    return [f"Left out: {'; '.join(dict.fromkeys(titles))}. {why}" for why, titles in reasons.items()]


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
