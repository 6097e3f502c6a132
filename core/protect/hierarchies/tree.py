"""Tree: a hierarchy planted on one column; every distinct value's group at every level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.problem import Problem
from core.table import SUPPRESSED, Column

Groups = npt.NDArray[np.int32]
Label = str | None
Path = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Tree:
    """A hierarchy planted on one column.

    groups  (levels, values + 1) int32: the group each distinct value falls in at each level; the last place of a
            level is the group of missing cells, so that `groups[level][column.codes]` is right for every row
    labels  per level: the text each group is written as (None: missing)
    leaves  per level: how many leaves of the hierarchy each group covers
    domain  number of leaves of the whole hierarchy
    """

    groups: Groups
    labels: tuple[tuple[Label, ...], ...]
    leaves: tuple[npt.NDArray[np.int64], ...]
    domain: int

    @property
    def depth(self) -> int:
        """The highest level: everything is `*`."""
        return len(self.labels) - 1

    @cached_property
    def shares(self) -> tuple[npt.NDArray[np.float64], ...]:
        """Per level: the share of the domain each group covers, from 1 / domain (one leaf) to 1 (everything)."""
        return tuple(np.minimum(np.maximum(n, 1), self.domain) / self.domain for n in self.leaves)

    def at(self, column: Column, level: int) -> Column:
        """The column with every value replaced by its group at this level."""
        return self.write(self.groups[level][column.codes], level)

    def write(self, group: Groups, level: int) -> Column:
        """Cells from groups of one level."""
        texts = pa.array(self.labels[level], pa.string())
        return Column.of(texts.take(pa.array(group)), "category")


def plant(column: Column, name: str, paths: Sequence[Path | None], domain: Mapping[str, Path]) -> Tree:
    """The tree on a column: `paths[i]` are the groups of distinct value i, `domain` those of every leaf there is.

    A Problem, naming `name` and counts, if a value is not covered or a group has two parents.
    """
    values = column.values.to_pylist()
    uncovered = sum(p is None and v != SUPPRESSED for v, p in zip(values, paths, strict=True))
    if uncovered:
        raise Problem(
            "The hierarchy of “{column_name}” does not cover {count} of its {total} values.",
            "Add them to the hierarchy, or choose another one.",
            column=name, column_name=name, count=uncovered, total=len(values),
        )
    height = max((len(p) for p in (*paths, *domain.values()) if p is not None), default=0)
    # A cell suppressed before stays `*` on every level; missing stays missing until everything is `*`.
    blank = (SUPPRESSED,) * (height + 1)
    whole = [blank if v == SUPPRESSED or p is None else (v, *p) for v, p in zip(values, paths, strict=True)]
    leaves = [(v, *p) for v, p in domain.items()]
    levels = [_level(whole, leaves, i) for i in range(height + 1)]
    if height and {label for label in levels[-1][1] if label is not None} <= {SUPPRESSED}:
        levels.pop()
    size = max(len(leaves), 1)
    levels.append((np.zeros(len(values), np.int32), (SUPPRESSED,), np.array([size])))
    groups = np.stack([np.append(codes, np.int32(len(labels) - 1)) for codes, labels, _ in levels])
    tree = Tree(groups, tuple(labels for _, labels, _ in levels), tuple(n for _, _, n in levels), size)
    _check_nested(tree, name)
    return tree


def _level(
    whole: Sequence[Path], leaves: Sequence[Path], level: int
) -> tuple[Groups, tuple[Label, ...], npt.NDArray[np.int64]]:
    """Codes of the values, labels (the last one stands for missing) and leaves covered, at one level."""
    place: dict[str, int] = {}
    codes = np.array([place.setdefault(path[level], len(place)) for path in whole], np.int32)
    covered = np.zeros(len(place) + 1, np.int64)
    for path in leaves:
        if path[level] in place:
            covered[place[path[level]]] += 1
    if SUPPRESSED in place:
        covered[place[SUPPRESSED]] = len(leaves)
    covered[-1] = 1
    return codes, (*place, None), covered


def _check_nested(tree: Tree, name: str) -> None:
    for level in range(tree.depth):
        pairs = np.unique(np.stack([tree.groups[level], tree.groups[level + 1]]), axis=1)
        torn = pairs.shape[1] - len(np.unique(pairs[0]))
        if torn:
            raise Problem(
                "In the hierarchy of “{column_name}”, {count} groups of level {level} have more than one parent.",
                "Give each group one parent.", column=name, column_name=name, count=torn, level=level,
            )
