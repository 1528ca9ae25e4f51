"""Several tables in one file are read as what they are, and every line is accounted for."""

from __future__ import annotations

import json
import zipfile

import pytest
from own_connector import OwnConnector

from dsar.cli import main
from dsar.sources.sections import unknown_sections

ZOOM = """
[webinars]
columns = ["Topic", "Webinar ID"]
section = { after = ["Attendee Report", "Teilnehmerbericht"], skip = 1 }
key = ["Webinar ID"]
[webinars.fields]
Topic = { category = "user.content" }
"Webinar ID" = { category = "user.unique_id" }
[hosts]
columns = ["Attended", "Email"]
section = { after = ["Host Details", "Panelist Details"] }
[hosts.fields]
Attended = { category = "user.behavior" }
Email = { category = "user.contact.email", identifier = "email", role = "assignee" }
[attendees]
columns = ["Attended", "Email"]
section = { after = ["Attendee Details"] }
[attendees.fields]
Attended = { category = "user.behavior" }
Email = { category = "user.contact.email", identifier = "email" }
"Your question?" = { category = "user.content", third_party = true }
"""
REPORT = """Attendee Report,,,
Report generated time,08/09/2026 02:31:08 PM,,
Topic,Webinar ID,Duration,
"News, and more",811,60,

Host Details,,,
Attended,Email,Time,
Yes,host@example.org,60,
Panelist Details,,,
Attended,Email,Time,
Attendee Details,,,
Attended,Email,Time,Your question?,
Yes,ada@example.org,12,"one ""big""
Host Details
question",
Yes,ada@example.org,30,,
No,bob@example.org,--,,
Yes,eve@example.org
"""


@pytest.fixture
def own(own: OwnConnector) -> OwnConnector:
    own.declare(ZOOM)
    return own


def test_each_section_is_a_table_with_its_own_lines(own: OwnConnector) -> None:
    own.write("attendee.csv", REPORT)
    own.source("attendee.csv")
    found = own.find("--email", "ada@example.org").document

    assert [(record["collection"], record["line"], record["lines"]) for record in found["records"]] == [
        ("attendees", 13, 3),
        ("attendees", 16, 1),
    ]
    assert found["records"][0]["fields"]["Your question?"] == 'one "big"\nHost Details\nquestion'
    files = {file["path"]: file for source in found["sources"] for file in source["files"]}
    counts = {path: (file["rows_read"], file["rows_loaded"]) for path, file in files.items()}
    assert counts == {
        "attendee.csv#Attendee Report": (1, 1),
        "attendee.csv#Host Details": (1, 1),
        "attendee.csv#Panelist Details": (0, 0),
        "attendee.csv#Attendee Details": (4, 3),
    }


def test_the_file_is_recognised_by_its_sections(own: OwnConnector) -> None:
    own.write("exports/attendee.csv", REPORT)
    (own.company.folder / "dsar.toml").write_text('connectors = ["connectors"]\n', encoding="utf-8")
    assert main(["init", "exports", "--add"]) == 0
    text = (own.company.folder / "dsar.toml").read_text(encoding="utf-8")

    assert 'connector = "own"' in text
    assert all(f"[source.collection.{name}]" in text for name in ("webinars", "hosts", "attendees"))


def test_lines_above_the_first_section_are_kept(own: OwnConnector) -> None:
    own.write("attendee.csv", "made for eve@example.com\n\n" + REPORT)
    own.source("attendee.csv")
    found = own.find("--email", "eve@example.com").document

    assert [(record["line"], record["grade"]) for record in found["records"]] == [(1, "possible")]


def test_a_report_in_utf16_is_read_alike(own: OwnConnector) -> None:
    own.write("attendee.csv", REPORT.replace(",", "\t").encode("utf-16"))
    own.source("attendee.csv")

    assert len(own.find("--email", "ada@example.org").document["records"]) == 2


UNKNOWN = """Customers
id,name,email
1,Ada Example,ada@example.org
2,Bob Sample,bob@example.org

Orders
order_no,customer_id,mail
77,1,ada@example.org
78,2,bob@example.org
"""


def test_several_tables_that_no_connector_knows_are_drafted_one_by_one(own: OwnConnector) -> None:
    own.write("all.csv", UNKNOWN)

    found = own.company.run("find", "--email", "ada@example.org", "--in", ".", "--json").document
    assert [(one["record"], one["line"]) for one in found["records"]] == [("all/customers/1", 3), ("all/orders/77", 8)]
    counts = [file for source in found["sources"] for file in source["files"]]
    assert [(file["rows_read"], file["rows_unreadable"]) for file in counts] == [(2, 0), (2, 0)]


@pytest.mark.parametrize(
    "text",
    [
        "Customers\nid,name\n1,Ada\n",  # one title above one table
        "id,email\n1,ada@example.org\n\nnote\n2,bob@example.org\n",  # a broken row and what follows
    ],
)
def test_a_title_or_an_empty_line_makes_no_sections(text: str) -> None:
    assert unknown_sections(text) == []


def test_people_in_every_file_of_an_archive_are_found_without_a_config(own: OwnConnector) -> None:
    with zipfile.ZipFile(own.company.folder / "crm.zip", "w") as archive:
        archive.writestr("data/contacts.csv", "Id,Email\n1,ada@example.org\n2,bob@example.org\n")
        archive.writestr("data/notes.json", '[{"contact_id":"1","email":"ada@example.org"}]')
        archive.writestr("data/in/all.csv", UNKNOWN)

    found = own.company.run("find", "--email", "ada@example.org", "--in", ".", "--json").document
    assert {(one["collection"], one["file"]) for one in found["records"]} == {
        ("contacts", "crm.zip#data/contacts.csv"), ("notes", "crm.zip#data/notes.json"),
        ("customers", "crm.zip#data/in/all.csv#Customers"), ("orders", "crm.zip#data/in/all.csv#Orders"),
    }  # fmt: skip
    for command in ("export", "erase"):
        assert own.company.run(command, "--email", "ada@example.org", "--in", ".", "--out", command).code == 1
    told = json.loads((own.company.folder / "export" / "data.json").read_text())
    plan = json.loads((own.company.folder / "erase" / "plan.json").read_text())
    assert len(told["records"]) == len(plan["steps"]) == 4
