"""Made-up columns that hold nothing personal: categories, amounts, codes, titles, dates of events. Build time only."""

from __future__ import annotations

import datetime as dt
import random
import string
from collections.abc import Callable

from core.detect import examples as ex


def shape(r: random.Random, mask: str) -> str:
    """9 a digit, A a capital letter, a a small one, X either a capital or a digit."""
    table = {
        "9": string.digits,
        "A": string.ascii_uppercase,
        "a": string.ascii_lowercase,
        "X": string.ascii_uppercase + string.digits,
    }
    return "".join(r.choice(table[c]) if c in table else c for c in mask)


def case(r: random.Random) -> Callable[[str], str]:
    return r.choice((str, str, str, str.upper, str.lower, str.title))


def date_style(r: random.Random) -> Callable[[dt.date], str]:
    style = r.choice(
        ("%Y-%m-%d",) * 4 + ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y%m%d", "%m/%d/%y", "%d %b %Y", "%d.%m.%Y")
    )
    tail = r.choice(("", "", "", " 00:00:00"))
    return lambda day: day.strftime(style) + tail


def events(r: random.Random) -> Callable[[], str]:
    style, years = date_style(r), r.choice((0.3, 1, 2, 5, 8, 12, 20))
    end = dt.date(r.choice((2012, 2016, 2019, 2021, 2023, 2024, 2025)), r.randint(1, 12), 1)
    clock = r.random() < 0.25

    def make() -> str:
        day = style(end - dt.timedelta(days=r.randrange(max(2, int(years * 365)))))
        return (
            f"{day.removesuffix(' 00:00:00')} {r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}"
            if clock
            else day
        )

    return make


def texts(r: random.Random) -> Callable[[], str]:
    n, k = r.choice((8, 15, 25)), r.choice((1, 1, 3))
    return lambda: " ".join(ex.sentence(r, n) for _ in range(k))


def categories(r: random.Random) -> Callable[[], str]:
    sets = (
        ("Yes", "No"),
        ("0", "1"),
        ("True", "False"),
        ("M", "F"),
        ("Male", "Female"),
        ("male", "female", "other"),
        ("Y", "N"),
        ("Single", "Married", "Divorced", "Widowed"),
        ("General", "OBC", "SC", "ST"),
        ("Low", "Medium", "High"),
        ("A+", "B+", "O+", "AB-", "O-"),
        ("A", "B", "C", "D"),
        ("Hindu", "Muslim", "Christian", "Sikh"),
        ("Visa", "MasterCard", "Amex"),
        ("White", "Black", "Asian", "Hispanic"),
        ("Mr.", "Mrs.", "Ms.", "Dr."),
        ("USD", "EUR", "INR", "GBP"),
        ("en", "fr", "es", "hi", "eng", "en-US"),
        ("Active", "Inactive", "Closed"),
        ("1", "2", "3", "4"),
        ("Self", "Spouse", "Parent", "Sibling"),
        ("Aries", "Leo", "Virgo", "Libra"),
        ("S", "M", "L", "XL"),
        ("Economy", "Business"),
        ("Q1", "Q2", "Q3", "Q4"),
        ("Sales", "HR", "Finance", "IT", "Production"),
        ("Mon", "Tue", "Wed", "Thu"),
        ("January", "February", "March", "April"),
        ("Rural", "Urban"),
        ("Private", "Self-employed", "Govt", "Never worked"),
    )
    few = r.choice(sets) if r.random() < 0.6 else tuple(ex.other(r) for _ in range(r.randint(2, 25)))
    return lambda: r.choice(few)


def jobs(r: random.Random) -> Callable[[], str]:
    few, cased = [r.choice(ex.jobs()) for _ in range(r.choice((10, 60, 300)))], case(r)
    return lambda: cased(r.choice(few))


def titles(r: random.Random) -> Callable[[], str]:
    return lambda: ex.title(r)


def others(r: random.Random) -> Callable[[], str]:
    k, cased = r.choice((1, 1, 2, 3)), case(r)
    return lambda: cased(" ".join(r.choices(ex.vocabulary(), k=k)))


def amounts(r: random.Random) -> Callable[[], str]:
    scale, n = 10 ** r.uniform(0, 7), r.choice((0, 0, 0, 1, 2, 2, 4, 8))
    kind, tail = r.randrange(4), r.choice(("", "", "", "", "%"))
    indian = r.random() < 0.05

    def make() -> str:
        x = (
            abs(r.gauss(scale, scale / 3))
            if kind == 0
            else r.random() * scale
            if kind == 1
            else r.expovariate(1 / scale)
        )
        x = round(x, -2) if kind == 3 else x
        return (f"{x:,.{n}f}" if indian else f"{x:.{n}f}") + tail

    return make


def counts(r: random.Random) -> Callable[[], str]:
    low, high = r.choice(
        (
            (0, 5),
            (1, 10),
            (18, 90),
            (0, 100),
            (1, 1000),
            (1950, 2024),
            (140, 210),
            (40, 120),
            (0, 60),
            (1, 31),
            (100, 999),
            (10000, 99999),
        )
    )
    tail = r.choice(("", "", "", ".0"))
    return lambda: f"{r.randint(low, high)}{tail}"


def signed(r: random.Random) -> Callable[[], str]:
    n = r.choice((1, 2, 3, 6, 9))
    scale = r.choice((1, 5, 100))
    return lambda: f"{r.gauss(0, scale):.{n}f}"


def codes(r: random.Random) -> Callable[[], str]:
    mask = r.choice(
        (
            "AA9999",
            "AAA",
            "A9",
            "A99",
            "AAAA9999999",
            "999-9-99-999999-9",
            "#XXXXXX",
            "9.9.9",
            "99:99",
            "AAAA0999999",
            "99999",
            "A999",
            "AA-99",
            "9A",
        )
    )
    few = [shape(r, mask) for _ in range(r.choice((4, 15, 40, 500)))]
    return lambda: r.choice(few)


def technical(r: random.Random) -> Callable[[], str]:
    made = ex.faker("en_US")
    kind = r.choice(
        (
            made.user_agent,
            made.file_name,
            made.mime_type,
            made.hex_color,
            made.color_name,
            made.catch_phrase,
            made.bs,
            made.currency_name,
            made.language_name,
            made.credit_card_provider,
            made.time,
            made.isbn13,
            made.mac_address,
        )
    )
    return lambda: str(kind())


def secrets(r: random.Random) -> Callable[[], str]:
    """Passwords, hashes and tokens: to be dropped, and nobody's number."""
    kind = r.randrange(6)
    if kind == 0:
        return lambda: f"$2y$10${shape(r, 'XaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaX')}"
    if kind == 1:
        return lambda: f"{r.getrandbits(128):032x}"
    if kind == 2:
        return lambda: f"{r.getrandbits(256):064x}"
    if kind == 3:
        return lambda: shape(r, "XaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXaXa")
    if kind == 4:
        return lambda: r.choice(("123456", "password", "admin123", "qwerty", "1234", "12345678", "pass@123", "test"))
    return lambda: f"{r.choice(ex.vocabulary())}{r.choice(('', '@', '_', '!'))}{r.randint(1, 9999)}"


def constants(r: random.Random) -> Callable[[], str]:
    """Categories as programs write them: SKIN_CLEANING_WIPE, full-time, E-100, Grade 7."""
    kind = r.randrange(4)
    if kind == 0:
        few = ["_".join(r.choices(ex.vocabulary(), k=r.randint(1, 3))).upper() for _ in range(r.choice((6, 30, 200)))]
    elif kind == 1:
        few = ["-".join(r.choices(ex.vocabulary(), k=2)).lower() for _ in range(r.choice((4, 12, 40)))]
    elif kind == 2:
        few = [f"{r.choice(('ENG', 'HR', 'FIN', 'MKT', 'A', 'B', 'OPS'))}-{r.randint(1, 9)}00" for _ in range(12)]
    else:
        word = r.choice(("Grade", "Branch", "Ward", "Phase", "Group", "Class", "Batch", "Room", "Census Tract", "Type"))
        few = [f"{word} {r.choice((r.randint(1, 40), r.choice('ABCDEF')))}" for _ in range(15)]
    return lambda: r.choice(few)


def products(r: random.Random) -> Callable[[], str]:
    """Product titles as shops write them: brand, what it is, sizes; brands are often somebody's name."""

    def make() -> str:
        brand = r.choice((f"{ex.family(r, 'en_US')}'s", ex.family(r, "en_US"), r.choice(ex.vocabulary()).title()))
        words = " ".join(r.choices(ex.vocabulary(), k=r.randint(3, 14))).title()
        size = r.choice(("4-Ounce", "Pack of 2", "500 ml", "32 Fl Oz", "12 Count", "Black", "XL", "(Renewed)", "64GB"))
        return f"{brand} {words}{r.choice((', ', ' - ', ' '))}{size}"

    return make


def ratios(r: random.Random) -> Callable[[], str]:
    """Shares, scores and model outputs with all their decimals: no coordinates."""
    low, high = r.choice(((0, 1), (0, 1), (-1, 1), (0, 2), (0, 0.1), (0.3, 0.9), (-3, 3)))
    n = r.choice((3, 4, 5, 6, 7, 9, 12, 15, 16))
    return lambda: f"{r.uniform(low, high):.{n}f}"
