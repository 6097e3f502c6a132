"""Recipe: what is done to a table, as a file. The wizard edits it, the command line and the API run it.

version: 1
kinds: {age: number}
roles: {name: direct_identifier, age: quasi_identifier, helper: drop}
steps:
  - method: remove
    columns: [name]
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, SerializeAsAny, ValidationError

from core.declare import dump
from core.problem import Problem, near
from core.protect import METHODS, leaks, yaml_text
from core.protect.changes import LogEntry, entry
from core.protect.method import Claim, Method, Progress, Run, check_columns, columns_named, silent
from core.protect.recount import Checked, recheck
from core.protect.secrets import Secrets
from core.redact import where_it_broke
from core.table import KINDS, ROLES, SUPPRESSED, Column, Kind, Role, Table
from core.table.table import SINGLE_ROLES


class Recipe(BaseModel):
    """Roles, kinds and ordered steps: everything needed to make the same release again, except the secrets.

    read              answers about how the file is to be read (sheet, delimiter, ...)
    kinds             column -> kind, where it is not the one proposed on reading
    roles             column -> role. A `drop` column is there for the steps and leaves the table after the last one
    steps             methods, in the order they are applied
    secrets           id of the seed and keys; the secrets themselves never stand in a recipe
    suppressed        how a suppressed cell is written to a file
    keep_identifiers  columns in which values of direct identifiers may go out; without it such a release is refused
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: int = 1
    read: dict[str, str] = {}
    kinds: dict[str, Kind] = {}
    roles: dict[str, Role] = {}
    steps: tuple[SerializeAsAny[Method], ...] = ()
    secrets: str | None = None
    suppressed: str = SUPPRESSED
    keep_identifiers: tuple[str, ...] = ()
    purpose: str = ""
    recipient: str = ""

    @staticmethod
    def load(text: str) -> Recipe:
        """The recipe in a YAML text, or a Problem that names what is wrong, never a value."""
        return Recipe.from_data(yaml_text.parse(text))

    @staticmethod
    def from_data(data: object) -> Recipe:
        """A recipe from plain data: unknown keys, methods, settings, kinds and roles stop it."""
        if not isinstance(data, Mapping):
            raise Problem("This is no recipe.", "A recipe has lines such as “version: 1”, “roles:” and “steps:”.")
        plain = {str(k): v for k, v in data.items() if v is not None}
        for key in plain:
            if key not in Recipe.model_fields:
                raise Problem(
                    "A recipe has no part called “{key}”.",
                    "Check the spelling. {hint}",
                    key=key[:60],
                    hint=near(key, Recipe.model_fields),
                )
        if plain.get("version", 1) != 1:
            raise Problem("The recipe has another version than 1.", "It was made by a newer studio; use that one.")
        plain["kinds"] = _words(plain.get("kinds", {}), "kind", KINDS)
        plain["roles"] = _words(plain.get("roles", {}), "role", ROLES)
        steps = plain.get("steps", ())
        if not isinstance(steps, (list, tuple)):
            raise Problem("The steps of the recipe are no list.", "Begin each step with “- method: …”.")
        plain["steps"] = tuple(METHODS.build(s, number) for number, s in enumerate(steps, start=1))
        return _fits(plain)

    def data(self) -> dict[str, Any]:
        """Plain data, without what is as it is by default; `from_data` makes the same recipe of it."""
        plain = self.model_dump(mode="json", exclude_defaults=True, exclude={"steps", "version"})
        return {"version": self.version, **plain, "steps": [dump(s) for s in self.steps]}

    def dump(self) -> str:
        """The recipe as a YAML text."""
        return yaml_text.write(self.data())


def _words(given: object, what: str, known: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise Problem("The {word}s of the recipe are no table.", "Write “column: {word}”, one on each line.", word=what)
    for name, word in given.items():
        if word not in known:
            raise Problem(
                "“{word}” is no {sort} (column “{column_name}”).",
                "Check the spelling. {hint}",
                column=str(name),
                word=str(word)[:60],
                sort=what,
                column_name=str(name)[:60],
                hint=near(str(word), known),
            )
    return {str(k): str(v) for k, v in given.items()}


def _fits(plain: dict[str, Any]) -> Recipe:
    for key in ("read", "keep_identifiers"):
        if isinstance(plain.get(key), dict):
            plain[key] = {str(k): str(v) for k, v in plain[key].items()}
        elif isinstance(plain.get(key), list):
            plain[key] = tuple(plain[key])
    try:
        return Recipe(**plain)
    except ValidationError as error:
        part = str(error.errors(include_url=False, include_input=False)[0]["loc"][0])
    raise Problem(
        "The part “{part}” of the recipe does not fit.",
        "It must be {wanted}.",
        part=part,
        wanted="a table" if part == "read" else "a list of column names" if part == "keep_identifiers" else "text",
    )


@dataclass(frozen=True)
class Outcome:
    """What a recipe made of a table.

    table    the protected table, `drop` columns gone
    log      one entry per step
    claims   what the steps promised, each counted again on `table` and found to hold
    dropped  columns left out because their role is `drop`
    leaks    places where values of direct identifiers still stand (only those allowed, where `final`)
    """

    table: Table
    log: tuple[LogEntry, ...]
    claims: tuple[Checked, ...]
    dropped: tuple[str, ...] = ()
    leaks: tuple[leaks.Leak, ...] = ()


def run(recipe: Recipe, table: Table, secrets: Secrets, progress: Progress = silent, *, final: bool = True) -> Outcome:
    """The recipe carried out on a table as read.

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
    for number, step in enumerate(recipe.steps, start=1):
        share = (number - 1) / (len(recipe.steps) + 1)
        progress(share, step.title)
        run_step = Run(secrets, number, _part(progress, share, 1 / (len(recipe.steps) + 1)), original=start)
        before, began = now, time.perf_counter()
        now, claims = _one(step, before, run_step)
        promised += [(number, claim) for claim in claims]
        log.append(
            entry(
                number,
                METHODS.name_of(step),
                before,
                now,
                round(time.perf_counter() - began, 3),
                tuple(sorted(run_step.used)),
            )
        )
    progress(len(recipe.steps) / (len(recipe.steps) + 1), "Checking the result")
    return _finish(recipe, start, now, log, promised, final)


def prepare(recipe: Recipe, table: Table) -> Table:
    """The table with the recipe's kinds and roles; a Problem for columns that are not there."""
    table.require([*recipe.kinds, *recipe.roles, *recipe.keep_identifiers])
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
    for number, step in enumerate(recipe.steps, start=1):
        names = set(columns_named(step))
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
    recipe: Recipe, start: Table, now: Table, log: list[LogEntry], promised: list[tuple[int, Claim]], final: bool
) -> Outcome:
    gone = now.having("drop")
    now = now.without(gone)
    if not now.columns:
        raise Problem("Nothing is left of the table.", "Keep at least one column.")
    shown = {name for step in recipe.steps for name in step.may_show()}
    rewritten = {name for step in recipe.steps for name in step.rewrites()}
    found = leaks.find(start, now, shown, rewritten)
    forbidden = [leak for leak in found if leak.column not in recipe.keep_identifiers]
    if final and forbidden:
        raise leaks.as_problem(forbidden)
    return Outcome(now, tuple(log), recheck(promised, now), gone, found)


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
