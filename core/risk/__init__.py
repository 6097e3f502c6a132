"""Disclosure risk: what a table reveals about the people in it."""

from core.declare import Family
from core.risk.assessment import Risk, assess
from core.risk.measure import Measure, Measured
from core.risk.measures.attribute import AlphaK, BetaLikeness, DeltaDisclosure, LDiversity, TCloseness
from core.risk.measures.cells import UnsafeCells
from core.risk.measures.columns import IdentifyingPower, SmallestIdentifyingSet, SuggestedKeys
from core.risk.measures.identity import (
    ClassSizes,
    DeltaPresence,
    HouseholdRisk,
    IndividualRisk,
    Journalist,
    KAnonymity,
    KmAnonymity,
    KMap,
    Marketer,
    Prosecutor,
    SampleUniques,
    WildcardCounts,
)
from core.risk.measures.numbers import DistanceLinkage, IntervalDisclosure, Outliers
from core.risk.measures.population import (
    ChaoBounds,
    Dankar,
    LogLinearUniques,
    Pitman,
    SlideNegativeBinomial,
    Zayatz,
)
from core.risk.measures.special import Suda2
from core.risk.study import Study

__all__ = ["MEASURES", "Measure", "Measured", "Risk", "Study", "assess"]

MEASURES: Family[Measure] = Family(
    "measure",
    "risk measure",
    (
        KAnonymity, SampleUniques, ClassSizes, KmAnonymity, Prosecutor, Journalist, Marketer, IndividualRisk,
        HouseholdRisk, WildcardCounts,
        LDiversity, TCloseness, AlphaK, BetaLikeness, DeltaDisclosure,
        KMap, DeltaPresence, Zayatz, Pitman, SlideNegativeBinomial, Dankar, ChaoBounds, LogLinearUniques,
        Suda2,
        Outliers, IntervalDisclosure, DistanceLinkage,
        UnsafeCells,
        IdentifyingPower, SmallestIdentifyingSet, SuggestedKeys,
    ),
)
"""The table of contents of this room: every risk measure, in the order of the help pages."""
