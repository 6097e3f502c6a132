"""The last step: the protected table as an encrypted file with a passphrase of its own, entered in the register."""

from __future__ import annotations

from typing import NamedTuple

from core.jobs import Job
from core.problem import Problem
from core.protect.free_text.leaks import Leak, as_problem
from core.recipe import as_written
from core.release import PLAIN, making, passphrase
from core.release.job import MADE, WORDS
from core.store import Project, ReleaseRecord
from studio import context, desk, figures, outcome, waiting

OFFERED = ("xlsx", "csv.zip", "parquet.zip", "sav.zip", "dta.zip")
"""Locked formats on the page; age is for the command line."""
AT_ONCE = 1_000_000
"""Cells up to which a file is made while the page waits; a larger one is a job."""
MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "plain.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "plain.csv": "text/csv",
    **dict.fromkeys(("plain.parquet", "plain.sav", "plain.dta"), "application/octet-stream"),
}


class Export(NamedTuple):
    """A file just made. It and its passphrase live in this browser session alone: after F5 a new one is made."""

    record: ReleaseRecord
    data: bytes
    passphrase: str
    format: str
    neutralised: int = 0
    """Cells that a spreadsheet would have run as formulas, and that begin with an apostrophe now."""
    unlabelled: tuple[str, ...] = ()
    """Columns whose value labels this format cannot hold."""

    @property
    def file_name(self) -> str:
        """Holds the reference, so that no browser takes an older file for this one."""
        return f"{self.record.reference}.{self.format}"

    @property
    def mime(self) -> str:
        return MIME.get(self.format, "application/zip")


def ready(project: Project) -> outcome.Done:
    """The protected table that may go out; a Problem where there is none, or where it still names people."""
    done = outcome.current(project)
    if done is None:
        raise Problem("The table is not protected yet.", "Go back to “Protect it”, and wait until it is worked out.")
    forbidden = [Leak(**leak) for leak in done.leaks if leak["column"] not in desk.recipe(project).keep_identifiers]
    if forbidden:
        raise as_problem(forbidden)
    return done


def make(project: Project, format: str) -> Export | None:
    """The file, made now and entered in the register; for a large table a job is started instead (None)."""
    done = ready(project)
    table = as_written(outcome.released(project), desk.recipe(project).suppressed)
    words = "" if format in PLAIN else passphrase.new()
    if table.rows * len(table.columns) > AT_ONCE:
        context.store().put_secret(context.who(), project.id, WORDS, words.encode())
        asked = {"format": format, "file": outcome.RELEASED, "version": done.version}
        job = waiting.start(project.id, "export", asked)
        context.set_value(_key(project), (job.id, done.version, words))
        return None
    made = making.make(table, format, words, bom=True, neutralise_formulas=True)
    return _entered(project, done, format, words, table.digest(), made)


def _key(project: Project) -> str:
    return f"exporting-{project.id}"


def under_way(project: Project) -> Job | None:
    """The job that makes the file this tab asked for; only this tab knows the passphrase."""
    asked = context.value(_key(project))
    job = waiting.latest(project.id, "export") if asked else None
    return job if job and job.id == asked[0] else None


def fetch(project: Project) -> Export | None:
    """The file that a job made, once: entered in the register, and no longer kept. None if the job was stopped.

    A Problem if it failed, or if the table was protected anew while it was made.
    """
    job, store = under_way(project), context.store()
    _id, version, words = context.take(_key(project))
    store.destroy_secret(context.who(), project.id, WORDS)
    if job is None or job.state == "stopped":
        return None
    if job.state != "done":
        told = job.problem or {"what": "The file was not made.", "do": "Try again."}
        raise Problem("{happened}", "{advice}", happened=told["what"], advice=told["do"])
    data, result = store.get(context.who(), project.id, MADE), dict(job.result or {})
    store.remove(context.who(), project.id, MADE)
    done = ready(project)
    if done.version != version:
        raise Problem("The table was protected anew while the file was made.", "Make the file again.")
    made = making.Made(data, result["formulas"], tuple(result["unlabelled"]))
    return _entered(project, done, result["format"], words, result["digest_out"], made)


def _entered(
    project: Project, done: outcome.Done, format: str, words: str, digest: str, made: making.Made
) -> Export:
    record = context.store().register_release(
        context.who(),
        project.id,
        recipe_version=done.version,
        digest_in=done.digest_in,
        digest_out=digest,
        figures=figures.for_register(project),
        format=format,
    )
    return Export(record, made.data, words, format, made.formulas, made.unlabelled)
