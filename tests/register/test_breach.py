"""A package went to the wrong person: what must be told to the authority, whose and when (Art. 33 GDPR, A-47)."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.cli import main
from dsar.errors import RequestError
from dsar.fulfilment.desk import steps
from dsar.fulfilment.desk.incident import incident
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.desk.steps import Sent, Step
from dsar.fulfilment.home import Home, register_of
from dsar.fulfilment.requests import request_of
from dsar.register.requests import read

Homes = Callable[..., Home]
MANIFEST = json.dumps({"request_id": "R-1", "files": [{"path": "data.json", "sha256": "ab", "bytes": 10}]})


@pytest.fixture
def sent(folder: Path, home: Homes) -> Path:
    """What was sent: a package with one record."""
    toml = folder / "dsar.toml"
    toml.write_text(
        toml.read_text().replace("[[source]]", 'authority = "The authority"\ndpo = "dpo@example.org"\n[[source]]', 1)
    )
    add_request(home(), request_of(email=["ada@example.org"], request_id="R-1", received="2026-11-02"))
    place = folder / "sent"
    place.mkdir()
    (place / "manifest.json").write_text(MANIFEST)
    record = {"record": "crm/contacts/C1", "fields": {"email": "ada@example.org"}}
    collection = {"fields": [{"name": "email", "category": "user.contact.email"}]}
    (place / "data.json").write_text(json.dumps({"records": [record], "collections": [collection]}))
    return place


def aware(home: Home, moment: str = "2026-11-21T09:30") -> datetime.datetime:
    return datetime.datetime.fromisoformat(moment).replace(tzinfo=home.now.tzinfo)


def test_the_facts_of_a_breach_say_what_whose_when_and_to_whom_it_must_be_told(home: Homes, sent: Path) -> None:
    steps.deliver(home(), "R-1", Sent("e-mail", "bob@example.org"), Step(datetime.date(2026, 11, 20)))

    facts = incident(home(), "R-1", aware(home()), sent, "sent to Bob Smith")

    assert (facts.aware_at, facts.notify_by) == ("2026-11-21T09:30+01:00", "2026-11-24T09:30+01:00")
    assert (facts.sent_on, facts.channel) == ("2026-11-20", "e-mail")
    assert (facts.authority, facts.contact) == ("The authority", "dpo@example.org")
    assert facts.files == (("data.json", "ab", 10),)
    assert facts.collections == (("crm/contacts", 1),) and facts.categories == ("user.contact.email",)
    assert facts.whose.startswith("one person: whoever made the request")
    assert "example.org" not in repr(facts).replace("dpo@example.org", "") and "Bob" not in repr(facts)


def test_what_only_a_person_can_say_of_a_breach_is_named(home: Homes, sent: Path) -> None:
    (sent / "data.json").unlink()

    points = " ".join(incident(home(), "R-1", aware(home()), sent).open_points)

    for wanted in ("33(3)(c)", "33(3)(d)", "Art. 34", "no delivery is noted", "Which records were in it"):
        assert wanted in points


def test_a_breach_stands_in_the_journal_with_its_clock_and_its_package_and_the_words_in_the_case(
    home: Homes, folder: Path, sent: Path
) -> None:
    incident(home(), "R-1", aware(home()), sent, "sent to Bob Smith")

    entry = read(register_of(home()), "R-1").history[-1]
    assert entry.step == "incident" and entry.said["words"] == "sent to Bob Smith"
    assert entry.facts["aware"] == "2026-11-21T09:30+01:00" and entry.facts["notify_by"] == "2026-11-24T09:30+01:00"
    assert entry.facts["manifest"] == hashlib.sha256(MANIFEST.encode()).hexdigest()
    journal = (folder / ".dsar" / "journal.jsonl").read_text()
    assert "Bob" not in journal and "ada@" not in journal


@pytest.mark.parametrize(
    ("moment", "told"),
    [("2026-03-28T10:00", "2026-03-31T11:00+02:00"), ("2026-10-24T10:00", "2026-10-27T09:00+01:00")],
    ids=["into summer", "into winter"],
)
def test_seventy_two_hours_are_hours_also_where_the_clock_is_changed(
    home: Homes, folder: Path, sent: Path, moment: str, told: str
) -> None:
    assert incident(home(), "R-1", aware(home(), moment), sent).notify_by == told


def test_a_package_of_another_request_is_no_fact_of_this_one(home: Homes, sent: Path) -> None:
    add_request(home(), request_of(email=["bob@example.org"], request_id="R-2", received="2026-11-02"))

    with pytest.raises(RequestError, match="another request"):
        incident(home(), "R-2", aware(home()), sent)
    assert read(register_of(home()), "R-2").last("incident") is None


def test_an_officer_sees_the_hour_and_what_is_still_to_be_said(
    home: Homes, sent: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DSAR_TODAY", "2026-11-22")

    code = main(["request", "incident", "R-1", "--package", "sent", "--aware", "2026-11-21T09:30"])

    said = capsys.readouterr().out
    assert code == 1 and "by 2026-11-24T09:30+01:00: The authority." in said
    assert "crm/contacts: 1" in said and "data.json, 10 bytes, SHA-256 ab" in said and "33(3)(c)" in said
