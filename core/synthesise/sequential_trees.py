"""Synthesise column by column with decision trees (synthpop's method)."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.declare import columns_of, param
from core.protect.method import Progress
from core.synthesise.cart import ColumnTree, Encoder
from core.synthesise.conditional import Conditional
from core.synthesise.trained import Model
from core.table import Column, Table


class SequentialTrees(Conditional):
    """New people who never existed, column by column, with the same patterns (decision trees).

    At a glance: first sex is drawn as often as it occurs, then age among people of that sex, then education among
    people of that sex and age, and so on. Of all synthesizers here that promise no epsilon it keeps relations between
    columns best, in seconds.

    For each column a decision tree is grown on the columns before it; a new row falls into a leaf and takes the value
    of a random real row of that leaf. Numbers are then moved to a random place between that row's number and the next
    one in the leaf, so that exact amounts are not copied. Leaves hold at least `leaf` rows. It promises nothing: a leaf
    of few people can still give one of them away. Look at the comparison with the control group.

    Source: Reiter (2005), Using CART to generate partially synthetic public use microdata, Journal of Official
    Statistics 21(3), 441-462; Nowok, Raab and Dibben (2016), synthpop, doi:10.18637/jss.v074.i11.
    """

    method: Literal["sequential_trees"] = "sequential_trees"
    title: ClassVar[str] = "New people, column by column"
    leaf: int = param(
        "At least how many people share a leaf?", default=50, ge=2, le=10_000, unit="rows", search=(5, 200),
        why="More hides people better and blurs rare patterns. On tables of thousands of rows 50 loses almost nothing "
        "and remembers far fewer people than 10; on a few hundred rows less keeps more.",
    )
    smooth: bool = param(
        "Move numbers between neighbours, so that exact amounts are not copied?", default=True, advanced=True,
        why="An exact amount can be looked up elsewhere.",
    )
    first: columns_of() = param(  # type: ignore[valid-type]
        "Which columns come first, in this order?", default=(), advanced=True,
        why="Each column depends on those before it; relations between early columns are kept best.",
    )

    def check(self, table: Table) -> None:
        table.require(self.first)
        super().check(table)

    def learn_given(self, known: Table, table: Table, rng: np.random.Generator, progress: Progress) -> Model:
        # A joined column stands where its first part was asked for.
        wanted = [n for f in self.first for n in table.names if n == f or f in n.split(" + ")]
        order = list(dict.fromkeys([*wanted, *table.names]))
        encoders = {n: Encoder(c) for n, c in {**known.columns, **table.columns}.items()}
        seen = [(encoders[n], encoders[n](c)) for n, c in known.columns.items()]
        trees: dict[str, ColumnTree] = {}
        for i, name in enumerate(order):
            progress(i / len(order), name)
            tree = ColumnTree(table[name], self.leaf, self.smooth)
            trees[name] = tree.grow([e for e, _ in seen], [k for _, k in seen], rng)
            seen.append((encoders[name], encoders[name](table[name])))
        return Trees(tuple(known.names), encoders, trees)


class Trees:
    """A tree for each column, in the order in which they are drawn."""

    def __init__(self, known: tuple[str, ...], encoders: dict[str, Encoder], trees: dict[str, ColumnTree]) -> None:
        self.known, self.encoders, self.trees = known, encoders, trees

    def draw(self, rows: int, rng: np.random.Generator, known: Table | None = None) -> Table:
        """New rows of the learned columns; `known` holds the columns they are given."""
        given = {} if known is None else {n: known[n] for n in self.known}
        seen = [self.encoders[n](c) for n, c in given.items()]
        made: dict[str, Column] = {}
        for name, tree in self.trees.items():
            made[name] = tree.draw(seen, rows, rng)
            seen.append(self.encoders[name](made[name]))
        return Table({**given, **made})
