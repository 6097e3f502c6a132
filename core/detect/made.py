"""Made-up columns of every entity, to train the value model on. Used at build time only."""

from __future__ import annotations

import datetime as dt
import random
import string
import uuid
from collections.abc import Callable

from core.detect import examples as ex
from core.detect.checks import luhn, verhoeff
from core.detect.entities import Entity

Maker = Callable[[random.Random], Callable[[], str]]
"""Chooses a style for one column, and returns what makes a cell in it."""


def _digits(r: random.Random, n: int, first: str = "0123456789") -> str:
    return r.choice(first) + "".join(r.choices("0123456789", k=n - 1)) if n else ""


def _shape(r: random.Random, mask: str) -> str:
    """9 a digit, A a capital letter, a a small one, X either a capital or a digit."""
    table = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase,
             "X": string.ascii_uppercase + string.digits}
    return "".join(r.choice(table[c]) if c in table else c for c in mask)


def _case(r: random.Random) -> Callable[[str], str]:
    return r.choice((str, str, str, str.upper, str.lower, str.title))


def _first(r: random.Random) -> Callable[[], str]:
    case, locales = _case(r), r.choices(ex.LOCALES, k=r.choice((1, 1, 1, 4)))
    return lambda: case(ex.given(r, r.choice(locales)))


def _last(r: random.Random) -> Callable[[], str]:
    case, locales = _case(r), r.choices(ex.LOCALES, k=r.choice((1, 1, 1, 4)))
    return lambda: case(ex.family(r, r.choice(locales)))


def _full(r: random.Random) -> Callable[[], str]:
    case, locales = _case(r), r.choices(ex.LOCALES, k=r.choice((1, 1, 1, 4)))
    style = r.randrange(len(ex.FULL))
    return lambda: case(ex.person(r, r.choice(locales), style if r.random() < 0.9 else None))


def _user(r: random.Random) -> Callable[[], str]:
    forms = (lambda g, f: f"{g[:1]}{f}{r.randint(0, 99)}", lambda g, f: f"{g}.{f}", lambda g, f: f"{g}_{f}{r.randint(1, 99)}",
             lambda g, f: f"{g}{r.randint(1, 2020)}", lambda g, f: f"{ex.title(r).split()[-1]}{g[:4]}{r.randint(0, 99)}")
    form, mixed = r.choice(forms), r.random() < 0.4
    return lambda: (r.choice(forms) if mixed else form)(
        ex.plain_ascii(ex.given(r, "en_US")), ex.plain_ascii(ex.family(r, "en_US"))).lower().replace(" ", "")


def _email(r: random.Random) -> Callable[[], str]:
    user = _user(r)
    return lambda: f"{user()}@{r.choice(('gmail.com', 'yahoo.co.in', 'example.com', 'hotmail.fr', 'mail.ru', 'corp.org'))}"


def _phone(r: random.Random) -> Callable[[], str]:
    masks = ("(999) 999-9999", "999-999-9999", "9999999999", "+1-999-999-9999", "+91 9999999999", "+91-99999-99999",
             "0999999999", "+44 99 9999 9999", "99 99 99 99 99", "+99999999999", "999.999.9999", "(99) 9999-9999",
             "(99) 99999-9999", "999 999 999", "09999 999999", "99999999", "+99 999 999 999", "999-9999", "0799999999",
             "+94 99 999 9999", "01999999999", "91-9999999999", "1-999-999-9999x999", "+20 99 9999 9999")
    kept = r.choices(masks, k=r.choice((1, 1, 1, 3)))
    indian = r.random() < 0.2
    return lambda: _digits(r, 10, "6789") if indian else _shape(r, r.choice(kept))


def _address(r: random.Random) -> Callable[[], str]:
    locale, case = r.choice(ex.LOCALES), _case(r)
    return lambda: case(ex.address(r, locale))


def _place(r: random.Random) -> Callable[[], str]:
    case, few = _case(r), [ex.place(r) for _ in range(r.choice((8, 30, 400)))]
    with_country = r.random() < 0.15
    return lambda: case(r.choice(few)) + (f", {r.choice(few)}" if with_country else "")


def _place_code(r: random.Random) -> Callable[[], str]:
    codes = ex.sources.place_codes()
    size = r.choice((2, 2, 3))
    few = r.sample([c for c in codes if len(c) == size], 25)
    us = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO NY NC ND OH OK OR PA TX UT VA WA".split()
    few = us if r.random() < 0.4 else few
    return lambda: r.choice(few)


def _date_style(r: random.Random) -> Callable[[dt.date], str]:
    style = r.choice(("%Y-%m-%d",) * 4 + ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y%m%d", "%m/%d/%y", "%d %b %Y", "%d.%m.%Y"))
    tail = r.choice(("", "", "", " 00:00:00"))
    return lambda day: day.strftime(style) + tail


def _birth(r: random.Random) -> Callable[[], str]:
    style = _date_style(r)
    low, high = r.choice(((1930, 2005), (1940, 2008), (1955, 2000), (1920, 2022), (1996, 2006), (2003, 2015), (1960, 1998), (1975, 2003)))
    start = dt.date(low, 1, 1)
    return lambda: style(start + dt.timedelta(days=r.randrange((high - low) * 365)))


def _event(r: random.Random) -> Callable[[], str]:
    style, years = _date_style(r), r.choice((0.3, 1, 2, 5, 8, 12, 20))
    end = dt.date(r.choice((2012, 2016, 2019, 2021, 2023, 2024, 2025)), r.randint(1, 12), 1)
    clock = r.random() < 0.25
    def make() -> str:
        day = style(end - dt.timedelta(days=r.randrange(max(2, int(years * 365)))))
        return f"{day[:10]} {r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}" if clock else day
    return make


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
        return lambda: _shape(r, "AAA") + r.choice("PPPCHF") + _shape(r, "A9999A")
    if kind == 2:
        return lambda: _shape(r, "999-99-9999")
    masks = ("999999999V", "AAA9999999", "A9999999", "99999-9999999-9", "99999999A", "9.999.999-9", "999.999.999-99", "99999999999",
             "99AAAAA9999A9Z9", "AA 99 99 99 A", "199999999999", "29999999999999", "1999999999999", "A99999999", "A-9999-9999-9999",
             "AA9999999", "AA99 99999999999", "AA99AA9999", "999 999 999", "9999999999")
    mask = r.choice(masks)
    return lambda: _shape(r, mask)


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
    return (lambda: ":".join(f"{r.getrandbits(16):x}" for _ in range(8))) if r.random() < 0.2 else (
        lambda: ".".join(str(r.randint(0, 255)) for _ in range(4)))


def _url(r: random.Random) -> Callable[[], str]:
    head, tail = r.choice(("https://www.", "http://", "", "www.")), r.choice(("", "", "/photo/{}.jpg", "/p/{}"))
    return lambda: f"{head}{ex.plain_ascii(ex.family(r, 'en_US')).lower().replace(' ', '')}.{r.choice(('com', 'org', 'in', 'co.uk'))}" + tail.format(r.randint(1, 9999))


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
        mask = r.choice(("9999-AAAAA", "A9999999", "AAA-99999", "XXXXXXXX", "aa99aa99", "AAAAA", "999999", "99999999", "9999999"))
        return lambda: _shape(r, mask)
    if kind == 5:
        return lambda: f"{r.getrandbits(96):024x}"
    top = 10 ** r.choice((4, 5, 6, 7, 8, 9, 10))
    return lambda: str(r.randrange(top // 10, top))


def _organisation(r: random.Random) -> Callable[[], str]:
    case, few = _case(r), [ex.organisation(r) for _ in range(r.choice((4, 5, 20, 300)))]
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
    masks = ("99999", "999999", "99999-9999", "AA9 9AA", "AA99 9AA", "A9A 9A9", "9999", "99999-999", "99-999", "9999 AA", "999 99")
    kept = r.choice(masks) if r.random() < 0.85 else None
    head = _digits(r, r.choice((1, 2, 3))) if r.random() < 0.4 else ""
    def make() -> str:
        text = _shape(r, kept or r.choice(masks))
        return head + text[len(head):] if text.isdigit() else text
    return make


def _pii_text(r: random.Random) -> Callable[[], str]:
    def make() -> str:
        g, f = ex.given(r, "en_US"), ex.family(r, "en_US")
        hook = r.choice((f"{g} {f}", f"Mr. {f}", f"Mrs. {f}", g, f"Dr. {f}", f"call {_shape(r, '999-999-9999')}", f"{g.lower()}@example.com"))
        parts = [ex.sentence(r), f"{r.choice(('Spoke to', 'Dear', 'Patient', 'Met', 'Contact', 'As discussed with'))} {hook} {r.choice(('about', 'on', 'and', 'is', 'who'))} {ex.sentence(r, 7).lower()}", ex.sentence(r)]
        return " ".join(parts[r.randrange(2):])
    return make


def _text(r: random.Random) -> Callable[[], str]:
    n, k = r.choice((8, 15, 25)), r.choice((1, 1, 3))
    return lambda: " ".join(ex.sentence(r, n) for _ in range(k))


def _category(r: random.Random) -> Callable[[], str]:
    sets = (("Yes", "No"), ("0", "1"), ("True", "False"), ("M", "F"), ("Male", "Female"), ("male", "female", "other"), ("Y", "N"),
            ("Single", "Married", "Divorced", "Widowed"), ("General", "OBC", "SC", "ST"), ("Low", "Medium", "High"), ("A+", "B+", "O+", "AB-", "O-"),
            ("A", "B", "C", "D"), ("Hindu", "Muslim", "Christian", "Sikh"), ("Visa", "MasterCard", "Amex"), ("White", "Black", "Asian", "Hispanic"),
            ("Mr.", "Mrs.", "Ms.", "Dr."), ("USD", "EUR", "INR", "GBP"), ("en", "fr", "es", "hi", "eng", "en-US"), ("Active", "Inactive", "Closed"),
            ("1", "2", "3", "4"), ("Self", "Spouse", "Parent", "Sibling"), ("Aries", "Leo", "Virgo", "Libra"), ("S", "M", "L", "XL"),
            ("Economy", "Business"), ("Q1", "Q2", "Q3", "Q4"), ("Sales", "HR", "Finance", "IT", "Production"), ("Mon", "Tue", "Wed", "Thu"),
            ("January", "February", "March", "April"), ("Rural", "Urban"), ("Private", "Self-employed", "Govt", "Never worked"))
    if r.random() < 0.6:
        few = r.choice(sets)
    else:
        few = tuple(ex.other(r) for _ in range(r.randint(2, 25)))
    return lambda: r.choice(few)


def _jobs(r: random.Random) -> Callable[[], str]:
    few, case = [r.choice(ex.jobs()) for _ in range(r.choice((10, 60, 300)))], _case(r)
    return lambda: case(r.choice(few))


def _titles(r: random.Random) -> Callable[[], str]:
    return lambda: ex.title(r)


def _others(r: random.Random) -> Callable[[], str]:
    k, case = r.choice((1, 1, 2, 3)), _case(r)
    return lambda: case(" ".join(r.choices(ex.vocabulary(), k=k)))


def _amount(r: random.Random) -> Callable[[], str]:
    scale, n = 10 ** r.uniform(0, 7), r.choice((0, 0, 0, 1, 2, 2, 4, 8))
    kind, tail = r.randrange(4), r.choice(("", "", "", "", "%"))
    indian = r.random() < 0.05
    def make() -> str:
        x = abs(r.gauss(scale, scale / 3)) if kind == 0 else r.random() * scale if kind == 1 else r.expovariate(1 / scale)
        x = round(x, -2) if kind == 3 else x
        return (f"{x:,.{n}f}" if indian else f"{x:.{n}f}") + tail
    return make


def _count(r: random.Random) -> Callable[[], str]:
    low, high = r.choice(((0, 5), (1, 10), (18, 90), (0, 100), (1, 1000), (1950, 2024), (140, 210), (40, 120), (0, 60), (1, 31), (100, 999), (10000, 99999)))
    tail = r.choice(("", "", "", ".0"))
    return lambda: f"{r.randint(low, high)}{tail}"


def _signed(r: random.Random) -> Callable[[], str]:
    n = r.choice((1, 2, 3, 6, 9))
    scale = r.choice((1, 5, 100))
    return lambda: f"{r.gauss(0, scale):.{n}f}"


def _code(r: random.Random) -> Callable[[], str]:
    mask = r.choice(("AA9999", "AAA", "A9", "A99", "AAAA9999999", "999-9-99-999999-9", "#XXXXXX", "9.9.9", "99:99", "AAAA0999999", "99999", "A999", "AA-99", "9A"))
    few = [_shape(r, mask) for _ in range(r.choice((4, 15, 40, 500)))]
    return lambda: r.choice(few)


def _agent(r: random.Random) -> Callable[[], str]:
    made = ex.faker("en_US")
    kind = r.choice((made.user_agent, made.file_name, made.mime_type, made.hex_color, made.color_name, made.catch_phrase, made.bs,
                     made.currency_name, made.language_name, made.credit_card_provider, made.time, made.isbn13, made.mac_address))
    return lambda: str(kind())


MAKERS: tuple[tuple[Entity, float, Maker], ...] = (
    ("PERSON", 2, _first), ("PERSON", 2, _last), ("PERSON", 3, _full), ("EMAIL_ADDRESS", 2, _email),
    ("PHONE_NUMBER", 4, _phone), ("ADDRESS", 4, _address), ("LOCATION", 5, _place), ("LOCATION", 1, _place_code),
    ("DATE_OF_BIRTH", 4, _birth), ("NATIONAL_ID", 5, _national), ("CREDIT_CARD", 2, _card), ("BANK_ACCOUNT", 2, _account),
    ("IP_ADDRESS", 1, _ip), ("URL", 2, _url), ("USERNAME", 2, _user), ("RECORD_ID", 5, _record),
    ("ORGANIZATION", 4, _organisation), ("GEO_COORDINATE", 3, _coordinate), ("POSTCODE", 3, _postcode),
    ("FREE_TEXT_PII", 2, _pii_text), ("NONE", 2, _text), ("NONE", 7, _category), ("NONE", 3, _jobs), ("NONE", 4, _titles),
    ("NONE", 3, _others), ("NONE", 6, _amount), ("NONE", 6, _count), ("NONE", 1.5, _signed), ("NONE", 3, _code),
    ("NONE", 2, _agent), ("NONE", 5, _event),
)
"""Entity, how many columns relative to the others, and what makes them."""


def column(r: random.Random, maker: Maker) -> list[str | None]:
    """20 to 400 cells; some columns have missing cells, some repeat values."""
    make, rows = maker(r), r.choice((20, 60, 150, 300, 400))
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
