"""A table made into the file that goes out, in any format, locked or not; read back and compared before it leaves."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

from core.problem import Problem, near
from core.release.opening import FORMATS, PLAIN
from core.table import Table

Progress = Callable[[float, str], None]


class Made(NamedTuple):
    """A file that was read back and found to hold the table.

    formulas   cells that a spreadsheet would have run, and that begin with an apostrophe now
    unlabelled columns whose value labels this format cannot hold; they stand in the codebook
    """

    data: bytes
    formulas: int = 0
    unlabelled: tuple[str, ...] = ()


def make(
    table: Table, format: str, words: str = "", *, name: str = "data", bom: bool = False,
    neutralise_formulas: bool = False, progress: Progress = lambda _share, _doing: None,
) -> Made:  # fmt: skip
    """The file as bytes. `format` is one of FORMATS (locked with the passphrase `words`) or of PLAIN (open to anyone).

    name                 of the file inside an archive, without its ending
    bom                  CSV: mark it as UTF-8 for Excel
    neutralise_formulas  CSV: an apostrophe in front of texts that a spreadsheet would run

    Raises Problem, naming the column where one is at fault, if the table does not fit the format or does not come back
    from the file cell for cell; nothing is returned then.
    """
    if format not in FORMATS and format not in PLAIN:
        raise Problem("There is no format “{format}”.", "Choose another one. {hint}", format=format[:40],
                      hint=near(format, [*FORMATS, *PLAIN]))  # fmt: skip
    if not table.rows or not table.columns:
        raise Problem("There is nothing to write.", "Keep at least one row and one column.")
    plain = format in PLAIN
    inner = format.removeprefix("plain.").partition(".")[0]
    if inner == "xlsx" and not plain:
        from core.release import excel

        progress(0.1, "Writing the workbook, encrypting, opening again, comparing")
        return Made(excel.encrypted(table, words))
    progress(0.1, "Writing, reading back, comparing")
    made = _inner(table, inner, bom, neutralise_formulas)
    if plain:
        return made
    progress(0.6, "Encrypting, opening again, comparing")
    return made._replace(data=_locked(made.data, format, words, f"{name}.{inner}"))


def _inner(table: Table, inner: str, bom: bool, neutralise: bool) -> Made:
    from core.release import csv_zip, workbook

    if inner == "csv":
        data = csv_zip.csv(table, bom=bom, neutralise_formulas=neutralise)
        return Made(data, csv_zip.formula_cells(table) if neutralise else 0)
    if inner == "parquet":
        return Made(csv_zip.parquet(table))
    if inner == "xlsx":
        data = workbook.write(table)
        if not workbook.same_cells(data, table):
            raise csv_zip.differs("workbook")
        return Made(data)
    from core.table import outputs

    out = BytesIO()
    write = outputs.write_spss if inner == "sav" else outputs.write_stata
    unlabelled = write(table, out)
    return Made(out.getvalue(), unlabelled=unlabelled)


def _locked(data: bytes, format: str, words: str, inside: str) -> bytes:
    from core.release import age, csv_zip

    if format.endswith(".age"):
        return age.locked(data, words)
    return csv_zip.locked(data, words, csv_zip.file_name(inside, "." + inside.rpartition(".")[2]))
