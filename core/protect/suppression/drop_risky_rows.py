"""Leave out the rows whose risk is above a threshold, and bring the weights back to the old totals."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from core.declare import ColumnPick, Declared, param
from core.problem import Problem
from core.protect.hierarchies.bands import Floats
from core.protect.households import first_and_member, none_torn
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises.claims import at_least_k
from core.protect.promises.recount import people_alike
from core.protect.rows_and_columns.raking import raked
from core.risk.individual import individual_risk
from core.risk.kernel import class_sizes
from core.table import Column, Table
from core.table.column import Mask


class FewAlike(Declared):
    """Rows that share their combination of values with too few others."""

    rule: Literal["few_alike"] = "few_alike"
    title: ClassVar[str] = "Fewer than k rows look alike"
    k: int = param("How many rows must look alike at least?", default=3, ge=2, le=10_000, search=(2, 10), unit="rows",
                   why="Rows in smaller groups are left out.")

    def risky(self, columns: list[Column], weights: Floats | None) -> Mask:  # noqa: ARG002
        return class_sizes(columns).fk < self.k


class HighRisk(Declared):
    """Rows whose individual risk is too high: the chance of a correct match, judged with the sample weights."""

    rule: Literal["high_risk"] = "high_risk"
    title: ClassVar[str] = "The individual risk is too high"
    threshold: float = param("Above which risk are rows left out?", default=0.1, gt=0, lt=1, search=(0.02, 0.3),
                             why="0.1: someone who picks a row for a person is right at most once in ten times.")

    def risky(self, columns: list[Column], weights: Floats | None) -> Mask:
        classes = class_sizes(columns, weights)
        return individual_risk(classes.fk, None if weights is None else classes.wk) > self.threshold


Rule = Annotated[FewAlike | HighRisk, Field(discriminator="rule")]


class DropRiskyRows(Method):
    """Leave out the rows that could be recognised most easily.

    At a glance: people with rare combinations of values leave the file; everybody else stays exactly as they are.
    Results for small groups are biased by this, because it is they who are missing. With sample weights, the weights
    of the rows that stay can be raised so that the totals of chosen columns (men, women, each state) are as before.

    In: any columns. Out: fewer rows. With whole households, a household goes when one of its members does, again and
    again until nobody left is at risk. Refuses a household rule without a household column.

    Source: Hundepool et al. (2012), section 3.4, doi:10.1002/9781118348239; individual risk: Franconi & Polettini
    (2004), doi:10.1007/978-3-540-25955-8_20; raking: Deville, Särndal & Sautory (1993),
    doi:10.1080/01621459.1993.10476369.
    """

    method: Literal["drop_risky_rows"] = "drop_risky_rows"
    title: ClassVar[str] = "Leave out rows at risk"
    group: ClassVar[Group] = "rows"
    rule: Rule = param("Which rows go?", default=FewAlike(), why="Those who stand out most.")
    columns: KeyColumns = param(
        "Which columns could an outsider know?", default=(),
        why="Left empty: all columns with the role quasi-identifier.",
    )
    whole_households: bool = param(
        "Does the whole household go with its member?", default=False, advanced=True,
        why="Those who stay would tell something about the one who left.",
    )
    keep_totals: Annotated[tuple[str, ...], ColumnPick()] = param(
        "Whose weighted totals stay as they were?", default=(), advanced=True,
        why="The weights of the rows that stay are raised to the old totals of each value of these columns.",
    )

    def check(self, table: Table) -> None:
        chosen(table, self.columns)
        table.require(self.keep_totals)
        if self.whole_households and table.one("household") is None:
            raise Problem("No column has the role household.", "Give a column that role, or let single rows go.")
        if self.keep_totals and table.one("weight") is None:
            raise Problem("No column has the role weight, so there are no totals to keep.",
                          "Give the column of sample weights that role.")

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        names = chosen(table, self.columns)
        kept = np.ones(table.rows, bool)
        while True:
            rows = np.flatnonzero(kept)
            if not len(rows):
                break
            now = table.take(rows)
            gone = self.rule.risky([now[n] for n in names], _weights(now))
            if self.whole_households:
                home = first_and_member(now)[1]
                gone = np.isin(home, home[gone])
            if not gone.any():
                break
            kept[rows[gone]] = False
        released = table.take(kept)
        return raked(table, released, self.keep_totals) if self.keep_totals and released.rows else released

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = chosen(table, self.columns)
        whole = (none_torn(table),) if self.whole_households else ()
        if isinstance(self.rule, FewAlike):
            return (at_least_k(names, self.rule.k), *whole)
        return (risk_claim(table, names, self.rule), *whole)

    def in_words(self) -> str:
        if isinstance(self.rule, FewAlike):
            return f"Left out rows with fewer than {self.rule.k} alike"
        return f"Left out rows with a risk above {self.rule.threshold:g}"


def _weights(table: Table) -> Floats | None:
    name = table.one("weight")
    return np.nan_to_num(table[name].numbers) if name else None


def risk_claim(table: Table, names: tuple[str, ...], rule: HighRisk) -> Claim:
    """That no row is recognised with a greater chance, by the weights of the table the step was applied to.

    Later steps may take the weights away or change them, which changes nothing about how many people there are.
    """
    bound, weights = rule.threshold, _weights(table)
    own = None if weights is None or table.row_ids is None else dict(
        zip(table.row_ids.tolist(), weights.tolist(), strict=True))
    judged = "" if weights is None else " (judged with the sample weights)"

    def holds(released: Table) -> bool:
        people = None
        if own is not None and released.row_ids is not None:
            people = [own[row] for row in released.row_ids.tolist()]
        return all(chance(n, many) <= bound + 1e-12 for n, many in people_alike(released, names, people))

    return Claim(f"no row is recognised with a chance above {bound:g} by {', '.join(names)}{judged}", holds)


def chance(rows: int, people: float) -> float:
    """The individual risk of a row in a class of so many rows that stand for so many people; apart from core/risk.

    The mean of 1 / F where F has a negative binomial distribution (Franconi & Polettini 2004, (3) to (5)): exact for
    one and two rows, their approximation for more. 1 / rows where the rows stand for no more people than themselves.
    """
    if people <= rows * (1 + 1e-7):
        return 1 / rows
    p = rows / people
    odds = p / (1 - p)
    if rows == 1:
        return odds * math.log(1 / p)
    if rows == 2:
        return odds - odds**2 * math.log(1 / p)
    return p / (rows - (1 - p))
