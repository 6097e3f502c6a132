"""docs/files.md, made from the code: `python -m core.table.document > docs/files.md`."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import fields

from core.table.findings import CODES, NOTES
from core.table.limits import Limits

FORMATS = """\
| Format | Read | Written | Notes |
|---|---|---|---|
| CSV and other delimited text | yes | yes | any delimiter, quotation mark, encoding and line end; gzip, bzip2, xz too |
| Fixed-width text | with a layout | no | the layout: `name:first-last, …`, a small CSV, JSON, or `auto` |
| Excel .xlsx, .xlsm | yes | .xlsx | stored results of formulas; protected workbooks with their password |
| Excel .xls, .xlsb | yes | no | |
| OpenDocument .ods | yes | no | not with OpenDocument's own encryption |
| JSON, JSON Lines | yes | no | records, columns, rows; nested ones with consent |
| Parquet, Feather, Arrow | yes | Parquet | exact integers and decimals; lists and records with consent |
| SPSS .sav, .zsav, .por; Stata .dta; SAS .sas7bdat, .xpt | yes | .sav, .dta | labels and long names become \
the codebook and go along, user-missing kept apart; SAS labels from a .sas7bcat in the same zip |
| Zip with one table | yes | see release | AES and old zip encryption with the password |
| SQLite file, database by URL | yes, read-only | no | a table or a single SELECT; in the studio only listed databases |
"""

ANSWERS = """\
| Key | Answers |
|---|---|
| `sheet` | the name of the worksheet |
| `columns` | the columns of the worksheet that hold the table, as `A-F` |
| `member` | the entry of an archive, the list of a JSON document, the table of a database |
| `delimiter` | the sign itself, or comma, semicolon, tab, pipe, space, none |
| `encoding` | utf-8, windows-1252, utf-16, …; `utf-8-replace` keeps what can be read |
| `header_row` | the line (of the file or sheet, from 1) with the column names; 0: there is none; `1+`: and what looks \
like a second table below is none |
| `layout` | fixed width: the layout; nested JSON or Parquet: `flatten` or `text` |
| `totals` | rows that look like totals of others: `drop` or `keep` |
| `date_order` | dmy, mdy or ymd |
| `decimal` | `.` or `,` |
| `missing` | texts that stand for missing, separated by commas; `none` |
| `unfit` | what becomes of cells that do not fit their column's kind: `missing` or `keep` |
| `units` | numbers with different signs (percent, currencies): `text` or `same` |
| `brackets` | numbers in brackets: `negative`, `plain` (marked, from few cases say) or `text` |

The last six can be given for one column: `missing:age=99`.
"""


TIMES = """\
`python benchmarks/reading.py 1200000 20`, November 2026, on two cores that ten other jobs shared (CPU seconds with all
children; memory is the largest of one process). pandas' defaults are quicker and read much of it wrong: leading zeros,
“NA”, dates and digit groups.

| File | Reader | CPU s | MiB |
|---|---|---|---|
| CSV, 1,200,000 rows of ten columns, 85 MB | ours, in its child process | 11.0 | 1,249 |
| | pandas | 1.4 | 453 |
| Excel, 296,000 rows, 20 MB | ours | 15.8 | 613 |
| | pandas | 31.8 | 405 |
"""


def limits_table() -> str:
    """Every limit with its default and its line from the docstring."""
    said = {m[1]: m[2] for m in re.finditer(r"^(\w+)\s+(.+)$", inspect.getdoc(Limits) or "", re.M)}
    lines = ["| Limit | Default | What |", "|---|---|---|"]
    lines += [f"| `{f.name}` | {f.default:,} | {said[f.name]} |" for f in fields(Limits)]
    return "\n".join(lines) + "\n"


def glossary() -> str:
    """Every finding, in the order of the alphabet."""
    lines = ["| Code | What it says |", "|---|---|"]
    lines += [
        f"| `{code}` | {text}{' Worth knowing, no warning.' if code in NOTES else ''} |"
        for code, text in sorted(CODES.items())
    ]
    return "\n".join(lines) + "\n"


def page() -> str:
    return f"""# Files in and out

Made by `python -m core.table.document`; do not edit by hand.

A file is parsed by a child process with limits on memory and time, never by the studio itself. What it is is decided
by its content, not by its name. Every cell is read as text first; kinds are proposed with their reasons, and nothing
is changed in silence: what is odd is a *finding* with a code, a sentence and a place (sheet, row, column; row 1 is
the first row of data), never a value. A file that can be read in more than one way asks.

The outcome is one of: accepted, accepted with warnings, needs an answer, rejected.

## Formats

{FORMATS}
## Answers

{ANSWERS}
## Limits

A file beyond a limit is refused in a sentence that names it. Whoever runs the program sets limits for everybody
by `STUDIO_LIMIT_MEMORY=8GiB`, `STUDIO_LIMIT_SECONDS=600` and so on; `core read --limit rows=2000000` sets them once.

{limits_table()}
While a file is read, plain data lies in a private folder (mode 0700) that is removed afterwards. `STUDIO_TEMP` names
where; a folder in memory (tmpfs) keeps it off the disk.

## How long it takes

{TIMES}
## The next file of the same kind

`core read FILE --write-recipe R.yaml`, and step 7 of the wizard, write a recipe that keeps the answers, the kind
of each column and its categories (none of direct identifiers, and none of fewer than 10 rows: a recipe may be
handed on). `core read NEXT --recipe R.yaml` reads the next file the same way and says how it differs: a column
missing or new, cells that no longer fit their kind, categories that were not there. `core protect` stops where
columns or kinds differ (a new column would go out as nobody decided), unless `--accept-changes` is given; new
categories are said. In the wizard, step 1 takes a newer file into a project, or a recipe into a new one, and step
2 lists the differences.

## Out

`core export` and step 7 write Excel, CSV, Parquet, SPSS and Stata, locked with a passphrase (Excel's own encryption,
AES-256 ZIP; age on the command line), or, with `--without-passphrase`, as `plain.csv` and so on. Each file is opened
again, read back and compared, cells and labels, before it is handed over, and how to open it is written beside it. SPSS
has labels for numbers and for texts of up to 8 bytes, Stata for whole numbers only; what cannot go along is named and
stands in the codebook.

## Findings

{glossary()}"""


if __name__ == "__main__":
    sys.stdout.write(page())
