"""`python -m core ask`: a differentially private answer, paid for from a stored budget."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.command_line import actor_of, load, table_of
from core.problem import Problem
from core.whole import check_room, write_whole

HELP = "Ask a question of a table, answered with differential privacy and paid for from a stored budget."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the table (CSV, Excel, JSON, Parquet, SPSS, Stata, ...)")
    parser.add_argument("--query", type=Path, required=True, help="the question (YAML; docs/queries.md)")
    parser.add_argument("--budget", required=True, metavar="NAME", help="the budget that pays")
    parser.add_argument("--ground", type=Path, help="to make the budget: who is protected, what is public (YAML)")
    parser.add_argument("--total-epsilon", type=float, metavar="E", help="to make the budget: its epsilon")
    parser.add_argument("--delta", type=float, default=0.0, metavar="D", help="to make the budget: its delta (0)")
    parser.add_argument("--renews", choices=("never", "month", "quarter", "year"), default="never",
                        help="to make the budget: when it begins anew; the lifetime total is kept")
    parser.add_argument("--price", action="store_true", help="only say the price and what is left; nothing is charged")
    parser.add_argument("--never-negative", action="store_true", help="no count below zero; costs nothing")
    parser.add_argument("--add-up", action="store_true",
                        help="make groups add up with their total, where that was paid for; costs nothing")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the answer: .csv, .json, or .xlsx (encrypted)")
    parser.add_argument("--again", action="store_true", help="pay for a fresh answer to a question answered before")
    parser.add_argument("--password-file", type=Path, help="a file that holds the password of an encrypted table")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE",
                        help="an answer to a question that reading the file raises")
    parser.add_argument("--user", default="", help="who asks (STUDIO_USER, or owner)")
    parser.add_argument("--department", default="", help="of which department (STUDIO_DEPARTMENT)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"budget", "price", "answer": {"by", "lines", ...} | None, "paid_before", "in_words", "code", "passphrase"?}."""
    from core.declare import build
    from core.query import QUERIES
    from core.query.ask import ask, check, ground_of, open_budget, price
    from core.query.explain import code, in_words
    from core.query.ground import Ground
    from core.store import open_store

    if args.save:
        check_save(args.save)
    query = QUERIES.build(load(args.query, "question"))
    ground = load(args.ground, "ground") if args.ground else None
    table = table_of(args.file, args.answer, args.password_file)
    actor, store = actor_of(args), open_store()
    try:
        budget = next((b for b in store.budgets(actor) if b.name == args.budget), None)
        settled = build(Ground, ground or {})
        if budget is not None and ground is not None and settled != ground_of(budget):
            raise Problem("What is settled for the budget “{name}” is something else.",
                          "It is settled once: leave --ground out.", name=budget.name)
        if budget is None and args.total_epsilon is not None:
            check(query, table, settled)  # a question with a slip of the pen makes no budget
            budget = open_budget(store, actor, args.budget, table, settled, args.total_epsilon, args.delta, args.renews)
        budget = budget or store.budget(actor, args.budget)
        check(query, table, ground_of(budget))
        cost = price(query, budget)
        found = None if args.price else ask(store, actor, budget, table, query, args.again)
        told = summary(store.budget(actor, budget.id))
        answer = tidied(found, store.charges(actor, budget.id), args) if found else None
    finally:
        store.close()
    kept = save(args.save, answer, found.charge) if args.save and answer and found else {}
    return {
        **kept,
        "budget": told,
        "price": {"epsilon": cost.epsilon, "measure": cost.measure, "amount": cost.amount, "delta": cost.delta},
        "answer": answer,
        "paid_before": bool(found and found.free),
        "in_words": in_words(query, budget),
        "code": code(query, budget),
    }


def say(result: dict[str, Any]) -> str:
    lines = [result["in_words"]]
    if result["answer"]:
        lines += ["", *as_text(result["answer"]), ""]
        paid = "Paid before: shown for nothing." if result["paid_before"] else f"Paid: {result['price']['amount']:.6g}."
        lines.append(paid)
    else:
        lines.append(f"It would cost {result['price']['amount']:.6g}.")
    if "passphrase" in result:
        lines.append(f"The passphrase of the file, shown this once: {result['passphrase']}")
    told = result["budget"]
    lines.append(f"Left of “{told['name']}”: {told['left']:.6g} of {told['total']:.6g} ({told['unit']}).")
    return "\n".join(lines)


def as_text(answer: dict[str, Any]) -> list[str]:
    """One line for each group."""
    found = []
    for line in answer["lines"]:
        label = ", ".join(str(line[name]) for name in answer["by"]) or "all"
        numbers = []
        for name in answer["estimates"]:
            value, low, high = (line[name + end] for end in ("", "_low", "_high"))
            between = f" ({low:,.6g} to {high:,.6g})" if low is not None else ""
            numbers.append(f"{name} withheld or unknown" if value is None else f"{name} {value:,.6g}{between}")
        found.append(f"{label}: {'; '.join(numbers)}")
    return [*found, *answer["notes"]]


def tidied(found: Any, charges: Any, args: argparse.Namespace) -> dict[str, Any]:
    """The answer with what was asked to be done to it for nothing."""
    from core.query.tidy import add_up, fitting, non_negative

    answer = dict(found.answer)
    if args.add_up:
        totals = fitting(charges, found.charge)
        if not totals:
            raise Problem("No total was paid for that these groups add up to.",
                          "Ask the same question without the groups (or with fewer), then this one with --add-up.")
        answer = add_up(answer, totals[0].answer or {}, never_negative=args.never_negative)
    return non_negative(answer) if args.never_negative else answer


def check_save(path: Path) -> None:
    """A Problem, before anything is paid, if an answer cannot be kept there."""
    check_room(path)
    if path.suffix.lower() not in (".csv", ".json", ".xlsx"):
        raise Problem("An answer is kept as CSV, JSON or encrypted Excel.",
                      "End the file's name in .csv, .json or .xlsx.")


def save(path: Path, answer: dict[str, Any], charge: Any) -> dict[str, str]:
    """Write the answer; {"passphrase"} where the file is encrypted."""
    from core.release import passphrase
    from core.release.answers import as_csv, as_excel, as_json

    ending = path.suffix.lower()
    words = passphrase.new() if ending == ".xlsx" else ""
    if ending == ".xlsx":
        data = as_excel(answer, words)
    else:
        data = (as_csv(answer) if ending == ".csv" else as_json(answer, charge)).encode()
    try:
        write_whole(path, data)
    except OSError:
        data = b""
    if not data:
        raise Problem("The answer could not be written.", "Check the folder and the free space; the answer is kept in "
                      "the ledger and costs nothing again.")
    return {"passphrase": words} if words else {}


def summary(budget: Any) -> dict[str, Any]:
    """A budget as a person or a program reads it; epsilon_spent is what holds for all answers so far."""
    from core.query.ask import delta_spent, epsilon_spent

    return {
        "name": budget.name,
        "unit": "epsilon" if budget.measure == "pure" else "rho",
        "total": budget.total, "spent": budget.spent, "left": budget.left, "lifetime": budget.lifetime,
        "epsilon": budget.epsilon, "delta": budget.delta,
        "epsilon_spent": epsilon_spent(budget), "epsilon_lifetime": epsilon_spent(budget, lifetime=True),
        "delta_lifetime": delta_spent(budget),
        "renews": budget.renews,
        "allowances": [{"whose": a.whose, "who": a.who, "department": a.department, "total": a.total,
                        "spent": a.spent, "lifetime": a.lifetime} for a in budget.allowances],
    }
