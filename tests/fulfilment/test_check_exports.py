"""`dsar check` fails closed: an export that lacks what it should hold does not pass, and is told how to be made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsar.cli import main
from tests.nasty.small_company import entered
from tests.sources.own_connector import OwnConnector

SHOP = """
expects = ["people", "orders"]
how_to_export = "Settings › Export,\\n  as administrator."
[people]
columns = ["id", "email"]
key = ["id"]
cannot_contain = ["notes"]
[people.fields]
id = { category = "user.unique_id" }
email = { category = "user.contact.email", identifier = "email" }
seen = { category = "x.record.time", time = "%Y-%m-%d %H:%M" }
[orders]
columns = ["order"]
[orders.fields]
order = { category = "user.unique_id" }
"""


@pytest.fixture
def own(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> OwnConnector:
    found = OwnConnector(entered(tmp_path, capsys, monkeypatch))
    found.declare(SHOP)
    found.write("people.csv", "id,email,seen\n1,ada@example.org,2026-01-01 10:00\n")
    return found


def needs(own: OwnConnector, collection: str = "people") -> list[Any]:
    document = own.company.check().document
    assert not document["complete"]
    return next(list(source["notes"]) for source in document["sources"] if source["collection"] == collection)


def test_a_whole_export_is_asked_for_and_how_it_is_made(own: OwnConnector) -> None:
    own.source("people.csv", more='zone = "Europe/Berlin"\n')

    assert needs(own) == [
        "a whole export has orders as well: no file of it was read",
        "such an export cannot contain notes: say in `elsewhere` where that is asked for",
        "how to export: Settings › Export, as administrator.",
    ]


def test_a_missing_file_is_told_with_how_to_export_it(own: OwnConnector) -> None:
    own.source("people.csv", "gone.csv", more='zone = "UTC"\n')

    assert "gone.csv: the file is missing." in needs(own)
    assert needs(own)[-1].startswith("how to export: ")


def test_what_is_settled_is_asked_no_more(own: OwnConnector) -> None:
    own.write("orders.csv", "order\n1\n")
    own.source(
        "*.csv",
        more='zone = "UTC"\n[source.collection.people]\nelsewhere = "in the desk"\n[source.collection.orders]\n',
    )

    assert needs(own) == []
    assert needs(own, "orders") == ["orders.csv: no column identifies anybody, so it is searched as text at most"]


def test_a_time_without_a_zone_is_asked_for(own: OwnConnector) -> None:
    own.source("people.csv")

    assert "the time zone (`zone`) of: seen" in needs(own)


def test_an_export_older_than_an_open_request_is_told(own: OwnConnector) -> None:
    own.source("people.csv", more='snapshot = 2026-11-01\nzone = "UTC"\n')
    who = ["--email", "ada@example.org", "--right", "access", "--received", "2026-11-20"]
    assert main(["request", "add", *who]) in (0, 1)

    assert any(note.startswith("the export of 2026-11-01 is older than request ") for note in needs(own))


def test_an_impossible_zone_is_an_error(own: OwnConnector) -> None:
    own.source("people.csv", more='zone = "Berlin"\n')

    assert own.company.run("check").code == 2
