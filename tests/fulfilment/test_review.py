"""Decisions of a person stand above the rules, in later runs and renewed exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.review import Wanted, decide_records
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer
from dsar.store.case import case_folder
from dsar.store.decisions import history

Company = Callable[..., Workspace]
ADA = request_of(email=["ada@example.org"], name=["Ada Bell"], request_id="R-1")
TABLES = {
    "crm": "key,email,name,customer_no\nC1,ada@example.org,Ada Bell,K100\nC2,ada@example.org,Ada Stone,K200",
    "orders": "key,customer_no\nO1,K100\nO2,K200",
}


def grades(answer: Answer) -> dict[str, str]:
    return {m.record.key: m.grade for m in answer.matches}


def verdict(workspace: Workspace, how: str, *records: str) -> Answer:
    return decide_records(workspace, ADA, [Wanted(how, records)], "her letter", "E. Officer")  # type: ignore[arg-type]


def test_an_accepted_record_is_confirmed_and_lends_its_numbers(company: Company) -> None:
    workspace = company(TABLES)
    assert grades(find(workspace, [ADA])[0]) == {"C1": "confirmed", "C2": "probable", "O1": "confirmed"}

    answer = verdict(workspace, "accept", "crm/crm/C2")

    assert grades(answer) == {"C1": "confirmed", "C2": "confirmed", "O1": "confirmed", "O2": "confirmed"}
    assert next(m for m in answer.matches if m.record.key == "C2").evidence[0].rule == "decided"
    assert grades(find(workspace, [ADA])[0]) == grades(answer)


def test_a_rejected_record_is_refused_and_no_longer_open(company: Company) -> None:
    workspace = company(TABLES)

    answer = verdict(workspace, "reject", "crm/crm/C2")

    assert grades(answer) == {"C1": "confirmed", "O1": "confirmed"}
    assert answer.sources[0].refused == 1


def test_an_undone_decision_is_none(company: Company) -> None:
    workspace = company(TABLES)
    verdict(workspace, "reject", "crm/crm/C2")

    assert grades(verdict(workspace, "undo", "crm/crm/C2"))["C2"] == "probable"
    with pytest.raises(RequestError, match="Nothing was decided"):
        verdict(workspace, "undo", "crm/crm/C2")


def test_a_decision_is_the_requests_own(company: Company) -> None:
    workspace = company(TABLES)
    verdict(workspace, "accept", "crm/crm/C2")

    assert grades(find(workspace, [replace(ADA, request_id="R-2")])[0])["C2"] == "probable"


@pytest.mark.parametrize(("how", "record"), [("accept", "crm/crm/C9"), ("reject", "nowhere")])
def test_a_record_that_the_search_does_not_reach_cannot_be_decided(company: Company, how: str, record: str) -> None:
    workspace = company(TABLES)

    with pytest.raises(RequestError, match="does not lead"):
        verdict(workspace, how, "crm/crm/C2", record)
    assert grades(find(workspace, [ADA])[0])["C2"] == "probable", "all or nothing is stored"


def test_one_record_cannot_be_accepted_and_rejected_at_once(company: Company) -> None:
    workspace = company(TABLES)
    both = [Wanted("accept", ("crm/crm/C1", "crm/crm/C2")), Wanted("reject", ("crm/crm/C2",))]

    with pytest.raises(RequestError, match="two decisions about record 2 of --accept"):
        decide_records(workspace, ADA, both, "her letter", "E. Officer")
    assert grades(find(workspace, [ADA])[0])["C2"] == "probable"


def test_a_record_that_is_named_twice_is_decided_once(company: Company) -> None:
    workspace = company(TABLES)

    verdict(workspace, "accept", "crm/crm/C2", "crm/crm/C2")

    assert len(history(case_folder(workspace.root, "R-1"))) == 1


def test_an_error_says_which_of_the_records_it_means_and_names_no_key(company: Company) -> None:
    with pytest.raises(RequestError, match="record 2 of --reject") as told:
        verdict(company(TABLES), "reject", "crm/crm/C2", "crm/crm/C9")
    assert "C9" not in str(told.value)


def test_a_decision_needs_a_reason_and_a_name(company: Company) -> None:
    with pytest.raises(RequestError, match="reason and a name"):
        decide_records(company(TABLES), ADA, [Wanted("accept", ("crm/crm/C2",))], " ", "E. Officer")


def renewed(before: Workspace, crm: str) -> Workspace:
    """Open the workspace anew, after the system wrote its export again."""
    folder = before.root.parent
    before.close()
    (folder / "crm.csv").write_text(crm, encoding="utf-8")
    return open_workspace(folder / "dsar.toml")


def test_decisions_stand_when_an_export_is_renewed(company: Company) -> None:
    workspace = company(TABLES)
    verdict(workspace, "accept", "crm/crm/C2")

    head, first, second = TABLES["crm"].splitlines()
    answer = find(renewed(workspace, f"{head}\nC9,zoe@example.org,Zoe,K900\n{second}\n{first}\n"), [ADA])[0]

    assert grades(answer)["C2"] == "confirmed"
    assert not any("not reached any more" in note for note in answer.notes)


def test_an_accepted_record_that_left_the_export_is_told(company: Company) -> None:
    workspace = company(TABLES)
    verdict(workspace, "accept", "crm/crm/C2")

    answer = find(renewed(workspace, "\n".join(TABLES["crm"].splitlines()[:2]) + "\n"), [ADA])[0]

    assert [note for note in answer.notes if "not reached any more: 1 (crm/crm)" in note]
    assert not any("C2" in note for note in answer.notes)
    assert not answer.complete


CALLS = {
    "crm": "key,email,name,phone\nC1,ada@example.org,Ada Bell,030 1234567\nC2,zoe@example.org,Zoe Stone,",
    "calls": "key,phone,name,customer_no\nP/1,030 1234567,A. Bell,K300\nP/2,030 7654321,B. Bell,K400",
    "orders": "key,customer_no\nO3,K300\nO4,K400",
}


def test_an_accepted_record_is_found_by_its_key_when_nothing_else_leads_to_it_any_more(company: Company) -> None:
    workspace = company(CALLS)
    assert grades(find(workspace, [ADA])[0]) == {"C1": "confirmed", "P/1": "probable"}
    verdict(workspace, "accept", "calls/calls/P%2F1")

    head, _, other = CALLS["crm"].splitlines()
    answer = find(renewed(workspace, f"{head}\n{other}\n"), [ADA])[0]

    assert grades(answer) == {"P/1": "confirmed", "O3": "confirmed"}
    assert [e.rule for e in answer.matches[0].evidence] == ["decided"]
    assert not any("not reached any more" in note for note in answer.notes)


@pytest.mark.parametrize("key", ['key = ["day", "line"]', ""], ids=["a key of two columns", "no key"])
def test_an_accepted_record_without_a_key_of_one_column_is_found_by_its_cells(company: Company, key: str) -> None:
    workspace = company(
        {"crm": CALLS["crm"], "orders": CALLS["orders"], "calls.csv": LINES},
        '[[source]]\nname = "calls"\nconnector = "table"\nfiles = ["calls.csv"]\n'
        f"[source.collection.calls]\n{key}\n[source.collection.calls.fields]\n"
        + "\n".join(
            f'{name} = {{ category = "user", identifier = "{name}" }}' for name in ("phone", "name", "customer_no")
        ),
    )
    call = next(m.record for m in find(workspace, [ADA])[0].matches if m.record.collection == "calls")
    verdict(workspace, "accept", call.record)

    head, _, other = CALLS["crm"].splitlines()
    answer = find(renewed(workspace, f"{head}\n{other}\n"), [ADA])[0]

    assert grades(answer) == {call.key: "confirmed", "O3": "confirmed"}
    assert not any("not reached any more" in note for note in answer.notes)


LINES = "day,line,phone,name,customer_no\n1,7,030 1234567,A. Bell,K300\n1,8,030 7654321,B. Bell,K400"


def test_a_rejected_record_is_not_brought_back_by_its_key(company: Company) -> None:
    workspace = company(CALLS)
    verdict(workspace, "reject", "calls/calls/P%2F1")

    head, _, other = CALLS["crm"].splitlines()

    assert grades(find(renewed(workspace, f"{head}\n{other}\n"), [ADA])[0]) == {}
