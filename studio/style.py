"""The one block of style: what the theme cannot say. Colours are the current text's, so they follow light and dark."""

from __future__ import annotations

STYLE = """<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"] { display: none }
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; padding-bottom: 6rem }
h1 { text-wrap-style: balance; line-height: 1.2 !important; padding-top: 0 !important }
[data-testid="stMainBlockContainer"] p { text-wrap-style: pretty }
.trail p { margin: 0; font-size: .95rem; overflow-wrap: anywhere }
.trail .whose { opacity: .85 } .trail .whose::before { content: "· " }
.marks { display: flex; gap: 4px; margin-top: .5rem }
.marks i { height: 4px; flex: 1; border-radius: 2px; background: currentColor; opacity: .18 }
.marks i.done { background: #0b7a75; opacity: 1 }
.rule { margin-top: 1.5rem }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); border: 1px solid; border-radius: 6px;
  overflow: hidden; border-color: color-mix(in srgb, currentColor 45%, transparent) }
.figures > div { padding: .7rem .9rem; border-left: 1px solid color-mix(in srgb, currentColor 25%, transparent);
  margin-left: -1px }
.figures span { display: block; font-size: .92rem; line-height: 1.3 }
.figures b { font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.5 }
.figures b.was { font-weight: 400; opacity: .9 }
.figures p { grid-column: 1 / -1; margin: 0; padding: .5rem .9rem; font-size: .92rem;
  border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
@media (max-width: 640px) { .figures { grid-template-columns: 1fr 1fr }
  .figures > div:nth-child(n+3) { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent) } }
.hear { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap }
.sheet { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums }
.sheet th, .sheet td { text-align: left; padding: .35rem .7rem .35rem 0; vertical-align: top; border-bottom: 1px solid;
  border-color: color-mix(in srgb, currentColor 22%, transparent); overflow-wrap: break-word; font-weight: 400 }
.sheet thead th { font-weight: 600; overflow-wrap: normal } .sheet .n { text-align: right }
.scroll { overflow-x: auto }
@media (max-width: 640px) { .sheet th, .sheet td { min-width: 4.6rem } .stacked .n { text-align: left } }
@media (max-width: 640px) { .stacked thead { display: none } .stacked tr { display: block; padding: .5rem 0;
  border-bottom: 1px solid } .stacked th, .stacked td { display: grid; grid-template-columns: 8.5rem 1fr;
  column-gap: .8rem; border: 0 }
  .stacked tbody th { font-weight: 600 }
  .stacked th::before, .stacked td::before { content: attr(data-of); font-weight: 400; opacity: .86 } }
.preview th, .preview td { white-space: nowrap; max-width: 18rem; overflow: hidden; text-overflow: ellipsis;
  padding-right: 1.1rem }
.preview tbody tr:nth-child(odd) th, .preview tbody tr:nth-child(odd) td {
  border-bottom: 0; padding-top: .7rem; opacity: .85 }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {
  color: inherit !important; opacity: 1 !important;
  font-size: .92rem } [data-testid="stCaptionContainer"] { opacity: .86 !important }
[data-testid="stButtonGroup"] button[aria-checked="true"],
[data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] p { color: inherit !important }
[data-testid="stButtonGroup"] button[aria-checked="true"] p { font-weight: 600 }
[class*="st-key-card-"] { padding: .45rem .8rem !important }
[class*="st-key-card-"] p { overflow-wrap: anywhere }
[class*="st-key-answer-"] { flex-wrap: nowrap !important } [class*="st-key-answer-"] > :first-child { min-width: 0 }
button[kind="tertiary"] p { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: .2em }
mark { background: color-mix(in srgb, #dfa862 45%, transparent); color: inherit; border-radius: 2px }
mark small { font-size: .78rem; opacity: .9; border-left: 1px solid; padding-left: .3rem; white-space: nowrap }
.text { line-height: 1.75; overflow-wrap: anywhere; border-left: 3px solid
  color-mix(in srgb, currentColor 25%, transparent); padding-left: .7rem; margin: .6rem 0 }
code, pre { overflow-wrap: anywhere; white-space: pre-wrap !important }
@media print { [data-testid="stHeader"], [data-testid="stBaseButton-primary"], [data-testid="stBaseButton-secondary"],
  [data-testid="stBaseButton-tertiary"] { display: none !important } }
</style>"""
NARROW = '<style>[data-testid="stMainBlockContainer"] { max-width: 47rem }</style>'
WIDE = '<style>[data-testid="stMainBlockContainer"] { max-width: 66rem }</style>'
