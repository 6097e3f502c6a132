"""Making the file that goes out as a job: for tables that take longer than a person waits for a page."""

from __future__ import annotations

from typing import Any

from core.jobs.work import Work
from core.problem import Problem

MADE = "export.bin"
WORDS = "export-passphrase"
"""Name of the secret in the vault; whoever asked for the file destroys it when it is fetched."""


def export(work: Work) -> dict[str, Any]:
    """The protected table made into a file, which goes to the vault as MADE.

    {"format": one of FORMATS or PLAIN, "file": the table in the vault, "version": of its recipe}
    Returns {"format", "digest_out", "formulas", "unlabelled"}. The passphrase is the project's secret WORDS.
    """
    from core.recipe import Recipe, as_written
    from core.release.making import make
    from core.release.opening import PLAIN
    from core.table.writing import from_parquet

    store, actor, project_id, asked = work.store, work.actor, work.project_id, work.arguments
    words = store.secret(actor, project_id, WORDS)
    if words is None and asked["format"] not in PLAIN:
        raise Problem("The passphrase of this file is gone.", "Make the file again.")
    saved = store.recipe(actor, project_id, asked["version"])
    if saved is None:
        raise Problem("There is no recipe yet.", "Choose roles and methods first.")
    work.progress(0.0, "Opening the table")
    table = from_parquet(store.get(actor, project_id, asked["file"]))
    table = as_written(table, Recipe.from_data(dict(saved.recipe)).suppressed)
    made = make(table, asked["format"], (words or b"").decode(), bom=True, neutralise_formulas=True,
                progress=lambda share, doing: work.progress(0.05 + share * 0.85, doing))  # fmt: skip
    work.progress(0.95, "Storing the file")
    store.put(actor, project_id, MADE, made.data)
    return {
        "format": asked["format"], "digest_out": table.digest(), "formulas": made.formulas,
        "unlabelled": list(made.unlabelled),
    }
