"""Population: what can be inferred about a person without their row, from how the world is.

That men are not pregnant, or that income grows with age, is no secret of anybody's: statistics exist to say it. An
attack that guesses no more than that gains nothing. What a model learns from other people is therefore set beside what
the release tells (differential privacy draws the same line: Dwork and Roth 2014, doi:10.1561/0400000042, section 1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.attack.attack import Scene
from core.attack.attribute import Truth, densest
from core.attack.nearest import Space
from core.table import Column

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FOLDS = 5
MOST_LEARNED = 20_000
"""People a model learns from, at most, drawn by lot."""

LEAVES = (2, 20)
"""People in a leaf of the trees that are tried: few for sharp patterns, many for smooth ones."""

MOST_VALUES = 200
"""Values of a category a tree tells apart, the commonest; rarer ones are not inferred."""

LARGE = 0.1
"""A group of at least this share of the people is known to everybody (women, pensioners), not only from the release."""


def inferred(scene: Scene, name: str, known: Sequence[str], truth: Truth, apart: Ints | None = None) -> Column:
    """(people of the original,) what a model of the others infers of each in one column.

    Cross-fitted: the people are dealt into five parts, and each part is inferred from the other four. Of the model
    (decision trees with small and large leaves, or the commonest value for everybody) the one is taken that is right
    most often, so that an attack is set beside the best of them.

    known  the columns the model is told of a person
    apart  (people,) a group for each, never learned from for its own members unless it is large; None: households
    """
    original = scene.original
    column = original[name]
    usual = truth.commonest(column, original.rows)
    known = [n for n in known if n != name]
    if not known or original.rows < 5 * FOLDS:
        return usual
    part = _parts(original.rows, _groups(scene) if apart is None else apart, scene.rng)
    features = Space.of(known, original, ()).features(original).astype(float)
    best, score = usual, int(truth.right(column, usual).sum())
    for leaf in LEAVES:
        guess = _cross_fitted(column, features, part, leaf, truth, scene)
        if (right := int(truth.right(column, guess).sum())) > score:
            best, score = guess, right
    return best


def _groups(scene: Scene) -> Ints:
    household = scene.original.one("household")
    every = np.arange(scene.original.rows)
    if household is None:
        return every
    codes = scene.original[household].codes.astype(np.int64)
    return np.where(codes < 0, len(every) + every, codes)


def _parts(people: int, groups: Ints, rng: np.random.Generator) -> Ints:
    """(people,) which part each is in: groups as a whole, large ones person by person."""
    _, of, size = np.unique(groups, return_inverse=True, return_counts=True)
    # Sizes that differ by at most one, for every number of groups.
    part = (rng.permutation(len(size)) % FOLDS)[of.ravel()]
    large = size[of.ravel()] >= LARGE * people
    return np.where(large, rng.permutation(people) % FOLDS, part)


def _cross_fitted(column: Column, features: Floats, part: Ints, leaf: int, truth: Truth, scene: Scene) -> Column:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    numbers = column.numbers
    usable = np.isfinite(numbers) if truth.numeric else _common(column)
    codes = np.full(len(column), -1, np.int32)
    found = np.full(len(column), np.nan)
    for fold in range(FOLDS):
        scene.clock.check()
        here = part == fold
        learn = np.flatnonzero(~here & usable)
        if not here.any() or len(learn) < 2 * leaf or not (truth.numeric or _repeated(column.codes[learn])):
            continue
        if len(learn) > MOST_LEARNED:
            learn = scene.rng.choice(learn, MOST_LEARNED, replace=False)
        seed = int(scene.rng.integers(2**31))
        if truth.numeric:
            # Narrow leaves hold too few numbers to tell where they lie thickest.
            tree = DecisionTreeRegressor(min_samples_leaf=5 * leaf, random_state=seed).fit(
                features[learn], numbers[learn])
            thick = _thickest(tree.apply(features[learn]), numbers[learn], truth.tolerance)
            found[here] = [thick[at] for at in tree.apply(features[here]).tolist()]
        else:
            tree = DecisionTreeClassifier(min_samples_leaf=leaf, random_state=seed).fit(
                features[learn], column.codes[learn])
            codes[here] = tree.predict(features[here])
    return Column.of_numbers(found) if truth.numeric else Column(codes, column.values, column.kind)


def _repeated(codes: npt.NDArray[np.integer]) -> bool:
    """False where most values occur once: there is no pattern to learn in names."""
    return len(np.unique(codes)) * 2 <= len(codes)


def _common(column: Column) -> npt.NDArray[np.bool_]:
    """(rows,) True where the cell has one of the commonest values, or is missing."""
    order = np.argsort(-column.counts(), kind="stable")
    return np.asarray(np.isin(column.codes, order[:MOST_VALUES]) | column.missing)


def _thickest(leaves: Ints, numbers: Floats, tolerance: float) -> dict[int, float]:
    """Leaf -> the number near which most of its people lie."""
    order = np.argsort(leaves, kind="stable")
    kinds, starts = np.unique(leaves[order], return_index=True)
    return {int(leaf): densest(part, tolerance)
            for leaf, part in zip(kinds, np.split(numbers[order], starts[1:]), strict=True)}
