"""The last step: the protected table as an encrypted file with a passphrase of its own, entered in the register."""

from __future__ import annotations

from typing import NamedTuple

from core.problem import Problem
from core.protect.leaks import Leak, as_problem
from core.recipe import as_written
from core.release import csv_zip, excel, passphrase
from core.release.codebook import codebook, to_csv
from core.release.page import html
from core.release.report import About, release_report
from core.store import Project, ReleaseRecord
from core.table import Table
from studio import context, desk, figures, outcome

OFFERED = ("xlsx", "csv.zip", "parquet.zip")
MIME = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Export(NamedTuple):
    """A file just made. It and its passphrase live in this browser session alone: after F5 a new one is made."""

    record: ReleaseRecord
    data: bytes
    passphrase: str
    format: str
    neutralised: int = 0
    """Cells that a spreadsheet would have run as formulas, and that begin with an apostrophe now."""

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


def make(project: Project, format: str) -> Export:
    """Encrypts, opens again, compares, and enters the release in the register. The table goes out as it was checked."""
    done = ready(project)
    table = as_written(outcome.released(project), desk.recipe(project).suppressed)
    words = passphrase.new()
    data = encrypted(table, words, format)
    record = context.store().register_release(
        context.who(),
        project.id,
        recipe_version=done.version,
        digest_in=done.digest_in,
        digest_out=table.digest(),
        figures=figures.for_register(project),
        format=format,
    )
    return Export(record, data, words, format, csv_zip.formula_cells(table) if format == "csv.zip" else 0)


def encrypted(table: Table, words: str, format: str) -> bytes:
    if format == "xlsx":
        return excel.encrypted(table, words)
    if format == "csv.zip":
        return csv_zip.encrypted(table, words, bom=True, neutralise_formulas=True)
    return csv_zip.encrypted_parquet(table, words)


def reports(project: Project, made: Export) -> tuple[str, str, bytes]:
    """(internal report, report for the recipient, codebook): HTML pages and CSV, without a cell of the table."""
    done, found = ready(project), figures.comparison(project)
    if found is None:
        raise Problem("There is nothing to report.", "Undo a step: no row is left.")
    recipe, original, table = desk.to_hand_out(project), desk.original(project), outcome.released(project)
    entries = codebook(table, original, recipe.steps)
    about = About(
        title=project.name,
        reference=made.record.reference,
        made=made.record.created,
        purpose=project.purpose,
        recipient=recipe.recipient,
        format=made.format,
        rows_in=original.rows,
        rows_out=table.rows,
        digest_in=made.record.digest_in,
        digest_out=made.record.digest_out,
        log=done.log,
        claims=[c["what"] for c in done.claims],
        prepared_by=made.record.user,
    )
    inside, outside = (
        html(release_report(about, recipe, found, entries, audience)) for audience in ("internal", "external")
    )
    return inside, outside, to_csv(entries)
