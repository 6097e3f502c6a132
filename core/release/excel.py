"""An encrypted Excel workbook, opened again and compared before anyone gets it."""

from __future__ import annotations

from core.problem import Problem
from core.release import agile, workbook
from core.table import Table


def encrypted(table: Table, passphrase: str) -> bytes:
    """The table as an .xlsx that asks for the passphrase (AES-256, Office's own "agile" encryption).

    Excel 2010 and later and LibreOffice open it. Text stays text, numbers are numbers where nothing is lost by it,
    missing cells are empty. More than 1,048,575 rows go on in further sheets. Before the bytes are returned they are
    decrypted by another library, read by another reader, and compared cell by cell with the table.

    Raises a Problem naming the column, before anything is written, if a cell has more than 32,767 characters; also
    for over 16,384 columns, and for a passphrase of none or over 255 characters.
    """
    agile.check_password(passphrase)
    plain = workbook.write(table)
    locked = agile.encrypt(plain, passphrase)
    if agile.decrypt(locked, passphrase) != plain or not workbook.same_cells(plain, table):
        raise Problem("The encrypted workbook did not read back as the table.",
                      "Nothing was handed out. Choose CSV, and tell the people who maintain this program.")
    return locked
