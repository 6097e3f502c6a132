"""The door: who may come in, what every answer carries, and what does not exist for strangers."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from core.problem import Problem
from studio import server
from studio.server import Headers, check_address, content_security_policy, hosts
from studio.sign_in import COOKIE, FREE_TRIES, Sessions, SignIn, Tries, signed_in
from tests.studio.asgi import Guest

PASSWORD = "twelve letters at least"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def no_other_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.sign_in._doors", [])


async def studio(scope: Any, receive: Any, send: Any) -> None:
    """What lies behind the door: answers everything, and opens every socket."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse("the studio")(scope, receive, send)


def behind(
    *,
    password: str = "",
    clock: Clock | None = None,
    hosts: tuple[str, ...] = ("testserver",),
    host: str = "testserver",
) -> Guest:
    app: Any = studio
    if password:
        app = SignIn(app, password, Sessions(clock or Clock()), Tries(clock or Clock()))
    return Guest(Headers(app, content_security_policy(), hosts), host)


def test_every_answer_carries_the_headers() -> None:
    answer = behind().get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "cache-control" not in behind().get("/static/a.js").headers


def test_the_policy_allows_only_this_server() -> None:
    policy = content_security_policy()
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert "http:" not in policy
    assert "https:" not in policy
    script = next(p for p in policy.split("; ") if p.startswith("script-src"))
    assert "'unsafe-inline'" not in script
    assert "sha256-" in script


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_hidden_paths_do_not_exist(path: str) -> None:
    assert behind().get(path).status == 404


def test_another_host_name_is_not_served() -> None:
    assert behind(hosts=("localhost",), host="evil.example").get("/").status == 421
    assert behind(hosts=("localhost",), host="localhost:8501").get("/").status == 200


def test_beyond_loopback_needs_a_password() -> None:
    check_address("127.0.0.1", "")
    check_address("localhost", "")
    check_address("::1", "")
    for address in ("0.0.0.0", "192.168.1.7", "studio.example", "::"):  # noqa: S104
        with pytest.raises(Problem, match="without a sign-in"):
            check_address(address, "")
        with pytest.raises(Problem, match="without a sign-in"):
            check_address(address, "short")
        check_address(address, PASSWORD)


def test_refusing_to_start_says_why(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUDIO_PASSWORD", raising=False)
    assert server.main(["--address", "0.0.0.0"]) == 1  # noqa: S104
    assert "STUDIO_PASSWORD" in capsys.readouterr().err


def test_host_names_on_loopback_are_known_ones_only() -> None:
    assert "*" not in hosts("127.0.0.1", {})
    assert hosts("10.0.0.5", {"STUDIO_HOSTS": "studio.example"})[0] == "studio.example"


@pytest.mark.parametrize("path", ["/", "/media/x", "/_stcore/upload_file"])
def test_without_a_session_nothing_answers(path: str) -> None:
    guest = behind(password=PASSWORD)
    assert guest.get(path).status == 401
    assert guest.ask("PUT", path).status == 401
    assert guest.get(path, accept="text/html").headers["location"] == "/sign-in"
    assert guest.get("/api/health").status == 200


def test_the_socket_is_closed_to_strangers() -> None:
    guest = behind(password=PASSWORD)
    assert guest.socket("/_stcore/stream") == {"type": "websocket.close", "code": 4401}
    assert guest.post("/sign-in", {"password": PASSWORD}).status == 303
    assert guest.socket("/_stcore/stream") == {"type": "websocket.accept"}
    assert behind().socket("/_stcore/agent/mcp")["type"] == "websocket.close"


def test_signing_in_and_out() -> None:
    guest = behind(password=PASSWORD)
    answer = guest.post("/sign-in", {"password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert answer.status == 303
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert guest.get("/").text == "the studio"
    token = guest.cookies[COOKIE]
    guest.post("/sign-out")
    guest.cookies[COOKIE] = token
    assert guest.get("/").status == 401


def test_a_wrong_password_says_so_and_guessing_slows_down() -> None:
    clock = Clock()
    guest = behind(password=PASSWORD, clock=clock)
    for _ in range(FREE_TRIES):
        answer = guest.post("/sign-in", {"password": "guess"})
        assert answer.status == 401
        assert "not the password" in answer.text
        assert "guess<" not in answer.text
    assert guest.post("/sign-in", {"password": PASSWORD}).status == 429
    clock.now += 3
    assert guest.post("/sign-in", {"password": PASSWORD}).status == 303


def test_a_form_from_another_site_is_refused() -> None:
    guest = behind(password=PASSWORD)
    refused = guest.post("/sign-in", {"password": PASSWORD}, origin="https://evil.example")
    assert refused.status == 403


def test_a_session_ends_when_it_is_not_used() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    token = sessions.open()
    clock.now += 7 * 3600
    assert sessions.knows(token)
    clock.now += 9 * 3600
    assert not sessions.knows(token)
    assert not sessions.knows("made up")
    assert not sessions.knows(None)


def test_the_page_asks_what_the_door_asked() -> None:
    guest = behind(password=PASSWORD)
    assert not signed_in(None)
    guest.post("/sign-in", {"password": PASSWORD})
    assert signed_in(guest.cookies[COOKIE])
    assert not signed_in("made up")
