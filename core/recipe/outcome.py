"""A recipe carried out: checked ahead, step by step, promises counted again, names searched for in what is left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from core.problem import Problem
from core.protect.changes import LogEntry, entry
from core.protect.free_text import leaks
from core.protect.method import Claim, Method, Models, Progress, Run, check_columns, columns_named, silent
from core.protect.promises.attackers import Against, against
from core.protect.promises.recount import Checked, recheck
from core.protect.secrets import Secrets
from core.recipe.hierarchies import planted
from core.recipe.recipe import Recipe
from core.recipe.steps import STEPS
from core.redact import where_it_broke
from core.table import SUPPRESSED, Column, Table
from core.table.table import SINGLE_ROLES


@dataclass(frozen=True)
class Outcome:
    """What a recipe made of a table.

    table    the protected table, `drop` columns gone
    log      one entry per step
    claims   what the steps promised, each counted again on `table` and found to hold
    dropped  columns left out because their role is `drop`
    leaks    places where values of direct identifiers still stand (only those allowed, where `final`)
    control  row_ids of the people a synthesizer held back and never looked at; none where nothing is synthetic
    attackers  for each promise of how many rows are alike, what somebody finds who knows true values, and somebody
               who takes a blank for anything; none where rows belong to nobody
    """

    table: Table
    log: tuple[LogEntry, ...]
    claims: tuple[Checked, ...]
    dropped: tuple[str, ...] = ()
    leaks: tuple[leaks.Leak, ...] = ()
    control: tuple[int, ...] = ()
    attackers: tuple[Against, ...] = ()


NOTHING_LEFT = ("Nothing is left of the table.", "Keep at least one column.")


def run(
    recipe: Recipe, table: Table, secrets: Secrets, progress: Progress = silent, *, final: bool = True,
    ledger: Any = None, models: Models | None = None,
) -> Outcome:
    """The recipe carried out on a table as read.

    ledger  what pays for steps that promise differential privacy (core.synthesise.paying.Ledger)
    models  where what a synthesizer learned is kept for another time; learned anew each time where nowhere

    Everything that can be checked is checked before the first step. After the last one `drop` columns go, every
    promise is counted again, and values of direct identifiers are searched for in all that is left: where one still
    stands, the release is refused unless the recipe's `keep_identifiers` names the column.
    With `final=False`, for a preview of unfinished work, those places are listed in the outcome instead.

    Raises Problem (with `step` where one is at fault); no table is returned then.
    """
    if recipe.secrets and not secrets.fresh and secrets.id != recipe.secrets:
        raise Problem(
            "The secrets are not the ones this recipe was made with.",
            "Give the secrets with the id {wanted}, or draw new ones.",
            wanted=recipe.secrets,
        )
    start = prepare(recipe, table)
    check_ahead(recipe, start)
    now, log, promised = start, [], []
    control: list[int] = []
    for number, step in enumerate(recipe.steps, start=1):
        share = (number - 1) / (len(recipe.steps) + 1)
        progress(share, step.title)
        run_step = Run(secrets, number, _part(progress, share, 1 / (len(recipe.steps) + 1)), original=start,
                       ledger=ledger, models=models)
        step = planted(step, recipe.hierarchies, now, start)
        before, began = now, time.perf_counter()
        now, claims = _one(step, before, run_step)
        if not now.columns:
            raise Problem(*NOTHING_LEFT, step=number)
        promised += [(number, claim) for claim in claims]
        control += [int(row) for rows in run_step.control for row in rows]
        log.append(
            entry(
                number,
                STEPS.name_of(step),
                before,
                now,
                round(time.perf_counter() - began, 3),
                tuple(sorted(run_step.used)),
                tuple(run_step.notes),
            )
        )
    progress(len(recipe.steps) / (len(recipe.steps) + 1), "Checking the result")
    return _finish(recipe, start, now, log, promised, final, tuple(control))


def prepare(recipe: Recipe, table: Table) -> Table:
    """The table with the recipe's kinds and roles; a Problem for columns that are not there."""
    table.require([*recipe.kinds, *recipe.roles, *recipe.hierarchies, *recipe.keep_identifiers])
    other = {n: k for n, k in recipe.kinds.items() if table.columns[n].kind != k}
    if other:
        from core.table.typing import retype

        typed = retype(Table({n: table.columns[n] for n in other}), other, recipe.read)
        table = table.with_columns({n: typed.columns[n] for n in other})
    table = table.with_roles(recipe.roles)
    for role in SINGLE_ROLES:
        table.one(role)
    return table


def check_ahead(recipe: Recipe, table: Table) -> None:
    """Check every step against the table as it will be, as far as that is known before anything is touched.

    That columns are there is checked for all steps. A step's own check looks at cells, so it waits for its turn
    where an earlier step changes one of its columns.
    """
    touched: set[str] = set()
    unknown = False
    start = table
    for number, given in enumerate(recipe.steps, start=1):
        step = planted(given, recipe.hierarchies, table, start)
        names = set(columns_named(given))
        try:
            if unknown or not names or names & touched:
                table.require(names)
            if not unknown and not names & touched and (names or not touched):
                check_columns(step, table)
                step.check(table)
            table = step.foresee(table)
        except Problem as problem:
            raise problem.at_step(number) from None
        unknown = unknown or not names or step.group == "select"
        touched |= names


def _one(step: Method, before: Table, run_step: Run) -> tuple[Table, tuple[Claim, ...]]:
    try:
        check_columns(step, before)
        step.check(before)
        claims = step.claims(before)
        return step.apply(before, run_step), claims
    except Problem as problem:
        raise problem.at_step(run_step.step) from None
    except Exception as error:  # noqa: BLE001  # a library's sentence may quote a cell
        where = where_it_broke(error)
    raise Problem(
        "Step {number} (“{title}”) broke inside the program ({where}).",
        "Leave this step out or change its settings, and tell the people who maintain the studio.",
        step=run_step.step,
        number=run_step.step,
        title=step.title,
        where=where,
    )


def _finish(
    recipe: Recipe, start: Table, now: Table, log: list[LogEntry], promised: list[tuple[int, Claim]], final: bool,
    control: tuple[int, ...],
) -> Outcome:
    gone = now.having("drop")
    now = now.without(gone)
    if not now.columns:
        raise Problem(*NOTHING_LEFT)
    shown = {name for step in recipe.steps for name in step.may_show()}
    rewritten = {name for step in recipe.steps for name in step.rewrites()}
    found = leaks.find(start, now, shown, rewritten)
    forbidden = [leak for leak in found if leak.column not in recipe.keep_identifiers]
    if final and forbidden:
        raise leaks.as_problem(forbidden)
    checked = recheck(promised, now)
    return Outcome(now, tuple(log), checked, gone, found, control, against(promised, start, now))


def as_written(table: Table, suppressed: str) -> Table:
    """The table with suppressed cells written another way; a Problem if some column already uses that text."""
    if suppressed == SUPPRESSED:
        return table
    new: dict[str, Column] = {}
    for name, column in table.columns.items():
        if suppressed in column.values.to_pylist():
            raise Problem(
                "Suppressed cells cannot be written as the recipe says.",
                "“{column_name}” holds that text as a value of its own; choose another.",
                column=name,
                column_name=name,
            )
        new[name] = column.recode(lambda v: (suppressed or None) if v == SUPPRESSED else v)
    return table.with_columns(new)


def _part(progress: Progress, start: float, width: float) -> Progress:
    return lambda share, doing: progress(start + width * share, doing)
