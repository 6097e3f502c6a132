"""Second thoughts about a column, from the columns beside it."""

from __future__ import annotations

import numpy as np

from core.detect.entities import Entity
from core.detect.votes import Judged, Vote


def neighbours(judged: list[Judged], words: list[tuple[str, ...]]) -> None:
    """Second thoughts: latitude stands beside longitude, first name beside last name, births lie before other dates.

    judged  the columns in file order; votes are added to them
    words   the words of their headers
    """
    first = [j.best() for j in judged]
    for here, one in enumerate(judged):
        after = first[here + 1] if here + 1 < len(judged) else ""
        if one.match and one.match.phrase.endswith("house") and after == "ADDRESS" and one.features["house"] > 0.9:
            one.votes.append(Vote("ADDRESS", 8.0, "House numbers stand before a column of streets."))
        beside = {first[k] for k in (here - 1, here + 1) if 0 <= k < len(judged)}
        unsure = one.match is None or one.match.strength < 0.7 or one.match.concept.entity.startswith("?")
        if not unsure:
            continue
        if "PERSON" in beside and first[here] != "PERSON" and one.look.letters > 0.8:
            one.votes.append(Vote("PERSON", _as_a_name(one), "It stands beside a column of names."))
        near = {first[k] for k in range(here - 2, here + 3) if 0 <= k < len(judged) and k != here}
        digits, usual = one.look.usual_digits
        amount = bool(one.features) and one.features["round"] > 0.5  # no place has postcodes that all end in 00
        if near & {"LOCATION", "ADDRESS"} and digits in (4, 5, 6) and one.look.whole > 0.8 and not amount:
            close = bool(beside & {"LOCATION", "ADDRESS"}) and usual > 0.85 and digits > 4
            one.votes.append(Vote("POSTCODE", 3.0 if close else 1.5, "It stands beside a column of places."))
        if here == 0 and one.match is None and one.look.unique == 1 and one.look.has_digit > 0.9:
            one.votes.append(Vote("RECORD_ID", 1.0, "It is the first column and no value occurs twice."))
    _unplaced(judged, first)
    _maps(judged, first, words)
    _pairs(judged, first)
    _twins(judged, first)
    _births(judged, first)


def _unplaced(judged: list[Judged], first: list[Entity]) -> None:
    """A postcode stands in a table that has places; without one, and under another header, it is some other code."""
    if {"LOCATION", "ADDRESS"} & set(first):
        return
    for one in judged:
        if one.match is None or one.match.concept.entity != "POSTCODE":
            one.votes.append(Vote("POSTCODE", -4.5))


def _maps(judged: list[Judged], first: list[Entity], words: list[tuple[str, ...]]) -> None:
    """ "x" and "y" side by side are points on a map where the table has places; elsewhere they may be anything."""
    if not {"LOCATION", "ADDRESS", "GEO_COORDINATE"} & set(first):
        return
    for here in range(len(words) - 1):
        if (words[here], words[here + 1]) not in ((("x",), ("y",)), (("y",), ("x",))):
            continue
        two = judged[here : here + 2]
        if all(one.look.number > 0.9 and one.features["decimals"] > 0.5 for one in two):
            for one in two:
                one.votes.append(Vote("GEO_COORDINATE", 8.0, "“x” and “y” stand side by side in a table of places."))


def _as_a_name(one: Judged) -> float:
    """How much a column of names beside it says of a column of words: most where its values differ from row to row."""
    f, look = one.features, one.look
    if not look.sample or look.words > 3 or f["common"] > 0.5 or f["place"] > 0.6 or f["organisation"] > 0.3:
        return 0.7
    return 3.0 if look.unique > 0.6 and look.distinct > 2 else 0.7


def _pairs(judged: list[Judged], first: list[Entity]) -> None:
    """Coordinates in columns of their own come in twos: latitude and longitude side by side, and no third."""
    degrees = [  # a column of points ("28.6, 77.2") stands for itself
        (e == "GEO_COORDINATE" and one.look.number >= 0.9) or _may_be_degrees(one)
        for one, e in zip(judged, first, strict=True)
    ]
    for here, one in enumerate(judged):
        if first[here] != "GEO_COORDINATE" or one.look.number < 0.9 or (one.match and one.match.strength >= 0.7):
            continue
        run = 1
        for step in (-1, 1):
            k = here + step
            while 0 <= k < len(judged) and degrees[k]:
                run, k = run + 1, k + step
        if run == 2:
            one.votes.append(Vote("GEO_COORDINATE", 2.0, "It stands beside another column of coordinates."))
        else:
            one.votes.append(Vote("NONE", 3.5, "Coordinates would come in twos: latitude beside longitude."))


def _twins(judged: list[Judged], first: list[Entity]) -> None:
    """Two columns side by side, and no third, of fine decimals as latitudes and longitudes have them."""
    fine = [_may_be_degrees(one) for one in judged]
    placed = bool({"LOCATION", "ADDRESS", "POSTCODE"} & set(first))
    for here in range(len(judged) - 1):
        two = fine[here] and fine[here + 1]
        third = (here > 0 and fine[here - 1]) or (here + 2 < len(judged) and fine[here + 2])
        if not two or third:
            continue
        close = all(_in_one_region(one) for one in judged[here : here + 2])
        for one in (j for j, e in zip(judged[here : here + 2], first[here : here + 2], strict=True) if e == "NONE"):
            weight = 5.5 if close else 4.0 if placed else 2.0
            one.votes.append(Vote("GEO_COORDINATE", weight, "Two columns of degrees stand together."))


def _in_one_region(one: Judged) -> bool:
    """Fine degrees that all lie within a few degrees of each other, far from zero: a city, a district."""
    numbers = one.look.numbers
    spread, middle = float(np.ptp(numbers)), abs(float(np.median(numbers)))
    return one.features["fine"] > 0.9 and middle > 5 and 0 < spread < min(4.0, 0.3 * middle)


def _may_be_degrees(one: Judged) -> bool:
    numbers = one.look.numbers
    if one.look.number < 0.9 or len(numbers) < 3 or (one.match is not None and one.match.strength >= 0.7):
        return False
    middle = float(np.median(np.abs(numbers)))
    return one.features["fine"] > 0.6 and bool((np.abs(numbers) <= 180).all()) and middle > 1


def _births(judged: list[Judged], first: list[Entity]) -> None:
    """Of several columns of dates only the earliest can be births, unless their headers say so."""
    dated = [j for j, e in zip(judged, first, strict=True) if e == "DATE_OF_BIRTH" and len(j.look.years)]
    if len(dated) < 2:
        return
    earliest = min(dated, key=lambda j: float(np.median(j.look.years)))
    for one in dated:
        said = one.match is not None and one.match.concept.name == "birth_date"
        if one is not earliest and not said:
            one.votes.append(Vote("NONE", 3.0, "Another column holds earlier dates."))
