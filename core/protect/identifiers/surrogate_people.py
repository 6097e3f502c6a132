"""Surrogate people: one invented person for each real one, the same in all columns that speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import column_of, columns_of, param
from core.problem import Problem
from core.protect.identifiers.normalise import normaliser
from core.protect.identifiers.surrogate import FEMALE, MALE, draw, in_case
from core.protect.identifiers.surrogate_pools import Gender, Locale, gender_of, locale_of, names, pools
from core.protect.method import Claim, Group, Method, Run
from core.table import SUPPRESSED, Column, Table

_name, _mail = normaliser("name"), normaliser("email")
_text = normaliser("text")


class Person(NamedTuple):
    """One real person as the file names them.

    given, family  in the spelling in which equal people are equal; family may be ""
    home           the household, where family names are kept together only within it; else ""
    """

    given: str
    family: str
    home: str
    gender: Gender
    locale: Locale


class Invented(NamedTuple):
    """The person who stands in for a real one."""

    given: str
    family: str

    @property
    def full(self) -> str:
        return f"{self.given} {self.family}".strip()


class SurrogatePeople(Method):
    """Replace people by invented people: first name, family name, full name, e-mail and user name that fit together.

    At a glance: Asha Patel, asha.p@gmail.com and her brother Ravi Patel become Uma Iyer, uma.iyer@example.org and Om
    Iyer, in every column and row in which they stand.

    The same person (one spelling; in one household, where a column tells it) is the same invented person everywhere,
    also as somebody's father or mother. Two people never share one. People of one family name get one family name:
    of one household, if a column tells it, else throughout the file, and then how often a family name occurs can still
    be seen. Sex and script are kept. No invented name equals a value that occurs anywhere in the file. E-mail addresses
    end in example.org, which nobody can own (RFC 2606).
    Drawn for this run: they cannot be turned back, and do not join with another file.
    Preserved: who is one person, who is one family, and the look of the data. Lost: who it is. Say in the release that
    names are invented. Refuses when there are more people than surrogates.

    - {method: surrogate_people, first_name: first, last_name: last, email: [mail], sex: sex, household: hh}

    Source: Faker (name lists); Carrell et al. 2013, hiding in plain sight, doi:10.1136/amiajnl-2012-001034.
    """

    method: Literal["surrogate_people"] = "surrogate_people"
    title: ClassVar[str] = "Replace people by invented people"
    group: ClassVar[Group] = "identifiers"
    full_name: column_of() | None = param(  # type: ignore[valid-type]
        "Which column holds full names?", default=None, why="“Patel, Asha” and “Asha Patel” are one person."
    )
    first_name: column_of() | None = param(  # type: ignore[valid-type]
        "Which column holds first names?", default=None, why="With the family name it tells who is one person."
    )
    last_name: column_of() | None = param(  # type: ignore[valid-type]
        "Which column holds family names?", default=None, why="A family keeps one name."
    )
    related: columns_of() = param(  # type: ignore[valid-type]
        "Which columns hold full names of relatives or other people?",
        default=(),
        why="A father who has a row of his own is the same invented person in both places.",
    )
    email: columns_of() = param(  # type: ignore[valid-type]
        "Which columns hold the person's e-mail addresses?", default=(), why="They are made of the invented name."
    )
    username: columns_of() = param(  # type: ignore[valid-type]
        "Which columns hold the person's user names?", default=(), why="They are made of the invented name."
    )
    sex: column_of() | None = param(  # type: ignore[valid-type]
        "Which column tells the sex?",
        default=None,
        why="A woman's name becomes a woman's name. Without it the first name tells, where it can.",
    )
    household: column_of() | None = param(  # type: ignore[valid-type]
        "Which column tells who lives together?",
        default=None,
        why="Then only families under one roof share a family name, and its frequency in the file is hidden.",
    )
    locale: Locale = param(
        "Which country's names?",
        default="en_IN",
        why="Names in Latin letters come from there; names in another script stay in that script.",
    )
    female: tuple[str, ...] = param(
        "Which values of the sex column mean female?",
        default=FEMALE,
        advanced=True,
        why="Other answers than these and those for male get names of either sex.",
    )
    male: tuple[str, ...] = param(
        "Which values of the sex column mean male?",
        default=MALE,
        advanced=True,
        why="Other answers than these and those for female get names of either sex.",
    )

    def check(self, table: Table) -> None:  # noqa: ARG002
        if not (self.full_name or self.first_name):
            raise Problem(
                "No column says who the people are.", "Name the column of full names, or that of first names."
            )

    def apply(self, table: Table, run: Run) -> Table:
        rng = run.rng()
        whose = self._rows(table)
        others = {name: self._relatives(table[name], table) for name in self.related}
        everybody = dict.fromkeys(p for rows in (whose, *others.values()) for p in rows if p is not None)
        invented = _invent(list(everybody), table, rng)
        new: dict[str, Column] = {}
        for name, part in (
            (self.full_name, lambda i: i.full),
            (self.first_name, lambda i: i.given),
            (self.last_name, lambda i: i.family),
        ):
            if name:
                new[name] = _written(table[name], whose, invented, part)
        for name, rows in others.items():
            new[name] = _written(table[name], rows, invented, lambda i: i.full)
        for name in self.email:
            new[name] = _handles(table[name], whose, invented, table, "@example.org")
        for name in self.username:
            new[name] = _handles(table[name], whose, invented, table, "")
        return table.with_columns(new)

    def _rows(self, table: Table) -> list[Person | None]:
        """(rows,) who each row is about; None where nothing says it."""
        firsts = self._texts(table, self.first_name)
        lasts = self._texts(table, self.last_name)
        fulls = self._texts(table, self.full_name)
        homes, sexes = self._texts(table, self.household), self._texts(table, self.sex)
        words: dict[str, Gender] = {
            **{w.casefold(): "female" for w in self.female},
            **{w.casefold(): "male" for w in self.male},
        }
        found: list[Person | None] = []
        for first, last, full, home, sex in zip(firsts, lasts, fulls, homes, sexes, strict=True):
            given, family = (first, last) if first or last else _split(full)
            told = words.get(sex.casefold().strip(), "")
            found.append(self._person(given, family, home, told))
        return found

    def _relatives(self, column: Column, table: Table) -> list[Person | None]:
        homes = self._texts(table, self.household)
        return [self._person(*_split(t or ""), home, "") for t, home in zip(column.texts(), homes, strict=True)]

    def _person(self, given: str, family: str, home: str, told: Gender) -> Person | None:
        given, family = _name(given), _name(family)
        if not given and not family:
            return None
        locale = locale_of(given or family, self.locale)
        return Person(given, family, home, told or gender_of(given, locale), locale)

    def _texts(self, table: Table, name: str | None) -> list[str]:
        if name is None:
            return [""] * table.rows
        return [t if t is not None and t != SUPPRESSED else "" for t in table[name].texts()]

    def may_show(self) -> tuple[str, ...]:
        # An invented full name holds invented words, some of which are real people's names elsewhere.
        return self._replaced()

    def _replaced(self) -> tuple[str, ...]:
        single = tuple(n for n in (self.full_name, self.first_name, self.last_name) if n)
        return (*single, *self.related, *self.email, *self.username)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        columns = [n for n in self._replaced() if n in table.columns]
        real = {n: {v.casefold() for v in table.columns[n].values.to_pylist() if v != SUPPRESSED} for n in columns}
        return (
            Claim(
                f"No invented value in {', '.join(columns)} equals a value that stood there.",
                lambda released: (
                    not any(
                        v.casefold() in real[n]
                        for n in columns
                        if n in released.columns
                        for v in released.columns[n].values.to_pylist()
                    )
                ),
            ),
        )


def _split(full: str) -> tuple[str, str]:
    """(given names, family name) of “Asha Patel”, “Patel, Asha” or “Asha”."""
    before, comma, after = full.partition(",")
    if comma and after.strip():
        return after.strip(), before.strip()
    words = full.split()
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (full.strip(), "")


def _invent(people: list[Person], table: Table, rng: np.random.Generator) -> dict[Person, Invented]:
    """An invented person for each; the sex of one person is told once for all their mentions."""
    families = _families(people, table, rng)
    merged = _merged(people)
    groups: dict[tuple[Gender, Locale], list[tuple[str, str, str]]] = {}
    for key, person in merged.items():
        groups.setdefault((person.gender, person.locale), []).append(key)
    given: dict[tuple[str, str, str], str] = {}
    used: set[str] = set()
    for (gender, locale), keys in groups.items():
        # A first name may serve several people as long as their family names differ: the whole name never repeats.
        by_family: dict[str, list[tuple[str, str, str]]] = {}
        for key in keys:
            by_family.setdefault(families.get(_family(merged[key]), ""), []).append(key)
        longest = max(len(members) for members in by_family.values())
        sizes = pools("first_name", locale, gender, "91")
        enough = min(len(keys), max(longest, sizes[0].size // 8))
        pool = draw(sizes, enough, table, used, rng)
        for members in by_family.values():
            chosen = rng.choice(len(pool), size=len(members), replace=False)
            given.update({key: pool[int(k)] for key, k in zip(members, chosen, strict=True)})
        used.update(p.casefold() for p in pool)  # the other sex draws other names, so that whole names differ
    found = {p: Invented(given[_key(p)], families.get(_family(p), "")) for p in people}
    return _unlike_real(found, table)


def _merged(people: Iterable[Person]) -> dict[tuple[str, str, str], Person]:
    """One entry for each person: mentions that do not tell the sex count as the one that does."""
    merged: dict[tuple[str, str, str], Person] = {}
    for person in people:
        before = merged.get(_key(person))
        if before is None or (person.gender and not before.gender):
            merged[_key(person)] = person
    return merged


def _key(person: Person) -> tuple[str, str, str]:
    return person.given, person.family, person.home


def _family(person: Person) -> tuple[str, str]:
    return person.family, person.home


def _families(people: list[Person], table: Table, rng: np.random.Generator) -> dict[tuple[str, str], str]:
    """(family name, household) -> invented family name, no two alike."""
    groups: dict[Locale, dict[tuple[str, str], None]] = {}
    for person in people:
        if person.family:
            groups.setdefault(person.locale, {})[_family(person)] = None
    found: dict[tuple[str, str], str] = {}
    used: set[str] = set()
    for locale, members in groups.items():
        fresh = [m for m in members if m not in found]
        drawn = draw(pools("last_name", locale, "", "91"), len(fresh), table, used, rng)
        used.update(d.casefold() for d in drawn)
        found.update(zip(fresh, drawn, strict=True))
    return found


def _unlike_real(found: dict[Person, Invented], table: Table) -> dict[Person, Invented]:
    """Whole names that are somebody's in the file get a middle name in front of the family name."""
    real = {_text(v) for c in table.columns.values() for v in c.values.to_pylist()}
    taken = {_text(i.full) for i in found.values()}
    for person, one in found.items():
        known = names(person.locale).first(person.gender)
        for middle in known if _text(one.full) in real else ():
            other = Invented(f"{one.given} {middle}", one.family)
            if _text(other.full) not in real | taken:
                found[person] = other
                taken.add(_text(other.full))
                break
    return found


def _written(
    column: Column, whose: list[Person | None], invented: Mapping[Person, Invented], part: object
) -> Column:
    """The column with each filled cell replaced by that part of its row's invented person."""
    texts = column.texts()
    cells = [
        t if t is None or t == SUPPRESSED else (part(invented[p]) or None) if p is not None else None  # type: ignore[operator]
        for t, p in zip(texts, whose, strict=True)
    ]
    return in_case(Column.of(cells, "text"), column)


def _handles(
    column: Column, whose: list[Person | None], invented: Mapping[Person, Invented], table: Table, tail: str
) -> Column:
    """E-mail addresses or user names made of the invented name; a person's second address gets a number."""
    taken = {v.casefold() for c in table.columns.values() for v in c.values.to_pylist()}
    made: dict[tuple[object, str], str] = {}
    cells: list[str | None] = []
    for text, person in zip(column.texts(), whose, strict=True):
        if text is None or text == SUPPRESSED:
            cells.append(text)
            continue
        key = (None if person is None else _key(person), _mail(text))
        if key not in made:
            stem = _ascii(invented[person].full) if person is not None else ""
            made[key] = _free(stem or "person", tail, taken)
        cells.append(made[key])
    return Column.of(cells, "text")


def _ascii(full: str) -> str:
    plain = ".".join(full.lower().split())
    return "".join(c for c in plain if c.isalnum() or c == ".") if plain.isascii() else ""


def _free(stem: str, tail: str, taken: set[str]) -> str:
    """The first of asha.rao@..., asha.rao2@... that nobody has yet."""
    number = 1
    while (text := f"{stem}{number if number > 1 else ''}{tail}") in taken:
        number += 1
    taken.add(text)
    return text
