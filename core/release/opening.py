"""How the recipient opens what was handed out, in a few plain sentences for the e-mail that goes with it."""

from __future__ import annotations

from core.language import translate
from core.problem import Problem, near

FORMATS: dict[str, str] = {
    "xlsx": "Excel workbook with a passphrase",
    "csv.zip": "CSV in an encrypted ZIP",
    "parquet.zip": "Parquet in an encrypted ZIP",
    "csv.age": "CSV encrypted with age",
}
"""Ending of the file -> what it is called."""

_ZIP = (
    "Open the ZIP file with 7-Zip (Windows, Linux) or Keka (macOS) and type the passphrase when asked. Windows' own "
    "“Extract all” and the command `unzip` cannot open it: they do not know AES-256 encryption. "
)
_AFTER = (
    " The passphrase reaches you by another way than the file, by telephone for instance. Do not store the two "
    "together, and delete the opened copy when you have finished."
)
_TEXTS = {
    "xlsx": "Open the file with Excel 2010 or later, or with LibreOffice, and type the passphrase when asked. Codes "
            "and dates are text: leading zeros are meant. Empty cells are missing, a star (*) is a suppressed cell. "
            "Tables of more than 1,048,575 rows go on in further sheets.",
    "csv.zip": _ZIP + "The CSV inside is UTF-8 with every cell in quotation marks; empty cells are missing, a star "
                      "(*) is a suppressed cell. In Excel use Data > From Text/CSV and set code columns to Text.",
    "parquet.zip": _ZIP + "The Parquet file inside is read by R (arrow), Python (pandas, polars), Spark and DuckDB; "
                          "a star (*) is a suppressed cell.",
    "csv.age": "Decrypt the file with age (age-encryption.org): `age --decrypt --output table.csv FILE`, and type the "
               "passphrase when asked. The CSV inside is UTF-8 with every cell in quotation marks; empty cells are "
               "missing, a star (*) is a suppressed cell.",
}


def how_to_open(format: str) -> str:
    """The sentences for one of FORMATS; a Problem for any other."""
    if format not in _TEXTS:
        raise Problem("There is no format “{format}”.", "Choose another one. {hint}", format=str(format)[:40],
                      hint=near(str(format), _TEXTS))
    return translate(_TEXTS[format]) + translate(_AFTER)
