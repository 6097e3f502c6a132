"""What leaves is searched byte by byte: every plain format, unzipped, metadata and labels too, and the codebook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.release.codebook import codebook, to_csv
from core.release.making import make
from core.table import Column, Table

ROWS = 40
NAMES = [f"Canary{chr(97 + i % 26)}{chr(97 + i // 26)} Quillfeather{i}x" for i in range(ROWS)]
PHONES = [f"98765{43210 + i}" for i in range(ROWS)]
MAILS = [f"canary.quill{i}@host{i}.example" for i in range(ROWS)]
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
RECIPE = Recipe.load(
    "roles: {name: direct_identifier, phone: direct_identifier, email: direct_identifier}\n"
    "steps:\n"
    "- {method: pseudonymise, columns: [name]}\n"
    "- {method: mask, columns: [phone], keep: 2}\n"
    "- {method: generalise_identifier, columns: [email], keep: {to: domain}}\n"
    "- {method: redact, columns: [note], operator: label}\n"
)


def people() -> Table:
    notes = [f"spoke of {n.upper()}, {p.translate(DEVANAGARI)}" for n, p in zip(NAMES, PHONES, strict=True)]
    codes = [str(i % 5) for i in range(ROWS)]
    return Table.of(
        {
            "name": Column.of(NAMES),
            "phone": Column.of(PHONES, "code"),
            "email": Column.of(MAILS),
            # 8 is nobody's village: a label of a value that is gone must go too
            "village": Column.of(codes, "category", {**{c: f"Gaon {c}" for c in codes}, "8": NAMES[3]}),
            "note": Column.of([note if i % 3 == 0 else "ok" for i, note in enumerate(notes)]),
        }
    )


def parts(data: bytes) -> Iterator[str]:
    """The file, and what is packed in it, read as every encoding a name could stand in."""
    packed = []
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            packed = [archive.read(i) for i in archive.infolist()]
    for piece in (data, *packed):
        yield from (piece.decode(code, "ignore").lower() for code in ("utf-8", "utf-16-le", "utf-16-be"))


@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet", "sav", "dta"])
def test_no_identifier_stands_in_the_file(format: str) -> None:
    released = run(RECIPE, people(), Secrets("test", 7, {"default": b"k" * 32})).table
    found = [p for p in parts(make(released, f"plain.{format}").data)]
    for value in (*NAMES, *PHONES, *(p.translate(DEVANAGARI) for p in PHONES), *MAILS):
        assert not any(value.lower() in part for part in found)


def test_no_identifier_stands_in_codebook_or_recipe() -> None:
    original = people()
    released = run(RECIPE, original, Secrets("test", 7, {"default": b"k" * 32})).table
    text = (to_csv(codebook(released, original, RECIPE.steps)).decode("utf-8-sig") + RECIPE.dump()).lower()
    assert not [v for v in (*NAMES, *PHONES, *MAILS) if v.lower() in text]
