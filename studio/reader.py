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

PATH = "/reader/"
_TOKEN = re.compile(r"/reader/[A-Za-z0-9_-]{1,100}")
_STYLE = """
body{font:17px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}th,td{padding:.3rem .6rem;border-bottom:1px solid #8a8778;
text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.bar{background:#1f8a85;height:.8rem}
.scroll{overflow-x:auto}td.b{width:30%}
@media(prefers-color-scheme:dark){body{background:#14191b;color:#f0eee8}}
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
    """The dashboard as HTML: each tile with its heading, bars and numbers. Everything in it is escaped."""
    parts = [f"<p>{html.escape(str(content.get('promise', '')))}</p>"]
    for tile in content["tiles"]:
        parts.append(f"<h2>{html.escape(str(tile['heading']))}</h2>" + _table(tile["answer"]))
    parts.append("<p>" + html.escape(_("Noise was added to every number, so that nobody can be seen in it. Each lies "
                                       "with 95% between “from” and “to”, as far as the noise goes.")) + "</p>")
    return _whole(str(content.get("title") or _("Dashboard")), "".join(parts))


def _table(answer: Mapping[str, Any]) -> str:
    first = answer["estimates"][0]
    top = max((abs(line[first]) for line in answer["lines"] if line[first] is not None), default=0) or 1
    head = "".join(f'<th scope="col">{html.escape(str(b))}</th>' for b in answer["by"]) + '<td class="b"></td>'
    for name in answer["estimates"]:
        head += "".join(f'<th scope="col" class="n">{html.escape(h)}</th>'
                        for h in (name.replace("_", " "), _("from"), _("to")))
    body = []
    for line in answer["lines"]:
        row = "".join(f'<th scope="row">{html.escape(str(line[b]))}</th>' for b in answer["by"])
        share = 100 * max(line[first] or 0, 0) / top
        row += f'<td class="b"><div class="bar" style="width:{share:.0f}%"></div></td>'
        for name in answer["estimates"]:
            row += "".join(f'<td class="n">{_figure(line[name + end])}</td>' for end in ("", "_low", "_high"))
        body.append(f"<tr>{row}</tr>")
    notes = "".join(f"<p>{html.escape(str(n))}</p>" for n in answer["notes"])
    return (f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
            f"{notes}")


def _figure(number: float | None) -> str:
    if number is None:
        return "–"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.3g}"


def _whole(title: str, body: str) -> str:
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width"><title>{html.escape(title)}</title><style>{_STYLE}</style></head>'
            f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>")
