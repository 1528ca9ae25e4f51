"""The search from hop to hop: what lends identifiers, where it stops, and when it must give up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace
from dsar.identity import search
from dsar.identity.resolve import MAX_HOPS
from dsar.model import Answer

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
Ask = Callable[..., Answer]

CHAIN = {
    "crm": "key,email,customer_no,name\nC1,ada@example.org,K100,Ada Bell\nC2,bob@example.org,K200,Bob Bell",
    "orders": "key,customer_no,order_no\nO1,K100,R1001\nO2,K200,R1002",
    "payments": "key,order_no,billing phone\nP1,R1001,030 1234567\nP2,R1002,030 7654321",
}


def test_a_confirmed_record_lends_its_numbers_to_the_next_hop(company: Company, ask: Ask) -> None:
    answer = ask(company(CHAIN), email="ada@example.org")

    assert [(m.record.key, m.grade, m.hop) for m in answer.matches] == [
        ("C1", "confirmed", 1),
        ("O1", "confirmed", 2),
        ("P1", "confirmed", 3),
    ]
    learned = {(known.kind, known.value, known.learned_from) for known in answer.identifiers if not known.given}
    assert learned == {("customer_no", "K100", "crm/crm/C1"), ("order_no", "R1001", "orders/orders/O1")}


def test_the_chain_of_evidence_names_the_record_that_lent_the_value(company: Company, ask: Ask) -> None:
    answer = ask(company(CHAIN), email="ada@example.org")

    origins = {m.record.record: [(e.kind, e.origin) for e in m.evidence] for m in answer.matches}
    assert origins == {
        "crm/crm/C1": [("email", "request")],
        "orders/orders/O1": [("customer_no", "crm/crm/C1")],
        "payments/payments/P1": [("order_no", "orders/orders/O1")],
    }


def test_the_chain_names_the_right_one_of_two_rows_with_one_key(company: Company, ask: Ask) -> None:
    crm = "key,email,name,customer_no\nC1,bob@example.org,Bob Bell,K200\nC1,ada@example.org,Ada Bell,K100"

    answer = ask(company({"crm": crm, "orders": "key,customer_no\nO1,K100"}), email="ada@example.org")

    assert {m.record.record: m.evidence[0].origin for m in answer.matches} == {
        "crm/crm/C1#2": "request",
        "orders/orders/O1": "crm/crm/C1#2",
    }


def test_a_record_that_is_not_confirmed_lends_nothing(company: Company, grades: Grades) -> None:
    workspace = company(
        {"calls": "key,phone,name,customer_no\n1,030 1234567,A. Bell,K100", "orders": "key,customer_no\nO1,K100"}
    )

    assert grades(workspace, phone="030 1234567", name="Ada Bell") == {"calls/1": "probable"}


SEEDS = {"crm": "key,email,customer_no,name\nC1,ada@example.org,K100,Ada Bell\nC2,bob@example.org,K200,Bob Example"}


def test_seeds_that_lead_to_two_people_confirm_nothing_of_either(company: Company, ask: Ask) -> None:
    answer = ask(company(SEEDS), email="ada@example.org", id="customer_no=K200")

    assert {m.record.key: m.grade for m in answer.matches} == {"C1": "possible", "C2": "possible"}
    assert answer.notes[0].startswith("The search leads to two people who cannot be one")
    assert not answer.held and not answer.complete


def test_a_name_in_the_request_decides_between_the_seeds(company: Company, grades: Grades) -> None:
    found = grades(company(SEEDS), email="ada@example.org", id="customer_no=K200", name="Ada Bell")

    assert found == {"crm/C1": "confirmed", "crm/C2": "possible"}


@pytest.mark.parametrize(
    ("who", "one", "other"),
    [
        ({"name": "J. Bell"}, "John Bell,", "Jane Bell,"),
        ({"name": "Chris Bell"}, "Christopher Bell,", "Christine Bell,"),
        ({"name": "Bell"}, "John Bell,", "Jane Bell,"),
        ({"name": "John Bell"}, "John Bell,1950-01-02", "John Bell,1980-05-17"),
        ({"name": "John Bell"}, "John Bell Jr,", "John Bell Sr,"),
        ({"name": "Anna Bell"}, "Anna Lena Bell,", "Anna Maria Bell,"),
        ({}, ",1950-01-02", ",1980-05-17"),
    ],
)
def test_a_description_that_fits_two_people_of_one_mailbox_confirms_neither(
    company: Company, grades: Grades, who: dict[str, str], one: str, other: str
) -> None:
    workspace = company({"crm": f"key,email,name,birth_date\nC1,bell@example.org,{one}\nC2,bell@example.org,{other}"})

    assert grades(workspace, email="bell@example.org", **who) == {"crm/C1": "possible", "crm/C2": "possible"}


@pytest.mark.parametrize("asked", ["J. Bell", "Bell"])
def test_what_a_vague_name_let_in_shuts_out_the_next(company: Company, grades: Grades, asked: str) -> None:
    crm = "key,email,customer_no,name\nC1,bell@example.org,K100,John Bell"
    orders = "key,customer_no,name\nO1,K100,Jane Bell\nO2,K100,J. Bell"

    found = grades(company({"crm": crm, "orders": orders}), email="bell@example.org", name=asked)

    assert found == {"crm/C1": "confirmed", "orders/O1": "possible", "orders/O2": "confirmed"}


def test_slips_of_the_requested_name_do_not_look_like_two_people(company: Company, grades: Grades) -> None:
    workspace = company({"crm": "key,email,name\nC1,e@example.org,Elzabeth Bell\nC2,e@example.org,Eliizabeth Bell"})

    found = grades(workspace, email="e@example.org", name="Elizabeth Bell")

    assert found == {"crm/C1": "confirmed", "crm/C2": "confirmed"}


def test_the_bound_of_hops_is_told(company: Company, ask: Ask) -> None:
    rows = "\n".join(f"X{n},L{n:04d},L{n + 1:04d}" for n in range(MAX_HOPS + 2))
    workspace = company({"links": f"key,lead_id,case_no\n{rows}", "more": "key,case_no,lead_id\n" + rows})

    answer = ask(workspace, id="lead_id=L0000")

    assert any("bound of hops" in note for note in answer.notes)
    assert not answer.complete


def test_the_bound_of_values_learned_is_told(company: Company, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsar.identity.subject.MAX_LEARNED", 3)
    rows = "\n".join(f"X{n},L0000,case-{n:04d}" for n in range(5))
    workspace = company({"links": f"key,lead_id,case_no\n{rows}", "more": "key,case_no\nM1,case-0001"})

    answer = ask(workspace, id="lead_id=L0000")

    assert len(answer.graded("confirmed")) == 5
    assert any("values learned" in note for note in answer.notes)
    assert not answer.complete


def test_a_value_that_too_many_rows_carry_is_not_searched_with_and_told(
    company: Company, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_ROWS_OTHER", 3)
    rows = "\n".join(f"{n},030 1234567,Ada Bell" for n in range(4))

    answer = ask(company({"calls": f"key,phone,name\n{rows}"}), phone="030 1234567", name="Ada Bell")

    assert not answer.matches
    assert "A shared phone number was not searched with: 4 rows carry it." in answer.notes


def test_many_requests_in_one_run_give_the_same_answers_as_one_by_one(company: Company) -> None:
    workspace = company(CHAIN | {"web": "key,cookie,login\nS1,kiosk-77,ada@example.org\nS2,kiosk-77,bob@example.org"})
    who = [
        {"email": ["ada@example.org"]},
        {"email": ["bob@example.org"], "name": ["Bob Bell"]},
        {"id": ["cookie=kiosk-77"]},
        {"email": ["ada@example.org"], "id": ["customer_no=K200"]},
        {"email": ["nobody@example.org"]},
    ]
    requests = [request_of(**one) for one in who]

    together = find(workspace, requests)

    assert together == [find(workspace, [request])[0] for request in requests]
    assert [len(answer.matches) for answer in together] == [4, 4, 0, 4, 0]
