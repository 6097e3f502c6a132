"""A question in words and as code: what is promised, by which mechanism, at what price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.language import translate as _
from core.query.ask import Price, ground_of, price
from core.query.foresee import invented
from core.query.ground import EachHousehold, EachRow, Ground
from core.query.keys import DistinctCount, FindBounds, TopValues
from core.query.noise import choice_scale, noise_for, threshold_for
from core.query.quantile import Quantile, parts_of, shift
from core.query.query import Query, Statistic, View, placed

if TYPE_CHECKING:
    from core.store import Budget

NAMED_PRICES = ((0.03, "Very little"), (0.1, "A little"), (0.3, "Some"), (1.0, "Much"))
"""Epsilons of one question as people choose among them; each is explained by what it means for one person."""


def promise(ground: Ground) -> str:
    """Who is protected, in words."""
    unit = ground.unit
    if isinstance(unit, EachRow):
        who = _("Each row is protected: whether it is in the table changes the chance of any answer hardly at all.")
    elif isinstance(unit, EachHousehold):
        who = _("Each household is protected as a whole, with at most {most} of its rows used.", most=unit.most)
    else:
        who = _("Each person is protected, with at most {most} of their rows used.", most=unit.most)
    return who


def in_words(query: Query, budget: Budget) -> str:
    """One sentence: the question, the price, the promise."""
    cost = price(query, budget)
    by = _(" by {columns}", columns=", ".join(query.by)) if query.by else ""
    paid = (f"epsilon {cost.epsilon:g}" if cost.measure == "pure" else
            f"rho {cost.amount:.4g} (alone epsilon {cost.epsilon:g} at delta {budget.delta / 2:g})")
    return _("{title}{by}, for {paid}. {promise}", title=_(query.title), by=by, paid=paid,
             promise=promise(ground_of(budget)))


def code(query: Query, budget: Budget) -> str:
    """What was run, as a few lines of OpenDP: the same mechanisms, scales and sums; the table's name is `rows`."""
    ground, cost = ground_of(budget), price(query, budget)
    view = View(ground, *placed(query, invented(query, ground, 0), ground), cost.spend, cost.delta)
    metric = "l1_distance(T=\"i64\")" if cost.measure == "pure" else "l2_distance(T=\"f64\")"
    lines = ["import opendp.prelude as dp", "dp.enable_features(\"contrib\")",
             f"# {promise(ground)}", f"# groups: {view.groups}; price: {cost.measure} {cost.amount:.6g}"]
    if isinstance(query, Quantile):
        lines += _choices(query, view, cost)
    if isinstance(query, TopValues) and query.needs_delta(ground):
        return "\n".join([*lines, *_naming(view)])
    for s in _sums(query, view):
        sensitivity = view.sensitivity(s.bound)
        noise = noise_for(sensitivity, cost.spend.part(s.share))
        make = "make_laplace" if cost.measure == "pure" else "make_gaussian"
        lines.append(f"# {s.name}: whole steps of {s.step:.6g}; one protected unit moves it by at most {sensitivity}")
        lines.append(f"{s.name.replace('.', '_')} = dp.m.{make}(dp.vector_domain(dp.atom_domain(T=\"i64\")), "
                     f"dp.{metric}, scale={noise.scale:.6g})({s.name.replace('.', '_')}_steps_by_group)")
    return "\n".join(lines)


def _choices(query: Quantile, view: View, cost: Price) -> list[str]:
    """The noisy maxima of a quantile and of the two ends of its interval."""
    measure = "max_divergence" if cost.measure == "pure" else "zero_concentrated_divergence"
    parts, lines = query.division(view.groups), []
    for wanted in query.shares:
        p, q = parts_of(wanted)
        moved = view.sensitivity(max(p, q - p))
        ranks = [("the quantile", parts.point, "")]
        if parts.end:
            off = shift(query.candidates, q, moved, cost.spend.part(parts.end))
            ranks += [("its lower end", parts.end, f", {off} rows lower"), ("its upper end", parts.end,
                                                                           f", {off} rows higher")]
        for name, share, moved_by in ranks:
            scale = choice_scale(moved, cost.spend.part(share))
            lines.append(f"# quantile {wanted:g}, {name}: of {query.candidates} cells the one that holds rank "
                         f"{p}/{q} n{moved_by}; by group")
            lines.append(f'dp.m.make_noisy_max(dp.vector_domain(dp.atom_domain(T="i64")), dp.linf_distance(T="i64"), '
                         f"dp.{measure}(), scale={scale:.6g})(scores_of_cells)")
    return lines


def _naming(view: View) -> list[str]:
    """The threshold from which on values that are not public are named."""
    used = threshold_for(view.sensitivity(1), view.spend, view.delta)
    kind, space = ("laplace", "l01inf") if view.spend.measure == "pure" else ("gaussian", "l02inf")
    return [f"# values are named from a noisy count of {used.threshold} on; delta {view.delta:.3g}",
            f'dp.m.make_{kind}_threshold(dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T="i64")), '
            f'dp.{space}_distance(dp.absolute_distance(T="i64")), scale={used.scale:.6g}, '
            f"threshold={used.threshold})(counts_by_value)"]


def _sums(query: Query, view: View) -> tuple[Statistic, ...]:
    if isinstance(query, Quantile):
        share = query.division(view.groups).counts
        return (Statistic("count", np.zeros(0, np.int64), 1, 1.0, share),) if share else ()
    if isinstance(query, (DistinctCount, TopValues, FindBounds)):
        return (Statistic("count", np.zeros(0, np.int64), 1, 1.0, 1.0),)
    return query.statistics(view)


def by_this_alone(epsilon: float) -> str:
    """What one answer can tell at most, in a few words."""
    return _("By this answer alone, who is 50% sure of somebody can be at most {percent}% sure.",
             percent=_sure(epsilon))


def in_a_persons_words(epsilon: float) -> str:
    """The promise as a bound on what anyone can conclude: from “50% sure” to at most so sure."""
    return _("If someone is 50% sure that a person is in the table, then after all answers they can be at most "
             "{percent}% sure.", percent=_sure(epsilon))


def _sure(epsilon: float) -> str:
    sure = float(np.exp(epsilon) / (1 + np.exp(epsilon)))
    return f"{np.ceil(1000 * sure) / 10:g}" if sure < 0.999 else "99.9"

