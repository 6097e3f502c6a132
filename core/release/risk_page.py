"""The printable page for someone who came only to see the risk: sentences, a table, a heat map, what they mean."""

from __future__ import annotations

from datetime import datetime

from core.language import translate as _
from core.release import page
from core.release.page import Markup, words
from core.release.report import LIMITS, versions
from core.risk import Risk
from core.risk.subsets import Uniques


def risk_page(title: str, risk: Risk, made: datetime, digest: str, uniques: Uniques | None = None) -> str:
    """The page as HTML. `uniques` with pairs adds the heat map. Names of columns and counts; never a cell."""
    parts = [*_lead(title, risk, made), *_table(risk)]
    if uniques is not None:
        parts += _map(uniques)
    parts += [*_meaning(risk), page.heading(2, words("Where it comes from")),
              page.facts([(words("SHA-256 of the table"), digest), (words("Made with"), versions())])]
    return page.document(_("How risky is it?"), parts)


def _lead(title: str, risk: Risk, made: datetime) -> list[Markup]:
    share = risk.uniques / risk.rows
    return [
        page.paragraph(
            words("{of} in 100 people are the only one of their kind in this file.", of=f"{100 * share:.1f}"), "lead"),
        page.facts([
            (words("Data"), title), (words("Measured"), made.strftime("%d %B %Y, %H:%M UTC")),
            (words("What someone could know"), ", ".join(risk.keys)),
            (words("Sample weights"), risk.weight or words("none: the file is taken for the whole population")),
            (words("Households"), risk.household or words("not used")),
        ])]


def _table(risk: Risk) -> list[Markup]:
    rows: list[tuple[object, object]] = [
        (words("Rows"), f"{risk.rows:,}"),
        (words("Different combinations"), f"{risk.classes:,}"),
        (words("Rows that are the only ones of their kind"), f"{risk.uniques:,}"),
        (words("Rows in the smallest group"), f"{risk.smallest_class:,}"),
        *((words("Rows in groups of fewer than {k}", k=k), f"{n:,} ({n / risk.rows:.1%})")
          for k, n in risk.violations.items()),
        (words("People an attacker who knows these columns is expected to recognise"),
         f"{page.figure(risk.expected_reidentifications)} ({page.figure(100 * risk.global_risk)}%)"),
        (words("Highest chance of recognising a single row"), page.figure(100 * risk.highest_individual_risk) + "%"),
    ]
    if risk.expected_household is not None:
        rows.append((words("The same, counting whole households"), page.figure(risk.expected_household)))
    rows += [(words("Rows in groups where all have the same value of {column}", column=name),
              f"{found.rows_single_value:,}") for name, found in risk.diversity.items()]
    header = (words("Measure"), words("File"))
    return [page.heading(2, words("The figures")), page.table(words("Risk"), header, rows, 1)]


def _map(uniques: Uniques) -> list[Markup]:
    names = uniques.keys
    percent = [[100 * uniques.share(a, b) for b in names] for a in names]
    worst = sorted(((percent[i][j], " + ".join(sorted({names[i], names[j]})))
                    for i in range(len(names)) for j in range(i + 1)), reverse=True)[:10]
    parts = [page.heading(2, words("Which columns single people out"))]
    if len(names) <= 15:
        parts.append(page.heat(_("Percent of rows that are unique by one column (diagonal) or two together"), names,
                               percent))
    return [*parts, page.table(words("The ten that single out most"), (words("Columns"), words("Unique rows, percent")),
                               [(name, f"{value:.1f}") for value, name in worst], 1)]


def _meaning(risk: Risk) -> list[Markup]:
    said = [
        words("Someone who knows {keys} of a person, and that the person is in the file, finds that person's row with "
              "certainty where the row is the only one of its kind.", keys=", ".join(risk.keys)),
        words("With sample weights the chance is smaller, because others in the population may look the same.")
        if risk.weight else
        words("There are no sample weights, so every person is taken to be in the file. If it is a sample, name the "
              "weights: the true risk is smaller."),
    ]
    return [page.heading(2, words("What this means")), page.bullets(said),
            page.heading(2, words("Limits, in plain words")), page.bullets(words(limit) for limit in LIMITS[:4])]
