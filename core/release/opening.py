"""How the recipient opens what was handed out, in a few plain sentences for the e-mail that goes with it."""

from __future__ import annotations

from core.language import translate
from core.problem import Problem, near

FORMATS: dict[str, str] = {
    "xlsx": "Excel workbook with a passphrase",
    "csv.zip": "CSV in an encrypted ZIP",
    "parquet.zip": "Parquet in an encrypted ZIP",
    "sav.zip": "SPSS with labels in an encrypted ZIP",
    "dta.zip": "Stata with labels in an encrypted ZIP",
    "csv.age": "CSV encrypted with age",
    "parquet.age": "Parquet encrypted with age",
    "sav.age": "SPSS with labels encrypted with age",
    "dta.age": "Stata with labels encrypted with age",
}
"""Ending of the file -> what it is called. All are locked with a passphrase."""

PLAIN: dict[str, str] = {
    "plain.csv": "CSV without a passphrase",
    "plain.xlsx": "Excel workbook without a passphrase",
    "plain.parquet": "Parquet without a passphrase",
    "plain.sav": "SPSS with labels, without a passphrase",
    "plain.dta": "Stata with labels, without a passphrase",
}
"""The same for files that anyone who gets hold of them can read; their very name says so."""

_ZIP = (
    "Open the ZIP file with 7-Zip (Windows, Linux) or Keka (macOS) and type the passphrase when asked. Windows' own "
    "“Extract all” and the command `unzip` cannot open it: they do not know AES-256 encryption. "
)
_AGE = (
    "Decrypt the file with age (age-encryption.org): `age --decrypt --output table.{ending} FILE`, and type the "
    "passphrase when asked. "
)
_PLAIN = "The file has no passphrase: whoever gets hold of it can read it. Send and store it accordingly. "
_AFTER = (
    " The passphrase reaches you by another way than the file, by telephone for instance. Do not store the two "
    "together, and delete the opened copy when you have finished."
)
_INSIDE = {
    "xlsx": "Open the file with Excel 2010 or later, or with LibreOffice{ask}. Codes and dates are text: leading zeros "
            "are meant. Empty cells are missing, a star (*) is a suppressed cell. Tables of more than 1,048,575 rows "
            "go on in further sheets.",
    "csv": "The CSV is UTF-8 with every cell in quotation marks; empty cells are missing, a star (*) is a suppressed "
           "cell. In Excel use Data > From Text/CSV and set code columns to Text.",
    "parquet": "The Parquet file is read by R (arrow), Python (pandas, polars), Spark and DuckDB; a star (*) is a "
               "suppressed cell.",
    "sav": "The .sav file is read by SPSS, PSPP, R (haven) and Python (pyreadstat). Names of columns are shortened, "
           "the whole name is the variable's label. A column with a star (*), a suppressed cell, is text.",
    "dta": "The .dta file is read by Stata 15 and later, R (haven) and Python (pandas). Names of columns are "
           "shortened, the whole name is the variable's label. A column with a star (*), a suppressed cell, is text.",
}  # fmt: skip


def called(format: str) -> str:
    """What a format is called; its own name where nobody knows it any more."""
    return {**FORMATS, **PLAIN}.get(format, format)


def how_to_open(format: str) -> str:
    """The sentences for one of FORMATS or PLAIN; a Problem for any other."""
    if format not in FORMATS and format not in PLAIN:
        raise Problem("There is no format “{format}”.", "Choose another one. {hint}", format=str(format)[:40],
                      hint=near(str(format), [*FORMATS, *PLAIN]))  # fmt: skip
    inner = format.removeprefix("plain.").partition(".")[0]
    asks = ", and type the passphrase when asked" if format in FORMATS else ""
    inside = translate(_INSIDE[inner], ask=translate(asks) if asks else "")
    if format in PLAIN:
        return translate(_PLAIN) + inside
    lock = {"zip": _ZIP, "age": _AGE}.get(format.rpartition(".")[2], "")
    return (translate(lock, ending=inner) if lock else "") + inside + translate(_AFTER)
