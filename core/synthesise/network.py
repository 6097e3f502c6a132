"""A small variational autoencoder for rows of levels, with the gradient of every row by itself, in NumPy.

Source: Kingma and Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.synthesise.descent import Singles
from core.synthesise.model import Floats, Ints

_WIDEST = 6.0
"""The logarithm of the core's variance stays within this, so that no exponential overflows."""


@dataclass(frozen=True)
class Network:
    """Encoder (width, hidden), core (latent) and decoder (hidden, width); width is the number of levels in all."""

    sizes: tuple[int, ...]
    hidden: int
    latent: int

    @cached_property
    def starts(self) -> Ints:
        """(columns,) where each column's levels begin."""
        return np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int64)

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Encoder, mean and spread of the core, decoder: weights and shifts in turn."""
        width, hidden, latent = sum(self.sizes), self.hidden, self.latent
        return ((width, hidden), (hidden,), (hidden, latent), (latent,), (hidden, latent), (latent,),
                (latent, hidden), (hidden,), (hidden, width), (width,))

    def start(self, rng: np.random.Generator) -> Singles:
        """(parameters,) small random weights, shifts of 0."""
        parts = [rng.standard_normal(int(np.prod(s))) * (s[0] ** -0.5 if len(s) > 1 else 0.0) for s in self.shapes]
        return np.concatenate(parts).astype(np.float32)

    def _parts(self, flat: Singles) -> list[Singles]:
        ends = np.cumsum([int(np.prod(s)) for s in self.shapes])
        return [part.reshape(s) for part, s in zip(np.split(flat, ends[:-1]), self.shapes, strict=True)]

    def loss(self, flat: Singles, rows: Ints, lot: Singles) -> Floats:
        """(rows,) the loss of each: minus the evidence lower bound, for one draw of the core."""
        w1, b1, wm, bm, ws, bs, w3, b3, w4, b4 = self._parts(flat)
        inside = np.maximum(w1[rows + self.starts].sum(axis=1) + b1, 0)
        mean, spread = inside @ wm + bm, np.clip(inside @ ws + bs, -_WIDEST, _WIDEST)
        score = np.maximum((mean + lot * np.exp(0.5 * spread)) @ w3 + b3, 0) @ w4 + b4
        chance = np.take_along_axis(self._chances(score), rows + self.starts, axis=1)
        apart = 0.5 * (mean**2 + np.exp(spread) - spread - 1).sum(axis=1)  # of the core from a standard normal one
        return np.asarray(apart - np.log(np.maximum(chance, 1e-30)).sum(axis=1))

    def gradient(self, flat: Singles, rows: Ints, rng: np.random.Generator) -> Singles:
        """(rows, parameters) each row's own gradient of the loss."""
        return self.gradient_at(flat, rows, rng.standard_normal((len(rows), self.latent)).astype(np.float32))

    def gradient_at(self, flat: Singles, rows: Ints, lot: Singles) -> Singles:
        """(rows, parameters) as `gradient`, for a given draw of the core."""
        w1, b1, wm, bm, ws, bs, w3, b3, w4, b4 = self._parts(flat)
        n, at = len(rows), rows + self.starts
        inside = np.maximum(w1[at].sum(axis=1) + b1, 0)
        mean, wide = inside @ wm + bm, inside @ ws + bs
        spread = np.clip(wide, -_WIDEST, _WIDEST)
        sd = np.exp(0.5 * spread)
        core = mean + lot * sd
        outside = np.maximum(core @ w3 + b3, 0)
        to_score = self._chances(outside @ w4 + b4)
        np.put_along_axis(to_score, at, np.take_along_axis(to_score, at, axis=1) - 1, axis=1)
        to_outside = (to_score @ w4.T) * (outside > 0)
        to_core = to_outside @ w3.T
        to_mean = to_core + mean
        to_spread = (0.5 * (to_core * lot * sd + sd * sd - 1)) * (np.abs(wide) < _WIDEST)
        to_inside = (to_mean @ wm.T + to_spread @ ws.T) * (inside > 0)
        first = np.zeros((n, *self.shapes[0]), np.float32)
        first[np.arange(n)[:, None], at] = to_inside[:, None, :]
        parts = [first, to_inside, _outer(inside, to_mean), to_mean, _outer(inside, to_spread), to_spread,
                 _outer(core, to_outside), to_outside, _outer(outside, to_score), to_score]
        return np.concatenate([p.reshape(n, -1) for p in parts], axis=1).astype(np.float32, copy=False)

    def written(self, flat: Singles, rows: int, rng: np.random.Generator) -> Ints:
        """(rows, columns) levels of new rows."""
        *_, w3, b3, w4, b4 = self._parts(flat)
        core = rng.standard_normal((rows, self.latent)).astype(np.float32)
        score = np.maximum(core @ w3 + b3, 0) @ w4 + b4
        # The largest of scores with Gumbel noise is a draw from their softmax.
        score = score + rng.gumbel(size=score.shape)
        return np.column_stack([score[:, s:s + n].argmax(axis=1) for s, n in zip(self.starts, self.sizes, strict=True)])

    def likeness(self, flat: Singles, rows: Ints) -> Floats:
        """(rows,) minus the loss at the middle of the core."""
        return -self.loss(flat, rows, np.zeros((len(rows), self.latent), np.float32)).astype(np.float64)

    def _chances(self, score: Singles) -> Singles:
        """(rows, width) the softmax of each column's levels."""
        out = np.empty_like(score)
        for s, n in zip(self.starts, self.sizes, strict=True):
            raised = np.exp(score[:, s:s + n] - score[:, s:s + n].max(axis=1, keepdims=True))
            out[:, s:s + n] = raised / raised.sum(axis=1, keepdims=True)
        return out


def _outer(left: Singles, right: Singles) -> Singles:
    return left[:, :, None] * right[:, None, :]
