"""Surrogates: realistic invented values in place of real ones."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import polars as pl

from core.declare import column_of, columns_of, param
from core.problem import Problem
from core.protect.identifiers.normalise import ReadAs, country_code_param, digits_only
from core.protect.identifiers.pseudonymise import one_spelling
from core.protect.identifiers.surrogate_pools import Gender, Kind, Locale, Pool, gender_of, locale_of, pools
from core.protect.method import Claim, Group, Method, Run
from core.table import SUPPRESSED, Column, Table

FEMALE = ("f", "female", "w", "woman", "2", "महिला", "स्त्री")
MALE = ("m", "male", "man", "1", "पुरुष")
"""What columns of the sex usually say."""
_READ_AS: dict[Kind, ReadAs] = {
    "name": "name", "first_name": "name", "last_name": "name", "email": "email", "phone": "phone",
    "address": "name", "organisation": "name",
}  # fmt: skip


class Surrogate(Method):
    """Replace each value by an invented one that looks real: another name, address, phone number or e-mail address.

    At a glance: the file looks like the original and can be used to teach, test and demonstrate.

    The same person (one spelling, and one sex where a column tells it) gets the same surrogate throughout the columns
    named, and two people never share one. None equals a value that occurs anywhere in the file. Sex and script are
    kept, capital letters as in the column. Phone numbers begin with 0 after the country code and e-mail addresses end
    in example.org, so they are nobody's; invented names may be those of somebody somewhere.
    Surrogates are drawn for this run: they cannot be turned back, and do not join with another file.
    Preserved: which rows are the same person, and the look of the data. Lost: the value. Say in the release that names
    are invented. Refuses when there are more people than surrogates.

    - {method: surrogate, columns: [name], kind: name, sex: sex, locale: en_IN}

    Source: Faker (name lists); Carrell et al. 2013, hiding in plain sight, doi:10.1136/amiajnl-2012-001034.
    """

    method: Literal["surrogate"] = "surrogate"
    title: ClassVar[str] = "Replace by an invented value"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns?",
        why="All of them hold the same kind of value; equal values get equal surrogates.",
        min_length=1,
    )
    kind: Kind = param(
        "What do they hold?",
        default="name",
        why="The surrogate is of the same kind.",
        labels={
            "name": "full names",
            "first_name": "first names",
            "last_name": "family names",
            "email": "e-mail addresses",
            "phone": "phone numbers",
            "address": "addresses",
            "organisation": "organisations",
        },
    )
    locale: Locale = param(
        "Which country's names?",
        default="en_IN",
        why="Names in Latin letters come from there; names in another script stay in that script.",
    )
    sex: column_of() | None = param(  # type: ignore[valid-type]
        "Which column tells the sex?",
        default=None,
        why="A woman's name becomes a woman's name. Without it the first name tells, where it can.",
    )
    female: tuple[str, ...] = param(
        "Which values of it mean female?",
        default=FEMALE,
        advanced=True,
        why="Other answers than these and those for male get names of either sex.",
    )
    male: tuple[str, ...] = param(
        "Which values of it mean male?",
        default=MALE,
        advanced=True,
        why="Other answers than these and those for female get names of either sex.",
    )
    country_code: str = country_code_param()

    _country_code_is_digits = digits_only("country_code")

    def apply(self, table: Table, run: Run) -> Table:
        genders = self._genders(table)
        people = {n: self._people(table[n], genders) for n in self.columns}
        keys = list(dict.fromkeys(key for column in people.values() for key in column.values.to_pylist()))
        surrogates = self._surrogates(keys, table, run)
        return table.with_columns({n: in_case(people[n].recode(surrogates, "text"), table[n]) for n in self.columns})

    def _genders(self, table: Table) -> list[Gender] | None:
        """(rows,) what the sex column says."""
        if self.sex is None:
            return None
        column = table[self.sex]
        words: dict[str, Gender] = {
            **{w.casefold(): "female" for w in self.female},
            **{w.casefold(): "male" for w in self.male},
        }
        said = [*(words.get(v.casefold().strip(), "") for v in column.values.to_pylist()), ""]
        return [said[code] for code in column.codes.tolist()]

    def _people(self, column: Column, genders: list[Gender] | None) -> Column:
        """The column with each cell as “gender|locale|spelling”: equal people have equal texts."""
        spelled = one_spelling(column, _READ_AS[self.kind], self.country_code)
        words = [v if v == SUPPRESSED else f"{locale_of(v, self.locale)}|{v}" for v in spelled.values.to_pylist()]
        if self.kind not in ("name", "first_name"):
            return spelled.recode(
                dict(zip(spelled.values.to_pylist(), (w if w == SUPPRESSED else f"|{w}" for w in words), strict=True))
            )
        told: list[Gender] = [gender_of(w.partition("|")[2], w[:5]) if w != SUPPRESSED else "" for w in words]  # type: ignore[arg-type]
        if genders is None:
            return spelled.recode(
                dict(
                    zip(
                        spelled.values.to_pylist(),
                        (w if w == SUPPRESSED else f"{g}|{w}" for g, w in zip(told, words, strict=True)),
                        strict=True,
                    )
                )
            )
        return Column.of(
            [
                None
                if code < 0
                else words[code]
                if words[code] == SUPPRESSED
                else f"{gender or told[code]}|{words[code]}"
                for code, gender in zip(spelled.codes.tolist(), genders, strict=True)
            ]
        )

    def _surrogates(self, keys: list[str], table: Table, run: Run) -> dict[str, str]:
        groups: dict[tuple[str, str], list[str]] = {}
        for key in keys:
            if key != SUPPRESSED:
                gender, locale, _ = key.split("|", 2)
                groups.setdefault((gender, locale), []).append(key)
        rng = run.rng()
        found: dict[str, str] = {}
        used: set[str] = set()
        for (gender, locale), members in groups.items():
            sizes = pools(self.kind, locale, gender, self.country_code)  # type: ignore[arg-type]
            drawn = draw(sizes, len(members), table, used, rng)
            used.update(d.casefold() for d in drawn)
            found.update(zip(members, drawn, strict=True))
        return found

    def may_show(self) -> tuple[str, ...]:
        # An invented full name holds invented first names, some of which are real people's in another column.
        return tuple(self.columns)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        columns = [n for n in self.columns if n in table.columns]
        real = {v.casefold() for n in columns for v in table.columns[n].values.to_pylist() if v != SUPPRESSED}
        return (
            Claim(
                f"No invented value in {', '.join(columns)} equals a value that stood there.",
                lambda released: (
                    not any(
                        v.casefold() in real
                        for n in columns
                        if n in released.columns
                        for v in released.columns[n].values.to_pylist()
                    )
                ),
            ),
        )


def draw(
    sizes: tuple[Pool, ...], count: int, table: Table, used: set[str], rng: np.random.Generator
) -> list[str]:
    """`count` different surrogates that are no value of the table and not used yet, in random order."""
    for pool in sizes:
        # Four times as many as needed: enough is left when real values are taken out, and they stay hard to guess.
        if pool.size < 4 * count and pool is not sizes[-1]:
            continue
        wanted = min(pool.size, 2 * count + 100)
        candidates = [pool.text(int(i)) for i in rng.choice(pool.size, size=wanted, replace=False)]
        fresh = {c.casefold(): c for c in reversed(candidates)}
        for taken in (used, _real(fresh, table)):
            for word in taken:
                fresh.pop(word, None)
        drawn = [c for c in dict.fromkeys(candidates) if fresh.get(c.casefold()) == c][:count]
        if len(drawn) == count:
            return drawn
    raise Problem(
        "There are not enough surrogates for {count} different values.",
        "Replace the column by codes (pseudonymise) instead.",
        count=count,
    )


def _real(candidates: dict[str, str], table: Table) -> set[str]:
    """Those candidates (in lower case) that are a value somewhere in the table."""
    wanted = pl.Series("c", list(candidates), dtype=pl.String)
    met: set[str] = set()
    for column in table.columns.values():
        values = pl.Series("v", column.values, dtype=pl.String).str.to_lowercase()
        met.update(wanted.filter(wanted.is_in(values.implode())).to_list())
    return met


def in_case(surrogates: Column, real: Column) -> Column:
    """In capital (or small) letters where the column is mostly written so."""
    letters = [v for v in real.values.to_pylist() if v.lower() != v.upper()]
    if 2 * sum(v.isupper() for v in letters) > len(letters):
        return surrogates.recode(str.upper)
    return surrogates.recode(str.lower) if 2 * sum(v.islower() for v in letters) > len(letters) else surrogates
