"""Attributes: what a person did not tell, guessed from the release and from what is known of them."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.attack.attack import Attack, Attacked, Scene, compared
from core.attack.copies import outside
from core.attack.nearest import Space
from core.attack.rate import Floats, difference, share
from core.declare import param
from core.language import translate
from core.table import Column, Table
from core.table.column import Mask

MOST_LEARNED = 100_000
"""Released rows the model is trained on, at most, drawn by lot."""


class _Attribute(Attack):
    """What both attackers share: which columns are sought, and when a guess is right."""

    within: float = param(
        "A number counts as guessed if it is off by at most which share of its usual range?", default=0.02, gt=0,
        le=0.5, advanced=True, why="Of the range between the lowest and the highest twentieth of the original.",
    )

    def lacks(self, scene: Scene) -> str:
        if not self._sought(scene):
            return translate("No column is sought: none is sensitive, and all are known.")
        return outside(scene)

    def _sought(self, scene: Scene) -> tuple[str, ...]:
        wanted = scene.sought or scene.original.having("sensitive")
        return tuple(n for n in wanted or scene.common if n in scene.common and self._known(scene, n))

    @staticmethod
    def _known(scene: Scene, sought: str) -> tuple[str, ...]:
        told = scene.known or scene.original.having("quasi_identifier")
        usual = tuple(n for n in told if n in scene.common and n != sought)
        return usual or tuple(n for n in scene.common if n != sought)

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        if scene.control is None:
            return ()
        people, others = scene.drawn(scene.original), scene.drawn(scene.control)
        return tuple(self._one(scene, people, others, name) for name in self._sought(scene))

    def _one(self, scene: Scene, people: Table, others: Table, sought: str) -> Attacked:
        truth = Truth.of(scene.original[sought], self.within)
        guessed = self._guesses(scene, sought, people, others, truth.numeric)
        right = [truth.right(table[sought], guess) for table, guess in zip((people, others), guessed, strict=True)]
        hits, also = int(right[0].sum()), int(right[1].sum())
        success, control = share(hits, people.rows), share(also, others.rows)
        base = truth.right(people[sought], truth.commonest(scene.original[sought], people.rows))
        baseline = share(int(base.sum()), people.rows)
        said = compared(success, control, baseline, translate("Right guesses of “{sought}”", sought=sought))
        return Attacked(
            getattr(self, "attack", ""), self.title, "share", success, baseline, control,
            difference(hits, people.rows, also, others.rows), people.rows, said, target=sought,
            facts={"known": float(len(self._known(scene, sought)))},
        )

    def _guesses(self, scene: Scene, sought: str, people: Table, others: Table, numeric: bool) -> tuple[Column, Column]:
        """(people,) and (others,) what is guessed of each.

        numeric  a number is sought, else one of the values of the release
        """
        raise TypeError(f"{type(self).__name__} does not guess “{sought}” ({numeric=}) of {people.rows + others.rows} "
                        f"people from {scene.released.rows} rows")


class NearestAttribute(_Attribute):
    """Finds the rows of the release most like a person, and takes over what most of them say.

    At a glance: the attacker knows the quasi-identifiers of a person and wants the sensitive value. A guess about
    somebody who is not in the data is right as often as the population makes it; what is guessed better of people who
    are in the data is what the release gives away.
    """

    attack: Literal["nearest_attribute"] = "nearest_attribute"
    title: ClassVar[str] = "What they did not tell (nearest row)"
    holds: ClassVar[str] = "the quasi-identifiers of a person"
    source: ClassVar[str] = "Hittmeir, Mayer and Ekelhart 2020, doi:10.1145/3374664.3375720; control group as in " \
        "Giomi et al. 2023, doi:10.56553/popets-2023-0055"
    neighbours: int = param("Of how many rows?", default=1, ge=1, le=100, why="The most like the person.")

    def _guesses(self, scene: Scene, sought: str, people: Table, others: Table, numeric: bool) -> tuple[Column, Column]:
        space = Space.of(self._known(scene, sought), scene.released, (people, others), scene.clock.check)
        release, column = space.place(scene.released), scene.released[sought]
        found = []
        for table in (people, others):
            near = space.several(space.place(table), release, self.neighbours)
            found.append(_most(column, near, numeric))
        return found[0], found[1]


class ModelAttribute(_Attribute):
    """Trains a model on the release that predicts the sensitive value, and asks it about a person.

    At a glance: the stronger attacker, who uses every pattern of the release. What the model knows of people who are
    not in the data just as well is knowledge of the population, which statistics exist to give.
    """

    attack: Literal["model_attribute"] = "model_attribute"
    title: ClassVar[str] = "What they did not tell (trained model)"
    holds: ClassVar[str] = "the quasi-identifiers of a person, and a model trained on the release"
    source: ClassVar[str] = "Stadler, Oprisanu and Troncoso 2022, arXiv:2011.07018"

    def _guesses(self, scene: Scene, sought: str, people: Table, others: Table, numeric: bool) -> tuple[Column, Column]:
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        names = self._known(scene, sought)
        space = Space.of(names, scene.released, (people, others), scene.clock.check)
        released, target = scene.released, scene.released[sought]
        held = np.isfinite(target.numbers) if numeric else np.ones(released.rows, bool)
        if held.sum() > MOST_LEARNED:
            held = np.isin(np.arange(released.rows), scene.rng.choice(np.flatnonzero(held), MOST_LEARNED, False))
        seed = int(scene.rng.integers(2**31))
        # Small leaves: memorised people are what this attacker is after.
        model = (DecisionTreeRegressor if numeric else DecisionTreeClassifier)(min_samples_leaf=2, random_state=seed)
        if not held.any() or not (numeric or len(np.unique(target.codes[held])) * 2 <= held.sum()):
            nothing = [Column.of([None] * t.rows, target.kind) for t in (people, others)]
            return nothing[0], nothing[1]
        model.fit(space.features(released.take(held)), target.numbers[held] if numeric else target.codes[held])
        found = []
        for table in (people, others):
            said = model.predict(space.features(table))
            coded = Column.of_numbers(said) if numeric else Column(said.astype(np.int32), target.values, target.kind)
            found.append(coded)
        return found[0], found[1]


class Truth:
    """When a guess is right: the same text, or a number near enough."""

    def __init__(self, numeric: bool, tolerance: float) -> None:
        self.numeric, self.tolerance = numeric, tolerance

    @staticmethod
    def of(column: Column, within: float) -> Truth:
        numbers = column.numbers[np.isfinite(column.numbers)]
        numeric = column.kind == "number" and len(np.unique(numbers)) > 20
        if not numeric:
            return Truth(False, 0.0)
        low, high = np.quantile(numbers, [0.05, 0.95])
        return Truth(True, within * float(high - low))

    def right(self, truth: Column, guess: Column) -> Mask:
        if not self.numeric:
            return truth.same_cells(guess)
        both_gone = ~np.isfinite(truth.numbers) & ~np.isfinite(guess.numbers)
        return np.asarray(both_gone | (np.abs(truth.numbers - guess.numbers) <= self.tolerance))

    def commonest(self, column: Column, rows: int) -> Column:
        """The guess of somebody who knows the column's distribution and nothing of the person."""
        if self.numeric:
            return Column.of_numbers(np.full(rows, densest(column.numbers, self.tolerance)))
        counts = np.append(column.counts(), column.missing.sum())
        best = int(counts.argmax())
        text = column.values[best].as_py() if best < len(column.values) else None
        return Column.of([text] * rows, column.kind)


def densest(numbers: Floats, tolerance: float) -> float:
    """The number within whose tolerance most others lie: the middle of them."""
    held = np.sort(numbers[np.isfinite(numbers)])
    end = np.searchsorted(held, held + 2 * tolerance, side="right")
    best = int((end - np.arange(len(held))).argmax())
    return float((held[best] + held[end[best] - 1]) / 2)


def _most(column: Column, near: np.ndarray, numeric: bool) -> Column:
    """(people,) the value most of the near rows have; of numbers the median."""
    if near.shape[1] == 1:
        return column.take(near[:, 0])
    if numeric:
        with np.errstate(all="ignore"):
            return Column.of_numbers(np.nan_to_num(np.median(column.numbers[near], axis=1), nan=np.nan))
    codes = np.sort(column.codes[near], axis=1)
    best = np.array([np.unique(line, return_counts=True) for line in codes], dtype=object)
    chosen = np.array([values[counts.argmax()] for values, counts in best], np.int32)
    return Column(chosen, column.values, column.kind)

