"""A few journeys through the studio in a real browser, with screenshots to look at and an accessibility check."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msoffcrypto
import polars as pl
import pytest
import python_calamine
import pyzipper
from playwright.sync_api import expect

from tests.browser.conftest import Studio
from tests.browser.person import AXE, Person

pytestmark = pytest.mark.browser
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
PAGES = ("bring", "columns", "roles", "risk", "protect", "compare", "take_away")
Arrive = Callable[..., Person]


def walk(
    person: Person,
    purpose: str = "A study of schooling by district",
    look: Callable[[str], None] | None = None,
    known: tuple[str, ...] = (),
) -> None:
    """From the first answers to the last page, taking every suggestion; `known`: columns someone could know too."""
    see = look or (lambda name: None)
    person.sees("Who will receive the result?")
    person.choose("Researchers under contract")
    person.fill("What will they use it for?", purpose)
    expect(person.page.get_by_text("rows,").first).to_be_visible(timeout=90_000)
    see("1-bring")
    person.press("Continue")
    person.at_step(2)
    person.sees("hold something personal")
    see("2-columns")
    person.press("Continue")
    person.at_step(3)
    person.sees("the only one of their kind")
    for column in known:
        person.answer(f"What is “{column}”?", "Someone could know this about a person")
    see("3-roles")
    person.press("Continue")
    person.at_step(4)
    person.sees("would be expected to find about")
    see("4-risk")
    person.press("Continue")
    person.at_step(5)
    see("5-suggestion")
    person.press("Protect it like this")
    expect(person.page.get_by_text("Some rows, before and after").first).to_be_visible(timeout=120_000)
    see("5-protected")
    person.press("Continue")
    person.at_step(6)
    person.sees("How much safer is it?")
    see("6-compare")
    person.press("Continue")
    person.at_step(7)
    see("7-check")


def take_away(person: Person, format: str) -> tuple[bytes, str]:
    """The bytes and the passphrase of a file made on the last page."""
    person.choose(format)
    person.press("Make the file")
    person.sees("Reference number")
    passphrase = person.page.locator("[data-testid=stCode] code").first.inner_text().strip()
    with person.page.expect_download() as waited:
        person.page.get_by_role("button", name="Download the encrypted file").click()
    return Path(waited.value.path()).read_bytes(), passphrase


def workbook(data: bytes, passphrase: str) -> list[list[object]]:
    locked = msoffcrypto.OfficeFile(io.BytesIO(data))
    locked.load_key(password=passphrase)
    plain = io.BytesIO()
    locked.decrypt(plain)
    plain.seek(0)
    return python_calamine.CalamineWorkbook.from_filelike(plain).get_sheet_by_index(0).to_python()


def csv(data: bytes, passphrase: str) -> pl.DataFrame:
    with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
        archive.setpassword(passphrase.encode())
        (name,) = archive.namelist()
        return pl.read_csv(archive.read(name), infer_schema=False, missing_utf8_is_empty_string=True)


def smallest_class(table: pl.DataFrame, keys: list[str]) -> int:
    """Counted row by row, without any of the studio's code."""
    return min(Counter(table.select([k for k in keys if k in table.columns]).iter_rows()).values())


@pytest.fixture(scope="module")
def address() -> dict[str, str]:
    """Where the first journey left its project: the next test looks at every page of it."""
    return {}


def test_the_whole_way_with_the_sample(person: Arrive, address: dict[str, str]) -> None:
    me = person(1280, "light")
    seen: list[str] = []

    def look(name: str) -> None:
        me.shot(name)
        me.does_not_scroll_sideways()
        me.is_accessible()
        seen.append(name)
        if name == "4-risk":  # F5 in the middle loses nothing
            me.reload()
            me.at_step(4)

    me.open("/")
    look("0-first")
    me.press("Continue")
    me.sees("There is a problem")
    look("0-too-early")
    me.press("Try it with sample data")
    walk(me, look=look)
    address["query"] = me.page.url.split("?")[1]
    data, passphrase = take_away(me, "Excel workbook")
    look("7-ready")
    sheet = workbook(data, passphrase)
    assert len(sheet) == 1 + 10_192
    header = [str(c) for c in sheet[0]]
    assert not {"name", "phone", "address"} & set(header)
    me.reload()
    me.at_step(7)
    assert passphrase not in me.page.content(), "after F5 the passphrase is gone"
    me.press("Back")
    me.at_step(6)
    me.page.go_back()  # the browser's own Back
    me.at_step(7)
    me.kept_to_the_house()
    assert len(seen) == 11


def test_every_page_on_a_small_dark_screen(person: Arrive, address: dict[str, str]) -> None:
    assert address, "the first journey did not get to its end"
    me = person(390, "dark")
    me.open("/")
    me.sees("My projects")
    me.shot("0-first")
    me.does_not_scroll_sideways()
    me.is_accessible()
    for number, name in enumerate(PAGES, start=1):
        me.open(f"/{'' if number == 1 else name}?{address['query']}")
        me.at_step(number)
        me.shot(f"{number}-{name}")
        me.does_not_scroll_sideways()
        me.is_accessible()
    me.kept_to_the_house()


def test_the_accessibility_checker_is_here() -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run `npm ci` in tests/browser; no page was checked for accessibility")


def test_undo_and_redo_in_the_browser(person: Arrive, address: dict[str, str]) -> None:
    me = person(1280, "dark")
    me.open(f"/protect?{address['query']}")
    me.at_step(5)
    me.shot("5-protect")
    me.press("Undo: The suggested protection")
    me.sees("this is what we would do")
    me.press("Redo: The suggested protection")
    me.sees("Some rows, before and after")
    me.open(f"/risk?{address['query']}")
    me.shot("4-risk")
    me.kept_to_the_house()


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        (
            "adult/adult.csv",
            [
                "sex",
                "age",
                "race",
                "marital-status",
                "education",
                "native-country",
                "workclass",
                "occupation",
                "salary-class",
            ],
        ),
        ("sdcmicro/testdata.csv", ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"]),
    ],
)
def test_a_real_file_all_the_way(person: Arrive, file: str, keys: list[str]) -> None:
    path = SHARED / "data" / file
    if not path.exists():
        pytest.skip(f"{file} is not here")
    me = person(1280, "light")
    me.open("/")
    me.upload(path)
    walk(me, "A test with a public file", known=("salary-class",) if "adult" in file else ())
    data, passphrase = take_away(me, "CSV in an encrypted ZIP")
    released = csv(data, passphrase)
    assert set(keys) & set(released.columns)
    assert smallest_class(released, keys) >= 5
    me.kept_to_the_house()


def test_a_bomb_is_refused_and_the_next_file_works(person: Arrive, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.csv", b"a,b\n" + b"0,0\n" * 60_000_000)
    me = person(1280, "light")
    me.open("/")
    me.upload(bomb)
    me.sees("There is a problem")
    me.shot("1-bomb")
    me.upload({"name": "next.csv", "mimeType": "text/csv", "buffer": b"name,age\nAsha Patel,34\nRavi Kumar,41\n" * 4})
    me.sees("8 rows, 2 columns")
    me.kept_to_the_house()


def test_the_main_journey_by_keyboard_alone(person: Arrive) -> None:
    me = person(1280, "light")

    def use(button: str) -> None:
        """Tab until the button has the focus, then Enter."""
        for _ in range(120):
            me.page.keyboard.press("Tab")
            here = me.page.evaluate("(e => e.tagName === 'BUTTON' && e.innerText.trim())(document.activeElement)")
            if here == button:
                break
        else:
            raise AssertionError(f"Tab does not lead to {button}")
        me.page.keyboard.press("Enter")
        me.page.wait_for_timeout(400)
        me.settled()

    me.open("/")
    use("An invented table of staff")
    me.sees("Who will receive the result?")
    expect(me.page.get_by_text("rows,").first).to_be_visible(timeout=90_000)
    for step in (2, 3, 4, 5):
        use("Continue")
        me.at_step(step)
    use("Protect it like this")
    me.sees("Some rows, before and after")
    me.settled()
    use("Continue")
    me.at_step(6)
    me.kept_to_the_house()


def test_a_password_is_taken_though_the_eye_beside_it_was_pressed(person: Arrive) -> None:
    from core.release import excel
    from core.table import Column, Table

    names = Table.of({"name": Column.of(["Asha Patel", "Ravi Kumar"]), "age": Column.of(["34", "41"])})
    me = person(390, "light")
    me.open("/")
    me.upload({"name": "locked.xlsx", "mimeType": "", "buffer": excel.encrypted(names, "open sesame 42")})
    me.choose("The public")
    me.fill("What will they use it for?", "open data")
    me.sees("There is a question about this file")
    me.press("Continue")
    me.at_step(2)
    for given, said in (("not this", "The password does not open the file"), ("open sesame 42", "something personal")):
        me.page.locator("[data-testid=stTextInput] input").first.fill(given)
        me.page.get_by_role("button", name=re.compile("(Show|Hide) password")).click()  # the field's own neighbour
        me.press("Read it this way")
        me.sees(said)
    me.kept_to_the_house()


def test_a_file_with_two_readings_asks(person: Arrive) -> None:
    me = person(1280, "light")
    me.open("/")
    me.upload(
        {
            "name": "days.csv",
            "mimeType": "text/csv",
            "buffer": b"who,day,age\n"
            + b"".join(b"p%d,0%d/0%d/2024,4%d\n" % (i, i % 9 + 1, i % 7 + 1, i % 9) for i in range(30)),
        }
    )
    me.choose("The public")
    me.fill("What will they use it for?", "open data")
    me.sees("There is a question about this file")
    me.press("Continue")
    me.at_step(2)
    me.shot("2-question")
    me.page.locator("[data-testid=stRadio] label").nth(1).click()
    me.settled()
    me.press("Read it this way")
    me.sees("hold something personal")
    me.sees("How it was read")
    me.reload()
    me.sees("How it was read")
    me.kept_to_the_house()


def test_nothing_of_an_upload_lies_in_plain_text(studio: Studio, person: Arrive) -> None:
    me = person(1280, "light")
    me.open("/")
    canary = b"Canary Zebedee Quill"
    me.upload({"name": "canary.csv", "mimeType": "text/csv", "buffer": b"name,age\n" + (canary + b",34\n") * 20})
    me.sees("20 rows, 2 columns")
    files = [f for f in studio.data.rglob("*") if f.is_file()]
    assert files
    assert not [f for f in files if canary in f.read_bytes()]
    assert canary.decode() not in studio.log.read_text("utf-8")
