"""A report as one self-contained HTML page: no outside request, no script, light on paper, readable by everyone.

Everything that comes from a file (column names above all) is escaped here: a block's text is never markup.
"""

from __future__ import annotations

from functools import singledispatch

from core.language import language
from core.release.blocks import Bars, Bullets, Document, Facts, Grid, Heading, Heat, Paragraph
from core.release.pictures import NAMESPACE, escaped, svg

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Noto Sans", "Noto Sans Devanagari", sans-serif; color: #1b1b1b; background: #fff;
  max-width: 50rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2rem; break-after: avoid; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { border-bottom: 1px solid #8a8a8a; padding: .3rem .5rem .3rem 0; text-align: left; vertical-align: top; }
th, td { overflow-wrap: break-word; } th[scope=row] { min-width: 9rem; } .tall td, .tall th[scope=row] { height: 4rem; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
thead { display: table-header-group; } tr, svg, dl div { break-inside: avoid; }
dl div { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem; padding: .25rem 0; border-bottom: 1px solid #ccc; }
dt { font-weight: 600; } dd { margin: 0; }
.lead { font-size: 1.1rem; } .small { font-size: .85rem; color: #444; } .wide { overflow-x: auto; }
svg { max-width: 100%; height: auto; } .code { font: .8rem/1.4 monospace; white-space: pre-wrap; }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; gap: 0; } }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } @page { margin: 18mm; }
  .new { break-before: page; } }
"""


def html(document: Document) -> str:
    """The whole page. Its content policy forbids scripts and every request."""
    body = "\n".join(shown(block) for block in document.blocks)
    return (f'<!DOCTYPE html>\n<html lang="{escaped(language.get())}"><head><meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            f"<title>{escaped(document.title)}</title>\n<style>{_STYLE}</style></head>\n<body><main>\n"
            f"<h1>{escaped(document.title)}</h1>\n{body}\n</main></body></html>\n")


@singledispatch
def shown(block: object) -> str:
    """One block as HTML."""
    raise TypeError(f"{type(block).__name__} is no block of a report")


@shown.register
def _(block: Heading) -> str:
    return f'<h2{" class=new" if block.new_page else ""}>{escaped(block.text)}</h2>'


@shown.register
def _(block: Paragraph) -> str:
    return f'<p class="{block.kind}">{escaped(block.text)}</p>' if block.kind else f"<p>{escaped(block.text)}</p>"


@shown.register
def _(block: Bullets) -> str:
    return f"<ul>{''.join(f'<li>{escaped(i)}</li>' for i in block.items)}</ul>"


@shown.register
def _(block: Facts) -> str:
    rows = "".join(f"<div><dt>{escaped(q)}</dt><dd>{escaped(a)}</dd></div>" for q, a in block.pairs)
    return f"<dl>{rows}</dl>"


@shown.register
def _(block: Grid) -> str:
    first_number = len(block.header) - block.numbers

    def cell(i: int, text: str, head: bool) -> str:
        kind = ' class="n"' if i >= first_number else ""
        if head:
            return f'<th scope="col"{kind}>{escaped(text)}</th>'
        return f'<th scope="row">{escaped(text)}</th>' if i == 0 else f"<td{kind}>{escaped(text)}</td>"

    def line(row: tuple[str, ...], head: bool = False) -> str:
        return f"<tr>{''.join(cell(i, text, head) for i, text in enumerate(row))}</tr>"

    caption = escaped(block.caption)
    return (f'<div class="wide" tabindex="0" role="region" aria-label="{caption}">'
            f'<table{" class=tall" if block.tall else ""}><caption>{caption}</caption>'
            f"<thead>{line(block.header, True)}</thead><tbody>{''.join(line(row) for row in block.rows)}</tbody>"
            "</table></div>")


@shown.register(Bars)
@shown.register(Heat)
def _(block: Bars | Heat) -> str:
    return f'<div class="wide">{svg(block).replace(NAMESPACE, "")}</div>'
