# ruff: noqa: SIM905, ARG005, E501  (lines of words; forms that use only some of what they are given)
"""Made-up columns of every entity, to train the value model on. Used at build time only."""

from __future__ import annotations

import datetime as dt
import random
import string
import uuid
from collections.abc import Callable

from core.detect import examples as ex
from core.detect import made_plain as plain
from core.detect.checks import luhn, verhoeff
from core.detect.entities import Entity

Maker = Callable[[random.Random], Callable[[], str]]
"""Chooses a style for one column, and returns what makes a cell in it."""


def _digits(r: random.Random, n: int, first: str = "0123456789") -> str:
    return r.choice(first) + "".join(r.choices("0123456789", k=n - 1)) if n else ""


def _first(r: random.Random) -> Callable[[], str]:
    case, locales = plain.case(r), r.choices(ex.LOCALES, k=r.choice((1, 1, 1, 4)))
    return lambda: case(ex.given(r, r.choice(locales)))


def _last(r: random.Random) -> Callable[[], str]:
    case, locales = plain.case(r), r.choices(ex.LOCALES, k=r.choice((1, 1, 1, 4)))
    return lambda: case(ex.family(r, r.choice(locales)))


def _full(r: random.Random) -> Callable[[], str]:
    case, locales = plain.case(r), r.choices(ex.LOCALES, k=r.choice((1, 1, 1, 4)))
    style = r.randrange(len(ex.FULL))
    return lambda: case(ex.person(r, r.choice(locales), style if r.random() < 0.9 else None))


def _user(r: random.Random) -> Callable[[], str]:
    forms = (
        lambda g, f: f"{g[:1]}{f}{r.randint(0, 99)}",
        lambda g, f: f"{g}.{f}",
        lambda g, f: f"{g}_{f}{r.randint(1, 99)}",
        lambda g, f: f"{g}{r.randint(1, 2020)}",
        lambda g, f: f"{r.choice(ex.FIELDS).title()}{g[:4]}{r.randint(0, 99)}",
        lambda g, f: f"{g[:1]}{f}",
        lambda g, f: f"{g[:1]}.{f}",
        lambda g, f: f"{g[:1]}{f[:3]}",
        lambda g, f: f"{f}{g[:1]}",
        lambda g, f: f"{g}-{f}",
        lambda g, f: f"{g}",
        lambda g, f: f"{f[:5]}{g[:2]}{r.randint(1, 9)}",
    )
    form, mixed = r.choice(forms), r.random() < 0.4
    return lambda: (
        (r.choice(forms) if mixed else form)(
            ex.plain_ascii(ex.given(r, "en_US")), ex.plain_ascii(ex.family(r, "en_US"))
        )
        .lower()
        .replace(" ", "")
    )


def _email(r: random.Random) -> Callable[[], str]:
    user = _user(r)
    return lambda: (
        f"{user()}@{r.choice(('gmail.com', 'yahoo.co.in', 'example.com', 'hotmail.fr', 'mail.ru', 'corp.org'))}"
    )


def _phone(r: random.Random) -> Callable[[], str]:
    masks = (
        "(999) 999-9999",
        "999-999-9999",
        "9999999999",
        "+1-999-999-9999",
        "+91 9999999999",
        "+91-99999-99999",
        "0999999999",
        "+44 99 9999 9999",
        "99 99 99 99 99",
        "+99999999999",
        "999.999.9999",
        "(99) 9999-9999",
        "(99) 99999-9999",
        "999 999 999",
        "09999 999999",
        "99999999",
        "+99 999 999 999",
        "999-9999",
        "0799999999",
        "+94 99 999 9999",
        "01999999999",
        "91-9999999999",
        "1-999-999-9999x999",
        "+20 99 9999 9999",
    )
    kept = r.choices(masks, k=r.choice((1, 1, 1, 3)))
    if r.random() < 0.45:
        kept = [_mask(r) for _ in kept]
    indian = r.random() < 0.2
    return lambda: _digits(r, 10, "6789") if indian else plain.shape(r, r.choice(kept))


def _mask(r: random.Random) -> str:
    """A phone number's shape as any country may write it: 7 to 11 digits, in groups or in one, often with a lead."""
    n, sep = r.randint(7, 11), r.choice(("", "", " ", "-", ".", " "))
    lead = r.choice(("", "", "0", "0", "7", "6", "9", "+99 ", "+999", "(99) ", "99 ", "00999 ", "09"))
    groups = []
    while n > 0:
        size = n if not sep or n <= 4 else r.choice((2, 3, 3, 4))
        groups.append("9" * size)
        n -= size
    return lead + sep.join(groups)


def _address(r: random.Random) -> Callable[[], str]:
    locale, case, form = r.choice(ex.LOCALES), plain.case(r), r.randrange(14)
    if form in _ADDRESSES:
        return lambda: case(_ADDRESSES[form](r))
    return lambda: case(ex.address(r, locale))


def _number(r: random.Random) -> int:
    return r.randint(1, r.choice((40, 400, 9000)))


_ADDRESSES: dict[int, Callable[[random.Random], str]] = {
    0: lambda r: f"{r.choice(('Calle', 'Carrera', 'Av.', 'Avenida', 'Cra'))} {r.randint(1, 150)} {r.choice(('#', 'No.', 'N'))} {r.randint(1, 99)}-{r.randint(1, 99)}",
    1: lambda r: f"{r.choice(('Colonia', 'Residencial', 'Urb.', 'Urbanización', 'Barrio', 'Fracc.'))} {r.choice(('Santa', 'San', 'Las', 'Villa'))} {ex.family(r, 'es_MX')}, {ex.place(r)}",
    2: lambda r: f"{r.randint(1, 120)}{r.choice(('st', 'nd', 'rd', 'th'))} {r.choice(('St', 'Ave', 'Street', 'Avenue'))} and {ex.family(r, 'en_US')} {r.choice(('St', 'Ave', 'Rd', 'Blvd'))}",
    3: lambda r: f"{ex.family(r, 'en_US')} {r.choice(('St', 'Street', 'Ave', 'Avenue', 'Rd', 'Road', 'Ln', 'Dr', 'Ct', 'Blvd', 'Parkway'))}",
    4: lambda r: f"{r.choice(('Vill', 'Village', 'Vill.', 'At Post', 'Gram'))} {ex.place(r)}, {r.choice(('Tehsil', 'Teh', 'Taluk', 'PO', 'Block'))} {ex.place(r)}, {r.choice(('Dist', 'Distt', 'District'))} {ex.place(r)}",
    5: lambda r: f"{_number(r)} {r.choice(('N', 'S', 'E', 'W', 'North', 'West', ''))} {r.randint(1, 150)}{r.choice(('st', 'nd', 'rd', 'th', ''))} {r.choice(('Street', 'St', 'Ave', 'Avenue'))}".replace("  ", " "),
    6: lambda r: f"{_number(r)}/{r.randint(1, 99)}, {ex.family(r, 'en_IN')} {r.choice(('Nagar', 'Colony', 'Road', 'Street', 'Marg', 'Enclave', 'Layout'))}, {ex.place(r)} - {r.randint(110001, 855117)}",
    7: lambda r: f"Jl. {ex.family(r, 'id_ID')} No. {r.randint(1, 200)}",
}
"""Ways to write an address that Faker's locales lack."""


def _place(r: random.Random) -> Callable[[], str]:
    case, few = plain.case(r), [ex.place(r) for _ in range(r.choice((8, 30, 400)))]
    with_country = r.random() < 0.15
    return lambda: case(r.choice(few)) + (f", {r.choice(few)}" if with_country else "")


def _place_code(r: random.Random) -> Callable[[], str]:
    codes = ex.sources.place_codes()
    size = r.choice((2, 2, 3))
    few = r.sample([c for c in codes if len(c) == size], 25)
    us = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO NY NC ND OH OK OR PA TX UT VA WA".split()
    few = us if r.random() < 0.4 else few
    return lambda: r.choice(few)


def _birth(r: random.Random) -> Callable[[], str]:
    style = plain.date_style(r)
    low, high = r.choice(
        ((1930, 2005), (1940, 2008), (1955, 2000), (1920, 2022), (1996, 2006), (2003, 2015), (1960, 1998), (1975, 2003))
    )
    start = dt.date(low, 1, 1)
    return lambda: style(start + dt.timedelta(days=r.randrange((high - low) * 365)))


def _with_check(body: str, passes: Callable[[str], bool]) -> str:
    return next(body + d for d in string.digits if passes(body + d))


def _national(r: random.Random) -> Callable[[], str]:
    kind = r.randrange(9)
    if kind == 0:
        sep, real = r.choice(("", " ", "-")), r.random() < 0.5

        def aadhaar() -> str:
            body = _digits(r, 11, "23456789")
            n = _with_check(body, verhoeff) if real else body + r.choice(string.digits)
            return sep.join((n[:4], n[4:8], n[8:]))

        return aadhaar
    if kind == 1:
        return lambda: plain.shape(r, "AAA") + r.choice("PPPCHF") + plain.shape(r, "A9999A")
    if kind == 2:
        return lambda: plain.shape(r, "999-99-9999")
    masks = (
        "999999999V",
        "AAA9999999",
        "A9999999",
        "99999-9999999-9",
        "99999999A",
        "9.999.999-9",
        "999.999.999-99",
        "99999999999",
        "99AAAAA9999A9Z9",
        "AA 99 99 99 A",
        "199999999999",
        "29999999999999",
        "1999999999999",
        "A99999999",
        "A-9999-9999-9999",
        "AA9999999",
        "AA99 99999999999",
        "AA99AA9999",
        "999 999 999",
        "9999999999",
        "99999999-9",
        "9999999-9",
        "99.999.999-9",
        "AAAA999999AAAAAA99",
        "AAAA999999AA9",
        "999999-9999",
        "99999999-99",
        "GHA-999999999-9",
        "999-9999-9999999-9",
        "999 99 999",
    )
    mask = r.choice(masks)
    return lambda: plain.shape(r, mask)


def _card(r: random.Random) -> Callable[[], str]:
    sep, masked = r.choice(("", "", " ", "-")), r.random() < 0.05

    def make() -> str:
        n = _with_check(r.choice(("4", "51", "55", "37", "6011", "35")) + _digits(r, 10), lambda x: True)
        n = _with_check(n + _digits(r, 15 - len(n)), luhn)
        return "XXXX-XXXX-XXXX-" + n[-4:] if masked else sep.join((n[:4], n[4:8], n[8:12], n[12:]))

    return make


def _account(r: random.Random) -> Callable[[], str]:
    kind = r.randrange(3)
    if kind == 0:
        made = ex.faker(r.choice(("de_DE", "fr_FR", "es_ES", "en_GB", "it_IT", "nl_NL", "pl_PL")))
        return lambda: made.iban()
    n = r.choice((9, 10, 11, 12, 14, 15, 16))
    return lambda: _digits(r, n)


def _ip(r: random.Random) -> Callable[[], str]:
    return (
        (lambda: ":".join(f"{r.getrandbits(16):x}" for _ in range(8)))
        if r.random() < 0.2
        else (lambda: ".".join(str(r.randint(0, 255)) for _ in range(4)))
    )


def _url(r: random.Random) -> Callable[[], str]:
    head, tail = r.choice(("https://www.", "http://", "", "www.")), r.choice(("", "", "/photo/{}.jpg", "/p/{}"))
    return lambda: (
        f"{head}{ex.plain_ascii(ex.family(r, 'en_US')).lower().replace(' ', '')}.{r.choice(('com', 'org', 'in', 'co.uk'))}"
        + tail.format(r.randint(1, 9999))
    )


def _record(r: random.Random) -> Callable[[], str]:
    kind, at, step = r.randrange(7), r.choice((0, 1, 1, 1, 100, 1000, 10001, 500000)), r.choice((1, 1, 1, 3))
    state = [at]
    prefix = r.choice(("C", "CUST-", "EMP", "P", "rec-", "ID_", "STU", "TXN", "ORD-", "A", "pmc-", "MBR"))
    width = r.choice((0, 4, 5, 6, 8))

    def following() -> int:
        state[0] += step if step == 1 else r.randint(1, 6)
        return state[0]

    if kind <= 1:
        return lambda: str(following())
    if kind == 2:
        return lambda: f"{prefix}{following():0{width}d}"
    if kind == 3:
        return lambda: str(uuid.UUID(int=r.getrandbits(128)))
    if kind == 4:
        mask = r.choice(
            ("9999-AAAAA", "A9999999", "AAA-99999", "XXXXXXXX", "aa99aa99", "AAAAA", "999999", "99999999", "9999999")
        )
        return lambda: plain.shape(r, mask)
    if kind == 5:
        return lambda: f"{r.getrandbits(96):024x}"
    top = 10 ** r.choice((4, 5, 6, 7, 8, 9, 10))
    return lambda: str(r.randrange(top // 10, top))


def _organisation(r: random.Random) -> Callable[[], str]:
    case, few = plain.case(r), [ex.organisation(r) for _ in range(r.choice((4, 5, 20, 300)))]
    if r.random() < 0.3:
        few = r.sample(ex.companies(), min(len(few), 60))
    return lambda: case(r.choice(few))


def _coordinate(r: random.Random) -> Callable[[], str]:
    middle, spread, n = r.uniform(-60, 60) * r.choice((1, 1, 2)), r.choice((0.1, 1, 5, 20)), r.choice((4, 5, 6, 7, 14))
    pair = r.random() < 0.15

    def one() -> str:
        return f"{max(-180, min(180, middle + r.uniform(-spread, spread))):.{n}f}"

    return (lambda: f"{one()}, {one()}") if pair else one


def _postcode(r: random.Random) -> Callable[[], str]:
    masks = (
        "99999",
        "999999",
        "99999-9999",
        "AA9 9AA",
        "AA99 9AA",
        "A9A 9A9",
        "9999",
        "99999-999",
        "99-999",
        "9999 AA",
        "999 99",
    )
    kept = r.choice(masks) if r.random() < 0.85 else None
    head = _digits(r, r.choice((1, 2, 3))) if r.random() < 0.4 else ""

    def make() -> str:
        text = plain.shape(r, kept or r.choice(masks))
        return head + text[len(head) :] if text.isdigit() else text

    return make


def _pii_text(r: random.Random) -> Callable[[], str]:
    def make() -> str:
        g, f = ex.given(r, "en_US"), ex.family(r, "en_US")
        hook = r.choice(
            (
                f"{g} {f}",
                f"Mr. {f}",
                f"Mrs. {f}",
                g,
                f"Dr. {f}",
                f"call {plain.shape(r, '999-999-9999')}",
                f"{g.lower()}@example.com",
            )
        )
        parts = [
            ex.sentence(r),
            f"{r.choice(('Spoke to', 'Dear', 'Patient', 'Met', 'Contact', 'As discussed with'))} {hook} {r.choice(('about', 'on', 'and', 'is', 'who'))} {ex.sentence(r, 7).lower()}",
            ex.sentence(r),
        ]
        return " ".join(parts[r.randrange(2) :])

    return make


MAKERS: tuple[tuple[Entity, float, Maker], ...] = (
    ("PERSON", 3, _first),
    ("PERSON", 3.5, _last),
    ("PERSON", 3, _full),
    ("EMAIL_ADDRESS", 2, _email),
    ("PHONE_NUMBER", 5, _phone),
    ("ADDRESS", 4, _address),
    ("LOCATION", 5, _place),
    ("LOCATION", 1, _place_code),
    ("DATE_OF_BIRTH", 4, _birth),
    ("NATIONAL_ID", 5, _national),
    ("CREDIT_CARD", 2, _card),
    ("BANK_ACCOUNT", 2, _account),
    ("IP_ADDRESS", 1, _ip),
    ("URL", 2, _url),
    ("USERNAME", 2, _user),
    ("RECORD_ID", 5, _record),
    ("ORGANIZATION", 4, _organisation),
    ("GEO_COORDINATE", 3, _coordinate),
    ("POSTCODE", 3, _postcode),
    ("FREE_TEXT_PII", 2, _pii_text),
    ("NONE", 2, plain.texts),
    ("NONE", 7, plain.categories),
    ("NONE", 3, plain.jobs),
    ("NONE", 4, plain.titles),
    ("NONE", 3, plain.others),
    ("NONE", 6, plain.amounts),
    ("NONE", 6, plain.counts),
    ("NONE", 1.5, plain.signed),
    ("NONE", 3, plain.codes),
    ("NONE", 2, plain.technical),
    ("NONE", 5, plain.events),
    ("NONE", 1.5, plain.secrets),
    ("NONE", 1.5, plain.constants),
    ("NONE", 1, plain.products),
    ("NONE", 1.5, plain.ratios),
)
"""Entity, how many columns relative to the others, and what makes them."""


def column(r: random.Random, maker: Maker) -> list[str | None]:
    """4 to 400 cells; some columns have missing cells, some repeat values."""
    make, rows = maker(r), r.choice((4, 8, 12, 20, 40, 60, 100, 150, 300, 400, 400))
    missing, repeat = r.choice((0, 0, 0, 0.05, 0.4)), r.choice((0, 0, 0, 0.3, 0.7)) if maker is not _record else 0
    cells: list[str | None] = []
    for _ in range(rows):
        if r.random() < missing:
            cells.append(None)
        elif cells and r.random() < repeat:
            cells.append(r.choice(cells))
        else:
            cells.append(make())
    return cells
