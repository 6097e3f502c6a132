"""Values inside longer words: “ASHAPATEL1985”, “98765 43210” for 9876543210, ९८७६५४३२१० for the same.

Texts are brought into one bare form (letters and digits only, no capitals, no accents, digits of any script as 0-9),
and values are searched in it as substrings, linear in the text: a rolling hash of the first letters of each value
(Karp and Rabin 1987, doi:10.1147/rd.312.0249) finds candidates, a comparison decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from core.table import SUPPRESSED, Column

GRAM = 8
"""Letters and digits that a value has at least, to be searched inside words; shorter ones meet by chance."""
NUMBER = 9
"""Digits that a number has at least: shorter ones meet in dates and amounts written side by side."""
NATIONAL = 10
"""Digits of a phone number without its country code: of 11 to 13 digits the last ten are searched."""
CHARACTERS = 2_000_000
"""Characters hashed at once: bounds memory."""

BITS = 24
"""Of the table in which a hash is looked up first: 16 MB, a few in a hundred filled by a million values."""
SHIFT = np.uint64(64 - BITS)

_KNOWN = {"key": pl.String, "label": pl.Int32, "code": pl.Int32, "digits": pl.UInt32, "alone": pl.Boolean}
_HITS = {"at": pl.Int64, "label": pl.Int32, "code": pl.Int32, "digits": pl.UInt32, "alone": pl.Boolean}
_BASE = np.uint64(1_000_003)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_ACCENTS = re.compile("[\u0300-\u036f]")
_MARKS = re.compile(r"[^\w\u0300-\u036f\u0900-\u0dff]|_")


def folded(text: str) -> str:
    """A text without capitals, accents of Latin letters and invisible characters; digits of any script as 0-9."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold()
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def folded_all(texts: pl.Series) -> pl.Series:
    """The same for many; only texts with letters beyond ASCII cost time."""
    lower = texts.str.to_lowercase()
    odd = lower.str.contains(r"[^\x00-\x7f]")
    if not odd.any():
        return lower
    at = odd.arg_true()
    return lower.scatter(at, [folded(t) for t in texts.gather(at).to_list()])


def bare(texts: pl.Series) -> pl.Series:
    """Letters and digits only, folded."""
    plain = folded_all(texts)
    odd = plain.str.contains(r"[^\x00-\x7f]")
    out = plain.str.replace_all(r"[^a-z0-9]", "")
    if odd.any():
        at = odd.arg_true()
        out = out.scatter(at, [_MARKS.sub("", t) for t in plain.gather(at).to_list()])
    return out


class Embedded:
    """Values to be searched inside texts, in their bare form.

    hits of `search`: at (text), label, code (value), digits (0: not a number), alone (one word of letters: it may be
    part of another word by chance, Rajendra in Rajendranagar)
    """

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.labels = tuple(columns)
        self.sizes = tuple(len(column.values) for column in columns.values())
        frames = [_keys(at, pl.Series("v", c.values, pl.String)) for at, c in enumerate(columns.values())]
        self.known = pl.concat([pl.DataFrame(schema=_KNOWN), *frames])
        starts = self.known["key"].str.slice(0, GRAM)
        hashed = pl.Series("hash", _hashes("".join(starts.to_list()))[::GRAM], pl.UInt64)
        self.lengths = pl.DataFrame({"hash": hashed, "length": self.known["key"].str.len_chars()}).unique()
        self.hashes = np.unique(hashed.to_numpy())
        self.seen = np.zeros(1 << BITS, bool)
        self.seen[self.hashes >> SHIFT] = True

    def search(self, values: pa.StringArray) -> pl.DataFrame:
        """One line for each value in each text."""
        found = [pl.DataFrame(schema=_HITS)]
        if not len(self.known):
            return found[0]
        texts = bare(pl.Series("v", values, pl.String))
        sizes = texts.str.len_chars().to_numpy().astype(np.int64)
        long = np.flatnonzero(sizes >= GRAM)
        start = 0
        while start < len(long):
            ends = np.cumsum(sizes[long[start:]])
            stop = start + max(1, int(np.searchsorted(ends, CHARACTERS, side="right")))
            found.append(self._part(texts.gather(long[start:stop]).to_list(), long[start:stop]))
            start = stop
        return pl.concat(found).unique().sort("at", "label", "code")

    def _part(self, texts: list[str], at: npt.NDArray[np.int64]) -> pl.DataFrame:
        together = "".join(texts)
        starts = np.cumsum([0, *map(len, texts)])
        hashed = _hashes(together)
        here = np.flatnonzero(self.seen[hashed >> SHIFT])  # a few in a hundred; the search below is for these only
        place = np.minimum(np.searchsorted(self.hashes, hashed[here]), len(self.hashes) - 1)
        here = here[self.hashes[place] == hashed[here]]
        text = np.searchsorted(starts, here, side="right") - 1
        likely = pl.DataFrame({"here": here, "text": text, "hash": hashed[here]}).join(self.lengths, on="hash")
        likely = likely.filter(pl.col("here") + pl.col("length") <= pl.Series(starts[1:]).gather(likely["text"]))
        words = [together[h : h + n] for h, n in likely.select("here", "length").iter_rows()]
        met = pl.DataFrame({"at": at[likely["text"].to_numpy()], "key": pl.Series(words, dtype=pl.String)})
        return met.join(self.known, on="key").select(*_HITS)


def _keys(label: int, values: pl.Series) -> pl.DataFrame:
    """The bare form of each value that is long enough, its column's number and its own, and what it is made of."""
    frame = pl.DataFrame({"value": values, "key": bare(values)}).with_row_index("code")
    frame = frame.with_columns(number=pl.col("key").str.contains(r"^\d+$"), size=pl.col("key").str.len_chars())
    least = pl.when(pl.col("number")).then(NUMBER).otherwise(GRAM)
    frame = frame.filter((pl.col("size") >= least) & (pl.col("value") != SUPPRESSED))
    abroad = pl.col("number") & pl.col("size").is_between(NATIONAL + 1, NATIONAL + 3)
    key = pl.when(abroad).then(pl.col("key").str.tail(NATIONAL)).otherwise("key")
    return frame.select(
        key.alias("key"),
        pl.lit(label, pl.Int32).alias("label"),
        pl.col("code").cast(pl.Int32),
        pl.when("number").then(key.str.len_chars()).otherwise(0).cast(pl.UInt32).alias("digits"),
        pl.col("value").str.contains(r"^\s*[\p{L}\p{M}]+\s*$").alias("alone"),
    )


def _hashes(text: str) -> npt.NDArray[np.uint64]:
    """(len - GRAM + 1,) a hash of each GRAM characters in a row; arithmetic modulo 2**64."""
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    count = max(0, len(points) - GRAM + 1)
    out = np.zeros(count, np.uint64)
    for step in range(GRAM):
        out = out * _BASE + points[step : step + count]
    return out
