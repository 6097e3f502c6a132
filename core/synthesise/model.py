"""A graphical model fitted to noisy marginals (Private-PGM) in NumPy: belief propagation and mirror descent.

Everything here works on noisy tables alone and never sees a row, so it costs no privacy.

Source: McKenna, Sheldon and Miklau (2019), Graphical-model based estimation and inference for differential privacy,
arXiv:1901.09136.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.synthesise.junction import Attrs, Tree, junction_tree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Measured:
    """A noisy table of counts.

    attrs     the columns, in rising order
    counts    (size of each column) noisy counts
    variance  of the noise of each cell; of the same shape
    """

    attrs: Attrs
    counts: Floats
    variance: Floats


class Model:
    """The distribution of greatest entropy that fits noisy tables best, and what can be read off it.

    sizes   how many levels each column has
    total   how many rows there are, as far as is known
    """

    def __init__(self, sizes: Sequence[int], total: float) -> None:
        self.sizes, self.total = tuple(sizes), max(float(total), 1.0)
        self.measured: list[Measured] = []
        self._weights: dict[Attrs, Floats] = {}
        self._step = 1.0
        self._grow([])

    def add(self, tables: Sequence[Measured]) -> None:
        """More noisy tables; `fit` makes the model agree with them."""
        self.measured += tables
        self._grow([m.attrs for m in self.measured])

    def _grow(self, wanted: Sequence[Attrs]) -> None:
        self.tree: Tree = junction_tree(self.sizes, wanted)
        self._home = {attrs: next(i for i, c in enumerate(self.tree.cliques) if set(attrs) <= set(c))
                      for attrs in dict.fromkeys(wanted)}
        for attrs in self._home:
            self._weights.setdefault(attrs, np.zeros([self.sizes[a] for a in attrs]))
        self.beliefs = self._believe(self._weights)

    def fit(self, rounds: int = 60, tolerance: float = 3e-3, noise: float = 1.0) -> None:
        """Mirror descent on the squared error, weighted by the precision of each cell; goes on where it last ended.

        It ends where the error is no larger than the noise alone makes it (half of it for each cell, in units of the
        variance): a model that fitted its tables any closer would have learned their noise.

        noise  how much of that error is left; 0: it goes on until nothing is gained any more

        Source: the discrepancy principle; Engl, Hanke and Neubauer (1996), Regularization of Inverse Problems, section
        4.3.
        """
        loss, slope = self._loss(self.beliefs)
        enough = noise * 0.5 * sum(m.counts.size for m in self.measured)
        for _ in range(rounds):
            if loss <= enough:
                return
            before = loss
            loss, slope, moved = self._descend(loss, slope)
            if not moved or before - loss <= tolerance * before:
                return

    def _descend(self, loss: float, slope: dict[Attrs, Floats]) -> tuple[float, dict[Attrs, Floats], bool]:
        here = {attrs: self._summed(self.beliefs, attrs) for attrs in slope}
        for _ in range(30):
            tried = {attrs: w - self._step * slope[attrs] for attrs, w in self._weights.items()}
            beliefs = self._believe(tried)
            new_loss, new_slope = self._loss(beliefs)
            gain = sum(float((slope[a] * (here[a] - self._summed(beliefs, a))).sum()) for a in slope)
            if loss - new_loss >= 0.5 * gain and np.isfinite(new_loss):
                self._weights, self.beliefs = tried, beliefs
                self._step *= 1.6
                return new_loss, new_slope, True
            self._step *= 0.5
        return loss, slope, False

    def _loss(self, beliefs: list[Floats]) -> tuple[float, dict[Attrs, Floats]]:
        """The error of the beliefs, and its slope for each measured set of columns (shares, not counts)."""
        loss = 0.0
        slope: dict[Attrs, Floats] = {}
        shares = {attrs: self._summed(beliefs, attrs) for attrs in self._home}
        for m in self.measured:
            off = shares[m.attrs] - m.counts / self.total
            pull = off * (self.total**2 / m.variance)
            loss += 0.5 * float((off * pull).sum())
            slope[m.attrs] = slope[m.attrs] + pull if m.attrs in slope else pull
        return loss, slope

    def _believe(self, weights: dict[Attrs, Floats]) -> list[Floats]:
        """Belief propagation: (clique sizes) the share of rows in each cell of each clique."""
        tree = self.tree
        logs = [np.zeros([self.sizes[a] for a in c]) for c in tree.cliques]
        for attrs, home in self._home.items():
            logs[home] += self._spread(weights[attrs], attrs, tree.cliques[home])
        sent = {}
        for clique, parent, separator in reversed(tree.branches):
            sent[clique] = self._log_sum(logs[clique], tree.cliques[clique], separator)
            logs[parent] += self._spread(sent[clique], separator, tree.cliques[parent])
        for clique, parent, separator in tree.branches:
            back = self._log_sum(logs[parent], tree.cliques[parent], separator) - sent[clique]
            logs[clique] += self._spread(back, separator, tree.cliques[clique])
        shares = []
        for log in logs:
            raised = np.exp(log - log.max())
            shares.append(raised / raised.sum())
        return shares

    def _spread(self, table: Floats, attrs: Attrs, clique: Attrs) -> Floats:
        return table.reshape([self.sizes[a] if a in attrs else 1 for a in clique])

    @staticmethod
    def _log_sum(log: Floats, clique: Attrs, kept: Attrs) -> Floats:
        axes = tuple(i for i, a in enumerate(clique) if a not in kept)
        if not axes:
            return log
        top = log.max(axis=axes, keepdims=True)
        return np.asarray(np.log(np.exp(log - top).sum(axis=axes)) + top.reshape([s for i, s in enumerate(log.shape)
                                                                                 if i not in axes]))

    def _summed(self, beliefs: list[Floats], attrs: Attrs) -> Floats:
        clique = self.tree.cliques[self._home[attrs]]
        axes = tuple(i for i, a in enumerate(clique) if a not in attrs)
        return np.asarray(beliefs[self._home[attrs]].sum(axis=axes))

    def at(self, attrs: Attrs) -> Floats:
        """(size of each column) the share of rows in each cell of the joint table of these columns."""
        kept, table = _Walk(self, frozenset(attrs)).gathered()
        order = [kept.index(a) for a in sorted(attrs)]
        return np.maximum(np.transpose(table, order), 0.0)

    def sample(self, rows: int, rng: np.random.Generator) -> Ints:
        """(rows, columns) levels of new rows, drawn clique by clique with as little chance as possible."""
        made = np.zeros((rows, len(self.sizes)), np.int64)
        cliques = self.tree.cliques
        for clique, separator in [(0, ()), *((b.clique, b.separator) for b in self.tree.branches)]:
            attrs = cliques[clique]
            new = tuple(a for a in attrs if a not in separator)
            order = [attrs.index(a) for a in (*separator, *new)]
            table = np.transpose(self.beliefs[clique], order)
            given = [self.sizes[a] for a in separator]
            group = np.zeros(rows, np.int64)
            if separator:
                group = np.asarray(np.ravel_multi_index(tuple(made[:, list(separator)].T), given), np.int64)
            drawn = systematic(table.reshape(int(np.prod(given, dtype=np.int64)), -1), group, rng)
            for a, levels in zip(new, np.unravel_index(drawn, [self.sizes[a] for a in new]), strict=True):
                made[:, a] = levels
        return made[rng.permutation(rows)]


class _Walk:
    """The part of a tree that some columns need, gathered into one table."""

    def __init__(self, model: Model, wanted: frozenset[int]) -> None:
        self.model, self.wanted = model, wanted
        self.beside: dict[int, dict[int, Attrs]] = {i: {} for i in range(len(model.tree.cliques))}
        for clique, parent, separator in model.tree.branches:
            self.beside[clique][parent] = self.beside[parent][clique] = separator
        leaves = [i for i in self.beside if len(self.beside[i]) <= 1]
        while leaves and len(self.beside) > 1:
            leaf = leaves.pop()
            if leaf not in self.beside or len(self.beside[leaf]) != 1:
                continue
            ((other, separator),) = self.beside[leaf].items()
            # A leaf that adds no wanted column beyond what its neighbour has is not needed.
            if wanted & set(model.tree.cliques[leaf]) <= set(separator):
                del self.beside[leaf], self.beside[other][leaf]
                leaves.append(other)

    def gathered(self) -> tuple[Attrs, Floats]:
        return self._from(next(iter(self.beside)), None)

    def _from(self, clique: int, parent: int | None) -> tuple[Attrs, Floats]:
        model = self.model
        attrs, table = model.tree.cliques[clique], model.beliefs[clique]
        needed = set(self.wanted)
        for other, separator in self.beside[clique].items():
            needed |= set(separator) if other != parent or parent is None else set()
        up = self.beside[clique][parent] if parent is not None else ()
        needed |= set(up)
        kept, table = summed_to(attrs, table, needed)
        if parent is not None and up:
            table = table / np.maximum(model._spread(summed_to(kept, table, set(up))[1], up, kept), 1e-300)
        children = [o for o in self.beside[clique] if o != parent]
        for i, other in enumerate(children):
            theirs, message = self._from(other, clique)
            later = {a for o in children[i + 1:] for a in self.beside[clique][o]}
            out = tuple(a for a in dict.fromkeys((*kept, *theirs)) if a in self.wanted or a in later or a in up)
            kept, table = out, joined(kept, table, theirs, message, out)
        return summed_to(kept, table, set(up) | (self.wanted & set(kept)))


def summed_to(attrs: Attrs, table: Floats, kept: set[int]) -> tuple[Attrs, Floats]:
    """The table summed over all columns but these."""
    axes = tuple(i for i, a in enumerate(attrs) if a not in kept)
    return tuple(a for a in attrs if a in kept), np.asarray(table.sum(axis=axes)) if axes else table


def joined(left: Attrs, table: Floats, right: Attrs, other: Floats, out: Attrs) -> Floats:
    """The product of two tables, summed over all columns but `out`."""
    letter = {a: chr(ord("a") + i) for i, a in enumerate(dict.fromkeys((*left, *right)))}
    first, second, wanted = ("".join(letter[a] for a in attrs) for attrs in (left, right, out))
    return np.asarray(np.einsum(f"{first},{second}->{wanted}", table, other))


def systematic(shares: Floats, group: Ints, rng: np.random.Generator) -> Ints:
    """(rows,) a cell of its group's line for each row: within a group, cells come as often as expected, up to one.

    shares  (groups, cells) not negative
    group   (rows,) the line of each row
    """
    rows = len(group)
    order = np.lexsort((rng.random(rows), group))
    count = np.bincount(group, minlength=len(shares))
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    sorted_group = group[order]
    place = np.arange(rows) - start[sorted_group]
    at = (place + rng.random(len(shares))[sorted_group]) / count[sorted_group]
    total = shares.sum(axis=1, keepdims=True)
    even = np.where(total > 0, shares, 1.0)
    below = np.cumsum(even, axis=1)
    below /= below[:, -1:]
    # One search for all groups: line g runs from g to g + 1.
    flat = (below + np.arange(len(shares))[:, None]).ravel()
    found = np.searchsorted(flat, sorted_group + at, side="right") - sorted_group * shares.shape[1]
    drawn = np.empty(rows, np.int64)
    drawn[order] = np.clip(found, 0, shares.shape[1] - 1)
    return drawn
