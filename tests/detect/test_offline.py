"""Nothing goes online, and what an installed language model adds."""

from __future__ import annotations

import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from core.detect import detect, ner
from core.detect.freetext import spans
from core.table import Column, Table


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("something wants to go online")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.usefixtures("no_sockets")
def test_columns_and_texts_are_judged_without_a_socket() -> None:
    table = Table.of(
        {
            "mail": Column.of([f"a{n}@example.com" for n in range(20)]),
            "id": Column.of([f"8112289{n:03d}" for n in range(20)]),
            "notes": Column.of([f"Call Asha Patel on 98765432{n:02d} about the loan please" for n in range(20)]),
        }
    )
    found = detect(table)
    assert (found["mail"].entity, found["notes"].entity) == ("EMAIL_ADDRESS", "FREE_TEXT_PII")


@pytest.mark.usefixtures("no_sockets")
def test_presidio_engine_stays_offline_and_knows_india() -> None:
    from core.detect.recognizers import engine

    text = "XXXX XXXX 1234, ABCPE1234F, asha@example.com, asha@okaxis, 27AAPFU0939F1ZV"
    entities = {r.entity_type for r in engine(("in",)).analyze(text, language="en", score_threshold=0.5)}
    assert {"IN_AADHAAR", "IN_PAN", "EMAIL_ADDRESS", "IN_UPI", "IN_GSTIN"} <= entities


def test_the_block_blocks(no_sockets: None) -> None:
    with pytest.raises(AssertionError, match="online"):
        socket.create_connection(("127.0.0.1", 9))


def test_presidio_checks_official_numbers_of_a_column() -> None:
    from core.detect.recognizers import passing

    assert passing(["811228-9874", "670919-9530"] * 5, ("eu",)) == {"SE_PERSONNUMMER": 1.0}
    assert passing(["811228-9875", "670919-9531"] * 5, ("eu",)) == {}


def test_an_installed_model_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "yesterday qwxz came by"
    assert spans([text]) == [[]]
    entity = SimpleNamespace(start_char=10, end_char=14, label_="PERSON")
    model = SimpleNamespace(pipe=lambda texts: [SimpleNamespace(ents=[entity]) for _ in texts])
    monkeypatch.setattr(ner, "installed", lambda: "en_core_web_lg")
    monkeypatch.setattr(ner, "_model", lambda: model)
    assert [(s.start, s.end, s.entity) for s in spans([text])[0]] == [(10, 14, "PERSON")]


def test_importing_is_light() -> None:
    heavy = ("presidio_analyzer", "spacy", "sklearn", "faker", "phonenumbers")
    code = f"import sys, core.detect; print([m for m in {heavy} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
