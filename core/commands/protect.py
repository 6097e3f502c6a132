"""`python -m core protect`: a recipe carried out on a file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.command_line import actor_of, load, load_recipe, read_and_compare, secrets_of, write_table, written
from core.whole import check_csv, check_room, write_whole

HELP = "Carry out a recipe on a file."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the table (CSV, Excel, JSON, Parquet, SPSS, Stata, ...)")
    parser.add_argument("--recipe", type=Path, required=True, help="the recipe (YAML)")
    parser.add_argument("--out", type=Path, required=True, help="the protected table (CSV)")
    parser.add_argument("--secrets", type=Path, help="the secrets file; without it secrets are drawn and thrown away")
    parser.add_argument("--password-file", type=Path, help="a file that holds the password of an encrypted table")
    parser.add_argument("--log", type=Path, help="write what each step did (JSON)")
    parser.add_argument("--budget", metavar="NAME", help="the stored budget that pays for private synthesizers")
    parser.add_argument("--ground", type=Path, help="to make the budget: who is protected, what is public (YAML)")
    parser.add_argument("--total-epsilon", type=float, metavar="E", help="to make the budget: its epsilon")
    parser.add_argument("--delta", type=float, default=0.0, metavar="D", help="to make the budget: its delta (0)")
    parser.add_argument("--user", default="", help="who pays (STUDIO_USER, or owner)")
    parser.add_argument("--department", default="", help="of which department (STUDIO_DEPARTMENT)")
    parser.add_argument(
        "--accept-changes", action="store_true",
        help="go on although the file has other columns or kinds than the one the recipe was made for",
    )  # fmt: skip


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"rows", "columns", "log", "claims", "attackers", "dropped", "fit", "secrets"}; the table goes to --out."""
    from core.recipe import as_written
    from core.recipe import run as carry_out
    from core.recipe.fit import require_fit

    check_csv(args.out, args.file, args.recipe, args.secrets)
    check_room(args.log)
    recipe = load_recipe(args.recipe)
    table, differences = read_and_compare(recipe, args.file, args.password_file)
    if not args.accept_changes:
        require_fit(differences)
    secrets = secrets_of(args.secrets)
    with _ledger(args, table) as ledger:
        outcome = carry_out(recipe, table, secrets, ledger=ledger)
    write_table(as_written(outcome.table, recipe.suppressed), args.out)
    log = [entry.as_dict() for entry in outcome.log]
    if args.log:
        written(lambda: write_whole(args.log, json.dumps(log, indent=1)))
    return {
        "rows": outcome.table.rows,
        "columns": list(outcome.table.names),
        "log": log,
        "claims": [{"step": c.step, "what": c.what} for c in outcome.claims],
        "attackers": [a.as_dict() for a in outcome.attackers],
        "dropped": list(outcome.dropped),
        "fit": [f.as_dict() for f in differences],
        "secrets": None if secrets.fresh else secrets.id,
    }


@contextmanager
def _ledger(args: argparse.Namespace, table: Any) -> Iterator[Any]:
    """What pays for private synthesizers; None where no budget is named."""
    if args.budget is None:
        yield None
        return
    from core.declare import build
    from core.query.ask import open_budget
    from core.query.ground import Ground
    from core.store import open_store
    from core.synthesise.paying import Ledger

    actor, store = actor_of(args), open_store()
    try:
        found = next((b for b in store.budgets(actor) if b.name == args.budget), None)
        if found is None and args.total_epsilon is not None:
            ground = build(Ground, load(args.ground, "ground") if args.ground else {})
            found = open_budget(store, actor, args.budget, table, ground, args.total_epsilon, args.delta)
        yield Ledger(store, actor, found or store.budget(actor, args.budget))
    finally:
        store.close()


def say(result: dict[str, Any]) -> str:
    lines = [f"{result['rows']} rows, {len(result['columns'])} columns."]
    for e in result["log"]:
        lines.append(
            f"Step {e['step']} ({e['method']}): {e['cells_changed']} cells in {e['rows_changed']} rows changed, "
            f"{e['cells_suppressed']} suppressed, {e['rows_dropped']} rows left out, {e['seconds']:.1f} s."
        )
        lines += [f"  {note}" for note in e["notes"]]
    lines += [f"Counted again: {c['what']}" for c in result["claims"]]
    lines += [_attackers(a) for a in result["attackers"]]
    lines += [f"Unlike the file the recipe was made for: {f['message']}" for f in result["fit"]]
    return "\n".join(lines)


def _attackers(found: dict[str, Any]) -> str:
    def said(number: int | None) -> str:
        return "not counted (too much)" if number is None else f"{number:,}"

    return (
        f"Two attackers on {', '.join(found['columns'])}: people narrowed down to fewer than {found['k']} rows by "
        f"somebody who knows true values: {said(found['knowing'])}; to a single one: {said(found['alone'])}. Rows that "
        f"match fewer than {found['k']} where a blank may be anything: {said(found['wildcard'])}."
    )
