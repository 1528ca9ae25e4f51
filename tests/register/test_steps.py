"""The steps of a request: what stops its clock, what is refused, what its history keeps and what goes at its end."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.desk import steps
from dsar.fulfilment.desk.deadlines import deadlines_of
from dsar.fulfilment.desk.due import calendar_of, due_list, due_of
from dsar.fulfilment.desk.ending import End
from dsar.fulfilment.desk.identity_check import Check, check_identity
from dsar.fulfilment.desk.register import add_request, registered_request
from dsar.fulfilment.desk.steps import Sent, Step
from dsar.fulfilment.home import Home, register_of
from dsar.fulfilment.requests import request_of
from dsar.register.mail import propose, read_mail
from dsar.register.requests import Registered, every
from dsar.store.decisions import Decision

Homes = Callable[..., Home]
Day = datetime.date
SECRET = "ada@example.org"
MAIL = """Received: from mx.example.org by mail.example.net; Fri, 20 Nov 2026 23:40:00 +0100
From: "Ada Bell" <ada@example.org>
Date: Fri, 20 Nov 2026 22:00:00 +0000
Subject: Meine Daten
Content-Type: text/plain; charset=utf-8

Bitte löschen Sie alle meine Daten (Art. 17 DSGVO).
"""


def step(day: str = "2026-11-22", words: str = "") -> Step:
    return Step(Day.fromisoformat(day), "Eve Clerk", words)


def added(home: Home, request_id: str = "R-1", received: str = "2026-11-02", **more: str) -> Registered:
    return add_request(home, request_of(email=[SECRET], request_id=request_id, received=received, **more))


def due(home: Home, found: Registered) -> str:
    return str(deadlines_of(home.config, found)[0].due)


def test_only_a_question_with_a_reason_and_its_answer_stop_the_clock(home: Homes) -> None:
    added(home())
    for reason, day in (("routine", "2026-11-03"), ("reasonable_doubt", "2026-11-05")):
        steps.ask(home(), "R-1", "identity", reason, step(day))
    asked = steps.answered(home(), "R-1", "identity", step("2026-11-09"))

    assert due(home(), asked) == "2026-12-07", "2 Dec and four days, a Sunday"
    with pytest.raises(RequestError, match="no such question or reason"):
        steps.ask(home(), "R-1", "identity", "always", step())
    with pytest.raises(RequestError, match="Nothing was asked"):
        steps.answered(home(), "R-1", "clarification", step())


@pytest.mark.parametrize(
    ("about", "reason", "stops"),
    [
        ("identity", "routine", False),
        ("identity", "reasonable_doubt", True),
        ("identity", "not_identified", True),
        ("clarification", "unclear", False),
        ("clarification", "large_amount", True),
    ],
)
def test_a_routine_question_stops_nothing_answered_or_not(home: Homes, about: str, reason: str, stops: bool) -> None:
    before = due(home(), added(home()))
    asked = steps.ask(home(), "R-1", about, reason, step("2026-11-03"))
    assert due(home(), asked) == before, "what is not answered stops nothing"

    answered = steps.answered(home(), "R-1", about, step("2026-11-12"))

    assert (due(home(), answered) != before) is stops
    assert answered.history[1].facts["stops"] is stops


def test_questions_and_an_extension_add_up_as_they_do_on_paper(home: Homes) -> None:
    added(home("2026-03-04"), received="2026-03-04", calendar="DE")
    for about, reason, asked, reply in (
        ("identity", "reasonable_doubt", "2026-03-06", "2026-03-16"),
        ("clarification", "large_amount", "2026-03-12", "2026-03-20"),
    ):
        steps.ask(home("2026-04-20"), "R-1", about, reason, step(asked))
        steps.answered(home("2026-04-20"), "R-1", about, step(reply))

    extended = steps.extend(home("2026-04-20"), "R-1", "complexity", step("2026-04-20"))

    assert due(home(), extended) == "2026-06-18" and extended.state == "RequestActionDelayed"
    with pytest.raises(RequestError, match="had to be sent by 2026-04-20"):
        steps.extend(home("2026-04-21"), "R-1", "number", step("2026-04-21"))


def test_a_part_of_the_answer_stops_no_clock(home: Homes) -> None:
    before = due(home(), added(home()))

    part = steps.deliver(home(), "R-1", Sent("portal"), step("2026-11-10"))

    assert part.open and due(home(), part) == before
    assert due_of(home(), part).blocked_by[-1] == "delivered, not closed"


def test_where_applications_or_health_were_found_a_login_is_not_enough(home: Homes, folder: Path) -> None:
    toml = (folder / "dsar.toml").read_text()
    purpose = (
        '[source.collection.contacts]\npurposes = [{ purpose = "x.recruiting.selection", basis = "eu-gdpr:A6-1-b" }]'
    )
    (folder / "dsar.toml").write_text(toml.replace("[source.collection.contacts]", purpose))
    added(home())
    record = {"grade": "confirmed", "record": {"source": "crm", "collection": "contacts"}}
    (folder / ".dsar" / "cases" / "R-1" / "case.json").write_text(json.dumps({"matches": [record]}))

    noted, told = check_identity(home(), "R-1", Check("login", "", (), "verified", "2026-11-22", ""))

    assert noted.history[-1].facts["needed"] == "high" and "needs high" in told[0]


def test_an_agent_without_an_authority_that_was_seen_is_told(home: Homes) -> None:
    added(home(), agent="Bob Smith")
    check = Check("login", "", (), "verified", "2026-11-22", "")

    assert "authority was not seen" in check_identity(home(), "R-1", check)[1][0]
    steps.change(home(), "R-1", {}, step(), "power_of_attorney")
    assert check_identity(home(), "R-1", Check("login", "", (), "verified", "2026-11-22", "Eve"))[1] == ()


def test_a_check_that_failed_asks_for_a_letter_and_the_clock_runs(home: Homes) -> None:
    before = due(home(), added(home()))

    failed, told = check_identity(home(), "R-1", Check("reply", "", (), "failed", "2026-11-22", ""))

    assert told == () and failed.state == "RequestRequiresAction" and due(home(), failed) == before
    assert "send the letter" in due_of(home(), failed).blocked_by[0]


def test_an_extension_is_told_in_time_or_not_at_all(home: Homes) -> None:
    added(home(), "R-1")
    added(home(), "R-2", received="2026-10-02")
    added(home(), "R-3", regime="LGPD")

    assert due(home(), steps.extend(home(), "R-1", "complexity", step())) == "2027-02-02"
    with pytest.raises(RequestError, match="had to be sent by 2026-11-02"):
        steps.extend(home(), "R-2", "complexity", step())
    with pytest.raises(RequestError, match="knows no extension"):
        steps.extend(home(), "R-3", "complexity", step())


def test_a_day_before_the_request_or_to_come_is_refused(home: Homes) -> None:
    added(home())
    for day in ("2026-11-01", "2026-11-23"):
        with pytest.raises(RequestError, match="before the request came, or is still to come"):
            steps.acknowledge(home(), "R-1", step(day))


def test_closing_removes_the_copies_of_the_sources_and_says_so(home: Homes, folder: Path) -> None:
    added(home())
    case = folder / ".dsar" / "cases" / "R-1"
    (case / "case.json").write_text("{}")
    (case / "evidence.jsonl").write_text("{}")
    (case / "answers" / "archive").mkdir(parents=True)
    (case / "decisions.jsonl").write_text("")

    steps.deliver(home(), "R-1", Sent("portal"), step())
    closed = steps.close(home(), "R-1", End("fulfilled"), step())

    assert closed.state == "RequestFulfilled" and not closed.open
    assert sorted(path.name for path in case.iterdir()) == ["decisions.jsonl", "request.json"]
    removed = closed.last("extracts_removed")
    assert removed is not None and removed.facts["parts"] == "case.json,evidence.jsonl,answers"
    again = steps.reopen(home(), "R-1", "complaint", step())
    assert again.open and not steps.close(home(), "R-1", End("fulfilled"), step()).open


def test_a_closing_that_was_killed_over_its_removals_goes_on_and_logs_them_once(home: Homes, folder: Path) -> None:
    added(home())
    case = folder / ".dsar" / "cases" / "R-1"
    for name in ("case.json", "evidence.jsonl"):
        (case / name).write_text("{}")
    steps.deliver(home(), "R-1", Sent("portal"), step())
    steps.close(home(), "R-1", End("fulfilled"), step())
    (case / "evidence.jsonl").write_text("{}")  # as if killed after the first of them was gone

    again = steps.close(home(), "R-1", End("fulfilled"), step())

    assert [entry.step for entry in again.history] == ["registered", "delivered", "closed", "extracts_removed"]
    assert not (case / "evidence.jsonl").exists()


def test_a_refusal_needs_its_ground_and_its_words_stay_in_the_case(home: Homes, folder: Path) -> None:
    added(home())
    with pytest.raises(RequestError, match="needs its ground"):
        steps.close(home(), "R-1", End("refused"), step())

    closed = steps.close(home(), "R-1", End("refused", "Art. 12(5)"), step(words="Ada asked for the 14th time"))

    assert closed.state == "RequestRejected" and closed.history[-1].said["words"] == "Ada asked for the 14th time"
    journal = (folder / ".dsar" / "journal.jsonl").read_text()
    assert "14th time" not in journal and "Eve" not in journal and "Art. 12(5)" in journal


def test_a_delivery_names_the_package_that_was_sent(home: Homes, folder: Path) -> None:
    added(home())
    (folder / "sent").mkdir()
    for name, told in (("R-2", None), ("R-1", "manifest")):
        (folder / "sent" / "manifest.json").write_text(json.dumps({"request_id": name}))
        sent = Sent("portal", "ada@example.org", "downloaded", folder / "sent")
        if told is None:
            with pytest.raises(RequestError, match="another request"):
                steps.deliver(home(), "R-1", sent, step())
        else:
            entry = steps.deliver(home(), "R-1", sent, step()).history[-1]
            assert len(str(entry.facts[told])) == 64 and entry.said["address"] == "ada@example.org"
    assert SECRET not in (folder / ".dsar" / "journal.jsonl").read_text()


def test_narrowing_and_the_agents_authority_are_changes_that_the_request_carries(home: Homes) -> None:
    added(home(), agent="Bob Smith")
    changed = steps.change(home(), "R-1", {"scope": ("crm",), "regime": "UK"}, step(), "power_of_attorney")

    assert registered_request(home(), "R-1").scope == ("crm",)
    assert deadlines_of(home().config, changed)[0].regime == "UK"
    assert changed.history[-1].facts["authority"] == "power_of_attorney"
    with pytest.raises(RequestError, match="Nothing is changed"):
        steps.change(home(), "R-1", {}, step())
    with pytest.raises(RequestError, match="no such regime"):
        steps.change(home(), "R-1", {"regime": "MARS"}, step())
    assert len(changed.history) == len(every(register_of(home()))[0].history)


def test_a_source_that_a_person_decided_to_do_without_blocks_nothing(home: Homes) -> None:
    found, place = added(home()), register_of(home()).case("R-1")
    assert "ask archive" in due_of(home(), found, ["archive"]).blocked_by

    said = Decision("source", "archive", "without", "it holds paper only", "E. Officer", "eve", "2026-11-22T12:00:00Z")
    (place / "decisions.jsonl").write_text(json.dumps({"n": 1, **asdict(said)}) + "\n", encoding="utf-8")

    assert "ask archive" not in due_of(home(), found, ["archive"]).blocked_by


@pytest.mark.parametrize(
    ("right", "regime", "check", "doubts"),
    [
        ("access", "GDPR", Check("login", "", (), "verified", "2026-11-22", ""), []),
        ("access", "GDPR", Check("facts", "", ("order_no", "phone"), "verified", "2026-11-22", ""), []),
        ("access", "GDPR", Check("facts", "medium", ("name", "birth_date"), "verified", "2026-11-22", ""), ["V-5"]),
        ("access", "GDPR", Check("reply", "", ("email",), "verified", "2026-11-22", ""), ["V-6"]),
        ("objection", "GDPR", Check("reply", "none", (), "verified", "2026-11-22", ""), []),
        ("access", "GDPR", Check("document", "", ("name",), "verified", "2026-11-22", ""), ["V-4"]),
        (
            "access",
            "CCPA",
            Check("facts", "medium", ("email", "order_no"), "verified", "2026-11-22", ""),
            ["7062", "c"],
        ),
        ("erasure", "CCPA", Check("facts", "medium", ("email", "order_no"), "verified", "2026-11-22", ""), []),
    ],
)
def test_a_check_is_as_strong_as_the_risk_asks_or_is_told_to_be_too_weak(
    home: Homes, right: str, regime: str, check: Check, doubts: list[str]
) -> None:
    added(home(), right=right, regime=regime)

    found, told = check_identity(home(), "R-1", check)

    assert len(told) == len(doubts) and all(one in doubt for one, doubt in zip(doubts, told, strict=True))
    assert found.history[-1].facts["weak"] is bool(doubts)


def test_the_due_list_is_by_urgency_and_says_what_blocks_each(home: Homes) -> None:
    added(home(), "R-1", received="2026-11-10")
    added(home(), "R-2", received="2026-11-02", regime="CCPA")
    added(home(), "R-3", received="2026-11-05", right="objection")
    steps.close(home(), added(home(), "R-4").request.request_id or "", End("cancelled"), step())

    listed = due_list(home(), every(register_of(home())))

    assert [one.found.request.request_id for one in listed] == ["R-3", "R-1", "R-2"]
    assert listed[0].blocked_by == ("nothing was prepared",)
    assert listed[2].blocked_by[0] == "acknowledge by 2026-11-17" and "ask archive" in listed[1].blocked_by
    assert [one.days_left for one in listed] == [15, 18, 25]


def test_the_calendar_file_holds_no_person_and_folds_its_lines(home: Homes) -> None:
    added(home())
    text = calendar_of(due_list(home(), every(register_of(home()))), home().now).decode()

    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 2
    assert "DTSTART;VALUE=DATE:20261202" in text and "ada" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_mail_gives_sender_day_and_text_and_only_proposes_a_right(home: Homes, folder: Path) -> None:
    path = folder / "letter.eml"
    path.write_text(MAIL, encoding="utf-8")

    mail = read_mail(path)
    found = add_request(
        home(), request_of(email=[mail.address], right=mail.proposed[0], received=mail.received),
        letter=mail.raw, proposed=True,
    )  # fmt: skip

    assert (mail.address, mail.name, mail.received) == (SECRET, "Ada Bell", "2026-11-20T23:40:00+01:00")
    assert mail.proposed == ("erasure",)
    assert "only proposed" in due_of(home(), found).blocked_by[0]
    assert (folder / ".dsar" / "cases" / "DSR-2026-001" / "letter.eml").read_bytes() == mail.raw
    decided = steps.change(home(), "DSR-2026-001", {"right": "erasure"}, step())
    assert "only proposed" not in " ".join(due_of(home(), decided).blocked_by)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("I want a copy of my data under Article 15", "access"),
        ("Ich widerspreche der Verwendung für Werbung", "objection"),
        ("Je souhaite faire effacer mes données", "erasure"),
        ("Quiero rectificar mi dirección", "rectification"),
        ("Revoco il consenso", "withdrawal"),
    ],
)
def test_words_of_five_languages_propose_a_right(text: str, right: str) -> None:
    assert propose(text)[0] == right


@pytest.mark.parametrize(
    "raw", [b"", b"\0" * 50, b"From: nobody\n\nhello", b"From: a@example.org\nDate: soon\n\nhi", b"\xff\xfe" * 30]
)
def test_what_is_no_mail_is_refused(folder: Path, raw: bytes) -> None:
    (folder / "x.eml").write_bytes(raw)

    with pytest.raises(RequestError):
        read_mail(folder / "x.eml")
