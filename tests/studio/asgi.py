"""A guest at the door of an ASGI app: requests without a network, with a cookie jar, and the first word of a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode


def _run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: in this one a browser's event loop may be running, left by another test."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: str


class Guest:
    def __init__(self, app: Any, host: str = "testserver") -> None:
        self.app, self.host, self.cookies = app, host, dict[str, str]()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        return self.ask("POST", path, urlencode(form or {}).encode(), headers)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        sent: list[dict[str, Any]] = []
        _run(
            self.app(
                self._scope("http", path, method, headers or {}),
                _once({"type": "http.request", "body": body}),
                _into(sent),
            )
        )
        begun = next(m for m in sent if m["type"] == "http.response.start")
        found = {k.decode().lower(): v.decode() for k, v in begun["headers"]}
        for name, morsel in SimpleCookie(found.get("set-cookie", "")).items():
            self.cookies[name] = morsel.value
        text = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body").decode()
        return Answer(begun["status"], found, text)

    def socket(self, path: str) -> dict[str, Any]:
        """The server's first word to someone who wants to open a socket."""
        sent: list[dict[str, Any]] = []
        _run(self.app(self._scope("websocket", path, "", {}), _once({"type": "websocket.connect"}), _into(sent)))
        return sent[0]

    def _scope(self, kind: str, path: str, method: str, headers: Mapping[str, str]) -> dict[str, Any]:
        all_headers = {"host": self.host, "cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        return {
            "type": kind,
            "path": path,
            "raw_path": path.encode(),
            "method": method,
            "query_string": b"",
            "scheme": "http",
            "headers": [(k.encode(), v.encode()) for k, v in all_headers.items() if v],
            "server": (self.host, 80),
            "root_path": "",
            "http_version": "1.1",
            "client": ("127.0.0.1", 1),
        }


def _once(message: dict[str, Any]) -> Any:
    async def receive() -> dict[str, Any]:
        return message

    return receive


def _into(sent: list[dict[str, Any]]) -> Any:
    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    return send
