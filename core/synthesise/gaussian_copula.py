"""Synthesise from marginals and one matrix of correlations (SDV's GaussianCopula)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from core.declare import ColumnPick, param
from core.synthesise.sdv_model import Prepared, Sdv

Marginal = Literal["observed", "beta", "gamma", "norm", "truncnorm", "uniform", "gaussian_kde"]
LABELS = {
    "observed": "As in the data", "beta": "Beta", "gamma": "Gamma", "norm": "Normal",
    "truncnorm": "Normal, cut off at both ends", "uniform": "Uniform", "gaussian_kde": "Smoothed (slow)",
}


class GaussianCopula(Sdv):
    """Each column as often as it occurs, and pairs of columns by one number each: their correlation (SDV).

    At a glance: quick, smooth, and easy to explain in a paper; but only what a correlation can say is kept. That people
    with a degree earn more is kept, that they do so in one state only is not.

    Numbers are drawn from the distribution observed (by rank), or from a named one for those who want no observed value
    to show. SDV's usual choice, beta, is poor for skewed numbers such as incomes.

    Source: Patki, Wedge and Veeramachaneni (2016), The Synthetic Data Vault, doi:10.1109/DSAA.2016.49.
    """

    method: Literal["gaussian_copula"] = "gaussian_copula"
    title: ClassVar[str] = "Frequencies and correlations (SDV GaussianCopula)"
    marginal: Marginal = param(
        "How are numbers distributed?", default="observed", labels=LABELS,
        why="As in the data fits every shape; a named distribution smooths more.",
    )
    marginals: Annotated[dict[str, Marginal], ColumnPick(("number", "date"))] = param(
        "Which columns are distributed otherwise?", default={}, labels=LABELS, advanced=True,
        why="A column of amounts can have a distribution of its own.",
    )

    def by_rank(self, name: str) -> bool:
        return self.marginals.get(name, self.marginal) == "observed"

    def fitted(self, metadata: Any, columns: list[Prepared]) -> Any:
        from sdv.single_table import GaussianCopulaSynthesizer

        chosen = {c.key: self.marginals.get(c.name, self.marginal) for c in columns if c.numeric is not None}
        # Normal scores are normal; SDV spreads categories evenly over 0 to 1.
        named = {key: "norm" if way == "observed" else way for key, way in chosen.items()}
        return GaussianCopulaSynthesizer(metadata, numerical_distributions=named, default_distribution="uniform")
