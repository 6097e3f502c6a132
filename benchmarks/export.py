"""How long an encrypted export takes: `python benchmarks/export.py [--households N]`, on one core.

Prints CPU seconds and megabytes for each format, everything included: writing, encrypting, decrypting, reading back
and comparing cell by cell; beside xlsxwriter writing the same sheet row by row, without any of that. The sample survey
has 21 columns; 250,000 households are about a million rows.
"""

from __future__ import annotations

import argparse
import io
import resource
import time
from collections.abc import Callable

from core.compare import compare
from core.release import csv_zip, excel, workbook
from core.sample import ROLES, sample
from core.table import Table
from core.table.writing import rows_of

WORDS = "h7kd-w3mq-2vzr-8bnx-p4tc"


def cpu(work: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def plain_xlsxwriter(table: Table) -> bytes:
    """What the usual writer makes of the same cells, all as text."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, table.names)
    at = 1
    for block in rows_of(table):
        for row in block:
            sheet.write_row(at, 0, row)
            at += 1
    book.close()
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=25_000)
    table = sample(households=parser.parse_args().households).with_roles(ROLES)
    print(f"{table.rows:,} rows, {len(table.names)} columns")
    works: dict[str, Callable[[], object]] = {
        "xlsx, written only": lambda: workbook.write(table),
        "xlsx, written only, by xlsxwriter": lambda: plain_xlsxwriter(table),
        "xlsx, encrypted and compared": lambda: excel.encrypted(table, WORDS),
        "csv.zip, encrypted and compared": lambda: csv_zip.encrypted(table, WORDS),
        "parquet.zip, encrypted and compared": lambda: csv_zip.encrypted_parquet(table, WORDS),
    }
    for name, work in works.items():
        seconds, made = cpu(work)
        print(f"{name:40} {seconds:8.1f} s {len(made) / 1e6:8.1f} MB")
    seconds, _ = cpu(lambda: compare(table, table))
    print(f"{'compare with itself, all quick metrics':40} {seconds:8.1f} s")
    print(f"highest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
