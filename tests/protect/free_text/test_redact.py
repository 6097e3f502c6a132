"""Names and numbers inside free text, and proposals for what was detected."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.protect.defaults import alternatives, suggest
from core.protect.free_text import known_values
from core.protect.secrets import Secrets
from core.recipe import Recipe, run
from core.table import Column, Table

SECRETS = Secrets("test", 7, {"default": b"k" * 32})


def survey() -> Table:
    return Table.of(
        {
            "name": Column.of(["Asha Patel", "Ravi Kumar", "Sita Devi", None]),
            "phone": Column.of(["9876543210", "+91 98111 22333", None, "9000000001"], "code"),
            "note": Column.of(
                [
                    "Asha came with a friend, call 98765-43210 or mail asha.p@nic.in",
                    "met RAVI  kumar; Sita Devi absent",
                    "nothing to say",
                    "reach +91 9000000001 please",
                ]
            ),
        }
    )


def redacted(operator: str, *before: dict) -> list[str]:
    recipe = Recipe.from_data(
        {
            "roles": {"name": "direct_identifier", "phone": "direct_identifier"},
            "steps": [
                *before,
                {"method": "redact", "columns": ["note"], "operator": operator},
                *([] if before else [{"method": "remove", "columns": ["name", "phone"]}]),
            ],
        }
    )
    return run(recipe, survey(), SECRETS).table["note"].texts()


@pytest.mark.parametrize("before", [(), ({"method": "remove", "columns": ["name", "phone"]},)])
def test_values_of_the_files_own_columns_are_hidden_also_when_the_column_went_before(before):
    notes = redacted("label", *before)
    assert notes[0] == "[NAME] came with a friend, call [PHONE] or mail [EMAIL_ADDRESS]"
    assert notes[1] == "met [NAME]; [NAME] absent"
    assert notes[2] == "nothing to say"
    assert notes[3] == "reach [PHONE] please"


@pytest.mark.parametrize("operator", ["delete", "mask", "token"])
def test_other_operators_leave_nothing_either(operator):
    text = " ".join(redacted(operator))
    for gone in ("Asha", "RAVI", "Sita", "98765", "9000000001", "nic.in", "["):
        assert gone not in text
    assert "came with a friend" in text


def test_a_code_in_a_text_is_the_code_of_the_column():
    recipe = Recipe.from_data(
        {
            "roles": {"name": "direct_identifier", "phone": "drop"},
            "steps": [
                {"method": "redact", "columns": ["note"], "operator": "token"},
                {"method": "pseudonymise", "columns": ["name"], "read_as": "name"},
            ],
        }
    )
    table = run(recipe, survey(), SECRETS).table
    ravi, sita = table["name"].texts()[1:3]
    assert table["note"].texts()[1] == f"met {ravi}; {sita} absent"


def test_blank_and_suppressed_notes_stay():
    table = Table.of({"name": Column.of(["Asha Patel"] * 3), "note": Column.of([None, "*", "Asha"])})
    recipe = Recipe.load("""
        roles: {name: direct_identifier, note: direct_identifier}
        steps: [{method: redact, columns: [note]}, {method: remove, columns: [name]}]
    """)
    assert run(recipe, table, SECRETS).table["note"].texts() == [None, "*", "[NAME]"]


def test_rows_are_matched_after_rows_went_and_changed_places():
    recipe = Recipe.load("""
        roles: {name: direct_identifier, phone: drop}
        steps:
          - {method: select_rows, where: [{test: missing, column: name, otherwise: true}]}
          - {method: shuffle_rows}
          - {method: remove, columns: [name]}
          - {method: redact, columns: [note]}
    """)
    notes = run(recipe, survey(), SECRETS).table["note"].texts()
    assert any(n.startswith("[NAME] came") for n in notes)  # the single word “Asha” is hidden in her own row only


def test_known_values_are_whole_words_in_any_spelling():
    note = Column.of(["asha  patels and ASHA\nPATEL", "Patel Nagar", "No. 98765 / 43210", "198765432105"])
    name = Column.of(["Asha Patel", "Ravi Kumar", None, None])
    phone = Column.of([None, None, "9876543210", None])
    found = known_values.find(note, {"n": name, "p": phone})
    texts = note.texts()
    assert [[texts[i][s:e] for s, e, _ in known_values.merged(f)] for i, f in enumerate(found)] == [
        ["asha", "ASHA\nPATEL"],
        [],
        ["98765 / 43210"],
        [],
    ]


def test_a_number_is_known_with_and_without_its_country_code():
    note = Column.of(["call 919876543210 now", "or 98111 22333", "not 9876543219"])
    phone = Column.of(["9876543210", "+91 98111 22333", None])
    found = known_values.find(note, {"p": phone})
    hidden = [[note.texts()[i][s:e] for s, e, _ in known_values.merged(f)] for i, f in enumerate(found)]
    assert hidden == [["919876543210"], ["98111 22333"], []]


NAMES = [
    "Asha Patel",
    "Ravi Kumar",
    "Élodie Brontë",
    "सीता देवी",
    "O'Neil Das",
    "ID-20391-X",
    "9876543210",
    "asha.p@nic.in",
]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True), st.data())
def test_no_planted_identifier_is_left_in_a_release(people, data):
    """Every method that replaces values, notes with planted identifiers: the words of the file are searched."""
    planted = st.sampled_from(people).map(
        lambda n: data.draw(st.sampled_from([f"{n}", f"saw {n}, twice", f"({n.upper()})", f"x {n}\nand {n}!"]))
    )
    notes = data.draw(st.lists(st.one_of(st.just("all well"), planted), min_size=len(people), max_size=len(people)))
    method = data.draw(
        st.sampled_from(
            [
                {"method": "remove"},
                {"method": "pseudonymise"},
                {"method": "salted_hash"},
                {"method": "surrogate"},
                {"method": "mask", "keep": 2},
            ]
        )
    )
    table = Table.of({"who": Column.of(people), "note": Column.of(notes)})
    recipe = Recipe.from_data(
        {
            "roles": {"who": "direct_identifier"},
            "steps": [{**method, "columns": ["who"]}, {"method": "redact", "columns": ["note"]}],
        }
    )
    released = run(recipe, table, SECRETS).table
    text = "\n".join(cell for n in released.names for cell in released[n].texts()).casefold()
    for person in people:
        assert person.casefold() not in text


@dataclass
class Seen:
    entity: str
    subtype: str
    role: str


def test_the_right_method_is_proposed_with_its_reason():
    detected = {
        "note": Seen("FREE_TEXT_PII", "", "keep"),
        "name": Seen("PERSON", "", "direct_identifier"),
        "phone": Seen("PHONE_NUMBER", "", "direct_identifier"),
        "uid": Seen("NATIONAL_ID", "IN_AADHAAR", "direct_identifier"),
        "dob": Seen("DATE_OF_BIRTH", "", "direct_identifier"),
        "hh": Seen("RECORD_ID", "", "direct_identifier"),
        "district": Seen("LOCATION", "", "quasi_identifier"),
        "kept": Seen("PERSON", "", "direct_identifier"),
    }
    table = Table.of({n: Column.of(["x"]) for n in detected}, {"kept": "keep"})
    proposed = suggest(table, detected)
    assert [(type(s.step).__name__, tuple(s.reasons)) for s in proposed] == [
        ("Redact", ("note",)),
        ("Remove", ("name", "phone")),
        ("GeneraliseIdentifier", ("dob",)),
        ("Pseudonymise", ("uid", "hh")),
    ]
    assert all(reason.endswith(".") for s in proposed for reason in s.reasons.values())
    assert "Aadhaar Act" in proposed[-1].reasons["uid"]
    others = [type(m).__name__ for m in alternatives("NATIONAL_ID", "IN_AADHAAR", "uid")]
    assert others[0] == "Pseudonymise"
    assert "FormatPreserving" in others
