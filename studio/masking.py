"""Cells as they may be shown on a screen: enough to recognise the kind of value, not the person."""

from __future__ import annotations

from unicodedata import category, combining

import numpy as np

from core.language import translate as _
from core.table import SUPPRESSED, Column

LONGEST = 60


def masked(text: str) -> str:
    """Letters and digits as dots, except the first of each cell; what stands between them stays.

    >>> masked("Asha Patel")
    'A••• •••••'
    """
    if text == SUPPRESSED:
        return text
    return shortened(text[:1] + dotted(text[1:]))


def dotted(text: str) -> str:
    """Letters, vowel signs and digits as dots; spaces and marks stay."""
    return "".join("•" if c.isalnum() or combining(c) or category(c).startswith("M") else c for c in text)


def shortened(text: str) -> str:
    """At most 60 characters, on one line, without control characters."""
    line = "".join(c if c.isprintable() else " " for c in text[: LONGEST + 1])
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"


def example(column: Column, identifying: bool) -> str:
    """The value that occurs most often with its label, masked where it identifies; says where every cell is empty."""
    if not len(column.values):
        return _("(empty)")
    text = str(column.values[int(np.argmax(column.counts()))])
    if identifying:
        return masked(text)
    return shortened(f"{text} = {column.labels[text]}" if text in column.labels else text)


def cell(text: str | None, identifying: bool) -> str:
    """One cell of a preview."""
    if text is None:
        return ""
    return masked(text) if identifying else shortened(text)
