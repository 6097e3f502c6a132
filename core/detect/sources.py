# ruff: noqa: SIM905  (lists of words read better as lines of words)
"""Where the lists of names, places and words come from: packages that are installed anyway. Used at build time only.

Given and family names, streets, companies, jobs and common words: Faker's locales (MIT licence). Places: Faker, the
places of phonenumbers' area codes (Apache-2.0), the country names of Babel's CLDR (Unicode licence), and the districts
of India in `india.txt`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.detect.headers import LETTER, plain
from core.detect.india import gazetteer

GIVEN = (
    "first_names",
    "first_names_male",
    "first_names_female",
    "first_names_nonbinary",
    "middle_names",
    "first_names_male_islamic",
    "first_names_female_islamic",
    "first_names_male_hinduism",
    "first_names_female_hinduism",
    "first_names_est",
    "first_names_rus",
    "first_names_unisex",
    "first_names_male_common",
    "first_names_female_common",
    "first_romanized_names",
)
FAMILY = (
    "last_names",
    "last_names_male",
    "last_names_female",
    "unisex_last_names",
    "last_names_without_suffix",
    "last_names_common",
    "last_names_est",
    "last_names_rus",
    "last_names_hinduism",
    "last_names_islamic",
    "last_romanized_names",
    "male_last_names",
    "last_names_unisex",
)
PLACES = (
    "cities",
    "city_names",
    "localities",
    "municipalities",
    "states",
    "provinces",
    "bairros",
    "communes",
    "freguesias",
    "concelhos",
    "districts",
    "area_names",
    "villages",
    "counties",
    "towns",
    "regions",
    "departments",
    "wilayas",
    "countries",
    "cantons",
    "prefectures",
    "boroughs",
    "real_city_names",
    "settlements",
    "luzon_provinces",
    "mindanao_provinces",
    "visayas_provinces",
    "metro_manila_lgus",
    "amphoes",
    "tambons",
    "region_oblast",
    "places",
)
CODES = ("states_abbr", "provinces_abbr", "alpha_2_country_codes", "alpha_3_country_codes", "known_usps_abbr")

# ISO 3166-2:IN without its prefix, old and new.
INDIAN_STATES = (
    "AN AP AR AS BR CG CH CT DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TG"
    " TN TR TS UK UP UT WB"
)
WORDS = """
active inactive pending completed cancelled shipped delivered open closed new old high low medium yes no true false
none male female single married divorced widowed white black asian other hindu muslim christian sikh general full
part time urban rural north south east west red blue green yellow orange purple pink grey silver gold small large
standard premium basic monthly yearly weekly daily debit credit cash card online offline store web mobile email
phone direct partner chicken rice bread cheese milk butter sugar salt pepper oil tea coffee juice water beer wine
chocolate cake cookie soup sauce fish beef pork apple banana mango potato tomato onion wheat maize cotton paddy
soybean chair table desk lamp sofa bed shirt jeans dress shoes watch phone laptop monitor keyboard mouse printer
camera battery charger cable headphones speaker tablet bottle bag box pack kit set tool drill hammer paint glass
steel plastic leather wooden wireless digital smart portable electric classic deluxe professional organic fresh
frozen roasted spicy sweet fever cough cold headache migraine diabetes hypertension asthma fracture infection injury
pain allergy anemia cancer tuberculosis malaria dengue pneumonia arthritis obesity depression anxiety surgery
checkup consultation sales marketing finance engineering production support legal human resources operations
research development administration accounting purchasing logistics security maintenance training quality design
information technology manager assistant engineer analyst clerk director officer supervisor teacher nurse doctor
farmer driver labourer student housewife retired unemployed business service mathematics physics chemistry biology
history geography english science commerce arts economics computer bachelor master doctorate diploma secondary
primary graduate illiterate postgraduate action comedy drama thriller romance horror fantasy documentary animation
adventure jazz rock pop classical football cricket tennis hockey basketball swimming athletics boxing wrestling
cycling gymnastics rowing sailing shooting judo
""".split()


def providers(kind: str) -> Iterator[tuple[str, type[Any]]]:
    """(locale, provider class) of every locale of Faker's provider package `kind`."""
    package = importlib.import_module(f"faker.providers.{kind}")
    for module in pkgutil.iter_modules(package.__path__):
        yield module.name, importlib.import_module(f"{package.__name__}.{module.name}").Provider


def listed(kind: str, attributes: tuple[str, ...]) -> list[str]:
    """Every text in these attributes, in all locales, each once."""
    found: dict[str, None] = {}
    for _, provider in providers(kind):
        for attribute in attributes:
            values = getattr(provider, attribute, ())
            values = list(values) if isinstance(values, Mapping) else values
            for value in values if isinstance(values, (list, tuple)) else ():
                for text in value if isinstance(value, (tuple, list)) else (value,):
                    if isinstance(text, str) and text.strip() and "{{" not in text:
                        found[text.strip()] = None
    return list(found)


def places() -> list[str]:
    """Cities, districts, states and countries of the world, in several scripts."""
    import babel
    from phonenumbers.geodata import GEOCODE_DATA

    found = dict.fromkeys(listed("address", PLACES))
    for by_language in GEOCODE_DATA.values():
        for text in by_language.values():
            for part in re.split(r",| - |/|\(|\)", text):
                part = part.strip()
                if len(part) > 3 and not re.search(r"\d", part):
                    found[part] = None
    for language in ("en", "fr", "es", "pt", "ro", "de", "it", "hi", "ar", "nl", "pl", "tr", "id"):
        found.update(dict.fromkeys(babel.Locale.parse(language).territories.values()))
    found.update(dict.fromkeys((*gazetteer().districts, *gazetteer().states)))
    return [p for p in found if 2 < len(p) < 40]


def place_codes() -> list[str]:
    """Two- and three-letter codes of states and countries."""
    found = {c for c in listed("address", CODES) if c.isalpha() and c.isupper() and len(c) in (2, 3)}
    return sorted(found | set(INDIAN_STATES.split()))


def companies() -> list[str]:
    """Known companies and phone carriers."""
    from phonenumbers.carrierdata import CARRIER_DATA

    found = dict.fromkeys(listed("company", ("large_companies", "company_names", "companies")))
    found.update(dict.fromkeys(n for by_language in CARRIER_DATA.values() for n in by_language.values()))
    return [c for c in found if len(c) > 2]


def words() -> list[str]:
    """Common words, jobs and languages: what is written in tables and names nobody.

    English words stay although some are names too (may, grace); of other languages' word lists names are left out.
    """
    import babel

    names = tokens(listed("person", GIVEN)) | tokens(listed("person", FAMILY))
    found = dict.fromkeys(WORDS)
    for locale, provider in providers("lorem"):
        listing = [w for w in provider.word_list if isinstance(w, str)]
        found.update(dict.fromkeys(w for w in listing if locale == "en_US" or plain(w) not in names))
    for _, provider in providers("job"):
        for job in provider.jobs:
            found.update(dict.fromkeys(w for w in re.findall(rf"{LETTER}{{3,}}", str(job)) if plain(w) not in names))
    for code in ("en", "fr", "es"):
        found.update(dict.fromkeys(babel.Locale.parse(code).languages.values()))
    return list(found)


def jobs() -> list[str]:
    return [str(job) for _, provider in providers("job") for job in provider.jobs]


def tokens(texts: list[str]) -> set[str]:
    """The words of two characters and more in these texts, plain."""
    return {w for t in texts for w in re.findall(rf"{LETTER}{{2,}}", plain(t))}
