"""What a person has answered about columns: for one (`missing:age`), or for all (`missing`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl
import pyarrow as pa

from core.problem import Problem
from core.table.column import Column
from core.table.vocabulary import MONEY, words_of


def answer_for(answers: Mapping[str, str], key: str, column: str) -> str | None:
    """The answer for one column (`missing:age`), else the one for all (`missing`)."""
    return answers.get(f"{key}:{column}", answers.get(key))


def markers_of(answers: Mapping[str, str], column: str) -> frozenset[str]:
    """The texts that someone has confirmed as missing in a column."""
    told = answer_for(answers, "missing", column)
    if told is None or told.strip().lower() in ("none", "keep"):
        return frozenset()
    return frozenset(part.strip() for part in told.split(",") if part.strip())


def without_markers(column: Column, markers: Iterable[str]) -> Column:
    """The column with the confirmed markers missing (compared without blanks around them)."""
    gone = set(markers)
    if not gone:
        return column
    values = column.values.to_pylist()
    new = [None if v.strip() in gone else v for v in values]
    return column.recode_to(pa.array(new, pa.string())) if None in new else column


BRACKETED = r"^\s*\([^()]*\d[^()]*\)\s*$"
"""A number in brackets: for bookkeepers one below zero, in statistics often one to be careful with."""


def brackets_answer(answers: Mapping[str, str], name: str, column: Column) -> str | None:
    """What brackets mean in a column: "negative", "plain" or "text"; None where nobody said and it is open.

    An answer for all columns is not for those in which a bookkeeper plainly writes.
    """
    told = answers.get(f"brackets:{name}")
    if told is None and brackets_open(name, column):
        told = answers.get("brackets")
        told = told if told is not None else ""
    if told not in (None, "", "negative", "plain", "text"):
        raise Problem("“{told}” is no meaning of brackets.", "Answer negative, plain or text.", told=str(told)[:20])
    return "negative" if told is None else told or None


def brackets_open(name: str, column: Column) -> bool:
    """Whether numbers stand in brackets, and nothing says that it is a bookkeeper who writes them."""
    series = pl.Series("v", column.values, dtype=pl.String)
    bracketed = series.filter(series.str.contains(BRACKETED))
    if not len(bracketed) or set(words_of(name)) & MONEY:
        return False
    return not bool(bracketed.str.contains(r"\d[,.' ]\d{3}(\D|$)|[₹$€£¥]|(?i)\b(rs|inr|usd|eur|gbp)\b").any())


def without_brackets(column: Column) -> Column:
    """The column with numbers in brackets as if the brackets were not there."""
    series = pl.Series("v", column.values, dtype=pl.String)
    hit = series.str.contains(BRACKETED)
    if not hit.any():
        return column
    bare = pl.when(hit).then(series.str.strip_chars().str.strip_chars("()").str.strip_chars()).otherwise(series)
    return column.recode_to(pl.select(bare).to_series().to_arrow().cast(pa.string()))


def decimal_answer(answers: Mapping[str, str], name: str) -> str | None:
    """The person's decimal sign for a column: "." or ",", also by its name."""
    told = answer_for(answers, "decimal", name)
    told = {"comma": ",", "point": ".", "dot": "."}.get(str(told).lower(), told)
    if told not in (None, ".", ","):
        raise Problem("“{told}” is no decimal sign.", "Answer a comma or a point.", told=str(told)[:20])
    return told
