"""AIM's loop: buy the table the model is worst at, fit, and again, with more precision as little new is found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from core.synthesise.junction import Attrs, cells, tree_cells, triangulated
from core.synthesise.marginals import Coded, Counter, Learned, begin
from core.synthesise.model import Model
from core.synthesise.purse import Purse

Progress = Callable[[float, str], None]

MEASURED = 0.9
"""The share of each round's price that is spent on the table; the rest on choosing it (McKenna et al. 2022)."""

FIRST = 0.1
"""The share of the price spent on each column by itself, before any pair; less blurs rare values, more leaves less."""

DEAREST = 0.08
"""The largest share of the price that one round may come to cost, but for the last: many tables beat one exact one."""

PREDICTED = 256
"""How much more a table counts when the column to be predicted stands in it: others come when these are right."""

MOST_CANDIDATES = 300
"""Tables compared in one round; where there are more, so many are drawn by lot, which costs nothing."""


def adaptive(
    coded: Coded, purse: Purse, most_cells: int, rounds: int, ways: int, target: int | None, rng: np.random.Generator,
    progress: Progress,
) -> Learned:
    """The model of AIM.

    most_cells  how many cells the model may have at the end; it grows with what has been spent
    rounds      at most so many rounds for each column; a price for each is put aside, and grows where little is found
    ways        tables of up to so many columns
    target      the column that others are to predict: tables with it come first, and those of three columns as well
    """
    columns = len(coded.sizes)
    share = purse.left * (1 - FIRST) / (rounds * columns)
    # A single column by itself has nothing to be chosen: all is spent on it.
    counter, learned = begin(coded, purse, purse.left * (FIRST if columns > 1 else 1.0))
    candidates = [c for k in (2, 3) for c in combinations(range(columns), k) if k <= ways or target in c]
    model, part = learned.model, share
    while candidates and purse.left > 1e-9:
        last = purse.left < 2 * part
        part = purse.left if last else part
        progress(0.95 * (1 - purse.left), f"{len(model.measured)} tables")
        allowed = _allowed(candidates, model, most_cells * (1 - purse.left + part), rng)
        chosen = _worst(allowed, counter, model, target, part)
        before = model.at(chosen)
        model.add([counter.bought(chosen, purse.left if last else MEASURED * part)])
        model.fit()
        noise = float(np.sqrt(2 / np.pi)) * purse.bought[-1].noise.sd * before.size  # type: ignore[union-attr]
        if np.abs(model.at(chosen) - before).sum() * model.total <= noise:
            part = min(2 * part, max(DEAREST, share))
    return learned


def _worst(allowed: list[Attrs], counter: Counter, model: Model, target: int | None, part: float) -> Attrs:
    """Where rows are furthest from the model, less what noise alone would make of it."""
    expected = float(np.sqrt(2 / np.pi)) * counter.purse.sd(MEASURED * part)
    errors = []
    for attrs in allowed:
        share = model.at(attrs).ravel()
        errors.append(float(np.abs(counter.exact(attrs) - share * model.total).sum() - expected * len(share)))
    weights = [len(attrs) * (PREDICTED if target in attrs else 1) for attrs in allowed]
    return allowed[counter.purse.choose(errors, weights, (1 - MEASURED) * part, "which table")]


def _allowed(candidates: list[Attrs], model: Model, most_cells: float, rng: np.random.Generator) -> list[Attrs]:
    """The tables that keep the model within its size; those it can tell already always do."""
    if len(candidates) > MOST_CANDIDATES:
        candidates = [candidates[i] for i in rng.choice(len(candidates), MOST_CANDIDATES, replace=False)]
    wanted = [m.attrs for m in model.measured]
    cliques = triangulated(model.sizes, wanted)
    fit = [c for c in candidates
           if any(set(c) <= set(q) for q in cliques)
           or (cells(model.sizes, c) <= most_cells and tree_cells(model.sizes, [*wanted, c]) <= most_cells)]
    return fit or [min(candidates, key=lambda c: (tree_cells(model.sizes, [*wanted, c]), c))]
