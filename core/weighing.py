"""Releases weighed against each other: several are kept beside the original, measured alike, and one is advised.

Files in the project's vault, beside those of core/project.py:
  kept.json       what was kept: of which version of the recipe, when, what is promised of it
  kept/A.parquet  one kept release, and so on
  weighed.json    what was measured of them, and with what question
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core import others
from core.jobs.work import Work
from core.language import translate
from core.problem import Problem
from core.project import CONTROL, OUTCOME, RELEASED, recipe_of, secrets_of, typed_table
from core.store import Actor, Store

if TYPE_CHECKING:
    from core.attack import Attacked, LeftOut, Promise
    from core.compare import Comparison, SideBySide
    from core.policy import Policy, Verdict
    from core.recipe import Recipe
    from core.table import Table

KEPT, WEIGHED, FOLDER = "kept.json", "weighed.json", "kept/"
LETTERS = "ABCDEFGH"
"""So many releases side by side can still be read."""

QUICK_ROWS, THOROUGH_ROWS = 1_000, 5_000
"""People attacked at the most, in a quick look and in a thorough one."""


@dataclass(frozen=True)
class Kept:
    """One release kept for comparison.

    name     A, B, C ...; `title` what was done, in words
    version  of the recipe that made it
    digest   SHA-256 of its table
    promise  what is promised where it is differentially private; "" otherwise
    held     row numbers of the control group, of which its synthesizer saw nobody
    """

    name: str
    title: str
    version: int
    rows: int
    digest: str
    made: str
    synthetic: bool = False
    promise: str = ""
    held: tuple[int, ...] = field(default=(), repr=False)

    @property
    def file(self) -> str:
        return f"{FOLDER}{self.name}.parquet"


def kept(store: Store, actor: Actor, project_id: str) -> tuple[Kept, ...]:
    """The releases kept, in the order of their letters."""
    if KEPT not in _names(store, actor, project_id):
        return ()
    found = json.loads(store.get(actor, project_id, KEPT))
    return tuple(Kept(**{**one, "held": tuple(one.get("held", ()))}) for one in found)


def keep(store: Store, actor: Actor, project_id: str) -> Kept:
    """Keep the release worked out last. Problem where there is none, it is kept already, or there are too many."""
    from core.recipe import Recipe

    there = _names(store, actor, project_id)
    if not {OUTCOME, RELEASED} <= there:
        raise Problem("There is no release to keep yet.", "Choose how the table is protected first.")
    outcome = json.loads(store.get(actor, project_id, OUTCOME))
    before = kept(store, actor, project_id)
    if same := next((one for one in before if one.digest == outcome["digest_out"]), None):
        raise Problem("This release is kept already, as {name}.", "Change a step to make another one.", name=same.name)
    name = next((letter for letter in LETTERS if letter not in {one.name for one in before}), None)
    if name is None:
        raise Problem("{count} releases are kept; more cannot be read side by side.", "Discard one first.",
                      count=len(before))
    saved = store.recipe(actor, project_id, outcome["version"])
    recipe = Recipe.from_data(dict(saved.recipe)) if saved else Recipe()
    held = json.loads(store.get(actor, project_id, CONTROL)) if CONTROL in there else []
    new = Kept(
        name, title_of(recipe), outcome["version"], outcome["rows"], outcome["digest_out"],
        store.clock().isoformat(timespec="seconds"), any(step.group == "synthetic" for step in recipe.steps),
        promise_of(recipe), tuple(held),
    )
    store.put(actor, project_id, new.file, store.get(actor, project_id, RELEASED))
    _write(store, actor, project_id, sorted((*before, new), key=lambda one: one.name))
    return new


def discard(store: Store, actor: Actor, project_id: str, name: str) -> None:
    """Delete a kept release."""
    before = kept(store, actor, project_id)
    gone = next((one for one in before if one.name == name), None)
    if gone is None:
        raise Problem("There is no such release any more.", "Choose one of those listed.")
    _write(store, actor, project_id, [one for one in before if one is not gone])
    store.remove(actor, project_id, gone.file)


def forget_all(store: Store, actor: Actor, project_id: str) -> None:
    """Delete all that was kept and measured: the table it was made from is no longer the project's."""
    for name in _names(store, actor, project_id):
        if name in (KEPT, WEIGHED) or name.startswith(FOLDER):
            store.remove(actor, project_id, name)


def title_of(recipe: Recipe) -> str:
    """What makes a release what it is: the steps that are more than choosing rows and treating names."""
    main = [step for step in recipe.steps if step.group not in ("select", "identifiers", "rows")]
    return "; ".join(translate(step.title) for step in main or recipe.steps) or translate("As it came")


def promise_of(recipe: Recipe) -> str:
    """What is promised of a release that is differentially private; "" where it is not.

    A step before it that looks at other rows (a recoding) would break the promise; what comes after it never does.
    """
    private = [step for step in recipe.steps if getattr(step, "private", False)]
    if len(private) != 1 or any(step.group != "select" for step in recipe.steps[: recipe.steps.index(private[0])]):
        return ""
    return translate("Differential privacy with epsilon {epsilon:g}: whoever is in the data or not, what comes out is "
                     "nearly as likely.", epsilon=getattr(private[0], "epsilon", 0.0))


def _names(store: Store, actor: Actor, project_id: str) -> set[str]:
    return {file.name for file in store.files(actor, project_id)}


def _write(store: Store, actor: Actor, project_id: str, found: Sequence[Kept]) -> None:
    store.put(actor, project_id, KEPT, json.dumps([asdict(one) for one in found], ensure_ascii=False).encode())


@dataclass(frozen=True)
class Weighed:
    """One release and all that was measured of it."""

    comparison: Comparison
    attacks: tuple[Attacked, ...]
    verdict: Verdict | None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def gaining(self) -> tuple[Attacked, ...]:
        """The attackers who gain more than by chance, all of them taken together."""
        from core.attack.together import gained

        found = gained([a.advantage for a in self.attacks])
        return tuple(a for a, gains in zip(self.attacks, found, strict=True) if gains)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON; no cell value."""
        plain = self.comparison.as_dict()
        return {
            "risk": plain["risk"], "table": plain["utility"]["table"], "columns": plain["utility"]["columns"],
            "intervals": plain["utility"].get("intervals", {}), "notes": plain["notes"],
            "replicated": plain["replicated"],
            "attacks": [a.data() | {"found": a in self.gaining} for a in self.attacks],
            "left_out": [one.data() for one in self.left_out],
            "verdict": None if self.verdict is None else self.verdict.as_dict(),
        }


@dataclass(frozen=True, eq=False)
class Means:
    """What attackers are given besides the release, and what else is measured.

    register, second  files they hold, with the original's names (core.attack.tried)
    using             attackers with other settings than the usual ones
    minutes           how long they may take on one release
    metrics           further metrics of the whole table, with settings
    promise           what a private synthesizer kept of its training: the audit tries to break its promise
    """

    register: Table | None = None
    second: Table | None = None
    using: tuple[Any, ...] = ()
    minutes: float | None = None
    metrics: tuple[Any, ...] = ()
    promise: Promise | None = None


def weigh(work: Work) -> dict[str, Any]:
    """Every kept release measured alike.

    {"attacks": "none", "quick" or "thorough", "policy": name or None, "target": column or None, "version": n,
     "minutes": for all releases together or None, "using": [attackers with settings], "metrics": [with settings],
     "register": {the original's column: the register's} or None, "second": likewise, "in_order": flag}

    A register and a second release (core/others.py) are deleted afterwards.
    """
    import numpy as np

    from core.policy import preset
    from core.recipe import prepare
    from core.table.writing import from_parquet

    store, actor, project_id, asked = work.store, work.actor, work.project_id, work.arguments
    _version, recipe = recipe_of(work)
    policy = preset(str(asked["policy"])) if asked.get("policy") else None
    there = kept(store, actor, project_id)
    if not there:
        raise Problem("No release is kept yet.", "Keep at least one under “Compare”.")
    work.progress(0.0, "Opening the table")
    original = prepare(recipe, typed_table(store, actor, project_id, recipe))
    means = _means(work, original, len(there))
    seed = secrets_of(store, actor, project_id, recipe).seed
    found: dict[str, Weighed] = {}
    for number, one in enumerate(there):
        start, width = 0.05 + 0.9 * number / len(there), 0.9 / len(there)

        def tell(share: float, doing: str, start: float = start, width: float = width, name: str = one.name) -> None:
            work.progress(start + width * share, f"{name}: {doing}" if doing else name)

        tell(0.0, "Measuring")
        released = from_parquet(store.get(actor, project_id, one.file))
        found[one.name] = measured(original, released, one, str(asked.get("attacks") or "none"), policy,
                                   asked.get("target"), np.random.default_rng(seed), tell,
                                   *_made_by(store, actor, project_id, one, means))
    side = side_of(found)
    plain = {
        "asked": {**{k: asked.get(k) for k in ("attacks", "policy", "target", "minutes")},
                  "register": means.register is not None, "second": means.second is not None},
        "releases": [{**asdict(one), "held": len(one.held), **found[one.name].as_dict()} for one in there],
        "rows": [row_in_plain(row) for row in side.rows], "points": {n: list(p) for n, p in side.points.items()},
        "front": list(side.front), "advised": asdict(advise({k.name: (k, found[k.name]) for k in there}, side)),
    }
    store.put(actor, project_id, WEIGHED, json.dumps(plain, ensure_ascii=False).encode())
    others.forget(store, actor, project_id, "register", "second")
    return {"releases": len(there)}


def _means(work: Work, original: Table, releases: int) -> Means:
    """What the question says attackers hold, and how long they may take on each of so many releases."""
    from core.attack import ATTACKS
    from core.utility import METRICS

    asked, place = work.arguments, (work.store, work.actor, work.project_id)

    def file(what: str) -> Table | None:
        columns = asked.get(what)
        return None if columns is None else others.held(*place, what, original, columns)

    second = file("second")
    if second is not None and asked.get("in_order"):
        if second.rows != original.rows:
            raise Problem("The other release has {rows} rows and the file {count}: they cannot be in the same order.",
                          "Say that the rows are in another order.", rows=second.rows, count=original.rows)
        second = replace(second, row_ids=original.row_ids)
    minutes = asked.get("minutes")
    if minutes is not None and not (isinstance(minutes, (int, float)) and minutes > 0):
        raise Problem("The time cannot be.", "Give a number of minutes above 0.")
    return Means(
        file("register"), second,
        tuple(ATTACKS.build(entry) for entry in asked.get("using") or ()),
        None if minutes is None else float(minutes) / releases,
        tuple(METRICS.build(entry, step) for step, entry in enumerate(asked.get("metrics") or (), 1)),
    )


def _made_by(
    store: Store, actor: Actor, project_id: str, one: Kept, means: Means,
) -> tuple[Means, tuple[Any, ...]]:
    """The means, with what a private synthesizer kept of its training, and the steps that made a kept release."""
    from core.recipe import Recipe

    saved = store.recipe(actor, project_id, one.version)
    steps = Recipe.from_data(dict(saved.recipe)).steps if saved else ()
    return replace(means, promise=promised(store, actor, project_id, steps)), tuple(steps)


def promised(store: Store, actor: Actor, project_id: str, steps: Sequence[Any]) -> Promise | None:
    """The private synthesizer among the steps with its kept model; None where there is none, or it was deleted."""
    from core.attack import Promise
    from core.declare import dump
    from core.training import Vault, models

    private = next((step for step in steps if getattr(step, "private", False)), None)
    if private is None:
        return None
    plain = json.loads(json.dumps(dump(private)))
    for about in models(store, actor, project_id):
        if about.get("private") and about["step"] == plain:
            model = Vault(store, actor, project_id).find(about["key"])
            return None if model is None else Promise(private, model)
    return None


def measured(
    original: Table, released: Table, one: Kept, attacks: str, policy: Policy | None, target: str | None,
    rng: Any, tell: Any, means: Means | None = None, steps: Sequence[Any] = (),
) -> Weighed:
    """Risk, utility, attacks and verdict of one release; `steps` made it, where they are known."""
    from core.attack import tried
    from core.compare import compare
    from core.policy import Release, check
    from core.utility import predictions

    means = means or Means()
    metrics = (*means.metrics, *(predictions(target) if target else ()))
    comparison = compare(original, released, thorough=attacks == "thorough", synthetic=one.synthetic,
                         metrics=metrics)
    won: tuple[Attacked, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    if attacks != "none":
        people, control = _told_apart(original, one.held)
        campaign = tried(
            people, released, control, rng=rng, names=attackers(one.synthetic), thorough=attacks == "thorough",
            most=THOROUGH_ROWS if attacks == "thorough" else QUICK_ROWS, register=means.register, second=means.second,
            using=means.using, minutes=means.minutes, steps=steps, promise=means.promise,
            progress=lambda share, doing: tell(0.3 + 0.6 * share, doing))
        won, left_out = campaign.won, campaign.left_out
    verdict = check(policy, Release.of(released, original, attacks=won, synthetic=one.synthetic)) if policy else None
    return Weighed(comparison, won, verdict, left_out)


def attackers(synthetic: bool) -> tuple[str, ...]:
    """The names of the attackers that suit a release. Copies are looked for among new people only.

    A row that protection left as it was is no copy: whoever knows all of it learns nothing.
    """
    from core.attack import ATTACKS

    names = [ATTACKS.name_of(one) for one in ATTACKS]
    return tuple(n for n in names if synthetic or n not in ("exact_copies", "near_copies"))


def _told_apart(original: Table, held: Sequence[int]) -> tuple[Table, Table | None]:
    """(the people the release was made from, the control group): by their row numbers."""
    import numpy as np

    if not held or original.row_ids is None:
        return original, None
    out = np.isin(original.row_ids, np.array(held))
    return original.take(np.flatnonzero(~out)), original.take(np.flatnonzero(out))


def side_of(found: Mapping[str, Weighed]) -> SideBySide:
    """The releases side by side, measure by measure, attackers among them."""
    from core.compare import side_by_side

    return side_by_side({n: w.comparison for n, w in found.items()}, {n: w.attacks for n, w in found.items()})


def row_in_plain(row: Any) -> dict[str, Any]:
    """A row of the side-by-side table as JSON takes it."""
    return {"kind": row.kind, "name": row.name, "title": row.title, "better": row.better, "original": row.original,
            "values": dict(row.values), "winners": list(row.winners)}


def side_in(plain: Mapping[str, Any]) -> SideBySide:
    """The releases side by side, from what `weigh` kept."""
    from core.compare import Row, SideBySide

    rows = tuple(Row(**{**row, "winners": tuple(row["winners"])}) for row in plain["rows"])
    points = {name: (x, y) for name, (x, y) in plain["points"].items()}
    return SideBySide(rows, points, tuple(plain["front"]))


def attacks_in(plain: Mapping[str, Any]) -> tuple[Attacked, ...]:
    """What attackers won from one release, from what `weigh` kept of it."""
    from core.attack import Attacked, Rate

    def one(data: Mapping[str, Any]) -> Attacked:
        told: dict[str, Any] = {name: value for name, value in data.items() if name != "found"}
        for name in ("success", "baseline", "control", "advantage"):
            told[name] = None if data[name] is None else Rate(**data[name])
        return Attacked(**told)

    return tuple(one(data) for data in plain["attacks"])


@dataclass(frozen=True)
class Advice:
    """The release that is advised, or "", and why, in sentences."""

    name: str
    reasons: tuple[str, ...]


def advise(releases: Mapping[str, tuple[Kept, Weighed]], side: SideBySide) -> Advice:
    """First what keeps the rules and lets no attacker gain; of these, what keeps tables of two columns best.

    A release that breaks a rule is never advised. Choosing among private releases by figures of the real data is
    outside their guarantee, and is said so.
    """
    fine = {n: w for n, (_k, w) in releases.items()
            if (w.verdict is None or w.verdict.passed is not False) and not w.gaining}
    if not fine:
        broken = min(releases, key=lambda n: (_broken(releases[n][1]), len(releases[n][1].gaining)))
        return Advice("", (
            translate("None of them is safe by what was measured."),
            translate("{name} is closest. Rules it breaks: {broken}. Attackers who gain from it: {won}.", name=broken,
                      broken=_broken(releases[broken][1]), won=len(releases[broken][1].gaining)),
        ))
    loss = {n: side.points[n][1] if n in side.points else w.comparison.table.get("two_way_marginals")
            for n, w in fine.items()}
    best = min(fine, key=lambda n: (loss[n] is None, loss[n] or 0.0))
    reasons = [translate("It breaks no rule of the policy.") if fine[best].verdict is not None
               else translate("No policy was chosen, so it was not judged by rules.")]
    reasons.append(translate("No simulated attacker gained more from it than chance would give.")
                   if fine[best].attacks else translate("No attackers were tried."))
    if loss[best] is not None and len(fine) > 1:
        reasons.append(translate("Of those that are safe, it keeps relations between columns best: shares in two-way "
                                 "tables are off by {percent}.", percent=f"{100 * (loss[best] or 0.0):.1f}%"))
    if sum(bool(k.promise) for k, _w in releases.values()) > 1:
        reasons.append(translate("Several are differentially private: choosing among them by figures of the real data "
                                 "is outside their guarantee."))
    return Advice(best, tuple(reasons))


def _broken(weighed: Weighed) -> int:
    return 0 if weighed.verdict is None else len(weighed.verdict.broken)
