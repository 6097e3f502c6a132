"""What each column of a table holds, and what is personal in free text. Nothing goes online."""

from core.detect.columns import COUNTRIES, detect
from core.detect.entities import DIRECT, ENTITIES, WORDS, Detected, Entity

__all__ = ["COUNTRIES", "DIRECT", "ENTITIES", "WORDS", "Detected", "Entity", "detect"]
