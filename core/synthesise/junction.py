"""Junction trees: which columns a model of marginals must hold together, and how large that makes it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Attrs = tuple[int, ...]
"""Columns by number, in rising order."""


class Branch(NamedTuple):
    """A clique of a junction tree, where it hangs, and what it shares with that one."""

    clique: int
    parent: int
    separator: Attrs


class Tree(NamedTuple):
    """A junction tree (or forest, joined by empty separators): cliques, and branches from the root outwards.

    Clique 0 is the root. A branch comes after the branch of its parent.
    """

    cliques: tuple[Attrs, ...]
    branches: tuple[Branch, ...]


def cells(sizes: Sequence[int], attrs: Iterable[int]) -> int:
    """How many cells the joint table of these columns has."""
    return math.prod(sizes[a] for a in attrs)


def triangulated(sizes: Sequence[int], wanted: Iterable[Attrs]) -> tuple[Attrs, ...]:
    """The largest cliques after making the graph chordal: columns are eliminated, the smallest table first.

    Source: Koller and Friedman (2009), Probabilistic Graphical Models, section 9.4.3.2 (min-weight).
    """
    near: list[set[int]] = [set() for _ in sizes]
    for attrs in wanted:
        for a in attrs:
            near[a].update(attrs)
    for a, beside in enumerate(near):
        beside.discard(a)
    weight = [math.log(max(s, 1)) for s in sizes]
    cost = [weight[a] + sum(weight[b] for b in near[a]) for a in range(len(sizes))]
    left = set(range(len(sizes)))
    found: list[set[int]] = []
    while left:
        gone = min(left, key=lambda a: (cost[a], a))
        beside = near[gone]
        clique = {gone, *beside}
        if not any(clique <= other for other in found):
            found.append(clique)
        left.discard(gone)
        for a in beside:
            near[a] |= beside
            near[a] -= {a, gone}
        for a in beside:
            cost[a] = weight[a] + sum(weight[b] for b in near[a])
    return tuple(sorted(tuple(sorted(c)) for c in found))


def tree_cells(sizes: Sequence[int], wanted: Iterable[Attrs]) -> int:
    """How many cells a model that holds these tables has in all."""
    return sum(cells(sizes, c) for c in triangulated(sizes, wanted))


def junction_tree(sizes: Sequence[int], wanted: Iterable[Attrs]) -> Tree:
    """A junction tree in which each wanted set of columns stands in some clique.

    A spanning tree of greatest separators has the running-intersection property (Jensen and Jensen 1994,
    arXiv:1302.6819).
    """
    cliques = triangulated(sizes, wanted)
    outside = {i: (len(set(cliques[0]) & set(c)), 0) for i, c in enumerate(cliques) if i}
    branches = []
    while outside:
        nearest = max(outside, key=lambda i: (outside[i][0], -i))
        _, parent = outside.pop(nearest)
        shared = tuple(a for a in cliques[nearest] if a in cliques[parent])
        branches.append(Branch(nearest, parent, shared))
        for i, (most, _) in outside.items():
            common = len(set(cliques[nearest]) & set(cliques[i]))
            if common > most:
                outside[i] = (common, nearest)
    return Tree(cliques, tuple(branches))
