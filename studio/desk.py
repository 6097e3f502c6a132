"""What the pages read of the open project and write back: its file, its recipe, its tables.

The recipe is the one truth about kinds, roles and steps. Each change saves a version of it, so undo and redo reach
everything a person pointed and clicked, any number of times. Nothing is kept here but in the store, and in caches keyed
by content.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from core.declare import dump
from core.detect import COUNTRIES, DIRECT, Detected, Entity, detect, headers
from core.detect.columns import KNOWN_COUNTRIES
from core.detect.roles import OF_ENTITY
from core.language import translate as _
from core.policy.target import Wanted
from core.problem import Problem
from core.project import PASSWORD, typed_table
from core.protect import METHODS
from core.protect.defaults import suggest as suggest_steps
from core.protect.method import columns_named
from core.recipe import Recipe, prepare
from core.recipe.fit import with_expectation
from core.recipe.steps import STEPS
from core.store import Project, RecipeVersion
from core.table import Kind, Role, Table
from core.table.table import SINGLE_ROLES
from studio import context, waiting, warm
from studio.reading import Reading, from_json
from studio.recipients import Recipient, recipient

SOURCE, READING, TABLE = "source", "reading.json", "table.parquet"
DROP: Role = "drop"
KNOWN: Role = "quasi_identifier"
UNSURE = "UNSURE"
"""“I’m not sure” what a column holds: it is treated as if it named somebody."""


# --- the file


def bring(file: BinaryIO, name: str, project: Project | None, answers: Mapping[str, str] | None = None) -> None:
    """Puts an uploaded file into the vault and starts reading it: in a new project, or instead of the one there.

    answers  given about an earlier file of the same kind
    """
    store, actor = context.store(), context.who()
    name = PurePath(name.replace("\\", "/")).name[:200]
    if project is None:
        project = store.create_project(actor, PurePath(name).stem[:120] or _("My project"))
    elif project.name == PurePath(project.source_name).stem[:120]:  # nobody named it: it goes by its file
        store.change_project(actor, project.id, name=PurePath(name).stem[:120] or project.name)
    store.put(actor, project.id, SOURCE, file)
    store.change_project(actor, project.id, source_name=name)
    start_reading(project.id, answers or {})
    context.open_project(project.id)


def bring_database(name: str, query: str) -> None:
    """A table or query of a database that whoever runs the studio has listed, as a new project.

    Only its name is kept, never its address; the query is sealed with the project.
    """
    from core.table.database import require_select

    if query.strip():
        require_select(query)
    store, actor = context.store(), context.who()
    project = store.create_project(actor, name[:120])
    notes = {"database": {"name": name, "query": query.strip()}}
    store.change_project(actor, project.id, source_name=name[:200], notes=notes)
    start_reading(project.id, {})
    context.open_project(project.id)


def bring_sample() -> None:
    """The sample survey, as if it had been uploaded."""
    from core.sample import sample
    from core.table.writing import write_csv

    file = io.BytesIO()
    write_csv(sample(), file)
    file.seek(0)
    bring_invented(file, "sample survey.csv")


def bring_invented(file: BinaryIO, name: str) -> None:
    """A table of nobody, with the answers about recipient and purpose that somebody who tries it out would give."""
    project = context.store().create_project(
        context.who(), PurePath(name).stem, recipient="researchers", purpose=_("To see what this studio does")
    )
    bring(file, name, project)


def start_reading(project_id: str, answers: Mapping[str, str]) -> None:
    """Reads the file with these answers to the questions it raises."""
    waiting.start(project_id, "read", {"answers": dict(answers)})


def reading(project: Project) -> Reading | None:
    """How reading the file ended; None before it has."""
    stamp = context.stamp(project.id, READING)
    if not stamp:
        return None
    return context.keep(
        ("reading", project.id, stamp),
        lambda: from_json(json.loads(context.store().get(context.who(), project.id, READING))),
    )


def answer(project: Project, was: Reading, given: Mapping[str, str]) -> None:
    """Keeps the answers with the project and reads the file again with them. A password goes into the vault."""
    given = dict(given)
    if password := given.pop("password", None):
        context.store().put_secret(context.who(), project.id, PASSWORD, password.encode())
    start_reading(project.id, {**was.answers, **given})


def has_password(project: Project) -> bool:
    """Whether a password was given for the file; where the file asks all the same, it was a wrong one."""
    return context.store().secret(context.who(), project.id, PASSWORD) is not None


def describe(project_id: str, recipient: str | None = None, purpose: str | None = None) -> None:
    """Recipient or purpose of a project, as soon as it is said."""
    context.store().change_project(context.who(), project_id, recipient=recipient, purpose=purpose)


# --- the recipe


def version(project: Project) -> RecipeVersion | None:
    """The current version of the recipe, with the note of what changed last."""
    return context.store().recipe(context.who(), project.id)


def recipe(project: Project) -> Recipe:
    """The recipe as it stands; an empty one before the first answer."""
    found = version(project)
    return Recipe.from_data(dict(found.recipe)) if found else Recipe()


def to_keep(project: Project) -> Recipe:
    """The recipe to run again next month: it says how the file was read and what a later one is compared with."""
    read = reading(project)
    found = with_expectation(to_hand_out(project), original(project))
    return found.model_copy(update={"read": {**(read.answers if read else {}), **found.read}})


def to_hand_out(project: Project) -> Recipe:
    """The recipe with what it is for and who gets the result."""
    return recipe(project).model_copy(update={"purpose": project.purpose, "recipient": target(project).label})


def change(project: Project, note: str, **parts: Any) -> None:
    """Saves a version of the recipe with these parts replaced; a Problem, and nothing saved, if it does not fit."""
    new = Recipe.from_data({**recipe(project).data(), **parts})
    prepare(new, typed(project, new))
    context.store().save_recipe(context.who(), project.id, new.data(), note)


def typed(project: Project, now: Recipe) -> Table:
    """The table with the kinds of this recipe; where they differ from what was proposed, the cells are read anew."""
    key = ("typed", project.id, context.stamp(project.id, TABLE), json.dumps([now.kinds, now.read]))
    return context.keep(key, lambda: typed_table(context.store(), context.who(), project.id, now))


def original(project: Project) -> Table:
    """The table as read, with the kinds and roles the person chose."""
    now = recipe(project)
    return prepare(now, typed(project, now))


def say_kind(project: Project, name: str, kind: Kind, unfit: str | None = None) -> None:
    """How a column is read. Cells that do not fit are a Problem, unless `unfit` says: missing, or keep."""
    now = recipe(project)
    read = {**now.read, f"unfit:{name}": unfit} if unfit else now.read
    change(
        project,
        _("“{column}” is read as {kind}", column=name, kind=_(kind)),
        kinds={**now.kinds, name: kind},
        read=read,
    )


def could_be_known(project: Project, names: list[str]) -> None:
    """These columns, called harmless so far, could be known after all."""
    roles: dict[str, Role] = {**recipe(project).roles, **dict.fromkeys(names, KNOWN)}
    change(project, _("Someone could know: {columns}", columns=", ".join(names)), roles=roles)


def say_role(project: Project, name: str, role: Role) -> None:
    """A column's role. Weight and household are for one column each: the one that had it before becomes harmless."""
    roles = dict(recipe(project).roles)
    if role in SINGLE_ROLES:
        roles = {n: "keep" if r == role else r for n, r in roles.items()}
    change(project, _("“{column}”: {role}", column=name, role=_(role).replace("_", " ")), roles={**roles, name: role})


# --- what was found in the columns


def detected(project: Project) -> dict[str, Detected]:
    """What each column holds, with what the person said about it in place of what was found."""
    table = context.table(project.id, TABLE)
    warm.detection()
    whose = countries(project)
    key = ("detected", project.id, context.stamp(project.id, TABLE), whose)
    found = context.keep(key, lambda: detect(table, whose))
    said = project.notes.get("entities", {})
    return {name: _said(d, said.get(name)) for name, d in found.items()}


def countries(project: Project) -> tuple[str, ...]:
    """Whose official numbers are looked for: what the person chose, else the usual ones."""
    return tuple(c for c in project.notes.get("countries", COUNTRIES) if c in KNOWN_COUNTRIES)


def _said(found: Detected, entity: str | None) -> Detected:
    if entity is None or entity == found.entity:
        return found
    known: Entity = "NONE" if entity == UNSURE else cast(Entity, entity)
    return replace(found, entity=known, subtype="", confidence=1.0)


def say_entity(project: Project, name: str, entity: str) -> None:
    """What the person says a column holds; its role follows where the answer leaves no doubt."""
    notes = {**project.notes.get("entities", {}), name: entity}
    context.store().change_project(context.who(), project.id, notes={"entities": notes})
    role = "direct_identifier" if entity == UNSURE else OF_ENTITY[entity][0] if entity in OF_ENTITY else None
    if role and recipe(project).roles.get(name) != role:
        say_role(project, name, role)


def suggest(project: Project) -> None:
    """The suggested roles, saved as the first version of the recipe.

    Where the file was read anew and has other columns, what was said of the columns that stayed is kept.
    """
    now, read = recipe(project), reading(project)
    names, answers = set(context.table(project.id, TABLE).names), dict(read.answers) if read else {}
    if version(project) and set(now.roles) == names and answers.items() <= now.read.items():
        return
    roles: dict[str, Role] = {n: r for n, r in now.roles.items() if n in names}
    for name, one in detected(project).items():
        taken = one.role in SINGLE_ROLES and one.role in roles.values()
        roles.setdefault(name, "keep" if taken else one.role)
    kept = [dump(step) for step in now.steps if names >= set(columns_named(step))]
    change(
        project,
        _("The file was read anew") if version(project) else _("The suggested answers"),
        roles=roles,
        kinds={n: k for n, k in now.kinds.items() if n in names},
        steps=kept,
        read={**{q: a for q, a in now.read.items() if q.startswith("unfit:") and q[6:] in names}, **answers},
    )


# --- steps


def require_table(project: Project) -> None:
    """A Problem where the file has not been read yet."""
    if not context.stamp(project.id, TABLE):
        raise Problem("The file is not read yet.", "Go back to the first pages and finish them.")


def add_step(project: Project, step: Mapping[str, Any], at: int | None = None) -> None:
    """Adds a step to the recipe, at the end or before the step with index `at`."""
    done = recipe(project).data()["steps"]
    at = len(done) if at is None else at
    title = STEPS.build(step).in_words()
    change(project, _("Added: {step}", step=title), steps=[*done[:at], dict(step), *done[at:]])


def change_step(project: Project, index: int, step: Mapping[str, Any]) -> None:
    done = recipe(project).data()["steps"]
    change(
        project,
        _("Changed: {step}", step=STEPS.build(step).in_words()),
        steps=[*done[:index], dict(step), *done[index + 1 :]],
    )


def remove_step(project: Project, index: int) -> None:
    done = recipe(project).data()["steps"]
    change(
        project,
        _("Took away: {step}", step=STEPS.build(done[index]).in_words()),
        steps=[*done[:index], *done[index + 1 :]],
    )


def target(project: Project) -> Recipient:
    """How strictly people are to be protected, by who will receive the result."""
    return recipient(project.recipient)


def suggested_steps(
    project: Project, only_at_risk: bool = False, asked: Wanted | None = None
) -> list[tuple[dict[str, Any], str]]:
    """Identifiers by what they hold, columns finer than needed, groups of at least k; each with its reason.

    only_at_risk  rows that stand out are changed instead, and no others
    asked         what the rules of a policy ask for, so that the result keeps them; None: what is usual
    """
    table = original(project)
    found = [
        (dump(step), " ".join(dict.fromkeys(reasons.values())))
        for step, reasons in suggest_steps(table, detected(project))
    ]
    household = table.one("household")
    if household:
        found.append(
            (
                {"method": "pseudonymise", "columns": [household], "key": "household"},
                _("Who lives together can still be seen, but the number no longer leads to other files."),
            )
        )
    finer = finer_than_needed(project)
    if finer:
        found.append(
            (
                {"method": "remove", "columns": finer},
                _("Other columns say the same more coarsely. Without these, much more of the rest can stay as it is."),
            )
        )
    return [*found, *_against_recognition(table, target(project).k, only_at_risk, asked or Wanted())]


def _against_recognition(
    table: Table, usual: int, only_at_risk: bool, asked: Wanted
) -> list[tuple[dict[str, Any], str]]:
    """Groups of people who look alike, or only rows at risk changed; then whoever the weights show to be at risk."""
    k, rules, risk = asked.groups(table, usual), asked.rules(table), asked.risk(table)
    if only_at_risk:
        reason = _("Whoever already shares all this with at least {others} others stays as they are.", others=k - 1)
        first: dict[str, Any] = {"method": "protect_at_risk", "rule": {"rule": "few_alike", "k": k}}
    else:
        reason = _(
            "So that everyone shares what could be known about them with at least {others} others. "
            "Each value is made only as coarse as needed: 37 may become 30-39.",
            others=k - 1,
        )
        first = {"method": "k_anonymity", "k": k}
        if rules:
            first["rules"] = [dump(rule) for rule in rules]
            reason += " " + _("Each group holds at least {count} different values of {columns}.",
                              count=rules[0].l, columns=", ".join(rule.column for rule in rules))
    if risk is None:
        return [(first, reason)]
    second = {"method": "protect_at_risk", "rule": {"rule": "high_risk", "threshold": risk}}
    return [(first, reason), (second, _("Rows whose weights say that few others are like them are looked at again."))]


def finer_than_needed(project: Project) -> list[str]:
    """Dates of birth where there is an age; and of all columns that say where, every one but the coarsest."""
    table, found = original(project), detected(project)
    known = table.having("quasi_identifier")
    age = any((match := headers.match(name)) and match.concept.name == "age" for name in known)
    born = [n for n in known if found[n].entity == "DATE_OF_BIRTH"] if age else []
    where = [n for n in known if found[n].entity in ("LOCATION", "POSTCODE", "GEO_COORDINATE")]
    coarsest = min(where, key=lambda n: len(table[n].values), default=None)
    return [n for n in known if n in born or (n in where and n != coarsest)]


def telling(project: Project) -> list[str]:
    """Columns that are not marked as naming people and look as if they did, as a date of birth to the day."""
    table, found = original(project), detected(project)
    return [n for n in table.names if found[n].entity in DIRECT and table.role(n) not in ("direct_identifier", DROP)]


def allow(project: Project, column: str) -> None:
    """Values of direct identifiers may go out in this column: a decision that stands in the recipe and the list."""
    kept = [*recipe(project).keep_identifiers, column]
    change(project, _("Values that name people may go out in “{column}”", column=column), keep_identifiers=kept)


def leave_out(project: Project, names: list[str]) -> None:
    """These columns do not go on."""
    roles: dict[str, Role] = {**recipe(project).roles, **dict.fromkeys(names, DROP)}
    change(project, _("Left out: {columns}", columns=", ".join(names)), roles=roles)


def what_will_happen(project: Project) -> dict[str, str]:
    """What the suggested protection does with each column that holds an identifier, in words."""
    return {
        name: _("Suggested: leave it out.")
        if METHODS.name_of(step) == "remove"
        else _("Suggested: {step}.", step=_(step.title).lower())
        for step, reasons in suggest_steps(original(project), detected(project))
        for name in reasons
    }


def identifies(project: Project, name: str) -> bool:
    """Whether an example of this column is masked."""
    found = detected(project)[name]
    roles = (found.role, original(project).role(name))
    return "direct_identifier" in roles or found.entity in DIRECT


def take_suggestion(project: Project, suggested: list[tuple[dict[str, Any], str]]) -> None:
    done = recipe(project).data()["steps"]
    change(project, _("The suggested protection"), steps=[*done, *(step for step, _reason in suggested)])
