"""What a project's vault holds, and how jobs open it: the table as typed, the recipe asked for, seed and keys.

Files in the project's vault:
  source           the upload as it came
  reading.json     how reading it ended: status, findings, questions, proposals, answers
  table.parquet    the table with its proposed kinds          as_text.parquet  the cells exactly as read
  released.parquet the protected table                        outcome.json     what the recipe did and promised
  candidates.json  ways to protect it that were tried out
  control.json     row numbers of the people that a synthesizer held back and never looked at
  models/          what synthesizers learned (core/training.py)
  kept/            releases kept for comparison (core/weighing.py)
  others/          files that attackers may hold (core/others.py)
  facts-KEY.npz    small combinations that single rows out, for one content and choice of roles
  population       a file of the population as it came               population.parquet  its cells exactly as read
  measures.json    risk measures asked for
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from core.jobs.work import Work
from core.problem import Problem
from core.store import Actor, Store
from core.store.domain_keys import SHARED

if TYPE_CHECKING:
    from core.protect.secrets import Secrets
    from core.recipe import Recipe
    from core.table import Table

SOURCE, READING, TABLE, AS_TEXT = "source", "reading.json", "table.parquet", "as_text.parquet"
RELEASED, OUTCOME, CANDIDATES = "released.parquet", "outcome.json", "candidates.json"
CONTROL = "control.json"
POPULATION, PEOPLE, MEASURES_FILE = "population", "population.parquet", "measures.json"
FACTS, FACTS_KEPT = "facts-", 6
PASSWORD, SECRETS = "file-password", "secrets"  # names of secrets in the vault


def facts_name(key: str) -> str:
    """The name in the vault of what was found under this key (letters and digits)."""
    return f"{FACTS}{key}.npz"


def recipe_of(work: Work) -> tuple[int, Recipe]:
    """The version of the recipe that was asked for, or the current one."""
    from core.recipe import Recipe

    saved = work.store.recipe(work.actor, work.project_id, work.arguments.get("version"))
    if saved is None:
        raise Problem("There is no recipe yet.", "Choose roles and methods first.")
    return saved.version, Recipe.from_data(dict(saved.recipe))


def typed_table(store: Store, actor: Actor, project_id: str, recipe: Recipe) -> Table:
    """The stored table; columns whose kind the recipe changes are read anew from the cells as they stood in the file.

    So the wizard, `python -m core protect` and a nightly run make the same cells of the same file.
    """
    from core.table.typing import retype
    from core.table.writing import from_parquet

    table = from_parquet(store.get(actor, project_id, TABLE))
    table.require(recipe.kinds)
    other = {name: kind for name, kind in recipe.kinds.items() if table.columns[name].kind != kind}
    if not other:
        return table
    fresh = retype(from_parquet(store.get(actor, project_id, AS_TEXT)), other, recipe.read)
    return table.with_columns({name: fresh.columns[name] for name in other})


def secrets_of(store: Store, actor: Actor, project_id: str, recipe: Recipe) -> Secrets:
    """The project's seed and keys, drawn on first use; keys that the recipe names are drawn as they come up."""
    from core.protect.secrets import Secrets

    def destroyed(secrets: Secrets) -> set[str]:
        return {full.rpartition(".v")[0] for full in secrets.destroyed}

    def grown(before: bytes | None) -> bytes:
        secrets = Secrets.from_yaml(before.decode()) if before else Secrets.draw()
        for step in recipe.steps:
            name = getattr(step, "key", None)
            # A version asked for by name, and a key destroyed on purpose, are not made up again.
            if not isinstance(name, str) or ".v" in name or name.startswith(SHARED):
                continue
            if name not in destroyed(secrets):
                secrets = secrets.with_key(name)
        return secrets.to_yaml().encode()

    kept = Secrets.from_yaml(store.change_secret(actor, project_id, SECRETS, grown).decode())
    return with_shared(store, actor, recipe, kept)


def with_shared(store: Store, actor: Actor, recipe: Recipe, secrets: Secrets) -> Secrets:
    """The secrets with the shared keys that the recipe names and the actor may use; never kept with the project."""
    named = {str(getattr(step, "key", "")).partition(".v")[0] for step in recipe.steps}
    for name in sorted(n for n in named if n.startswith(SHARED)):
        held = store.domain_key_material(actor, name)
        secrets = secrets.with_shared(name, held.keys, held.version, held.destroyed)
    return secrets


def keep_table(work: Work, name: str, table: Table) -> None:
    """Keep a table under this name, with its kinds and roles."""
    from core.table.writing import to_parquet

    work.store.put(work.actor, work.project_id, name, to_parquet(table))


def forget(work: Work, *names: str) -> None:
    """Remove these files where they are: results of an older reading or recipe must not outlive it."""
    there = {file.name for file in work.store.files(work.actor, work.project_id)}
    for name in names:
        if name in there:
            work.store.remove(work.actor, work.project_id, name)


def suffix_of(source_name: str) -> str:
    """The ending of the uploaded file's name, a hint for the reader; the name itself stays behind."""
    suffix = PurePath(source_name).suffix
    return suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", suffix) else ""
