"""More awkward files: text as it leaves ministries, schools, personnel departments and survey offices."""

# ruff: noqa: E501 - files are easier to see on one line

from __future__ import annotations

from awkward_files import ASK, NO, OK, PEOPLE, WARN, raw

MANY = range(1, 41)

# --- how numbers are written
raw(
    "german_money.csv",
    "name;einkommen\nAnna;1.234,50\nBernd;12.345,75\nClara;980,00\n",
    WARN,
    "NUMBER_FORMAT",
    typed={"einkommen": ["1234.5", "12345.75", "980"]},
)
raw(
    "rupees_and_percent.csv",
    'id,salary,raise\n1,"₹ 1,20,000",5%\n2,"Rs. 98,500/-",7.5%\n3,"₹ 2,00,000",10%\n',
    WARN,
    "NUMBER_FORMAT",
    typed={"salary": ["120000", "98500", "200000"], "raise": ["5", "7.5", "10"]},
)
raw(
    "some_with_percent.csv",
    "id,share\n1,5%\n2,0.05\n3,7%\n4,0.1\n",
    ASK,
    "NUMBER_FORMAT",
    where={"column": "share", "row": 2},
)
raw(
    "two_currencies.csv",
    "id,fee\n1,$100\n2,€200\n3,$300\n4,€50\n",
    ASK,
    "NUMBER_FORMAT",
    where={"column": "fee", "row": 2},
)
raw(
    "two_currencies_kept.csv",
    "id,fee\n1,$100\n2,€200\n3,$300\n4,€50\n",
    OK,
    answers={"units:fee": "text"},
    typed={"fee": ["$100", "€200", "$300", "€50"]},
)
raw(
    "two_currencies_one.csv",
    "id,fee\n1,$100\n2,€200\n3,$300\n4,€50\n",
    WARN,
    "NUMBER_FORMAT",
    answers={"units:fee": "same"},
    typed={"fee": ["100", "200", "300", "50"]},
)
raw(
    "bookkeeper.csv",
    'id,balance\n1,"(1,200.50)"\n2,300.25\n3,45-\n4,"1,000"\n',
    WARN,
    "NUMBER_FORMAT",
    typed={"balance": ["-1200.5", "300.25", "-45", "1000"]},
)
raw(
    "spaces_group_digits.csv",
    "id;population\n1;1\u00a0234\u00a0567\n2;98\u202f765\n3;12 000\n",
    WARN,
    "NUMBER_FORMAT",
    typed={"population": ["1234567", "98765", "12000"]},
)
raw("swiss.csv", "id;lohn\n1;5'400.50\n2;12'000.00\n3;980.00\n", WARN, "NUMBER_FORMAT", typed={"lohn": ["5400.5", "12000", "980"]})
raw(
    "hindi_digits.csv",
    "नाम,आयु\nआशा,३४\nरवि,४१\nमीना,२९\n",
    WARN,
    "NON_ASCII_DIGITS",
    typed={"आयु": ["34", "41", "29"]},
)
raw(
    "arabic_digits.csv",
    "id,age\n1,٣٤\n2,٤١\n3,٢٩\n",
    WARN,
    "NON_ASCII_DIGITS",
    typed={"age": ["34", "41", "29"]},
)
raw(
    "spoiled_by_excel.csv",
    "aadhaar,age\n9.87654E+11,34\n8.12345E+11,41\n7.65432E+11,29\n",
    WARN,
    "NUMBER_FORMAT",
    where={"column": "aadhaar", "row": 1},
    typed={"aadhaar": ["9.87654E+11", "8.12345E+11", "7.65432E+11"]},
)
raw(
    "class_and_section.csv",
    "pupil,section\n1,9E1\n2,9E2\n3,10E1\n4,8E3\n",
    OK,
    typed={"section": ["9E1", "9E2", "10E1", "8E3"]},
)
raw("scientific.csv", "id,mass\n1,1.5e-3\n2,2E+5\n3,7.25\n", OK, typed={"mass": ["0.0015", "200000", "7.25"]}, may=("NUMBER_FORMAT",))
raw("beyond_53_bits.csv", "k,v\n9007199254740993,a\n9007199254740995,b\n9007199254740997,c\n", OK, kinds={"k": "code"})
raw(
    "account_numbers.csv",
    "account,branch\n000123456789,A\n100123456780,B\n200123456781,C\n",
    OK,
    kinds={"account": "code"},
    typed={"account": ["000123456789", "100123456780", "200123456781"]},
)
raw("padded_numbers.csv", "id,age\n1,  34\n2,   9\n3, 101\n", OK, typed={"age": ["34", "9", "101"]})
raw("plus_signs.csv", "id,change\n1,+5\n2,-3\n3,+12\n", OK, typed={"change": ["5", "-3", "12"]})
raw("real_minus.csv", "id,change\n1,−5\n2,3\n3,−12\n", WARN, "NUMBER_FORMAT", typed={"change": ["-5", "3", "-12"]})
raw("fractions.csv", "id,share\n1,1/2\n2,3/4\n3,1/4\n", OK, typed={"share": ["1/2", "3/4", "1/4"]})
raw("hexadecimal.csv", "k,v\n0x1F,1\n0x2A,2\n0xFF,3\n", OK, typed={"k": ["0x1F", "0x2A", "0xFF"]})
raw("bands.csv", "id,age_group\n1,10-12\n2,13-15\n3,10-12\n", OK, typed={"age_group": ["10-12", "13-15", "10-12"]})
raw("with_units.csv", "id,age\n1,34 yrs\n2,8 months\n3,41 yrs\n", OK, typed={"age": ["34 yrs", "8 months", "41 yrs"]})

# --- how dates are written
raw(
    "dates_in_three_forms.csv",
    "id,joined\n1,2024-03-01\n2,13/04/2024\n3,1 May 2024\n4,25/12/2023\n",
    OK,
    typed={"joined": ["2024-03-01", "2024-04-13", "2024-05-01", "2023-12-25"]},
)
raw(
    "dates_in_two_orders.csv",
    "id,joined\n1,13/04/2024\n2,04/25/2024\n3,14/05/2024\n4,05/26/2024\n",
    ASK,
    "AMBIGUOUS_DATES",
    may=("INVALID_DATES",),
    kinds={"joined": "date"},
)
raw("times.csv", "id,arrived\n1,10:30\n2,09:15\n3,23:59\n", OK, typed={"arrived": ["10:30", "09:15", "23:59"]})
raw(
    "moments.csv",
    "id,seen\n1,2024-03-01T10:00:00Z\n2,2024-03-01T15:30:00+05:30\n3,2024-03-02T00:00:00Z\n",
    OK,
    typed={"seen": ["2024-03-01T10:00:00Z", "2024-03-01T15:30:00+05:30", "2024-03-02T00:00:00Z"]},
)
raw("months.csv", "id,month\n1,Mar-24\n2,Apr-24\n3,Mar-24\n", OK, typed={"month": ["Mar-24", "Apr-24", "Mar-24"]})
raw("hindi_months.csv", "id,दिनांक\n1,1 मार्च 2024\n2,15 अगस्त 1947\n3,26 जनवरी 1950\n", OK, typed={"दिनांक": ["2024-03-01", "1947-08-15", "1950-01-26"]})
raw(
    "placeholder_dates.csv",
    "id,dob\n" + "".join(f"{n},{1950 + n}-0{1 + n % 9}-11\n" for n in range(1, 18)) + "18,1900-01-01\n19,1900-01-01\n20,9999-12-31\n21,9999-12-31\n",
    WARN,
    "MISSING_MARKERS",
    kinds={"dob": "date"},
    where={"column": "dob", "row": 18},
)
raw("zero_dates.csv", "id,dob\n" + "".join(f"{n},{1950 + n}-01-11\n" for n in range(1, 20)) + "20,0000-00-00\n", WARN, "INVALID_DATES", where={"row": 20})
raw(
    "employee_numbers_like_dates.csv",
    "emp_no,age\n" + "".join(f"2015{1 + n % 12:02}{1 + n % 28:02},{20 + n}\n" for n in range(28)),
    OK,
    kinds={"emp_no": "code"},
)
raw("leap_day.csv", "id,dob\n1,29/02/2023\n2,13/04/1990\n3,29/02/2024\n4,25/12/1970\n", WARN, "INVALID_DATES", where={"row": 1})

# --- what stands for missing
raw(
    "nine_is_no_answer.csv",
    "id,sex\n" + "".join(f"{n},{'9' if n % 10 == 0 else 1 + n % 2}\n" for n in MANY),
    WARN,
    "MISSING_MARKERS",
    kinds={"sex": "category"},
    where={"column": "sex", "row": 10},
)
raw(
    "blank_is_not_zero.csv",
    "id,children\n1,0\n2,\n3,2\n4,\n",
    OK,
    typed={"children": ["0", None, "2", None]},
)
raw("spaces_only.csv", "id,note\n1,   \n2,x\n3,\t\n", OK, typed={"note": [None, "x", None]})
raw("null_words.csv", "id,town\n1,NULL\n2,Pune\n3,null\n4,Goa\n", WARN, "MISSING_MARKERS", may=("LOOKALIKE_VALUES",), typed={"town": ["NULL", "Pune", "null", "Goa"]})
raw("person_called_null.csv", "id,surname\n1,Null\n2,Rao\n3,Das\n", WARN, "MISSING_MARKERS", typed={"surname": ["Null", "Rao", "Das"]})

# --- what stands around the table
raw(
    "subtotals_within.csv",
    "state,district,persons\nGoa,North,10\nGoa,South,12\nGoa,Total,22\nBihar,Patna,30\nBihar,Gaya,20\nBihar,Total,50\n",
    WARN,
    "TOTAL_ROW",
    where={"row": 3},
)
raw(
    "subtotals_left_out.csv",
    "state,district,persons\nGoa,North,10\nGoa,South,12\nGoa,Total,22\nBihar,Patna,30\nBihar,Gaya,20\nBihar,Total,50\n",
    WARN,
    "TOTAL_ROW",
    answers={"totals": "drop"},
    cells=[["state", "district", "persons"], ["Goa", "North", "10"], ["Goa", "South", "12"], ["Bihar", "Patna", "30"], ["Bihar", "Gaya", "20"]],
)
raw(
    "subtotals_kept.csv",
    "state,district,persons\nGoa,North,10\nGoa,South,12\nGoa,Total,22\nBihar,Patna,30\nBihar,Gaya,20\nBihar,Total,50\n",
    WARN,
    "TOTAL_ROW",
    answers={"totals": "keep"},
    cells=[["state", "district", "persons"], ["Goa", "North", "10"], ["Goa", "South", "12"], ["Goa", "Total", "22"], ["Bihar", "Patna", "30"], ["Bihar", "Gaya", "20"], ["Bihar", "Total", "50"]],
)
raw("town_called_total.csv", "id,town,age\n1,Total,34\n2,Pune,41\n3,Goa,29\n4,Agra,50\n", OK, cells=[["id", "town", "age"], ["1", "Total", "34"], ["2", "Pune", "41"], ["3", "Goa", "29"], ["4", "Agra", "50"]])
raw(
    "two_tables_below_each_other.csv",
    "id,name,age\n1,Asha,34\n2,Ravi,41\n3,Uma,29\n\ntown,state,people\nPune,MH,3124458\nAgra,UP,1585704\nGaya,BR,470839\n",
    ASK,
    "STRAY_CELLS",
    where={"line": 6},
)
raw(
    "two_tables_the_first.csv",
    "id,name,age\n1,Asha,34\n2,Ravi,41\n3,Uma,29\n\ntown,state,people\nPune,MH,3124458\nAgra,UP,1585704\nGaya,BR,470839\n",
    WARN,
    "STRAY_CELLS",
    answers={"header_row": "1"},
    cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]],
)
raw(
    "two_tables_the_second.csv",
    "id,name,age\n1,Asha,34\n2,Ravi,41\n3,Uma,29\n\ntown,state,people\nPune,MH,3124458\nAgra,UP,1585704\nGaya,BR,470839\n",
    WARN,
    "HEADER_NOT_FIRST",
    answers={"header_row": "6"},
    cells=[["town", "state", "people"], ["Pune", "MH", "3124458"], ["Agra", "UP", "1585704"], ["Gaya", "BR", "470839"]],
)
raw("blank_lines_first.csv", "\n\n" + PEOPLE, WARN, "HEADER_NOT_FIRST", may=("BLANK_LINES",), cells=[["id", "name", "age", "city"], ["001", "Asha", "34", "Delhi"], ["002", "Ravi", "41", "Pune"], ["003", "Meena", "29", "Delhi"]])
raw("title_with_empty_cells.csv", "Staff list 2024;;;\n;;;\n" + PEOPLE.replace(",", ";"), WARN, "HEADER_NOT_FIRST", may=("BLANK_LINES",), cells=[["id", "name", "age", "city"], ["001", "Asha", "34", "Delhi"], ["002", "Ravi", "41", "Pune"], ["003", "Meena", "29", "Delhi"]])
raw(
    "units_below_names.csv",
    "id,height,weight_kg\n,(cm),(kg)\n" + "".join(f"{n},{150 + n},{50 + n}\n" for n in MANY),
    WARN,
    "TYPE_MISMATCH",
    where={"column": "height", "row": 1},
)
raw("line_break_in_name.csv", 'id,"Age\n(years)",town\n1,34,Pune\n2,41,Goa\n3,29,Agra\n', OK, cells=[["id", "Age (years)", "town"], ["1", "34", "Pune"], ["2", "41", "Goa"], ["3", "29", "Agra"]])
raw("from_r.csv", '"","id","age"\n"1","a1",34\n"2","a2",41\n"3","a3",29\n', WARN, "UNNAMED_COLUMNS", cells=[["column_1", "id", "age"], ["1", "a1", "34"], ["2", "a2", "41"], ["3", "a3", "29"]])
raw("comma_in_a_name.csv", "id,name,age\n1,Asha,34\n2,Rao, Ravi,41\n3,Uma,29\n", WARN, "RAGGED_ROWS", may=("MIXED_TYPES",), where={"row": 2})
raw("page_footers.csv", "id,name,age\n1,Asha,34\n2,Ravi,41\nPage 1 of 2,,\n3,Uma,29\n4,Mina,50\nPage 2 of 2,,\n", WARN, "STRAY_CELLS", cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"], ["4", "Mina", "50"]])

# --- bytes and lines
raw(
    "files_joined.csv",
    "\ufeffid,name\n1,Asha\n2,Ravi\n\ufeffid,name\n3,Uma\n4,Mina\n",
    WARN,
    "HEADER_NOT_FIRST",
    may=("ENCODING_INVALID",),
    cells=[["id", "name"], ["1", "Asha"], ["2", "Ravi"], ["3", "Uma"], ["4", "Mina"]],
)
raw(
    "mark_in_the_middle.csv",
    "\ufeffid,name\n1,Asha\n\ufeff2,Ravi\n3,Uma\n",
    WARN,
    "ENCODING_INVALID",
    cells=[["id", "name"], ["1", "Asha"], ["2", "Ravi"], ["3", "Uma"]],
)
raw("three_line_ends.csv", "id,name\r\n1,Asha\n2,Ravi\r3,Uma\r\n", OK, cells=[["id", "name"], ["1", "Asha"], ["2", "Ravi"], ["3", "Uma"]])
raw("breaks_in_cells.csv", 'id,note\r\n1,"first\r\nsecond"\r\n2,"one\rtwo"\r\n3,plain\r\n', OK, cells=[["id", "note"], ["1", "first\r\nsecond"], ["2", "one\rtwo"], ["3", "plain"]])
raw("cut_in_a_letter.csv", "id,name\n1,आशा\n2,रवि\n3,मीना\n".encode()[:-2], ASK, "ENCODING_INVALID")
raw("end_of_file_sign.csv", PEOPLE + "\x1a", OK, cells=[["id", "name", "age", "city"], ["001", "Asha", "34", "Delhi"], ["002", "Ravi", "41", "Pune"], ["003", "Meena", "29", "Delhi"]])
raw("curly_quotes.csv", "id,name\n1,“Asha”\n2,“Ravi, R.”\n3,“Uma”\n", WARN, "RAGGED_ROWS")
raw("tabs.csv", "id\tname, first\tage\n1\tRao, R\t34\n2\tDas, M\t41\n3\tSen, U\t29\n", OK, cells=[["id", "name, first", "age"], ["1", "Rao, R", "34"], ["2", "Das, M", "41"], ["3", "Sen, U", "29"]])
raw("latin_1_controls.csv", "id,town\n1,Köln\n2,Zürich\n3,Málaga\n".encode("latin-1"), WARN, "ENCODING_GUESSED", cells=[["id", "town"], ["1", "Köln"], ["2", "Zürich"], ["3", "Málaga"]])
raw("greek.csv", "κωδικός;πόλη\n1;Αθήνα\n2;Πάτρα\n3;Θεσσαλονίκη\n4;Ηράκλειο\n5;Βόλος\n".encode("cp1253"), WARN, "ENCODING_GUESSED", cells=[["κωδικός", "πόλη"], ["1", "Αθήνα"], ["2", "Πάτρα"], ["3", "Θεσσαλονίκη"], ["4", "Ηράκλειο"], ["5", "Βόλος"]])
raw("composed_and_not.csv", "id,town\n1,Málaga\n2,Ma\u0301laga\n3,Goa\n4,Goa\n", WARN, "LOOKALIKE_VALUES")
raw("spaces_in_names.csv", " id , name , age \n1,Asha,34\n2,Ravi,41\n3,Uma,29\n", OK, cells=[["id", "name", "age"], ["1", "Asha", "34"], ["2", "Ravi", "41"], ["3", "Uma", "29"]])
raw("tar.csv", b"people.csv" + b"\0" * 247 + b"ustar\x0000" + b"\0" * 248 + PEOPLE.encode() + b"\0" * 900, NO, "NOT_A_TABLE")

# --- fixed width
raw(
    "wide_letters.txt",
    "01आशा  34\n02रवि  41\n03उमा  29\n",
    WARN,
    "FIXED_WIDTH",
    answers={"layout": "id:1-2, name:3-7, age:8-9"},
    cells=[["id", "name", "age"], ["01", "आशा", "34"], ["02", "रवि", "41"], ["03", "उमा", "29"]],
)
raw(
    "implied_blanks.txt",
    "2734 121  5\n2735 099 12\n2736 101  7\n",
    WARN,
    "FIXED_WIDTH",
    may=("EMPTY_COLUMN",),
    answers={"layout": "name,length\nround,2\nsector,2\nstate,1\ndistrict,3\nsize,3\n"},
    cells=[["round", "sector", "state", "district", "size"], ["27", "34", None, "121", "5"], ["27", "35", None, "099", "12"], ["27", "36", None, "101", "7"]],
)
raw(
    "layout_beyond_the_line.txt",
    "2734121\n273\n2736101\n",
    WARN,
    "FIXED_WIDTH",
    "RAGGED_ROWS",
    answers={"layout": "round:1-2,district:3-4,size:5-7"},
    where={"row": 2},
)
raw("overlapping_layout.txt", "2734121\n2735099\n2736101\n", WARN, "FIXED_WIDTH", answers={"layout": "fsu:1-4,round:1-2,rest:5-7"}, cells=[["fsu", "round", "rest"], ["2734", "27", "121"], ["2735", "27", "099"], ["2736", "27", "101"]])
