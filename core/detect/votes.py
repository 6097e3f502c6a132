"""What is said for a column: votes in log-odds, each with the sentence a person reads."""

from __future__ import annotations

from typing import NamedTuple

from core.detect.entities import ENTITIES, Entity
from core.detect.headers import Match
from core.detect.look import Look

ROWS = 300
"""Rows in which two columns are held against each other."""


class Vote(NamedTuple):
    """One piece of evidence: for which entity, how much (log-odds), and the sentence a person reads ("" none)."""

    entity: Entity
    weight: float
    sentence: str = ""
    subtype: str = ""


class Judged(NamedTuple):
    """A column with all votes cast so far."""

    look: Look
    features: dict[str, float]
    match: Match | None
    votes: list[Vote]

    def scores(self) -> dict[Entity, float]:
        total = dict.fromkeys(ENTITIES, 0.0)
        for vote in self.votes:
            total[vote.entity] += vote.weight
        return total

    def best(self) -> Entity:
        total = self.scores()
        return max(ENTITIES, key=lambda e: total[e])
