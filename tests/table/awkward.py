"""The awkward files: each is built here and carries the answer that reading it must give."""

# ruff: noqa: E501, S608 - files are easier to see on one line; the tables are named here

from __future__ import annotations

import gzip
import io
import json
import pickle
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pyzipper

Rows = list[list[str | None]]


@dataclass(frozen=True)
class Case:
    """One file and its answer.

    codes  findings that must be there; none outside `codes` and `may` may be there, notes aside
    cells  column names and then rows as text (None: missing), or None where there must be no table
    own    read in a child of its own, because it may do anything to its process
    typed  column -> its cells with the proposed kind applied
    """

    name: str
    build: Callable[[Path], None]
    status: str
    codes: tuple[str, ...] = ()
    cells: Rows | None = None
    answers: dict[str, str] = field(default_factory=dict)
    may: tuple[str, ...] = ()
    password: str | None = None
    own: bool = False
    where: dict[str, object] | None = None
    kinds: dict[str, str] = field(default_factory=dict)
    first_rows_only: bool = False
    typed: dict[str, list[str | None]] = field(default_factory=dict)


CASES: list[Case] = []

OK, WARN, ASK, NO = "accepted", "accepted_with_warnings", "needs_answer", "rejected"


def raw(name: str, data: bytes | str, status: str, *codes: str, **more: object) -> None:
    """A file with these bytes."""
    content = data if isinstance(data, bytes) else data.encode()
    CASES.append(Case(name, lambda path: path.write_bytes(content) and None, status, codes, **more))  # type: ignore[arg-type]


def made(
    name: str, status: str, *codes: str, **more: object
) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """A file that a function builds."""

    def keep(build: Callable[[Path], None]) -> Callable[[Path], None]:
        CASES.append(Case(name, build, status, codes, **more))  # type: ignore[arg-type]
        return build

    return keep


PEOPLE = "id,name,age,city\n001,Asha,34,Delhi\n002,Ravi,41,Pune\n003,Meena,29,Delhi\n"
AS_CELLS: Rows = [
    ["id", "name", "age", "city"],
    ["001", "Asha", "34", "Delhi"],
    ["002", "Ravi", "41", "Pune"],
    ["003", "Meena", "29", "Delhi"],
]

# --- delimiters, quotation marks, line ends
raw("plain.csv", PEOPLE, OK, cells=AS_CELLS, kinds={"id": "code", "age": "number"})
raw("crlf.csv", PEOPLE.replace("\n", "\r\n"), OK, cells=AS_CELLS)
raw("mac_line_ends.csv", PEOPLE.replace("\n", "\r"), OK, cells=AS_CELLS)
raw("no_last_line_end.csv", PEOPLE.rstrip(), OK, cells=AS_CELLS)
raw("semicolons.csv", PEOPLE.replace(",", ";"), OK, cells=AS_CELLS)
raw("tabs.txt", PEOPLE.replace(",", "\t"), OK, cells=AS_CELLS)
raw("bars.csv", PEOPLE.replace(",", "|"), OK, cells=AS_CELLS)
raw("tilde.txt", PEOPLE.replace(",", "~"), OK, cells=AS_CELLS)
raw("caret.txt", PEOPLE.replace(",", "^"), OK, cells=AS_CELLS)
raw("unit_separator.txt", PEOPLE.replace(",", "\x1f"), OK, cells=AS_CELLS)
raw("double_bars.txt", PEOPLE.replace(",", "||"), OK, cells=AS_CELLS)
raw("sep_hint.csv", "sep=;\r\n" + PEOPLE.replace(",", ";"), OK, cells=AS_CELLS)
raw(
    "european.csv",
    "name;income;rate\nAnna;1234,5;0,25\nBernd;980,25;1,5\nClara;2010,0;2,75\n",
    WARN,
    "NUMBER_FORMAT",
    cells=[
        ["name", "income", "rate"],
        ["Anna", "1234,5", "0,25"],
        ["Bernd", "980,25", "1,5"],
        ["Clara", "2010,0", "2,75"],
    ],
    kinds={"income": "number"},
)
raw(
    "quoted_commas_and_lines.csv",
    'id,address\n1,"12, MG Road\nDelhi"\n2,"He said ""no"""\n3,plain\n',
    OK,
    cells=[["id", "address"], ["1", "12, MG Road\nDelhi"], ["2", 'He said "no"'], ["3", "plain"]],
)
raw(
    "single_quotes.csv",
    "id,name,town\n1,'Patel, Asha','Pune'\n2,'Rao, Ravi','Delhi'\n3,'Das, Mina','Agra'\n",
    OK,
    cells=[
        ["id", "name", "town"],
        ["1", "Patel, Asha", "Pune"],
        ["2", "Rao, Ravi", "Delhi"],
        ["3", "Das, Mina", "Agra"],
    ],
)
raw(
    "apostrophes.csv",
    "id,name,town\n1,O'Brien,Cork\n2,D'Souza,Goa\n3,Asha,Pune\n",
    OK,
    cells=[["id", "name", "town"], ["1", "O'Brien", "Cork"], ["2", "D'Souza", "Goa"], ["3", "Asha", "Pune"]],
)
raw(
    "backslash_escapes.csv",
    'id,text\n1,"a \\"quoted\\" word"\n2,"plain, with comma"\n3,"x"\n',
    OK,
    cells=[["id", "text"], ["1", 'a "quoted" word'], ["2", "plain, with comma"], ["3", "x"]],
)
raw(
    "blank_after_delimiter.csv",
    'id, name, town\n1, "Patel, Asha", Pune\n2, "Rao, Ravi", Delhi\n3, "Das, Mina", Agra\n',
    OK,
    cells=[
        ["id", "name", "town"],
        ["1", "Patel, Asha", "Pune"],
        ["2", "Rao, Ravi", "Delhi"],
        ["3", "Das, Mina", "Agra"],
    ],
)
raw(
    "unclosed_quote_readable.csv",
    'id,name,city\n1,"Asha,Delhi\n2,Ravi,Mumbai\n3,Meena,Pune\n',
    WARN,
    "UNCLOSED_QUOTE",
    cells=[["id", "name", "city"], ["1", '"Asha', "Delhi"], ["2", "Ravi", "Mumbai"], ["3", "Meena", "Pune"]],
)
raw(
    "unclosed_quote.csv",
    'id,name,city\n1,"Patel, Asha",Delhi\n2,"Ravi,Mumbai\n3,Meena,Pune\n4,Uma,Agra\n',
    NO,
    "UNCLOSED_QUOTE",
    where={"line": 3},
)
raw(
    "inches.csv",
    'id,item,price\n1,pipe 5" long,10\n2,pipe 6" long,12\n3,nail,1\n',
    OK,
    cells=[["id", "item", "price"], ["1", 'pipe 5" long', "10"], ["2", 'pipe 6" long', "12"], ["3", "nail", "1"]],
)
raw("two_delimiters.csv", "a,b;c,d\n1,2;3,4\n5,6;7,8\n9,1;2,3\n", ASK, "RAGGED_ROWS", may=("NUMBER_FORMAT",))
raw(
    "two_delimiters_answered.csv",
    "a,b;c,d\n1,2;3,4\n5,6;7,8\n9,1;2,3\n",
    WARN,
    answers={"delimiter": ";"},
    may=("NUMBER_FORMAT",),
    cells=[["a,b", "c,d"], ["1,2", "3,4"], ["5,6", "7,8"], ["9,1", "2,3"]],
)
raw(
    "wrapped_twice.csv",
    '"id,name,age"\n"1,Asha,34"\n"2,""Rao, Ravi"",41"\n"3,Uma,29"\n',
    WARN,
    "UNCLOSED_QUOTE",
    cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Rao, Ravi", "41"], ["3", "Uma", "29"]],
)
raw("tilde_bar_tilde.txt", PEOPLE.replace(",", "~|~"), OK, cells=AS_CELLS)
raw("blanks_between.txt", PEOPLE.replace(",", " "), OK, cells=AS_CELLS)
raw("hive.txt", PEOPLE.replace(",", "\x01"), OK, cells=AS_CELLS)
raw(
    "database_output.txt",
    " id | name | age\n----+------+-----\n 1 | Asha | 34\n 2 | Ravi | 41\n 3 | Uma | 29\n(3 rows)\n",
    WARN,
    "HEADER_NOT_FIRST",
    "STRAY_CELLS",
    cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]],
)
raw(
    "markdown.txt",
    "| id | name |\n|----|------|\n| 1 | Asha |\n| 2 | Ravi |\n| 3 | Uma |\n",
    WARN,
    "HEADER_NOT_FIRST",
    "EMPTY_COLUMN",
    cells=[["id", "name"], ["1", "Asha"], ["2", "Ravi"], ["3", "Uma"]],
)
raw("script.sql", "-- people\nINSERT INTO t VALUES (1, 'a');\nINSERT INTO t VALUES (2, 'b');\n", NO, "NOT_A_TABLE")
raw("program.py.txt", "import os\n\ndef f(x):\n    return x + 1\n\nprint(f(2), os.getcwd())\n", NO, "NOT_A_TABLE")
raw(
    "one_column.csv",
    "district\nPune\nAgra\nDelhi\nPune\n",
    OK,
    cells=[["district"], ["Pune"], ["Agra"], ["Delhi"], ["Pune"]],
)
raw(
    "one_column_with_gap.csv",
    "age\n34\n\n29\n51\n",
    WARN,
    "BLANK_LINES",
    cells=[["age"], ["34"], [None], ["29"], ["51"]],
)

# --- encodings
HINDI = "नाम,आयु,शहर\nआशा,३४,दिल्ली\nरवि,४१,पुणे\nमीना,२९,दिल्ली\n"
HINDI_CELLS: Rows = [["नाम", "आयु", "शहर"], ["आशा", "३४", "दिल्ली"], ["रवि", "४१", "पुणे"], ["मीना", "२९", "दिल्ली"]]
FRENCH = "prénom,âge,ville\nJosé,34,Orléans\nZoë,41,Nîmes\nFrançois,29,Besançon\nÉlodie,51,Paris\n"
FRENCH_CELLS: Rows = [
    ["prénom", "âge", "ville"],
    ["José", "34", "Orléans"],
    ["Zoë", "41", "Nîmes"],
    ["François", "29", "Besançon"],
    ["Élodie", "51", "Paris"],
]
raw("bom.csv", b"\xef\xbb\xbf" + PEOPLE.encode(), OK, cells=AS_CELLS)
raw("utf16_le.csv", PEOPLE.encode("utf-16"), OK, cells=AS_CELLS)
raw("utf16_be.csv", b"\xfe\xff" + PEOPLE.encode("utf-16-be"), OK, cells=AS_CELLS)
raw("utf16_without_mark.csv", PEOPLE.encode("utf-16-le"), WARN, "ENCODING_GUESSED", cells=AS_CELLS)
raw("utf32.csv", PEOPLE.encode("utf-32"), OK, cells=AS_CELLS)
raw("devanagari.csv", HINDI, WARN, "NON_ASCII_DIGITS", cells=HINDI_CELLS, kinds={"आयु": "number"})
raw("devanagari_utf16.txt", HINDI.replace(",", "\t").encode("utf-16"), WARN, "NON_ASCII_DIGITS", cells=HINDI_CELLS)
raw("windows_1252.csv", FRENCH.encode("cp1252"), WARN, "ENCODING_GUESSED", cells=FRENCH_CELLS)
raw(
    "windows_1251.csv",
    "имя,возраст,город\nИван,34,Москва\nОльга,41,Казань\nПётр,29,Пермь\nАнна,30,Тула\n".encode("cp1251"),
    WARN,
    "ENCODING_GUESSED",
    cells=[
        ["имя", "возраст", "город"],
        ["Иван", "34", "Москва"],
        ["Ольга", "41", "Казань"],
        ["Пётр", "29", "Пермь"],
        ["Анна", "30", "Тула"],
    ],
)
raw(
    "shift_jis.csv",
    "名前,年齢\n田中太郎,34\n鈴木花子,41\n佐藤一郎,29\n".encode("shift_jis"),
    WARN,
    "ENCODING_GUESSED",
    cells=[["名前", "年齢"], ["田中太郎", "34"], ["鈴木花子", "41"], ["佐藤一郎", "29"]],
)
raw(
    "gbk.csv",
    "姓名,年龄\n张伟,34\n王芳,41\n李娜,29\n".encode("gb18030"),
    WARN,
    "ENCODING_GUESSED",
    cells=[["姓名", "年龄"], ["张伟", "34"], ["王芳", "41"], ["李娜", "29"]],
)
raw(
    "polish.csv",
    "imię,wiek\nŁukasz,34\nWięcław,41\nŻaneta,29\n".encode("cp1250"),
    WARN,
    "ENCODING_GUESSED",
    cells=[["imię", "wiek"], ["Łukasz", "34"], ["Więcław", "41"], ["Żaneta", "29"]],
)
raw(
    "signs_of_windows.csv",
    "id,preis,text\n1,5 €,“gut”\n2,7 €,it’s\n3,9 €,x – y\n".encode("cp1252"),
    WARN,
    "ENCODING_GUESSED",
    may=("NUMBER_FORMAT",),
    cells=[["id", "preis", "text"], ["1", "5 €", "“gut”"], ["2", "7 €", "it’s"], ["3", "9 €", "x – y"]],
)
raw(
    "mixed_encodings.csv",
    "name,city\nJosé,Nîmes\nZoë,Orléans\n".encode() + "René,Besançon\n".encode("cp1252"),
    ASK,
    "ENCODING_INVALID",
)
raw(
    "mixed_encodings_kept.csv",
    "name,city\nJosé,Nîmes\nZoë,Orléans\n".encode() + "René,Paris\n".encode("cp1252"),
    WARN,
    "ENCODING_INVALID",
    answers={"encoding": "utf-8-replace"},
    cells=[["name", "city"], ["José", "Nîmes"], ["Zoë", "Orléans"], ["Ren�", "Paris"]],
)
raw("wrong_encoding_answer.csv", FRENCH.encode("cp1252"), NO, "ENCODING_INVALID", answers={"encoding": "utf-8"})
raw(
    "garbled.csv",
    "name,city\nJosÃ©,Delhi\nAsha,Pune\nRavi,Agra\n",
    WARN,
    "ENCODING_INVALID",
    cells=[["name", "city"], ["JosÃ©", "Delhi"], ["Asha", "Pune"], ["Ravi", "Agra"]],
)
raw(
    "nul_bytes.csv",
    b"id,name,age\n1,Asha\0\0,34\n2,Ravi,41\n3,Uma,20\n",
    WARN,
    "NUL_BYTES",
    cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "20"]],
)

# --- headers, lines around the table, uneven rows
raw(
    "title_above.csv",
    "Household Survey 2023\n\nid,name,age,city\n1,Asha,34,Delhi\n2,Ravi,41,Pune\n3,Uma,29,Agra\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[
        ["id", "name", "age", "city"],
        ["1", "Asha", "34", "Delhi"],
        ["2", "Ravi", "41", "Pune"],
        ["3", "Uma", "29", "Agra"],
    ],
)
raw(
    "report_head.csv",
    "Report:,Survey\nDate:,01/02/2024\n\nid,name,age,city\n1,Asha,34,Delhi\n2,Ravi,41,Pune\n3,Uma,29,Agra\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[
        ["id", "name", "age", "city"],
        ["1", "Asha", "34", "Delhi"],
        ["2", "Ravi", "41", "Pune"],
        ["3", "Uma", "29", "Agra"],
    ],
)
raw("numbers_as_names.csv", "1,2,3,4\n10,20,30,40\n11,21,31,41\n12,22,32,42\n", ASK, "NO_HEADER")
raw(
    "comments_above.csv",
    "# Source: NSSO\n# Round 78, all persons\nid,name,age,city\n1,Asha,34,Delhi\n2,Ravi,41,Pune\n3,Uma,29,Agra\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[
        ["id", "name", "age", "city"],
        ["1", "Asha", "34", "Delhi"],
        ["2", "Ravi", "41", "Pune"],
        ["3", "Uma", "29", "Agra"],
    ],
)
raw(
    "notes_below.csv",
    "id,name,age,city\n1,Asha,34,Delhi\n2,Ravi,41,Pune\n3,Uma,29,Agra\n\nSource: own survey\nPrinted 2024\n",
    WARN,
    "STRAY_CELLS",
    cells=[
        ["id", "name", "age", "city"],
        ["1", "Asha", "34", "Delhi"],
        ["2", "Ravi", "41", "Pune"],
        ["3", "Uma", "29", "Agra"],
    ],
)
raw(
    "no_header.csv",
    "1,Asha,34,Delhi\n2,Ravi,41,Pune\n3,Uma,29,Agra\n4,Mina,33,Pune\n",
    ASK,
    "NO_HEADER",
    may=("UNNAMED_COLUMNS",),
    cells=[
        ["column_1", "column_2", "column_3", "column_4"],
        ["1", "Asha", "34", "Delhi"],
        ["2", "Ravi", "41", "Pune"],
        ["3", "Uma", "29", "Agra"],
        ["4", "Mina", "33", "Pune"],
    ],
)
raw(
    "no_header_answered.csv",
    "1,Asha,34,Delhi\n2,Ravi,41,Pune\n3,Uma,29,Agra\n4,Mina,33,Pune\n",
    WARN,
    "UNNAMED_COLUMNS",
    answers={"header_row": "0"},
    cells=[
        ["column_1", "column_2", "column_3", "column_4"],
        ["1", "Asha", "34", "Delhi"],
        ["2", "Ravi", "41", "Pune"],
        ["3", "Uma", "29", "Agra"],
        ["4", "Mina", "33", "Pune"],
    ],
)
raw("maybe_header.csv", "Asha,Delhi\nRavi,Pune\nUma,Agra\nMina,Kochi\n", ASK, "NO_HEADER")
raw(
    "maybe_header_answered.csv",
    "Asha,Delhi\nRavi,Pune\nUma,Agra\nMina,Kochi\n",
    OK,
    answers={"header_row": "1"},
    cells=[["Asha", "Delhi"], ["Ravi", "Pune"], ["Uma", "Agra"], ["Mina", "Kochi"]],
)
raw(
    "years_as_names.csv",
    "State,2019,2020,2021\nGoa,15,16,17\nBihar,20,21,19\nAssam,9,8,7\n",
    OK,
    cells=[
        ["State", "2019", "2020", "2021"],
        ["Goa", "15", "16", "17"],
        ["Bihar", "20", "21", "19"],
        ["Assam", "9", "8", "7"],
    ],
)
raw(
    "trailing_delimiter.csv",
    "id,name,age\n1,Asha,34,\n2,Ravi,41,\n3,Uma,29,\n",
    WARN,
    "RAGGED_ROWS",
    may=("EMPTY_COLUMN",),
    cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]],
)
raw(
    "trailing_delimiter_everywhere.csv",
    "id,name,age,\n1,Asha,34,\n2,Ravi,41,\n3,Uma,29,\n",
    WARN,
    "EMPTY_COLUMN",
    cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]],
)
raw(
    "row_names.csv",
    '"name" "age"\n"1" "Asha" 34\n"2" "Ravi" 41\n"3" "Uma" 29\n',
    WARN,
    "UNNAMED_COLUMNS",
    cells=[["column_1", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]],
)
raw(
    "ragged.csv",
    "id,name,city,age\n1,Asha,Delhi,34\n2,Ravi,Pune\n3,Uma,Agra,Fort,29\n4,Mina,Kochi,33\n",
    WARN,
    "RAGGED_ROWS",
    cells=[
        ["id", "name", "city", "age", "extra_1"],
        ["1", "Asha", "Delhi", "34", None],
        ["2", "Ravi", "Pune", None, None],
        ["3", "Uma", "Agra", "Fort", "29"],
        ["4", "Mina", "Kochi", "33", None],
    ],
    where={"row": 2},
    may=("TYPE_MISMATCH", "MIXED_TYPES"),
)
raw(
    "blank_lines.csv",
    "id,name,age\n1,Asha,34\n\n2,Ravi,41\n,,\n3,Uma,29\n",
    WARN,
    "BLANK_LINES",
    cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]],
)
raw(
    "repeated_header.csv",
    "id,name,age\n1,Asha,34\n2,Ravi,41\nid,name,age\n3,Uma,29\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]],
)
raw(
    "numbering_line.csv",
    "State,Persons,Males\n(1),(2),(3)\nGoa,15,7\nBihar,20,11\nAssam,9,4\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[["State", "Persons", "Males"], ["Goa", "15", "7"], ["Bihar", "20", "11"], ["Assam", "9", "4"]],
)
raw(
    "group_headings.csv",
    "id,Household,,Income,\n,size,rooms,urban,rural\n1,4,2,100,0\n2,5,3,0,80\n3,2,1,50,50\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[
        ["id", "Household / size", "Household / rooms", "Income / urban", "Income / rural"],
        ["1", "4", "2", "100", "0"],
        ["2", "5", "3", "0", "80"],
        ["3", "2", "1", "50", "50"],
    ],
)
raw(
    "duplicate_names.csv",
    "id,age,age\n1,34,35\n2,41,42\n3,29,30\n",
    WARN,
    "DUPLICATE_COLUMNS",
    cells=[["id", "age", "age_2"], ["1", "34", "35"], ["2", "41", "42"], ["3", "29", "30"]],
)
raw(
    "unnamed.csv",
    "id,,age\n1,Asha,34\n2,Ravi,41\n3,Uma,29\n",
    WARN,
    "UNNAMED_COLUMNS",
    cells=[["id", "column_2", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]],
)
raw(
    "lookalike_names.csv",
    "id,Name,name \n1,a,b\n2,c,d\n3,e,f\n",
    WARN,
    "LOOKALIKE_COLUMNS",
    cells=[["id", "Name", "name"], ["1", "a", "b"], ["2", "c", "d"], ["3", "e", "f"]],
)
raw(
    "hostile_names.csv",
    "id,<b>name</b>,=cmd()|x,a\x07ge\n1,Asha,x,34\n2,Ravi,y,41\n3,Uma,z,29\n",
    WARN,
    "UNSAFE_COLUMN_NAMES",
    cells=[
        ["id", "name", "cmd()|x", "a ge"],
        ["1", "Asha", "x", "34"],
        ["2", "Ravi", "y", "41"],
        ["3", "Uma", "z", "29"],
    ],
)
raw(
    "total_row.csv",
    "State,Persons\nGoa,15\nBihar,20\nAssam,9\nTotal,44\n",
    WARN,
    "TOTAL_ROW",
    where={"row": 4},
    cells=[["State", "Persons"], ["Goa", "15"], ["Bihar", "20"], ["Assam", "9"], ["Total", "44"]],
)
raw("header_only.csv", "id,name,age\n", NO, "NO_ROWS")
raw("empty.csv", "", NO, "EMPTY_FILE")
raw("blanks.csv", " \n\n  \n", NO, "EMPTY_FILE")
raw("two_rows.csv", "id,age\n1,34\n2,41\n", WARN, "TOO_FEW_ROWS", cells=[["id", "age"], ["1", "34"], ["2", "41"]])

# --- values
raw(
    "leading_zeros.csv",
    "pin,village\n00123,A\n00456,B\n01789,C\n",
    OK,
    cells=[["pin", "village"], ["00123", "A"], ["00456", "B"], ["01789", "C"]],
    kinds={"pin": "code"},
)
raw(
    "long_numbers.csv",
    "aadhaar,age\n1234567890123456,34\n9876543210987654,41\n1111222233334444,29\n",
    OK,
    kinds={"aadhaar": "code"},
    cells=[["aadhaar", "age"], ["1234567890123456", "34"], ["9876543210987654", "41"], ["1111222233334444", "29"]],
)
raw(
    "na_is_a_country.csv",
    "country,code\nNamibia,NA\nIndia,IN\nNepal,NP\n",
    WARN,
    "MISSING_MARKERS",
    cells=[["country", "code"], ["Namibia", "NA"], ["India", "IN"], ["Nepal", "NP"]],
)
raw(
    "na_in_numbers.csv",
    "id,age\n1,34\n2,NA\n3,29\n4,-\n5,51\n6,40\n7,44\n8,20\n9,30\n10,22\n11,23\n12,24\n13,25\n14,27\n15,28\n16,21\n17,26\n"
    "18,31\n19,32\n20,33\n",
    WARN,
    "MISSING_MARKERS",
    kinds={"age": "number"},
)
raw(
    "na_confirmed.csv",
    "id,age\n1,34\n2,NA\n3,29\n",
    OK,
    answers={"missing": "NA"},
    cells=[["id", "age"], ["1", "34"], ["2", None], ["3", "29"]],
)
raw(
    "indian_grouping.csv",
    'id,income\n1,"1,23,456"\n2,"12,34,567"\n3,"98,765"\n',
    WARN,
    "NUMBER_FORMAT",
    kinds={"income": "number"},
    cells=[["id", "income"], ["1", "1,23,456"], ["2", "12,34,567"], ["3", "98,765"]],
)
raw(
    "comma_meaning.csv",
    "id;amount\n1;1,234\n2;2,500\n3;3,750\n",
    ASK,
    "NUMBER_FORMAT",
    cells=[["id", "amount"], ["1", "1,234"], ["2", "2,500"], ["3", "3,750"]],
)
raw(
    "comma_meaning_answered.csv",
    "id;amount\n1;1,234\n2;2,500\n3;3,750\n",
    WARN,
    "NUMBER_FORMAT",
    answers={"decimal": ","},
    cells=[["id", "amount"], ["1", "1,234"], ["2", "2,500"], ["3", "3,750"]],
    kinds={"amount": "number"},
)
raw(
    "ambiguous_dates.csv",
    "id,visit\n1,03/04/2024\n2,05/06/2024\n3,01/02/2024\n",
    ASK,
    "AMBIGUOUS_DATES",
    where={"column": "visit"},
    cells=[["id", "visit"], ["1", "03/04/2024"], ["2", "05/06/2024"], ["3", "01/02/2024"]],
)
raw(
    "ambiguous_dates_answered.csv",
    "id,visit\n1,03/04/2024\n2,05/06/2024\n3,01/02/2024\n",
    OK,
    answers={"date_order": "dmy"},
    cells=[["id", "visit"], ["1", "03/04/2024"], ["2", "05/06/2024"], ["3", "01/02/2024"]],
    kinds={"visit": "date"},
)
raw(
    "dates_decided_by_others.csv",
    "id,born,seen\n1,25/12/2020,01/02/2021\n2,13/11/2020,03/04/2021\n3,01/05/2020,05/06/2021\n",
    WARN,
    "AMBIGUOUS_DATES",
    where={"column": "seen"},
    kinds={"born": "date", "seen": "date"},
)
raw("short_years.csv", "id,dob\n1,13/04/85\n2,25/12/01\n3,30/06/70\n", WARN, "AMBIGUOUS_DATES", kinds={"dob": "date"})
raw(
    "day_numbers.csv",
    "id,date_of_birth\n1,33000\n2,30000\n3,28123\n",
    WARN,
    "NUMBER_FORMAT",
    kinds={"date_of_birth": "date"},
)
raw(
    "point_meaning.csv",
    "ort;einwohner\nA;1.234\nB;25.678\nC;345.678\n",
    ASK,
    "NUMBER_FORMAT",
    kinds={"einwohner": "number"},
)
raw(
    "decided_dates.csv",
    "id,visit\n1,03/04/2024\n2,25/06/2024\n3,01/02/2024\n",
    OK,
    kinds={"visit": "date"},
    cells=[["id", "visit"], ["1", "03/04/2024"], ["2", "25/06/2024"], ["3", "01/02/2024"]],
)
raw(
    "invalid_dates.csv",
    "id,dob\n1,13/04/1990\n2,31/02/1985\n3,25/12/1970\n4,14/05/1988\n",
    WARN,
    "INVALID_DATES",
    where={"row": 2},
    cells=[["id", "dob"], ["1", "13/04/1990"], ["2", "31/02/1985"], ["3", "25/12/1970"], ["4", "14/05/1988"]],
)
raw(
    "mixed_types.csv",
    "id,size\n1,10\n2,large\n3,12\n4,small\n5,9\n",
    WARN,
    "MIXED_TYPES",
    where={"row": 2},
    cells=[["id", "size"], ["1", "10"], ["2", "large"], ["3", "12"], ["4", "small"], ["5", "9"]],
)
raw(
    "one_wrong_type.csv",
    "id,income\n" + "".join(f"{n},{n * 31}\n" for n in range(1, 30)) + "30,around 900\n",
    WARN,
    "TYPE_MISMATCH",
    where={"row": 30},
    kinds={"income": "number"},
)
raw(
    "infinite.csv",
    "id,ratio\n1,0.5\n2,inf\n3,0.25\n" + "".join(f"{n},0.{n}1\n" for n in range(4, 20)),
    WARN,
    "NON_FINITE",
    where={"row": 2},
)
raw(
    "formula_text.csv",
    "id,note\n1,\"=cmd|' /C calc'!A0\"\n2,@SUM(A1)\n3,fine\n",
    WARN,
    "FORMULA_TEXT",
    cells=[["id", "note"], ["1", "=cmd|' /C calc'!A0"], ["2", "@SUM(A1)"], ["3", "fine"]],
)
raw(
    "phones_are_no_formulas.csv",
    "id,phone\n1,+91 98765 43210\n2,+91-98123-45678\n3,+91 22 2345 6789\n",
    OK,
    cells=[["id", "phone"], ["1", "+91 98765 43210"], ["2", "+91-98123-45678"], ["3", "+91 22 2345 6789"]],
)
raw(
    "unsafe_values.csv",
    "id,note\n1,a\x08b\n2,<script>x</script>\n3,fine\n",
    WARN,
    "UNSAFE_VALUES",
    cells=[["id", "note"], ["1", "a\x08b"], ["2", "<script>x</script>"], ["3", "fine"]],
)
raw(
    "lookalike_values.csv",
    "id,state\n1,Delhi\n2,delhi\n3,Delhi \n4,Goa\n5,Goa\n6,Delhi\n",
    WARN,
    "LOOKALIKE_VALUES",
    cells=[
        ["id", "state"],
        ["1", "Delhi"],
        ["2", "delhi"],
        ["3", "Delhi "],
        ["4", "Goa"],
        ["5", "Goa"],
        ["6", "Delhi"],
    ],
)
raw("bad_weights.csv", "id,sample_weight\n1,10.5\n2,-3\n3,0\n4,12.25\n5,\n", WARN, "BAD_WEIGHTS", where={"row": 2})
raw(
    "empty_column.csv",
    "id,remarks,age\n1,,34\n2,,41\n3,,29\n",
    WARN,
    "EMPTY_COLUMN",
    cells=[["id", "remarks", "age"], ["1", None, "34"], ["2", None, "41"], ["3", None, "29"]],
)
raw(
    "constant_and_unique.csv",
    "code,country,age\nA1,India,34\nA2,India,41\nA3,India,29\nA4,India,30\nA5,India,31\nA6,India,30\n",
    OK,
    "CONSTANT_COLUMN",
    "UNIQUE_COLUMN",
)
raw(
    "errors_as_text.csv",
    "id,rate\n1,0.5\n2,#DIV/0!\n3,0.25\n4,0.75\n",
    WARN,
    "ERROR_CELLS",
    cells=[["id", "rate"], ["1", "0.5"], ["2", None], ["3", "0.25"], ["4", "0.75"]],
    kinds={"rate": "number"},
)
raw("long_cell.csv", "id,text\n1," + "x" * 40_000 + "\n2,b\n3,c\n", WARN, "HUGE_CELL", where={"row": 1})
raw("huge_cell.csv", "id,text\n1," + "x" * 3_000_000 + "\n2,b\n3,c\n", NO, "HUGE_CELL")

# --- no table
raw(
    "letter.txt",
    "Dear Sir,\n\nplease find enclosed the report on our activities, as agreed.\nWe would be glad to hear from you.\n\n"
    "Yours faithfully,\nA. Patel\n",
    NO,
    "NOT_A_TABLE",
)
raw("page.xls", "<html><body><table><tr><td>id</td></tr></table></body></html>", NO, "NOT_A_TABLE")
raw("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), NO, "NOT_A_TABLE")
raw("document.csv", b"%PDF-1.7\n" + bytes(100), NO, "NOT_A_TABLE")
raw("program.csv", b"MZ\x90\0\x03\0" + bytes(500), NO, "UNSAFE_FORMAT")
raw("elf.xlsx", b"\x7fELF\x02\x01\x01" + bytes(500), NO, "UNSAFE_FORMAT")
raw("pickle.csv", pickle.dumps({"a": [1, 2]}), NO, "UNSAFE_FORMAT")
raw("pickle_as_text.csv", pickle.dumps([("a", 1), ("b", 2)], protocol=0), NO, "UNSAFE_FORMAT")
raw("entities.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', NO, "XML_DTD")
raw("random.bin", bytes(range(256)) * 40, NO, "NOT_A_TABLE")

# --- fixed width
FIXED = "".join(f"{n:05d}{20 + n % 50:03d}{n % 2 + 1}{n * 37 % 9000:08d}0000{n % 30:02d}\n" for n in range(1, 40))
raw("survey.txt", FIXED, ASK, "FIXED_WIDTH")
raw(
    "survey_with_layout.txt",
    FIXED,
    WARN,
    "FIXED_WIDTH",
    answers={"layout": "hh:1-5, age:6-8, sex:9, income:10-17, state:22-23"},
    cells=[["hh", "age", "sex", "income", "state"], ["00001", "021", "2", "00000037", "01"]],
    first_rows_only=True,
)
raw(
    "survey_csv_layout.txt",
    FIXED,
    WARN,
    "FIXED_WIDTH",
    answers={"layout": "name,length\nhh,5\nage,3\nsex,1\nincome,8\nblank,4\nstate,2\n"},
    cells=[["hh", "age", "sex", "income", "blank", "state"], ["00001", "021", "2", "00000037", "0000", "01"]],
    first_rows_only=True,
    may=("CONSTANT_COLUMN",),
)
ALIGNED = "id   name          city\n1    Asha Patel    New Delhi\n2    Ravi          Pune\n3    Uma Rao       Agra\n"
raw("aligned.txt", ALIGNED, ASK, "FIXED_WIDTH")
raw(
    "aligned_answered.txt",
    ALIGNED,
    WARN,
    "FIXED_WIDTH",
    answers={"layout": "auto"},
    cells=[["id", "name", "city"], ["1", "Asha Patel", "New Delhi"], ["2", "Ravi", "Pune"], ["3", "Uma Rao", "Agra"]],
)
raw("layout_nonsense.txt", FIXED, NO, "FIXED_WIDTH", answers={"layout": "what?"})

# --- JSON
RECORDS = [
    {"id": "001", "age": 34, "rate": 1.5},
    {"id": "002", "age": 41, "rate": 2.25},
    {"id": "003", "age": None, "rate": 3},
]
R_CELLS: Rows = [["id", "age", "rate"], ["001", "34", "1.5"], ["002", "41", "2.25"], ["003", None, "3"]]
raw("records.json", json.dumps(RECORDS), OK, cells=R_CELLS)
raw("records_bom.json", b"\xef\xbb\xbf" + json.dumps(RECORDS).encode(), OK, cells=R_CELLS)
raw("lines.jsonl", "\n".join(map(json.dumps, RECORDS)) + "\n", OK, cells=R_CELLS)
raw(
    "columns.json",
    json.dumps({"id": ["001", "002", "003"], "age": [34, 41, None]}),
    OK,
    cells=[["id", "age"], ["001", "34"], ["002", "41"], ["003", None]],
)
raw(
    "split.json",
    json.dumps({"columns": ["id", "age"], "index": [0, 1, 2], "data": [["001", 34], ["002", 41], ["003", 5]]}),
    OK,
    cells=[["id", "age"], ["001", "34"], ["002", "41"], ["003", "5"]],
)
raw("wrapped.json", json.dumps({"total": 3, "records": RECORDS}), WARN, "NESTED_JSON", cells=R_CELLS)
raw("two_lists.json", json.dumps({"persons": RECORDS, "visits": [{"a": 1}, {"a": 2}]}), ASK, "CHOOSE_MEMBER")
raw(
    "two_lists_answered.json",
    json.dumps({"persons": RECORDS, "visits": [{"a": 1}, {"a": 2}]}),
    OK,
    answers={"member": "persons"},
    cells=R_CELLS,
)
raw(
    "exact_numbers.json",
    '[{"a": 12345678901234567890, "b": 1.10}, {"a": 5, "b": 2.0}, {"a": 6, "b": 3.5}]',
    OK,
    cells=[["a", "b"], ["12345678901234567890", "1.10"], ["5", "2.0"], ["6", "3.5"]],
)
raw(
    "nested.json",
    json.dumps(
        [{"id": 1, "home": {"city": "Pune"}}, {"id": 2, "home": {"city": "Agra"}}, {"id": 3, "home": {"city": "Goa"}}]
    ),
    ASK,
    "NESTED_JSON",
)
raw(
    "nested_answered.json",
    json.dumps(
        [
            {"id": 1, "home": {"city": "Pune"}, "t": [5, 6]},
            {"id": 2, "home": {"city": "Agra"}},
            {"id": 3, "home": {"city": "Goa"}},
        ]
    ),
    WARN,
    "NESTED_JSON",
    answers={"layout": "flatten"},
    may=("RAGGED_ROWS",),
    cells=[
        ["id", "home.city", "t.1", "t.2"],
        ["1", "Pune", "5", "6"],
        ["2", "Agra", None, None],
        ["3", "Goa", None, None],
    ],
)
raw("bad_line.jsonl", '{"a": 1}\n{"a": 2}\n{"a": 3\n{"a": 4}\n', NO, "JSON_BAD_LINE", where={"line": 3})
raw(
    "nonstandard.json",
    '[{"a": NaN, "b": 1}, {"a": 2, "b": Infinity}, {"a": 3, "b": 3}]',
    WARN,
    "JSON_NONSTANDARD",
    may=("NON_FINITE", "TYPE_MISMATCH", "MISSING_MARKERS", "MIXED_TYPES"),
    cells=[["a", "b"], ["NaN", "1"], ["2", "Infinity"], ["3", "3"]],
)
raw("comments.json", '[\n// people\n{"a": 1,},\n{"a": 2}\n]', NO, "JSON_NONSTANDARD")
raw("deep.json", "[" * 100_000 + "]" * 100_000, NO, "JSON_TOO_DEEP", own=True)
raw("cut_off.json", '[{"a": 1}, {"a": 2}, {"a"', NO, "UNREADABLE")
raw("empty_list.json", "[]", NO, "NO_ROWS")
raw(
    "missing_fields.json",
    '[{"a": 1, "b": 2}, {"a": 3}, {"a": 4, "b": 5}]',
    WARN,
    "RAGGED_ROWS",
    cells=[["a", "b"], ["1", "2"], ["3", None], ["4", "5"]],
)


# --- workbooks
def book(name: str, status: str, *codes: str, **more: object) -> Callable[[Callable[[openpyxl.Workbook], None]], None]:
    """A workbook that a function fills."""

    def keep(fill: Callable[[openpyxl.Workbook], None]) -> None:
        def build(path: Path) -> None:
            workbook = openpyxl.Workbook()
            fill(workbook)
            workbook.save(path)

        CASES.append(Case(name, build, status, codes, **more))  # type: ignore[arg-type]

    return keep


def table(sheet: openpyxl.worksheet.worksheet.Worksheet, start: int = 1) -> None:
    for number, row in enumerate(
        [["id", "name", "age"], ["001", "Asha", 34], ["002", "Ravi", 41], ["003", "Uma", 29]], start
    ):
        for place, value in enumerate(row, 1):
            sheet.cell(number, place, value)


T_CELLS: Rows = [["id", "name", "age"], ["001", "Asha", "34"], ["002", "Ravi", "41"], ["003", "Uma", "29"]]


@book("plain.xlsx", OK, cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)


@book("wrong_ending.csv", OK, cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)


@book("two_sheets.xlsx", ASK, "CHOOSE_SHEET")
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    table(workbook.create_sheet("Other"))


@book("two_sheets_answered.xlsx", OK, answers={"sheet": "Other"}, cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    workbook.active["A1"] = "x"
    table(workbook.create_sheet("Other"))


@book("empty_second_sheet.xlsx", OK, cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    workbook.create_sheet("Sheet2")


@book("hidden_sheet.xlsx", WARN, "HIDDEN_SHEETS", cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    hidden = workbook.create_sheet("secret")
    table(hidden)
    hidden.sheet_state = "hidden"


@book("hidden_parts.xlsx", WARN, "HIDDEN_COLUMNS", cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    workbook.active.column_dimensions["B"].hidden = True
    workbook.active.row_dimensions[3].hidden = True


@book(
    "merged_and_titled.xlsx",
    WARN,
    "MERGED_CELLS",
    "HEADER_NOT_FIRST",
    may=("UNNAMED_COLUMNS",),
    cells=[["State", "Persons / male", "Persons / female"], ["Goa", "7", "8"], ["Goa", "5", "6"], ["Bihar", "9", "10"]],
)
def _(workbook: openpyxl.Workbook) -> None:
    sheet = workbook.active
    for row in [
        ["Population of the states"],
        [],
        ["State", "Persons"],
        [None, "male", "female"],
        ["Goa", 7, 8],
        [None, 5, 6],
        ["Bihar", 9, 10],
    ]:
        sheet.append(row)
    for area in ("A1:C1", "A3:A4", "B3:C3", "A5:A6"):
        sheet.merge_cells(area)


@book(
    "formula_without_value.xlsx",
    WARN,
    "FORMULA_CELLS",
    "FORMULA_NO_VALUE",
    may=("EMPTY_COLUMN",),
    cells=[
        ["id", "name", "age", "double"],
        ["001", "Asha", "34", None],
        ["002", "Ravi", "41", None],
        ["003", "Uma", "29", None],
    ],
)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    workbook.active["D1"] = "double"
    for row in (2, 3, 4):
        workbook.active[f"D{row}"] = f"=C{row}*2"


@book(
    "error_cells.xlsx",
    WARN,
    "ERROR_CELLS",
    cells=[["id", "name", "age"], ["001", "Asha", "34"], ["002", "Ravi", None], ["003", "Uma", "29"]],
)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    workbook.active["C3"] = "#N/A"


@book(
    "dates_and_formats.xlsx",
    OK,
    cells=[
        ["id", "joined", "pin", "share", "ok"],
        ["1", "2024-03-01", "00123", "0.12", "TRUE"],
        ["2", "2024-12-31T10:30:00", "04567", "0.5", "FALSE"],
        ["3", "1999-01-01", "98765", "1.25", "TRUE"],
    ],
)
def _(workbook: openpyxl.Workbook) -> None:
    import datetime as dt

    sheet = workbook.active
    sheet.append(["id", "joined", "pin", "share", "ok"])
    sheet.append([1, dt.date(2024, 3, 1), 123, 0.12, True])
    sheet.append([2, dt.datetime(2024, 12, 31, 10, 30), 4567, 0.5, False])
    sheet.append([3, dt.date(1999, 1, 1), 98765, 1.25, True])
    for row in (2, 3, 4):
        sheet[f"C{row}"].number_format = "00000"
        sheet[f"D{row}"].number_format = "0%"


@book(
    "numbers_as_text.xlsx", WARN, "MIXED_TYPES", kinds={"n": "number"}, cells=[["id", "n"], ["1", "12"], ["2", "13"], ["3", "14"]]
)
def _(workbook: openpyxl.Workbook) -> None:
    for row in (["id", "n"], [1, "12"], [2, 13], [3, "14"]):
        workbook.active.append(row)


@book(
    "report.xlsx", WARN, "HEADER_NOT_FIRST", "TOTAL_ROW", "STRAY_CELLS", where={"row": 4}, may=("MIXED_TYPES",),
    cells=[["Sl No", "Name", "Age", "Sex"], ["1", "A", "20", "M"], ["2", "B", "21", "F"], ["3", "C", "22", "M"], ["Total", None, "63", None]],
)
def _(workbook: openpyxl.Workbook) -> None:
    for row in (
        ["Population report"], ["State: Goa", None, "Date:", "2024-01-01"], [], ["Sl No", "Name", "Age", "Sex"], [1, "A", 20, "M"],
        [2, "B", 21, "F"], [3, "C", 22, "M"], ["Total", None, 63, None], [], ["Prepared by the district office"],
    ):
        workbook.active.append(row)


@book("table_off_corner.xlsx", WARN, "HEADER_NOT_FIRST", cells=[["id", "age"], ["1", "34"], ["2", "41"], ["3", "29"]])
def _(workbook: openpyxl.Workbook) -> None:
    for number, row in enumerate([["id", "age"], [1, 34], [2, 41], [3, 29]], 5):
        for place, value in enumerate(row, 3):
            workbook.active.cell(number, place, value)


@book("notes_beside.xlsx", WARN, "STRAY_CELLS", cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    workbook.active["H2"] = "checked by hand"
    workbook.active["A12"] = "Source: own survey"


@book("author.xlsx", WARN, "DOCUMENT_METADATA", cells=T_CELLS)
def _(workbook: openpyxl.Workbook) -> None:
    table(workbook.active)
    workbook.properties.creator = "Asha Patel"


@book("only_names.xlsx", NO, "NO_ROWS")
def _(workbook: openpyxl.Workbook) -> None:
    workbook.active.append(["id", "name"])


@book("empty.xlsx", NO, "EMPTY_FILE")
def _(workbook: openpyxl.Workbook) -> None:
    del workbook


@book("opposite_corners.xlsx", NO, "SPARSE_SHEET", own=True)
def _(workbook: openpyxl.Workbook) -> None:
    workbook.active["A1"] = "a"
    workbook.active["XFD1048576"] = "b"


def _rezip(path: Path, change: dict[str, bytes | None]) -> None:
    """Replace, add or remove (None) parts of a zip."""
    with zipfile.ZipFile(path) as old:
        parts = {n: old.read(n) for n in old.namelist()}
    for name, data in change.items():
        parts.pop(name, None)
        if data is not None:
            parts[name] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)


def plain_book(path: Path) -> None:
    workbook = openpyxl.Workbook()
    table(workbook.active)
    workbook.save(path)


SHEET = "xl/worksheets/sheet1.xml"
START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


@made("macros.xlsm", WARN, "MACROS_DROPPED", cells=T_CELLS)
def _(path: Path) -> None:
    plain_book(path)
    _rezip(path, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@made("external_links.xlsx", WARN, "EXTERNAL_LINKS", cells=T_CELLS)
def _(path: Path) -> None:
    plain_book(path)
    _rezip(path, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


@made("entities.xlsx", NO, "XML_DTD")
def _(path: Path) -> None:
    plain_book(path)
    _rezip(
        path, {SHEET: b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>' + START + b"<sheetData/></worksheet>"}
    )


@made("entities_in_strings.xlsx", NO, "XML_DTD")
def _(path: Path) -> None:
    plain_book(path)
    _rezip(
        path,
        {
            "xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'
        },
    )


@made("broken_xml.xlsx", NO, "UNREADABLE")
def _(path: Path) -> None:
    plain_book(path)
    _rezip(path, {SHEET: START + b"<sheetData><row><c>"})


@made("too_many_rows.xlsx", NO, "XLSX_ROW_LIMIT")
def _(path: Path) -> None:
    plain_book(path)
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in (1, 2, 1_048_577))
    _rezip(path, {SHEET: START + b"<sheetData>" + rows + b"</sheetData></worksheet>"})


@made("lost_string.xlsx", NO, "ARCHIVE_CORRUPT")
def _(path: Path) -> None:
    plain_book(path)
    _rezip(path, {SHEET: START + b'<sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>'})


@made("cut_off.xlsx", NO, "ARCHIVE_CORRUPT")
def _(path: Path) -> None:
    plain_book(path)
    path.write_bytes(path.read_bytes()[:-400])


@made("bomb.xlsx", NO, "DECOMPRESSION_BOMB", own=True)
def _(path: Path) -> None:
    plain_book(path)
    _rezip(path, {SHEET: START + b"<sheetData>" + b" " * 300_000_000 + b"</sheetData></worksheet>"})


@made("many_columns.xlsx", NO, "TOO_MANY_COLUMNS")
def _(path: Path) -> None:
    plain_book(path)
    cells = b"".join(b"<c><v>%d</v></c>" % n for n in range(16_000))
    _rezip(
        path,
        {
            SHEET: START
            + b"<sheetData>"
            + b"".join(b"<row>" + cells + b"</row>" for _ in range(2))
            + b"</sheetData></worksheet>"
        },
    )


@made("protected.xlsx", ASK, "PASSWORD_NEEDED")
def _(path: Path) -> None:
    protect(path)


@made("protected_wrong.xlsx", ASK, "PASSWORD_NEEDED", password="wrong")
def _(path: Path) -> None:
    protect(path)


@made("protected_right.xlsx", OK, password="correct horse", cells=T_CELLS)
def _(path: Path) -> None:
    protect(path)


def protect(path: Path) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain_book(path)
    with path.open("rb") as file:
        out = io.BytesIO()
        OOXMLFile(file).encrypt("correct horse", out)
    path.write_bytes(out.getvalue())


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="One">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(path: Path, rows: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.replace("{rows}", rows))


def ods_row(*cells: str) -> str:
    return "<table:table-row>" + "".join(cells) + "</table:table-row>"


def ods_text(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods_number(value: str, **attributes: str) -> str:
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


@made("plain.ods", OK, cells=[["id", "age"], ["001", "34"], ["002", "34.5"], ["003", "34.5"]])
def _(path: Path) -> None:
    last = ods_row(ods_text("003"), ods_number("34.5"))
    blank = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    ods(
        path,
        ods_row(ods_text("id"), ods_text("age"))
        + ods_row(ods_text("001"), ods_number("34"))
        + ods_row(ods_text("002"), ods_number("34.5"))
        + last
        + blank,
    )


@made("repeating_bomb.ods", NO, "TOO_MANY_ROWS", own=True)
def _(path: Path) -> None:
    ods(
        path,
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="900" '
        'office:value-type="float" office:value="1"/></table:table-row>',
    )


# --- archives
def zipped(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


@made("one_table.zip", OK, cells=AS_CELLS)
def _(path: Path) -> None:
    zipped(path, {"data/people.csv": PEOPLE.encode(), "__MACOSX/._people.csv": b"x", "readme.txt": b"hello"})


@made("two_tables.zip", ASK, "CHOOSE_MEMBER")
def _(path: Path) -> None:
    zipped(path, {"a.csv": PEOPLE.encode(), "b.csv": PEOPLE.encode()})


@made("two_tables_answered.zip", OK, answers={"member": "b.csv"}, cells=AS_CELLS)
def _(path: Path) -> None:
    zipped(path, {"a.csv": b"x,y\n1,2\n", "b.csv": PEOPLE.encode()})


@made("traversal.zip", NO, "UNSAFE_ARCHIVE_PATH")
def _(path: Path) -> None:
    zipped(path, {"../../etc/people.csv": PEOPLE.encode()})


@made("bomb.zip", NO, "DECOMPRESSION_BOMB", own=True)
def _(path: Path) -> None:
    zipped(path, {"people.csv": b"a" * 200_000_000})


@made("lying_size.zip", NO, "ARCHIVE_CORRUPT", own=True)
def _(path: Path) -> None:
    zipped(path, {"people.csv": b"a,b\n" + b"1,2\n" * 8_000_000})
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 1000)
    path.write_bytes(bytes(data))


@made("overlapping.zip", NO, "DECOMPRESSION_BOMB", own=True)
def _(path: Path) -> None:
    zipped(path, {"a.csv": PEOPLE.encode() * 50, "b.csv": PEOPLE.encode() * 50})
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    path.write_bytes(bytes(data))


@made("many_entries.zip", NO, "TOO_MANY_ENTRIES")
def _(path: Path) -> None:
    zipped(path, {f"{n}.csv": b"a,b\n1,2\n" for n in range(6000)})


@made("damaged.zip", NO, "ARCHIVE_CORRUPT")
def _(path: Path) -> None:
    zipped(path, {"people.csv": PEOPLE.encode() * 100})
    data = bytearray(path.read_bytes())
    data[60:90] = bytes(30)
    path.write_bytes(bytes(data))


@made("locked.zip", ASK, "PASSWORD_NEEDED")
def _(path: Path) -> None:
    locked(path)


@made("unlocked.zip", OK, password="correct horse", cells=AS_CELLS)
def _(path: Path) -> None:
    locked(path)


def locked(path: Path) -> None:
    with pyzipper.AESZipFile(path, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"correct horse")
        archive.writestr("people.csv", PEOPLE)


@made("packed.csv.gz", OK, cells=AS_CELLS)
def _(path: Path) -> None:
    path.write_bytes(gzip.compress(PEOPLE.encode()))


@made("bomb.csv.gz", NO, "DECOMPRESSION_BOMB", own=True)
def _(path: Path) -> None:
    path.write_bytes(gzip.compress(b"0" * 100_000_000))


# --- Parquet, statistics packages, databases
@made(
    "typed.parquet",
    OK,
    cells=[
        ["id", "age", "when", "share"],
        ["001", "34", "2024-03-01", "1.5"],
        ["002", None, "2024-03-02", "2"],
        ["003", "29", None, "0.1"],
    ],
)
def _(path: Path) -> None:
    frame = pd.DataFrame(
        {
            "id": ["001", "002", "003"],
            "age": pd.array([34, None, 29], dtype="Int64"),
            "when": pd.to_datetime(["2024-03-01", "2024-03-02", None]),
            "share": [1.5, 2.0, 0.1],
        }
    )
    frame.to_parquet(path)


@made("indexed.parquet", OK, cells=[["age"], ["34"], ["41"], ["29"]])
def _(path: Path) -> None:
    pd.DataFrame({"age": [34, 41, 29]}, index=["x", "y", "z"]).to_parquet(path)


@made("table.feather", OK, cells=[["id", "age"], ["001", "34"], ["002", "41"], ["003", "29"]])
def _(path: Path) -> None:
    pd.DataFrame({"id": ["001", "002", "003"], "age": [34, 41, 29]}).to_feather(path)


@made("binary.parquet", WARN, "BINARY_COLUMNS", cells=[["id"], ["1"], ["2"], ["3"]])
def _(path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2, 3], "photo": [b"\xff\x00", b"\xfe", b"\x00"]}), path)


@made("nested.parquet", ASK, "NESTED_COLUMNS")
def _(path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2, 3], "home": [{"city": "Pune"}, {"city": "Goa"}, None]}), path)


@made(
    "nested_answered.parquet",
    WARN,
    "NESTED_COLUMNS",
    answers={"layout": "flatten"},
    cells=[["id", "home.city"], ["1", "Pune"], ["2", "Goa"], ["3", None]],
)
def _(path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2, 3], "home": [{"city": "Pune"}, {"city": "Goa"}, None]}), path)


@made("cut_off.parquet", NO, "UNREADABLE")
def _(path: Path) -> None:
    pq.write_table(pa.table({"id": list(range(1000))}), path)
    path.write_bytes(path.read_bytes()[:-200])


@made("lying_footer.parquet", NO, "BAD_METADATA", own=True)
def _(path: Path) -> None:
    pq.write_table(pa.table({"id": list(range(100))}), path, store_schema=False)
    data = path.read_bytes()
    size = struct.unpack("<I", data[-8:-4])[0]
    footer = data[-8 - size : -8]
    # 100 as a zigzag varint is C8 01; the same two bytes for 8191 are FE 7F.
    path.write_bytes(data[: -8 - size] + footer.replace(b"\xc8\x01", b"\xfe\x7f", 1) + data[-8:])


@made(
    "labelled.sav",
    WARN,
    "MISSING_MARKERS",
    cells=[["sex", "name", "income"], ["1", "अ", "1.5"], ["2", "b", None], ["9", "c", "2"], ["1", "d", "3"]],
)
def _(path: Path) -> None:
    frame = pd.DataFrame({"sex": [1.0, 2.0, 9.0, 1.0], "name": ["अ", "b", "c", "d"], "income": [1.5, None, 2, 3]})
    pyreadstat.write_sav(
        frame, str(path), variable_value_labels={"sex": {1: "male", 2: "female"}}, missing_ranges={"sex": [9]}
    )


@made("labelled.dta", OK, cells=[["sex", "name"], ["1", "a"], ["2", "b"], ["1", "c"]])
def _(path: Path) -> None:
    pyreadstat.write_dta(
        pd.DataFrame({"sex": [1, 2, 1], "name": ["a", "b", "c"]}),
        str(path),
        variable_value_labels={"sex": {1: "male", 2: "female"}},
    )


@made("cut_off.sav", NO, "UNREADABLE", own=True)
def _(path: Path) -> None:
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0] * 500, "b": ["x"] * 500}), str(path))
    path.write_bytes(path.read_bytes()[:500])


@made("one_table.sqlite", OK, cells=[["id", "age"], ["001", "34"], ["002", None], ["003", "29"]])
def _(path: Path) -> None:
    database(path, ["people"])


@made("two_tables.db", ASK, "CHOOSE_MEMBER")
def _(path: Path) -> None:
    database(path, ["people", "visits"])


@made("damaged.db", NO, "UNREADABLE")
def _(path: Path) -> None:
    database(path, ["people"])
    data = path.read_bytes()
    path.write_bytes(data[:2000] + bytes(len(data) - 2000))


def database(path: Path, names: list[str]) -> None:
    connection = sqlite3.connect(path)
    for name in names:
        connection.execute(f"CREATE TABLE {name} (id TEXT, age INTEGER)")
        connection.executemany(f"INSERT INTO {name} VALUES (?, ?)", [("001", 34), ("002", None), ("003", 29)])
    connection.commit()
    connection.close()


# --- wide
raw(
    "wide.csv",
    ",".join(f"v{n}" for n in range(20_000)) + "\n" + "\n".join(",".join(["1"] * 20_000) for _ in range(3)) + "\n",
    NO,
    "TOO_MANY_COLUMNS",
    own=True,
)
