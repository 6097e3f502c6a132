"""A reader's page: behind its token alone, without a session, and without anything else of the studio."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from core.store import Actor, open_store
from studio import reader
from studio.sign_in import SignIn
from tests.studio.asgi import Guest

ANSWER = {"by": ["state"], "estimates": ["count"], "notes": [], "withheld": 1, "mechanism": [],
          "lines": [{"state": "Goa <b>", "count": 1234.0, "count_low": 1200.0, "count_high": 1268.0},
                    {"state": "Kerala", "count": None, "count_low": None, "count_high": None}]}
CONTENT = {"title": "Staff & pay", "promise": "Each row is protected.", "tiles": [
    {"heading": "How many", "query": {}, "answer": ANSWER}]}


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    reader._store.cache_clear()
    store, asha = open_store(), Actor("asha")
    store.create_budget(asha, "b", "d" * 64, ground={}, measure="pure", epsilon=1, delta=0, total=1, delta_total=0)
    made = store.create_dashboard(asha, "b", CONTENT)
    yield made
    reader._store.cache_clear()
    store.close()


def test_the_token_opens_one_page_and_nothing_else(token: str) -> None:
    async def studio(request: object) -> PlainTextResponse:
        return PlainTextResponse("the studio")

    app = Starlette(routes=[Route(f"{reader.PATH}{{token}}", reader.dashboard), Route("/{anything:path}", studio)])
    guest = Guest(SignIn(app, "a long password"))
    found = guest.get(f"/reader/{token}")
    assert found.status == 200
    assert "Staff &amp; pay" in found.text and "1,234" in found.text and "Goa &lt;b&gt;" in found.text
    assert "<script" not in found.text
    assert found.headers["cache-control"] == "no-store"
    assert "set-cookie" not in found.headers
    assert guest.get("/reader/wrong").status == 404
    for other in ("/", "/ask", "/_stcore/health", f"/reader/../{token}", "/reader/x/../../ask"):
        assert "the studio" not in guest.get(other).text
    assert guest.socket("/reader/x")["type"] == "websocket.close"
    store, asha = open_store(), Actor("asha")
    store.revoke_dashboard(asha, store.dashboards(asha, "b")[0].id)
    assert guest.get(f"/reader/{token}").text == guest.get("/reader/wrong").text
    store.close()
