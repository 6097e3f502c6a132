"""`python -m core budget`: privacy budgets, what was spent on which questions, and who may spend."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.command_line import actor_of, load
from core.commands.ask import summary
from core.problem import Problem

HELP = "Show privacy budgets and what was spent, or let somebody spend from one."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="one budget, with every question paid from it; without: all of them")
    parser.add_argument("--allow-user", metavar="USER", help="let this person spend (with --in-department, --amount)")
    parser.add_argument("--allow-department", metavar="DEPARTMENT", help="let a department spend (with --amount)")
    parser.add_argument("--in-department", default="", metavar="DEPARTMENT", help="the department of --allow-user")
    parser.add_argument("--amount", type=float, help="how much they may spend in a period, in the budget's unit")
    parser.add_argument("--public", type=Path, metavar="FILE",
                        help="add what else is public (YAML: column: {kind: ...}), of columns nothing was said about")
    parser.add_argument("--learn", type=int, metavar="ANSWER",
                        help="use the bounds or values that this paid answer found, from now on")
    parser.add_argument("--user", default="", help="who acts (STUDIO_USER, or owner)")
    parser.add_argument("--department", default="", help="of which department (STUDIO_DEPARTMENT)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"budgets": [...]}, or {"budget", "known", "charges": [{"id", "at", "user", "query", "price", ...}]}."""
    from core.query.learn import add, learn
    from core.store import open_store

    actor, store = actor_of(args), open_store()
    try:
        if args.name is None:
            return {"budgets": [summary(b) for b in store.budgets(actor)]}
        budget = store.budget(actor, args.name)
        who = args.allow_user or args.allow_department
        if who:
            if args.amount is None:
                raise Problem("It is not said how much they may spend.", "Add --amount.")
            if args.allow_user:
                budget = store.allow(actor, budget.id, "user", who, args.in_department, args.amount)
            else:
                budget = store.allow(actor, budget.id, "department", "", who, args.amount)
        if args.learn is not None:
            budget = learn(store, actor, budget, args.learn)
        if args.public is not None:
            known = load(args.public, "list of what is public")
            if not isinstance(known, dict) or not known:
                raise Problem("The list of what is public names no column.", "Write it as docs/queries.md says.")
            budget = add(store, actor, budget, known)
        charges = [
            {"id": c.id, "at": c.at.isoformat(), "user": c.user, "department": c.department, "query": dict(c.query),
             "epsilon": c.epsilon, "price": c.price, "delta": c.delta_price, "answered": c.answer is not None}
            for c in store.charges(actor, budget.id)
        ]
        return {"budget": summary(budget), "known": dict(budget.ground["known"]), "charges": charges}
    finally:
        store.close()


def say(result: dict[str, Any]) -> str:
    if "budgets" in result:
        return "\n".join(line(b) for b in result["budgets"]) or "There is no budget yet."
    lines = [line(result["budget"])]
    for c in result["charges"]:
        lines.append(f"{c['id']}: {c['at'][:19]} {c['user']}: {c['query']['query']}, {c['price']:.6g}"
                     + ("" if c["answered"] else " (no answer was kept)"))
    return "\n".join(lines)


def line(b: dict[str, Any]) -> str:
    return (f"{b['name']}: {b['spent']:.6g} of {b['total']:.6g} ({b['unit']}) spent, {b['left']:.6g} left; "
            f"over the lifetime {b['lifetime']:.6g}; all answers together: epsilon {b['epsilon_lifetime']:.4g}"
            + (f", delta {b['delta_lifetime']:.3g}" if b["delta"] else "") + ".")
