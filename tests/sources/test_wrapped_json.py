"""Records of one system lie under a key, in a bare list or a line each: the same collection reads them all."""

from __future__ import annotations

import json

import pytest
from own_connector import OwnConnector

DESK = """
[tickets]
format = "json"
records = "tickets"
columns = ["no", "mail"]
key = ["no"]
[tickets.fields]
no = { category = "user.unique_id" }
mail = { category = "user.contact.email", identifier = "email" }
"""
TICKETS = [{"no": 1, "mail": "ada@example.org"}, {"no": 2, "mail": "bob@example.org"}]
AROUND = {"count": 2, "next_page": None, "end_time": 5, "end_of_stream": True, "after_url": "x", "after_cursor": "y"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"tickets": TICKETS}),
        json.dumps({**AROUND, "tickets": TICKETS}),
        json.dumps(TICKETS),
        "\n".join(json.dumps(ticket) for ticket in TICKETS),
    ],
    ids=["under a key", "under a key among many", "a list", "a line each"],
)
def test_the_records_are_read_however_they_are_wrapped(text: str, own: OwnConnector) -> None:
    own.declare(DESK)
    own.write("tickets.json", text)
    own.source("tickets.json")

    assert own.records("--email", "ada@example.org") == {"1": {"no": "1", "mail": "ada@example.org"}}
    assert own.find("--email", "nobody@example.org").counts == (2, 2, 0)


def test_records_under_another_key_are_not_taken_for_them(own: OwnConnector) -> None:
    own.declare(DESK)
    own.write("tickets.json", json.dumps({"deleted": TICKETS}))
    own.source("tickets.json")

    assert own.find("--email", "ada@example.org").code == 2


def test_what_a_system_says_about_its_pages_is_no_record(own: OwnConnector) -> None:
    own.declare(DESK)
    paging = {"offset": "Ck", "after_cursor": "MTU3NjYxMzUzOS4wfHw0Njc=", "_links": [{"rel": "self", "href": "x"}]}
    own.write("tickets.json", json.dumps({**paging, "tickets": TICKETS}))
    own.source("tickets.json")

    assert own.find("--email", "ada@example.org").counts == (2, 2, 0)


def test_an_address_among_what_is_said_about_pages_is_kept(own: OwnConnector) -> None:
    own.declare(DESK)
    own.write("tickets.json", json.dumps({"next_owner": "eve@example.org", "tickets": TICKETS}))
    own.source("tickets.json")

    assert own.find("--email", "eve@example.org").counts == (3, 2, 1)
