"""Headings and values name what a column is; what is guessed is listed, what is unknown stays without a category."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from dsar.config import CollectionSpec, parse
from dsar.sources.draft import draft_collection, heading_words
from dsar.sources.link import Columns, linked_kinds
from dsar.sources.looks import time_formats
from dsar.sources.sniff import sniff

PEOPLE = {"email": [f"p{n}@example.org" for n in range(8)]}


def table(folder: Path, columns: dict[str, list[str]], name: str = "export") -> Columns:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    path = folder / f"{name}.csv"
    path.write_text(text.getvalue())
    sniffed = sniff(path)
    return Columns(sniffed, draft_collection(sniffed, name)["fields"])


def drafted(folder: Path, columns: dict[str, list[str]], name: str = "export") -> dict[str, Any]:
    return draft_collection(table(folder, columns, name).sniffed, name)


def kind(folder: Path, heading: str, values: list[str]) -> str | None:
    fields = drafted(folder, {"#": ["x"] * len(values), heading: values})["fields"]
    found = fields.get(heading, {}).get("identifier")
    assert found is None or isinstance(found, str)
    return found


@pytest.mark.parametrize(
    "heading",
    ["customer_no", "CustomerNumber", "Customer ID", "CUST-NO", "Kundennummer", "Kunden-Nr.", "account", "Account No.",
     "Numéro client", "número de cliente", "codice cliente", "KdNr"],
)  # fmt: skip
def test_a_customer_number_is_one_kind_in_every_language_and_spelling(tmp_path: Path, heading: str) -> None:
    assert kind(tmp_path, heading, ["C1", "C2", "C2"]) == "customer_no"


@pytest.mark.parametrize(
    ("heading", "value", "expected"),
    [
        ("E-Mail-Adresse", "ada@example.org", "email"), ("correo electrónico", "ada@example.org", "email"),
        ("Work Email", "ada@example.org", "email"), ("email_2", "ada@example.org", "email"),
        ("Mobiltelefon", "+49 30 1234567", "phone"), ("téléphone", "01 23 45 67 89", "phone"),
        ("Vorname", "Ada", "given_name"), ("prénom", "Ada", "given_name"), ("Nachname", "Doe", "family_name"),
        ("apellidos", "Doe Roe", "family_name"), ("cognome", "Doe", "family_name"), ("Full Name", "Ada Doe", "name"),
        ("Geburtsdatum", "31.12.1990", "birth_date"), ("fecha de nacimiento", "31/12/1990", "birth_date"),
        ("Straße", "Hauptstr. 5", "street"), ("Address Line 1", "5 Main St", "street"),
        ("Anschrift", "X 5, Y", "address"),
        ("PLZ", "01234", "postcode"), ("code postal", "75001", "postcode"), ("Wohnort", "Bonn", "city"),
        ("Land", "DE", "country"), ("Bestellnummer", "B7", "order_no"), ("application id", "a7", "application_id"),
        ("Ticket #", "7", "ticket_id"), ("ticket_id", "7", "ticket_id"), ("cookie", "abcdef123", "cookie"),
        ("User Name", "ada", "login"), ("ip_address", "192.0.2.1", "ip"), ("click_id", "eid:7", "click_id"),
        ("user_agent", "Mozilla/5.0", None), ("Firma", "Example GmbH", None), ("email opt-in", "yes", None),
        ("product name", "Chair", None), ("company email", "info@example.org", None), ("created via", "shop", None),
    ],
)  # fmt: skip
def test_headings_in_five_languages_give_the_kind(
    tmp_path: Path, heading: str, value: str, expected: str | None
) -> None:
    assert kind(tmp_path, heading, [value, value]) == expected


@pytest.mark.parametrize(
    ("heading", "expected", "role"),
    [
        ("bill_name", "name", "billing"), ("Billing Zip", "postcode", "billing"),
        ("Rechnungsstraße", "street", "billing"),
        ("shipping_address_city", "city", "shipping"), ("Lieferort", "city", "shipping"),
        ("owner email", "email", "assignee"), ("candidate.recruiter.email", "email", "assignee"),
        ("assignee_id", "user_id", "assignee"), ("submitter_id", "user_id", "author"),
        ("last modified by id", "user_id", "author"),
    ],
)  # fmt: skip
def test_the_role_is_read_from_the_heading(tmp_path: Path, heading: str, expected: str, role: str) -> None:
    value = {"name": "Ada Doe", "postcode": "01234", "email": "a@example.org", "user_id": "77"}.get(expected, "Bonn")
    field = drafted(tmp_path, {"#": ["x", "x"], heading: [value, value]})["fields"][heading]

    assert (field["identifier"], field["role"]) == (expected, role)


def test_one_word_for_two_things_is_told_by_its_values(tmp_path: Path) -> None:
    assert kind(tmp_path, "Customer", ["C100", "C101"]) == "customer_no"
    assert kind(tmp_path, "Customer", ["Ada Doe", "Roe, Bob"]) == "name"


def test_values_that_contradict_the_heading_are_no_identifiers(tmp_path: Path) -> None:
    hashed = ["29e00d3659d1c5e75f99e892f0c1a1f1"] * 3
    fields = drafted(tmp_path, {"#": ["x"] * 3, "email": hashed, "account": ["Example GmbH", "Roe & Co", "Doe KG"]})[
        "fields"
    ]

    assert fields["email"] == {"category": "user.contact.email", "given": "provided"}
    assert "identifier" not in fields["account"]


def test_values_decide_where_the_heading_says_nothing(tmp_path: Path) -> None:
    columns = {
        "f1": ["ada@example.org", "bob@example.org"],
        "f2": ["192.0.2.1", "192.0.2.7"],
        "f3": ["+49 30 1234567", "+49 30 7654321"],
        "f4": ["2024-01-02 10:00", "2024-01-03 11:00"],
        "f5": ["He called and asked to be moved to another table.", "She is the sister of the other guest, she said."],
        "f6": ["7", "8"],
        "f7": ["12:30:00", "13:30:00"],
    }
    found = drafted(tmp_path, columns)

    assert [found["fields"].get(name, {}).get("identifier") for name in columns] == [
        "email",
        "ip",
        "phone",
        *[None] * 4,
    ]
    assert found["fields"]["f4"] == {"time": "%Y-%m-%d %H:%M"}
    assert found["fields"]["f5"] == {"category": "user.content", "third_party": True}
    assert "f6" not in found["fields"]
    assert "f7" not in found["fields"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1990-12-31", "1991-01-01"], ["%Y-%m-%d"]), (["31/12/1990", "01/02/1991"], ["%d/%m/%Y"]),
        (["12/31/1990", "01/02/1991"], ["%m/%d/%Y"]), (["01/02/1990"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["31.12.1990"], ["%d.%m.%Y"]), (["19901231", "19910101"], ["%Y%m%d"]),
        (["2024-01-02T10:00:00Z", "2024-01-02T10:00:00+02:00"], ["%Y-%m-%dT%H:%M:%S%z"]),
        (["2024-01-02T10:00:00.123"], ["%Y-%m-%dT%H:%M:%S.%f"]), (["1990-12-31", "soon"], []), ([], []),
    ],
)  # fmt: skip
def test_a_time_format_must_fit_every_value(values: list[str], expected: list[str]) -> None:
    assert time_formats(values) == expected


def test_day_and_month_that_cannot_be_told_apart_and_a_missing_zone_are_listed(tmp_path: Path) -> None:
    columns = {
        "dob": ["01/02/1990", "03/04/1991"],
        "created_at": ["2024-01-02 10:00:00", "2024-01-03 10:00:00"],
        "paid_gmt": ["2024-01-02 10:00:00", "2024-01-03 10:00:00"],
        "seen": ["2024-01-02T10:00:00Z", "2024-01-03T10:00:00Z"],
    }
    found = drafted(tmp_path, columns)

    assert found["fields"]["dob"]["identifier"] == "birth_date"
    assert "time" not in found["fields"]["dob"]
    assert {"fields.dob.time", "fields.created_at.zone"} <= set(found["unconfirmed"])
    assert found["fields"]["paid_gmt"]["zone"] == "UTC"
    assert not {"fields.paid_gmt.zone", "fields.seen.zone"} & set(found["unconfirmed"])


def test_free_text_may_name_others_and_secrets_are_secret(tmp_path: Path) -> None:
    fields = drafted(tmp_path, {"Bemerkungen": ["x", "y"], "password_hash": ["ab", "cd"], "total": ["1", "2"]})[
        "fields"
    ]

    assert fields["Bemerkungen"] == {"category": "user.content", "third_party": True}
    assert fields["password_hash"]["secret"] is True
    assert fields["total"]["category"] == "user.financial"


def test_the_key_is_the_rows_own_number(tmp_path: Path) -> None:
    numbers = [str(n) for n in range(8)]
    own = drafted(tmp_path, {"contact_id": numbers, **PEOPLE})
    bare = drafted(tmp_path, {"app_id": numbers, "id": numbers, **PEOPLE}, "customers")
    twice = drafted(tmp_path, {"contact_id": ["1"] * 8, **PEOPLE})
    things = drafted(tmp_path, {"id": numbers, "title": numbers}, "products")

    assert (own["key"], own["fields"]["contact_id"]["identifier"]) == (["contact_id"], "contact_id")
    assert (bare["key"], bare["fields"]["id"]["identifier"]) == (["id"], "customer_no")
    assert twice["key"] == []
    assert drafted(tmp_path, {"Kundennr": numbers, **PEOPLE})["key"] == ["Kundennr"]
    assert drafted(tmp_path, {"Telefon Nr": [f"+49 30 2312501{n}" for n in numbers], "note": numbers})["key"] == []
    assert (things["key"], things["fields"].get("id")) == (["id"], None)


def test_two_numbers_of_one_customer_are_two_kinds(tmp_path: Path) -> None:
    fields = drafted(tmp_path, {"customer_id": ["1", "2"], "customer_no": ["C1", "C2"]})["fields"]

    assert [field["identifier"] for field in fields.values()] == ["customer_id", "customer_no"]


def test_all_that_is_guessed_or_missing_is_listed_and_the_draft_loads(tmp_path: Path) -> None:
    found = drafted(tmp_path, {"contact_id": [str(n) for n in range(8)], **PEOPLE, "colour": ["red"] * 8})

    assert found["unconfirmed"] == [
        "purposes", "keep", "origin", "recipients", "automated_decision", "key", "fields.contact_id", "fields.email",
    ]  # fmt: skip
    assert "colour" not in found["fields"]
    assert parse(CollectionSpec, found, where="draft").fields["email"].identifier == "email"


def test_the_leaves_of_json_records_are_drafted(tmp_path: Path) -> None:
    record = {"id": 7, "billing": {"email": "a@example.org"}, "phones": [{"value": "+49 30 1234567"}], "vip": True}
    path = tmp_path / "a.json"
    path.write_text(json.dumps([record, {**record, "id": 8}]))
    found = draft_collection(sniff(path), "orders")

    assert found["key"] == ["id"]
    assert found["fields"]["billing.email"] == {
        "category": "user.contact.email", "identifier": "email", "given": "provided", "role": "billing",
    }  # fmt: skip
    assert found["fields"]["phones[*].value"]["identifier"] == "phone"


def test_the_key_of_a_json_record_stands_at_its_top(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps([{"person": {"id": n, "email": "a@example.org"}, "tags": [{"id": n}]} for n in range(3)])
    )

    assert draft_collection(sniff(path), "hooks")["key"] == []


def test_a_login_that_holds_customer_numbers_is_a_customer_number(tmp_path: Path) -> None:
    numbers = [f"C{100 + n}" for n in range(20)]
    crm = table(tmp_path, {"customer_no": numbers, "city": ["Rome"] * 20}, "crm")
    web = table(tmp_path, {"session_id": [f"web:{n}" for n in range(10)], "login": numbers[5:15]}, "web")
    own = table(tmp_path, {"session_id": [f"s:{n}" for n in range(10)], "login": [f"ada{n}" for n in range(10)]}, "own")

    assert linked_kinds([crm, web, own]) == ({}, {"login": "customer_no"}, {})


def test_short_counters_that_happen_to_be_equal_link_nothing(tmp_path: Path) -> None:
    counter = [str(n) for n in range(1, 21)]
    crm = table(tmp_path, {"customer_no": counter, "city": ["Rome"] * 20}, "crm")
    web = table(tmp_path, {"login": counter, "page": ["/"] * 20}, "web")

    assert linked_kinds([crm, web]) == ({}, {})


def test_numbers_that_two_kinds_hold_link_nothing(tmp_path: Path) -> None:
    numbers = [f"X{100 + n}" for n in range(20)]
    files_ = [
        table(tmp_path, {"customer_no": numbers, "city": ["Rome"] * 20}, "crm"),
        table(tmp_path, {"order_no": numbers, "city": ["Rome"] * 20}, "orders"),
        table(tmp_path, {"login": numbers, "page": ["/"] * 20}, "web"),
    ]

    assert linked_kinds(files_) == ({}, {}, {})


def test_a_subscriber_number_that_click_ids_count_like_is_a_click_id(tmp_path: Path) -> None:
    news = table(
        tmp_path, {"sub_id": [f"news:{n}" for n in range(20)], "email": [f"p{n}@example.org" for n in range(20)]}
    )
    web = table(tmp_path, {"click_id": [f"eid:{n}" for n in range(3, 12)], "page": ["/"] * 9}, "web")

    assert linked_kinds([news, web]) == ({"sub_id": "click_id"}, {})


def test_every_word_of_the_vocabulary_has_a_known_category() -> None:
    headings = tomllib.loads((files("dsar.vocabulary") / "headings.toml").read_text(encoding="utf-8"))
    categories = tomllib.loads((files("dsar.vocabulary") / "categories.toml").read_text(encoding="utf-8"))

    unknown = {concept["category"] for concept in headings["concept"].values()} - set(categories)
    empty = [word for concept in headings["concept"].values() for word in concept["words"] if not heading_words(word)]

    assert (unknown, empty) == (set(), [])


@pytest.mark.parametrize(
    "heading", ["Telefon privat", "téléphone professionnel", "teléfono casa", "Phone (home)", "telefono ufficio"]
)
def test_a_word_behind_the_thing_hides_nothing(tmp_path: Path, heading: str) -> None:
    (tmp_path / "x.csv").write_text(f"nr;{heading}\n1;030 2312501\n2;030 2312502\n", encoding="utf-8")
    fields = draft_collection(sniff(tmp_path / "x.csv"), "x")["fields"]

    assert fields[heading]["identifier"] == "phone"


@pytest.mark.parametrize(
    ("heading", "values", "field"),
    [
        ("id_customer", ["1", "2"], {"identifier": "customer_no"}),  # PrestaShop
        ("Código cliente", ["K-77", "K-78"], {"identifier": "customer_no"}),
        ("remote_address", ["192.0.2.7", "192.0.2.8"], {"identifier": "ip"}),  # Shopware
        ("Buyer Email", ["a@example.com", "b@example.com"], {"identifier": "email", "role": "billing"}),  # Eventbrite
    ],
)
def test_headings_of_systems_without_a_connector(
    tmp_path: Path, heading: str, values: list[str], field: dict[str, str]
) -> None:
    found = drafted(tmp_path, {"Email": ["x@example.org", "y@example.org"], heading: values})["fields"][heading]

    assert {name: found.get(name) for name in field} == field


def test_the_number_of_a_document_is_never_the_key_of_a_row(tmp_path: Path) -> None:
    columns = {"Email": ["a@example.org", "b@example.org"], "Steuer-ID": ["12345678901", "12345678902"]}

    assert drafted(tmp_path, columns)["key"] == []


def test_a_bare_id_beside_the_number_of_a_customer_counts_by_itself(tmp_path: Path) -> None:
    columns = {"id": ["01ab", "01ac"], "customer_number": ["10001", "10002"], "email": PEOPLE["email"][:2]}

    fields = drafted(tmp_path, columns, "shopware_customer")["fields"]
    assert (fields["id"]["identifier"], fields["customer_number"]["identifier"]) == ("customer_id", "customer_no")
