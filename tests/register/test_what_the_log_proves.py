"""What the journal and the case must be able to show of a request later (G-1, G-2, O-2, V-3, V-13; Art. 5(2) GDPR)."""

from __future__ import annotations

import datetime
import getpass
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.desk import steps
from dsar.fulfilment.desk.ending import End
from dsar.fulfilment.desk.identity_check import Check, check_identity
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.desk.steps import Sent, Step
from dsar.fulfilment.home import Home
from dsar.fulfilment.requests import request_of
from dsar.register.requests import Registered

Homes = Callable[..., Home]
TODAY = Step(datetime.date(2026, 11, 22), "Eve Clerk", "she moved to Leeds")


def added(home: Home, **more: object) -> Registered:
    asked = {"email": ["ada@example.org"], "name": ["Ada Bell"], "received": "2026-11-02", "request_id": "R-1"} | more
    return add_request(home, request_of(**asked), "Eve Clerk")  # type: ignore[arg-type]


def logged(folder: Path, number: int = -1) -> Mapping[str, object]:
    """One event as it lies in the file."""
    lines = (folder / ".dsar" / "journal.jsonl").read_text().splitlines()
    document: dict[str, object] = json.loads(lines[number])
    return document


def test_the_log_says_which_right_how_far_by_which_way_and_when_it_came_and_no_value(home: Homes, folder: Path) -> None:
    added(
        home(), right="portability", scope=("crm",), channel="letter", agent="Bob Smith",
        received="2026-11-02T23:40:00+01:00",
    )  # fmt: skip

    event = logged(folder)
    facts = event["facts"]
    assert isinstance(facts, dict) and event["request"] == "R-1"
    assert datetime.datetime.fromisoformat(str(event["at"])).tzinfo is not None
    said = {"right": "portability", "scoped": 1, "channel": "letter", "kinds": "email,name", "agent": True}
    assert {name: facts[name] for name in said} == said
    assert facts["received"] == "2026-11-02T23:40:00+01:00"
    said_aloud = re.sub("[0-9a-f]{32,}", "", json.dumps(event))  # a hash may have the letters of a name by chance
    assert not [word for word in ("ada", "Ada", "Bob", "Eve") if word in said_aloud]


def test_the_case_says_who_registered_it_by_name_and_by_account(home: Homes) -> None:
    assert added(home()).first.said == {"by": "Eve Clerk", "os_user": getpass.getuser()}


def test_the_log_has_every_date_with_the_version_of_its_rule_and_its_calendar(home: Homes, folder: Path) -> None:
    added(home(), regime="CCPA", calendar="US-CA", received="2026-11-10")

    facts = logged(folder)["facts"]
    assert isinstance(facts, dict)
    said = {"regimes": "CCPA", "calendar": "US-CA", "due": "2026-12-25", "notice_by": "2026-12-25"}
    said |= {"acknowledge_by": "2026-11-25", "target": "2026-12-08"}
    assert {name: facts[name] for name in said} == said
    law, _, version = str(facts["rules"]).partition(" ")
    assert law == "CCPA" and version


def test_the_log_says_every_law_that_a_request_falls_under(home: Homes, folder: Path) -> None:
    added(home(), regime="GDPR", also_under=("UK",))

    facts = logged(folder)["facts"]
    assert isinstance(facts, dict) and set(str(facts["regimes"]).split(",")) == {"GDPR", "UK"}
    assert str(facts["rules"]).count(",") == 1


def test_a_request_falls_under_the_law_of_the_company_where_nobody_says_another(home: Homes, folder: Path) -> None:
    toml = folder / "dsar.toml"
    toml.write_text(toml.read_text().replace('regime = "GDPR"', 'regime = "UK"').replace("DE-BE", "GB-ENG"))

    added(home())

    facts = logged(folder)["facts"]
    assert isinstance(facts, dict) and facts["regimes"] == "UK" and str(facts["rules"]).startswith("UK ")


def test_whoever_chooses_another_law_is_noted_with_the_choice_and_the_reason(home: Homes, folder: Path) -> None:
    added(home())

    changed = steps.change(home(), "R-1", {"regime": "UK", "also_under": ("GDPR",)}, TODAY)

    facts = logged(folder)["facts"]
    assert isinstance(facts, dict) and facts["regimes"] == "UK,GDPR"
    assert facts["changed"] == "also_under,regime" and facts["on"] == "2026-11-22"
    said = changed.history[-1].said
    assert (said["by"], said["words"], said["os_user"]) == ("Eve Clerk", "she moved to Leeds", getpass.getuser())


@pytest.mark.parametrize(
    ("compared", "level"),
    [
        (("order_no",), "low"),
        (("name", "birth_date", "order_no"), "low"),
        (("order_no", "phone"), "medium"),
        (("name", "birth_date", "order_no", "phone"), "medium"),
    ],
)
def test_what_everybody_may_know_of_a_person_makes_no_check_stronger(
    home: Homes, compared: tuple[str, ...], level: str
) -> None:
    added(home())

    found, _ = check_identity(home(), "R-1", Check("facts", "", compared, "verified", "2026-11-22", "Eve"))

    assert found.history[-1].facts["level"] == level


def test_who_is_verified_is_not_asked_again_without_a_new_doubt(home: Homes) -> None:
    """Already authenticated is no reason for a document, and stops no clock (V-2, V-3; Art. 12(6) GDPR)."""
    added(home())
    silent = Step(TODAY.on)
    check_identity(home(), "R-1", Check("reply", "", (), "verified", "2026-11-22", "Eve"))
    steps.ask(home(), "R-1", "identity", "routine", silent)  # a reply alone is too weak for a copy

    check_identity(home(), "R-1", Check("login", "", (), "verified", "2026-11-22", "Eve"))
    for reason in ("routine", "not_identified"):
        with pytest.raises(RequestError, match="verified already, by login on 2026-11-22"):
            steps.ask(home(), "R-1", "identity", reason, silent)
    steps.ask(home(), "R-1", "clarification", "large_amount", silent)
    asked = steps.ask(home(), "R-1", "identity", "reasonable_doubt", silent)

    assert [entry.step for entry in asked.history[-2:]] == ["clarification_asked", "identity_asked"]


def test_a_check_that_is_still_to_come_proves_nothing(home: Homes) -> None:
    added(home())

    with pytest.raises(RequestError, match="still to come"):
        check_identity(home(), "R-1", Check("login", "", (), "verified", "2026-11-23", "Eve"))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("fulfilled", "RequestFulfilled"),
        ("nothing_held", "RequestFulfilled"),
        ("refused", "RequestRejected"),
        ("cancelled", "RequestUnfulfilled"),
        ("handed_over", "RequestUnfulfilled"),
        ("unidentified", "RequestUnfulfilled"),
    ],
)
def test_every_end_is_a_state_of_the_data_privacy_vocabulary(home: Homes, outcome: str, state: str) -> None:
    added(home())
    steps.deliver(home(), "R-1", Sent("portal"), TODAY)

    assert steps.close(home(), "R-1", End(outcome, "Art. 12(5)"), TODAY).state == state
    assert steps.reopen(home(), "R-1", "complaint", TODAY).state == "RequestAccepted"


def test_every_step_leads_to_its_state_of_the_data_privacy_vocabulary(home: Homes) -> None:
    """DPV 2.3, Request Status (M-6): each step of a request in the order of an office."""
    states = [added(home()).state, steps.acknowledge(home(), "R-1", TODAY).state]
    for about, reason in (("identity", "reasonable_doubt"), ("clarification", "large_amount")):
        states.append(steps.ask(home(), "R-1", about, reason, TODAY).state)
        states.append(steps.answered(home(), "R-1", about, TODAY).state)
    for result in ("failed", "verified"):
        states.append(check_identity(home(), "R-1", Check("login", "", (), result, "2026-11-22", "Eve"))[0].state)
    states.append(steps.extend(home(), "R-1", "complexity", TODAY).state)

    assert [state.removeprefix("Request") for state in states] == [
        "Initiated", "Acknowledged", "RequiresAction", "Acknowledged", "RequiresAction", "Acknowledged",
        "RequiresAction", "Accepted", "ActionDelayed",
    ]  # fmt: skip
