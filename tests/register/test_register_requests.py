"""Requests in the register: what is kept where, what a second registration does, what a crash leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.errors import RequestError, WorkspaceError
from dsar.fulfilment.desk import register as desk
from dsar.fulfilment.desk.identity_check import Check, check_identity, identity_of
from dsar.fulfilment.desk.register import add_request, attach_answer
from dsar.fulfilment.home import Home, register_of
from dsar.fulfilment.requests import request_of
from dsar.register import requests as register
from dsar.store.journal import Journal

Homes = Callable[..., Home]
SECRET = "ada@example.org"


def test_values_lie_in_the_case_and_none_in_the_journal(home: Homes, folder: Path) -> None:
    added = add_request(
        home(), request_of(email=[SECRET], name=["Ada Bell"], note="by letter", agent="Bob Smith"), by="Eve Clerk"
    )

    journal = (folder / ".dsar" / "journal.jsonl").read_text()
    case = folder / ".dsar" / "cases" / str(added.request.request_id) / "request.json"
    assert added.request.request_id == "DSR-2026-001"
    assert [secret for secret in (SECRET, "Ada", "Bob", "Eve", "letter") if secret in journal] == []
    assert case.stat().st_mode & 0o777 == 0o600
    assert {SECRET, "Ada Bell"} <= {one["value"] for one in json.loads(case.read_text())["request"]["identifiers"]}


def test_the_register_is_the_replay_of_the_journal(home: Homes) -> None:
    add_request(home(), request_of(email=[SECRET], request_id="R-1", received="2026-11-20"))
    check_identity(home(), "R-1", Check("facts", "medium", ("order_no",), "verified", "2026-11-21", "Eve"))

    found = register.read(register_of(home()), "r-1")

    assert [entry.step for entry in found.history] == ["registered", "identity"]
    assert [entry.state for entry in found.history] == ["RequestInitiated", "RequestAccepted"]
    assert found.request.received == "2026-11-20" and found.first.facts["due"] == "2026-12-21"
    assert identity_of(found) == Check("facts", "medium", ("order_no",), "verified", "2026-11-21", "Eve")
    assert [str(one.request.request_id) for one in register.every(register_of(home()))] == ["R-1"]


def test_the_same_request_again_changes_nothing_and_another_one_is_refused(home: Homes, folder: Path) -> None:
    request = request_of(email=[SECRET], request_id="R-1")
    add_request(home(), request)
    before = (folder / ".dsar" / "journal.jsonl").read_bytes()

    add_request(home("2026-11-24"), request)

    assert (folder / ".dsar" / "journal.jsonl").read_bytes() == before
    with pytest.raises(RequestError, match="already a request R-1"):
        add_request(home(), request_of(email=["bob@example.org"], request_id="R-1"))
    with pytest.raises(RequestError, match="already a request R-1"):
        add_request(home(), request_of(email=[SECRET], request_id="r-1"))


@pytest.mark.parametrize(
    "request_id", ["../x", "a/b", " ", ".", "R" * 41, "R 1", "ADHOC-1", "files", "a\0b", "R-1\n", "-rf", "--help"]
)
def test_an_id_that_could_lead_elsewhere_is_refused(home: Homes, folder: Path, request_id: str) -> None:
    with pytest.raises(RequestError):
        register.add(register_of(home()), request_of(email=[SECRET], request_id=request_id), {"received": "2026-11-20"})
    assert not list((folder / ".dsar").glob("cases/*"))


def test_numbers_follow_each_other_within_their_year(home: Homes) -> None:
    numbers = [
        add_request(home(day), request_of(email=[f"p{number}@example.org"])).request.request_id
        for number, day in enumerate(["2026-11-22", "2026-11-23", "2027-01-04"])
    ]

    assert numbers == ["DSR-2026-001", "DSR-2026-002", "DSR-2027-001"]


@pytest.mark.parametrize("moment", ["before the log", "after the log", "before the name"])
def test_a_crash_leaves_the_request_as_it_was_or_as_it_should_be(
    home: Homes, folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    add_request(home(), request_of(email=[SECRET], request_id="R-1"))
    check = Check("login", "low", (), "verified", "2026-11-22", "")

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if moment == "before the log":
            patched.setattr(Journal, "append", crash)
        else:
            patched.setattr("dsar.register.case_file.commit", crash)
        with pytest.raises(KeyboardInterrupt):
            check_identity(home(), "R-1", check)

    kept = [entry.step for entry in register.read(register_of(home()), "R-1").history]
    assert kept == ["registered"] if moment == "before the log" else ["registered", "identity"]
    found, _ = check_identity(home(), "R-1", check)
    assert [entry.step for entry in found.history] == ["registered", "identity"]
    assert sorted(path.name for path in (folder / ".dsar" / "cases" / "R-1").iterdir()) == ["request.json"]


def test_a_case_that_somebody_edited_is_told(home: Homes, folder: Path) -> None:
    add_request(home(), request_of(email=[SECRET], request_id="R-1"))
    path = folder / ".dsar" / "cases" / "R-1" / "request.json"
    path.write_text(path.read_text().replace("ada@", "bob@"))

    with pytest.raises(WorkspaceError, match="not the one that the journal names"):
        register.read(register_of(home()), "R-1")


def test_an_open_request_of_the_same_person_is_told(home: Homes) -> None:
    one = add_request(home(), request_of(email=[SECRET], name=["Ada"], request_id="R-1"))
    two = add_request(home(), request_of(email=["ADA@example.org"], request_id="R-2"))
    other = add_request(home(), request_of(email=["bob@example.org"], name=["Ada"], request_id="R-3"))
    erasure = add_request(home(), request_of(email=[SECRET], right="erasure", request_id="R-4"))
    same = desk.duplicates([one, two, other, erasure], register.every(register_of(home())))

    assert same == {"R-1": ("R-2",), "R-2": ("R-1",), "R-3": (), "R-4": ()}


@pytest.mark.parametrize(
    "details",
    [{"received": "2026-11-23"}, {"channel": "pigeon"}, {"identity_verified_on": "2026-11-23"}],
    ids=["a day to come", "an unknown channel", "a check to come"],
)
def test_what_cannot_be_is_refused(home: Homes, details: dict[str, str]) -> None:
    with pytest.raises(RequestError):
        add_request(home(), request_of(email=[SECRET], **details))
    assert register.every(register_of(home())) == ()


def test_an_answer_of_a_source_without_export_lies_in_the_case(home: Homes, folder: Path) -> None:
    add_request(home(), request_of(email=[SECRET], request_id="R-1"))
    letter = folder / "Letter of Ada Bell.pdf"
    letter.write_bytes(b"%PDF")

    for _ in range(2):
        found = attach_answer(home(), "R-1", "archive", [letter], by="Eve")

    (answer,) = desk.answers_of(home(), found)
    assert answer.held and answer.stored is not None and answer.stored.read_bytes() == b"%PDF"
    assert answer.name == "Letter of Ada Bell.pdf" and "Bell" not in answer.stored.name
    assert "Bell" not in (folder / ".dsar" / "journal.jsonl").read_text()
    with pytest.raises(RequestError, match="no such source without an export"):
        attach_answer(home(), "R-1", "crm", [letter])


def test_what_was_compared_is_told_by_kind_and_never_by_value(home: Homes) -> None:
    add_request(home(), request_of(email=[SECRET], request_id="R-1"))

    with pytest.raises(RequestError, match="by its kind"):
        check_identity(home(), "R-1", Check("facts", "low", ("ada@example.org",), "verified", "2026-11-22", ""))
