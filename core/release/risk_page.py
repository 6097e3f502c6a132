"""The printable page for someone who came only to see the risk: sentences, a table, a heat map, what they mean."""

from __future__ import annotations

from datetime import datetime

from core.language import translate as _
from core.release.blocks import Block, Document, Heading, Heat, Paragraph, bullets, facts, figure, grid, words
from core.release.report import LIMITS, versions
from core.risk import Risk
from core.risk.subsets import Uniques


def risk_page(title: str, risk: Risk, made: datetime, digest: str, uniques: Uniques | None = None) -> Document:
    """The page, to be printed by core.release.page, pdf or word; `uniques` with pairs adds the heat map.

    Names of columns and counts; never a cell.
    """
    parts = [*_lead(title, risk, made), *_table(risk)]
    if uniques is not None:
        parts += _map(uniques)
    parts += [*_meaning(risk), Heading(words("Where it comes from")),
              facts([(words("SHA-256 of the table"), digest), (words("Made with"), versions())])]
    return Document(_("How risky is it?"), tuple(parts))


def _lead(title: str, risk: Risk, made: datetime) -> list[Block]:
    share = risk.uniques / risk.rows
    return [
        Paragraph(
            words("{of} in 100 people are the only one of their kind in this file.", of=f"{100 * share:.1f}"), "lead"),
        facts([
            (words("Data"), title), (words("Measured"), made.strftime("%d %B %Y, %H:%M UTC")),
            (words("What someone could know"), ", ".join(risk.keys)),
            (words("Sample weights"), risk.weight or words("none: the file is taken for the whole population")),
            (words("Households"), risk.household or words("not used")),
        ])]


def _table(risk: Risk) -> list[Block]:
    rows: list[tuple[str, str]] = [
        (words("Rows"), f"{risk.rows:,}"),
        (words("Different combinations"), f"{risk.classes:,}"),
        (words("Rows that are the only ones of their kind"), f"{risk.uniques:,}"),
        (words("Rows in the smallest group"), f"{risk.smallest_class:,}"),
        *((words("Rows in groups of fewer than {k}", k=k), f"{n:,} ({n / risk.rows:.1%})")
          for k, n in risk.violations.items()),
        (words("People an attacker who knows these columns is expected to recognise"),
         f"{figure(risk.expected_reidentifications)} ({figure(100 * risk.global_risk)}%)"),
        (words("Highest chance of recognising a single row"), figure(100 * risk.highest_individual_risk) + "%"),
    ]
    if risk.expected_household is not None:
        rows.append((words("The same, counting whole households"), figure(risk.expected_household)))
    rows += [(words("Rows in groups where all have the same value of {column}", column=name),
              f"{found.rows_single_value:,}") for name, found in risk.diversity.items()]
    header = (words("Measure"), words("File"))
    return [Heading(words("The figures")), grid(words("Risk"), header, rows, 1)]


def _map(uniques: Uniques) -> list[Block]:
    names = uniques.keys
    percent = [[100 * uniques.share(a, b) for b in names] for a in names]
    worst = sorted(((percent[i][j], " + ".join(sorted({names[i], names[j]})))
                    for i in range(len(names)) for j in range(i + 1)), reverse=True)[:10]
    parts: list[Block] = [Heading(words("Which columns single people out"))]
    if len(names) <= 15:
        parts.append(Heat(_("Percent of rows that are unique by one column (diagonal) or two together"), tuple(names),
                          tuple(tuple(row) for row in percent)))
    return [*parts, grid(words("The ten that single out most"), (words("Columns"), words("Unique rows, percent")),
                         [(name, f"{value:.1f}") for value, name in worst], 1)]


def _meaning(risk: Risk) -> list[Block]:
    said = [
        words("Someone who knows {keys} of a person, and that the person is in the file, finds that person's row with "
              "certainty where the row is the only one of its kind.", keys=", ".join(risk.keys)),
        words("With sample weights the chance is smaller, because others in the population may look the same.")
        if risk.weight else
        words("There are no sample weights, so every person is taken to be in the file. If it is a sample, name the "
              "weights: the true risk is smaller."),
    ]
    return [Heading(words("What this means")), *bullets(said),
            Heading(words("Limits, in plain words")), *bullets(words(limit) for limit in LIMITS[:4])]
