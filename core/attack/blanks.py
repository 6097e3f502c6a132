"""Blanks: suppressed cells guessed from the rest of the file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from core.attack.amounts import told_beside
from core.attack.attack import Attack, Attacked, Scene, percent
from core.attack.attribute import Truth
from core.attack.clock import Clock
from core.attack.population import inferred
from core.attack.rate import paired, share
from core.declare import param
from core.language import translate
from core.risk.kernel import class_sizes
from core.table import Column, Table

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SEEN = 20
"""A rule of a file has been seen to hold at least so often."""


class Blanks(Attack):
    """Fills suppressed cells in with what rows alike in other columns show.

    At a glance: a blank hides nothing if another column says the same (the state behind the district), or if it is
    nearly always so. From the cells that are still shown the attacker learns which one or two other columns foretell
    the blank column best, and takes the commonest value beside the same values there. A blank is deduced for certain
    where the other columns never go with two different values.

    Set beside it: what a model of the population, learned from other people, infers from the same person's other
    columns. That the old are more often ill is not given away by this file. Only where a rule without exception tells
    the blank (every district lies in one state) it is set beside the commonest value alone: there nothing was hidden.
    """

    attack: Literal["blanks"] = "blanks"
    title: ClassVar[str] = "Suppressed cells filled in"
    holds: ClassVar[str] = "nothing but the release"
    source: ClassVar[str] = "cells deduced from the rest: Hundepool et al. 2012, doi:10.1002/9781118348239"
    sampled: ClassVar[bool] = False
    columns: int = param("How many other columns at once?", default=2, ge=1, le=3, why="Each asks for more time.",
                         advanced=True)

    def lacks(self, scene: Scene) -> str:
        if not scene.matched:
            return translate("Rows of the release belong to no row of the original: no cell was suppressed in them.")
        if not any(scene.released[n].suppressed.any() for n in scene.common):
            return translate("No cell is suppressed.")
        return ""

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        owners = scene.owners(scene.original)
        person = np.full(scene.released.rows, -1, np.int64)
        person[owners[owners >= 0]] = np.flatnonzero(owners >= 0)
        found = []
        for name in scene.common:
            column = scene.released[name]
            hidden = column.suppressed & (person >= 0)
            truth = scene.original[name].take(person)
            hidden &= ~truth.missing & ~truth.suppressed
            if hidden.any():
                found.append(self._one(scene, name, hidden, truth, person))
        return tuple(found)

    def _one(self, scene: Scene, name: str, hidden: Mask, truth: Column, person: Ints) -> Attacked:
        column = scene.released[name]
        guess = foretold(scene.released, name, self._beside(scene, name), self.columns, scene.clock)
        right = truth.same_cells(Column(guess.codes.astype(np.int32), column.values)) & hidden
        shown = ~column.missing & ~column.suppressed
        commonest = int(np.bincount(column.codes[shown], minlength=len(column.values)).argmax()) if shown.any() else -1
        usual = truth.same_cells(Column(np.full(len(column), commonest, np.int32), column.values)) & hidden
        model = inferred(scene, name, told_beside(scene, name), Truth(False, 0.0)).take(person)
        base = max(truth.same_cells(model) & hidden, usual, key=np.count_nonzero)
        base = np.where(guess.certain & guess.rule, usual, base)
        tries, both = int(hidden.sum()), int((right & base).sum())
        success, baseline = share(int(right.sum()), tries), share(int(base.sum()), tries)
        sure = guess.certain & hidden
        return Attacked(
            self.attack, self.title, "share", success, baseline, None,
            paired(int(right.sum()) - both, int(base.sum()) - both, both, tries), tries,
            translate("Suppressed cells of “{sought}” guessed right: {success}, against {base} by what is "
                      "known of the population. Told for certain by other columns: {sure} of {tries}.", sought=name,
                      success=percent(success), base=percent(baseline), sure=int((sure & right).sum()), tries=tries),
            target=name,
            facts={"certain": float((sure & right).sum()), "columns": float(guess.columns)},
        )

    @staticmethod
    def _beside(scene: Scene, name: str) -> tuple[str, ...]:
        """The columns to look at: known ones first, none in which nearly every row differs."""
        usable = [n for n in (*scene.told(), *scene.released.names) if n != name and n in scene.released.columns
                  and len(scene.released[n].values) * 2 <= scene.released.rows]
        return tuple(dict.fromkeys(usable))[:8]


class Foretold(NamedTuple):
    """(rows,) the value guessed in each row, whether nothing else ever stands there, and from how many columns.

    rule  True if the columns never go with two different values in any row, and this was seen often enough to be a rule
    """

    codes: Ints
    certain: Mask
    columns: int
    rule: bool = False


def foretold(table: Table, name: str, beside: Sequence[str], most: int, clock: Clock | None = None) -> Foretold:
    """What other columns foretell of a column.

    Of all sets of up to `most` columns the one is taken by which the cells that are shown would be guessed best, each
    from the others (its own row left out); rows for which it says nothing get the commonest value.
    """
    column = table[name]
    size, known = len(column.values), ~column.missing & ~column.suppressed
    counts = np.bincount(column.codes[known], minlength=size)
    usual = int(counts.argmax()) if known.any() else -1
    best = Foretold(np.full(table.rows, usual, np.int64), np.zeros(table.rows, bool), 0)
    score = float(counts.max() / max(known.sum(), 1)) if known.any() else 1.0
    plan = [names for many in range(1, most + 1) for names in combinations(beside, many)]
    for done, names in enumerate(plan):
        if clock is not None and clock.left <= 0:
            clock.leave_out("Of {all} sets of columns beside the blanks of “{sought}” {some} were tried in the time.",
                            all=len(plan), some=done, sought=name)
            break
        # A blank beside a blank says nothing of the value, but it is a pattern too: a value of its own.
        classes = class_sizes([table[n] for n in names])
        of = classes.class_of.astype(np.int64)
        codes, right, certain = _commonest(of, classes.count, column.codes, known)
        gained = float(right[known].mean()) if known.any() else 0.0
        if gained > score + 1e-9:
            score = gained
            best = Foretold(np.where(codes < 0, usual, codes), certain, len(names), _is_rule(of, known, certain))
    return best


def _is_rule(of: Ints, known: Mask, certain: Mask) -> bool:
    """True if no class shows two values, and at least `SEEN` rows were not the first of their class to say so."""
    shown = np.bincount(of[known], minlength=int(of.max(initial=0)) + 1)
    repeated = int((shown - 1).clip(min=0).sum())
    return repeated >= SEEN and bool(certain[known & (shown[of] > 1)].all())


def _commonest(of: Ints, count: int, codes: npt.NDArray[np.integer], known: Mask) -> tuple[Ints, Mask, Mask]:
    """(rows,) the commonest shown value of each row's class (-1: none); whether a row is foretold by the others of its
    class; and whether at least two rows of the class show a value, all the same."""
    wide = int(codes.max(initial=0)) + 1
    pairs, counts = np.unique(of[known] * wide + codes[known], return_counts=True)
    owner, value = pairs // wide, pairs % wide
    order = np.lexsort((-counts, owner))
    owner, value, counts = owner[order], value[order], counts[order]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    top, second = np.full(count, -1, np.int64), np.zeros(count, np.int64)
    most = np.zeros(count, np.int64)
    top[owner[first]], most[owner[first]] = value[first], counts[first]
    later = first + 1
    later = later[(later < len(owner))]
    later = later[owner[later] == owner[later - 1]]
    second[owner[later]] = counts[later]
    mine = (top[of] == codes) & known
    right = mine & (most[of] - 1 > second[of])
    return top[of], right, np.asarray((second[of] == 0) & (most[of] >= 2))
