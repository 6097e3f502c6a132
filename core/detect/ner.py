"""A named-entity model, if one is installed: picked up and used, never downloaded; without one nothing fails."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.detect.freetext import Span

MODELS = ("en_core_web_trf", "en_core_web_lg", "en_core_web_md", "en_core_web_sm", "xx_ent_wiki_sm")
"""spaCy models we look for, best first."""
ADDS = (
    "No language model is installed. One (spaCy's en_core_web_lg or en_core_web_trf for English, xx_ent_wiki_sm for "
    "many languages) would find more of the rare names inside sentences; it is used as soon as it is there."
)
"""What a page says where there is none."""
ENTITIES = {"PERSON": "PERSON", "PER": "PERSON"}


@lru_cache(maxsize=1)
def installed() -> str | None:
    """The name of the best installed spaCy model, or None."""
    from importlib.util import find_spec

    return next((name for name in MODELS if find_spec(name) is not None), None)


@lru_cache(maxsize=1)
def _model() -> Any:
    import spacy

    name = installed()
    return spacy.load(name, disable=["lemmatizer"]) if name else None


def people(texts: Sequence[str]) -> list[list[Span]]:
    """For each text the persons the model names; empty lists without a model."""
    from core.detect.freetext import Span

    model = _model() if installed() else None
    if model is None:
        return [[] for _ in texts]
    return [[Span(e.start_char, e.end_char, "PERSON", 0.8) for e in doc.ents if e.label_ in ENTITIES]
            for doc in model.pipe(texts)]


def presidio_engine() -> Any:
    """An NLP engine for Presidio: the installed model, or one that does nothing (no download, ever)."""
    from presidio_analyzer.nlp_engine import NoOpNlpEngine, SpacyNlpEngine

    name = installed()
    made = (SpacyNlpEngine(models=[{"lang_code": "en", "model_name": name}]) if name
            else NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}]))
    made.load()
    return made
