"""Find it for me: several good ways to reach a target, differently protected, within a time; least loss first."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.declare import dump
from core.language import translate
from core.problem import Problem
from core.protect.changes import entry
from core.protect.hierarchies.hierarchy import Automatic, Hierarchy
from core.protect.hierarchies.loss import detail_lost
from core.protect.hierarchies.recoding import Recoding
from core.protect.households import none_torn
from core.protect.keys import chosen
from core.protect.method import Method, Progress, Run, silent
from core.protect.promises.claims import at_least_k
from core.protect.promises.population import k_maps
from core.protect.promises.recount import recheck
from core.protect.promises.rules import Rule, mix_rules, mixed
from core.protect.recoding.alike import check_importance, k_map_claims, plant_all
from core.protect.recoding.full_domain import FullDomain, optimum
from core.protect.recoding.generalise import Coarser, Generalise
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.secrets import Secrets
from core.protect.suppression.drop_risky_rows import DropRiskyRows, FewAlike, HighRisk
from core.protect.suppression.local_suppression import LocalSuppression
from core.protect.suppression.protect_at_risk import ProtectAtRisk
from core.risk import assess
from core.table import Table


@dataclass(frozen=True)
class Target:
    """What every candidate must reach, counted again on its table.

    k             strict: every combination of the quasi-identifiers stands in at least k rows
    rules         that groups are mixed in sensitive columns (l-diversity, t-closeness, beta-likeness), or large in the
                  population (k-map)
    highest_risk  the highest individual risk a row may have (0 to 1), judged with the sample weights; None: any
    households    whole households leave where rows must leave, and members change together in what they have in common
    """

    k: int = 5
    rules: tuple[Rule, ...] = ()
    highest_risk: float | None = None
    households: bool = False


@dataclass(frozen=True, eq=False)
class Candidate:
    """One way to reach the target, tried out.

    name, title          what it is, for machines and for people
    steps                the recipe steps, in order
    lost                 detail lost on the quasi-identifiers, 0 to 1, by importance (core/protect/hierarchies/loss.py)
    cells_changed, cells_suppressed, rows_dropped    counted against the original
    classes              different combinations of the quasi-identifiers that are left
    smallest_class, expected_reidentifications, highest_individual_risk    of its table
    promises             what was claimed and counted again
    seconds              what it took
    """

    name: str
    title: str
    steps: tuple[Method, ...]
    lost: float
    cells_changed: int
    cells_suppressed: int
    rows_dropped: int
    classes: int
    smallest_class: int
    expected_reidentifications: float
    highest_individual_risk: float
    promises: tuple[str, ...]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data; the steps as they stand in a recipe."""
        return {**vars(self), "steps": [dump(s) for s in self.steps], "promises": list(self.promises)}


def by_rank(names: Sequence[str]) -> dict[str, float]:
    """Importance from a ranking, the most important first: from 3 down to 1."""
    return dict(zip(names, np.linspace(3, 1, len(names)).tolist(), strict=True))


def find(
    table: Table,
    target: Target,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    importance: Mapping[str, float] | None = None,
    columns: tuple[str, ...] = (),
    seconds: float = 20.0,
    progress: Progress = silent,
) -> list[Candidate]:
    """Candidates that reach the target, least loss first; those tried within the time.

    columns  the quasi-identifiers, by default those with the role. The first candidate is finished whatever it takes;
    after it none is begun once the time is over. A Problem if nothing reaches the target.
    """
    search = _Search(table, target, dict(hierarchies or {}), dict(importance or {}), chosen(table, columns))
    end = time.monotonic() + seconds
    found: list[Candidate] = []
    problem: Problem | None = None
    for name, title, steps in search.ideas(found):
        if found and time.monotonic() > end:
            break
        progress(max(0.0, min(1 - (end - time.monotonic()) / max(seconds, 1e-9), 1.0)), title)
        try:
            candidate = search.tried(name, title, steps)
        except Problem as unfit:
            problem = problem or unfit
            continue
        found.append(candidate)
        found.sort(key=lambda c: c.lost)
    if not found:
        raise problem or Problem("Nothing reaches this target.", "Ask for less, or choose fewer columns.")
    return _different(found)


Idea = tuple[str, str, tuple[Method, ...]]


class _Search:
    def __init__(
        self, table: Table, target: Target, hierarchies: dict[str, Hierarchy], importance: dict[str, float],
        names: tuple[str, ...],
    ) -> None:
        check_importance(importance)
        self.table, self.target, self.names = table, target, names
        self.hierarchies = {n: hierarchies.get(n, Automatic()) for n in names}
        self.importance = {n: importance[n] for n in names if n in importance}
        self.trees = plant_all(table, names, self.hierarchies)
        self.secrets = Secrets("search", 0, {})
        self.leaving = target.households and table.one("household") is not None
        self.together = self.leaving and not k_maps(target.rules)
        self.k = target.k
        if target.highest_risk is not None and table.one("weight") is None:
            # Without weights the risk of a row is 1 / the size of its class.
            self.k = max(target.k, math.ceil(1 / target.highest_risk - 1e-9))

    def ideas(self, found: list[Candidate]) -> Iterator[Idea]:
        """Ways to try, the most promising first; the later ones start from what was found."""
        k, rules = self.k, self.target.rules
        groups = KAnonymity(k=k, columns=self.names, hierarchies=self.hierarchies, rules=rules,
                            importance=self.importance, whole_households=self.together)
        blanks = LocalSuppression(k=k, columns=self.names, importance=self.importance, rules=rules,
                                  whole_households=self.together)
        yield "groups", translate("Groups of people who look alike"), (groups,)
        yield "blanks", translate("Only single cells blanked"), (blanks,)
        if not rules and not self.together:
            yield "risk_blank", translate("Only rows at risk changed: cells blanked"), (
                ProtectAtRisk(rule=FewAlike(k=k), columns=self.names, importance=self.importance),)
            yield "risk_coarser", translate("Only rows at risk changed: cells made coarser"), (
                ProtectAtRisk(rule=FewAlike(k=k), columns=self.names, importance=self.importance, way="coarser",
                              hierarchies=self.hierarchies),)
        if not rules:
            yield "rows", translate("Only rows at risk left out"), (
                DropRiskyRows(rule=FewAlike(k=k), columns=self.names, whole_households=self.leaving),)
        for percent in (5, 0, 100):
            yield f"columns_{percent}", translate(
                "One coarseness for each column, up to {percent}% of rows blanked", percent=percent), (
                FullDomain(k=k, columns=self.names, hierarchies=self.hierarchies, suppress=percent, rules=rules,
                           importance=self.importance),)
        for name, levels in self._starts():
            yield f"coarser_{name}", self._words(levels), self._coarser(levels)
        yield "groups_even", translate("Groups who look alike, all columns equally important"), (
            groups.model_copy(update={"importance": {}}),)
        for name in self.names:
            spared = {**dict.fromkeys(self.names, 1.0), **self.importance}
            spared[name] *= 4
            yield f"groups_sparing_{name}", translate("Groups who look alike, sparing “{column}”", column=name), (
                groups.model_copy(update={"importance": spared}),)
        yield from self._climb(found)

    def _starts(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Levels worth beginning with: those a full search of the levels finds, with ever more rows to be blanked."""
        try:
            recoding = Recoding.of(self.table, self.trees, self.importance)
            for percent in (10, 30, 60):
                best = optimum(recoding, self.k, int(percent / 100 * self.table.rows), work=2_000_000_000)
                yield str(percent), dict(zip(self.names, best.levels.tolist(), strict=True))
        except Problem:
            return  # too many different values for a search of all levels

    def _climb(self, found: list[Candidate]) -> Iterator[Idea]:
        """One level up or down from the best combination so far, as long as that helps."""
        seen = {tuple(self._levels_of(c).items()) for c in found if c.name.startswith("coarser")}
        while True:
            best = next((c for c in found if c.name.startswith("coarser")), None)
            if best is None:
                return
            at, new = self._levels_of(best), False
            for name in self.names:
                for level in (at[name] - 1, at[name] + 1):
                    near = {**at, name: level}
                    if not 0 <= level < self.trees[name].depth or tuple(near.items()) in seen:
                        continue
                    seen.add(tuple(near.items()))
                    new = True
                    yield f"coarser_{'_'.join(map(str, near.values()))}", self._words(near), self._coarser(near)
            if not new:
                return

    def _levels_of(self, candidate: Candidate) -> dict[str, int]:
        first = candidate.steps[0]
        chosen_levels = {n: c.level for n, c in first.columns.items()} if isinstance(first, Generalise) else {}
        return {n: chosen_levels.get(n, 0) for n in self.names}

    def _coarser(self, levels: Mapping[str, int]) -> tuple[Method, ...]:
        """The columns made coarser for everybody, then single cells blanked; with rules, groups formed."""
        up = {n: Coarser(hierarchy=self.hierarchies[n], level=level) for n, level in levels.items() if level}
        k, rules = self.k, self.target.rules
        last: Method = LocalSuppression(k=k, columns=self.names, importance=self.importance,
                                        whole_households=self.together)
        if rules:
            # What was made coarser is a category now: value or nothing, unless its own hierarchy still covers it.
            own = {n: h for n, h in self.hierarchies.items() if n not in up}
            last = KAnonymity(k=k, columns=self.names, hierarchies=own, rules=rules, importance=self.importance,
                              whole_households=self.together)
        return (Generalise(columns=up), last) if up else (last,)

    def _words(self, levels: Mapping[str, int]) -> str:
        up = ", ".join(translate("{column} (level {level})", column=n, level=level)
                       for n, level in levels.items() if level)
        if not up:
            return translate("Nothing made coarser, then single cells blanked")
        return translate("{columns} made coarser, then single cells blanked", columns=up)

    def tried(self, name: str, title: str, steps: tuple[Method, ...]) -> Candidate:
        began = time.monotonic()
        if self.target.highest_risk is not None:
            steps = (*steps, DropRiskyRows(rule=HighRisk(threshold=self.target.highest_risk), columns=self.names,
                                           whole_households=self.leaving))
        now, claims = self.table, []
        for number, step in enumerate(steps, start=1):
            step.check(now)
            claims += [(number, claim) for claim in step.claims(now)]
            now = step.apply(now, Run(self.secrets, number))
        claims += [(len(steps), at_least_k(self.names, self.target.k))]
        claims += [(len(steps), mixed(self.names, rule, rule.paths(self.table)))
                   for rule in mix_rules(self.target.rules)]
        claims += [(len(steps), claim) for claim in k_map_claims(self.table, self.names, self.target.rules,
                                                                 self.hierarchies)]
        if self.leaving:
            claims += [(len(steps), none_torn(self.table))]
        if not now.rows:
            raise Problem("No row would be left.", "Ask for less.")
        kept = recheck(claims, now)
        risk = assess(now, keys=self.names)
        if self.target.highest_risk is not None and risk.highest_individual_risk > self.target.highest_risk + 1e-12:
            raise Problem("The individual risk stays too high.", "Ask for less.")
        done = entry(1, name, self.table, now, 0.0)
        return Candidate(
            name, title, steps, detail_lost(self.table, now, self.trees, self.importance), done.cells_changed,
            done.cells_suppressed, done.rows_dropped, risk.classes, risk.smallest_class,
            risk.expected_reidentifications, risk.highest_individual_risk, tuple(dict.fromkeys(c.what for c in kept)),
            time.monotonic() - began,
        )


def _different(found: list[Candidate]) -> list[Candidate]:
    """Candidates that came to the same table in figures are one: the first of them."""
    seen: dict[tuple[float, int, int, int], Candidate] = {}
    for c in found:
        seen.setdefault((round(c.lost, 9), c.cells_changed, c.cells_suppressed, c.rows_dropped), c)
    return list(seen.values())
