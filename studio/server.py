"""The server: the studio and `/api` on one port, with security headers. `make run` runs `python -m studio.server`."""

from __future__ import annotations

import argparse
import base64
import hashlib
import logging
import os
import re
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.starlette import App

from core.problem import Problem
from core.redact import where_it_broke
from studio import reader, warm
from studio.logs import quiet
from studio.sign_in import SignIn, is_loopback

PROJECT = Path(__file__).resolve().parent.parent
HIDDEN_PATHS = ("/_stcore/metrics", "/_stcore/agent")
"""Routes of Streamlit's that tell strangers about the server, or drive it."""

log = logging.getLogger("studio")


class Headers:
    """ASGI middleware: security headers on every answer, only known host names, hidden paths do not exist."""

    def __init__(self, app: ASGIApp, policy: str, hosts: tuple[str, ...]) -> None:
        self.app, self.hosts = app, hosts
        self.headers = [
            (k.lower().encode(), v.encode())
            for k, v in {
                "Content-Security-Policy": policy,
                "X-Frame-Options": "DENY",
                "X-Content-Type-Options": "nosniff",
                # The address names the project. “no-referrer” would hide from us where a form was sent from.
                "Referrer-Policy": "same-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
                "X-Robots-Tag": "noindex, nofollow",
            }.items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        hidden = scope["path"].startswith(HIDDEN_PATHS)
        if scope["type"] == "websocket":
            if hidden or not self._known_host(scope):
                await send({"type": "websocket.close", "code": 1008})
            else:
                await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {k for k, _ in self.headers}
                kept = [(k, v) for k, v in message.get("headers", []) if k.lower() not in ours]
                # Only the frame's own files may be kept by the browser: everything else can hold people's data.
                if not scope["path"].startswith("/static/"):
                    kept = [(k, v) for k, v in kept if k.lower() != b"cache-control"] + [
                        (b"cache-control", b"no-store")
                    ]
                message = {**message, "headers": kept + self.headers}
            await send(message)

        if not self._known_host(scope):
            await PlainTextResponse("This host name is not served here.", 421)(scope, receive, with_headers)
        elif hidden:
            await PlainTextResponse("Not found.", 404)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)

    def _known_host(self, scope: Scope) -> bool:
        if "*" in self.hosts:
            return True
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"host"), "")
        return re.sub(r":\d+$", "", given).lower() in self.hosts


def content_security_policy() -> str:
    """Everything from this server alone; the one inline script of Streamlit's page is allowed by its hash."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    hashes = " ".join(
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in re.findall(r"<script>(.*?)</script>", page, re.S)
    )
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' {hashes}",
            "style-src 'self' 'unsafe-inline'",  # Streamlit writes its styles into the page
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


def check_address(address: str, password: str) -> None:
    """Refuses to listen where other machines can reach it unless a password is set."""
    if not is_loopback(address) and len(password) < 12:
        raise Problem(
            "The studio would be open to other machines without a sign-in.",
            "Set STUDIO_PASSWORD to at least 12 characters, or leave STUDIO_ADDRESS at 127.0.0.1.",
        )


def make_app(address: str, environment: Mapping[str, str] = os.environ) -> App:
    """The ASGI app: security headers, then sign-in where a password is set, then `/api/health` and the studio."""
    password = environment.get("STUDIO_PASSWORD", "")
    check_address(address, password)
    middleware = [Middleware(Headers, policy=content_security_policy(), hosts=hosts(address, environment))]
    if password:
        middleware.append(Middleware(SignIn, password=password))
    return App(
        PROJECT / "studio" / "app.py",
        routes=[Route("/api/health", health), Route(f"{reader.PATH}{{token}}", reader.dashboard)],
        middleware=middleware,
        lifespan=lifespan,
        on_script_error=say_no_more,
    )


def hosts(address: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The names the studio answers to: against another site that points its own name at this machine."""
    named = tuple(h.strip().lower() for h in environment.get("STUDIO_HOSTS", "").split(",") if h.strip())
    if is_loopback(address):
        return ("localhost", "127.0.0.1", "[::1]", *named)
    return (*named, "localhost", "127.0.0.1") if named else ("*",)


async def health(request: Request) -> JSONResponse:  # noqa: ARG001
    return JSONResponse({"status": "ok"})


@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[dict[str, Any]]:  # noqa: ARG001
    threading.Thread(target=warm.everything, name="warm-up", daemon=True).start()
    yield {}


def say_no_more(error: Exception) -> bool:
    """An unexpected exception goes to the log as a place, never with its text; the page shows its own sentence."""
    log.error("An exception was not shown: %s", where_it_broke(error))
    return False


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m studio.server", description="Serves the studio.")
    parser.add_argument("--address", default=os.environ.get("STUDIO_ADDRESS", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("STUDIO_PORT", "8501")))
    given = parser.parse_args(arguments)
    try:
        app = make_app(given.address)
    except Problem as problem:
        print(problem.what, problem.do, sep="\n", file=sys.stderr)  # noqa: T201
        return 1
    quiet()
    print(f"The studio is at http://{'localhost' if is_loopback(given.address) else given.address}:{given.port}")  # noqa: T201
    app.run(config={"server.address": given.address, "server.port": given.port, **SETTINGS})
    return 0


SETTINGS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "server.headless": True,
    "server.enableAgentApi": False,
    "logger.enableRich": False,
}
"""What must hold even where `.streamlit/config.toml` is not found."""

if __name__ == "__main__":
    sys.exit(main())
