"""The answer: every source with its zeros, every record once and in its place, nothing of others shown."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dsar.cli.as_json import find_document
from dsar.errors import SourceError
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer

Company = Callable[..., Workspace]
Grades = Callable[..., dict[str, str]]
Ask = Callable[..., Answer]


def connector(name: str, file: str) -> str:
    return f'[[source]]\nname = "{name}"\nconnector = "{name}"\nfiles = ["{file}"]'


def test_every_configured_source_is_in_the_answer_with_its_zeros(company: Company, ask: Ask) -> None:
    toml = """
        [[source]]
        name = "gone"
        connector = "table"
        files = ["gone.csv"]
        [source.collection.rows]
        key = ["key"]
        [[source]]
        name = "archive"
        manual = true
        ask = "records@example.org"
    """
    workspace = company({"crm": "key,email\nC1,ada@example.org", "news": "key,email\nN1,bob@example.org"}, toml)

    answer = ask(workspace, email="ada@example.org")

    assert [(s.source, s.result, s.confirmed, s.probable, s.possible, s.refused) for s in answer.sources] == [
        ("crm", "held", 1, 0, 0, 0),
        ("news", "not_held", 0, 0, 0, 0),
        ("gone", "failed", 0, 0, 0, 0),
        ("archive", "not_searched", 0, 0, 0, 0),
    ]
    assert not answer.complete
    assert all(f.rows_read == f.rows_loaded + f.rows_unreadable for s in answer.sources for f in s.files)


def test_a_source_says_with_what_it_was_searched(company: Company, ask: Ask) -> None:
    workspace = company({"crm": "key,email,customer_no\nC1,ada@example.org,K100", "orders": "key,customer_no\nO1,K100"})

    searched = {s.source: s.searched_with for s in ask(workspace, email="ada@example.org").sources}

    assert searched == {"crm": ("customer_no", "email"), "orders": ("customer_no",)}


def test_a_search_by_name_and_birth_date_says_so(company: Company, ask: Ask) -> None:
    workspace = company({"people": "key,name,birth_date\n1,Ada Bell,1990-03-04"})

    answer = ask(workspace, name="Ada Bell", birth_date="1990-03-04")

    assert answer.sources[0].searched_with == ("birth_date", "name")
    assert not any("Nothing that was given can be searched with" in note for note in answer.notes)


def test_a_question_that_no_source_can_answer_is_not_called_complete(company: Company, ask: Ask) -> None:
    answer = ask(company({"crm": "key,email\nC1,ada@example.org"}), id="passport=P1001")

    assert any("Nothing that was given can be searched with" in note for note in answer.notes)
    assert not answer.complete


def test_no_source_at_all_is_an_error(company: Company) -> None:
    workspace = company({}, '[[source]]\nname = "gone"\nfiles = ["gone.csv"]\n[source.collection.rows]\nkey = ["key"]')

    with pytest.raises(SourceError) as raised:
        find(workspace, [request_of(email=["ada@example.org"])])

    assert raised.value.exit_code == 2


def test_values_of_possible_records_are_withheld_and_conflicts_named(company: Company, ask: Ask) -> None:
    workspace = company({"crm": "key,email,name,thing\nC1,ada@example.org,Bob Bell,his-secret"})

    document = find_document(ask(workspace, email="ada@example.org", name="Ada Bell"))

    record = document["records"][0]
    assert (record["grade"], record["fields"]) == ("possible", None)
    assert record["evidence"][0]["conflicts"] == ["given_name"]
    assert "his-secret" not in json.dumps(document) and "Bob" not in json.dumps(document)


# ---------------------------------------------------------------- keys


def test_two_different_rows_with_one_key_are_numbered(company: Company, ask: Ask) -> None:
    workspace = company({"crm": "key,email,thing\nC1,ada@example.org,a\nC1,bob@example.org,b\nC1,ada@example.org,c"})

    answer = ask(workspace, email="ada@example.org")

    assert [(m.record.record, m.record.key, m.record.line) for m in answer.matches] == [
        ("crm/crm/C1", "C1", 2),
        ("crm/crm/C1#3", "C1", 4),
    ]


def test_the_same_row_in_two_files_is_one_record(company: Company, ask: Ask) -> None:
    toml = """
        [[source]]
        name = "crm"
        connector = "table"
        files = ["crm-*.csv"]
        [source.collection.contacts]
        key = ["key"]
        [source.collection.contacts.fields]
        email = { category = "user", identifier = "email" }
    """
    rows = "key,email\nC1,ada@example.org\nC2,bob@example.org"
    changed = rows.replace("C1,ada", "C0,zoe") + "\nC1,ada@example.org"
    workspace = company({"crm-1.csv": rows, "crm-2.csv": changed}, toml)

    answer = ask(workspace, email="ada@example.org")

    assert [m.record.record for m in answer.matches] == ["crm/contacts/C1"]
    assert answer.sources[0].confirmed == 1


def test_composite_keys_and_keys_with_slashes_and_percents_are_escaped(company: Company, ask: Ask) -> None:
    toml = """
        [[source]]
        name = "crm"
        connector = "table"
        files = ["crm.csv"]
        [source.collection.contacts]
        key = ["year", "number"]
        [source.collection.contacts.fields]
        email = { category = "user", identifier = "email" }
    """
    rows = "year,number,email\n2026/27,10%,ada@example.org\na|b,c,ada@example.org\n,,ada@example.org"

    answer = ask(company({"crm.csv": rows}, toml), email="ada@example.org")

    assert [m.record.record for m in answer.matches] == [
        "crm/contacts/2026%2F27|10%2525",
        "crm/contacts/a%257Cb|c",
        "crm/contacts/crm.csv:4",
    ]


# ---------------------------------------------------------------- formats


ORDERS = """Name,Email,Financial Status,Created at,Lineitem name,Id,Billing Name,Billing Phone
    #1001,ada@example.org,paid,2026-01-02,Pump,9001,Ada Bell,
    #1001,,,2026-01-02,Seal,,,
    #1001,ada@example.org,,2026-01-02,Hose,,,
    #1002,bob@example.org,paid,2026-01-03,Pump,9002,Bob Bell,
    #1002,,,2026-01-03,Seal,,,"""


def test_rows_that_continue_an_order_are_found_with_and_without_its_email(company: Company, ask: Ask) -> None:
    workspace = company({"orders_export.csv": ORDERS}, connector("shopify", "orders_export.csv"))

    answer = ask(workspace, email="ada@example.org", name="Ada Bell")

    assert [(m.record.line, m.grade) for m in answer.matches] == [(n, "confirmed") for n in (2, 3, 4)]
    assert {m.record.key for m in answer.matches} == {"9001"}
    assert dict(answer.matches[1].record.fields)["Email"] == ""


CANDIDATES = json.dumps(
    [
        {
            "id": 53001,
            "first_name": "Ada",
            "last_name": "Bell",
            "application_ids": [69001],
            "email_addresses": [{"value": "ada@example.org"}, {"value": "ada.work@example.com"}],
            "recruiter": {"id": 7, "name": "Rita Example", "email": "rita@example.com"},
        },
        {
            "id": 53002,
            "first_name": "Bob",
            "last_name": "Bell",
            "application_ids": [69002],
            "email_addresses": [],
            "recruiter": {"id": 7, "name": "Rita Example", "email": "rita@example.com"},
        },
    ]
)


@pytest.mark.parametrize("email", ["ada@example.org", "ADA.work@example.com"])
def test_a_candidate_is_found_by_any_of_several_emails(company: Company, grades: Grades, email: str) -> None:
    workspace = company({"candidates.json": CANDIDATES}, connector("greenhouse", "candidates.json"))

    assert grades(workspace, email=email) == {"greenhouse/53001": "confirmed"}


def test_a_recruiter_is_only_mentioned_with_the_candidates(company: Company, grades: Grades) -> None:
    workspace = company({"candidates.json": CANDIDATES}, connector("greenhouse", "candidates.json"))

    found = grades(workspace, email="rita@example.com", name="Rita Example")

    assert found == {"greenhouse/53001": "possible", "greenhouse/53002": "possible"}


LOG = """192.0.2.1 - ada@example.org [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 10
    192.0.2.1 - - [21/Nov/2026:10:00:01 +0000] "GET /?mail=ada%40example.org HTTP/1.1" 200 10
    192.0.2.1 - - [21/Nov/2026:10:00:02 +0000] "GET / HTTP/1.1" 200 10
    !! broken ADA@example.org
    !! broken adaada@example.org.example.net
    !! broken mail=ada%40example.org"""


def test_log_lines_that_cannot_be_read_are_searched_as_text(company: Company, ask: Ask) -> None:
    workspace = company({"access.log": LOG}, connector("combined_log", "access.log"))

    answer = ask(workspace, email="ada@example.org")

    assert [(m.record.line, m.grade, m.evidence[0].rule) for m in answer.matches] == [
        (1, "confirmed", "same-login"),
        (2, "possible", "mentioned"),
        (4, "possible", "unparsed"),
        (6, "possible", "unparsed"),
    ]
    assert answer.sources[0].files[0].rows_unreadable == 3
    assert not answer.complete


def test_two_requests_that_find_one_person_are_both_told(company: Company) -> None:
    workspace = company({"crm": "key,email,customer_no\nC1,ada@example.org,K100\nC2,bob@example.org,K200"})
    asked = [
        request_of(email=["ada@example.org"], request_id="R-1"),
        request_of(id=["customer_no=K100"], request_id="R-2"),
        request_of(email=["bob@example.org"], request_id="R-3"),
    ]

    assert [answer.same_as for answer in find(workspace, asked)] == [("R-2",), ("R-1",), ()]


def test_what_was_left_out_is_counted_with_its_reason(company: Company) -> None:
    web = "key,cookie,login\nS1,kiosk-77,ada@example.org\nS2,kiosk-77,bob@example.org\nS3,kiosk-77,"

    (answer,) = find(company({"web": web}), [request_of(email=["ada@example.org"])])

    assert answer.left_out == (("A browser (cookie) or link that 2 people used.", 2),)


def test_a_name_alone_is_told_to_be_too_little(company: Company, ask: Ask) -> None:
    workspace = company({"crm": "key,name,email,birth_date\nC1,Ada Lovelace,ada@example.org,1985-12-10"})

    told = ask(workspace, name="Ada Lovelace")
    described = ask(workspace, name="Ada Lovelace", birth_date="1985-12-10")

    assert told.matches == () and any(note.startswith("Only a name was given") for note in told.notes)
    assert not told.complete
    assert [match.grade for match in described.matches] == ["probable"]
    assert not any(note.startswith("Only a name was given") for note in described.notes)
