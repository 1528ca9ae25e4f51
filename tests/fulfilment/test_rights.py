"""Correct, restrict, object, withdraw: what is written, what is marked, and what is left alone."""

from __future__ import annotations

import csv
import datetime
import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dsar.errors import RequestError
from dsar.fulfilment.erasing.erase import ErasureFolder
from dsar.fulfilment.erasing.restriction import lift_restriction
from dsar.fulfilment.erasing.rights import fulfil_rights
from dsar.fulfilment.erasing.verify import verify
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Identifier, Request
from dsar.store import suppression
from tests.shop_in_sqlite import HEAD

CONFIG = (
    HEAD
    + """\
phone = { identifier = "phone", category = "user.contact.phone_number", label = "Phone" }
score = { category = "x.user.score", given = "derived" }
note = { category = "user.content" }
[[source]]
name = "invoices"
files = ["invoices.csv"]
[source.collection.invoices]
key = ["no"]
purposes = [{ purpose = "accounting", basis = "legal_obligation" }]
keep = [{ rule = "DE.vouchers", after = "at" }]
erase = { method = "restrict" }
[source.collection.invoices.fields]
no = { category = "user.unique_id" }
mail = { identifier = "email", category = "user.contact.email" }
tel = { identifier = "phone", category = "user.contact.phone_number" }
at = { category = "x.record.time" }
[[source]]
name = "letter"
files = ["letter.csv"]
[source.collection.events]
key = ["event"]
purposes = [{ purpose = "newsletter", basis = "consent" }]
recipients = [{ name = "Mailer Example Ltd", sent = "all" }]
erase = { method = "delete", target = "db", table = "events", key = { event = "event" } }
fields.mail = { identifier = "email", category = "user.contact.email" }
[[source]]
name = "consents"
files = ["consents.csv"]
[source.collection.consents]
key = ["c"]
purposes = [{ purpose = "consent_proof", basis = "legal_obligation" }]
history = { tells = "consents", when = "at", purpose = "purpose", channel = "channel", state = "state", withdrawn = ["no"], version = "text" }
erase = { method = "keep", text = "proof" }
[source.collection.consents.fields]
c = { category = "user.unique_id" }
mail = { identifier = "email", category = "user.contact.email" }
at = { category = "x.record.time" }
"""  # noqa: E501
)
FILES = {
    "customers.csv": "id,mail,phone,score,note\n1,ada@example.org,+49 30 23125 144,7,called twice\n"
    "2,bob@example.org,+49 30 23125 199,3,\n",
    "invoices.csv": "no,mail,tel,at\nI9,ada@example.org,030 23125144,2026-01-05\nI8,bob@example.org,,2026-01-05\n",
    "letter.csv": "event,mail\nE1,ada@example.org\nE2,bob@example.org\n",
    "consents.csv": "c,mail,at,purpose,channel,state,text\nK1,ada@example.org,2024-01-01,newsletter,email,yes,v1\n"
    "K2,ada@example.org,2024-01-02,newsletter,post,yes,v1\nK3,ada@example.org,2024-01-03,profiling,web,no,v1\n",
}


@pytest.fixture
def company(tmp_path: Path) -> Path:
    for name, text in {**FILES, "dsar.toml": CONFIG}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def opened(company: Path) -> Workspace:
    return open_workspace(company / "dsar.toml", today=datetime.date(2026, 11, 22))


def done(company: Path, right: str, **more: Any) -> ErasureFolder:
    request = Request("R-1", (Identifier("email", "ada@example.org"),), right=right, **more)
    return fulfil_rights(opened(company), [request], company / "out")[0]


def written(found: ErasureFolder, name: str) -> Any:
    return json.loads((found.folder / name).read_text())


NEW = "+49 30 23125 145"


def test_a_wrong_number_is_found_in_every_source_and_corrected_by_what_each_can_bear(company: Path) -> None:
    found = done(company, "rectification", changes=(("Phone", NEW),))

    changes = {(one["record"], one["field"]): one for one in written(found, "changes.json")["changes"]}
    how = {place: one["how"] for place, one in changes.items()}
    assert how == {
        ("shop/customers/1", "phone"): "script",
        ("invoices/invoices/I9", "tel"): "statement",  # the invoice is kept by law as it was
        ("shop/customers/1", "score"): "recompute",
    }
    assert changes["shop/customers/1", "phone"]["old"] == "+49 30 23125 144"
    assert NEW in (found.folder / "statements.txt").read_text()
    assert [told.name for told in found.plan.recipients] == ["Mailer Example Ltd"]
    page = (found.folder / "changes.html").read_text()
    assert NEW in page and "Mailer Example Ltd" in page and "bob@" not in page


def test_the_script_corrects_this_row_and_no_other_and_verify_sees_the_new_value(company: Path) -> None:
    found = done(company, "rectification", changes=(("phone", NEW),))
    rows = list(csv.reader(FILES["customers.csv"].splitlines()))
    with sqlite3.connect(company / "shop.db") as connection:
        connection.execute("CREATE TABLE customers (ID TEXT, mail TEXT, phone TEXT, score TEXT, note TEXT)")
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?)", rows[1:])
    script = (found.folder / "rectify.db.sql").read_bytes()
    assert [one.passed for one in found.texts] == [True]

    def statuses() -> dict[str, str]:
        return {one.record: one.status for one in verify(opened(company), "R-1").checked}

    assert statuses()["shop/customers/1"] == "unknown"  # the export is still the old one
    assert subprocess.run(["sqlite3", "-batch", company / "shop.db"], input=script).returncode == 0
    with sqlite3.connect(company / "shop.db") as connection:
        now = [list(row) for row in connection.execute("SELECT * FROM customers")]
    assert now == [[*rows[1][:2], NEW, *rows[1][3:]], rows[2]]
    with (company / "customers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([rows[0], *now])
    assert statuses()["shop/customers/1"] == "changed"
    assert subprocess.run(["sqlite3", "-batch", company / "shop.db"], input=script, capture_output=True).returncode != 0


def test_a_field_that_nothing_has_and_a_correction_of_nothing_are_told(company: Path) -> None:
    assert any("`shoe`" in review for review in done(company, "rectification", changes=(("shoe", "42"),)).reviews)
    with pytest.raises(RequestError):
        done(company, "rectification")


def test_what_somebody_wrote_is_not_rewritten_but_gets_a_statement(company: Path) -> None:
    found = done(company, "rectification", changes=(("note", "never called"),))

    assert [one["how"] for one in written(found, "changes.json")["changes"]] == ["statement"]
    assert found.plan.steps == ()


def test_a_restriction_has_its_ground_and_marks_every_record(company: Path) -> None:
    found = done(company, "restriction", ground="accuracy", scope=("shop", "invoices"))

    rows = list(csv.DictReader((found.folder / "markers.csv").read_text().splitlines()))
    assert sorted((row["source"], row["key"], row["ground"]) for row in rows) == [
        ("invoices", "I9", "Art. 18(1)(a)"),
        ("shop", "1", "Art. 18(1)(a)"),
    ]
    assert found.plan.counts["restrict"] == 2 and found.plan.counts["delete"] == 0
    with pytest.raises(RequestError, match="ground"):
        done(company, "restriction", ground="boredom")


def test_a_restriction_is_not_lifted_before_the_person_was_told(company: Path) -> None:
    done(company, "restriction", ground="accuracy")
    for day in ("", "soon", "2026-11-23"):
        with pytest.raises(RequestError):
            lift_restriction(opened(company), "R-1", day)

    places = lift_restriction(opened(company), "R-1", "2026-11-20")

    assert "shop/customers: 1" in places
    assert '"lifted:2026-11-20"' in (company / ".dsar" / "journal.jsonl").read_text()


def test_an_objection_to_marketing_is_a_stop_order_and_an_entry_at_once_and_deletes_nothing(company: Path) -> None:
    found = done(company, "objection", scope=("newsletter:email",))

    order = written(found, "stop-order.json")
    assert order["stop"] == [{"purpose": "newsletter", "channel": "email"}] and order["weigh"] == []
    assert [one["collection"] for one in order["used_in"]] == ["letter/events"]
    assert found.plan.steps == ()
    assert [told.name for told in found.plan.recipients] == ["Mailer Example Ltd"]
    entries = suppression.read(company / ".dsar")
    assert {(entry.channel, entry.scope, entry.reason) for entry in entries} == {("email", "newsletter", "objection")}


def test_an_objection_without_a_scope_is_to_all_marketing(company: Path) -> None:
    found = done(company, "objection")

    assert written(found, "stop-order.json")["stop"] == [{"purpose": "*", "channel": "*"}]
    page = (found.folder / "stop-order.html").read_text()
    assert "all direct marketing" in page and "every channel" in page and ">*<" not in page
    assert found.plan.steps == ()


def test_another_objection_restricts_while_it_is_weighed(company: Path) -> None:
    found = done(company, "objection", scope=("account_management:*",))

    assert [(step.outcome, step.collection, step.reason.ground) for step in found.plan.steps] == [
        ("restrict", "customers", "Art. 18(1)(d)")
    ]
    assert written(found, "stop-order.json")["weigh"] == [{"purpose": "account_management", "channel": "*"}]
    assert suppression.read(company / ".dsar") == ()


def test_a_withdrawal_changes_one_cell_of_the_matrix_and_erases_what_only_it_carried(company: Path) -> None:
    found = done(company, "withdrawal", scope=("newsletter:email",))

    document = written(found, "consents.json")
    matrix = {(one["purpose"], one["channel"]): (one["before"], one["after"]) for one in document["matrix"]}
    assert matrix == {
        ("newsletter", "email"): ("granted", "withdrawn"),
        ("newsletter", "post"): ("granted", "granted"),
        ("profiling", "web"): ("withdrawn", "withdrawn"),
    }
    assert document["matrix"][0]["version"] == "v1" and document["not_found"] == []


def test_data_held_under_the_withdrawn_consent_alone_goes_to_the_plan(company: Path) -> None:
    found = done(company, "withdrawal", scope=("newsletter:*",))

    assert [(step.outcome, step.record, step.reason.ground) for step in found.plan.steps] == [
        ("delete", "letter/events/E1", "Art. 17(1)(b)")
    ]
    assert {entry.scope for entry in suppression.read(company / ".dsar")} == {"newsletter"}


def test_a_withdrawal_of_one_channel_leaves_what_another_channel_still_needs(company: Path) -> None:
    found = done(company, "withdrawal", scope=("newsletter:email",))

    assert found.plan.steps == ()
    assert any("newsletter" in review and "post" in review for review in found.reviews)


def test_a_consent_that_nobody_gave_is_told(company: Path) -> None:
    found = done(company, "withdrawal", scope=("newsletter:phone",))

    assert written(found, "consents.json")["not_found"] == [{"purpose": "newsletter", "channel": "phone"}]
