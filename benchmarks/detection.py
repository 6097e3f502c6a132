"""How well columns are recognised, beside plain Presidio's vote and presidio-structured, on labelled real tables.

    python benchmarks/detection.py                 everything (a few minutes: the baselines are slow)
    python benchmarks/detection.py --no-baselines  ours only
    python benchmarks/detection.py --errors        and every column that was taken for something else
    python benchmarks/detection.py --folder DIR    other tables: DIR/labels.csv (file,column,label) and DIR/files/

Data: ../shared/data/pii (25 files, 366 labelled columns). The value model has seen none of these columns; header words
were written with these files in view, so the figures with headers are in-sample for the words. What is fitted here are
three numbers (weights of values and headers, temperature); "held out" fits them on four fifths of the files and
measures on the rest. presidio-structured is wanted by this benchmark only: pip install --no-deps presidio-structured.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.detect import DIRECT, ENTITIES, detect
from core.detect import columns as scoring
from core.table import Column, Table

PII = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "pii"
Found = dict[tuple[str, str], str]

OURS = {  # Presidio's entity -> ours; whatever is not named here is an official number
    "PERSON": "PERSON",
    "EMAIL_ADDRESS": "EMAIL_ADDRESS",
    "PHONE_NUMBER": "PHONE_NUMBER",
    "LOCATION": "LOCATION",
    "CREDIT_CARD": "CREDIT_CARD",
    "IBAN_CODE": "BANK_ACCOUNT",
    "US_BANK_NUMBER": "BANK_ACCOUNT",
    "URL": "URL",
    "IP_ADDRESS": "IP_ADDRESS",
    "DATE_TIME": "NONE",
    "NRP": "NONE",
    "CRYPTO": "BANK_ACCOUNT",
    "MAC_ADDRESS": "NONE",
    "MEDICAL_LICENSE": "NATIONAL_ID",
    "ORGANIZATION": "ORGANIZATION",
    "UK_POSTCODE": "POSTCODE",
    "UUID": "RECORD_ID",
}


def labels(folder: Path = PII) -> Found:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["column"]): row["label"] for row in csv.DictReader(file)}


def table(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [r for r in csv.reader(file) if r]
    return Table.of({n: Column.of([(r[i] if i < len(r) else "") or None for r in rows]) for i, n in enumerate(header)})


def hidden(whole: Table) -> tuple[Table, dict[str, str]]:
    """The same table with its headers replaced by "column 1", ...; and the way back."""
    back = {f"column {i}": name for i, name in enumerate(whole.columns, 1)}
    return Table.of({new: whole.columns[old] for new, old in back.items()}), back


def ours(whole: Table) -> dict[str, str]:
    return {name: found.entity for name, found in detect(whole).items()}


def vote(analyzer: object) -> Callable[[Table], dict[str, str]]:
    """Plain Presidio: 100 distinct values of a column; the entity most of the values get, if half of them get one."""

    def run(whole: Table) -> dict[str, str]:
        answer = {}
        for name, column in whole.columns.items():
            values = [v for v in column.values.to_pylist()[:100] if v.strip()]
            tops = []
            for value in values:
                results = analyzer.analyze(value, language="en", score_threshold=0.3)  # type: ignore[attr-defined]
                if results:
                    tops.append(max(results, key=lambda r: (r.score, r.end - r.start)).entity_type)
            most = Counter(tops).most_common(1)
            answer[name] = OURS.get(most[0][0], "NATIONAL_ID") if most and most[0][1] * 2 >= len(values) else "NONE"
        return answer

    return run


def structured(analyzer: object) -> Callable[[Table], dict[str, str]]:
    """presidio-structured, its default strategy (the most common entity), on 100 rows given as text."""
    from presidio_structured import PandasAnalysisBuilder

    builder = PandasAnalysisBuilder(analyzer=analyzer)

    def run(whole: Table) -> dict[str, str]:
        frame = whole.to_polars().to_pandas().fillna("")
        found = builder.generate_analysis(frame, n=min(100, len(frame))).entity_mapping
        return {name: OURS.get(found[name], "NATIONAL_ID") if name in found else "NONE" for name in whole.columns}

    return run


def plain_presidio() -> object:
    """Presidio as it comes, India's recognizers added, without a language model and without going online."""
    import presidio_analyzer.predefined_recognizers as predefined
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    from core.detect.recognizers import keep_offline

    keep_offline()
    nlp = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}])
    nlp.load()
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    for name in ("InAadhaar", "InPan", "InVoter", "InPassport", "InVehicleRegistration", "InGstin"):
        registry.add_recognizer(getattr(predefined, f"{name}Recognizer")())
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def run(
    detector: Callable[[Table], dict[str, str]], known: Found, hide: bool, folder: Path = PII
) -> tuple[Found, float]:
    """Answers for the labelled columns, and milliseconds per column."""
    answers: Found = {}
    spent, count = 0.0, 0
    for file in sorted({f for f, _ in known}):
        whole = table(folder / "files" / file)
        seen, back = hidden(whole) if hide else (whole, {n: n for n in whole.columns})
        start = time.perf_counter()
        found = detector(seen)
        spent += time.perf_counter() - start
        count += len(found)
        answers |= {(file, back[n]): e for n, e in found.items() if (file, back[n]) in known}
    return answers, 1000 * spent / count


def scores(known: Found, found: Found) -> dict[str, tuple[float, float, float, int]]:
    """entity -> precision, recall, F1, support; over the entities that occur."""
    out = {}
    for entity in [e for e in ENTITIES if e in known.values()]:
        hit = sum(known[k] == entity == found[k] for k in known)
        said, true = sum(v == entity for v in found.values()), sum(v == entity for v in known.values())
        precision, recall = hit / said if said else 0.0, hit / true
        out[entity] = precision, recall, 2 * hit / (said + true), true
    return out


def any_of(known: Found, found: Found, group: set[str]) -> tuple[float, float]:
    """Precision and recall of "holds one of these", whichever."""
    hit = sum(known[k] in group and found[k] in group for k in known)
    return hit / max(1, sum(v in group for v in found.values())), hit / max(1, sum(v in group for v in known.values()))


def show(name: str, known: Found, found: Found, cost: float | None = None, each: bool = False) -> None:
    per = scores(known, found)
    macro = sum(f1 for _, _, f1, _ in per.values()) / len(per)
    direct, pii = any_of(known, found, set(DIRECT)), any_of(known, found, set(ENTITIES) - {"NONE"})
    right = sum(known[k] == found[k] for k in known) / len(known)
    took = "" if cost is None else f", {cost:.1f} ms a column"
    print(
        f"{name}: macro-F1 {macro:.3f} over {len(per)} entities, {right:.1%} of {len(known)} columns right; "
        f"direct identifiers P {direct[0]:.3f} R {direct[1]:.3f}; any personal data P {pii[0]:.3f} R {pii[1]:.3f}{took}"
    )
    for entity, (precision, recall, f1, support) in per.items() if each else ():
        print(f"    {entity:16} P {precision:.2f}  R {recall:.2f}  F1 {f1:.2f}  support {support}")


def held_out(known: Found, hide: bool, folds: int = 5) -> Found:
    """Answers for each fold of files with weights fitted on the other folds (a grid; the best macro-F1 wins)."""
    files = sorted({f for f, _ in known})
    order = np.random.default_rng(20251101).permutation(len(files))
    fold = {files[at]: place % folds for place, at in enumerate(order)}
    kept = scoring.VALUES, scoring.HEADER
    by_setting: dict[tuple[float, float], Found] = {}
    for values in (0.4, 0.6, 0.8):
        for header in (4.0, 6.0, 8.0):
            scoring.VALUES, scoring.HEADER = values, header
            by_setting[values, header] = run(ours, known, hide)[0]
    scoring.VALUES, scoring.HEADER = kept
    out: Found = {}
    for k in range(folds):
        train = {key: label for key, label in known.items() if fold[key[0]] != k}

        def macro(setting: tuple[float, float], train: Found = train) -> float:
            per = scores(train, {key: by_setting[setting][key] for key in train})
            return sum(f1 for _, _, f1, _ in per.values()) / len(per)

        best = max(by_setting, key=macro)
        out |= {key: by_setting[best][key] for key in known if fold[key[0]] == k}
    return out


def calibration(known: Found, hide: bool, folder: Path = PII) -> None:
    """Confidence beside how often it was right."""
    bins: dict[str, list[bool]] = defaultdict(list)
    for file in sorted({f for f, _ in known}):
        whole = table(folder / "files" / file)
        seen, back = hidden(whole) if hide else (whole, {n: n for n in whole.columns})
        for name, found in detect(seen).items():
            key = file, back[name]
            if key in known:
                low = next(b for b in (0.95, 0.8, 0.6, 0.4, 0.0) if found.confidence >= b)
                bins[f"from {low:.2f}"].append(found.entity == known[key])
    said = ", ".join(f"{b}: {np.mean(r):.0%} of {len(r)} right" for b, r in sorted(bins.items(), reverse=True))
    print(f"    confidence {said}")


def speed() -> None:
    """Ten columns of 10,000 rows, after one small table has warmed everything up."""
    r = np.random.default_rng(7)
    names = ["name", "email", "phone", "address", "aadhaar", "dob", "city", "pin", "income", "remarks"]
    first, last = (np.array(x.split()) for x in ("Asha Ravi Meena Imran John Maria", "Patel Khan Rao Das Silva Roy"))

    def cells(name: str) -> list[str]:
        g, f, n = r.choice(first, 10_000), r.choice(last, 10_000), r.integers(10**9, 10**10, 10_000)
        form = {
            "name": "{g} {f}",
            "email": "{g}.{f}{n}@example.com",
            "phone": "+91 {n}",
            "aadhaar": "23{n}",
            "address": "{n} {f} Marg, Pune",
            "dob": "19{d:02d}-0{e}-1{e}",
            "city": "Pune",
            "pin": "4110{d:02d}",
            "income": "{n}",
            "remarks": "Spoke to {g} {f} about the visit on the phone today",
        }[name]
        return [form.format(g=a, f=b, n=c, d=c % 90 + 10, e=c % 9 + 1) for a, b, c in zip(g, f, n, strict=True)]

    whole = Table.of({name: Column.of(cells(name)) for name in names})
    detect(whole.take(np.arange(50)))
    start = time.perf_counter()
    detect(whole)
    print(f"10 columns x 10,000 rows: {time.perf_counter() - start:.2f} s")


SENTENCES = (
    "Call came in at nine, {n} wants the meter read again.",
    "{n} has moved out; new tenant is {o}.",
    "Loan was taken jointly by {n} and {o} in spring.",
    "As per {g}, the pump broke last week.",
    "not at home, left the form with {o} next door",
    "{n}, aged about forty, was interviewed in the courtyard.",
    "Escalated to {o} because the invoice was wrong.",
    "Her son {g} goes to the village school.",
    "The house belongs to {n} since the flood.",
    "Thanks {g}, parcel arrived in good order.",
    "{g} did not sign; {o} signed on behalf of the family.",
    "Photo shows {n} receiving the cheque from {o}.",
)
"""Written after most rules of core/detect/freetext.py; one rule (words spelt like names) was added because of them."""


def free_text() -> None:
    """How many mentions of persons are found: real notes, and sentences with names in and outside the lists."""
    import re

    from faker import Faker

    from core.detect import freetext, names

    def recall(texts: list[str], mentions: list[list[str]]) -> tuple[int, int, int]:
        hit = total = extra = 0
        for text, wanted, found in zip(texts, mentions, freetext.spans(texts), strict=True):
            people = [s for s in found if s.entity == "PERSON"]
            places = [m.span() for name in wanted for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
            hit += sum(any(s.start <= a and b <= s.end for s in people) for a, b in places)
            total += len(places)
            extra += sum(not any(s.start < b and a < s.end for a, b in places) for s in people)
        return hit, total, extra

    for file, first, last, notes in (
        ("patients_notes.csv", "fname", "lname", "doctor_notes"),
        ("nw_employees.csv", "firstName", "lastName", "notes"),
    ):
        whole = table(PII / "files" / file)
        rows = [r for r in zip(*(whole[c].texts() for c in (first, last, notes)), strict=True) if all(r)]
        hit, total, extra = recall([str(r[2]) for r in rows], [[str(r[0]), str(r[1])] for r in rows])
        print(f"{file}: {hit} of {total} mentions of the row's own names found, {extra} other spans called a person")
    kept = names.lists()
    for unlisted in (False, True):
        hit = total = extra = 0
        for locale in ("en_US", "en_GB", "en_IN", "es_ES", "fr_FR", "de_DE", "ro_RO", "pt_BR"):
            made = Faker(locale)
            made.seed_instance(11)
            texts, mentions = [], []
            for k in range(120):
                g, n, o = made.first_name(), made.first_name(), made.first_name()
                n, o = f"{n} {made.last_name()}", f"{o} {made.last_name()}"
                pattern = SENTENCES[k % len(SENTENCES)]
                texts.append(pattern.format(g=g, n=n, o=o))
                mentions.append([v for key, v in (("{g}", g), ("{n}", n), ("{o}", o)) if key in pattern])
            if unlisted:  # forget every name that occurs, as if nobody had listed it
                gone = set(names.words(" ".join(v for m in mentions for v in m)))
                freetext.lists = lambda gone=gone: kept._replace(given=kept.given - gone, family=kept.family - gone)  # type: ignore[attr-defined]
            a, b, c = recall(texts, mentions)
            hit, total, extra = hit + a, total + b, extra + c
        freetext.lists = names.lists  # type: ignore[attr-defined]
        print(
            f"sentences, names {'in no list' if unlisted else 'in the lists'}: {hit / total:.0%} of {total} found, "
            f"{extra} other spans ({len(SENTENCES)} patterns, 8 languages of names)"
        )


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--free-text", action="store_true", help="only the free-text figures")
    parser.add_argument("--folder", type=Path, default=PII, help="labels.csv (file,column,label) and files/ (UTF-8)")
    args = parser.parse_args()
    known = labels(args.folder)
    given = args.folder == PII
    if given:
        free_text()
    if args.free_text:
        return
    ours(table(args.folder / "files" / min(file for file, _ in known)))
    if given:
        speed()
    for hide in (False, True):
        print("\nheaders hidden" if hide else "\nwith headers")
        found, cost = run(ours, known, hide, args.folder)
        show("ours", known, found, cost, each=True)
        calibration(known, hide, args.folder)
        if given:
            show("ours, weights held out by file", known, held_out(known, hide))
        if args.errors:
            for key in (k for k in known if found[k] != known[k]):
                print(f"    {key[0]} {key[1]}: {known[key]} taken for {found[key]}")
        if not args.no_baselines:
            analyzer = plain_presidio()
            show("plain Presidio's vote", known, *run(vote(analyzer), known, hide, args.folder))
            if importlib.util.find_spec("presidio_structured"):
                show("presidio-structured", known, *run(structured(analyzer), known, hide, args.folder))
            else:
                print("presidio-structured: not installed (pip install --no-deps presidio-structured)")


if __name__ == "__main__":
    main()
