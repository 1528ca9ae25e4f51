"""A JSON document that wraps lists of records: each list is read, and what stands beside them is told."""

from __future__ import annotations

import json

import pytest
from own_connector import OwnConnector

from dsar.cli import main
from dsar.sources.head import HEAD

DESK = """
[users]
format = "json"
columns = ["id", "email"]
records = "users"
key = ["id"]
[users.fields]
id = { category = "user.unique_id", identifier = "own_id" }
email = { category = "user.contact.email", identifier = "email" }
[tickets]
format = "json"
columns = ["id", "requester_id"]
key = ["id"]
[tickets.fields]
id = { category = "user.unique_id" }
requester_id = { category = "user.unique_id", identifier = "own_id" }
[deep]
format = "json"
columns = ["mail"]
records = "result.people"
[deep.fields]
mail = { category = "user.contact.email", identifier = "email" }
"""
USERS = [{"id": number, "email": f"p{number}@example.org"} for number in range(1, 4)]
TICKETS = [{"id": 10 + number, "requester_id": number} for number in range(1, 4)]


@pytest.fixture
def own(own: OwnConnector) -> OwnConnector:
    own.declare(DESK)
    return own


def test_each_list_of_a_document_is_read(own: OwnConnector) -> None:
    own.write("d.json", json.dumps({"exported_at": "2026-01-01T00:00:00Z", "users": USERS, "tickets": TICKETS}))
    own.source("d.json")
    found = own.find("--email", "p2@example.org").document

    assert {record["record"] for record in found["records"]} == {"own/users/2", "own/tickets/12"}
    files = [file for source in found["sources"] for file in source["files"]]
    assert [(file["path"], file["rows_read"], file["rows_unreadable"]) for file in files] == [
        ("d.json#users", 3, 0),
        ("d.json#tickets", 3, 0),
    ]


def test_a_list_behind_the_head_of_a_long_document_is_read_too(own: OwnConnector) -> None:
    many = [{"id": number, "email": f"p{number}@example.org"} for number in range(HEAD // 30)]
    own.write("d.json", json.dumps({"users": many, "tickets": TICKETS}, indent=1))
    own.source("d.json")

    assert own.records("--email", "p3@example.org").keys() == {"3", "13"}


def test_records_that_no_collection_reads_are_kept_and_told(own: OwnConnector) -> None:
    own.write("d.json", json.dumps({"users": USERS, "tickets": TICKETS, "notes": [{"by": "eve@example.com"}]}))
    own.source("d.json")
    found = own.find("--email", "eve@example.com").document

    assert [(record["grade"], record["line"]) for record in found["records"]] == [("possible", 1)]
    assert not found["complete"]


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ({"next_page": "https://example.com/x?page=2", "count": 3, "more": None, "object": "list"}, 0),
        ({"owner": {"email": "eve@example.com"}}, 1),
        ({"exported_by": "Eve Example"}, 1),
        ({"links": {"self": "https://example.com"}}, 0),
    ],
)
def test_what_stands_beside_the_records_is_told_where_it_may_be_about_people(
    own: OwnConnector, beside: dict[str, object], told: int
) -> None:
    own.write("d.json", json.dumps({**beside, "users": USERS}))
    own.source("d.json")

    assert own.find("--email", "nobody@example.org").counts == (3 + told, 3, told)


def test_records_under_a_path_are_read(own: OwnConnector) -> None:
    own.write("d.json", json.dumps({"result": {"total": 1, "people": [{"mail": "ada@example.org"}]}, "ok": True}))
    own.source("d.json")

    assert own.find("--email", "ada@example.org").counts == (1, 1, 0)
    assert own.find("--email", "ada@example.org").document["held"]


def test_an_unknown_document_with_several_lists_is_drafted_list_by_list(own: OwnConnector) -> None:
    clients = [{"clientId": f"K-{n}00", "mail": f"p{n}@example.org"} for n in range(1, 7)]
    visits = [{"visit": n, "clientId": f"K-{n}00"} for n in range(1, 7)]
    own.write("exports/d.json", json.dumps({"clients": clients, "visits": visits}))
    assert main(["init", "exports"]) == 1

    found = own.find("--email", "p2@example.org").document
    assert {record["collection"] for record in found["records"]} == {"clients", "visits"}
