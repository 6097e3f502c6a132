"""Inference: what the released rows that could be a person's say about what that person did not tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene, compared, percent
from core.attack.attribute import Truth
from core.attack.fit import Fit, fitting
from core.attack.rate import Floats, difference, share
from core.attack.singling_out import told_apart
from core.declare import param
from core.language import translate
from core.table import Column, Table

Mask = npt.NDArray[np.bool_]

DEALS = 3
"""How often sensitive values are dealt out anew, to see how many would be told by chance."""


class Inference(Attack):
    """Looks at all released rows that could be a person's. If they agree on the sensitive value, it is known.

    At a glance: the third of the three tests of European guidance, and what k-anonymity leaves open. Five rows alike
    protect nobody if all five have the same disease. For protected rows a value counts as told if every row that could
    be the person's has it; beside that stands how often this would happen if the sensitive values had been dealt out to
    the rows at random. With a control group (synthetic rows) the commonest value of the nearest rows is guessed, for
    people in the data and for people who are not.
    """

    attack: Literal["inference"] = "inference"
    title: ClassVar[str] = "Inference"
    holds: ClassVar[str] = "the quasi-identifiers of a person, as they were grouped"
    source: ClassVar[str] = "Machanavajjhala et al. 2007, doi:10.1145/1217299.1217302 (homogeneity); Article 29 " \
        "Working Party, Opinion 05/2014 (WP216), section 2.2; control group as in doi:10.56553/popets-2023-0055"
    within: float = param(
        "A number counts as told if it is known to which share of its usual range?", default=0.02, gt=0, le=0.5,
        advanced=True, why="Of the range between the lowest and the highest twentieth of the original.",
    )

    def lacks(self, scene: Scene) -> str:
        return told_apart(scene, 1) or ("" if sought(scene) else translate("No column is sought: none is sensitive, "
                                                                         "and all are known."))

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        people = scene.drawn(scene.original)
        others = None if scene.control is None else scene.drawn(scene.control)
        found = []
        for name in sought(scene):
            known = tuple(n for n in scene.told() if n != name)
            if not known:
                continue
            truth = Truth.of(scene.original[name], self.within)
            if others is None:
                found.append(self._told(scene, people, known, name, truth))
            else:
                found.append(self._guessed(scene, (people, others), known, name, truth))
        return tuple(found)

    def _told(self, scene: Scene, people: Table, known: tuple[str, ...], name: str, truth: Truth) -> Attacked:
        column = scene.released[name]
        dealt = [column.take(scene.rng.permutation(len(column))) for _ in range(DEALS)]
        fit = Fit.of(known, people, scene.released, scene.original)
        hits = np.array([int(h.sum()) for h in certain(fit, [column, *dealt], people[name], truth)])
        success = share(hits[0], people.rows)
        chance = share(int(hits[1:].sum()), DEALS * people.rows)
        return Attacked(
            self.attack, self.title, "share", success, chance, None,
            difference(hits[0], people.rows, int(hits[1:].sum()), DEALS * people.rows), people.rows,
            translate("People of whom “{sought}” is told, because all rows that could be theirs agree: {success}, "
                      "against {chance} by chance.", sought=name, success=percent(success), chance=percent(chance)),
            target=name, facts={"known": float(len(known))},
        )

    def _guessed(
        self, scene: Scene, tables: tuple[Table, Table], known: tuple[str, ...], name: str, truth: Truth,
    ) -> Attacked:
        right = []
        for table in tables:
            guess = nearest_guess(Fit.of(known, table, scene.released, scene.original), scene.released[name], truth)
            right.append(truth.right(table[name], guess))
        hits, also = (int(r.sum()) for r in right)
        success, control = share(hits, len(right[0])), share(also, len(right[1]))
        base = truth.right(tables[0][name], truth.commonest(scene.original[name], len(right[0])))
        baseline = share(int(base.sum()), len(base))
        return Attacked(
            self.attack, self.title, "share", success, baseline, control,
            difference(hits, len(right[0]), also, len(right[1])), len(right[0]),
            compared(success, control, baseline, translate("Right guesses of “{sought}”", sought=name)),
            target=name, facts={"known": float(len(known))},
        )


def sought(scene: Scene) -> tuple[str, ...]:
    """What an attacker wants to learn: what was named, else sensitive columns, else all that is not known; up to 8."""
    wanted = scene.sought or scene.original.having("sensitive")
    never = scene.original.having("direct_identifier", "drop", "weight", "household")
    rest = [n for n in scene.common if n not in never]
    known = scene.told() if scene.known or scene.original.having("quasi_identifier") else ()
    return tuple(n for n in (wanted or [n for n in rest if n not in known]) if n in scene.common)[:8]


def certain(fit: Fit, columns: Sequence[Column], true: Column, truth: Truth) -> list[Mask]:
    """For each column of the released rows: (people,) True where all rows that could be theirs tell the true value."""
    values = [c.numbers if truth.numeric else _places(c, true) for c in columns]
    sides = [(_least(fit, v, np.minimum, np.inf), _least(fit, v, np.maximum, -np.inf)) for v in values]
    own = true.numbers if truth.numeric else np.where(true.missing, len(true.values), true.codes).astype(float)
    told = [np.zeros(fit.people, bool) for _ in columns]
    for place in fit.stretches():
        fits = fitting(place.levels)
        mine = own[place.people]
        for out, (low, high) in zip(told, sides, strict=True):
            least = np.where(fits, low[None, :], np.float32(np.inf)).min(axis=1)
            most = np.where(fits, high[None, :], np.float32(-np.inf)).max(axis=1)
            wide = truth.tolerance if truth.numeric else 0.0
            with np.errstate(invalid="ignore"):
                out[place.people] = (most >= least) & (np.abs(least - mine) <= wide) & (np.abs(most - mine) <= wide)
    return told


def _places(column: Column, true: Column) -> Floats:
    """(rows,) each cell as the number of the same true value, -1 where it is none of them."""
    place = {t: float(i) for i, t in enumerate(true.values.to_pylist())}
    return np.array([*(place.get(t, -1.0) for t in column.values.to_pylist()), float(len(true.values))])[column.codes]


def _least(fit: Fit, values: Floats, which: np.ufunc, start: float) -> npt.NDArray[np.float64]:
    """(classes,) the least or most of each class; where a number is not shown, it could be any."""
    out = np.full(fit.classes.count, start)
    which.at(out, fit.classes.class_of, np.where(np.isnan(values), -start, values))
    return out


def nearest_guess(fit: Fit, column: Column, truth: Truth) -> Column:
    """(people,) what most rows of the nearest class have in a column; of numbers the median."""
    of, count = fit.classes.class_of, fit.classes.count
    nearest = np.zeros(fit.people, np.int64)
    for place in fit.stretches():
        nearest[place.people] = place.apart.argmin(axis=1)
    if truth.numeric:
        return Column.of_numbers(_medians(column.numbers, of, count)[nearest])
    size = len(column.values) + 1
    pairs, counts = np.unique(of.astype(np.int64) * size + column.codes + 1, return_counts=True)
    order = np.lexsort((counts, pairs // size))
    best = np.zeros(count, np.int64)
    best[(pairs // size)[order]] = (pairs % size)[order] - 1
    return Column(best[nearest].astype(np.int32), column.values, column.kind).take(np.arange(fit.people))


def _medians(numbers: Floats, of: npt.NDArray[np.integer], count: int) -> Floats:
    """(classes,) the median of each class's numbers, NaN where it has none."""
    held = np.isfinite(numbers)
    order = np.lexsort((numbers[held], of[held]))
    sizes = np.bincount(of[held], minlength=count)
    starts = np.cumsum(sizes) - sizes
    values = numbers[held][order]
    out = np.full(count, np.nan)
    full = sizes > 0
    low, high = starts + np.maximum(sizes - 1, 0) // 2, starts + sizes // 2
    out[full] = (values[low[full]] + values[high[full]]) / 2
    return out
