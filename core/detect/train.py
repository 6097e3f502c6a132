"""`python -m core.detect.train`: make the lists of names and places, and the classifiers, that detection ships with.

Needs nothing from outside: Faker (MIT), phonenumbers (Apache-2.0) and Babel (Unicode licence) are installed anyway.
The same versions give the same files (seed below).
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import time

import numpy as np

from core.detect import examples, made, sources
from core.detect.entities import ENTITIES
from core.detect.features import FEATURES, features, vector
from core.detect.headers import plain
from core.detect.look import Look
from core.detect.model import VALUES
from core.detect.names import BUCKETS, CLASSES, LISTS, NGRAMS, ngrams
from core.table import Column

SEED = 20251101
COUNTRIES = ("in", "us", "gb", "eu")
PER_CLASS = 24_000
COLUMNS = 14_000
HIDDEN = 64


def write_lists() -> None:
    """Given names, family names, places, codes of places and common words, plain, sorted."""
    given = sources.tokens(sources.listed("person", sources.GIVEN))
    family = sources.tokens(sources.listed("person", sources.FAMILY))
    places = {plain(p) for p in sources.places()}
    codes = {c.lower() for c in sources.place_codes()}
    words = sources.tokens(sources.words())
    companies = {plain(c) for c in sources.companies()}
    text = "\n\n".join("\n".join(sorted(part)) for part in (given, family, places, codes, words, companies))
    LISTS.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


def write_ngrams() -> None:
    """A multinomial logistic model on hashed character n-grams of made-up values."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    r = random.Random(SEED)  # noqa: S311 - made-up training data, the same every time
    texts, target = [], []
    makers = (_person, examples.place, examples.organisation, examples.address, examples.other)
    for k, make in enumerate(makers):
        for _ in range(PER_CLASS):
            texts.append(examples.cased(make(r), r))
            target.append(k)
    rows, buckets = ngrams(texts)
    counts = np.bincount(rows, minlength=len(texts))
    cells = csr_matrix((1 / np.sqrt(counts[rows]), (rows, buckets)), shape=(len(texts), BUCKETS), dtype=np.float32)
    model = LogisticRegression(C=20, max_iter=60, tol=1e-3).fit(cells, np.array(target))
    np.savez_compressed(
        NGRAMS,
        weights=model.coef_.T.astype(np.float16),
        intercept=model.intercept_.astype(np.float32),
        classes=np.array(CLASSES),
    )


def write_values() -> None:
    """A network with one hidden layer on made-up columns; its classes are put into the order of ENTITIES."""
    from sklearn.neural_network import MLPClassifier

    r = random.Random(SEED)  # noqa: S311 - made-up training data, the same every time
    weights = [weight for _, weight, _ in made.MAKERS]
    cells, target = [], []
    for _ in range(COLUMNS):
        entity, _, maker = r.choices(made.MAKERS, weights)[0]
        cells.append(vector(features(Look.at(Column.of(made.column(r, maker)), COUNTRIES))))
        target.append(ENTITIES.index(entity))
    x = np.array(cells)
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 0.02)
    model = MLPClassifier((HIDDEN,), alpha=1.0, max_iter=60, random_state=SEED, tol=0).fit((x - mean) / scale, target)
    order = [list(model.classes_).index(k) for k in range(len(ENTITIES))]
    np.savez_compressed(
        VALUES,
        mean=mean,
        scale=scale,
        w1=model.coefs_[0].astype(np.float32),
        b1=model.intercepts_[0],
        w2=model.coefs_[1][:, order].astype(np.float32),
        b2=model.intercepts_[1][order],
        features=np.array(FEATURES),
        entities=np.array(ENTITIES),
    )


def _person(r: random.Random) -> str:
    """A given, family or full name; one in four is Indian, in Latin letters."""
    what, locale = r.random(), "en_IN" if r.random() < 0.25 else None
    if what < 0.5:
        return examples.given(r, locale) if what < 0.25 else examples.family(r, locale)
    return examples.person(r, locale)


def main() -> None:
    steps = {"lists": write_lists, "ngrams": write_ngrams, "values": write_values}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help=f"which of {', '.join(steps)} (all)")
    only = parser.parse_args().only
    for name, make in steps.items():
        if only and name not in only:
            continue
        start = time.perf_counter()
        make()
        sys.stdout.write(f"{make.__name__}: {time.perf_counter() - start:.1f} s\n")


if __name__ == "__main__":
    main()
