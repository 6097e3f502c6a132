"""What a job can be: the table of kinds, written by hand. Imported by the worker process; a page never needs it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from core.declare import build
from core.jobs.work import KindTable, Work
from core.language import translate
from core.others import SUBTRACTED, read_other, subtract
from core.others import forget as forget_others
from core.problem import Problem
from core.project import (
    AS_TEXT,
    CANDIDATES,
    CONTROL,
    FACTS,
    FACTS_KEPT,
    MEASURES_FILE,
    OUTCOME,
    PASSWORD,
    PEOPLE,
    POPULATION,
    READING,
    RELEASED,
    SOURCE,
    TABLE,
    facts_name,
    forget,
    keep_table,
    recipe_of,
    secrets_of,
    suffix_of,
    typed_table,
)
from core.release.job import export
from core.training import forget_all, train
from core.weighing import forget_all as forget_kept
from core.weighing import weigh

if TYPE_CHECKING:
    from core.protect.promises.rules import Rule
    from core.recipe import Outcome, Recipe
    from core.table import Table
    from core.table.reading import Reading


def read(work: Work) -> dict[str, Any]:
    """The uploaded file, or the listed database in the project's notes, read with the answers: {"answers": {...}}.

    The password of a file is a secret of the project. A file that is refused or needs an answer is a result, not a
    failure.
    """
    store, actor, project_id = work.store, work.actor, work.project_id
    facts = [file.name for file in store.files(actor, project_id) if file.name.startswith(FACTS)]
    forget(work, READING, OUTCOME, RELEASED, CANDIDATES, CONTROL, TABLE, AS_TEXT, MEASURES_FILE, SUBTRACTED,
           *facts)
    forget_all(store, actor, project_id)
    forget_kept(store, actor, project_id)
    forget_others(store, actor, project_id)
    reading = _read_source(work)
    work.progress(0.9, "Storing the table")
    accepted = reading.status in ("accepted", "accepted_with_warnings")
    if accepted and reading.table is not None and reading.as_text is not None:
        keep_table(work, TABLE, reading.table)
        keep_table(work, AS_TEXT, reading.as_text)
    plain = reading_in_plain(reading)
    # Last: where this file is, the others are too.
    store.put(actor, project_id, READING, json.dumps(plain, ensure_ascii=False).encode())
    return {name: plain[name] for name in ("status", "rows", "columns")}


def _read_source(work: Work) -> Reading:
    from core.table.database import read_listed
    from core.table.reading import read as read_file

    store, actor, project_id = work.store, work.actor, work.project_id
    project, answers = store.project(actor, project_id), dict(work.arguments.get("answers") or {})

    def progress(share: float, doing: str) -> None:
        work.progress(share * 0.9, doing)

    if (asked := project.notes.get("database")) is not None:
        return read_listed(asked["name"], query=asked["query"] or None, answers=answers, progress=progress)
    password = store.secret(actor, project_id, PASSWORD)
    with store.plain_copy(actor, project_id, SOURCE, suffix_of(project.source_name)) as path:
        return read_file(path, answers=answers, password=password.decode() if password else None, progress=progress)


def protect(work: Work) -> dict[str, Any]:
    """A version of the recipe ({"version": n}, or the current one) run on the table.

    Direct identifiers that still stand are listed, not refused: the wizard shows unfinished work too. What is handed
    out must have none (`core.recipe.run` with `final`, the default, refuses it).
    """
    from core.recipe import prepare, run
    from core.training import Vault, ledger_of

    store, actor, project_id = work.store, work.actor, work.project_id
    version, recipe = recipe_of(work)
    work.progress(0.0, "Opening the table")
    original = prepare(recipe, typed_table(store, actor, project_id, recipe))
    secrets = secrets_of(store, actor, project_id, recipe)
    outcome = run(recipe, original, secrets, lambda share, doing: work.progress(0.05 + share * 0.8, doing), final=False,
                  models=Vault(store, actor, project_id), ledger=ledger_of(work, recipe))
    work.progress(0.85, "Storing the result")
    made = {"version": version, "secrets": secrets.id, "digest_in": original.digest()}
    plain = {**made, **outcome_in_plain(outcome)}
    forget(work, OUTCOME, CONTROL)
    keep_table(work, RELEASED, outcome.table)
    if outcome.control:
        store.put(actor, project_id, CONTROL, json.dumps(outcome.control).encode())
    store.put(actor, project_id, OUTCOME, json.dumps(plain, ensure_ascii=False).encode())
    return {"version": version, "rows": outcome.table.rows, "leaks": len(outcome.leaks)}


def find(work: Work) -> dict[str, Any]:
    """Ways to protect the table, tried out within a time; kept in the vault, least loss first.

    {"k", "seconds", "rank": [the column that matters most, ...], "rules": [...], "highest_risk": 0 to 1 or None,
    "households": flag, "before": [...], "version": n}; see `core.recipe.candidates.Asked`.
    """
    from core.recipe.candidates import Asked, try_out
    from core.recipe.steps import STEPS

    store, actor, project_id, given = work.store, work.actor, work.project_id, work.arguments
    _version, recipe = recipe_of(work)
    asked = Asked(
        k=_between(given.get("k", 5), 2, 10_000), rules=_rules(given), highest_risk=_share(given.get("highest_risk")),
        households=bool(given.get("households")), rank=tuple(str(name) for name in given.get("rank") or ()),
        seconds=_between(given.get("seconds", 20), 1, 3600),
        before=tuple(STEPS.build(step) for step in given.get("before") or ()),
    )
    work.progress(0.0, "Opening the table")
    first = recipe.model_copy(update={"steps": (*recipe.steps, *asked.before)})
    secrets = secrets_of(store, actor, project_id, first)
    plain, found = try_out(recipe, typed_table(store, actor, project_id, recipe), secrets, asked, work.progress)
    store.put(actor, project_id, CANDIDATES, json.dumps(plain, ensure_ascii=False).encode())
    return {"found": len(found)}


def facts(work: Work) -> dict[str, Any]:
    """Which few facts single whom out ({"key": name of content and roles, "version": n}); kept for the last few keys.

    The page knows the key it asked for: what was found for one content and choice of roles is never shown for another.
    """
    from core.recipe import prepare
    from core.risk.few_facts import few_facts, to_bytes

    store, actor, project_id = work.store, work.actor, work.project_id
    _version, recipe = recipe_of(work)
    work.progress(0.0, "Opening the table")
    table = prepare(recipe, typed_table(store, actor, project_id, recipe))
    found = few_facts(table, lambda share: work.progress(0.1 + 0.85 * share, "Looking for small combinations"))
    work.progress(0.97, "Storing what was found")
    store.put(actor, project_id, facts_name(str(work.arguments["key"])), to_bytes(found))
    kept = sorted((f for f in store.files(actor, project_id) if f.name.startswith(FACTS)), key=lambda f: f.created)
    forget(work, *(f.name for f in kept[:-FACTS_KEPT]))
    return {"specials": len(found.special), "sets": len(found.sets)}


def population(work: Work) -> dict[str, Any]:
    """The uploaded file of the population, read as text: {"suffix": ".csv"}. Problem where it cannot be read as it is.

    The columns are typed later, each as the column of the same name in the project's own table.
    """
    from core.table.reading import read as read_file

    store, actor, project_id = work.store, work.actor, work.project_id
    forget(work, PEOPLE)
    with store.plain_copy(actor, project_id, POPULATION, suffix_of(str(work.arguments.get("suffix", "")))) as path:
        reading = read_file(path, answers={}, progress=lambda share, doing: work.progress(share * 0.9, doing))
    forget(work, POPULATION)
    if reading.as_text is None or reading.status in ("needs_answer", "rejected"):
        why = " ".join(finding.message for finding in reading.findings[:2])
        raise Problem("The file of the population cannot be read as it is. {why}",
                      "Save it as Parquet, or as CSV in UTF-8 with commas, and bring it again.", why=why)
    keep_table(work, PEOPLE, reading.as_text)
    return {"rows": reading.as_text.rows, "columns": len(reading.as_text.columns)}


def measures(work: Work) -> dict[str, Any]:
    """Risk measures asked for, kept in the vault with their answers.

    {"measures": [...], "key": name of content and roles, "version": n, "released": whether the protected table is
    measured (beside the original), "people": how many people the file was drawn from or None}
    """
    from core.recipe import prepare
    from core.risk import MEASURES, Study
    from core.risk.asked import carry_out
    from core.table.writing import from_parquet

    store, actor, project_id, asked = work.store, work.actor, work.project_id, work.arguments
    _version, recipe = recipe_of(work)
    wanted = [MEASURES.build(entry) for entry in asked.get("measures") or ()]
    work.progress(0.0, "Opening the table")
    table = original = prepare(recipe, typed_table(store, actor, project_id, recipe))
    if asked.get("released"):
        table = from_parquet(store.get(actor, project_id, RELEASED))
    study = Study.of(
        table, population=_people(work, table, recipe), population_size=asked.get("people"),
        original=original if asked.get("released") else None,
    )
    told = carry_out(study, wanted, lambda share, doing: work.progress(0.1 + 0.85 * share, doing))
    kept = {"key": asked.get("key"), "released": bool(asked.get("released")), "measures": told}
    store.put(actor, project_id, MEASURES_FILE, json.dumps(kept, ensure_ascii=False, default=float).encode())
    return {"measures": len(told)}


def _people(work: Work, table: Table, recipe: Recipe) -> Table | None:
    """The table of the population, its columns read as those of the same name in this table.

    None without a file, and where it lacks a quasi-identifier: the page says so, and the other measures can be had.
    """
    from core.table.typing import retype
    from core.table.writing import from_parquet

    if PEOPLE not in {file.name for file in work.store.files(work.actor, work.project_id)}:
        return None
    as_text = from_parquet(work.store.get(work.actor, work.project_id, PEOPLE))
    keys = table.having("quasi_identifier")
    if not set(keys) <= set(as_text.names):
        return None
    answers = {**recipe.read, **{f"unfit:{name}": "keep" for name in keys}}
    only = as_text.without(name for name in as_text.names if name not in keys)
    return retype(only, {name: table[name].kind for name in keys}, answers)


def _between(given: Any, low: int, high: int) -> int:
    if not isinstance(given, int) or not low <= given <= high:
        raise Problem("The target cannot be.", "Choose whole numbers: {low} to {high}.", low=low, high=high)
    return given


def _rules(asked: Mapping[str, Any]) -> tuple[Rule, ...]:
    from core.protect.recoding.k_anonymity import KAnonymity

    return build(KAnonymity, {"rules": list(asked.get("rules") or ())}).rules


def _share(given: Any) -> float | None:
    if given is None or (isinstance(given, (int, float)) and 0 < given <= 1):
        return given
    raise Problem("The target cannot be.", "A risk lies between 0 and 1.")


def linked(work: Work) -> dict[str, Any]:
    """This table and another project's, linked by a number, made new together: as two new projects of their own.

    {"other": project, "key": column here, "child_key": column there, "step": {"method": ...}}
    The other table holds the children: any number of rows for each row here. Both new projects have the roles of the
    old ones, and go the wizard's way like any file.
    """
    from core.protect.free_text import leaks
    from core.protect.method import Run
    from core.recipe import prepare
    from core.recipe.steps import STEPS
    from core.synthesise.conditional import Conditional
    from core.synthesise.linked import synthesise_linked

    store, actor, asked = work.store, work.actor, work.arguments
    step = STEPS.build(asked["step"])
    if not isinstance(step, Conditional):
        raise Problem("“{title}” cannot make linked tables.", "Choose decision trees.", title=step.title)
    work.progress(0.0, "Opening both tables")
    other = replace(work, project_id=str(asked["other"]), arguments={})
    recipes = [recipe_of(one)[1] for one in (work, other)]
    tables = [
        prepare(recipe, typed_table(store, actor, one.project_id, recipe))
        for one, recipe in zip((work, other), recipes, strict=True)
    ]
    secrets = secrets_of(store, actor, work.project_id, recipes[0])
    found = synthesise_linked(
        tables[0], tables[1], str(asked["key"]), str(asked["child_key"]), step,
        Run(secrets, 1, lambda share, doing: work.progress(0.05 + share * 0.7, doing)),
    )
    for before, after in zip(tables, (found.parents, found.children), strict=True):
        if standing := leaks.find(before, after):
            raise leaks.as_problem(standing)
    made = [
        _as_project(work, one, table, recipe)
        for one, table, recipe in zip((work, other), (found.parents, found.children), recipes, strict=True)
    ]
    return {"projects": made, "rows": found.parents.rows, "child_rows": found.children.rows, "orphans": found.orphans}


def _as_project(work: Work, of: Work, table: Table, recipe: Recipe) -> str:
    """A new project that holds this table as its file, read as any upload; with the kinds and roles of the old one."""
    from core.table.writing import write_csv

    store, actor = work.store, work.actor
    old = store.project(actor, of.project_id)
    new = store.create_project(actor, translate("{name}, synthetic", name=old.name)[:120])
    try:
        file = io.BytesIO()
        write_csv(table, file)
        store.put(actor, new.id, "source", file.getvalue())
        store.change_project(actor, new.id, source_name="synthetic.csv")
        read(replace(work, project_id=new.id, arguments={"answers": {}}))
        names = set(table.names)
        kinds = {n: c.kind for n, c in table.columns.items()}
        roles = {n: r for n, r in recipe.roles.items() if n in names}
        store.save_recipe(actor, new.id, {"version": 1, "kinds": kinds, "roles": roles}, "synthetic")
    except BaseException:
        store.delete_project(actor, new.id)
        raise
    return new.id


KINDS: KindTable = {
    "read": read, "protect": protect, "find": find, "train": train, "linked": linked, "facts": facts,
    "population": population, "measures": measures, "weigh": weigh, "other": read_other,
    "other_table": read_other, "subtract": subtract, "export": export,
}


def reading_in_plain(reading: Reading) -> dict[str, Any]:
    """The reading without its tables, as JSON takes it."""
    table = reading.table
    return {
        "status": reading.status,
        "findings": [{"code": f.code, "message": f.message, "where": f.where} for f in reading.findings],
        "questions": [_plain(question) for question in reading.questions],
        "proposals": {name: _plain(proposal) for name, proposal in reading.proposals.items()},
        "answers": dict(reading.answers),
        "rows": table.rows if table is not None else 0,
        "columns": len(table.columns) if table is not None else 0,
    }


def outcome_in_plain(outcome: Outcome) -> dict[str, Any]:
    """The outcome without its table, as JSON takes it; no cell values."""
    return {
        "log": [entry.as_dict() for entry in outcome.log],
        "claims": [{"step": claim.step, "what": claim.what, "holds": True} for claim in outcome.claims],
        "dropped": list(outcome.dropped),
        "leaks": [leak._asdict() for leak in outcome.leaks],
        "rows": outcome.table.rows,
        "columns": len(outcome.table.columns),
        "digest_out": outcome.table.digest(),
    }


def _plain(given: Any) -> Any:
    if is_dataclass(given) and not isinstance(given, type):
        return _plain(asdict(given))
    if isinstance(given, Mapping):
        return {str(name): _plain(value) for name, value in given.items()}
    if isinstance(given, (list, tuple, set, frozenset)):
        return [_plain(value) for value in given]
    return given
