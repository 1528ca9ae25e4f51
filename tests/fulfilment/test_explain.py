"""Explanations: the whole chain back to the request, why something is not theirs, and never a value."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.finding.explain import explain
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.review import Wanted, decide_records
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.normalise import normal_forms
from dsar.store.case import write_case
from dsar.store.forms import forms
from tests.conftest import table_toml

Company = Callable[..., Workspace]
ADA = request_of(email=["ada@example.org"], name=["Ada Bell"])
TABLES = {
    "crm": """key,email,name,customer_no
        C1,ada@example.org,Ada Bell,K100
        C2,ada@example.org,Bob Bell,K200
        C3,zoe@example.org,Zoe Bell,K300""",
    "orders": "key,customer_no,cookie\nO1,K100,kiosk-77\nO2,K300,kiosk-77",
    "web": "key,cookie\nS1,kiosk-77",
}


def text(workspace: Workspace, record: str) -> str:
    return "\n".join("  " * depth + line for depth, line in explain(workspace, record, ADA).lines)


def test_the_chain_is_told_back_to_the_request(company: Company) -> None:
    said = text(company(TABLES), "orders/orders/O1").splitlines()

    assert said[0] == "orders/orders/O1 is confirmed (file orders.csv, line 2, hop 2)."
    assert "  Rule same-customer_no, by customer no." in said
    assert any(line.strip().startswith("crm/crm/C1 is confirmed") for line in said)
    assert said[-1].strip() == "It is given in the request."


def test_a_conflict_is_named(company: Company) -> None:
    said = text(company(TABLES), "crm/crm/C2")

    assert "crm/crm/C2 is possible" in said
    assert "conflicts: given name" in said
    assert "only if a person decides that this is an error in the data: given name" in said


def test_a_refused_record_says_why_it_was_refused(company: Company) -> None:
    workspace = company(TABLES)

    said = text(workspace, "web/web/S1")

    assert "web/web/S1 is refused" in said
    assert "A browser (cookie) or link that 2 people used." in said
    assert explain(workspace, "web/web/S1", ADA).found


def test_a_record_that_was_not_reached_says_so(company: Company) -> None:
    explanation = explain(company(TABLES), "crm/crm/C3", ADA)

    assert not explanation.found
    assert "No confirmed identifier of this person leads to this record" in explanation.lines[0][1]
    assert "customer_no, email" in explanation.lines[1][1]


def test_an_ambiguous_record_says_whom_else_it_fits(company: Company) -> None:
    rows = "C1,b@example.org,John Bell Jr\nC2,b@example.org,John Bell Sr\nC3,b@example.org,John Bell"
    workspace = company({"crm": f"key,email,name\n{rows}"})

    explanation = explain(workspace, "crm/crm/C3", request_of(email=["b@example.org"], name=["John Bell Jr"]))

    assert "It fits the person of crm/crm/C2 as well." in [line for _, line in explanation.lines]


@pytest.mark.parametrize("record", ["crm/crm/C1", "crm/crm/C2", "orders/orders/O1", "web/web/S1", "crm/crm/C3"])
def test_no_value_stands_in_an_explanation(company: Company, record: str) -> None:
    said = text(company(TABLES), record)

    assert not any(value in said for value in ("example.org", "Ada", "Bob", "K100", "kiosk"))


def test_a_collection_that_does_not_exist_is_told(company: Company) -> None:
    with pytest.raises(RequestError, match="no such collection"):
        explain(company(TABLES), "nowhere/at/all", ADA)


@pytest.mark.parametrize("record", ["crm/crm/C99", "web/web/S1#x", "web/web/other.csv:2"])
def test_a_record_that_no_export_has_is_told(company: Company, record: str) -> None:
    with pytest.raises(RequestError, match="no such record"):
        explain(company(TABLES), record, ADA)


def test_what_agrees_only_nearly_is_told_apart_from_what_agrees(company: Company) -> None:
    workspace = company({"crm": "key,email,name,birth_date\nC1,ada@example.org,Ada Bell,1985-04-03"})
    asked = request_of(email=["ada@example.org"], name=["Ada Bell"], birth_date=["1985-03-04"])

    said = [line for _, line in explain(workspace, "crm/crm/C1", asked).lines]

    assert "Rule same-email, by email; agrees: given name, family name; nearly: birth date." in said


def test_a_mention_is_told_with_the_field_it_stands_in(company: Company) -> None:
    workspace = company({"crm": "key,email,note\nC1,bob@example.org,Referred by ada@example.org"})

    assert "  It stands in: note." in text(workspace, "crm/crm/C1").splitlines()


def test_a_decision_is_told_with_who_decided_when_and_why(company: Company) -> None:
    workspace = company({"crm": "key,email,name\nC1,ada@example.org,Ada Stone"})
    asked = request_of(email=["ada@example.org"], name=["Ada Bell"], request_id="R-1")
    decide_records(workspace, asked, [Wanted("reject", ("crm/crm/C1",))], "another signature", "E. Officer")

    said = [line for _, line in explain(workspace, "crm/crm/C1", asked).lines]

    assert any(line.startswith("E. Officer on 20") and line.endswith(": another signature") for line in said)
    assert "--undo" in said[-1]


def test_what_would_raise_a_grade_is_read_from_the_evidence(company: Company) -> None:
    rows = "C1,ada@example.org,Ada Stone,\nC2,bob@example.org,A. Bell,+49 30 901820\nC3,,Cara Bell,+49 30 901820"
    workspace = company({"crm": f"key,email,name,phone\n{rows}"})
    asked = request_of(email=["ada@example.org"], phone=["+49 30 901820"], name=["Ada Bell"])

    mailbox, phone = (explain(workspace, f"crm/crm/{key}", asked).lines[-1][1] for key in ("C1", "C2"))

    assert "the phone" in mailbox and "the e-mail address" not in mailbox
    assert "the e-mail address" in phone and "the phone" not in phone


def test_the_evidence_of_a_case_can_be_replayed_from_the_raw_files(company: Company, tmp_path: Path) -> None:
    workspace = company(TABLES)
    case = write_case(tmp_path / "out", "R-1", find(workspace, [ADA])[0])
    rows = [json.loads(line) for line in (case / "evidence.jsonl").read_text(encoding="utf-8").splitlines()]

    replayed = 0
    for row in rows:
        places = [(row["file"], row["line"], row["lines"])] + ([row["origin_at"]] if row["origin_at"] else [])
        for file, line, lines in places:
            written = (
                (workspace.root.parent / file).read_text(encoding="utf-8").splitlines()[line - 1 : line - 1 + lines]
            )
            assert row["value"].casefold() in "\n".join(written).casefold()
            replayed += 1
        assert row["origin"] == "request" or row["origin_at"]

    assert replayed > len(rows) > 2


UNTIDY = {
    "crm.csv": """key,email,phone,name,customer_no
C1,'Ada@Example.org',"030 5550101 /
0170 7777777",Ada Bell,0000084712
C2,,0170/7777777,"Bell, Ada",
""",
    "orders.csv": """key,customer_no,billing email,note
O1,84712.0,,
O2,,eve@example.org,"Ask Bell, Ada
or call +49 170 7777777 or No:84712"
""",
}


def test_evidence_can_be_replayed_from_raw_files_however_untidy_they_are(tmp_path: Path) -> None:
    """A checker that knows the normal forms and the csv module, and nothing of the search."""
    toml = 'key_file = "dsar.key"\n[controller]\ntime_zone = "UTC"\nphone_region = "DE"\n'
    for name, written in UNTIDY.items():
        (tmp_path / name).write_text(written, encoding="utf-8")
        toml += table_toml(name[:-4], written.splitlines()[0].split(","), name) + "\n"
    (tmp_path / "dsar.toml").write_text(toml, encoding="utf-8")
    workspace = open_workspace(tmp_path / "dsar.toml")
    case = write_case(tmp_path / "out", "R-1", find(workspace, [ADA])[0])
    rows = [json.loads(line) for line in (case / "evidence.jsonl").read_text(encoding="utf-8").splitlines()]

    def stands(value: str, kind: str, file: str, line: int, lines: int) -> bool:
        written = (tmp_path / file).read_text(encoding="utf-8").splitlines()[line - 1 : line - 1 + lines]
        cells = next(csv.reader(["\n".join(written)]))
        inside = "name_in_text" if kind == "name" else kind
        return any(
            value in (*normal_forms(kind, cell, "DE"), *forms(inside, "mentioned", [cell], "DE"))
            for whole in cells
            for cell in (whole, *re.findall(r"\w+, \w+", whole))
        )

    told = {(row["record"], row["kind"]) for row in rows}
    assert {("orders/orders/O1", "customer_no"), ("orders/orders/O2", "phone"), ("crm/crm/C2", "phone")} <= told
    for row in rows:
        places = [(row["file"], row["line"], row["lines"])] + ([row["origin_at"]] if row["origin_at"] else [])
        assert all(stands(row["value"], row["kind"], *place) for place in places if row["value"])
