"""How rare the people in a sample are in the whole population: estimators that see only the sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from core.declare import param
from core.language import translate
from core.risk import population
from core.risk.loglinear import Terms
from core.risk.measure import Group, Measure, Measured, Need
from core.risk.population import Estimate, Sizes
from core.risk.study import Study


class _Uniqueness(Measure):
    """The base of estimators of the share of the population that is unique."""

    group: ClassVar[Group] = "population"
    unit: ClassVar[str] = "share of the population"
    needs: ClassVar[tuple[Need, ...]] = ("people",)

    def _estimated(self, study: Study, estimator: Callable[[Sizes], Estimate]) -> Measured:
        sizes = study.spread
        return _said(sizes, estimator(sizes), {})


def _said(sizes: Sizes, estimate: Estimate, details: dict[str, object]) -> Measured:
    converged = estimate.share is not None
    details |= {"population": sizes.people, "sampling_fraction": sizes.fraction, "converged": converged}
    if estimate.share is None:
        return Measured(None, translate("The estimator does not converge: {why}.", why=estimate.why), details=details)
    sentence = translate(
        "About {share:.2%} of the {people:,.0f} people in the population are estimated to be alone in their values.",
        share=estimate.share, people=sizes.people,
    )
    return Measured(estimate.share, sentence, estimate.interval, details)


class Zayatz(_Uniqueness):
    """Uniques of the population, by the chance that a group seen once is a group of one.

    Takes the groups of the population to be distributed like those of the sample; overstates for small samples.
    """

    measure: Literal["zayatz"] = "zayatz"
    title: ClassVar[str] = "Population uniques (Zayatz)"
    source: ClassVar[str] = "Zayatz (1991), US Census Bureau, Statistical Research Division RR-91/08"

    def of(self, study: Study) -> Measured:
        return self._estimated(study, population.zayatz)


class Pitman(_Uniqueness):
    """Uniques of the population, by Pitman's sampling formula: the estimator of choice for small samples."""

    measure: Literal["pitman"] = "pitman"
    title: ClassVar[str] = "Population uniques (Pitman)"
    source: ClassVar[str] = "Hoshino (2001), Journal of Official Statistics 17(4), 499-520"

    def of(self, study: Study) -> Measured:
        return self._estimated(study, population.pitman)


class SlideNegativeBinomial(_Uniqueness):
    """Uniques of the population, with group sizes of 1 plus a negative binomial. It often has no solution."""

    measure: Literal["snb"] = "snb"
    title: ClassVar[str] = "Population uniques (slide negative binomial)"
    source: ClassVar[str] = "Chen and Keller-McNulty (1998), Journal of Official Statistics 14(1), 79-95"

    def of(self, study: Study) -> Measured:
        return self._estimated(study, population.snb)


class Dankar(_Uniqueness):
    """Uniques of the population, by the estimator that a published decision rule picks.

    Pitman's up to a sampling fraction of 10%; above it the smaller of Zayatz's and the slide negative binomial's;
    Zayatz's where the picked one does not converge.
    """

    measure: Literal["dankar"] = "dankar"
    title: ClassVar[str] = "Population uniques (best estimator by rule)"
    source: ClassVar[str] = "Dankar, El Emam, Neisa and Roffey (2012), doi:10.1186/1472-6947-12-66"

    def of(self, study: Study) -> Measured:
        sizes = study.spread
        estimate, used = population.dankar(sizes)
        return _said(sizes, estimate, {"used": used})


class ChaoBounds(Measure):
    """What the uniques of the sample risk at least, whatever the distribution: from uniques and pairs alone.

    A lower bound that needs no model: the average chance that a match with a sample unique is the right person.
    """

    measure: Literal["chao_bounds"] = "chao_bounds"
    title: ClassVar[str] = "Lower bound on the risk of sample uniques"
    group: ClassVar[Group] = "population"
    unit: ClassVar[str] = "average chance of a correct match"
    source: ClassVar[str] = "After Chao (1987), doi:10.2307/2531532, and Good (1953), doi:10.1093/biomet/40.3-4.237"
    needs: ClassVar[tuple[Need, ...]] = ("people",)

    def of(self, study: Study) -> Measured:
        bounds = population.chao_bounds(study.spread)
        if bounds is None:
            return Measured(0.0, translate("No row is alone in its combination: there is nothing to bound."))
        sentence = translate(
            "A match with a row that is alone in the file is right with a chance of at least {risk:.1%} on average.",
            risk=bounds.risk,
        )
        details = {
            "population_unique_at_least": bounds.unique, "population_unique_interval": list(bounds.unique_interval),
            "coverage": bounds.coverage, "population_combinations_at_least": bounds.classes,
        }
        return Measured(bounds.risk, sentence, bounds.risk_interval, details)


class LogLinearUniques(Measure):
    """Sample uniques that are unique in the population, by a log-linear model of the table of all combinations.

    With main effects only, columns count as independent, which overstates the risk; with all pairs it is rather
    understated. The model needs sample weights or the size of the population.
    """

    measure: Literal["log_linear"] = "log_linear"
    title: ClassVar[str] = "Population uniques (log-linear model)"
    group: ClassVar[Group] = "population"
    unit: ClassVar[str] = "sample uniques that are population uniques"
    source: ClassVar[str] = "Skinner and Shlomo (2008), doi:10.1198/016214507000001328"
    needs: ClassVar[tuple[Need, ...]] = ("people",)
    terms: Terms = param("Which effects?", why="Pairs fit better, but need a table that is not too large.",
                         default="main", labels={"main": "each column alone", "pairs": "all pairs of columns"})

    def of(self, study: Study) -> Measured:
        fit = study.log_linear(self.terms)
        details = {
            "sample_uniques": fit.uniques, "tau1": fit.tau1, "tau2": fit.tau2, "converged": fit.converged,
            "iterations": fit.iterations, "modrisk_gr1": fit.gr1, "modrisk_gr2": fit.gr2,
        }
        if not fit.converged:
            return Measured(None, translate("The model does not converge."), details=details)
        sentence = translate(
            "Of {uniques:,} rows that are alone in the file, {tau1:,.1f} are expected to be alone in the population; "
            "{tau2:,.1f} matches against them are expected to be right.",
            uniques=fit.uniques, tau1=fit.tau1, tau2=fit.tau2,
        )
        spread = 1.96 * fit.deviation
        return Measured(fit.tau1, sentence, (max(0.0, fit.tau1 - spread), fit.tau1 + spread), details)
