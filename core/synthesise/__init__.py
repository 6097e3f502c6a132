"""Synthesizers: one frozen class in one file each; this tuple is their table of contents, in the order offered."""

from core.declare import Family
from core.synthesise.aim import AIM
from core.synthesise.mst import MST
from core.synthesise.private_columns import PrivateColumns
from core.synthesise.sequential_trees import SequentialTrees
from core.synthesise.synthesizer import Synthesizer

SYNTHESIZERS: Family[Synthesizer] = Family("method", "synthesizer", (SequentialTrees, AIM, MST, PrivateColumns))

__all__ = ["SYNTHESIZERS", "Synthesizer"]
