"""The report of a release, one printable page: what, for whom, what was done, what it still reveals, what it is worth.

It holds names of columns and counts, never a cell. The internal one says everything; the external one, for the
recipient, leaves out what would help someone who wants to undo the protection: the original's figures, settings that
a reader of the data does not need, digests of the input, and any count of people below `SMALL`.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal

from core.compare import Comparison
from core.declare import Declared, parameters
from core.language import translate as _
from core.release import page
from core.release.codebook import HEADER, ROLE_NAMES, Entry
from core.release.codebook import rows as codebook_rows
from core.release.page import Markup, words
from core.risk import Risk

if TYPE_CHECKING:
    from core.recipe import Recipe

Audience = Literal["internal", "external"]
SMALL = 10
"""In the external report a count of people from 1 to 9 is written “fewer than 10”."""

LIMITS = (
    "The risk is measured for someone who knows the columns named as “could be known about a person”, and no others. "
    "Someone who knows more, or who takes part in the survey, may recognise more.",
    "Groups are counted in the file as it is written: a suppressed cell counts as a value of its own. Someone who "
    "knows the true value can take a suppressed cell for any value.",
    "People who look alike may still share a secret: where everyone in a group has the same sensitive value, it is "
    "revealed without recognising anyone.",
    "Two releases of the same people can reveal more together than each alone.",
    "Utility says how far shares, numbers and associations moved. It does not say that your own analysis is unharmed: "
    "repeat the most important tables before you rely on them.",
    "This report describes measurements. It is no legal advice, and no measurement makes a release safe for ever.",
)
PACKAGES = ("numpy", "polars", "pyarrow", "scipy", "msoffcrypto-tool", "pyzipper")


@dataclass(frozen=True)
class About:
    """What the report says of the release besides its figures.

    reference     the number in the register of releases; made: when (UTC)
    format        one of core.release.FORMATS
    digest_in/out SHA-256 of the table before and after
    log           what each step did, as dictionaries (core.protect.changes.LogEntry.as_dict)
    claims        promises that were counted again on the release
    """

    title: str
    reference: str
    made: datetime
    purpose: str
    recipient: str
    format: str
    rows_in: int
    rows_out: int
    digest_in: str
    digest_out: str
    log: Sequence[Mapping[str, Any]] = ()
    claims: Sequence[str] = ()
    prepared_by: str = ""


def release_report(
    about: About, recipe: Recipe, comparison: Comparison, codebook: Sequence[Entry], audience: Audience = "internal",
) -> str:
    """The page as HTML."""
    inside = audience == "internal"
    parts = [
        *_summary(about, comparison, inside), *_roles(codebook), *_steps(about, recipe, inside),
        *_risk(comparison, inside), *_utility(comparison, inside), *_promises(about), *_codebook(codebook),
        page.heading(2, words("Limits, in plain words")), page.bullets(words(limit) for limit in LIMITS),
        *_origin(about, recipe, inside), *_signatures(),
    ]
    return page.document(_("Report of release {reference}", reference=about.reference), parts)


def _summary(about: About, comparison: Comparison, inside: bool) -> list[Markup]:
    from core.release.opening import FORMATS

    after = comparison.after
    lead = words("The release holds no column by which a person could be looked for.")
    if after is not None:
        lead = words("Each combination of what could be known about a person occurs at least {k} times in the release.",
                     k=f"{after.smallest_class if inside else _nominal(after.smallest_class):,}")
        if after.smallest_class == 1:
            lead = words("{rows} in the release are the only ones with their combination of what could be known.",
                         rows=_people(after.uniques, inside))
    rows: list[tuple[object, object]] = [
        (words("Data"), about.title), (words("Made"), about.made.strftime("%d %B %Y, %H:%M UTC")),
        (words("For whom"), about.recipient or words("not said")),
        (words("What for"), about.purpose or words("not said")),
        (words("Format"), words(FORMATS.get(about.format, about.format))),
        (words("Rows in the release"), f"{about.rows_out:,}"),
    ]
    if inside:
        rows.insert(5, (words("Rows in the original"), f"{about.rows_in:,}"))
    kind = words("Internal version: it holds everything and stays with you.") if inside else words(
        "Version for the recipient: it holds nothing that helps to undo the protection.")
    return [page.paragraph(kind, "small"), page.paragraph(lead, "lead"), page.facts(rows)]


def _roles(codebook: Sequence[Entry]) -> list[Markup]:
    found = {role: [e.name for e in codebook if e.role == role] for role in ROLE_NAMES}
    return [page.heading(2, words("What each column was taken for")),
            page.facts((words(ROLE_NAMES[role][0].upper() + ROLE_NAMES[role][1:]), ", ".join(names))
                       for role, names in found.items() if names)]


def _steps(about: About, recipe: Recipe, inside: bool) -> list[Markup]:
    parts = [page.heading(2, words("What was done"))]
    if not recipe.steps:
        return [*parts, page.paragraph(words("Nothing was done to the columns that are in the release."))]
    if not inside:
        titles = (words(step.title) for step in recipe.steps)
        return [*parts, page.bullets(titles)]
    log = {entry.get("step"): entry for entry in about.log}
    rows = []
    for number, step in enumerate(recipe.steps, 1):
        did = log.get(number, {})
        counts = (f"{did[k]:,}" if k in did else "–" for k in ("cells_changed", "cells_suppressed", "rows_dropped"))
        rows.append((f"{number}. {step.in_words()}", _settings(step), *counts))
    header = [words(h) for h in ("Step", "Settings", "Cells changed", "Cells suppressed", "Rows left out")]
    return [*parts, page.table(words("Steps"), header, rows, numbers=3)]


def _settings(step: Declared) -> str:
    """The settings that cannot hold a cell value: numbers, choices, names of columns. Others stand in the recipe."""
    shown = []
    for parameter in parameters(type(step)):
        value = getattr(step, parameter.name)
        if value in ((), {}, None, ""):
            continue
        if parameter.shape in ("number", "integer", "flag", "choice"):
            shown.append(f"{parameter.name} = {value}")
        elif parameter.shape in ("column", "columns"):
            shown.append(f"{parameter.name}: {value if isinstance(value, str) else ', '.join(value)}")
        else:
            shown.append(_("{name}: in the recipe", name=parameter.name))
    return "; ".join(shown)


def _people(count: int, inside: bool) -> str:
    """A count of people; from outside, a small one is only named as such."""
    if not inside and 0 < count < SMALL:
        return _("fewer than {small} rows", small=SMALL)
    return _("{count} rows", count=f"{count:,}")


def _nominal(smallest: int) -> int:
    """The usual threshold that a smallest group reaches: from outside its exact size is nobody's business."""
    return max(k for k in (1, 2, 3, 5, 10, 20, 50, 100, 1000) if k <= smallest)


def _risk(comparison: Comparison, inside: bool) -> list[Markup]:
    before, after = comparison.before, comparison.after
    parts = [page.heading(2, words("What the release still reveals"))]
    if after is None:
        return [*parts, *(page.paragraph(note) for note in comparison.notes)]
    parts.append(page.paragraph(words("Measured on {keys}.", keys=", ".join(after.keys))))
    shown = [("", before), ("", after)] if inside and before is not None else [("", after)]
    header: list[object] = [words("Measure"), *([words("Original")] if len(shown) == 2 else []), words("Release")]
    rows = [[label, *(_figure(risk, key, inside) for _name, risk in shown)] for label, key in _figures(after)]
    parts.append(page.table(words("Risk"), header, rows, numbers=len(shown)))
    if inside and before is not None:
        bars = [(_("Groups of fewer than {k}", k=k), n / before.rows, after.violations[k] / after.rows)
                for k, n in before.violations.items()]
        parts.append(page.bars(_("Share of rows in small groups"), bars, (_("Original"), _("Release"))))
    return [*parts, *(page.paragraph(note, "small") for note in comparison.notes)]


def _figures(risk: Risk) -> list[tuple[Markup, str]]:
    found = [(words("Rows that are the only ones of their kind"), "uniques"),
             (words("Rows in the smallest group"), "smallest_class")]
    found += [(words("Rows in groups of fewer than {k}", k=k), f"below {k}") for k in risk.violations]
    found += [(words("People an attacker who knows these columns is expected to recognise"), "expected"),
              (words("Highest chance of recognising a single row"), "highest")]
    if risk.expected_household is not None:
        found.append((words("The same, counting whole households"), "household"))
    found += [(words("Rows in groups where all have the same value of {column}", column=name), f"single {name}")
              for name in risk.diversity]
    return found


def _figure(risk: Risk, key: str, inside: bool) -> str:
    if key == "expected":
        return page.figure(risk.expected_reidentifications)
    if key == "highest":
        return page.figure(100 * risk.highest_individual_risk) + "%"
    if key == "household":
        return "–" if risk.expected_household is None else page.figure(risk.expected_household)
    if key.startswith("below "):
        return _people(risk.violations[int(key[6:])], inside)
    if key.startswith("single "):
        found = risk.diversity.get(key[7:])
        return "–" if found is None else _people(found.rows_single_value, inside)
    if key == "smallest_class":
        return f"{risk.smallest_class:,}" if inside else _("at least {k}", k=_nominal(risk.smallest_class))
    return _people(risk.uniques, inside)


def _utility(comparison: Comparison, inside: bool) -> list[Markup]:
    from core.utility import METRICS

    parts = [page.heading(2, words("What the release is worth"))]
    said = [METRICS.named(name.split()[0]).say(value) for name, value in comparison.table.items() if value is not None]
    parts.append(page.bullets(said))
    if not inside:
        return parts
    metrics = ("cells_changed", "cells_suppressed", "regrouped_variation", "kolmogorov_smirnov", "entropy_loss")
    header = [words("Column"), *(words(METRICS.named(m).title) for m in metrics)]
    rows = [[name, *("–" if values[m] is None else f"{values[m]:.1%}" for m in metrics)]
            for name, values in comparison.columns.items()]
    parts.append(page.table(words("Change of each column (0% is unchanged)"), header, rows, numbers=len(metrics)))
    moved = sorted(((max(a.difference for m, a in p.associations.items() if m != "pair_total_variation"), p)
                    for p in comparison.pairs if p.associations.keys() - {"pair_total_variation"}),
                   key=lambda found: -found[0])[:10]
    if moved and moved[0][0] > 0:
        rows = [[" + ".join(p.columns), f"{by:.3f}"] for by, p in moved if by > 0]
        parts.append(page.table(words("Associations that moved most"), (words("Columns"), words("Moved by")), rows, 1))
    return parts


def _promises(about: About) -> list[Markup]:
    if not about.claims:
        return []
    return [page.heading(2, words("Promised, and counted again on the release")), page.bullets(about.claims)]


def _codebook(codebook: Sequence[Entry]) -> list[Markup]:
    """Without labels and filled counts of small size: what a reader needs to use the columns."""
    keep = [0, 1, 3, 8, 10]
    rows = [[row[i] for i in keep] for row in codebook_rows(codebook)]
    return [page.heading(2, words("Codebook")), page.table(words("Columns"), [words(HEADER[i]) for i in keep], rows)]


def _origin(about: About, recipe: Recipe, inside: bool) -> list[Markup]:
    rows: list[tuple[object, object]] = [(words("Reference"), about.reference),
                                         (words("SHA-256 of the released table"), about.digest_out)]
    if inside:
        from hashlib import sha256

        rows += [(words("SHA-256 of the original table"), about.digest_in),
                 (words("SHA-256 of the recipe"), sha256(recipe.dump().encode()).hexdigest()),
                 (words("Secrets (seed and keys, kept apart)"), recipe.secrets or words("drawn for this run"))]
    rows.append((words("Made with"), versions()))
    return [page.heading(2, words("Where it comes from")), page.facts(rows)]


def versions() -> str:
    """The program, Python and the libraries the figures rest on."""
    found = [f"anonymisation-studio {_version('anonymisation-studio')}", f"Python {platform.python_version()}"]
    return ", ".join([*found, *(f"{p} {_version(p)}" for p in PACKAGES)])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _("(version unknown)")


def _signatures() -> list[Markup]:
    header = (words("Prepared by"), words("Checked by"), words("Released by"))
    empty = Markup("<br><br>")
    return [page.heading(2, words("Signatures")), page.table(words("Name, date, signature"), header, [(empty,) * 3])]
