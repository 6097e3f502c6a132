"""Rule: what every rule of a policy is, the release it judges, and the judgement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from core.declare import Declared, param
from core.language import translate
from core.table import Table

if TYPE_CHECKING:
    from core.attack import Attacked
    from core.detect import Detected
    from core.risk import Risk

Whose = Literal["theirs", "ours"]


@dataclass(frozen=True, eq=False)
class Release:
    """What a policy judges: a table about to go out, and what is known about how it goes out.

    table       the release, with its roles
    keys        quasi-identifiers that are still in it; weight, household, sensitive likewise, None where gone
    identifiers names of the direct identifiers of the original
    encrypted   the file goes out encrypted; None where nothing is known, and so for the next two
    registered  it is entered in a register of releases, with who made it and when
    purpose, recipient   as written down; "" where nothing is
    attacks     what simulated attackers won (core.attack), of those that were run
    countries   whose official numbers are looked for
    synthetic   its rows are people who never existed
    """

    table: Table
    keys: tuple[str, ...] = ()
    weight: str | None = None
    household: str | None = None
    sensitive: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    encrypted: bool | None = None
    registered: bool | None = None
    purpose: str = ""
    recipient: str = ""
    attacks: tuple[Attacked, ...] = ()
    countries: tuple[str, ...] = ("in", "us", "gb", "eu")
    synthetic: bool = False

    @staticmethod
    def of(released: Table, original: Table | None = None, **known: Any) -> Release:
        """A release with the roles of its original (or its own): columns that left the table do not count."""
        roles = original if original is not None else released

        def left(*names: str | None) -> tuple[str, ...]:
            return tuple(n for n in names if n is not None and n in released.columns)

        one = {role: next(iter(left(roles.one(role))), None) for role in ("weight", "household")}
        return Release(
            released, left(*roles.having("quasi_identifier")), one["weight"], one["household"],
            left(*roles.having("sensitive")), roles.having("direct_identifier"), **known,
        )

    @cached_property
    def risk(self) -> Risk | None:
        """Disclosure risk on what is left of the quasi-identifiers; None where nothing is, or there are no rows."""
        from core.risk import assess

        if not self.keys or not self.table.rows:
            return None
        plain = Table(self.table.columns, {}, self.table.row_ids)
        return assess(plain, self.keys, self.weight, self.household, self.sensitive)

    @cached_property
    def detected(self) -> dict[str, Detected]:
        """What the columns of the release look like they hold, by its values and headers."""
        from core.detect import detect

        return detect(self.table, countries=self.countries)


@dataclass(frozen=True)
class Judgement:
    """What one rule says of one release.

    passed  True or False; None where it could not be judged, and `found` says why
    found   what was found, in a sentence: counts and column names, never a cell value
    mend    what would mend it; "" where nothing needs to be
    """

    rule: Rule
    passed: bool | None
    found: str
    mend: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        from core.policy import RULES

        return {"rule": RULES.name_of(self.rule), "asks": self.rule.asks(), "passed": self.passed, "found": self.found,
                "mend": self.mend, "source": self.rule.source, "date": self.rule.date, "whose": self.rule.whose}


class Rule(Declared):
    """A rule of a policy. Subclasses add `rule: Literal[...]`, `title`, their threshold, `asks` and `judge`."""

    title: ClassVar[str]
    source: str = param("Where is the rule from?", why="A reader wants to look it up.", default="", advanced=True)
    date: str = param("Of which date?", why="Rules change.", default="", advanced=True)
    whose: Whose = param(
        "Whose number is it?", why="A number that the source does not name must not borrow its authority.",
        default="ours", advanced=True, labels={"theirs": "The source's", "ours": "Ours"},
    )

    def asks(self) -> str:
        """What the rule asks for, in a sentence, with its threshold."""
        raise TypeError(f"{type(self).__name__} does not say what it asks")

    def judge(self, release: Release) -> Judgement:  # noqa: ARG002
        """Whether the release keeps the rule, and what would mend it."""
        raise TypeError(f"{type(self).__name__} does not judge")

    def of_nobody(self) -> Judgement:
        """Of synthetic rows: groups of people who never existed protect and endanger nobody."""
        return self.open("The rows are people who never existed: how many are alike says nothing about a real person.",
                         "Let simulated attackers try, or choose a synthesizer with a promise (epsilon).")

    def keeps(self, found: str, /, **facts: object) -> Judgement:
        return Judgement(self, True, translate(found, **facts))

    def breaks(self, found: str, mend: str, /, **facts: object) -> Judgement:
        return Judgement(self, False, translate(found, **facts), translate(mend, **facts).strip())

    def open(self, found: str, mend: str = "", /, **facts: object) -> Judgement:
        return Judgement(self, None, translate(found, **facts), translate(mend, **facts))
