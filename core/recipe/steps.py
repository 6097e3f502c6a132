"""What a step of a recipe can be: a protection method, or a synthesizer."""

from core.declare import Family
from core.protect import METHODS, Method
from core.synthesise import SYNTHESIZERS

STEPS: Family[Method] = Family("method", "protection method or synthesizer", (*METHODS, *SYNTHESIZERS))
