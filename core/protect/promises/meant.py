"""Counting, apart from the kernels, how many people of a population each released combination could mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from core.protect.changes import places
from core.protect.promises.ranges import as_range
from core.table import SUPPRESSED, Column, Table
from core.table.column import Mask

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Text = str | None

Groups = Mapping[str, Mapping[Text, frozenset[str]]]
"""Column -> original value -> the texts under which it may stand in a release, besides itself and `*`."""

Meaning = Callable[[str, Sequence[Text], Sequence[Text]], dict[int, list[int]]]
"""(column, texts of a release, values of the population) -> by place of a text, the places of the values that it may
stand for besides itself."""

ANYTHING = -1
"""The layer of `*`: it may stand for every value."""

DENSE = 4
"""Keys are looked up in an array of up to so many times their number, otherwise by halving."""


ROUNDING = 1e-9
"""Weights of many rows added up in another order differ in their last digits; that is nobody."""


def enough(people: float | Floats, k: int) -> Any:
    """Whether these are at least k people, the rounding of sums of weights apart."""
    return people >= k * (1 - ROUNDING)


def in_groups(groups: Groups) -> Meaning:
    """A text may stand for the values of which it is a group."""

    def meaning(name: str, texts: Sequence[Text], values: Sequence[Text]) -> dict[int, list[int]]:
        at = {text: i for i, text in enumerate(texts)}
        out: dict[int, list[int]] = {}
        for place, value in enumerate(values):
            for group in groups[name].get(value, ()):
                if group in at:
                    out.setdefault(at[group], []).append(place)
        return out

    return meaning


def in_ranges(name: str, texts: Sequence[Text], values: Sequence[Text]) -> dict[int, list[int]]:  # noqa: ARG001
    """A text such as “35-38” may stand for the numbers within it."""
    limits = [None if v is None else as_range(v) for v in values]
    held = np.array([i for i, one in enumerate(limits) if one is not None], np.int64)
    numbers = np.array([one[0] for one in limits if one is not None], np.float64)
    order = np.argsort(numbers, kind="stable")
    held, numbers = held[order], numbers[order]
    out: dict[int, list[int]] = {}
    for i, text in enumerate(texts):
        asked = None if text is None else as_range(text)
        if asked is not None:
            low, high = np.searchsorted(numbers, asked[0], "left"), np.searchsorted(numbers, asked[1], "right")
            out[i] = held[low:high].tolist()
    return out


def fewest_meant(
    before: Table, released: Table, names: Sequence[str], census: Mapping[str, Column], people: Floats,
    meaning: Meaning,
) -> float:
    """The people whom the released combination that fits fewest could mean; infinity where there is no row.

    before  the table the step was applied to: where a later step wrote a text that neither the population nor
            `meaning` knows, the text may stand for the values it was written for
    census  the population's column for each of the names; `people` (entries,) how many each entry stands for
    """
    if not released.rows:
        return float("inf")
    ready = [_layered(before, released, n, census[n], meaning) for n in names]
    # Columns with few layers first: each layer goes through the population once more.
    return _fewest(_distinct(sorted(ready, key=lambda r: (len(r.texts_of), r.texts))), people)


class _Layered(NamedTuple):
    """What the texts of a column may stand for, in layers: in one layer each value has at most one text.

    text      (rows,) the text of each row; `texts` how many there are
    layer     (texts,) the layer of each text, or ANYTHING
    texts_of  per layer (values,): the text that may stand for each value, -1 where none does
    value     (entries,) the value of each entry of the population
    """

    text: Ints
    texts: int
    layer: Ints
    texts_of: list[Ints]
    value: Ints


def _layered(before: Table, released: Table, name: str, census: Column, meaning: Meaning) -> _Layered:
    column = released[name]
    texts, values = [*column.values.to_pylist(), None], [*census.values.to_pylist(), None]
    own = pc.index_in(pa.array(texts, pa.string()), pa.array(values, pa.string())).fill_null(-1).to_numpy()
    groups = {i: sorted({*found, own[i]} - {-1}) for i, found in meaning(name, texts, values).items() if found}
    anything = np.array([text == SUPPRESSED for text in texts])
    unknown = [i for i in np.flatnonzero((own < 0) & ~anything).tolist() if i not in groups]
    if unknown:
        at, later = {v: i for i, v in enumerate(values)}, _written_later(before, released, name)
        groups |= {i: sorted(at[v] for v in later.get(texts[i], ()) if v in at) for i in unknown}
    layer, texts_of = _layers(own, anything, groups, len(values))
    return _Layered(np.where(column.codes < 0, len(texts) - 1, column.codes), len(texts), layer, texts_of,
                    np.where(census.codes < 0, len(values) - 1, census.codes))


def _layers(own: Ints, anything: Mask, groups: Mapping[int, list[int]], values: int) -> tuple[Ints, list[Ints]]:
    """The layer of each text, and the text of each value in each layer; texts that stand for themselves come first.

    own       (texts,) the value that is the same text, or -1
    anything  (texts,) `*`
    groups    by text, all the values that it may stand for, where it may stand for others than itself (or for nobody)
    """
    layer = np.full(len(own), ANYTHING, np.int64)
    alone = np.setdiff1d(np.flatnonzero((own >= 0) & ~anything), np.fromiter(groups, np.int64, len(groups)))
    layer[alone] = 0
    texts_of = [np.full(values, -1, np.int64)]
    texts_of[0][own[alone]] = alone
    for text in sorted((t for t in groups if not anything[t]), key=lambda t: len(groups[t])):
        found = np.array(groups[text], np.int64)
        free = next((n for n, taken in enumerate(texts_of) if (taken[found] < 0).all()), len(texts_of))
        if free == len(texts_of):
            texts_of.append(np.full(values, -1, np.int64))
        texts_of[free][found], layer[text] = text, free
    return layer, texts_of


def _distinct(columns: Sequence[_Layered]) -> list[_Layered]:
    """The same with each combination of texts once."""
    frame = pl.DataFrame({str(i): c.text for i, c in enumerate(columns)}).unique()
    return [c._replace(text=frame[str(i)].to_numpy()) for i, c in enumerate(columns)]


def _fewest(columns: Sequence[_Layered], people: Floats) -> float:
    """Column by column: rows that are alike so far (a group), and the entries that could be meant by them."""
    fewest = float("inf")
    rows = len(columns[0].text) if columns else 1
    waiting = [(0, np.arange(rows), np.zeros(rows, np.int64), np.arange(len(people)), np.zeros(len(people), np.int64))]
    while waiting:
        at, row, group, entry, entry_group = waiting.pop()
        if at == len(columns):
            found = np.bincount(entry_group, people[entry], int(group.max()) + 1)
            fewest = min(fewest, float(found[group].min()))
            continue
        now = columns[at]
        text = now.text[row]
        layer = now.layer[text]
        for one in np.unique(layer).tolist():
            chosen = layer == one
            if one == ANYTHING:
                keys, theirs = group[chosen], entry_group
            else:
                named = now.texts_of[one][now.value[entry]]
                keys = group[chosen] * now.texts + text[chosen]
                theirs = np.where(named >= 0, entry_group * now.texts + named, -1)
            alike, place = _met(keys, theirs)
            fits = place >= 0
            waiting.append((at + 1, row[chosen], alike, entry[fits], place[fits]))
    return fewest


def _met(keys: Ints, theirs: Ints) -> tuple[Ints, Ints]:
    """(keys,) a number for each key, equal where keys are, and the same for `theirs`, -1 where no key is equal."""
    highest = int(keys.max())
    if highest < DENSE * (len(keys) + len(theirs)):
        table = np.full(highest + 2, -1, np.int64)
        table[keys] = 0
        present = np.flatnonzero(table[:-1] == 0)
        table[present] = np.arange(len(present))
        # What lies beyond is looked up at the end, where there is none.
        return table[keys], table[np.where(theirs <= highest, theirs, -1)]
    different, numbers = np.unique(keys, return_inverse=True)
    place = np.minimum(np.searchsorted(different, theirs), len(different) - 1)
    return numbers, np.where(different[place] == theirs, place, -1)


def _written_later(before: Table, released: Table, name: str) -> dict[Text, set[Text]]:
    """Text of the release that is no value of the column before -> the values of the rows that it was written in.

    A text that is such a value stands for itself only: cells that were swapped or drawn anew say nothing else.
    """
    if before.row_ids is None or released.row_ids is None:
        return {}
    old, new = before[name], released[name]
    unheard = pc.index_in(new.values, old.values).is_null().to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(np.append(unheard, False)[new.codes])
    was = old.codes[places(before, released)[rows]]
    pairs = np.unique(np.stack([new.codes[rows], was]), axis=1).T.tolist()
    texts, values = new.values.to_pylist(), [*old.values.to_pylist(), None]
    found: dict[Text, set[Text]] = {}
    for text, value in pairs:
        found.setdefault(texts[text], set()).add(values[value])
    return found
