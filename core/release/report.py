"""The report of a release: what, for whom, what was done, what it still reveals, what it is worth, by which rules.

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
from typing import TYPE_CHECKING, Any

from core.compare import Comparison, SideBySide
from core.declare import Declared, parameters
from core.language import translate as _
from core.release.blocks import Block, Document, Facts, Grid, Heading, Paragraph, bullets, facts, grid, words
from core.release.codebook import HEADER, ROLE_NAMES, Entry
from core.release.codebook import rows as codebook_rows
from core.release.measured import (
    Audience,
    attacks_section,
    candidates_section,
    nominal,
    people,
    policy_section,
    risk_section,
    small_groups,
    utility_section,
    verdict_in_words,
)

if TYPE_CHECKING:
    from core.attack import Attacked
    from core.policy import Verdict
    from core.recipe import Recipe

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
    promise       where the release is differentially private: what it promises, in words; "" otherwise
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
    promise: str = ""


def release_report(
    about: About,
    recipe: Recipe,
    comparison: Comparison,
    codebook: Sequence[Entry],
    audience: Audience = "internal",
    *,
    verdict: Verdict | None = None,
    reason: str = "",
    attacks: Sequence[Attacked] = (),
    candidates: SideBySide | None = None,
    chosen: str = "",
) -> Document:
    """The report, to be printed by core.release.page, pdf or word.

    verdict     what a policy says of the release; `reason` why it goes out though a rule is broken
    attacks     what simulated attackers won
    candidates  the releases it was weighed against, of which `chosen` is this one
    """
    inside = audience == "internal"
    blocks = [
        *_summary(about, comparison, inside), *_roles(codebook), *_steps(about, recipe, inside),
        *risk_section(comparison, inside), *attacks_section(attacks, inside, about.promise),
        *utility_section(comparison, inside, about.promise), *policy_section(verdict, reason, inside),
        *(candidates_section(candidates, chosen) if inside else []), *_promises(about), *_codebook(codebook),
        Heading(words("Limits, in plain words")), *bullets(words(limit) for limit in LIMITS),
        *_origin(about, recipe, inside), *_signatures(),
    ]
    return Document(_("Report of release {reference}", reference=about.reference), tuple(blocks))


def one_page(about: About, comparison: Comparison, verdict: Verdict | None = None, reason: str = "") -> Document:
    """The report on one page, for someone who decides and has two minutes: the owner's own, with small counts."""
    before, after = comparison.before, None if comparison.synthetic else comparison.after
    blocks: list[Block] = [Paragraph(_lead(comparison, True), "lead")]
    if about.promise:
        blocks.append(Paragraph(about.promise))
    said = []
    if before is not None and after is not None:
        said.append(words(
            "In the original {before} of 1,000 people were the only ones of their kind; in the release {after} are.",
            before=f"{1000 * before.uniques / before.rows:.0f}", after=f"{1000 * after.uniques / after.rows:.0f}"))
        said.append(words("Someone who knows these columns would recognise about {before} of 1,000 people in the "
                          "original, and {after} in the release.",
                          before=f"{1000 * before.global_risk:.0f}", after=f"{1000 * after.global_risk:.0f}"))
    if (kept := comparison.table.get("rows_kept")) is not None:
        said.append(words("{percent} of the rows are in it.", percent=f"{100 * kept:.1f}%"))
    if (moved := comparison.table.get("two_way_marginals")) is not None:
        said.append(words("Tables of two columns made from it are wrong by {percent} on average.",
                          percent=f"{100 * moved:.1f}%"))
    blocks += bullets(said)
    if before is not None and after is not None:
        blocks.append(small_groups(before, after))
    if verdict is not None:
        blocks += [Heading(words(verdict.policy.title)), Paragraph(verdict_in_words(verdict))]
        blocks += bullets(f"{j.rule.asks()} {j.found}" for j in verdict.broken)
        if verdict.broken and reason:
            blocks.append(Paragraph(words("It is given out all the same, for this reason: {reason}", reason=reason)))
    blocks += [Heading(words("What remains")), *bullets(words(limit) for limit in LIMITS[:1] + LIMITS[-1:]),
               facts([(words("Data"), about.title), (words("For whom"), about.recipient or words("not said")),
                      (words("What for"), about.purpose or words("not said")),
                      (words("Reference"), f"{about.reference}, {about.made.strftime('%d %B %Y')}")])]
    return Document(_("Summary of release {reference}", reference=about.reference), tuple(blocks))


def _lead(comparison: Comparison, inside: bool) -> str:
    after = comparison.after
    if comparison.synthetic:
        return words("The rows of the release are people who never existed.")
    if after is None:
        return words("The release holds no column by which a person could be looked for.")
    if after.smallest_class == 1:
        return words("{rows} in the release are the only ones with their combination of what could be known.",
                     rows=people(after.uniques, inside))
    return words("Each combination of what could be known about a person occurs at least {k} times in the release.",
                 k=f"{after.smallest_class if inside else nominal(after.smallest_class):,}")


def _summary(about: About, comparison: Comparison, inside: bool) -> list[Block]:
    from core.release.opening import called

    rows = [
        (words("Data"), about.title), (words("Made"), about.made.strftime("%d %B %Y, %H:%M UTC")),
        (words("For whom"), about.recipient or words("not said")),
        (words("What for"), about.purpose or words("not said")),
        (words("Format"), words(called(about.format))),
        (words("Rows in the release"), f"{about.rows_out:,}"),
    ]
    if inside:
        rows.insert(5, (words("Rows in the original"), f"{about.rows_in:,}"))
    if about.promise:
        rows.append((words("What it promises"), about.promise))
    kind = words("Internal version: it holds everything and stays with you.") if inside else words(
        "Version for the recipient: it holds nothing that helps to undo the protection.")
    return [Paragraph(kind, "small"), Paragraph(_lead(comparison, inside), "lead"), facts(rows)]


def _roles(codebook: Sequence[Entry]) -> list[Block]:
    found = {role: [e.name for e in codebook if e.role == role] for role in ROLE_NAMES}
    return [Heading(words("What each column was taken for")),
            facts((words(ROLE_NAMES[role][0].upper() + ROLE_NAMES[role][1:]), ", ".join(names))
                  for role, names in found.items() if names)]


def _steps(about: About, recipe: Recipe, inside: bool) -> list[Block]:
    blocks: list[Block] = [Heading(words("What was done"))]
    if not recipe.steps:
        return [*blocks, Paragraph(words("Nothing was done to the columns that are in the release."))]
    if not inside:
        return [*blocks, *bullets(words(step.title) for step in recipe.steps)]
    log = {entry.get("step"): entry for entry in about.log}
    rows = []
    for number, step in enumerate(recipe.steps, 1):
        did = log.get(number, {})
        counts = (f"{did[k]:,}" if k in did else "–" for k in ("cells_changed", "cells_suppressed", "rows_dropped"))
        rows.append((f"{number}. {step.in_words()}", _settings(step), *counts))
    header = [words(h) for h in ("Step", "Settings", "Cells changed", "Cells suppressed", "Rows left out")]
    notes = [f"{entry.get('step')}. {note}" for entry in about.log for note in entry.get("notes", ())]
    return [*blocks, grid(words("Steps"), header, rows, numbers=3), *bullets(notes)]


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


def _promises(about: About) -> list[Block]:
    if not about.claims:
        return []
    return [Heading(words("Promised, and counted again on the release")), *bullets(about.claims)]


def _codebook(codebook: Sequence[Entry]) -> list[Block]:
    """Without labels and filled counts of small size: what a reader needs to use the columns."""
    keep = [0, 1, 3, 8, 10]
    rows = [[str(row[i]) for i in keep] for row in codebook_rows(codebook)]
    return [Heading(words("Codebook")), grid(words("Columns"), [words(HEADER[i]) for i in keep], rows)]


def _origin(about: About, recipe: Recipe, inside: bool) -> list[Block]:
    rows = [(words("Reference"), about.reference), (words("SHA-256 of the released table"), about.digest_out)]
    if inside:
        from hashlib import sha256

        rows += [(words("SHA-256 of the original table"), about.digest_in),
                 (words("SHA-256 of the recipe"), sha256(recipe.dump().encode()).hexdigest()),
                 (words("Secrets (seed and keys, kept apart)"), recipe.secrets or words("drawn for this run"))]
    rows.append((words("Made with"), versions()))
    return [Heading(words("Where it comes from")), Facts(tuple(rows))]


def versions() -> str:
    """The program, Python and the libraries the figures rest on."""
    found = [f"anonymisation-studio {_version('anonymisation-studio')}", f"Python {platform.python_version()}"]
    return ", ".join([*found, *(f"{p} {_version(p)}" for p in PACKAGES)])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _("(version unknown)")


def _signatures() -> list[Block]:
    header = (words("Prepared by"), words("Checked by"), words("Released by"))
    return [Heading(words("Signatures"), new_page=True),
            Paragraph(words("With their names the undersigned say that they have read this report.")),
            Grid(words("Name, date, signature"), header, (("", "", ""),), tall=True)]
