"""Policies: rules with thresholds and sources, each one frozen class; presets as data; a release judged by them."""

from core.declare import Family
from core.policy.advantage import NoAdvantage
from core.policy.areas import AreaPopulation
from core.policy.people import AverageRisk, GroupSize, IndividualRisk, LargestRisk, Mixed, NoDirectIdentifiers
from core.policy.policy import Policy, Verdict, check, preset, presets
from core.policy.rule import Judgement, Release, Rule
from core.policy.safe_harbor import SafeHarbor
from core.policy.safeguards import Safeguards
from core.policy.tables import CellCounts, Dominance, GroupDisclosure, PPercent

RULES: Family[Rule] = Family(
    "rule",
    "policy rule",
    (
        NoDirectIdentifiers,
        GroupSize,
        LargestRisk,
        AverageRisk,
        IndividualRisk,
        Mixed,
        AreaPopulation,
        CellCounts,
        Dominance,
        PPercent,
        GroupDisclosure,
        SafeHarbor,
        NoAdvantage,
        Safeguards,
    ),
)

__all__ = ["RULES", "Judgement", "Policy", "Release", "Rule", "Verdict", "check", "preset", "presets"]
