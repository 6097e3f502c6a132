"""Rules a group of people who look alike must keep about a sensitive column, beyond its size."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from core.declare import ColumnPick, Declared, param
from core.problem import Problem
from core.protect.hierarchies.hierarchy import Automatic, Hierarchy
from core.protect.method import Claim
from core.protect.promises.population import KMap
from core.table import Column, Table

Floats = npt.NDArray[np.float64]
SensitiveColumn = Annotated[str, ColumnPick((), ("sensitive",), many=False)]


Path = tuple[str, ...]

MISSING_GROUP = "\0"
"""The group of missing cells below the root: a text that no file holds."""


class MixRule(Declared):
    """What every rule can do: say itself in numbers for the kernel, and be counted again in plain Python."""

    by_counts: ClassVar[bool] = False
    """Whether a group keeps it by its own counts alone, whatever the whole table holds."""
    column: SensitiveColumn = param("Which column must be mixed?", why="What must not be learned about a person.")

    def numbers(self) -> tuple[int, float, float]:
        """(kind, a, b) as core/protect/kernels/diverse.py reads them."""
        raise TypeError(f"{type(self).__name__} does not say itself in numbers")

    def kept(self, counts: Sequence[int], shares: Sequence[float], paths: Sequence[Path] = ()) -> bool:  # noqa: ARG002
        """Whether a group with these counts of each category keeps the rule; shares are those of the whole table.

        paths  the ever wider groups of each category, for rules that look at them
        """
        raise TypeError(f"{type(self).__name__} does not say when it is kept")

    def paths(self, table: Table) -> Mapping[str | None, Path]:  # noqa: ARG002
        """Value -> its ever wider groups, where the rule has a hierarchy of its own; otherwise empty."""
        return {}

    def words(self) -> str:
        raise TypeError(f"{type(self).__name__} does not say itself in words")


class DistinctL(MixRule):
    """Each group holds at least l different values (doi:10.1145/1217299.1217302)."""

    rule: Literal["distinct_l"] = "distinct_l"
    by_counts: ClassVar[bool] = True
    title: ClassVar[str] = "At least l different values"
    l: int = param("How many different values at least?", default=3, ge=2, le=1000, search=(2, 5),
                   why="If all people in a group have the same illness, the group gives it away.")

    def numbers(self) -> tuple[int, float, float]:
        return 0, float(self.l), 0.0

    def kept(self, counts: Sequence[int], shares: Sequence[float], paths: Sequence[Path] = ()) -> bool:  # noqa: ARG002
        return sum(n > 0 for n in counts) >= self.l

    def words(self) -> str:
        return f"at least {self.l} different values of “{self.column}”"


class EntropyL(MixRule):
    """The values in each group are as mixed as l equally frequent ones (doi:10.1145/1217299.1217302)."""

    rule: Literal["entropy_l"] = "entropy_l"
    by_counts: ClassVar[bool] = True
    title: ClassVar[str] = "As mixed as l equal values"
    l: float = param("As mixed as how many equally frequent values?", default=2, gt=1, le=1000, search=(1.5, 4),
                     why="Nine of ten with the same illness is hardly better than ten of ten.")

    def numbers(self) -> tuple[int, float, float]:
        return 1, self.l, 0.0

    def kept(self, counts: Sequence[int], shares: Sequence[float], paths: Sequence[Path] = ()) -> bool:  # noqa: ARG002
        n = sum(counts)
        return math.exp(-sum(c / n * math.log(c / n) for c in counts if c)) >= self.l - 1e-9

    def words(self) -> str:
        return f"values of “{self.column}” as mixed as {self.l:g} equal ones (entropy)"


class RecursiveL(MixRule):
    """The most frequent value is rarer than c times all beyond the l - 1 most frequent (recursive (c, l)-diversity)."""

    rule: Literal["recursive_l"] = "recursive_l"
    by_counts: ClassVar[bool] = True
    title: ClassVar[str] = "No value dominates"
    c: float = param("How many times the others, at most?", default=3, gt=0, le=1000, search=(1, 5),
                     why="Smaller asks for more evenly spread values.")
    l: int = param("Beyond how many of the most frequent values, plus one?", default=2, ge=2, le=1000,
                   why="Someone who can rule out l - 2 values still cannot tell.")

    def numbers(self) -> tuple[int, float, float]:
        return 2, self.c, float(self.l)

    def kept(self, counts: Sequence[int], shares: Sequence[float], paths: Sequence[Path] = ()) -> bool:  # noqa: ARG002
        ranked = sorted(counts, reverse=True)
        return ranked[0] < self.c * sum(ranked[self.l - 1:])

    def words(self) -> str:
        return f"recursive ({self.c:g}, {self.l})-diversity of “{self.column}”"


class TCloseness(MixRule):
    """In each group the values are spread nearly as in the whole table (doi:10.1109/ICDE.2007.367856)."""

    rule: Literal["t_closeness"] = "t_closeness"
    title: ClassVar[str] = "Spread as in the whole table"
    t: float = param("How far may the spread differ?", default=0.2, gt=0, lt=1, search=(0.1, 0.5),
                     why="0.2: at most 20 in 100 people of a group would have to change their value.")
    distance: Literal["equal", "ordered", "hierarchical"] = param(
        "Are all values equally different?", default="equal",
        labels={"equal": "Yes", "ordered": "No, they have an order", "hierarchical": "No, some belong together"},
        why="For incomes, a group of 10,000 and 11,000 is less mixed than one of 10,000 and 90,000.",
    )
    hierarchy: Hierarchy = param(
        "If some belong together: which groups do they form?", default=Automatic(), advanced=True,
        why="A group with only stomach illnesses tells nearly as much as one with a single illness.",
    )

    def numbers(self) -> tuple[int, float, float]:
        return {"equal": 3, "ordered": 4, "hierarchical": 6}[self.distance], self.t, 0.0

    def paths(self, table: Table) -> Mapping[str | None, Path]:
        if self.distance != "hierarchical":
            return {}
        tree = self.hierarchy.plant(table[self.column], self.column)
        texts: list[str | None] = [*table[self.column].values.to_pylist(), None]
        levels = range(1, tree.depth + 1)
        return {v: tuple(tree.labels[level][tree.groups[level, i]] or MISSING_GROUP for level in levels)
                for i, v in enumerate(texts)}

    def kept(self, counts: Sequence[int], shares: Sequence[float], paths: Sequence[Path] = ()) -> bool:
        n, running, moved, above = sum(counts), 0.0, 0.0, 0.0
        for count, share in zip(counts, shares, strict=True):
            above += max(count / n - share, 0.0)
            running += count / n - share
            moved += abs(running)
        if self.distance == "hierarchical":
            extra = [count / n - share for count, share in zip(counts, shares, strict=True)]
            return _moved_along(extra, paths) <= self.t + 1e-9
        if self.distance == "equal":
            return above <= self.t + 1e-9
        return len(counts) < 2 or moved / (len(counts) - 1) <= self.t + 1e-9

    def words(self) -> str:
        far = f"{self.t:g} ({self.distance} distance)"
        return f"values of “{self.column}” spread as in the whole file, within {far}"


def _moved_along(extra: Sequence[float], paths: Sequence[Path]) -> float:
    """The earth mover's distance where two values are as far apart as the level of their first common group.

    Li et al. (2007), section 5.2: each node costs height / H times what must be moved between its children,
    min(sum of what they have too much, sum of what they lack). Counted from the leaves up, as the paper does.
    """
    height = len(paths[0])
    below: dict[Path, float] = {(str(i), *path): e for i, (e, path) in enumerate(zip(extra, paths, strict=True))}
    cost = 0.0
    for level in range(1, height + 1):
        children: dict[Path, list[float]] = defaultdict(list)
        for node, e in below.items():
            children[node[1:]].append(e)
        for parts in children.values():
            too_much, lacking = sum(e for e in parts if e > 0), -sum(e for e in parts if e < 0)
            cost += level / height * min(too_much, lacking)
        below = {node: sum(parts) for node, parts in children.items()}
    return cost


class BetaLikeness(MixRule):
    """No value is much more frequent in a group than in the whole table (Cao and Karras, PVLDB 5(11), 2012).

    At most 1 + beta times as frequent.
    """

    rule: Literal["beta_likeness"] = "beta_likeness"
    title: ClassVar[str] = "No value much more frequent than overall"
    beta: float = param("How much more frequent, at most?", default=2.0, gt=0, le=1000, search=(0.5, 4),
                        why="2: at most three times as frequent as overall. Protects rare values too.")

    def numbers(self) -> tuple[int, float, float]:
        return 5, self.beta, 0.0

    def kept(self, counts: Sequence[int], shares: Sequence[float], paths: Sequence[Path] = ()) -> bool:  # noqa: ARG002
        n = sum(counts)
        return all(c / n <= (1 + self.beta) * share + 1e-9 for c, share in zip(counts, shares, strict=True))

    def words(self) -> str:
        return f"no value of “{self.column}” more than {1 + self.beta:g} times as frequent as in the whole file"


Rule = Annotated[
    DistinctL | EntropyL | RecursiveL | TCloseness | BetaLikeness | KMap, Field(discriminator="rule")
]
"""A rule beyond the size of groups: a choice told by `rule`, with nested settings."""


def mix_rules(rules: Sequence[MixRule | KMap]) -> tuple[MixRule, ...]:
    """The rules about sensitive columns; those about the population are told apart by `population.k_maps`."""
    return tuple(r for r in rules if isinstance(r, MixRule))


def in_order(column: Column) -> npt.NDArray[np.int64]:
    """(values + 1,) rank of each distinct value, missing last: by number where they are numbers, else by text."""
    numbers, texts = column.value_numbers, column.values.to_pylist()
    order = sorted(range(len(texts)), key=lambda i: (not np.isfinite(numbers[i]), np.nan_to_num(numbers[i]), texts[i]))
    rank = np.empty(len(texts) + 1, np.int64)
    rank[order], rank[-1] = np.arange(len(texts)), len(texts)
    return rank


LOTS = 32
"""Values of a column that only needs l different ones in each group are dealt into so many lots for each of the l."""
MOST_CELLS = 200_000_000
"""Rows times values of a sensitive column beyond which groups cannot be judged by all its values in reasonable time."""


def in_lots(table: Table, rules: Sequence[MixRule], name: str) -> int | None:
    """Into how many lots the values of a sensitive column are dealt for the kernel, or None where each counts.

    Two values of different lots are different values: l lots in a group are l values at least. Incomes, of which
    nearly every row holds another one, are judged as fast as illnesses; hardly a group holds l values of fewer lots.
    """
    about = [rule for rule in rules if rule.column == name]
    most = LOTS * max((rule.l for rule in about if isinstance(rule, DistinctL)), default=0)
    only_distinct = all(isinstance(rule, DistinctL) for rule in about)
    return most if only_distinct and len(table[name].values) > most else None


def check_values(table: Table, rules: Sequence[MixRule]) -> None:
    """A Problem where a rule that looks at every value meets a column of too many for the size of the table."""
    for rule in rules:
        values = len(table[rule.column].values)
        if in_lots(table, rules, rule.column) is None and values * table.rows > MOST_CELLS:
            raise Problem(
                "“{column_name}” has {count:,} different values, too many for this rule in a table of {rows:,} rows.",
                "Put them into bands in a step before, or ask for different values only.",
                column=rule.column, column_name=rule.column, count=values, rows=table.rows,
            )


def coded(table: Table, rules: Sequence[MixRule]) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """What the kernel needs: (columns, rows) categories, (categories,) shares, (rules, 5 or more) rules in numbers.

    A rule with a hierarchy has more numbers: how many levels there are, then each category's group, level by level.
    """
    names = tuple(dict.fromkeys(r.column for r in rules))
    codes, shares, start, places = [], [], 0, {}
    for name in names:
        ranks = in_order(table[name])[table[name].codes]
        if (lots := in_lots(table, rules, name)) is not None:
            ranks = ranks % lots
        counts = np.bincount(ranks)
        codes.append(ranks + start)
        shares.append(counts / max(table.rows, 1))
        places[name] = (start, start + len(counts))
        start += len(counts)
    numbers = [[kind, *places[r.column], a, b, *_levels(table, r, places[r.column])]
               for r in rules for kind, a, b in [r.numbers()]]
    width = max((len(row) for row in numbers), default=5)
    padded = [row + [0.0] * (width - len(row)) for row in numbers]
    return np.stack(codes).astype(np.int64), np.concatenate(shares), np.array(padded, np.float64)


def _levels(table: Table, rule: MixRule, place: tuple[int, int]) -> list[float]:
    paths = rule.paths(table)
    if not paths:
        return []
    rank, texts = in_order(table[rule.column]), [*table[rule.column].values.to_pylist(), None]
    by_rank = [texts[i] for i in np.argsort(rank)][: place[1] - place[0]]
    height = len(next(iter(paths.values())))
    groups = []
    for level in range(1, height):  # below the root, where everything is one group
        numbered: dict[Path, int] = {}
        groups += [float(numbered.setdefault(paths[v][level - 1 :], len(numbered))) for v in by_rank]
    return [float(height), *groups]


def mixed(names: Sequence[str], rule: MixRule, paths: Mapping[str | None, Path] | None = None) -> Claim:
    """The rule holds in every class of the released table, judged by the released table's own shares."""
    what = f"in each group alike in {', '.join(names)}: {rule.words()}"
    return Claim(what, lambda t: all_keep(t, names, rule, paths))


def all_keep(
    released: Table, names: Sequence[str], rule: MixRule, paths: Mapping[str | None, Path] | None = None
) -> bool:
    """Whether every class keeps the rule. Counted with dictionaries of texts, apart from the kernels.

    paths  the wider groups of each value, as `rule.paths` gives them; by default those of the released table
    """
    if rule.column not in released.columns or not released.rows:
        return True
    keys = [released[n].texts() for n in names if n in released.columns and n != rule.column]
    values = released[rule.column].texts()
    ordered = _sorted_texts(values)
    known = rule.paths(released) if paths is None else paths
    above = [known[v] for v in ordered] if known else []
    total = Counter(values)
    shares = [total[v] / released.rows for v in ordered]
    classes: dict[tuple[str | None, ...], Counter[str | None]] = defaultdict(Counter)
    for *key, value in zip(*keys, values, strict=True):
        classes[tuple(key)][value] += 1
    if rule.by_counts:
        return all(rule.kept(list(counts.values()), ()) for counts in classes.values())
    return all(rule.kept([counts[v] for v in ordered], shares, above) for counts in classes.values())


def _sorted_texts(values: Sequence[str | None]) -> list[str | None]:
    def place(value: str | None) -> tuple[int, float, str]:
        if value is None:
            return 2, 0.0, ""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        return (0, number, value) if math.isfinite(number) else (1, 0.0, value)

    return sorted(set(values), key=place)
