# ruff: noqa: E501  (a pattern is easier to check on one line)
"""Names of people, places and organisations without a language model: lists, and a character n-gram classifier.

Both are made by `python -m core.detect.train` from the sources named in `sources.py`, and shipped beside this file.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.detect.headers import LETTER, plain

LISTS = Path(__file__).with_name("lists.txt.gz")
NGRAMS = Path(__file__).with_name("ngrams.npz")
CLASSES = ("PERSON", "LOCATION", "ORGANIZATION", "ADDRESS", "OTHER")
BUCKETS = 1 << 15
_WORD = re.compile(rf"{LETTER}+")
_FACTORS = np.array([2654435761, 2246822519, 3266489917, 668265263], np.uint64)

ORGANISATION = re.compile(
    r"\b(?:inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|co|company|companies|gmbh|ag|kg|ug|ohg|mbh|sarl|sas|"
    r"sasu|eurl|s\.?a|s\.?l|s\.?r\.?l|spa|sl|srl|bv|nv|oy|oyj|ab|asa|kft|zrt|sro|doo|ltda|eireli|pvt|private|group|holdings?|"
    r"& sons|and sons|bros|brothers|bank|banco|banque|banca|bancorp|bankers|financial|insurance|assurance|trust|hospital|"
    r"hopital|hospitalier|clinic|clinica|clinique|klinik|medical|healthcare|health|university|universite|universidad|"
    r"universidade|universitat|universitatea|universitaire|universita|college|school|schools|academy|institute|institut|instituto|"
    r"institution|ecole|lycee|liceul|scoala|colegio|escola|escuela|faculty|vidyalaya|vidyapeeth|association|society|"
    r"foundation|fund|council|ministry|department of|agency|authority|services|solutions|technologies|systems|"
    r"industries|enterprises|international|partners|associates|consulting|pharma|pharmaceuticals|laboratories|labs|"
    r"airlines|airways|motors|energy|press|publishing|publications|books|records|studios?|pictures|entertainment|"
    r"supermarkt|supermarket|restaurant|hotel|store|stores|shop|mart|markets?|traders|trading|textiles|foods|club|fc|cf|sc|"
    r"united|athletic|societe|sociedad|empresa|compania|comercio|import|export|bluecross|humana|aetna|cigna|medicare|"
    r"medicaid|anthem|lic|sbi|hdfc|icici|pnb|axis)\b"
)
STREET = re.compile(
    r"\b(?:st|street|rd|road|ave|avenue|av|avda|blvd|boulevard|ln|lane|dr|drive|ct|court|pl|place|sq|square|ter|terrace|"
    r"way|pkwy|parkway|hwy|highway|cir|circle|crescent|cres|close|grove|gardens|apt|apartment|suite|ste|unit|floor|flat|"
    r"house|block|plot|h ?no|d ?no|door|near|opp|behind|nagar|marg|chowk|gali|galli|mohalla|ward|sector|phase|colony|"
    r"layout|enclave|vihar|path|bazar|bazaar|zila|circle|rue|impasse|allee|chemin|place|quai|route|cours|lotissement|calle|"
    r"carrera|cra|plaza|paseo|camino|avenida|rua|travessa|praca|alameda|rodovia|estrada|strada|str|bulevardul|bd|aleea|"
    r"calea|strasse|weg|gasse|platz|via|viale|piazza|corso|vicolo|straat|laan|plein|ulica|ul|aleje|osiedle|sokak|cadde|"
    r"mahallesi|jalan|jl|gang|barangay|purok|po box|p o box|apo|fpo|psc|box|building|bldg|tower|villa|km|mews|row|hill|"
    r"green|park|trail|trl|turnpike|plaza|point|pass|junction|crossing|alley|bypass|extension|expressway|freeway|"
    r"wharf|mill|meadows?|ridge|view|island|passage|burg|shoals?|spurs?|landing|lodge)\b|"
    r"strasse\b|straat\b|gasse\b|weg\b|gatan\b|vagen\b|katu\b|utca\b"
)


class Lists(NamedTuple):
    """Given names, family names, (whole) places, codes of places, common words, (whole) companies; all plain."""

    given: frozenset[str]
    family: frozenset[str]
    places: frozenset[str]
    codes: frozenset[str]
    words: frozenset[str]
    companies: frozenset[str]


@lru_cache(maxsize=1)
def lists() -> Lists:
    text = gzip.decompress(LISTS.read_bytes()).decode("utf-8")
    return Lists(*(frozenset(part.split("\n")) for part in text.split("\n\n")))


@lru_cache(maxsize=1)
def _weights() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    with np.load(NGRAMS) as file:
        return file["weights"].astype(np.float32), file["intercept"].astype(np.float32)


def words(text: str) -> list[str]:
    """The words of a text, plain: lower case and without accents or digits."""
    return _WORD.findall(plain(text))


def ngrams(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(row, bucket) of every character 1- to 4-gram of each text, with a mark at word ends; digits count as one sign."""
    bare = ["^" + re.sub(r"\d", "0", re.sub(r"\s+", " ", plain(t[:80]))) + "$" for t in texts]
    sizes = np.array([len(b) for b in bare])
    codes = np.frombuffer("".join(bare).encode("utf-32-le"), np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(bare)), sizes)
    rows, buckets = [], []
    for n in range(1, 5):
        if len(codes) < n:
            break
        last = len(codes) - n + 1
        mixed = np.full(last, n * 97, np.uint64)
        for k in range(n):
            mixed = (mixed * np.uint64(31) + codes[k : last + k]) * _FACTORS[k] % np.uint64(2**31 - 1)
        inside = owner[:last] == owner[n - 1 :]
        rows.append(owner[:last][inside])
        buckets.append((mixed[inside] % np.uint64(BUCKETS)).astype(np.int64))
    return np.concatenate(rows), np.concatenate(buckets)


def likely(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """(texts, CLASSES) how likely each text is a person, a place, an organisation, an address or something else."""
    if not texts:
        return np.zeros((0, len(CLASSES)))
    weights, intercept = _weights()
    rows, buckets = ngrams(texts)
    scores = np.zeros((len(texts), len(CLASSES)))
    counts = np.bincount(rows, minlength=len(texts))
    for k in range(len(CLASSES)):
        scores[:, k] = np.bincount(rows, weights[buckets, k], minlength=len(texts))
    scores = scores / np.sqrt(np.maximum(counts, 1))[:, None] + intercept
    scores -= scores.max(axis=1, keepdims=True)
    odds = np.exp(scores)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
