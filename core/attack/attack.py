"""Attack: what every simulated attacker is: what they hold, what they win, and what they would win anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.clock import Clock
from core.attack.rate import Rate
from core.declare import Declared
from core.language import translate
from core.table import Table

Measure = Literal["share", "area", "epsilon"]
"""What a success is: a share of tries, an area under the ROC curve (0.5: guessing), or a lower bound on epsilon."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What there is to attack with and against.

    original  the people whose rows the release was made from
    released  what is given out
    control   people of the same population who were held back before the release was made; None: nobody was
    known     columns an attacker knows of a person; empty: the quasi-identifiers, else all but the one that is sought
    sought    columns an attacker wants to learn; empty: the sensitive ones, else all but `known`
    most      at most so many people are attacked, and at most so many are compared with
    register  another table an attacker holds (a voters' list), where one was given
    second    another release of the same data, or another table of statistics, where one was given
    promise   what a private synthesizer kept of its training (core.attack.audit.Promise), where there is one
    steps     the recipe's steps that made the release, where they are known: for whoever makes such a release anew
    thorough  True where there is time for more than a quick look
    clock     how long an attacker may take
    """

    original: Table
    released: Table
    rng: np.random.Generator
    control: Table | None = None
    known: tuple[str, ...] = ()
    sought: tuple[str, ...] = ()
    most: int = 2_000
    register: Table | None = None
    promise: Any = None
    second: Table | None = None
    steps: tuple[Any, ...] = ()
    thorough: bool = False
    clock: Clock = field(default_factory=Clock)

    @property
    def common(self) -> tuple[str, ...]:
        """The columns that stand in the original, the release and the control group alike."""
        tables = [self.original, self.released, *([self.control] if self.control is not None else [])]
        return tuple(n for n in self.original.names if all(n in t.columns for t in tables))

    @property
    def matched(self) -> bool:
        """True if it is known whose each released row is (row numbers), and any is somebody's."""
        return self.owners(self.original).max(initial=-1) >= 0

    def owners(self, people: Table, released: Table | None = None) -> npt.NDArray[np.int64]:
        """(people,) which row of the release was made from each person; -1 where none was, or nobody knows."""
        from core.utility.both import match

        out = np.full(people.rows, -1, np.int64)
        pairs = match(people, self.released if released is None else released)
        if pairs is not None:
            out[pairs[0]] = pairs[1]
        return out

    def told(self, everything: bool = False, most: int = 10) -> tuple[str, ...]:
        """The columns an attacker is taken to know: `known`, else the quasi-identifiers, else what is not sensitive.

        everything  all common columns, quasi-identifiers first: where a control group shows what is too much
        """
        usual = self.known or self.original.having("quasi_identifier")
        chosen = tuple(n for n in usual if n in self.common)
        if everything or not chosen:
            fit = self.original.having("quasi_identifier", "sensitive", "keep", "stratum")
            # Beside the known ones the shortest: a column in which everybody differs is a number of the row.
            rest = [n for n in fit if n in self.common and n not in chosen]
            rest = [n for n in rest if everything or n not in self.original.having("sensitive")] or rest
            chosen = (*chosen, *rest)
        return chosen[:most]

    def drawn(self, table: Table) -> Table:
        """At most `most` rows of a table, by lot; of a household one person."""
        rows = self.lot(table)
        return table if len(rows) == table.rows else table.take(rows)

    def halves(self, table: Table) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The numbers of the rows of two halves, by lot; a household is on one side as a whole.

        Were it not, people would find their like in the other half, and those in the data nobody of theirs.
        """
        groups = np.arange(table.rows)
        household = self.original.one("household")
        if household is not None and household in table.columns:
            codes = table[household].codes.astype(np.int64)
            groups = np.where(codes < 0, table.rows + groups, codes)
        _, of = np.unique(groups, return_inverse=True)
        place = self.rng.permutation(int(of.max(initial=-1)) + 1)[of.ravel()]
        first = place < (len(np.unique(of)) + 1) // 2
        return np.flatnonzero(first), np.flatnonzero(~first)

    def lot(self, table: Table) -> npt.NDArray[np.int64]:
        """The numbers of the rows drawn. Members of a household share too much to count as several tries."""
        rows = np.arange(table.rows)
        household = self.original.one("household")
        if household is not None and household in table.columns:
            mixed = self.rng.permutation(table.rows)
            codes = table[household].codes[mixed]
            _, first = np.unique(codes, return_index=True)
            alone = codes < 0  # without a household's number everybody is alone
            rows = np.sort(mixed[np.union1d(first[codes[first] >= 0], np.flatnonzero(alone))])
        if len(rows) > self.most:
            rows = np.sort(self.rng.choice(rows, self.most, replace=False))
        return rows


@dataclass(frozen=True)
class Attacked:
    """What one attacker won.

    success    how often the attack succeeds on people in the data
    baseline   how often it would succeed without the release
    control    how often the same attack succeeds on people who are not in the data; None: there is no control group
    advantage  what being in the data costs: success beyond the control group, else beyond the baseline
    tries      how many people were attacked
    target     the column that was sought, if one was
    facts      further figures: thresholds, shares; counts and names only
    """

    attack: str
    title: str
    measure: Measure
    success: Rate
    baseline: Rate
    control: Rate | None
    advantage: Rate
    tries: int
    sentence: str
    target: str = ""
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """True if the attacker wins more than by chance: the whole interval of the advantage lies above 0."""
        return self.advantage.low > 0

    def data(self) -> dict[str, Any]:
        """Plain data for files and pages."""
        plain: dict[str, Any] = {
            name: rate._asdict() if rate is not None else None
            for name, rate in (("success", self.success), ("baseline", self.baseline), ("control", self.control),
                               ("advantage", self.advantage))
        }
        return {"attack": self.attack, "title": self.title, "measure": self.measure, "target": self.target,
                "tries": self.tries, "found": self.found, "sentence": self.sentence, **plain, "facts": dict(self.facts)}


class Attack(Declared):
    """A simulated attacker. Subclasses add `attack: Literal[...]`, `title`, what they hold, and `run`.

    holds     what the attacker has besides the release, in words
    source    who described the attack, with DOI or section
    thorough  too slow for a quick look; only run when asked for
    sampled   True if it takes less time with fewer people (Scene.most)
    effort    its share of the time, beside the others'
    """

    holds: ClassVar[str]
    source: ClassVar[str]
    thorough: ClassVar[bool] = False
    sampled: ClassVar[bool] = True
    effort: ClassVar[float] = 1.0

    def lacks(self, scene: Scene) -> str:  # noqa: ARG002
        """Why this attacker cannot be simulated here, in words; empty if it can."""
        return ""

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        raise TypeError(f"{type(self).__name__} does not say what it does with {scene.original.rows} rows")


def compared(success: Rate, other: Rate | None, base: Rate, people: str) -> str:
    """One sentence that sets a share beside that of the control group, or of guessing."""
    if other is not None:
        return translate(
            "{people}: {success}, against {control} of people who are not in the data.",
            people=people, success=percent(success), control=percent(other))
    return translate("{people}: {success}, against {base} without the release.",
                     people=people, success=percent(success), base=percent(base))


def percent(rate: Rate) -> str:
    """“12.3% (11.0 to 13.7)”."""
    return f"{100 * rate.value:.1f}% ({100 * rate.low:.1f} to {100 * rate.high:.1f})"
