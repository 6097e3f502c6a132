"""A dashboard for somebody outside: one plain page behind a token that can be taken back, and nothing else.

It is no page of Streamlit's: who holds a token has no session in the studio, and needs none of its scripts. An unknown
token and one that was taken back get the same answer.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from core.language import translate as _
from core.store import Store, StoreSettings, open_store
from studio import tiles

PATH = "/reader/"
_TOKEN = re.compile(r"/reader/[A-Za-z0-9_-]{1,100}")
_STYLE = """
body{font:17px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
@media(prefers-color-scheme:dark){body{background:#14191b;color:#f0eee8}}
@media print{details{display:none}}
"""


@lru_cache(maxsize=1)
def _store() -> Store:
    return open_store(StoreSettings.from_environment())


def is_reader(path: str) -> bool:
    """Whether a path is a reader's page: a token and nothing behind it, so that no `..` leads on into the studio."""
    return _TOKEN.fullmatch(path) is not None


async def dashboard(request: Request) -> Response:
    """The page behind a token; 404 where it opens nothing."""
    content = await run_in_threadpool(lambda: _store().read_dashboard(request.path_params["token"]))
    if content is None:
        return HTMLResponse(_whole(_("This link opens nothing"), f"<p>{html.escape(_('Ask whoever gave it to you.'))}"),
                            404)
    return HTMLResponse(page(content), headers={"Cache-Control": "no-store"})


def page(content: Mapping[str, Any]) -> str:
    """The dashboard as HTML: each tile with its heading, picture and numbers. Everything in it is escaped."""
    parts = [f"<p>{html.escape(str(content.get('promise', '')))}</p>", '<div class="tiles">']
    parts += [tiles.tile(str(tile["heading"]), tile["answer"]) for tile in content["tiles"]]
    parts.append("</div><p>" + html.escape(_(
        "Noise was added to every number, so that nobody can be seen in it. Each lies with 95% between “from” and "
        "“to”, as far as the noise goes.")) + "</p>")
    return _whole(str(content.get("title") or _("Dashboard")), "".join(parts))


def _whole(title: str, body: str) -> str:
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width"><title>{html.escape(title)}</title><style>{_STYLE}{tiles.STYLE}</style></head>'
            f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>")
