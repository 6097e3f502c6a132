"""`python -m core dashboard`: a saved set of questions, answered together and laid out for a reader with a token."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.command_line import actor_of, load, table_of, write_table
from core.commands.ask import summary
from core.problem import Problem

HELP = "Answer a saved set of questions under one budget, for a reader who sees nothing else; or take a link back."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="the table; needed to answer a plan")
    parser.add_argument("--budget", metavar="NAME", help="the budget that pays")
    parser.add_argument("--plan", type=Path, help="the questions (YAML; docs/queries.md)")
    parser.add_argument("--epsilon", type=float, default=0.5, metavar="E", help="what all of it may cost (0.5)")
    parser.add_argument("--revoke", type=int, metavar="ID", help="take the link of this dashboard back")
    parser.add_argument("--example", choices=("hr", "students"), help="print an example: ground and plan")
    parser.add_argument("--example-table", type=Path, metavar="CSV", help="with --example: write its invented table")
    parser.add_argument("--suggest", action="store_true", help="print a plan made of what is public about the table")
    parser.add_argument("--price", action="store_true", help="only say how the price would be shared out")
    parser.add_argument("--password-file", type=Path, help="a file that holds the password of an encrypted table")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE",
                        help="an answer to a question that reading the file raises")
    parser.add_argument("--user", default="", help="who acts (STUDIO_USER, or owner)")
    parser.add_argument("--department", default="", help="of which department (STUDIO_DEPARTMENT)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"token", "path", "content", "budget"}, {"dashboards"}, {"revoked"}, {"shares"} or {"ground"?, "plan"}."""
    if args.example:
        from core.query.examples import EXAMPLES, example_table
        if args.example_table is not None:
            write_table(example_table(args.example), args.example_table)
        ground, tiles = EXAMPLES[args.example]
        return {"ground": dict(ground), "plan": {"title": args.example, "tiles": [dict(t) for t in tiles]}}
    from core.query.dashboard import Plan, answer_all
    from core.store import open_store

    actor, store = actor_of(args), open_store()
    try:
        if args.revoke is not None:
            store.revoke_dashboard(actor, args.revoke)
            return {"revoked": args.revoke}
        if not args.budget:
            raise Problem("It is not said which budget pays.", "Add --budget NAME.")
        budget = store.budget(actor, args.budget)
        if args.suggest:
            return suggestion(budget)
        if args.plan is not None and args.price:
            return shared_out(budget, Plan.from_data(load(args.plan, "plan")), args.epsilon)
        if args.plan is None or args.file is None:
            return {"dashboards": [{"id": d.id, "title": d.title, "created": d.created.isoformat(),
                                    "revoked": d.revoked is not None} for d in store.dashboards(actor, budget.id)]}
        plan = Plan.from_data(load(args.plan, "plan"))
        table = table_of(args.file, args.answer, args.password_file)
        content = answer_all(store, actor, budget, table, plan, args.epsilon)
        token = store.create_dashboard(actor, budget.id, content)
        return {"token": token, "path": f"/reader/{token}", "content": content,
                "budget": summary(store.budget(actor, budget.id))}
    finally:
        store.close()


def suggestion(budget: Any) -> dict[str, Any]:
    from core.query.ask import ground_of
    from core.query.examples import suggested

    plan = suggested(ground_of(budget), budget.name)
    if plan is None:
        raise Problem("Nothing is public about this table yet.", "Add what is: `python -m core budget NAME --public`.")
    return {"plan": plan.data()}


def shared_out(budget: Any, plan: Any, epsilon: float) -> dict[str, Any]:
    from core.query.dashboard import foreseen

    return {"shares": [{"heading": tile.heading, "epsilon": tile.query.epsilon, "relative_error": error}
                       for tile, error in foreseen(budget, plan, epsilon)]}


def say(result: dict[str, Any]) -> str:
    if "token" in result:
        paid = "\n".join(f"  {t['heading']}: epsilon {t['query']['epsilon']:g}" for t in result["content"]["tiles"])
        return (f"{paid}\nThe reader opens the studio's address followed by\n{result['path']}\n"
                "It is shown this once, opens nothing else, and can be taken back.")
    if "revoked" in result:
        return f"Dashboard {result['revoked']} opens no more."
    if "shares" in result:
        return "\n".join(f"{s['heading']}: epsilon {s['epsilon']:g}, off by at most about "
                         f"{100 * s['relative_error']:.3g}% (95%)" for s in result["shares"])
    if "plan" in result:
        import yaml

        return str(yaml.safe_dump(result if "ground" in result else result["plan"], sort_keys=False))
    return "\n".join(f"{d['id']}: {d['title']}, {d['created'][:10]}{' (taken back)' if d['revoked'] else ''}"
                     for d in result["dashboards"]) or "There is no dashboard yet."
