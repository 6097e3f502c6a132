"""Who could be recognised: class sizes, the risk of a match, households."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

import numpy as np

from core.declare import param
from core.language import translate
from core.risk.individual import Formula, individual_risk, threshold_for
from core.risk.measure import Group, Measure, Measured, Merge, Merged, Need
from core.risk.study import Study

BANDS = ((1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, None))


class KAnonymity(Measure):
    """How many rows share each combination of the quasi-identifiers, at least.

    A file is k-anonymous if every combination that occurs, occurs in at least k rows: nobody can then be narrowed
    down to fewer than k. Missing is a value of its own and suppressed cells count as they are written, because that
    is what a recipient sees. It says nothing of what all rows of a class have in common: see l-diversity.
    """

    measure: Literal["k_anonymity"] = "k_anonymity"
    title: ClassVar[str] = "k-anonymity"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "rows"
    source: ClassVar[str] = "Samarati (2001), doi:10.1109/69.971193; Sweeney (2002), doi:10.1142/S0218488502001648"
    k: int = param("How many rows should share a combination?", why="Fewer can be told apart too easily.",
                   default=5, ge=2, le=1000, unit="rows", search=(3, 20))

    def of(self, study: Study) -> Measured:
        smallest, wanted = int(study.spread.size.min()), study.spread.rows_below(self.k)
        below = {str(k): study.spread.rows_below(k) for k in sorted({2, 3, 5, 10, self.k})}
        sentence = translate(
            "The smallest group has {smallest:,} row(s); {count:,} of {rows:,} rows stand in groups of fewer than {k}.",
            smallest=smallest, count=wanted, rows=study.rows, k=self.k,
        )
        records = {"fk": study.classes.fk} if study.by_record else {}
        return Measured(smallest, sentence, details={"k": self.k, "violations": below}, records=records)


class SampleUniques(Measure):
    """Rows whose combination of quasi-identifiers nobody else in the file has.

    Whoever knows these values of a person, and knows the person is in the file, finds the row. In a sample of a
    large population another person outside the file may have the same values: see the population estimators.
    """

    measure: Literal["sample_uniques"] = "sample_uniques"
    title: ClassVar[str] = "Rows that are alone in their combination"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "rows"
    source: ClassVar[str] = "Skinner and Elliot (2002), doi:10.1111/1467-9868.00365"

    def of(self, study: Study) -> Measured:
        count = int(study.spread.with_size(1))
        sentence = translate("{count:,} of {rows:,} rows ({share:.1%}) share their combination with nobody.",
                             count=count, rows=study.rows, share=count / study.rows)
        return Measured(count, sentence, details={"share": count / study.rows})


class ClassSizes(Measure):
    """How the rows spread over groups of equal combinations: the average group, and rows by size of their group."""

    measure: Literal["class_sizes"] = "class_sizes"
    title: ClassVar[str] = "Sizes of the groups"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "rows per group"
    source: ClassVar[str] = "Hundepool et al. (2012), doi:10.1002/9781118348239, section 3.3"

    def of(self, study: Study) -> Measured:
        spread, classes = study.spread, int(study.spread.seen)
        average = study.rows / classes
        bands = [
            {"from": low, "to": high,
             "rows": (study.rows if high is None else spread.rows_below(high + 1)) - spread.rows_below(low)}
            for low, high in BANDS
        ]
        sentence = translate("{rows:,} rows have {classes:,} different combinations: {average:.1f} rows to each.",
                             rows=study.rows, classes=classes, average=average)
        return Measured(average, sentence, details={"classes": classes, "bands": bands})


class KmAnonymity(Measure):
    """The fewest rows that share what an attacker knows who knows only m of the quasi-identifiers.

    Weaker than k-anonymity on all of them, for attackers who cannot know everything. 1 means: some m values are
    enough to single somebody out.
    """

    measure: Literal["km_anonymity"] = "km_anonymity"
    title: ClassVar[str] = "k^m-anonymity: an attacker who knows m values"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "rows"
    source: ClassVar[str] = "Terrovitis, Mamoulis and Kalnis (2008), doi:10.14778/1453856.1453874"
    m: int = param("How many values could an attacker know?", why="More knowledge singles more people out.",
                   default=2, ge=1, le=5, unit="columns")
    k: int = param("How many rows should share them?", why="Fewer can be told apart too easily.",
                   default=5, ge=2, le=1000, unit="rows")

    def of(self, study: Study) -> Measured:
        smallest, below, kept = study.rows, 0, []
        for fewest in study.fewest(self.m):
            smallest, below = min(smallest, int(fewest.min())), below + int((fewest < self.k).sum())
            kept += [fewest] if study.by_record else []
        sentence = translate(
            "With {m} known values an attacker can narrow {count:,} of {rows:,} rows down to fewer than {k}.",
            m=self.m, count=below, rows=study.rows, k=self.k,
        )
        return Measured(smallest, sentence, details={"violations": below},
                        records={"km": np.concatenate(kept)} if kept else {})


class Prosecutor(Measure):
    """The risk of a person whom the attacker knows to be in the file: 1 divided by the size of the group.

    The share at risk counts the rows above a threshold that is acceptable; the highest risk is that of the smallest
    group; the success rate is the share of all rows an attacker would match correctly who tried everybody.
    """

    measure: Literal["prosecutor"] = "prosecutor"
    title: ClassVar[str] = "Prosecutor risk: the attacker knows who is in the file"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "share of the rows"
    source: ClassVar[str] = "El Emam and Dankar (2008), doi:10.1197/jamia.M2716"
    threshold: float = param("Above which risk is a row at risk?", why="0.2 allows groups of 5 and more.",
                             default=0.2, gt=0, le=1)

    def of(self, study: Study) -> Measured:
        sizes = study.spread.size
        records = {"prosecutor_risk": 1.0 / study.classes.fk} if study.by_record else {}
        return _three_figures(1.0 / sizes, sizes * study.spread.classes, self.threshold, records)


class Journalist(Measure):
    """The risk of anybody in the population: 1 divided by how many people share the combination there.

    From a table of the population if one is given, otherwise from the sample weights; with neither the file counts
    as the whole population and the risk equals the prosecutor's.
    """

    measure: Literal["journalist"] = "journalist"
    title: ClassVar[str] = "Journalist risk: the attacker does not know who is in the file"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "share of the rows"
    source: ClassVar[str] = "El Emam and Dankar (2008), doi:10.1197/jamia.M2716"
    merging: ClassVar[Mapping[str, Merge]] = {"value": "mean", "at_risk": "mean", "highest": "most", "success": "mean"}
    threshold: float = param("Above which risk is a row at risk?", why="0.2 allows groups of 5 and more.",
                             default=0.2, gt=0, le=1)

    def of(self, study: Study) -> Measured:
        risk = 1.0 / people_alike(study)
        records = {"journalist_risk": risk[study.classes.class_of]}
        return _three_figures(risk, study.classes.sizes, self.threshold, records)

    def retold(self, found: Merged) -> str:
        return _three_said(self.threshold, found.details)


class Marketer(Measure):
    """The share of all rows that an attacker is expected to match correctly who tries to match everybody."""

    measure: Literal["marketer"] = "marketer"
    title: ClassVar[str] = "Marketer risk: matching as many as possible"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "share of the rows"
    source: ClassVar[str] = "Dankar and El Emam (2010), doi:10.1145/1754239.1754271"
    merging: ClassVar[Mapping[str, Merge]] = {"value": "mean", "expected": "sum"}

    def of(self, study: Study) -> Measured:
        expected = float((study.classes.sizes / people_alike(study)).sum())
        details = {"expected": expected}
        value = expected / study.rows
        return Measured(value, self.retold(Merged(value, details, study.rows)), details=details)

    def retold(self, found: Merged) -> str:
        return translate("An attacker who matches everybody is right for {count:,.1f} of {rows:,} ({share:.2%}).",
                         count=found.details["expected"], rows=found.rows, share=found.value)


def people_alike(study: Study) -> np.ndarray:
    """(classes,) people with the combination: in the population table, by the weights, or in the file."""
    counts = study.people_per_class
    return np.maximum(study.classes.weights if counts is None else counts, study.classes.sizes)


def _three_figures(risk: np.ndarray, rows: np.ndarray, threshold: float, records: Mapping[str, np.ndarray]) -> Measured:
    """risk: of each class; rows: in each class."""
    # 1/5 is not above 0.2: compared with a little room for the last digit.
    above = risk > threshold * (1 + 1e-12)
    details = {"at_risk": float(rows[above].sum() / rows.sum()), "highest": float(risk.max()),
               "success": float((risk * rows).sum() / rows.sum())}
    return Measured(details["at_risk"], _three_said(threshold, details), details=details, records=records)


def _three_said(threshold: float, details: Mapping[str, Any]) -> str:
    return translate(
        "{at_risk:.1%} of the rows have a risk above {threshold:g}; the highest is {highest:.1%}, the mean {mean:.1%}.",
        at_risk=details["at_risk"], threshold=threshold, highest=details["highest"], mean=details["success"],
    )


class IndividualRisk(Measure):
    """The chance that a row is matched to its person, taking into account how many people its combination has.

    In a sample each row stands for as many people as its weight says. The more people share a combination, the less
    a match says. The sum over all rows is the number of people a skilled attacker is expected to recognise. Where
    weights are below 1 a class never counts fewer people than it has rows.
    """

    measure: Literal["individual_risk"] = "individual_risk"
    title: ClassVar[str] = "Individual and global risk"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "people expected to be recognised"
    source: ClassVar[str] = "Franconi and Polettini (2004), doi:10.1007/978-3-540-25955-8_20"
    merging: ClassVar[Mapping[str, Merge]] = {"value": "sum", "global_risk": "mean", "highest": "most", "above": "sum"}
    formula: Formula = param("Which formula?", why="The approximation is what other programs report.",
                             default="approximate", advanced=True,
                             labels={"approximate": "approximate (as sdcMicro)", "exact": "exact"})
    above: float = param("Above which risk is a row counted?", why="So that these rows can be protected.",
                         default=0.1, gt=0, le=1)
    largest_global: float = param("Which share of recognised people is acceptable?",
                                  why="It gives the individual risk above which rows must be protected.",
                                  default=0.01, gt=0, le=1, advanced=True)

    def of(self, study: Study) -> Measured:
        classes = study.classes
        per_class = individual_risk(classes.sizes, classes.weights if study.weight else None, self.formula)
        expected = float((per_class * classes.sizes).sum())
        details: dict[str, Any] = {
            "global_risk": expected / study.rows, "highest": float(per_class.max()),
            "above": int(classes.sizes[per_class > self.above].sum()),
        }
        if not study.by_record:  # a part of a file: the threshold is one of the whole
            return Measured(expected, "", details=details)
        risk = per_class[classes.class_of]
        details["threshold"] = threshold_for(risk, self.largest_global)
        return Measured(expected, self.retold(Merged(expected, details, study.rows)), details=details,
                        records={"individual_risk": risk})

    def retold(self, found: Merged) -> str:
        return translate(
            "An attacker is expected to recognise {expected:,.1f} of {rows:,} people ({share:.2%}); the row most at "
            "risk with a chance of {highest:.1%}.",
            expected=found.value, rows=found.rows, share=found.value / found.rows, highest=found.details["highest"],
        )


class HouseholdRisk(Measure):
    """The chance that at least one member of the household is recognised: then all of them are.

    People who live together are found together. A row without a household is a household of its own.
    """

    measure: Literal["household_risk"] = "household_risk"
    title: ClassVar[str] = "Household risk"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "people expected to be in a recognised household"
    source: ClassVar[str] = "Templ, Kowarik and Meindl (2015), doi:10.18637/jss.v067.i04, section 3.2"
    needs: ClassVar[tuple[Need, ...]] = ("household",)

    def of(self, study: Study) -> Measured:
        risk = study.household_individual
        assert risk is not None  # noqa: S101 - `needs`
        found = self.told(float(risk.sum()), float(risk.max()), float(study.individual.sum()), study.rows)
        return replace(found, records={"household_risk": risk})

    def told(self, expected: float, highest: float, alone: float, rows: int) -> Measured:
        """The answer from sums: of the household risks, the highest of them, and of the individual risks."""
        sentence = translate(
            "Counting whole households, {expected:,.1f} of {rows:,} people are expected to be found, against "
            "{alone:,.1f} without.", expected=expected, rows=rows, alone=alone,
        )
        return Measured(expected, sentence, details={"highest": highest, "share": expected / rows})


class WildcardCounts(Measure):
    """Group sizes as some other programs count them: a missing cell matches anything.

    Offered to compare figures with sdcMicro and mu-Argus. It is not k-anonymity: whoever knows the true value of a
    missing cell sees which matching rows cannot be the one.
    """

    measure: Literal["wildcard_counts"] = "wildcard_counts"
    title: ClassVar[str] = "Group sizes with missing cells as wildcards (not k-anonymity)"
    group: ClassVar[Group] = "identity"
    unit: ClassVar[str] = "rows"
    source: ClassVar[str] = "Templ, Kowarik and Meindl (2015), doi:10.18637/jss.v067.i04, section 3.1"
    alpha: float = param("How much does a row with missing cells count?", why="1 counts it in full, 0 not at all.",
                         default=1.0, ge=0, le=1)
    k: int = param("Which group size is wanted?", why="Rows in smaller groups are counted.", default=3, ge=2, le=1000)

    def of(self, study: Study) -> Measured:
        counted = study.wildcards(self.alpha)
        risk = individual_risk(counted.fk, counted.wk if study.weight else None)
        below = {str(k): int(counted.rows[counted.fk < k].sum()) for k in sorted({2, 3, 5, self.k})}
        sentence = translate(
            "With missing cells matching anything, {count:,} of {rows:,} rows match fewer than {k}; strictly counted "
            "{strict:,}.", count=below[str(self.k)], rows=study.rows, k=self.k, strict=study.spread.rows_below(self.k),
        )
        details = {"violations": below, "expected_reidentifications": float((risk * counted.rows).sum())}
        records = {"wildcard_fk": counted.fk, "wildcard_Fk": counted.wk, "wildcard_risk": risk}
        records = {n: f[study.classes.class_of] for n, f in records.items()} if study.by_record else {}
        return Measured(float(counted.fk.min()), sentence, details=details, records=records)


class KMap(Measure):
    """The fewest people of the population who share a combination that occurs in the file.

    As k-anonymity, but counted in a table of the population: a person may hide among people outside the file. Rows
    whose combination the population table does not have, count 0: then the table is not the whole population.
    """

    measure: Literal["k_map"] = "k_map"
    title: ClassVar[str] = "k-map: hidden among the population"
    group: ClassVar[Group] = "population"
    unit: ClassVar[str] = "people"
    source: ClassVar[str] = "Sweeney (2002), doi:10.1142/S0218488502001648; El Emam and Dankar (2008)"
    merging: ClassVar[Mapping[str, Merge]] = {"value": "least", "violations": "sum", "not_in_population": "sum"}
    needs: ClassVar[tuple[Need, ...]] = ("population",)
    k: int = param("Among how many people should everybody hide?", why="Fewer can be told apart too easily.",
                   default=5, ge=2, le=1000, unit="people")

    def of(self, study: Study) -> Measured:
        counts, sizes = study.people_per_class, study.classes.sizes
        assert counts is not None  # noqa: S101 - `needs`
        details = {"violations": int(sizes[counts < self.k].sum()), "not_in_population": int(sizes[counts == 0].sum())}
        fewest = int(counts.min())
        return Measured(fewest, self.retold(Merged(fewest, details, study.rows)), details=details,
                        records={"population_count": counts[study.classes.class_of]})

    def retold(self, found: Merged) -> str:
        return translate(
            "{count:,} of {rows:,} rows match fewer than {k} people of the population; {absent:,} match nobody in it.",
            count=found.details["violations"], rows=found.rows, k=self.k, absent=found.details["not_in_population"],
        )


class DeltaPresence(Measure):
    """How sure one can be that a given person of the population is in the file: share of each combination that is.

    If everybody with a combination is in the file, being in it is no secret for them (1). The smallest and the
    largest share over the population's combinations are the two deltas.
    """

    measure: Literal["delta_presence"] = "delta_presence"
    title: ClassVar[str] = "delta-presence: is a person in the file at all?"
    group: ClassVar[Group] = "population"
    unit: ClassVar[str] = "share, 0 to 1"
    source: ClassVar[str] = "Nergiz, Atzori and Clifton (2007), doi:10.1145/1247480.1247554"
    merging: ClassVar[Mapping[str, Merge]] = {
        "value": "most", "delta_min": "least", "delta_max": "most", "certain": "sum"}
    needs: ClassVar[tuple[Need, ...]] = ("population",)

    def of(self, study: Study) -> Measured:
        people, here = study.presence
        share = np.minimum(here / people, 1.0)
        if not len(share):  # a part of a file in which nobody of the population stands
            return Measured(0.0, "", details={"delta_min": 1.0, "delta_max": 0.0, "certain": 0})
        details = {"delta_min": float(share.min()), "delta_max": float(share.max()),
                   "certain": int(people[share >= 1].sum())}
        largest = details["delta_max"]
        return Measured(largest, self.retold(Merged(largest, details, study.rows)), details=details)

    def retold(self, found: Merged) -> str:
        return translate(
            "Depending on their values, people of the population are in the file with a chance between {low:.1%} and "
            "{high:.1%}.", low=found.details["delta_min"], high=found.details["delta_max"],
        )
