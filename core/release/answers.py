"""A private answer to take along: CSV, JSON with its question, or encrypted Excel."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from core.release import excel
from core.table import Table
from core.table.column import Column


def headings(answer: Mapping[str, Any]) -> list[str]:
    """The groups, then each number with the ends of its interval."""
    return [*answer["by"], *(n + end for n in answer["estimates"] for end in ("", "_low", "_high"))]


def as_csv(answer: Mapping[str, Any]) -> str:
    """One line for each group; what is withheld or unknown is empty."""
    names, file = headings(answer), io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows([["" if line[n] is None else line[n] for n in names] for line in answer["lines"]])
    return file.getvalue()


def as_json(answer: Mapping[str, Any], charge: Any) -> str:
    """The question, what was paid, and the answer with the noise it carries. charge: `core.store.Charge`."""
    plain = {"question": dict(charge.query), "epsilon": charge.epsilon, "paid": charge.price, "answer": dict(answer)}
    return json.dumps(plain, ensure_ascii=False, indent=1)


def as_excel(answer: Mapping[str, Any], passphrase: str) -> bytes:
    """An encrypted workbook of one sheet."""
    names, grouped = headings(answer), len(answer["by"])
    return excel.encrypted(Table.of({
        n: Column.of([None if line[n] is None else str(line[n]) for line in answer["lines"]],
                     "category" if i < grouped else "number") for i, n in enumerate(names)}), passphrase)
