"""An encrypted ZIP (AES-256) with one CSV or Parquet file, opened again and compared before anyone gets it."""

from __future__ import annotations

import re
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from core.problem import Problem
from core.release.workbook import as_number
from core.table import Column, Table
from core.table.writing import neutralised, write_csv


def encrypted(
    table: Table, passphrase: str, name: str = "data.csv", *,
    delimiter: str = ",", bom: bool = False, neutralise_formulas: bool = False,
) -> bytes:
    """The table as CSV (UTF-8, every cell quoted) in a ZIP that asks for the passphrase.

    7-Zip, WinZip and macOS' Keka open it; Info-ZIP's unzip and Windows' own folder view cannot (they know no AES).
    With `neutralise_formulas` texts that a spreadsheet would run get an apostrophe in front; how many cells that
    touches, `formula_cells` says. The name of the file inside can be read without the passphrase. Before the bytes
    are returned they are decrypted, read by a parser, and compared cell by cell.
    """
    plain = csv(table, delimiter=delimiter, bom=bom, neutralise_formulas=neutralise_formulas)
    return locked(plain, passphrase, file_name(name, ".csv"))


def encrypted_parquet(table: Table, passphrase: str, name: str = "data.parquet") -> bytes:
    """The table as Parquet in a ZIP that asks for the passphrase; checked as `encrypted`."""
    return locked(parquet(table), passphrase, file_name(name, ".parquet"))


def csv(table: Table, *, delimiter: str = ",", bom: bool = False, neutralise_formulas: bool = False) -> bytes:
    """The table as CSV bytes, read back and compared."""
    out = BytesIO()
    write_csv(table, out, delimiter=delimiter, bom=bom, neutralise_formulas=neutralise_formulas)
    plain = out.getvalue()
    wanted = table
    if neutralise_formulas:
        wanted = table.with_columns({n: neutralised(c) for n, c in table.columns.items()})
    if not same_csv(plain, wanted, delimiter):
        raise differs("CSV file")
    return plain


def formula_cells(table: Table) -> int:
    """How many cells `neutralise_formulas` changes."""
    return sum(int((~neutralised(c).same_cells(c)).sum()) for c in table.columns.values())


def same_csv(plain: bytes, table: Table, delimiter: str = ",") -> bool:
    """True if a CSV parser finds exactly this table; in a table of one column, an empty text counts as missing."""
    longest = sum(_longest(c) for c in table.columns.values()) + sum(len(n.encode()) for n in table.names)
    try:
        found = pacsv.read_csv(
            BytesIO(plain),
            read_options=pacsv.ReadOptions(block_size=max(1 << 22, 4 * longest)),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types={n: pa.string() for n in table.names}, null_values=[""], strings_can_be_null=True,
                quoted_strings_can_be_null=len(table.names) == 1),
        )
    except pa.ArrowInvalid:
        return False
    if tuple(found.column_names) != table.names or found.num_rows != table.rows:
        return False
    single = len(table.names) == 1
    return all(found.column(i).equals(pa.chunked_array([_unempty(c.to_arrow(), single)]))
               for i, c in enumerate(table.columns.values()))


def _unempty(cells: pa.StringArray, single: bool) -> pa.StringArray:
    return pc.if_else(pc.equal(cells, ""), None, cells) if single else cells


def _longest(column: Column) -> int:
    return int(pc.max(pc.binary_length(column.values)).as_py() or 0) * 2 + 3


def parquet(table: Table) -> bytes:
    """The table as Parquet, read back and compared.

    A number column is stored as whole or floating numbers if every cell survives that, else as text like all others.
    """
    whole = pa.table({name: _typed(column) for name, column in table.columns.items()})
    out = BytesIO()
    pq.write_table(whole, out, compression="zstd", store_schema=False)
    plain = out.getvalue()
    back = pq.read_table(BytesIO(plain))
    if tuple(back.column_names) != table.names or not all(
        _untyped(back.column(i)).same_cells(c).all() for i, c in enumerate(table.columns.values())
    ):
        raise differs("Parquet file")
    return plain


def _typed(column: Column) -> pa.Array:
    if column.kind == "number" and len(column.values) and as_number(column).all():
        numbers = pa.array(column.numbers, mask=column.missing)
        whole = bool((column.value_numbers % 1 == 0).all()) and bool((abs(column.value_numbers) < 2**53).all())
        return numbers.cast(pa.int64()) if whole else numbers
    return column.to_arrow()


def _untyped(cells: pa.ChunkedArray) -> Column:
    if pa.types.is_string(cells.type) or pa.types.is_null(cells.type):
        return Column.of(cells.cast(pa.string()))
    return Column.of_numbers(cells.cast(pa.float64()).fill_null(float("nan")).to_numpy())


def locked(plain: bytes, passphrase: str, name: str) -> bytes:
    """A ZIP holding `plain` under `name`, encrypted (AE-2, AES-256), decrypted again and compared."""
    import pyzipper

    if not passphrase:
        raise Problem("An encrypted file needs a passphrase.", "Give one, or let the studio make one.")
    out = BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        # When the file was made is nobody's business.
        entry = archive.zipinfo_cls(filename=name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type = pyzipper.ZIP_DEFLATED
        with archive.open(entry, "w") as file:
            file.write(plain)
    whole = out.getvalue()
    if unlocked(whole, passphrase) != plain:
        raise differs("encrypted ZIP")
    return whole


def unlocked(whole: bytes, passphrase: str) -> bytes:
    """The one file inside an encrypted ZIP; a Problem if the passphrase does not open it."""
    import pyzipper

    try:
        with pyzipper.AESZipFile(BytesIO(whole)) as archive:
            entries = archive.infolist()
            if len(entries) == 1:
                return bytes(archive.read(entries[0], pwd=passphrase.encode()))
            problem = Problem("This ZIP holds {count} files, not one.", "Open it with 7-Zip.", count=len(entries))
    except (pyzipper.BadZipFile, EOFError, ValueError, NotImplementedError):
        problem = Problem("This is not an encrypted ZIP.", "Choose the file you were given.")
    except RuntimeError:
        problem = Problem("The passphrase does not open this file.", "Check it letter by letter.")
    raise problem


def file_name(name: str, ending: str) -> str:
    """The name inside the archive, without what a file system could take amiss, with its ending."""
    safe = re.sub(r"""[\s/\\:*?"'<>|$`\x00-\x1f\x7f-\x9f]+""", "_", name).strip("._")[:80] or "data"
    return safe if safe.lower().endswith(ending) else safe + ending


def differs(what: str) -> Problem:
    """What is said where a file read back is not the table."""
    return Problem("The {file} did not read back as the table.",
                   "Nothing was handed out. Choose another format, and tell the people who maintain this program.",
                   file=what)
