"""People of the population in groups of values, at one combination of levels after another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.protect.hierarchies.recoding import Floats, Ints, Recoding
from core.protect.promises.meant import enough
from core.risk.kernel import count_keys, pack_codes
from core.table.column import Mask

WORTH_KEEPING = 0.75
"""A count is kept for coarser levels where it has at most this share of the groups it was added up from."""

LONGEST = 61
"""Bits of a key that is added up in one go."""

HELD = 40
"""How many numbers for each group of the finest count all kept ones may hold together: memory for time."""


@dataclass(frozen=True, eq=False)
class _Counted:
    """The population at one combination of levels.

    codes   (columns, groups) int32: a place in each tree that belongs to the group
    people  (groups,) how many people it holds
    finer   the count it was added up from, and `into` (groups of the finer,) the group each of its groups went into
    """

    codes: npt.NDArray[np.int32]
    people: Floats
    finer: _Counted | None
    into: npt.NDArray[np.int32]


class RollUp:
    """Counts the population at combinations of levels: groups of a coarser one are unions of those of a finer one.

    So what was counted once is added up rather than counted again: a thousand combinations of levels of a million
    people cost little more than the first few.

    of_item  (items,) int32: the finest group of each item of the recoding
    """

    def __init__(self, recoding: Recoding, census: npt.NDArray[np.int32], people: Floats) -> None:
        codes = np.concatenate([census, recoding.codes], axis=1)
        classes = count_keys(*pack_codes(list(codes), [int(c.max(initial=0)) + 2 for c in codes]))
        entries, first = census.shape[1], classes.first_rows
        self.recoding, self.of_item = recoding, classes.class_of[entries:]
        counted = np.bincount(classes.class_of[:entries], people, classes.count).astype(np.float64)
        base = _Counted(np.ascontiguousarray(codes[:, first]), counted, None, np.zeros(0, np.int32))
        self.kept, self.nodes, self.held = [base], np.zeros((1, len(codes)), np.int64), 0

    def meets(self, node: Ints, k: int, finest: npt.NDArray[np.int32]) -> Mask:
        """(finest,) whether at least k people fall into the group of these finest groups at this combination."""
        now = self._at(node)
        flags = np.asarray(enough(now.people, k))
        if now.finer is None:
            return flags[finest]
        while now.finer is not None and now.finer.finer is not None:
            flags, now = flags[now.into], now.finer
        return flags[now.into[finest]]

    def _at(self, node: Ints) -> _Counted:
        able = np.flatnonzero((self.nodes <= node).all(axis=1))
        best = min(able.tolist(), key=lambda i: len(self.kept[i].people))
        if (self.nodes[best] == node).all():
            return self.kept[best]
        finer = self.kept[best]
        classes = count_keys(*self._keys(finer, node))
        people = np.bincount(classes.class_of, finer.people, classes.count).astype(np.float64)
        room = len(classes.class_of) + (2 + len(node)) * classes.count
        if classes.count > WORTH_KEEPING * len(finer.people) or self.held + room > HELD * len(self.kept[0].people):
            return _Counted(finer.codes[:, :0], people, finer, classes.class_of)
        now = _Counted(np.ascontiguousarray(finer.codes[:, classes.first_rows]), people, finer, classes.class_of)
        self.kept.append(now)
        self.nodes, self.held = np.vstack([self.nodes, node]), self.held + room
        return now

    def _keys(self, finer: _Counted, node: Ints) -> tuple[Ints, int]:
        """A key for each group of the finer count, equal where they become one group at this combination."""
        groups = self.recoding.groups[np.arange(len(node)), node]
        sizes = [int(g.max()) + 1 for g in groups]
        domain = math.prod(sizes)
        if domain.bit_length() > LONGEST:
            coarse = [g[codes] for g, codes in zip(groups, finer.codes, strict=True)]
            return pack_codes(coarse, [size + 1 for size in sizes])
        from core.protect.kernels.packed import packed

        place = np.cumprod([1, *sizes[:-1]], dtype=np.int64)
        keys = np.zeros(finer.codes.shape[1], np.int64)
        packed(finer.codes, groups * place[:, None], keys)
        return keys, domain
