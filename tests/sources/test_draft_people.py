"""Whose a column is: what a drafted table says of other people must not identify the person of the row."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from own_connector import OwnConnector

from dsar.sources.draft import draft_collection
from dsar.sources.sniff import sniff

NAMES = ["Ada Example", "Bob Sample", "Eve Muster"]
MAILS = ["ada@example.org", "bob@example.org", "eve@example.org"]
PHONES = ["+49 30 23125 17", "+49 30 23125 18", "+49 30 23125 19"]
IDS = ["A1001", "A1002", "A1003"]


def drafted(folder: Path, columns: dict[str, list[str]]) -> dict[str, Any]:
    rows = [";".join(columns), *(";".join(cells) for cells in zip(*columns.values(), strict=True))]
    (folder / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return draft_collection(sniff(folder / "list.csv"), "list")


@pytest.mark.parametrize(
    ("heading", "values", "identifier", "role"),
    [
        ("Vorgesetzter", NAMES, "name", "mentioned"),
        ("Manager e-mail", MAILS, "email", "mentioned"),
        ("Courriel du responsable", MAILS, "email", "assignee"),
        ("Responsable hiérarchique", NAMES, "name", "mentioned"),
        ("Tel. Mutter", PHONES, "phone", "mentioned"),
        ("guarantor_phone", PHONES, "phone", "mentioned"),
        ("Personne à contacter en cas d'urgence", NAMES, "name", "mentioned"),
        ("Téléphone urgence", PHONES, "phone", "mentioned"),
        ("Referee 1 email", MAILS, "email", "mentioned"),
        ("Contatto di emergenza", NAMES, "name", "mentioned"),
        ("Hausarzt", NAMES, "name", "mentioned"),
        ("CntctPrsn", NAMES, "name", "contact"),
        ("Ansprechpartner", NAMES, "name", "contact"),
        ("Persona de contacto", NAMES, "name", "contact"),
        ("Referente", NAMES, "name", "contact"),
        ("Verkäufer", NAMES, None, "subject"),
        ("SlpName", NAMES, "name", "assignee"),
        ("Kontoinhaber", NAMES, None, "subject"),
        ("Halter", NAMES, "name", "subject"),
        ("patron_name", NAMES, "name", "subject"),
        ("Name, Vorname", ["Example, Ada", "Sample, Bob", "Muster, Eve"], "name", "subject"),
        ("Courriel personnel", MAILS, "email", "subject"),
        ("Cellulare", PHONES, "phone", "subject"),
        ("Teléfono fijo", PHONES, "phone", "subject"),
        ("GebDat", ["17.04.1981", "18.05.1990", "30.06.1991"], "birth_date", "subject"),
        ("N° de sécurité sociale", IDS, "national_id", "subject"),
        ("Versichertennr", IDS, "insurance_no", "subject"),
        ("CardName", ["Example GmbH", "Sample AG", "Eve Muster"], None, "subject"),
    ],
)
def test_a_heading_says_whose_a_column_is(
    tmp_path: Path, heading: str, values: list[str], identifier: str | None, role: str
) -> None:
    field = drafted(tmp_path, {"Nr": ["1", "2", "3"], heading: values})["fields"][heading]

    assert (field.get("identifier"), field.get("role", "subject")) == (identifier, role)
    if role in ("mentioned", "assignee"):
        assert field["third_party"] and field["category"] in ("x.third_party.contact", "x.record.staff")


@pytest.mark.parametrize("heading", ["IBAN", "Diagnose", "Allergien", "Código IBAN", "Konfession", "Gehalt"])
def test_a_sensitive_column_has_its_category(tmp_path: Path, heading: str) -> None:
    field = drafted(tmp_path, {"Nr": ["1", "2", "3"], heading: ["x1", "x2", "x3"]})["fields"][heading]

    assert field["category"].startswith(
        ("user.financial", "user.health", "user.demographic.religious", "x.user.salary")
    )


def test_of_two_addresses_the_one_that_nothing_names_may_be_somebody_elses(tmp_path: Path) -> None:
    fields = drafted(tmp_path, {"E-Mail": MAILS, "Zeta": MAILS[::-1]})["fields"]
    alone = drafted(tmp_path, {"Nr": ["1", "2", "3"], "Zeta": MAILS})["fields"]

    assert fields["Zeta"]["role"] == "mentioned" and "role" not in fields["E-Mail"]
    assert alone["Zeta"]["identifier"] == "email" and "role" not in alone["Zeta"]


def test_beside_first_names_a_name_of_one_word_is_the_family_name(tmp_path: Path) -> None:
    fields = drafted(tmp_path, {"Vorname": ["Ada", "Bob", "Eve"], "Name": ["Example", "Sample", "Muster"]})["fields"]

    assert fields["Name"]["identifier"] == "family_name"


@pytest.mark.parametrize("heading", ["Partita IVA", "USt-IdNr", "IBAN", "NIF"])
def test_a_number_of_a_tax_office_or_a_bank_is_no_key(tmp_path: Path, heading: str) -> None:
    assert drafted(tmp_path, {heading: IDS, "Name": NAMES})["key"] == []


def test_a_sum_at_the_end_hides_no_key(tmp_path: Path) -> None:
    columns = {"Rechnung Nr": [*IDS, ""], "Name": [*NAMES, ""], "E-Mail": [*MAILS, ""], "Betrag": ["1", "2", "3", "6"]}
    columns["Name"][-1] = "Summe"

    assert drafted(tmp_path, columns)["key"] == ["Rechnung Nr"]


TWO_ROWS = [
    ["Mitglied", "", "", "Kontakt", "", "Notfallkontakt", ""],
    ["Nr.", "Vorname", "Nachname", "E-Mail", "Handy", "Name", "Telefon"],
    ["M1", "Ada", "Example", MAILS[0], PHONES[0], "Bob Sample", PHONES[1]],
    ["M2", "Bob", "Sample", MAILS[1], PHONES[1], "Eve Muster", PHONES[2]],
    ["M3", "Eve", "Muster", MAILS[2], PHONES[2], "Ada Example", PHONES[0]],
]


@pytest.mark.parametrize("name", ["members.csv", "members.xlsx"])
def test_headings_in_two_rows_say_whose_a_name_is_from_the_draft_to_the_answer(own: OwnConnector, name: str) -> None:
    if name.endswith("xlsx"):
        book = openpyxl.Workbook()
        for row in [["Club Example"], [], *TWO_ROWS]:
            book.active.append(row)  # type: ignore[union-attr]
        own.write(f"exports/{name}", b"")
        book.save(own.company.folder / "exports" / name)
    else:
        own.write(f"exports/{name}", "\n".join(";".join(row) for row in TWO_ROWS) + "\n")

    own.company.run("init", "exports")
    (source,) = tomllib.loads((own.company.folder / "dsar.toml").read_text(encoding="utf-8"))["source"]
    (collection,) = source["collection"].values()
    found = own.find("--email", MAILS[0]).document["records"]

    assert collection["key"] == ["Mitglied Nr."]
    assert collection["fields"]["Notfallkontakt Telefon"]["role"] == "mentioned"
    assert {record["key"]: record["grade"] for record in found} == {"M1": "confirmed", "M3": "possible"}
    confirmed = next(record["fields"] for record in found if record["key"] == "M1")
    assert list(confirmed)[-1] == "Notfallkontakt Telefon"


def test_a_table_without_headings_is_drafted_from_its_values(own: OwnConnector) -> None:
    own.write(
        "exports/list.csv", "".join(f"{i};{n};{m};17.04.1981\n" for i, n, m in zip(IDS, NAMES, MAILS, strict=True))
    )

    own.company.run("init", "exports")
    text = (own.company.folder / "dsar.toml").read_text(encoding="utf-8")
    (source,) = tomllib.loads(text)["source"]

    assert source["headings"] == ["column 1", "column 2", "column 3", "column 4"]
    (collection,) = source["collection"].values()
    assert collection["fields"]["column 2"]["identifier"] == "name"
    assert {"headings", "fields.column 2", "fields.column 3"} <= set(collection["unconfirmed"])
    assert [r["grade"] for r in own.find("--email", MAILS[0]).document["records"]] == ["confirmed"]


def test_a_document_with_several_lists_is_read_list_by_list(own: OwnConnector) -> None:
    user = {"id": 1, "name": "Otto Probe"}
    note = {"id": 1, "created_at": "2026-01-01T00:00:00Z", "body": "Called.", "user": user, "private": False}
    mail = {"id": 2, "subject": "Hello", "body": "Hi", "to": MAILS[0], "from": MAILS[1], "cc": MAILS[2], "user": user}
    done = {"id": 3, "created_at": "2026-01-01T00:00:00Z", "subject": None, "body": "Moved.", "user": None}
    own.write("exports/feed.json", json.dumps({"notes": [note], "emails": [mail], "activities": [done]}))

    own.company.run("init", "exports")
    read = {
        source["collection"]: sum(file["rows_loaded"] for file in source["files"])
        for source in own.company.run("check", "--json").document["sources"]
    }

    assert read == {"feed_notes": 1, "feed_emails": 1, "feed_activities": 1}
