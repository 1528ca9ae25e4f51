"""Who else is named in a copy: found by what the sources know, told apart from the person, proposed and labelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from dsar.config import FieldSpec
from dsar.errors import RequestError
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.others import Cleared, cleared, copies_of
from dsar.fulfilment.finding.review import Wanted, decide_records
from dsar.fulfilment.finding.review_others import FINDING, Said, decide_others, others_in
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Mention, Request
from dsar.redaction.own import Own
from dsar.redaction.places import Place
from dsar.redaction.raw import known_by
from dsar.redaction.structured import is_role, of_record
from dsar.store.lookup import Lookup

Company = Callable[..., Workspace]
ADA = request_of(email=["ada@example.org"], name=["Ada Bell"], request_id="R-1")
CRM = (
    "key,name,email,phone,customer_no\n"
    "C1,Ada Bell,ada@example.org,+49 30 23125 101,K100100\n"
    "C2,Ben Sample,ben@example.org,+49 30 23125 102,K100200\n"
    "C3,Tom Bell,tom@example.org,,K100300\n"
)


def clear(workspace: Workspace, request: Request = ADA, *, final: bool = False) -> Cleared:
    return cleared(workspace, copies_of(workspace, find(workspace, [request]))[0], final=final)


def told(mentions: Sequence[Mention]) -> set[tuple[str, str]]:
    return {(mention.kind, mention.text) for mention in mentions}


def with_note(company: Company, note: str, **more: str) -> Workspace:
    return company({"crm": CRM, "calls": f'key,email,note\nN1,ada@example.org,"{note}"'}, **more)


def note_after(workspace: Workspace) -> str:
    answer = clear(workspace, final=True).answer
    return next(dict(m.record.fields)["note"] or "" for m in answer.matches if m.record.source == "calls")


def test_known_people_are_found_by_name_address_phone_and_number(company: Company) -> None:
    workspace = with_note(company, "Ben Sample (ben@example.org, 030/23125-102, K100200) came along.")

    found = clear(workspace).mentions

    assert told(found) == {
        ("name", "Ben Sample"), ("email", "ben@example.org"), ("phone", "030/23125-102"), ("id", "K100200"),
    }  # fmt: skip
    assert {mention.label for mention in found} == {"[other person 1]"}
    assert all(mention.known and mention.proposed == "redact" and mention.outcome is None for mention in found)


def test_the_person_is_nobody_else_but_a_relative_is(company: Company) -> None:
    workspace = with_note(company, "Ada Bell, ada@example.org, K100100, 030 23125101, asked for Bell, Tom.")

    assert told(clear(workspace).mentions) == {("name", "Bell, Tom")}


def test_people_whom_no_source_knows_are_found_by_their_form(company: Company) -> None:
    workspace = with_note(company, "Frau Unbekannt pays by DE89 3704 0044 0532 0130 00; see eva@example.com")

    found = clear(workspace).mentions

    assert {mention.kind for mention in found} == {"name", "iban", "email"}
    assert not any(mention.known for mention in found)
    assert [mention.label for mention in found] == ["[other person 1]", "[other person 2]", "[other person 3]"]


def test_a_first_name_alone_is_found_once_the_full_name_stands_elsewhere(company: Company) -> None:
    workspace = with_note(company, "Ben Sample called. Do not tell Ben. Benches are fine.")

    assert told(clear(workspace).mentions) == {("name", "Ben Sample"), ("first_name", "Ben")}


def declared(workspace: Workspace, before: str, after: str) -> Workspace:
    """The same company with something else in its dsar.toml."""
    path = workspace.config.folder / "dsar.toml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    return open_workspace(path)


def test_what_the_person_supplied_is_proposed_to_stay(company: Company) -> None:
    workspace = with_note(company, "Please ask Ben Sample, who asked me.")
    assert [(m.proposed, m.ground) for m in clear(workspace).mentions] == [("redact", "other")]

    supplied = declared(workspace, "third_party = true", 'third_party = true, given = "provided"')

    assert [(m.proposed, m.ground, m.outcome) for m in clear(supplied).mentions] == [("keep", "supplied", None)]


def test_passages_give_way_to_labels_only_once_somebody_decides(company: Company) -> None:
    workspace = with_note(company, "Ben Sample, Ben and ben@example.org; the rest stays.")
    assert note_after(workspace) == "Ben Sample, Ben and ben@example.org; the rest stays."

    answer = find(workspace, [ADA])[0]
    decide_others(workspace, ADA, answer, Said("finding", (("redact", ("proposed",)),), "Art. 15(4)", "E. Officer"))

    label = "[other person 1]"
    assert note_after(workspace) == f"{label}, {label} and {label}; the rest stays."
    assert clear(workspace).undecided == ()
    assert sum(one.count for one in clear(workspace, final=True).redactions) == 3


def test_a_decision_can_be_taken_back_and_needs_a_reason_and_a_real_finding(company: Company) -> None:
    workspace = with_note(company, "Ben Sample called.")
    answer = find(workspace, [ADA])[0]
    finding = others_in(workspace, answer).mentions[0].finding

    def decide(verdict: str, target: str, reason: str = "seen") -> None:
        decide_others(workspace, ADA, answer, Said("finding", ((verdict, (target,)),), reason, "E. Officer"))

    decide("keep", finding)
    assert others_in(workspace, answer).mentions[0].outcome == "keep"
    decide("undo", finding)
    assert others_in(workspace, answer).mentions[0].outcome is None
    for wrong in (("keep", "F-0000000000", "seen"), ("undo", finding, "seen"), ("keep", finding, " ")):
        with pytest.raises(RequestError):
            decide(*wrong)


def test_the_journal_knows_decisions_by_hashes_only(company: Company) -> None:
    workspace = with_note(company, "Ben Sample called.")
    answer = find(workspace, [ADA])[0]
    said = Said("finding", (("redact", ("proposed",)),), "because of Ben Sample", "E. Officer")
    decide_others(workspace, ADA, answer, said)

    journal = (workspace.root / "journal.jsonl").read_text()
    assert "decision:" in journal
    for word in ("Ben", "Sample", "Officer", others_in(workspace, answer).mentions[0].finding):
        assert word not in journal


def test_a_finding_keeps_its_id_when_the_export_is_renewed(company: Company) -> None:
    workspace = with_note(company, "Ben Sample called.")
    before = [mention.finding for mention in clear(workspace).mentions]
    calls = workspace.config.folder / "calls.csv"
    calls.write_text("key,email,note\nN0,ada@example.org,Tom Bell\nN1,ada@example.org,Ben Sample called.\n")

    after = [mention.finding for mention in clear(open_workspace(workspace.config.folder / "dsar.toml")).mentions]

    assert FINDING.fullmatch(before[0])
    assert (len(before), len(after), after[1]) == (1, 2, before[0])


def test_secrets_in_a_text_never_leave_not_even_for_review(company: Company) -> None:
    workspace = with_note(company, "Her password: hunter2secret was reset.")

    answer = clear(workspace).answer

    assert dict(answer.matches[1].record.fields)["note"] == "Her password: [secret] was reset."
    assert clear(workspace).undecided == ()


def test_words_that_ask_for_a_look_wait_for_one(company: Company) -> None:
    found = clear(with_note(company, "She is pregnant.")).mentions

    assert [(m.kind, m.note, m.proposed, m.outcome) for m in found] == [("special", "pregnant", "keep", None)]


@pytest.mark.parametrize(("regime", "proposed"), [("GDPR", "keep"), ("UK", "redact")])
def test_a_reference_is_always_looked_at_and_in_the_uk_exempt(company: Company, regime: str, proposed: str) -> None:
    workspace = company({"crm": CRM, "refs": "key,email,note\nN1,ada@example.org,Works well."})
    workspace = declared(workspace, 'category = "user.content", ', 'category = "x.user.reference", ')
    found = clear(workspace, replace(ADA, regime=regime)).mentions
    assert [(m.kind, m.proposed, m.outcome) for m in found] == [("reference", proposed, None)]


def test_in_california_numbers_that_open_an_account_are_secrets(company: Company) -> None:
    workspace = with_note(company, "Paid by 4111 1111 1111 1111; her SSN is 123-45-6789.")

    assert [m.outcome for m in clear(workspace).mentions] == [None]
    answer = clear(workspace, replace(ADA, regime="CCPA"), final=True)
    assert dict(answer.answer.matches[1].record.fields)["note"] == "Paid by [secret]; her SSN is [secret]."


ORDERS = (
    "key,email,billing name,billing phone,shipping name,shipping phone,shipping thing\n"
    "O1,ada@example.org,Ada Bell,+49 30 23125 101,Ben Sample,+49 30 23125 102,Sample Ltd\n"
)


def test_who_pays_keeps_the_address_of_a_gift_without_a_look(company: Company) -> None:
    found = clear(company({"crm": CRM, "orders": ORDERS})).mentions

    assert {(m.field, m.outcome, m.ground) for m in found} == {
        ("shipping name", "keep", "supplied"), ("shipping phone", "keep", "supplied"),
        ("shipping thing", "keep", "supplied"),
    }  # fmt: skip


def test_who_only_receives_a_gift_is_not_told_who_paid_without_a_look(company: Company) -> None:
    def place(field: str, value: str, **spec: str) -> Place:
        return Place("shop/orders/O1", field, value, FieldSpec(category="user", **spec))  # type: ignore[arg-type]

    ben = Own(frozenset({"+493023125102"}), frozenset({"ben", "sample"}), (), "DE")
    places = [
        place("Billing Name", "Ada Bell", identifier="name", role="billing"),
        place("Billing Phone", "+49 30 23125 101", identifier="phone", role="billing"),
        place("Billing Company", "Bell AG"),
        place("Shipping Name", "Ben Sample", identifier="name", role="shipping"),
        place("Shipping Phone", "030 23125102", identifier="phone", role="shipping"),
    ]
    found = list(of_record(places, ben, known_by({}, ())))
    assert {(raw.place.field, raw.proposed, raw.automatic) for raw in found} == {
        ("Billing Name", "redact", False), ("Billing Phone", "redact", False), ("Billing Company", "redact", False),
    }  # fmt: skip


def test_the_buyer_of_an_accepted_gift_is_never_taken_for_the_person(company: Company) -> None:
    workspace = company({"crm": CRM, "orders": ORDERS})
    ben = request_of(email=["ben@example.org"], name=["Ben Sample"], request_id="R-2")
    decide_records(workspace, ben, [Wanted("accept", ("orders/orders/O1",))], "he got it", "E. Officer")

    found = [m for m in clear(workspace, ben).mentions if m.record == "orders/orders/O1"]

    assert {(m.field, m.proposed, m.outcome) for m in found} == {
        ("email", "redact", None), ("billing name", "redact", None), ("billing phone", "redact", None),
    }  # fmt: skip


@pytest.mark.parametrize("value", ["Sales Team A", "Desk 2", "Vertrieb Nord", "unassigned"])
def test_a_role_is_told_as_it_is(value: str) -> None:
    assert is_role(value)


@pytest.mark.parametrize("value", ["Rita Recruiter", "92001", "rita@firm.example.org", "Sallesa"])
def test_a_name_of_staff_is_no_role(value: str) -> None:
    assert not is_role(value)


def test_our_own_mailboxes_are_staff_and_those_of_functions_nobody(company: Company) -> None:
    workspace = with_note(
        company,
        "rita.roe@firm.example.org and privacy@firm.example.org answered",
        controller='own_domains = ["firm.example.org"]',
    )
    found = clear(workspace).mentions
    assert [(m.kind, m.text, m.outcome) for m in found] == [("staff", "rita.roe@firm.example.org", "redact")]
    assert note_after(workspace) == "[our member of staff] and privacy@firm.example.org answered"


def test_the_cost_is_that_of_the_texts_and_not_of_all_people(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    known = Lookup.known

    def counted(self: Lookup, hashes: Sequence[int], most: int = 20) -> list[tuple[int, int, int, str]]:
        asked.append(len(hashes))
        return known(self, hashes, most)

    monkeypatch.setattr(Lookup, "known", counted)
    crowd = "".join(f"X{n},Eve{'abcdefghij'[n % 10]} Nobody{n},e{n}@example.org,,K9{n:05}\n" for n in range(2_000))
    for people in (CRM, CRM + crowd):
        clear(company({"crm": people, "calls": "key,email,note\nN1,ada@example.org,Ben Sample called about K100200"}))
    assert len(asked) == 2
    assert asked[0] == asked[1] < 40
