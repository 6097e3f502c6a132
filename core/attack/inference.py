"""Inference: what the released rows that could be a person's say about what that person did not tell."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene, compared, percent
from core.attack.attribute import Truth
from core.attack.fit import Fit, fitting
from core.attack.population import inferred
from core.attack.rate import Floats, difference, paired, share
from core.attack.singling_out import told_apart
from core.declare import param
from core.language import translate
from core.table import Column, Table

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

class Inference(Attack):
    """Looks at all released rows that could be a person's. If they agree on the sensitive value, it is known.

    At a glance: the third of the three tests of European guidance, and what k-anonymity leaves open. Five rows alike
    protect nobody if all five have the same disease. For protected rows a value counts as told if every row that could
    be the person's has it; beside that stands how often a model of the population, learned from everybody outside that
    group, infers the same: what holds for men or for the old is no secret of these five. With a control group
    (synthetic rows) the commonest value of the nearest rows is guessed, for people in the data and for people who are
    not.
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
        chosen = scene.lot(scene.original)
        people = scene.original.take(chosen)
        others = None if scene.control is None else scene.drawn(scene.control)
        found = []
        for name in sought(scene):
            known = tuple(n for n in scene.told() if n != name)
            if not known:
                continue
            truth = Truth.of(scene.original[name], self.within)
            if others is None:
                found.append(self._told(scene, chosen, known, name, truth))
            else:
                found.append(self._guessed(scene, (people, others), known, name, truth))
        return tuple(found)

    def _told(self, scene: Scene, chosen: Ints, known: tuple[str, ...], name: str, truth: Truth) -> Attacked:
        people = scene.original.take(chosen)
        fit = Fit.of(known, people, scene.released, scene.original, tick=scene.clock.check)
        told, right = agreed(fit, scene.released[name], people[name], truth)
        model = inferred(scene, name, known, truth, _own_group(scene, fit)).take(chosen)
        known_anyway = told & truth.right(people[name], model)
        hits, base, both = int(right.sum()), int(known_anyway.sum()), int((right & known_anyway).sum())
        success, baseline = share(hits, people.rows), share(base, people.rows)
        return Attacked(
            self.attack, self.title, "share", success, baseline, None,
            paired(hits - both, base - both, both, people.rows), people.rows,
            translate("People of whom “{sought}” is told, because all rows that could be theirs agree: {success}. Of "
                      "them, what is known of the population tells it of {base}.", sought=name,
                      success=percent(success), base=percent(baseline)),
            target=name, facts={"known": float(len(known)), "agreed": float(told.sum())},
        )

    def _guessed(
        self, scene: Scene, tables: tuple[Table, Table], known: tuple[str, ...], name: str, truth: Truth,
    ) -> Attacked:
        right = []
        for table in tables:
            fit = Fit.of(known, table, scene.released, scene.original, tick=scene.clock.check)
            guess = nearest_guess(fit, scene.released[name], truth)
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


def _own_group(scene: Scene, fit: Fit) -> Ints:
    """(people of the original,) the class of rows each person's own row is in; a number of their own without one."""
    owners = scene.owners(scene.original)
    every = np.arange(len(owners))
    return np.where(owners >= 0, fit.classes.class_of[owners], fit.classes.count + every)


def agreed(fit: Fit, column: Column, true: Column, truth: Truth) -> tuple[Mask, Mask]:
    """(people,) True where all rows that could be theirs agree; and where they agree on the true value."""
    values = column.numbers if truth.numeric else _places(column, true)
    low, high = _least(fit, values, np.minimum, np.inf), _least(fit, values, np.maximum, -np.inf)
    own = true.numbers if truth.numeric else np.where(true.missing, len(true.values), true.codes).astype(float)
    wide = truth.tolerance if truth.numeric else 0.0
    told, right = np.zeros(fit.people, bool), np.zeros(fit.people, bool)
    for place in fit.stretches():
        fits = fitting(place.levels)
        mine = own[place.people]
        least = np.where(fits, low[None, :], np.inf).min(axis=1)
        most = np.where(fits, high[None, :], -np.inf).max(axis=1)
        with np.errstate(invalid="ignore"):
            # A blank tells nothing, even where all rows have it.
            told[place.people] = (most >= least) & (most - least <= 2 * wide) & (truth.numeric | (least >= 0))
            right[place.people] = (most >= least) & (np.abs(least - mine) <= wide) & (np.abs(most - mine) <= wide)
    return told, right


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
