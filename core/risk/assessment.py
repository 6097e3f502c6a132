"""assess: the risk of a table in one call, as the wizard, the command line and every comparison use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.risk.diversity import distinct, entropy, recursive
from core.risk.study import Study
from core.table import Table
from core.table.column import Floats

THRESHOLDS = (2, 3, 5)
"""Class sizes usually asked for; a row violates k-anonymity where fewer than k rows share its combination."""


@dataclass(frozen=True)
class Diversity:
    """How varied a sensitive column is inside the classes: the smallest over all classes.

    distinct   different values          entropy  exp of the entropy in natural logarithms
    recursive  the l of recursive (2, l) rows_single_value  rows whose class holds only one value
    """

    distinct: int
    entropy: float
    recursive: int
    rows_single_value: int


@dataclass(frozen=True, eq=False)
class Risk:
    """What a table reveals about the people in it. Missing is a value; suppressed cells count as they are written.

    rows, classes                rows, and different combinations of the quasi-identifiers
    uniques                      rows that nobody else shares the combination with (sample uniques)
    smallest_class               k of the file as written: the fewest rows that share a combination
    violations                   k -> rows that fewer than k rows share the combination with, for 2, 3 and 5
    expected_reidentifications   sum of individual risks: how many people a skilled attacker is expected to recognise
    global_risk                  its share of all rows
    highest_individual_risk      the individual risk of the row most at risk, 0 to 1
    expected_household           sum of household risks, None without households
    diversity                    sensitive column -> Diversity
    fk                           (rows,) rows with the same combination
    Fk                           (rows,) people estimated to have it: sum of sample weights, fk without weights
    individual_risk              (rows,) chance that the row is correctly matched to its person
    household_risk               (rows,) chance that someone of the row's household is; None without households
    l_distinct                   (rows,) different sensitive values in the row's class (fewest over columns), or None
    """

    keys: tuple[str, ...]
    weight: str | None
    household: str | None
    sensitive: tuple[str, ...]
    rows: int
    classes: int
    uniques: int
    smallest_class: int
    violations: Mapping[int, int]
    expected_reidentifications: float
    global_risk: float
    highest_individual_risk: float
    expected_household: float | None
    diversity: Mapping[str, Diversity]
    fk: npt.NDArray[np.int32]
    Fk: Floats
    individual_risk: Floats
    household_risk: Floats | None
    l_distinct: npt.NDArray[np.int64] | None

    def as_dict(self) -> dict[str, Any]:
        """The figures without the per-record arrays, ready for JSON."""
        plain: dict[str, Any] = {
            "keys": list(self.keys), "weight": self.weight, "household": self.household,
            "sensitive": list(self.sensitive), "rows": self.rows, "classes": self.classes, "uniques": self.uniques,
            "smallest_class": self.smallest_class, "violations": {str(k): n for k, n in self.violations.items()},
            "expected_reidentifications": self.expected_reidentifications, "global_risk": self.global_risk,
            "highest_individual_risk": self.highest_individual_risk,
        }
        if self.expected_household is not None:
            plain["expected_household"] = self.expected_household
        if self.diversity:
            plain["diversity"] = {name: vars(d) for name, d in self.diversity.items()}
        return plain


def assess(
    table: Table,
    keys: Sequence[str] | None = None,
    weight: str | None = None,
    household: str | None = None,
    sensitive: Sequence[str] = (),
) -> Risk:
    """The risk of a table; its roles are the defaults for what is not given. Problem where columns do not fit."""
    return assess_study(Study.of(table, keys, weight, household, sensitive))


def assess_study(study: Study) -> Risk:
    """As `assess`, on a Study that other measures go on using."""
    classes, risk = study.classes, study.individual
    expected = float(risk.sum())
    household = study.household_individual
    diversity, l_distinct = _diversity(study)
    return Risk(
        keys=study.keys, weight=study.weight, household=study.household, sensitive=study.sensitive,
        rows=study.rows, classes=classes.count,
        uniques=int((classes.fk == 1).sum()), smallest_class=int(classes.fk.min()),
        violations={k: int((classes.fk < k).sum()) for k in THRESHOLDS},
        expected_reidentifications=expected, global_risk=expected / study.rows,
        highest_individual_risk=float(risk.max()),
        expected_household=None if household is None else float(household.sum()),
        diversity=diversity, fk=classes.fk, Fk=classes.wk, individual_risk=risk, household_risk=household,
        l_distinct=l_distinct,
    )


def _diversity(study: Study) -> tuple[dict[str, Diversity], npt.NDArray[np.int64] | None]:
    found, fewest = {}, None
    for name in study.sensitive:
        counts = study.tally(name)
        different = distinct(counts)
        found[name] = Diversity(
            int(different.min()), float(entropy(counts).min()), int(recursive(counts, 2.0).min()),
            int(counts.sizes[different == 1].sum()),
        )
        fewest = different if fewest is None else np.minimum(fewest, different)
    return found, None if fewest is None else fewest[study.classes.class_of]
