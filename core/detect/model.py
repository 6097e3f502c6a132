"""The value model: a small neural network that tells from a column's values alone what the column holds.

One hidden layer, trained by `python -m core.detect.train` on made-up columns only (`made.py`): no real column is in it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.detect.entities import ENTITIES, Entity
from core.detect.features import FEATURES, vector
from core.problem import Problem

VALUES = Path(__file__).with_name("values.npz")


@lru_cache(maxsize=1)
def _layers() -> dict[str, npt.NDArray[np.float64]]:
    with np.load(VALUES) as file:
        if tuple(file["features"]) != FEATURES or tuple(file["entities"]) != ENTITIES:
            raise Problem("The value model was trained for another version of the program.",
                          "Run `python -m core.detect.train`.")
        return {name: file[name].astype(np.float64) for name in ("mean", "scale", "w1", "b1", "w2", "b2")}


def log_odds(found: dict[str, float]) -> dict[Entity, float]:
    """The natural logarithm of each entity's probability, judged by the features of the values alone."""
    a = _layers()
    inside = np.maximum((vector(found) - a["mean"]) / a["scale"] @ a["w1"] + a["b1"], 0)
    scores = inside @ a["w2"] + a["b2"]
    scores -= np.log(np.exp(scores - scores.max()).sum()) + scores.max()
    return dict(zip(ENTITIES, map(float, scores), strict=True))
