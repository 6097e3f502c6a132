"""`python -m core dashboard`: a saved set of questions, answered together and laid out for a reader with a token."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.commands.ask import actor_of, load, summary, table_of
from core.problem import Problem

HELP = "Answer a saved set of questions under one budget, for a reader who sees nothing else; or take a link back."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="the table; needed to answer a plan")
    parser.add_argument("--budget", metavar="NAME", help="the budget that pays")
    parser.add_argument("--plan", type=Path, help="the questions (YAML; docs/queries.md)")
    parser.add_argument("--epsilon", type=float, default=0.5, metavar="E", help="what all of it may cost (0.5)")
    parser.add_argument("--revoke", type=int, metavar="ID", help="take the link of this dashboard back")
    parser.add_argument("--example", choices=("hr", "students"), help="print an example: ground and plan")
    parser.add_argument("--password-file", type=Path, help="a file that holds the password of an encrypted table")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE",
                        help="an answer to a question that reading the file raises")
    parser.add_argument("--user", default="", help="who acts (STUDIO_USER, or owner)")
    parser.add_argument("--department", default="", help="of which department (STUDIO_DEPARTMENT)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"token", "path", "content", "budget"}, {"dashboards"}, {"revoked"} or {"ground", "plan"}."""
    if args.example:
        from core.query.examples import EXAMPLES

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


def say(result: dict[str, Any]) -> str:
    if "token" in result:
        paid = "\n".join(f"  {t['heading']}: epsilon {t['query']['epsilon']:g}" for t in result["content"]["tiles"])
        return (f"{paid}\nThe reader opens the studio's address followed by\n{result['path']}\n"
                "It is shown this once, opens nothing else, and can be taken back.")
    if "revoked" in result:
        return f"Dashboard {result['revoked']} opens no more."
    if "plan" in result:
        import yaml

        return str(yaml.safe_dump(result, sort_keys=False))
    return "\n".join(f"{d['id']}: {d['title']}, {d['created'][:10]}{' (taken back)' if d['revoked'] else ''}"
                     for d in result["dashboards"]) or "There is no dashboard yet."
