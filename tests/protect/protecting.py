"""What tests of protection steps share: small tables, a Run, and the peers' files."""

from __future__ import annotations

import csv
from collections import Counter

from core.protect.hierarchies.hierarchy import FromRows, load_arx
from core.protect.method import Run
from core.protect.secrets import Secrets
from core.table import Column, Table
from tests.shared import shared

K7 = ("urbrur", "roof", "walls", "water", "electcon", "relat", "sex")


def run(seed: int = 7, step: int = 1) -> Run:
    return Run(Secrets("test", seed, {}), step)


def read(place: str, separator: str = ",", numbers: tuple[str, ...] = ()) -> Table:
    with shared(place).open(encoding="utf-8") as source:
        header, *rows = csv.reader(source, delimiter=separator)
    return Table.of({
        n: Column.of(list(cells), "number" if n in numbers else "category")
        for n, cells in zip(header, zip(*rows, strict=True), strict=True)
    })


def adult() -> Table:
    table = read("data/adult/adult.csv", ";")
    return table.with_roles(dict.fromkeys(table.names, "quasi_identifier"))


def adult_hierarchies(names: tuple[str, ...]) -> dict[str, FromRows]:
    return {n: FromRows(rows=load_arx(shared(f"data/adult/adult_hierarchy_{n}.csv"))) for n in names}


def classes(table: Table, names: tuple[str, ...]) -> Counter:
    """Class sizes in the plainest way there is: a dictionary of rows of text."""
    return Counter(zip(*(table[n].texts() for n in names), strict=True))


def smallest(table: Table, names: tuple[str, ...]) -> int:
    return min(classes(table, names).values())
