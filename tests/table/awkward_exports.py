"""Awkward files as programs print and export them: SAP, MySQL, UDISE, NFHS, registers of schools, surveys in a zip."""

# ruff: noqa: E501 - files are easier to see on one line

from __future__ import annotations

import io
import zipfile

from awkward_files import ASK, NO, OK, WARN, raw

# --- drawn tables
raw(
    "sap_list.txt",
    "12.03.2024                Dynamic List Display                  1\n--------------------------------------------------\n"
    "|  Customer|Name      |City   |Amount    |\n--------------------------------------------------\n"
    "|  10001|Asha Traders|Pune   |  1.250,00 |\n|  10002|Ravi & Co |Delhi  |980,50-|\n|  10003|Meena |Agra   |75,25 |\n"
    "--------------------------------------------------\n",
    WARN,
    "HEADER_NOT_FIRST",
    "EMPTY_COLUMN",
    "NUMBER_FORMAT",
    cells=[["Customer", "Name", "City", "Amount"], ["10001", "Asha Traders", "Pune", "1.250,00"],
           ["10002", "Ravi & Co", "Delhi", "980,50-"], ["10003", "Meena", "Agra", "75,25"]],
    typed={"Amount": ["1250", "-980.5", "75.25"]},
    where={"line": 3},
)  # fmt: skip
raw(
    "mysql.txt",
    "+----+-------+\n| id | name  |\n+----+-------+\n|  1 | Asha  |\n|  2 | Ravi  |\n|  3 | Uma   |\n+----+-------+\n3 rows in set (0.00 sec)\n",
    WARN,
    "HEADER_NOT_FIRST",
    "STRAY_CELLS",
    "EMPTY_COLUMN",
    cells=[["id", "name"], ["1", "Asha"], ["2", "Ravi"], ["3", "Uma"]],
)
raw(
    "padded_columns.txt",
    "NAME      AGE CITY      \nAsha Devi  34 New Delhi \nRavi       41 Pune      \nMeena K    29 Agra      \n",
    ASK,
    "FIXED_WIDTH",
)
raw(
    "padded_columns_answered.txt",
    "NAME      AGE CITY      \nAsha Devi  34 New Delhi \nRavi       41 Pune      \nMeena K    29 Agra      \n",
    WARN,
    "FIXED_WIDTH",
    answers={"layout": "auto"},
    cells=[["NAME", "AGE", "CITY"], ["Asha Devi", "34", "New Delhi"], ["Ravi", "41", "Pune"], ["Meena K", "29", "Agra"]],
)

# --- several lines of names
raw(
    "three_lines_of_names.csv",
    "School Code,School Name,Enrolment,,,,Teachers\n,,Boys,,Girls,,\n,,SC,ST,SC,ST,\n"
    "09150100101,GPS Rampur,12,3,10,4,2\n09150100102,UPS Khera,25,8,22,6,4\n09150100201,GIC Majra,48,12,51,9,11\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[
        ["School Code", "School Name", "Enrolment / Boys / SC", "Enrolment / Boys / ST", "Enrolment / Girls / SC", "Enrolment / Girls / ST", "Teachers"],
        ["09150100101", "GPS Rampur", "12", "3", "10", "4", "2"],
        ["09150100102", "UPS Khera", "25", "8", "22", "6", "4"],
        ["09150100201", "GIC Majra", "48", "12", "51", "9", "11"],
    ],
    kinds={"School Code": "code", "Enrolment / Boys / SC": "number"},
)
raw(
    "groups_named_twice.csv",
    "Student,Term 1,Term 1,Term 2,Term 2\nName,Math,Sci,Math,Sci\nAsha,45,56,67,78\nRavi,34,45,56,67\nMeena,90,80,70,60\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[["Student / Name", "Term 1 / Math", "Term 1 / Sci", "Term 2 / Math", "Term 2 / Sci"], ["Asha", "45", "56", "67", "78"],
           ["Ravi", "34", "45", "56", "67"], ["Meena", "90", "80", "70", "60"]],
)  # fmt: skip
raw(
    "names_twice_over_data.csv",
    "code,city,city\nA,Pune,Agra\nB,Delhi,Pune\nC,Agra,Goa\n",
    WARN,
    "DUPLICATE_COLUMNS",
    cells=[["code", "city", "city_2"], ["A", "Pune", "Agra"], ["B", "Delhi", "Pune"], ["C", "Agra", "Goa"]],
)

raw("letters_above_names.csv", "A,B,C\nState,Rate,Share\nBihar,5.5,10\nGoa,6.5,20\nPunjab,7.5,30\n", WARN, "HEADER_NOT_FIRST",
    cells=[["State", "Rate", "Share"], ["Bihar", "5.5", "10"], ["Goa", "6.5", "20"], ["Punjab", "7.5", "30"]])  # fmt: skip
raw("numbers_below_names.csv", "State,Rate,Share\n1,2,3\nBihar,5.5,10\nGoa,6.5,20\nPunjab,7.5,30\n", WARN, "HEADER_NOT_FIRST",
    cells=[["State", "Rate", "Share"], ["Bihar", "5.5", "10"], ["Goa", "6.5", "20"], ["Punjab", "7.5", "30"]])  # fmt: skip
raw("first_row_one_two_three.csv", "id,a,b\n1,2,3\n2,5,8\n3,7,1\n4,9,2\n", OK,
    cells=[["id", "a", "b"], ["1", "2", "3"], ["2", "5", "8"], ["3", "7", "1"], ["4", "9", "2"]])  # fmt: skip
raw(
    "questions_and_choices.csv",
    "Q1. Age?,Q2. Which do you use?,Q2. Which do you use?\nResponse,Phone,Laptop\n34,Phone,\n41,,Laptop\n29,Phone,Laptop\n55,Phone,\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[["Q1. Age? / Response", "Q2. Which do you use? / Phone", "Q2. Which do you use? / Laptop"], ["34", "Phone", None],
           ["41", None, "Laptop"], ["29", "Phone", "Laptop"], ["55", "Phone", None]],
)  # fmt: skip
raw(
    "qualtrics.csv",
    'StartDate,Q1,Q2\nStart Date,Your age?,Your city?\n"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n'
    "2024-01-01 10:00:00,34,Pune\n2024-01-02 11:00:00,41,Agra\n2024-01-03 12:00:00,29,Goa\n",
    WARN,
    "HEADER_NOT_FIRST",
    cells=[["StartDate", "Q1", "Q2"], ["2024-01-01 10:00:00", "34", "Pune"], ["2024-01-02 11:00:00", "41", "Agra"],
           ["2024-01-03 12:00:00", "29", "Goa"]],
    kinds={"Q1": "number", "StartDate": "date"},
)  # fmt: skip

# --- numbers in brackets: below zero for a bookkeeper, from few cases in a table of statistics
FACTS = "State/UT,Urban,Rural\nAndhra Pradesh,65.3,(58.1)\nBihar,49.1,48.8\nKerala,78.2,(77.9)\nPunjab,61.5,61.0\n"
raw("facts_in_brackets.csv", FACTS, ASK, "NUMBER_FORMAT", where={"column": "Rural", "row": 1})
raw("facts_marked.csv", FACTS, OK, answers={"brackets": "plain"}, typed={"Rural": ["58.1", "48.8", "77.9", "61"]})
raw("facts_below_zero.csv", FACTS, WARN, "NUMBER_FORMAT", answers={"brackets:Rural": "negative"}, typed={"Rural": ["-58.1", "48.8", "-77.9", "61"]})
raw("facts_as_text.csv", FACTS, OK, answers={"brackets:Rural": "text"}, may=("MIXED_TYPES",), kinds={"Rural": "text"})

BOTH = "State,Urban,Rural,Balance\nAndhra,65.3,(58.1),(10)\nBihar,(49.1),48.8,20\nKerala,78.2,(77.9),(5)\nPunjab,61.5,61.0,7\n"
raw("brackets_of_both_kinds.csv", BOTH, ASK, "NUMBER_FORMAT", where={"column": "Urban", "row": 2})
raw("brackets_of_both_kinds_marked.csv", BOTH, WARN, "NUMBER_FORMAT", answers={"brackets": "plain"},
    typed={"Rural": ["58.1", "48.8", "77.9", "61"], "Balance": ["-10", "20", "-5", "7"]})  # fmt: skip

# --- dates of which a spreadsheet took some for its own
raw(
    "dates_and_day_numbers.csv",
    "id,dob\n1,12/03/1985\n2,31120\n3,25/07/1990\n4,33005\n5,30/01/1988\n6,14/02/1979\n7,11/11/1981\n8,29/10/1995\n",
    WARN,
    "MIXED_TYPES",
    typed={"dob": ["1985-03-12", "1985-03-14", "1990-07-25", "1990-05-12", "1988-01-30", "1979-02-14", "1981-11-11", "1995-10-29"]},
)
raw(
    "dates_and_pin_codes.csv",
    "id,seen\n1,12/03/1985\n2,79120\n3,25/07/1990\n4,78005\n5,30/01/1988\n6,14/02/1979\n7,11/11/1981\n8,29/10/1995\n",
    OK,
    may=("MIXED_TYPES", "TYPE_MISMATCH"),
    cells=[["id", "seen"], ["1", "12/03/1985"], ["2", "79120"], ["3", "25/07/1990"], ["4", "78005"], ["5", "30/01/1988"],
           ["6", "14/02/1979"], ["7", "11/11/1981"], ["8", "29/10/1995"]],
    kinds={"seen": "code"},
)  # fmt: skip

# --- what stands below the rows
raw(
    "averages_below.csv",
    "Name,Math,Sci\nAsha,40,50\nRavi,60,70\nMeena,80,90\nAverage,60,70\nHighest,80,90\n",
    WARN,
    "TOTAL_ROW",
    where={"row": 4},
)
raw("averages_left_out.csv", "Name,Math\nAsha,40\nRavi,60\nMeena,80\nClass average,60.00\n", WARN, "TOTAL_ROW", answers={"totals": "drop"},
    cells=[["Name", "Math"], ["Asha", "40"], ["Ravi", "60"], ["Meena", "80"]])  # fmt: skip
raw("somebody_called_max.csv", "Name,Math\nAsha,40\nRavi,60\nMeena,80\nMax,55\n", OK)
raw(
    "how_many_below.csv",
    "Emp Code,Name,DOJ,Basic\n00012,Anil,01-04-2015,45000\n00013,Sita,15-07-2018,52000\n00014,John,30-11-2020,38000\nTotal no. of employees: 3,,,\n",
    WARN,
    "STRAY_CELLS",
    cells=[["Emp Code", "Name", "DOJ", "Basic"], ["00012", "Anil", "01-04-2015", "45000"], ["00013", "Sita", "15-07-2018", "52000"],
           ["00014", "John", "30-11-2020", "38000"]],
)  # fmt: skip

raw("sums_without_a_word.csv", 'Particulars,Debit,Credit\nSales,,"12,000.00"\nRent,"5,000.00",\nCash,"7,000.00",\n,"12,000.00","12,000.00"\n',
    WARN, "TOTAL_ROW", "NUMBER_FORMAT", where={"row": 4})  # fmt: skip
raw("end_of_file_sign_in_a_small_file.csv", b"id,name\r\n1,A\r\n2,B\r\n3,C\r\n\x1a", OK, cells=[["id", "name"], ["1", "A"], ["2", "B"], ["3", "C"]])

# --- codes for no answer
raw("below_zero_codes.csv", "id,q1\n" + "".join(f"{i},{(1, 2, 3, 4, -9)[i % 5]}\n" for i in range(30)), WARN, "MISSING_MARKERS", where={"column": "q1"})
raw(
    "ages_of_99.csv",
    "id,age\n" + "".join(f"{i},{99 if i % 4 == 0 else 15 + (i * 7) % 66}\n" for i in range(60)),
    WARN,
    "MISSING_MARKERS",
    where={"column": "age"},
)
raw("hindi_for_missing.csv", "नाम,आयु\n" + "".join(f"न{i},{20 + i}\n" for i in range(12)) + "राम,लागू नहीं\n", WARN, "MISSING_MARKERS",
    where={"row": 13})  # fmt: skip
raw("ratings_around_zero.csv", "id,mood\n" + "".join(f"{i},{(-2, -1, 0, 1, 2)[i % 5]}\n" for i in range(30)), OK)

# --- no tables
raw("contacts.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:Asha Devi\nTEL:+919876543210\nEND:VCARD\n", NO, "NOT_A_TABLE")
raw("settings.csv", "[main]\nkey=value\nother=5\n\n[two]\na=b\n", NO, "NOT_A_TABLE")
raw("mail.csv", "From: a@example.org\nTo: d@example.org\nSubject: data\n\nHello, see below\nid,name\n1,A\n", NO, "NOT_A_TABLE")


def _zip(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return out.getvalue()


UNITS = "".join(f"HCES{10000 + i}{i % 36 + 1:02d}{i % 2 + 1}{20 + i}\n" for i in range(30))
raw("units_and_layout.zip", _zip(L01_txt=UNITS, layout_csv="name,first,last\nround,1,4\nfsu,5,9\n"), ASK, "CHOOSE_MEMBER")
raw(
    "units_chosen.zip",
    _zip(L01_txt=UNITS, layout_csv="name,first,last\nround,1,4\nfsu,5,9\n"),
    WARN,
    "FIXED_WIDTH",
    answers={"member": "L01.txt", "layout": "round:1-4, fsu:5-9, state:10-11, sector:12, age:13-14"},
    first_rows_only=True,
    cells=[["round", "fsu", "state", "sector", "age"], ["HCES", "10000", "01", "1", "20"], ["HCES", "10001", "02", "2", "21"]],
)
