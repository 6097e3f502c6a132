"""Whole values searched in texts, word by word: linear in the text, whatever the number of values.

A text is the sequence of its words, folded (no capitals, no accents, digits of any script as 0-9); a value stands in
it where its own words follow one another. Spaces, hyphens and other marks between words do not count: “98765-43210”
stands in “call 98765 43210 now”. What stands inside longer words: core/protect/free_text/embedded.py.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pyarrow as pa

from core.protect.free_text.embedded import folded_all
from core.table import SUPPRESSED, Column

WORD = r"[\p{L}\p{M}\p{N}]+"
"""A word in Polars' regular expressions: letters with their marks (vowel signs of Indic scripts are marks), digits."""

CELLS_AT_A_TIME = 200_000
"""Distinct cells split into words at once: bounds memory for long notes."""


_HITS = {"at": pl.Int64, "label": pl.Int32, "key": pl.String, "code": pl.Int32, "digits": pl.UInt32}


class Needles:
    """The values to search for.

    Made of the distinct values of several columns, `shortest` characters or more (counted with spaces, as written).
    """

    def __init__(self, columns: Mapping[str, Column], shortest: int) -> None:
        frames = [_values(at, column, shortest) for at, column in enumerate(columns.values())]
        self.labels = tuple(columns)
        self.sizes = tuple(len(column.values) for column in columns.values())
        self.frame = pl.concat(frames) if frames else pl.DataFrame()
        self.by_length: dict[int, pl.DataFrame] = {}
        if len(self.frame):
            for (length,), group in self.frame.partition_by("length", as_dict=True).items():
                self.by_length[int(length)] = group.drop("length")

    def search(self, values: pa.StringArray) -> pl.DataFrame:
        """One line for each value in each text: at (index of the text), label (index), key (its words), code, digits.

        digits  how many there are, 0 if the value has other characters
        """
        found = [
            self._part(values.slice(start, CELLS_AT_A_TIME), start) for start in range(0, len(values), CELLS_AT_A_TIME)
        ]
        return pl.concat([pl.DataFrame(schema=_HITS), *found]).unique(maintain_order=True)

    def _part(self, values: pa.StringArray, offset: int) -> pl.DataFrame:
        at = np.arange(offset, offset + len(values))
        words = pl.DataFrame({"at": at, "word": _words(pl.Series("v", values, pl.String))}).explode("word").drop_nulls()
        met = []
        for length, group in self.by_length.items():
            if len(words) < length:
                continue
            # Only places whose first word begins a value are looked at further.
            first = words["word"].head(len(words) - length + 1)
            place = first.is_in(group["first"].unique().implode()).arg_true().to_numpy().astype(np.int64)
            at = words["at"].to_numpy()
            place = place[at[place] == at[place + length - 1]]
            text = pl.DataFrame({"at": at[place]}).with_columns(
                pl.concat_str([pl.lit(words["word"].gather(place + i)) for i in range(length)], separator=" ").alias(
                    "key"
                )
            )
            met.append(text.join(group, on="key").select("at", "label", "key", "code", "digits"))
        return pl.concat([pl.DataFrame(schema=_HITS), *met])


def _words(texts: pl.Series) -> pl.Series:
    return folded_all(texts).str.extract_all(WORD)


def _values(label: int, column: Column, shortest: int) -> pl.DataFrame:
    values = pl.Series("v", column.values, pl.String)
    frame = pl.DataFrame({"value": values, "words": _words(values)}).with_row_index("code")
    frame = frame.filter(
        (pl.col("value").str.strip_chars().str.len_chars() >= shortest)
        & (pl.col("words").list.len() > 0)
        & (pl.col("value") != SUPPRESSED)
    )
    together = pl.col("words").list.join("")
    return frame.select(
        pl.col("words").list.join(" ").alias("key"),
        pl.col("words").list.first().alias("first"),
        pl.col("words").list.len().alias("length"),
        pl.lit(label, pl.Int32).alias("label"),
        pl.col("code").cast(pl.Int32),
        pl.when(together.str.contains(r"^\d+$"))
        .then(together.str.len_chars())
        .otherwise(0)
        .cast(pl.UInt32)
        .alias("digits"),
    )
