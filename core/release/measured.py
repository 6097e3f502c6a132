"""The measured sections of a report: what a release still reveals, what attackers won, what it is worth, the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from core.compare import Comparison, SideBySide
from core.language import translate as _
from core.release.blocks import Bars, Block, Heading, Paragraph, bullets, figure, grid, percent, words
from core.risk import Risk

if TYPE_CHECKING:
    from core.attack import Attacked
    from core.attack.rate import Rate
    from core.policy import Verdict

Audience = Literal["internal", "external"]
SMALL = 10
"""In the external report a count of people from 1 to 9 is written “fewer than 10”."""

OUTSIDE = (
    "These figures were computed on the real data. They are outside the guarantee of differential privacy: for the "
    "owner alone, and not for choosing among releases, unless the choice is paid for."
)
PASSED = {True: "kept", False: "broken", None: "not judged"}


def people(count: int, inside: bool) -> str:
    """A count of people; from outside, a small one is only named as such."""
    if not inside and 0 < count < SMALL:
        return _("fewer than {small} rows", small=SMALL)
    return _("{count} rows", count=f"{count:,}")


def nominal(smallest: int) -> int:
    """The usual threshold that a smallest group reaches: from outside its exact size is nobody's business."""
    return max(k for k in (1, 2, 3, 5, 10, 20, 50, 100, 1000) if k <= smallest)


def risk_section(comparison: Comparison, inside: bool) -> list[Block]:
    """Disclosure risk before (inside) and after."""
    before, after = comparison.before, comparison.after
    blocks: list[Block] = [Heading(words("What the release still reveals"))]
    if comparison.synthetic:
        blocks += [Paragraph(note) for note in comparison.notes]
        if inside and comparison.replicated is not None:
            blocks.append(Paragraph(words("Of 1,000 people {share} are alone in the original with values that stand "
                                          "alone in the release too.", share=figure(1000 * comparison.replicated))))
        return blocks
    if after is None:
        return [*blocks, *(Paragraph(note) for note in comparison.notes)]
    blocks.append(Paragraph(words("Measured on {keys}.", keys=", ".join(after.keys))))
    shown = [before, after] if inside and before is not None else [after]
    header = [words("Measure"), *([words("Original")] if len(shown) == 2 else []), words("Release")]
    rows = [[label, *(_figure(risk, key, inside) for risk in shown)] for label, key in _figures(after)]
    blocks.append(grid(words("Risk"), header, rows, numbers=len(shown)))
    if inside and before is not None:
        blocks.append(small_groups(before, after))
    return [*blocks, *(Paragraph(note, "small") for note in comparison.notes)]


def small_groups(before: Risk, after: Risk) -> Bars:
    """The share of rows in small groups, before and after."""
    bars = tuple((_("Groups of fewer than {k}", k=k), n / before.rows, after.violations[k] / after.rows)
                 for k, n in before.violations.items())
    return Bars(_("Share of rows in small groups"), bars, (_("Original"), _("Release")))


def _figures(risk: Risk) -> list[tuple[str, str]]:
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
        return figure(risk.expected_reidentifications)
    if key == "highest":
        return figure(100 * risk.highest_individual_risk) + "%"
    if key == "household":
        return "–" if risk.expected_household is None else figure(risk.expected_household)
    if key.startswith("below "):
        return people(risk.violations[int(key[6:])], inside)
    if key.startswith("single "):
        found = risk.diversity.get(key[7:])
        return "–" if found is None else people(found.rows_single_value, inside)
    if key == "smallest_class":
        return f"{risk.smallest_class:,}" if inside else _("at least {k}", k=nominal(risk.smallest_class))
    return people(risk.uniques, inside)


def utility_section(comparison: Comparison, inside: bool, promise: str = "") -> list[Block]:
    """What the release is worth. `promise`: it is differentially private, so these figures stay with the owner."""
    from core.utility import METRICS

    blocks: list[Block] = [Heading(words("What the release is worth"))]
    if promise and not inside:
        return [*blocks, Paragraph(words("How close it comes to the original is not told: that figure would be "
                                         "outside the guarantee."))]
    if promise:
        blocks.append(Paragraph(words(OUTSIDE), "small"))
    blocks += bullets(METRICS.named(name.split()[0]).say(value)
                      for name, value in comparison.table.items() if value is not None)
    if not inside:
        return blocks
    metrics = ("cells_changed", "cells_suppressed", "regrouped_variation", "kolmogorov_smirnov", "entropy_loss")
    header = [words("Column"), *(words(METRICS.named(m).title) for m in metrics)]
    rows = [[name, *("–" if (value := values[m]) is None else percent(value) for m in metrics)]
            for name, values in comparison.columns.items()]
    blocks.append(grid(words("Change of each column (0% is unchanged)"), header, rows, numbers=len(metrics)))
    moved = sorted(((max(a.difference for m, a in p.associations.items() if m != "pair_total_variation"), p)
                    for p in comparison.pairs if p.associations.keys() - {"pair_total_variation"}),
                   key=lambda found: -found[0])[:10]
    if moved and moved[0][0] > 0:
        rows = [[" + ".join(p.columns), f"{by:.3f}"] for by, p in moved if by > 0]
        blocks.append(grid(words("Associations that moved most"), (words("Columns"), words("Moved by")), rows, 1))
    return blocks


def attacks_section(attacks: Sequence[Attacked], inside: bool, promise: str = "") -> list[Block]:
    """What simulated attackers won. From outside only that they were tried: figures would tell them where to try."""
    if not attacks:
        return []
    blocks: list[Block] = [Heading(words("What simulated attackers won"))]
    if not inside:
        return [*blocks, Paragraph(words("{count} simulated attacks were tried on the release before it was given out.",
                                         count=len(attacks)))]
    if promise:
        blocks.append(Paragraph(words(OUTSIDE), "small"))
    header = (words("Attack"), words("Success (95% interval)"), words("Without the release"),
              words("People not in the data"), words("Won by it"))
    rows = [(words(a.title) + (f" ({a.target})" if a.target else ""), _rate(a.success, a.measure),
             _rate(a.baseline, a.measure), _rate(a.control, a.measure), _rate(a.advantage, a.measure))
            for a in attacks]
    return [*blocks, grid(words("Attacks"), header, rows, 4), *bullets(a.sentence for a in attacks)]


def _rate(rate: Rate | None, measure: str) -> str:
    """“12.3% (11.0 to 13.7)”; an area under the curve or an epsilon as it is."""
    if rate is None:
        return "–"
    if measure == "share":
        return f"{percent(rate.value)} ({100 * rate.low:.1f} – {100 * rate.high:.1f})"
    return f"{rate.value:.3f} ({rate.low:.3f} – {rate.high:.3f})"


def policy_section(verdict: Verdict | None, reason: str, inside: bool) -> list[Block]:
    """Each rule of the policy, what was found, whose number it is; and why it goes out all the same."""
    if verdict is None:
        return []
    blocks: list[Block] = [Heading(words("The rules it was judged by")), Paragraph(words(verdict.policy.title), "lead"),
                           Paragraph(verdict_in_words(verdict))]
    header = [words("Rule"), words("Kept?"), *([words("Found")] if inside else []), words("Source")]
    rows = [[j.rule.asks(), words(PASSED[j.passed]), *([j.found] if inside else []), _source(j.rule)]
            for j in verdict.judgements]
    blocks.append(grid(words("Rules"), header, rows))
    if verdict.broken and reason:
        blocks.append(Paragraph(words("It is given out all the same, for this reason: {reason}", reason=reason)))
    if inside:
        blocks += bullets(j.mend for j in verdict.judgements if j.mend)
    return blocks


def verdict_in_words(verdict: Verdict) -> str:
    """Kept, broken (how many rules), or not fully judged: one sentence."""
    if verdict.passed:
        return _("Every rule is kept: {count} of {count}.", count=len(verdict.judgements))
    if verdict.passed is False:
        return _("Rules broken: {broken} of {count}.", broken=len(verdict.broken), count=len(verdict.judgements))
    return _("No rule is broken, and {open} of {count} could not be judged.", count=len(verdict.judgements),
             open=sum(j.passed is None for j in verdict.judgements))


def _source(rule: object) -> str:
    source, date, whose = (getattr(rule, name) for name in ("source", "date", "whose"))
    said = ", ".join(part for part in (source, date) if part) or _("not said")
    return said if whose == "theirs" else _("{source} (the number is ours)", source=said)


def candidates_section(found: SideBySide | None, chosen: str) -> list[Block]:
    """The releases that were weighed against each other, measure by measure; a star marks the best of a row."""
    names = () if found is None or not found.rows else tuple(found.rows[0].values)
    if found is None or len(names) < 2:
        return []
    header = (words("Measure"), *(f"{name} ←" if name == chosen else name for name in names))
    rows = [(words(row.title), *(_value(row.values[name], name in row.winners) for name in names))
            for row in found.rows]
    return [Heading(words("Releases that were weighed")), grid(words("Side by side"), header, rows, len(names)),
            Paragraph(words("★ marks the best of a row, ← the one chosen. On the edge of what is possible (no other is "
                            "better in risk and utility at once): {front}.", front=", ".join(found.front) or "–"),
                      "small")]


def _value(value: float | None, best: bool) -> str:
    return "–" if value is None else figure(value) + (" ★" if best else "")
