"""Sign-in in front of everything: page, upload, download and socket, when STUDIO_PASSWORD is set.

The session table is the server's own and lives in memory: signing out ends the session at once, a restart ends all.
The browser holds a random token in a cookie that scripts cannot read; the table holds only its hash.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import ipaddress
import secrets
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.language import translate as _
from studio import reader

COOKIE = "studio_session"
IDLE_SECONDS = 8 * 3600
OPEN_PATHS = ("/sign-in", "/api/health")
MAX_FORM_BYTES = 4096
FREE_TRIES, LONGEST_WAIT = 5, 300.0


class Sessions:
    """Who is signed in: hash of token -> time of last use. Not more than `most` at a time; the oldest leaves."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = 1000) -> None:
        self._clock, self._most, self._last_used = clock, most, dict[str, float]()

    def open(self) -> str:
        """A new session's token, 256 random bits."""
        token = secrets.token_urlsafe(32)
        if len(self._last_used) >= self._most:
            del self._last_used[min(self._last_used, key=self._last_used.__getitem__)]
        self._last_used[_hash(token)] = self._clock()
        return token

    def knows(self, token: str | None) -> bool:
        """True if the token is of a session in use; using it keeps it open."""
        key = _hash(token or "")
        last = self._last_used.get(key)
        if last is None or self._clock() - last > IDLE_SECONDS:
            self._last_used.pop(key, None)
            return False
        self._last_used[key] = self._clock()
        return True

    def close(self, token: str | None) -> None:
        self._last_used.pop(_hash(token or ""), None)


class Tries:
    """Slows down guessing: after five wrong passwords in a row each one doubles the wait, up to five minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._wrong, self._until = clock, 0, 0.0

    def wait(self) -> float:
        """Seconds until the next try is looked at."""
        return max(0.0, self._until - self._clock())

    def wrong(self) -> None:
        self._wrong += 1
        if self._wrong >= FREE_TRIES:
            self._until = self._clock() + min(LONGEST_WAIT, 2.0 ** (self._wrong - FREE_TRIES + 1))

    def right(self) -> None:
        self._wrong, self._until = 0, 0.0


class SignIn:
    """ASGI middleware: without a session nothing but the sign-in page and the health check answers."""

    def __init__(
        self, app: ASGIApp, password: str, sessions: Sessions | None = None, tries: Tries | None = None
    ) -> None:
        self.app, self._password = app, password.encode()
        self.sessions, self.tries = sessions or Sessions(), tries or Tries()
        _doors.append(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path, signed_in = scope["path"], self.sessions.knows(cookie_of(scope))
        if scope["type"] == "http" and path in ("/sign-in", "/sign-out"):
            answer = await self._answer(Request(scope, receive), signed_in)
            await answer(scope, receive, send)
        elif signed_in or (scope["type"] == "http" and (path in OPEN_PATHS or reader.is_reader(path))):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4401})
        else:
            wants_page = scope["method"] == "GET" and "text/html" in _header(scope, b"accept")
            refused: Response = (
                RedirectResponse("/sign-in", 303) if wants_page else PlainTextResponse("Sign in first.", 401)
            )
            await refused(scope, receive, send)

    async def _answer(self, request: Request, signed_in: bool) -> Response:
        if request.method == "POST" and not _same_origin(request):
            return PlainTextResponse(_("This form was sent from another site."), 403)
        if request.url.path == "/sign-out":
            return self._sign_out(request)
        if request.method == "POST":
            return await self._sign_in(request)
        return RedirectResponse("/", 303) if signed_in else page()

    async def _sign_in(self, request: Request) -> Response:
        if wait := self.tries.wait():
            return page(
                _("There were too many wrong passwords. Try again in {seconds} seconds.", seconds=int(wait) + 1), 429
            )
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                return PlainTextResponse(_("The form is too long."), 413)
        given = parse_qs(body.decode("utf-8", "replace")).get("password", [""])[0]
        if not hmac.compare_digest(given.encode(), self._password):
            self.tries.wrong()
            return page(_("That is not the password. Check it and type it again."), 401)
        self.tries.right()
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE, self.sessions.open(), httponly=True, samesite="strict", secure=_https(request), path="/"
        )
        return answer

    def _sign_out(self, request: Request) -> Response:
        if request.method != "POST":
            return page(_("Press the button to sign out."), action="/sign-out")
        self.sessions.close(cookie_of(request.scope))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE, path="/")
        return answer


_doors: list[SignIn] = []
"""The sign-ins of this process: one, or none where the studio was started without its server."""


def signed_in(token: str | None) -> bool:
    """True if a sign-in stands in front of this process and knows the token: the page asks what the door asked."""
    return any(door.sessions.knows(token) for door in _doors)


def is_loopback(address: str) -> bool:
    """True where only this machine can reach the address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def cookie_of(scope: Scope) -> str | None:
    """The session token the browser sent, if any."""
    found = SimpleCookie(_header(scope, b"cookie")).get(COOKIE)
    return found.value if found else None


def page(message: str = "", status: int = 200, action: str = "/sign-in") -> Response:
    """The sign-in (or sign-out) page: plain HTML that needs no script."""
    note = f'<p role="alert"><strong>{html.escape(message)}</strong></p>' if message else ""
    field = (
        ""
        if action == "/sign-out"
        else (
            f'<label for="p">{_("Password")}</label>'
            '<input id="p" name="password" type="password" autocomplete="current-password" required autofocus>'
        )
    )
    title = _("Sign out") if action == "/sign-out" else _("Sign in")
    return HTMLResponse(
        _PAGE.format(title=title, note=note, action=action, field=field, studio=_("Anonymisation Studio")), status
    )


_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} – {studio}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ color-scheme: light dark; --ink: #1b1b1b; --paper: #fcfbf8; --main: #0b5c5c; --on: #fff }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #f0eee8; --paper: #14191b; --main: #6cc3bd; --on: #14191b }} }}
body {{ font: 17px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 12vh auto; max-width: 24rem;
  padding: 0 1rem }}
h1 {{ font-family: Georgia, serif; font-weight: 600 }} label {{ display: block; margin-top: 1rem }}
input {{ font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; margin: .3rem 0 1rem;
  border: 1px solid; border-radius: 6px }}
button {{ font: inherit; color: var(--on); background: var(--main); border: 0; border-radius: 6px;
  padding: .55rem 1.2rem }}
</style></head><body><main><p>{studio}</p><h1>{title}</h1>{note}
<form method="post" action="{action}">{field}<button>{title}</button></form></main></body></html>"""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


def _https(request: Request) -> bool:
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "") == "https"


def _same_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or origin.split("://", 1)[-1] == request.headers.get("host", "")
