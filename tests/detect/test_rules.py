"""Rules that came from tables nobody had tuned on: a hospital's remarks, calls, sensors, trips, logs, claims."""

from __future__ import annotations

import warnings

from core.detect import Detected, detect
from core.detect.look import Look
from core.table import Column, Table

ROWS = 40


def of(**columns: list[str]) -> dict[str, Detected]:
    return detect(Table.of({name: Column.of(cells) for name, cells in columns.items()}))


def some(*texts: str) -> list[str]:
    return [texts[i % len(texts)] for i in range(ROWS)]


def digits(i: int, count: int) -> str:
    return str((i + 1) * 7_919_777_777_777_777)[:count]


def test_short_notes_that_name_people_are_texts() -> None:
    notes = [
        (f"Mrs Fernandes told, call {9_800_000_000 + 7919 * i}", "Stable, advised rest", "Seen by Dr. Menezes")[i % 3]
        for i in range(ROWS)
    ]
    log = [f"Failed password for root from 10.0.3.{i}" if i % 2 else "session closed" for i in range(ROWS)]
    found = of(Remarks=notes, message=log)
    assert found["Remarks"].entity == "FREE_TEXT_PII"
    assert found["message"].entity == "FREE_TEXT_PII"


def test_short_texts_that_name_nobody_are_none() -> None:
    titles = some("Cast iron skillet", "Cotton hoodie, blue", "Set of four glasses", "Desk lamp with clip")
    addresses = [f"{i} Dr Ambedkar Road, Nagpur" for i in range(1, ROWS + 1)]
    found = of(description=titles, x=addresses)
    assert found["description"].entity == "NONE"
    assert found["x"].entity == "ADDRESS"


def test_masked_cards_are_cards_under_any_name() -> None:
    cells = [f"XXXX-XXXX-XXXX-{1000 + 37 * i}" for i in range(ROWS)]
    assert of(x=cells)["x"].entity == of(Card=cells)["Card"].entity == "CREDIT_CARD"


def test_a_path_of_a_card_game_is_no_card() -> None:
    assert of(card=some("Ace", "King", "Queen", "Seven"))["card"].entity == "NONE"


def test_running_numbers_and_clocks_are_no_phones() -> None:
    found = of(
        a=[str(4_876_500_000 + 13 * i) for i in range(ROWS)],
        b=[str(1_719_792_000 + 7_919 * (i * 37 % ROWS)) for i in range(ROWS)],
    )
    assert found["a"].entity in ("RECORD_ID", "NONE") and found["b"].entity == "NONE"


def test_numbers_with_two_points_are_dates_only_where_they_can_be() -> None:
    codes = Column.of([f"{1700 + i}.{20 + i % 70}.{10 + i % 80}" for i in range(ROWS)])
    assert Look.at(codes, ()).date == 0
    assert of(x=[f"{1700 + i}.{20 + i % 70}.{10 + i % 80}" for i in range(ROWS)])["x"].entity != "DATE_OF_BIRTH"
    born = [f"{1 + i % 28:02d}{1 + i % 12:02d}{1960 + i}" for i in range(ROWS)]
    assert Look.at(Column.of(born), ()).years.tolist() == [1960 + i for i in range(ROWS)]
    assert of(dob=born)["dob"].entity == "DATE_OF_BIRTH"


def test_points_beside_latitude_and_longitude_are_no_third_column() -> None:
    found = of(
        a=[f"{28.4 + i * 0.00713:.5f}" for i in range(ROWS)],
        b=[f"{77.1 + i * 0.00391:.5f}" for i in range(ROWS)],
        c=[f"{28.4 + i * 0.00117:.5f},{77.1 + i * 0.00233:.5f}" for i in range(ROWS)],
    )
    assert {f.entity for f in found.values()} == {"GEO_COORDINATE"}


def test_ibans_with_a_wrong_check_are_accounts_by_their_form() -> None:
    cells = [f"DE{10 + i % 80}{digits(i, 16)}{1000 + i}" for i in range(ROWS)]
    found = of(x=cells)["x"]
    assert found.entity == "BANK_ACCOUNT"


def test_headers_with_signs() -> None:
    accounts = [digits(i, 11) for i in range(ROWS)]
    found = of(**{"Bank A/C": accounts, "Case#": [f"SH/2023/{i:03d}" for i in range(ROWS)]})
    assert (found["Bank A/C"].entity, found["Case#"].entity) == ("BANK_ACCOUNT", "RECORD_ID")


def test_headers_with_two_words_for_it_and_doors() -> None:
    found = of(
        **{
            "ID/Passport": [digits(i, 8) for i in range(ROWS)],
            "Village/Estate": some("Manyatta", "Bondeni", "Kaloleni", "Nyalenda"),
            "Company / Account": some("Northwind Logistics", "Apex Polymers Pvt Ltd", "Blue Bottle Media"),
            "Door No": [f"{i}-{i % 7 + 1}-{100 + i}/{i % 9 + 1}" for i in range(1, ROWS + 1)],
        }
    )
    wanted = {"ID/Passport": "NATIONAL_ID", "Village/Estate": "LOCATION", "Company / Account": "ORGANIZATION",
              "Door No": "ADDRESS"}  # fmt: skip
    assert {name: one.entity for name, one in found.items()} == wanted


def test_headers_that_mean_something_else_over_such_values() -> None:
    found = of(
        CIF=[digits(i, 11) for i in range(ROWS)],
        NIC_2008=[f"{1111 + 97 * i % 88_888:05d}" for i in range(ROWS)],
        REG_DT=[f"{1980 + i}0{1 + i % 9}1{i % 9}" for i in range(ROWS)],
        FPS_Code=[f"1273{1000 + i % 60}" for i in range(ROWS)],
    )
    assert found["CIF"].entity == "RECORD_ID"
    assert found["NIC_2008"].entity != "NATIONAL_ID" and found["REG_DT"].entity == "NONE"
    assert found["FPS_Code"].entity not in ("PHONE_NUMBER", "POSTCODE", "NATIONAL_ID")


def test_a_house_before_a_street_is_part_of_an_address() -> None:
    streets = some("MAPLE ST", "OAKWOOD DR", "PECAN VALLEY LN", "5TH AVE")
    found = of(RES_HOUSE=[str(12 + 37 * i) for i in range(ROWS)], RES_STREET=streets)
    assert found["RES_HOUSE"].entity == "ADDRESS"


def test_codes_with_an_exponent_are_no_infinite_numbers() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        of(pnr=[f"{i % 9 + 1}E{8000 + i}" for i in range(ROWS)], x=[f"{i}E200" for i in range(ROWS)])


def test_bar_codes_are_nobodys_numbers_and_parties_to_a_call_are() -> None:
    found = of(
        isbn13=[str(9_780_439_785_960 + 1009 * i) for i in range(ROWS)],
        upc=[f"{36_000_291_452 + 97 * i}" for i in range(ROWS)],
        a_party=[f"91{9_811_000_000 + 7_919_919 * (i * 13 % ROWS)}" for i in range(ROWS)],
    )
    assert found["isbn13"].entity == found["upc"].entity == "NONE"
    assert found["a_party"].entity == "PHONE_NUMBER"


def test_towns_and_firms_are_told_by_how_they_are_built() -> None:
    towns = some("East Maple", "Brantville", "Port Odessa", "Kellerstad", "New Dunmore", "Farleyburgh", "Lake Trudy",
                 "Oxleyton", "Corvinmouth", "South Peelchester")  # fmt: skip
    firms = some("Oakes, Bram and Tully", "Pell-Morrow", "Quist Group", "Varga, Hale and Orsini", "Tamm-Ruiz",
                 "Ives LLC", "Brandt and Sons", "Lund, Fox and Ames")  # fmt: skip
    found = of(x=towns, y=firms)
    assert found["x"].entity == "LOCATION" and found["y"].entity == "ORGANIZATION"
    units = of(x=some("Sales and Marketing", "Research and Development", "Food and Drink", "Health and Safety",
                      "Plants and Machines", "Parts and Service"))  # fmt: skip
    assert units["x"].entity != "ORGANIZATION"
    families = of(x=some("Hamilton", "Clifford", "Sunderland", "Ashton", "Wakefield", "Lindberg", "Burton", "Kirby"))
    assert families["x"].entity != "LOCATION"  # these end so, too, but none of them begins with "East"


def test_customers_that_are_firms() -> None:
    firms = some("Around the Corner Foods", "Bread & Wine Imports", "Green Valley Market", "The Cheese Cellar",
                 "Old Town Delicatessen", "Blue Anchor Supplies", "Casa Grande", "Nordic Trading")  # fmt: skip
    people = some("Asha Patel", "John Carter", "Maria Lopez", "Imran Khan", "Meena Rao")
    assert of(customerName=firms, city=some("Nantes", "Oslo"))["customerName"].entity == "ORGANIZATION"
    assert of(customerName=people, city=some("Nantes", "Oslo"))["customerName"].entity == "PERSON"


def test_names_with_the_surname_first_or_with_titles_are_no_texts() -> None:
    listed = [f"{s}, {t}" for s, t in zip(
        some("Miller", "Carter", "Van der Berg", "Brown", "Novak"),
        some("Mrs. Anna Maria (Jane Elisabeth Roe)", "Mr. John Henry", "Miss. Maria Elena", "Master. Robert William",
             "Mrs. Thomas Edward (Laura Mary Hill)", "Mr. Paul", "Miss. Emma Louise"), strict=True)]  # fmt: skip
    titled = some(
        "Prof. Dr. Anil Sharma", "Assoc. Prof. Dr. Maria Khan", "Dr. John Carter", "Asst. Prof. Dr. Meena Rao"
    )
    assert of(x=listed)["x"].entity == "PERSON"
    assert of(x=titled)["x"].entity != "FREE_TEXT_PII"


def test_words_made_of_the_names_in_their_row_are_user_names() -> None:
    names = [("Anna", "Berger"), ("Luis", "Ortega"), ("Meena", "Kulkarni"), ("Paul", "Novak"), ("Rita", "Salonen")]
    rows = [names[i % 5] for i in range(ROWS)]
    found = of(Nom=[b for _, b in rows], Prenom=[a for a, _ in rows], ID=[f"{a[0]}{b[:7]}".lower() for a, b in rows])
    # five persons, again and again: user names repeat with them
    assert found["ID"].entity != "USERNAME"
    found = of(Nom=[b + "aeiou"[i % 5] * (i // 5) for i, (_, b) in enumerate(rows)], Prenom=[a for a, _ in rows],
               ID=[f"{a[0]}{b}".lower() + "aeiou"[i % 5] * (i // 5) for i, (a, b) in enumerate(rows)])  # fmt: skip
    assert found["ID"].entity == "USERNAME"


def test_a_source_that_is_a_site_is_a_link() -> None:
    assert of(source=some("data.example.org", "stats.example.in", "health.example.gov"))["source"].entity == "URL"
    assert of(source=some("Facebook", "Walk-in", "Referral"))["source"].entity == "NONE"


def test_states_of_things_are_no_places() -> None:
    towns = some("Bogota", "Cali", "Lima")
    things = some("Solucionado", "Pendiente", "En proceso")
    found = of(Ciudad=towns, Estado=things)
    assert found["Ciudad"].entity == "LOCATION" and found["Estado"].entity == "NONE"
    assert of(Cidade=towns, Estado=some("SP", "RJ", "MG"))["Estado"].entity == "LOCATION"


def test_a_block_by_its_name_is_a_place_and_by_its_number_a_code() -> None:
    found = of(district=some("Balangir", "Nuapada"), block=some("Patnagarh", "Komna", "Muribahal", "Khariar"))
    assert found["block"].entity == "LOCATION"
    assert of(district=some("Balangir", "Nuapada"), block=some("12", "7", "9"))["block"].entity == "NONE"


def test_codes_built_as_postcodes_want_places_beside_them() -> None:
    codes = some("71382-0308", "60193-435", "0285-0140", "51125-322", "60193-4351")
    assert of(item_ref=codes, price=[f"{i}.50" for i in range(ROWS)])["item_ref"].entity != "POSTCODE"


def test_numbers_of_a_few_things_are_no_record_numbers_in_a_small_table() -> None:
    few = [str(1 + i * 5 % 12) for i in range(14)]
    found = detect(
        Table.of({"clinic_id": Column.of(few), "shift_id": Column.of([f"{99 - i}-588-91{i:02d}" for i in range(14)])})
    )
    assert found["clinic_id"].entity == "NONE" and found["shift_id"].entity == "RECORD_ID"


def test_x_and_y_beside_places_are_points_on_a_map() -> None:
    x = [f"-13{100_000 + 7919 * i}.{i % 9}" for i in range(ROWS)]
    y = [f"4{100_000 + 1013 * i}.{i % 7}" for i in range(ROWS)]
    found = of(X=x, Y=y, CITY=some("Corona", "Torrance", "Bernice"))
    assert found["X"].entity == found["Y"].entity == "GEO_COORDINATE"
    plot = of(x=[f"{i}.5" for i in range(ROWS)], y=[f"{i * i % 17}.25" for i in range(ROWS)], series=some("a", "b"))
    assert plot["x"].entity == plot["y"].entity == "NONE"


def test_an_owner_that_is_private_is_nobody() -> None:
    found = of(OWNER=some("PRIVATE", "GOVERNMENT - LOCAL", "NON-PROFIT"), BEDS=[str(20 + i) for i in range(ROWS)])
    assert found["OWNER"].entity == "NONE"
    assert of(OWNER=some("Asha Patel", "John Carter", "Maria Lopez"))["OWNER"].entity == "PERSON"


def test_digits_in_groups_as_north_america_writes_phones() -> None:
    cells = [f"{201 + 17 * i % 700}-{200 + 37 * i % 700}-{1000 + 7919 * i % 9000}" for i in range(ROWS)]
    assert of(x=cells)["x"].entity == "PHONE_NUMBER"
