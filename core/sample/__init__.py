"""The sample survey: invented persons in real districts, as a ministry's household survey would know them.

Nobody in it exists. Every Aadhaar-like number carries a wrong check digit, so none can be a real one; phone numbers are
drawn at random and belong to nobody by intention. The data depend on each other as real data do: members of a
household share surname, religion and address, children do not work, what a household spends follows schooling and
sector, small states are sampled more densely and therefore weigh less.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from core.problem import Problem
from core.sample import words
from core.table import Column, Role, Table

INTERVIEW = np.datetime64("2025-07-01")
HOUSEHOLDS_IN_INDIA = 300_000_000
"""Rounded; what the sample weights add up to."""

ROLES: dict[str, Role] = {
    "household_id": "household", "person_no": "keep", "name": "direct_identifier", "phone": "direct_identifier",
    "aadhaar": "direct_identifier", "address": "direct_identifier", "pin_code": "quasi_identifier",
    "state": "quasi_identifier", "district": "quasi_identifier", "sector": "quasi_identifier",
    "age": "quasi_identifier", "date_of_birth": "quasi_identifier", "sex": "quasi_identifier",
    "social_group": "quasi_identifier", "religion": "quasi_identifier", "education": "quasi_identifier",
    "occupation": "quasi_identifier", "relation_to_head": "keep", "marital_status": "quasi_identifier",
    "monthly_expenditure": "sensitive", "sample_weight": "weight",
}
"""What a statistician would answer in the wizard; `sample` leaves the roles open, as an uploaded file does."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
HEAD, SPOUSE, CHILD, CHILDS_SPOUSE, GRANDCHILD, PARENT, SIBLING, OTHER, HELP = range(9)
NEVER, MARRIED, WIDOWED, DIVORCED = range(4)
SEXES = ("Male", "Female", "Transgender")


def sample(seed: int = 2026, households: int = 2500) -> Table:
    """The sample survey: about four persons to a household, one row each, 21 columns, no roles set.

    The same seed and number of households give the same cells. 250,000 households (a million rows) take seconds.

    >>> sample(households=10).names[:3]
    ('household_id', 'person_no', 'name')
    """
    if households < 1:
        raise Problem("A sample needs at least one household.", "Ask for 1 or more households.")
    rng = np.random.default_rng(seed)
    homes = _homes(rng, households)
    people = _people(rng, homes)
    education = _education(rng, homes, people)
    occupation = _occupation(rng, homes, people, education)
    columns = {
        **_household_columns(rng, homes, people), **_identity(rng, homes, people), **_person_columns(people),
        "education": _coded(education, words.EDUCATION),
        "occupation": _coded(occupation, WORK),
        "monthly_expenditure": _expenditure(rng, homes, people, education),
        "sample_weight": Column.of_numbers(homes.weight[people.home], decimals=2),
    }
    return Table.of(_with_gaps(rng, people, {name: columns[name] for name in ROLES}))


class _Homes(NamedTuple):
    """(households,) arrays; state, religion and group index the lists of `words`."""

    state: Ints
    district: Ints
    urban: npt.NDArray[np.bool_]
    religion: Ints
    group: Ints
    community: Ints
    surname: Ints
    weight: Floats
    means: Floats


class _People(NamedTuple):
    """(persons,) arrays; `home` indexes the households, `number` counts within one from 1."""

    home: Ints
    number: Ints
    relation: Ints
    age: Ints
    sex: Ints
    marital: Ints


def _pick(rng: np.random.Generator, shares: npt.ArrayLike, which: Ints) -> Ints:
    """For each entry of `which`, an index drawn by that row of `shares` (rows, options)."""
    limits = np.cumsum(np.asarray(shares, float), axis=1)
    draw = rng.random(len(which)) * limits[which, -1]
    return (draw[:, None] >= limits[which, :-1]).sum(axis=1)


def _homes(rng: np.random.Generator, households: int) -> _Homes:
    share = np.array([s.share for s in words.STATES], float)
    dense = share**0.7  # small states are sampled more densely, as national surveys do
    state = rng.choice(len(share), households, p=dense / dense.sum())
    urban = rng.random(households) < np.array([s.urban / 1000 for s in words.STATES])[state]
    sizes = np.array([len(s.districts) for s in words.STATES])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    # The first district of a state holds its capital: townspeople live there more often.
    within = (rng.random(households) ** np.where(urban, 1.6, 0.9) * sizes[state]).astype(int)
    religion = _pick(rng, [s.religions for s in words.STATES], state)
    tribes = np.array([s.tribes for s in words.STATES])
    groups = np.stack([tribes, np.minimum(190, 950 - tribes), (950 - tribes) * 0.5, (1000 - tribes) * 0.3], axis=1)
    group = _pick(rng, groups, state)
    # In the table of names the regions come first, then the religions.
    regions = list(_COMMUNITIES)
    community = np.where(
        religion == 0, np.array([regions.index(s.region) for s in words.STATES])[state],
        np.array([0, *(regions.index(r) for r in words.RELIGIONS[1:])])[religion],
    )
    surname = (rng.random(households) ** 1.3 * _sizes(2)[community]).astype(int) + _starts(2)[community]
    sampled = np.bincount(state, minlength=len(share))[state]
    weight = HOUSEHOLDS_IN_INDIA * (share / share.sum())[state] / sampled * rng.lognormal(-0.03, 0.25, households)
    return _Homes(state, first[state] + within, urban, religion, group, community, surname, weight,
                  rng.normal(0, 1, households))


def _people(rng: np.random.Generator, homes: _Homes) -> _People:
    n = len(homes.state)
    head_age = np.clip(rng.normal(46, 13, n), 20, 88).astype(int)
    woman = rng.random(n) < 0.14
    count = np.zeros((n, 9), int)
    count[:, HEAD] = 1
    count[:, SPOUSE] = rng.random(n) < np.where(woman, 0.12, np.where(head_age < 27, 0.6, 0.9))
    mean = np.select([head_age < 25, head_age < 35, head_age < 50, head_age < 62], [0.4, 1.6, 2.1, 1.5], 0.8)
    count[:, CHILD] = rng.poisson(mean * np.where(homes.urban, 0.85, 1.05))
    joint = (head_age > 48) & (rng.random(n) < np.where(homes.urban, 0.25, 0.42))
    count[:, CHILD] += joint & (count[:, CHILD] == 0)
    count[:, CHILDS_SPOUSE] = joint
    count[:, GRANDCHILD] = rng.poisson(1.3, n) * joint
    count[:, PARENT] = (head_age < 58) & (rng.random(n) < 0.22)
    count[:, SIBLING] = rng.random(n) < 0.06
    count[:, OTHER] = rng.random(n) < 0.05
    count[:, HELP] = homes.urban & (rng.random(n) < 0.008)
    size = count.sum(axis=1)
    home = np.repeat(np.arange(n), size)
    relation = np.repeat(np.tile(np.arange(9), n), count.ravel())
    number = np.arange(len(home)) - np.repeat(np.cumsum(size) - size, size) + 1
    return _lives(rng, home, number, relation, head_age[home], woman[home], count, joint[home])


def _lives(
    rng: np.random.Generator, home: Ints, number: Ints, relation: Ints, head: Ints, woman: Any, count: Ints, joint: Any
) -> _People:
    """Age, sex and marital status, from what each person is to the head."""
    n = len(home)
    u = rng.random(n)
    # The child who brought a spouse home is the first of the children, and grown up.
    married_child = joint & (relation == CHILD) & (np.r_[-1, relation[:-1]] != CHILD)
    young = np.maximum(head - 42, 0), np.maximum(head - 20, 1)
    grown = np.maximum(young[0], 20), np.maximum(head - 22, 26)
    age = np.select(
        [relation == HEAD, relation == SPOUSE, married_child | (relation == CHILDS_SPOUSE), relation == CHILD,
         relation == GRANDCHILD, relation == PARENT, relation == HELP],
        [head, np.maximum(head + rng.normal(np.where(woman, 4.5, -4.5), 3), 18), grown[0] + u * (grown[1] - grown[0]),
         young[0] + u * (young[1] - young[0]), u * np.maximum(head - 42, 3), np.minimum(head + 18 + u * 14, 101),
         16 + u * 40],
        np.maximum(head - 12 + 24 * u, 3),
    ).astype(int)
    # People round their age: one in seven above 40 gives a multiple of five.
    age = np.where((age > 40) & (rng.random(n) < 0.14), (age + 2) // 5 * 5, age)
    coin = rng.random(n)
    female = np.select(
        [relation == HEAD, relation == SPOUSE, relation == CHILDS_SPOUSE, married_child, relation == PARENT,
         relation == HELP],
        [woman, ~woman, coin < 0.93, coin < 0.07, coin < 0.72, coin < 0.8], coin < 0.48)
    sex = np.where(rng.random(n) < 0.0008, 2, female.astype(int))
    draw = rng.random(n)
    alone = np.where(age < 30, np.where(draw < 0.75, NEVER, WIDOWED),
                     np.select([draw < 0.22, draw < 0.9], [NEVER, WIDOWED], DIVORCED))
    settled = np.select([draw < 0.5, draw < 0.85, draw < 0.96], [NEVER, MARRIED, WIDOWED], DIVORCED)
    marital = np.select(
        [age < 18, (relation == SPOUSE) | married_child | (relation == CHILDS_SPOUSE),
         relation == HEAD, (relation == CHILD) | (relation == GRANDCHILD), relation == PARENT],
        [NEVER, MARRIED, np.where(count[home, SPOUSE] > 0, MARRIED, alone),
         np.where(draw < 0.97, NEVER, DIVORCED), np.where(draw < 0.6, WIDOWED, MARRIED)], settled)
    return _People(home, number, relation, age, sex, marital)


def _education(rng: np.random.Generator, homes: _Homes, people: _People) -> Ints:
    """(persons,) index into EDUCATION: better in towns, among the young, and within schooled households."""
    score = (
        2.6 + 0.9 * homes.means[people.home] + 0.9 * homes.urban[people.home] + 0.3 * (homes.group[people.home] - 1.5)
        + (45 - np.clip(people.age, 20, 80)) / 18 - 0.6 * ((people.sex == 1) & (people.age > 35))
        + rng.normal(0, 1.3, len(people.home))
    )
    reachable = np.searchsorted([6, 10, 13, 15, 17, 20, 22], people.age, side="right")
    schooled = np.where((people.age >= 6) & (people.age < 16), reachable - (rng.random(len(score)) < 0.15), score)
    return np.clip(np.minimum(schooled, reachable), 0, 7).astype(int)


WORK = (
    *(name for _, name, _, _ in words.OCCUPATIONS),
    "Domestic worker", "Child below school age", "Student", "Household work", "Retired", "Unemployed", "Sarpanch",
)
_DOMESTIC, _SMALL, _STUDENT, _HOUSEWORK, _RETIRED, _UNEMPLOYED, _SARPANCH = range(len(WORK) - 7, len(WORK))


def _occupation(rng: np.random.Generator, homes: _Homes, people: _People, education: Ints) -> Ints:
    """(persons,) index into WORK: nobody under 15 works; callings that ask for schooling go to the schooled."""
    n = len(people.home)
    needs = np.array([o[0] for o in words.OCCUPATIONS])
    kinds = []
    for town in (2, 3):
        share = np.array([o[town] for o in words.OCCUPATIONS], float)
        for level in range(8):
            kinds.append(np.where(needs <= level, share * np.exp(-0.55 * (level - needs)), 0))
    job = _pick(rng, kinds, homes.urban[people.home] * 8 + education)
    studying = people.age < np.select([people.age < 15, people.marital == MARRIED], [15, 15],
                                      15 + rng.integers(0, 10, n))
    at_home = (people.sex == 1) & (rng.random(n) < np.where(homes.urban[people.home], 0.68, 0.55))
    retired = people.age > 58 + rng.integers(0, 16, n)
    return np.select(
        [people.age < 5, people.relation == HELP, studying, retired, at_home,
         (people.age < 30) & (rng.random(n) < 0.12),
         (people.relation == HEAD) & ~homes.urban[people.home] & (rng.random(n) < 0.003)],
        [_SMALL, _DOMESTIC, _STUDENT, _RETIRED, _HOUSEWORK, _UNEMPLOYED, _SARPANCH], job)


def _expenditure(rng: np.random.Generator, homes: _Homes, people: _People, education: Ints) -> Column:
    """What the household spends in a month, in rupees: lognormal, higher in towns and where the head is schooled."""
    n = len(homes.state)
    head = education[people.relation == HEAD]
    size = np.bincount(people.home, minlength=n)
    each = 7.85 + 0.4 * homes.urban + 0.12 * head + 0.15 * homes.means + rng.normal(0, 0.32, n)
    spent = np.exp(each) * size**0.85 * np.where(rng.random(n) < 0.002, 12, 1)
    spent = np.round(spent, -1)
    spent[rng.random(n) < 0.015] = np.nan
    return Column.of_numbers(spent[people.home])


def _household_columns(rng: np.random.Generator, homes: _Homes, people: _People) -> dict[str, Column]:
    n = len(homes.state)
    districts = [(d, pin) for s in words.STATES for d, pin in s.districts]
    office = (rng.random(n) ** 2 * 14).astype(int) + np.where(homes.urban, 1, 101)
    pin = np.array([p for _, p in districts])[homes.district] * 1000 + office
    place = np.where(homes.urban, 0, 20) + rng.integers(0, 20, n)
    house = rng.integers(1, 400, n)
    street = np.array([*words.LOCALITIES, *(f"Village {v}" for v in words.VILLAGES)], object)
    named = np.array([d for d, _ in districts], object)[homes.district]
    address = pl.select(pl.concat_str(
        [pl.lit("H. No. "), pl.Series(house).cast(pl.String), pl.lit(", "), pl.Series(street[place]), pl.lit(", "),
         pl.Series(named)])).to_series()
    serial = pl.select(pl.Series(np.arange(1, n + 1)).cast(pl.String).str.zfill(7)).to_series()
    home = pa.array(people.home)
    return {
        "household_id": Column.of(serial.to_arrow().take(home), "code"),
        "person_no": Column.of_numbers(people.number),
        "address": Column.of(address.to_arrow().take(home), "text"),
        "pin_code": Column.of(pa.array(pin.astype(str)).take(home), "code"),
        "state": _coded(homes.state[people.home], [s.name for s in words.STATES]),
        "district": _coded(homes.district[people.home], [d for d, _ in districts]),
        "sector": _coded(homes.urban[people.home].astype(int), ("Rural", "Urban")),
        "social_group": _coded(homes.group[people.home], words.SOCIAL_GROUPS),
        "religion": _coded(homes.religion[people.home], words.RELIGIONS),
    }


def _person_columns(people: _People) -> dict[str, Column]:
    return {
        "age": Column.of_numbers(people.age),
        "sex": _coded(people.sex, SEXES),
        "relation_to_head": _coded(people.relation, words.RELATIONS),
        "marital_status": _coded(people.marital, words.MARITAL),
    }


def _identity(rng: np.random.Generator, homes: _Homes, people: _People) -> dict[str, Column]:
    n = len(people.home)
    community = homes.community[people.home]
    first = np.where(people.sex == 1, 1, 0)
    given = np.empty(n, object)
    for which in (0, 1):
        names = np.array([name for c in _COMMUNITIES for name in words.NAMES[c][which]], object)
        at = (rng.random(n) ** 1.2 * _sizes(which)[community]).astype(int) + _starts(which)[community]
        given = np.where(first == which, names[at], given)
    sikh = list(_COMMUNITIES).index("Sikh")
    middle = np.where((community == sikh) & (people.sex == 1), " Kaur ", " ")
    surnames = np.array([name for c in _COMMUNITIES for name in words.NAMES[c][2]], object)
    # A domestic help brings a surname of her own.
    own = np.where(people.relation == HELP, rng.permutation(homes.surname[people.home]), homes.surname[people.home])
    name = pl.select(pl.concat_str([pl.Series(given), pl.Series(middle), pl.Series(surnames[own])])).to_series()
    phone = rng.integers(6, 10, n) * 10**9 + rng.integers(0, 10**9, n)
    born = _born(rng, people.age)
    return {
        "name": Column.of(name.to_arrow(), "text"),
        "phone": Column.of(pa.array(phone).cast(pa.string()), "code"),
        "aadhaar": Column.of(pa.array(wrong_aadhaar(rng, n)).cast(pa.string()), "code"),
        "date_of_birth": Column.of(pa.array(born).cast(pa.date32()).cast(pa.string()), "date"),
    }


def _born(rng: np.random.Generator, age: Ints) -> npt.NDArray[np.datetime64]:
    """Dates of birth that agree with the age on the day of the interview; many elders only know the year."""
    year = INTERVIEW.astype("datetime64[Y]") - age
    days = rng.integers(0, 365, len(age))  # 1 July of the year is the latest birthday that has been reached
    exact = (year.astype("datetime64[M]") + 6).astype("datetime64[D]") - days
    only_year = rng.random(len(age)) < np.clip((age - 20) / 100, 0, 0.5)
    return np.where(only_year, year.astype("datetime64[D]"), exact)


def wrong_aadhaar(rng: np.random.Generator, count: int) -> Ints:
    """Twelve digits that look like Aadhaar numbers and cannot be: the first is 2 to 9, the check digit is wrong."""
    stem = rng.integers(2, 10, count) * 10**10 + rng.integers(0, 10**10, count)
    return stem * 10 + (verhoeff(stem) + rng.integers(1, 10, count)) % 10


def verhoeff(numbers: Ints) -> Ints:
    """The check digit to be written behind each number (Verhoeff 1969, Error Detecting Decimal Codes).

    >>> int(verhoeff(np.array([236]))[0])
    3
    """
    group = np.array([[(a + b) % 5 if a < 5 and b < 5 else (a + b) % 5 + 5 if a < 5 else
                       (a - b) % 5 + 5 if b < 5 else (a - b) % 5 for b in range(10)] for a in range(10)])
    once = np.array([1, 5, 7, 6, 2, 8, 3, 0, 9, 4])
    turns = [np.arange(10)]
    for _ in range(7):
        turns.append(once[turns[-1]])
    check, rest, place = np.zeros(len(numbers), int), np.asarray(numbers, np.int64), 1
    while rest.any():
        # A number that is used up takes no further turns: a leading zero would change its check digit.
        check = np.where(rest > 0, group[check, turns[place % 8][rest % 10]], check)
        rest, place = rest // 10, place + 1
    return np.argmax(group[check] == 0, axis=1)


def _with_gaps(rng: np.random.Generator, people: _People, columns: dict[str, Column]) -> dict[str, Column]:
    """Missing cells as surveys have them, and a few odd ones: an age of 999, a district in small letters, "NA"."""
    n, age = len(people.home), people.age
    missing: dict[str, npt.ArrayLike] = {
        "phone": np.where(age < 15, 0.97, 0.28), "aadhaar": np.where(age < 5, 0.4, 0.02), "pin_code": 0.004,
        "date_of_birth": 0.05, "social_group": 0.006, "religion": 0.002, "education": 0.004, "occupation": 0.009,
        "marital_status": 0.002,
    }
    for name, share in missing.items():
        gone = rng.random(n) < np.asarray(share)
        columns[name] = Column.of(_masked(columns[name], gone), columns[name].kind)
    columns["age"] = _odd(columns["age"], rng.random(n) < 0.0003, lambda _: "999")
    columns["district"] = _odd(columns["district"], rng.random(n) < 0.0006, lambda d: d.lower() + " ")
    columns["phone"] = _odd(columns["phone"], rng.random(n) < 0.004, lambda p: f"+91 {p[:5]}-{p[5:]}")
    columns["occupation"] = _odd(columns["occupation"], rng.random(n) < 0.0005, lambda _: "NA")
    columns["name"] = _odd(columns["name"], rng.random(n) < 0.002, lambda name: f"Dr. {name}")
    return columns


def _masked(column: Column, gone: npt.NDArray[np.bool_]) -> pa.Array:
    return column.values.take(pa.array(column.codes, mask=gone | column.missing))


def _odd(column: Column, where: npt.NDArray[np.bool_], change: Any) -> Column:
    """The cells under `where`, as far as they are not missing, written in another way."""
    at = np.flatnonzero(where & ~column.missing)
    if not len(at):
        return column
    odd = [change(column.values[int(column.codes[i])].as_py()) for i in at]
    values = pa.concat_arrays([column.values, pa.array(odd)])
    codes = column.codes.copy()
    codes[at] = len(column.values) + np.arange(len(at))
    return Column.of(values.take(pa.array(codes, mask=column.missing)), column.kind)


def _coded(index: Ints, options: Any) -> Column:
    return Column.of(pa.array(list(options)).take(pa.array(index)), "category")


_COMMUNITIES = tuple(words.NAMES)


def _sizes(which: int) -> Ints:
    """How many men's (0), women's (1) names or surnames (2) each community has."""
    return np.array([len(words.NAMES[c][which]) for c in _COMMUNITIES])


def _starts(which: int) -> Ints:
    return np.concatenate([[0], np.cumsum(_sizes(which))[:-1]])
