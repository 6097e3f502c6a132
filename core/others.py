"""Files that attackers may hold: a register, a second release, tables of statistics. Kept until the attack, not longer.

Files in the project's vault, beside those of core/project.py (WHAT is one of `WHAT`):
  others/WHAT              as it came, until it is read
  others/WHAT.parquet      with the kinds proposed          others/WHAT.text.parquet   its cells as they stand
  subtracted.json          what tables of statistics give away
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from core.jobs.work import Work
from core.problem import Problem
from core.project import recipe_of, suffix_of, typed_table
from core.store import Actor, Store

if TYPE_CHECKING:
    from core.table import Table

FOLDER, SUBTRACTED = "others/", "subtracted.json"
WHAT = {
    "register": "The register", "second": "The other release", "table": "The table", "other_table": "The second table",
}


def put(store: Store, actor: Actor, project_id: str, what: str, file: BinaryIO) -> None:
    """Keep a file as it came; a job reads it (`read_other`). What stood in its place is gone."""
    forget(store, actor, project_id, what)
    store.put(actor, project_id, FOLDER + _known(what), file)


def there(store: Store, actor: Actor, project_id: str) -> tuple[str, ...]:
    """Which of these files are read and ready."""
    names = {file.name for file in store.files(actor, project_id)}
    return tuple(what for what in WHAT if _typed(what) in names and _text(what) in names)


def forget(store: Store, actor: Actor, project_id: str, *which: str) -> None:
    """Delete these files, or all of them where none is named."""
    names = {file.name for file in store.files(actor, project_id)}
    for what in which or tuple(WHAT):
        for name in (FOLDER + _known(what), _typed(what), _text(what)):
            if name in names:
                store.remove(actor, project_id, name)


def read_other(work: Work) -> dict[str, Any]:
    """A file that was put there, read: {"what": one of `WHAT`, "suffix": ".csv"}. Its raw form is deleted at once."""
    from core.table.reading import read
    from core.table.writing import to_parquet

    store, actor, project_id = work.store, work.actor, work.project_id
    what = _known(str(work.arguments.get("what")))
    try:
        with store.plain_copy(actor, project_id, FOLDER + what, suffix_of(str(work.arguments.get("suffix", "")))) as at:
            reading = read(at, answers={}, progress=lambda share, doing: work.progress(share * 0.9, doing))
    finally:
        store.remove(actor, project_id, FOLDER + what)
    if reading.table is None or reading.as_text is None or reading.status in ("needs_answer", "rejected"):
        why = " ".join(finding.message for finding in reading.findings[:2])
        raise Problem("The file cannot be read as it is. {why}",
                      "Save it as Parquet, or as CSV in UTF-8 with commas, and bring it again.", why=why)
    store.put(actor, project_id, _typed(what), to_parquet(reading.table))
    store.put(actor, project_id, _text(what), to_parquet(reading.as_text))
    return {"rows": reading.table.rows, "columns": len(reading.table.columns)}


def held(
    store: Store, actor: Actor, project_id: str, what: str, original: Table, columns: Mapping[str, str] | None = None,
) -> Table:
    """One of the files with the original's names: `columns` says the original's column -> the file's."""
    from core.attack.held import like_original
    from core.table.writing import from_parquet

    if what not in there(store, actor, project_id):
        raise Problem("The file is gone.", "Bring it again.")
    typed, text = (from_parquet(store.get(actor, project_id, name)) for name in (_typed(what), _text(what)))
    return like_original(typed, text, original, columns)


def subtract(work: Work) -> dict[str, Any]:
    """What one or two tables of statistics give away: {"counts": column or "", "total": text or "", "fewest": n}.

    The tables are deleted afterwards.
    """
    import numpy as np

    from core.attack import tried
    from core.attack.subtraction import Subtraction
    from core.recipe import prepare

    store, actor, project_id, asked = work.store, work.actor, work.project_id, work.arguments
    _version, recipe = recipe_of(work)
    work.progress(0.1, "Opening the table")
    original = prepare(recipe, typed_table(store, actor, project_id, recipe))
    tables = {what: held(store, actor, project_id, what, original) for what in ("table", "other_table")
              if what in there(store, actor, project_id)}
    if "table" not in tables:
        raise Problem("There is no table of counts yet.", "Bring one that was given out, or is to be.")
    attacker = Subtraction(counts=str(asked.get("counts") or ""), total=str(asked.get("total") or ""),
                           fewest=asked.get("fewest") or 10)
    work.progress(0.5, "Subtracting")
    found = tried(original, tables["table"], second=tables.get("other_table"), rng=np.random.default_rng(0),
                  names=("subtraction",), using=(attacker,))
    if not found.won and not found.left_out:
        raise Problem("The table hides no cell, and there is none to compare it with.",
                      "Bring a table with hidden cells (empty or *), or a second table of the same people.")
    plain = {**found.data(), "tables": len(tables)}
    store.put(actor, project_id, SUBTRACTED, json.dumps(plain, ensure_ascii=False).encode())
    forget(store, actor, project_id, *tables)
    return {"found": len(found.won)}


def _known(what: str) -> str:
    if what not in WHAT:
        raise Problem("There is no such kind of file.", "Choose one of those on the page.")
    return what


def _typed(what: str) -> str:
    return f"{FOLDER}{what}.parquet"


def _text(what: str) -> str:
    return f"{FOLDER}{what}.text.parquet"
