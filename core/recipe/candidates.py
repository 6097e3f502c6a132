"""“Find it for me” on a recipe: which of its steps stand, which the search replaces, which finds are worth showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.declare import dump
from core.protect.hierarchies.hierarchy import Hierarchy
from core.protect.method import Method, Progress, silent
from core.protect.promises.rules import Rule
from core.protect.recoding.full_domain import FullDomain
from core.protect.recoding.generalise import Generalise
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.recoding.mondrian import Mondrian
from core.protect.rows_and_columns.calibrate_weights import CalibrateWeights
from core.protect.rows_and_columns.follow import Follow
from core.protect.rows_and_columns.order import RecordIds, ShuffleRows
from core.protect.search import Candidate, Target, by_rank
from core.protect.search import find as tried
from core.protect.secrets import Secrets
from core.protect.suppression.drop_risky_rows import DropRiskyRows, HighRisk
from core.protect.suppression.local_suppression import LocalSuppression
from core.protect.suppression.protect_at_risk import ProtectAtRisk
from core.recipe.hierarchies import bare, in_own_words
from core.recipe.outcome import prepare, run
from core.recipe.recipe import Recipe
from core.risk import assess
from core.table import Table

REPLACED = (Generalise, ProtectAtRisk, KAnonymity, FullDomain, LocalSuppression, Mondrian)
"""What a candidate does itself, its own way."""

LAST = (Follow, CalibrateWeights, ShuffleRows, RecordIds)
"""What looks at the result of the protection, or only at the order of the rows."""


@dataclass(frozen=True)
class Beginning:
    """The steps of a recipe as the search sees them.

    stand         carried out before every candidate, in their order
    replaced      a candidate takes their place
    last          linked columns, weights, order and numbers of rows: they come after a candidate
    hierarchies, rules, highest_risk, households    what the replaced steps asked for; the search asks for it too
    """

    stand: tuple[Method, ...]
    replaced: tuple[Method, ...]
    last: tuple[Method, ...]
    hierarchies: Mapping[str, Hierarchy]
    rules: tuple[Rule, ...]
    highest_risk: float | None
    households: bool


def begin(steps: Sequence[Method]) -> Beginning:
    """The steps of a recipe told apart. A step that raises weights to old totals stands: no candidate does that."""
    replaced = tuple(s for s in steps if _is_replaced(s))
    last = tuple(s for s in steps if isinstance(s, LAST))
    leaving = [s for s in replaced if isinstance(s, (DropRiskyRows, ProtectAtRisk))]
    return Beginning(
        tuple(s for s in steps if s not in replaced and s not in last), replaced, last, _hierarchies(replaced),
        tuple(dict.fromkeys(rule for s in replaced for rule in getattr(s, "rules", ()))),
        min((s.rule.threshold for s in leaving if isinstance(s.rule, HighRisk)), default=None),
        any(getattr(s, "whole_households", False) for s in replaced),
    )


def _is_replaced(step: Method) -> bool:
    return isinstance(step, REPLACED) or (isinstance(step, DropRiskyRows) and not step.keep_totals)


def _hierarchies(steps: Sequence[Method]) -> dict[str, Hierarchy]:
    found: dict[str, Hierarchy] = {}
    for step in steps:
        found |= getattr(step, "hierarchies", {})
        if isinstance(step, Generalise):
            found |= {name: coarser.hierarchy for name, coarser in step.columns.items()}
    return found


def basis(recipe: Recipe, before: Sequence[Method]) -> dict[str, Any]:
    """What candidates hold good for, as JSON gives it back: kinds, roles, and the steps carried out before them."""
    plain = recipe.data()
    parts = ("read", "kinds", "roles", "hierarchies")
    return {part: plain.get(part, {}) for part in parts} | {"before": [dump(s) for s in before]}


def worth_showing(found: Sequence[Candidate], least: int = 3) -> list[int]:
    """Places of the candidates to lay before a person, least loss first: the best of each sort.

    Where the sorts are fewer than `least`, the next best of any sort fill up.
    """
    best: dict[str, int] = {}
    for place, candidate in enumerate(found):
        best.setdefault(sort_of(candidate.name), place)
    rest = [place for place in range(len(found)) if place not in best.values()]
    return sorted([*best.values(), *rest[: max(least - len(best), 0)]])


def sort_of(name: str) -> str:
    """What sort of protection a candidate is: groups, blanks, risk, rows, columns or coarser."""
    return name.partition("_")[0]


def in_plain(found: Sequence[Candidate], rows: int) -> list[dict[str, Any]]:
    """The candidates as JSON takes them, with

    sort   what sort of protection it is
    shown  whether it is worth a card of its own
    rows   how many are left of those there were
    found_in_100  see `found_in_100`
    """
    shown = worth_showing(found)
    return [
        candidate.as_dict() | {
            "sort": sort_of(candidate.name), "shown": place in shown, "rows": rows - candidate.rows_dropped,
            "found_in_100": found_in_100(candidate.classes, rows - candidate.rows_dropped),
        }
        for place, candidate in enumerate(found)
    ]


def found_in_100(classes: int, rows: int) -> float:
    """Of 100 people whom somebody looks for and knows to be in the file, how many would be found; at most 100 / k.

    The mean over rows of 1 / fk is classes / rows (prosecutor risk, El Emam & Dankar 2008, doi:10.1197/jamia.M2716).
    Sample weights are left aside: with them most files show a figure too small to tell candidates apart.
    """
    return 100 * classes / rows if rows else 0.0


@dataclass(frozen=True)
class Asked:
    """What a person asks of the search, beside what the steps that it replaces asked for.

    k             rows that share each combination at least
    rules         about sensitive columns
    highest_risk  the highest individual risk of a row, 0 to 1
    households    whole households leave where rows must leave
    rank          columns, the one that matters most first
    seconds       time for trying
    before        more steps to carry out first, after those of the recipe that stand
    """

    k: int = 5
    rules: tuple[Rule, ...] = ()
    highest_risk: float | None = None
    households: bool = False
    rank: tuple[str, ...] = ()
    seconds: float = 20.0
    before: tuple[Method, ...] = ()


def try_out(
    recipe: Recipe, table: Table, secrets: Secrets, asked: Asked, progress: Progress = silent
) -> tuple[dict[str, Any], list[Candidate]]:
    """Candidates for a table as read, least loss first; and all that was asked and found, as JSON takes it.

    The steps that stand are carried out first, a tenth of the progress. A Problem if nothing reaches the target.
    """
    parts = begin(recipe.steps)
    first = recipe.model_copy(update={"steps": (*parts.stand, *asked.before)})
    original = prepare(first, table)
    original.require(asked.rank)
    now = run(first, original, secrets, lambda share, doing: progress(share * 0.1, doing), final=False).table
    own = {
        name: hierarchy for name, hierarchy in recipe.hierarchies.items()
        if name in now.columns and in_own_words(now[name], original[name])
    }
    risks = [risk for risk in (asked.highest_risk, parts.highest_risk) if risk is not None]
    target = Target(
        asked.k, tuple(dict.fromkeys((*asked.rules, *parts.rules))), min(risks, default=None),
        asked.households or parts.households,
    )
    risk = assess(now)
    found = tried(
        now, target, {**own, **parts.hierarchies}, by_rank(asked.rank), seconds=asked.seconds,
        progress=lambda share, doing: progress(0.1 + share * 0.9, doing),
    )
    found = [replace(c, steps=tuple(bare(step, own) for step in c.steps)) for c in found]
    plain = {
        "basis": basis(recipe, first.steps), "last": [dump(step) for step in parts.last],
        "k": target.k, "rules": [rule.words() for rule in target.rules], "highest_risk": target.highest_risk,
        "households": target.households, "seconds": asked.seconds, "rank": list(asked.rank), "keys": list(risk.keys),
        "asked": {"rules": [dump(rule) for rule in asked.rules], "highest_risk": asked.highest_risk,
                  "households": asked.households},
        "rows": now.rows, "found_in_100": found_in_100(risk.classes, now.rows),
        "candidates": in_plain(found, now.rows),
    }
    return plain, found
