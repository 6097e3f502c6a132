"""Synthesizers trained as jobs: models kept encrypted with the project, put to the test, listed, reused and deleted.

Files in the project's vault, beside those of core/project.py:
  models/KEY.bin   a model; it can hold cells of real rows and never leaves the vault
  models/KEY.json  what it is: its step, when it was trained, for how long, and the figures of its trial
KEY is drawn from the settings, the rows learned from and the seed: the same training finds its model again.
"""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.declare import dump
from core.jobs.work import Work
from core.language import translate
from core.problem import Problem
from core.project import TABLE, recipe_of, secrets_of, typed_table
from core.store import Actor, Store

if TYPE_CHECKING:
    from core.protect.method import Method
    from core.recipe import Recipe
    from core.table import Table

FOLDER = "models/"


@dataclass
class Vault:
    """Models in the vault of one project, as `Run.models` wants them.

    met  keys of the models found or kept in this run, in order
    """

    store: Store
    actor: Actor
    project_id: str
    met: list[str] = field(default_factory=list)

    def find(self, key: str) -> Any:
        """The model of that key, or None; one that this version of the studio cannot read counts as none."""
        name = f"{FOLDER}{key}.bin"
        if name not in {file.name for file in self.store.files(self.actor, self.project_id)}:
            return None
        data = self.store.get(self.actor, self.project_id, name)
        try:
            model = pickle.loads(data)  # noqa: S301 - authenticated by the vault: nobody but the studio wrote it
        except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError, ValueError):
            return None
        self.met.append(key)
        return model

    def keep(self, key: str, model: Any) -> None:
        """Keep a model under its key."""
        self.store.put(self.actor, self.project_id, f"{FOLDER}{key}.bin", pickle.dumps(model))
        self.met.append(key)

    def say(self, key: str, about: Mapping[str, Any]) -> None:
        """What is known of a model, for the list."""
        plain = json.dumps(about, ensure_ascii=False).encode()
        self.store.put(self.actor, self.project_id, f"{FOLDER}{key}.json", plain)


def models(store: Store, actor: Actor, project_id: str) -> list[dict[str, Any]]:
    """Every model of a project with its key, least two-way distance first."""
    found = []
    for name in _names(store, actor, project_id):
        if name.endswith(".json"):
            about = json.loads(store.get(actor, project_id, name))
            found.append({"key": name.removeprefix(FOLDER).removesuffix(".json"), **about})
    return sorted(found, key=lambda one: one["trial"]["new"]["two_way"])


def candidates(seconds: float) -> list[dict[str, Any]]:
    """Synthesizers worth trying within so many seconds, the quick ones first; none that costs budget.

    The deep ones are given as many rounds (epochs) as there may be time for.
    """
    from core.synthesise import SYNTHESIZERS

    tried: list[dict[str, Any]] = [
        {"method": "sequential_trees"}, {"method": "sequential_trees", "leaf": 10},
        {"method": "bayesian_network"}, {"method": "gaussian_copula"}, {"method": "independent_columns"},
    ]
    if seconds >= 300:
        epochs = 30 if seconds < 1800 else 150
        tried += [{"method": "tvae", "epochs": epochs}, {"method": "ctgan", "epochs": epochs}]
    return [one for one in tried if one["method"] in SYNTHESIZERS.by_name]


@dataclass(frozen=True)
class Recommended:
    """The model that is advised, and why, in sentences."""

    key: str
    reasons: tuple[str, ...]


def recommend(found: Sequence[Mapping[str, Any]]) -> Recommended | None:
    """Of several trained models the one to take: first that no attacker gains from it, then that it keeps most.

    A model from which an attacker gains more than by chance (the whole interval lies above what the control group
    gives) is advised only where all are like that, and then the one that gives least away.
    """
    if not found:
        return None
    safe = [one for one in found if not gains(one)]
    if safe:
        best = min(safe, key=lambda one: one["trial"]["new"]["two_way"])
        tried = best["trial"]["attacks"]
        reasons = [
            translate("No simulated attacker gained more from it than chance would give.") if tried
            else translate("There was no control group large enough to try attackers with."),
            translate("Of these, it keeps relations between columns best: shares in two-way tables are off by "
                      "{percent}.", percent=f"{100 * best['trial']['new']['two_way']:.1f}%"),
        ]
    else:
        best = min(found, key=lambda one: max(gain["advantage"]["low"] for gain in gains(one)))
        reasons = [translate("Attackers gain from every one of these; from this one they gain least."),
                   translate("Look at what they gain before you give it out, or choose one with a promise (epsilon).")]
    return Recommended(best["key"], tuple(reasons))


def gains(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The attacks by which somebody learns more from a model than by chance, all of them taken together."""
    from core.attack.rate import Rate
    from core.attack.together import gained

    tried = model["trial"]["attacks"]
    found = gained([Rate(**one["advantage"]) for one in tried])
    return [one for one, gains_something in zip(tried, found, strict=True) if gains_something]


def delete(store: Store, actor: Actor, project_id: str, key: str) -> None:
    """Delete a model and what is known of it."""
    gone = [name for name in _names(store, actor, project_id) if name in (f"{FOLDER}{key}.bin", f"{FOLDER}{key}.json")]
    if not gone:
        raise Problem("There is no such model any more.", "Train it again.")
    for name in gone:
        store.remove(actor, project_id, name)


def forget_all(store: Store, actor: Actor, project_id: str) -> None:
    """Delete every model: the table they learned from is no longer the project's."""
    for name in _names(store, actor, project_id):
        store.remove(actor, project_id, name)


def _names(store: Store, actor: Actor, project_id: str) -> Iterator[str]:
    return (file.name for file in store.files(actor, project_id) if file.name.startswith(FOLDER))


def with_synthesizer(recipe: Recipe, step: Method) -> Recipe:
    """The recipe with this synthesizer in place of what protected the rows.

    Steps that choose rows and columns stand before it; steps after an earlier synthesizer stay after this one. The
    others made real rows coarser, and there are none left.
    """
    before, after = [], []
    seen = False
    for one in recipe.steps:
        if one.group == "synthetic":
            seen = True
        elif seen:
            after.append(one)
        elif one.group == "select":
            before.append(one)
    return recipe.model_copy(update={"steps": (*before, step, *after)})


def train(work: Work) -> dict[str, Any]:
    """Synthesizers trained one after the other, each put to the test; models and figures are kept.

    {"steps": [{"method": ...}, ...], "seconds": n or None, "version": n}
    seconds  no further one is begun after so long: what was trained until then stays

    One that was trained before is found and not trained again: a job begun again goes on where it was.
    """
    from core.recipe.steps import STEPS

    asked = work.arguments.get("steps") or ()
    steps = [STEPS.build(step) for step in asked]
    if not steps or any(step.group != "synthetic" for step in steps):
        raise Problem("No synthesizer was chosen.", "Choose at least one.")
    seconds, begun = work.arguments.get("seconds"), time.monotonic()
    done, failed = 0, []
    for number, step in enumerate(steps):
        if seconds and done and time.monotonic() - begun > seconds:
            break
        share = (number / len(steps), 1 / len(steps))
        try:
            _one(work, step, share)
            done += 1
        except Problem as problem:
            if len(steps) == 1:
                raise
            failed.append({"step": dump(step), "what": problem.what, "do": problem.do})
    if not done:
        raise Problem("None of {count} synthesizers could learn from this table. {first}", "{advice}",
                      count=len(steps), first=failed[0]["what"], advice=failed[0]["do"])
    return {"trained": done, "asked": len(steps), "failed": failed}


def _one(work: Work, step: Method, share: tuple[float, float]) -> None:
    import numpy as np

    from core.recipe import prepare, run
    from core.recipe.trial import trial

    store, actor, project_id = work.store, work.actor, work.project_id
    version, now = recipe_of(work)
    recipe = with_synthesizer(now, step)

    def tell(part: float, doing: str) -> None:
        work.progress(share[0] + share[1] * part, f"{step.title}: {doing}" if doing else step.title)

    tell(0.0, "Opening the table")
    original = prepare(recipe, typed_table(store, actor, project_id, recipe))
    secrets = secrets_of(store, actor, project_id, recipe)
    vault, begun = Vault(store, actor, project_id), time.monotonic()
    outcome = run(recipe, original, secrets, lambda part, doing: tell(0.02 + part * 0.75, doing), final=False,
                  models=vault, ledger=ledger_of(work, recipe))
    seconds = time.monotonic() - begun
    if not vault.met:
        return
    learned_from = run(with_synthesizer(now, step).model_copy(update={"steps": _before(recipe)}), original, secrets,
                       final=False).table
    tested = trial(learned_from, outcome.table, outcome.control, np.random.default_rng(secrets.seed),
                   lambda part, doing: tell(0.8 + part * 0.2, doing))
    if getattr(step, "private", False):
        audits = _audited(step, vault.find(vault.met[-1]), outcome.table, secrets.seed)
        tested = replace(tested, attacks=(*tested.attacks, *audits))
    earlier = {one["key"]: one for one in models(store, actor, project_id)}.get(vault.met[-1], {})
    vault.say(vault.met[-1], {
        "step": dump(step), "trained": earlier.get("trained") or store.clock().isoformat(timespec="seconds"),
        "seconds": earlier.get("seconds") or round(seconds, 1), "version": version, "trial": tested.as_dict(),
        "notes": [note for entry in outcome.log for note in entry.notes], "private": getattr(step, "private", False),
        "basis": basis(now),
    })


def _audited(step: Any, model: Any, made: Table, seed: int) -> tuple[dict[str, Any], ...]:
    """What an audit proves of a private synthesizer: on the new rows, so that it costs nothing."""
    import numpy as np

    from core.attack import Promise, attack

    rng = np.random.default_rng(seed)
    found = attack(made, made, rng=rng, names=("privacy_audit",), thorough=True, promise=Promise(step, model))
    return tuple(one.data() for one in found)


def _before(recipe: Recipe) -> tuple[Method, ...]:
    """The steps of a recipe that stand before its synthesizer."""
    at = next(i for i, step in enumerate(recipe.steps) if step.group == "synthetic")
    return recipe.steps[:at]


def basis(recipe: Recipe) -> dict[str, Any]:
    """What a model holds good for: kinds, roles, and the choice of rows and columns."""
    plain = recipe.data()
    chosen = [dump(step) for step in recipe.steps if step.group == "select"]
    return {part: plain.get(part, {}) for part in ("read", "kinds", "roles")} | {"select": chosen}


def ledger_of(work: Work, recipe: Recipe) -> Any:
    """What pays for steps that promise differential privacy: the budget of this table; None where none promises it.

    The budget is found by the table as it was read, whatever its columns are taken for since: as on the page that asks
    questions, so that nobody gets a second budget by calling a column something else.
    """
    if not any(getattr(step, "private", False) for step in recipe.steps):
        return None
    from core.query.digest import digest
    from core.synthesise.paying import Ledger
    from core.table.writing import from_parquet

    as_read = from_parquet(work.store.get(work.actor, work.project_id, TABLE))
    budget = work.store.budget_of_table(work.actor, digest(as_read))
    return None if budget is None else Ledger(work.store, work.actor, budget)
