"""A policy's rules about people turned round: what a protection must reach so that they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from core.policy.people import AverageRisk, GroupSize, IndividualRisk, LargestRisk, Mixed, needed
from core.policy.policy import Policy
from core.protect.promises.rules import DistinctL
from core.table import Table


@dataclass(frozen=True)
class Wanted:
    """What the rules of a policy ask of the rows of a file; each part None where no rule asks for it.

    k             rows that share each combination of the quasi-identifiers, at least
    highest_risk  the highest individual risk of a row, judged with the sample weights where there are any
    different     different values of every sensitive column in each group, at least
    """

    k: int | None = None
    highest_risk: float | None = None
    different: int | None = None

    def groups(self, table: Table, usual: int) -> int:
        """The size of groups with which the rules are kept, at least the usual one.

        Without weights the file is taken for everybody there is, and the risk of a row is 1 / its group.
        """
        alone = self.highest_risk is not None and table.one("weight") is None
        return max(usual, self.k or 0, needed(self.highest_risk) if alone and self.highest_risk else 0)

    def risk(self, table: Table) -> float | None:
        """The risk that must be looked at besides the size of groups: only where there are weights."""
        return None if table.one("weight") is None else self.highest_risk

    def rules(self, table: Table) -> tuple[DistinctL, ...]:
        """That groups are mixed, for each sensitive column that is mixed enough itself."""
        if self.different is None:
            return ()
        return tuple(DistinctL(column=name, l=self.different) for name in table.having("sensitive")
                     if len(table[name].values) + bool(table[name].missing.any()) >= self.different)


def wanted(policy: Policy) -> Wanted:
    """What a policy asks of the rows of a file, the strictest of its rules each.

    An average risk is kept by groups of 1 / it, which is more than it asks for.
    """
    sizes = [r.k for r in policy.rules if isinstance(r, GroupSize)]
    sizes += [needed(r.most) for r in policy.rules if isinstance(r, (LargestRisk, AverageRisk))]
    return Wanted(
        max(sizes, default=None),
        min((r.most for r in policy.rules if isinstance(r, IndividualRisk)), default=None),
        max((r.l for r in policy.rules if isinstance(r, Mixed)), default=None),
    )

