"""Private gradient descent in whole numbers: clipped, cut to a grid, added exactly, noise by OpenDP.

Opacus draws floating-point noise and pays by amplification through subsampling, which no zCDP ledger can hold. Here a
row's gradient is clipped to norm 1 and cut towards zero to a grid, so that its integer vector has a norm of at most the
grid; sums of whole numbers are exact, and the noise is OpenDP's discrete Gaussian. In a round each row stands in one
batch, so a round costs what one batch costs.

What remains in floating point is each row's own gradient. Rows are worked on in blocks of one fixed shape, so that
every row goes through the same operations whoever stands beside it; that a library keeps to this to the last bit is
tested on examples (tests/synthesise/test_private_vae.py) and proved nowhere. It is the one gap of this synthesizer's
proof that those of counted tables do not have.

Source: Abadi et al. (2016), Deep learning with differential privacy, doi:10.1145/2976749.2978318; Kairouz, Liu and
Steinke (2021), The distributed discrete Gaussian mechanism, arXiv:2102.06387.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.protect.method import Progress
from core.synthesise.model import Ints
from core.synthesise.purse import Purse

GRID = 4096
"""Into so many steps the clipping norm is cut: far finer than the noise."""

AT_ONCE = 512
"""Rows whose gradients are held at once."""


Singles = npt.NDArray[np.float32]
Gradient = Callable[[Singles, Ints], Singles]
"""(parameters,) and (AT_ONCE, columns) rows -> (AT_ONCE, parameters): each row's own gradient."""


def clipped_sum(gradients: Singles) -> Ints:
    """(parameters,) the sum over rows of their gradients, each clipped to norm 1, in steps of 1 / GRID.

    gradients  (rows, parameters), at most AT_ONCE rows
    """
    if len(gradients) > AT_ONCE:
        raise ArithmeticError("so many rows cannot be added exactly")
    with np.errstate(all="ignore"):  # a gradient that is no number is left out below
        norms = np.sqrt((gradients * gradients).sum(axis=1, keepdims=True))
        # A little less than 1: what is cut towards zero then hardly ever has a norm of GRID, and is left out if so.
        whole = np.trunc(gradients * (np.float32((1 - 1e-4) * GRID) / np.maximum(norms, np.float32(1))))
        # Whole numbers below 2**24 are exact in 32 bits: squares add up to less than GRID**2, rows to AT_ONCE * GRID.
        kept = (whole * whole).sum(axis=1) < np.float32(GRID) ** 2
    return np.asarray(whole[kept].sum(axis=0), np.int64)


def descend(
    gradient_of: Gradient, start: Singles, rows: Ints, purse: Purse, share: float, rounds: int, batches: int,
    rate: float, total: float, rng: np.random.Generator, progress: Progress,
) -> Singles:
    """Parameters after `rounds` rounds of Adam on noisy mean gradients.

    total  about how many rows there are, from noisy counts
    """
    now, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    step = 0
    for done in range(rounds):
        part = purse.take(min(share / rounds, purse.left))
        # A die for each row: where one row stands tells nothing of another.
        place = rng.integers(batches, size=len(rows))
        for batch in range(batches):
            added = _added(gradient_of, now, rows[place == batch])
            noisy, _ = purse.disjoint(added, purse.most * GRID, part, "gradient of a batch")
            mean = (noisy / (GRID * max(total / batches, 1.0))).astype(np.float32)
            step += 1
            first, second = 0.9 * first + 0.1 * mean, 0.99 * second + 0.01 * mean**2
            now = now - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
            now = now.astype(np.float32)
            progress((done + (batch + 1) / batches) / rounds, f"Round {done + 1} of {rounds}")
    return now


def _added(gradient_of: Gradient, now: Singles, rows: Ints) -> Ints:
    """(parameters,) the clipped sum of the rows' gradients, worked on in blocks of one shape."""
    added = np.zeros(len(now), np.int64)
    for begin in range(0, len(rows), AT_ONCE):
        block = rows[begin:begin + AT_ONCE]
        held = len(block)
        if held < AT_ONCE:
            block = np.concatenate([block, np.zeros((AT_ONCE - held, rows.shape[1]), rows.dtype)])
        added += clipped_sum(gradient_of(now, block)[:held])
    return added
