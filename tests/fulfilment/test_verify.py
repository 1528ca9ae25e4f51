"""After the scripts: what is gone, still there or back, who approved, who was told, and who must not come back."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dsar.errors import RequestError, WorkspaceError
from dsar.fulfilment.desk.ending import End
from dsar.fulfilment.desk.identity_check import Check, check_identity
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.desk.steps import Step, close
from dsar.fulfilment.erasing.approve import approve_plan, require_identity
from dsar.fulfilment.erasing.erase import ErasureFolder, plan_erasure
from dsar.fulfilment.erasing.kept_plan import kept_plan
from dsar.fulfilment.erasing.recipients import still_open, tell
from dsar.fulfilment.erasing.suppress import returns
from dsar.fulfilment.erasing.verify import Verified, verify
from dsar.fulfilment.setup.check import check
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Identifier, Request
from dsar.store import suppression

CONFIG = """
key_file = "dsar.key"
[controller]
name = "Example Ltd"
not_searched = [{ what = "Backups", reason = "older copies", last_copy_days = 35 }]
[[recipient]]
name = "Partner Example Ltd"
role = "distributor"
country = "GB"
[target.db]
dialect = "sqlite"
[[source]]
name = "shop"
files = ["customers.csv"]
[source.collection.customers]
key = ["id"]
fields.mail = { identifier = "email", category = "user.contact.email" }
fields.no = { identifier = "customer_no", category = "user.account" }
recipients = [{ name = "Partner Example Ltd", sent = "all" }]
erase = { method = "delete", target = "db", table = "customers", key = { id = "ID" }, lock = { mail = "email" } }
[[source]]
name = "orders"
files = ["orders.csv"]
[source.collection.orders]
key = ["order"]
fields.no = { identifier = "customer_no", category = "user.account" }
fields.at = { category = "x.record.time" }
fields.note = { category = "user.content" }
keep = [{ categories = ["user.account"], rule = "DE.vouchers", after = "at" }]
erase = { method = "anonymise", target = "db", table = "orders", key = { order = "nr" }, set = { note = "{null}" } }
[[source]]
name = "web"
connector = "combined_log"
files = ["access.log"]
[source.collection.requests]
erase = { method = "rewrite" }
"""


def line(user: str, path: str = "/") -> str:
    return f'10.0.0.1 - {user}@example.org [20/Nov/2026:10:00:00 +0100] "GET {path} HTTP/1.1" 200 12 "-" "Browser"\n'


CUSTOMERS = {"1": "1,ada@example.org,CN-100001", "2": "2,bob@example.org,CN-100002", "3": "3,ada@example.org,CN-100001"}
ORDERS = {"10": "10,CN-100001,2026-01-05,call at noon", "11": "11,CN-100002,2026-01-06,ring twice"}


def write(folder: Path, customers: dict[str, str], orders: dict[str, str], log: str) -> None:
    rows = ["id,mail,no", *customers.values()]
    (folder / "customers.csv").write_text("".join(f"{row}\n" for row in rows))
    rows = ["order,no,at,note", *orders.values()]
    (folder / "orders.csv").write_text("".join(f"{row}\n" for row in rows))
    (folder / "access.log").write_text(log)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    (tmp_path / "dsar.toml").write_text(CONFIG)
    write(tmp_path, CUSTOMERS, ORDERS, line("ada") + line("bob") + line("ada"))
    return tmp_path


def opened(company: Path, day: str = "2026-11-22") -> Workspace:
    import datetime

    return open_workspace(company / "dsar.toml", today=datetime.date.fromisoformat(day))


ADA = Request(
    "R-1", (Identifier("email", "ada@example.org"),), "erasure", identity_method="login",
    identity_verified_on="2026-11-20",
)  # fmt: skip


def planned(company: Path) -> ErasureFolder:
    add_request(opened(company), replace(ADA, received="2026-11-20"))
    return plan_erasure(opened(company), [ADA], company / "out")[0]


def approved(company: Path) -> ErasureFolder:
    made = planned(company)
    approve_plan(opened(company), "R-1", made.plan.digest, "E. Officer")
    return made


GONE = {"2": CUSTOMERS["2"]}
EMPTIED = {**ORDERS, "10": "10,CN-100001,2026-01-05,"}


def verified(company: Path, out: bool = False) -> Verified:
    return verify(opened(company), "R-1", company / "certificate" if out else None, "An Operator")


def statuses(found: Verified) -> dict[str, str]:
    return {one.record: one.status for one in found.checked}


def test_what_was_to_go_is_gone_and_what_was_to_stay_is_there(company: Path) -> None:
    approved(company)
    write(company, GONE, EMPTIED, line("bob"))

    found = verified(company, out=True)

    assert statuses(found) == {
        "shop/customers/1": "gone", "shop/customers/3": "gone", "orders/orders/10": "changed",
        "web/requests/access.log:1": "gone", "web/requests/access.log:3": "gone",
    }  # fmt: skip
    assert found.certificate.complete and found.reviews == ()


def test_the_certificate_says_everything_and_holds_no_erased_value(company: Path) -> None:
    made = approved(company)
    write(company, GONE, EMPTIED, line("bob"))
    verified(company, out=True)

    document = json.loads((company / "certificate" / "certificate.json").read_text())
    assert document["request_id"] == "R-1" and document["digest"] == made.plan.digest
    assert document["approvals"] == [["E. Officer", "2026-11-22T12:00:00+00:00"]]
    assert document["ran_by"] == "An Operator" and document["version"]
    assert [stay["until"] for stay in document["stays"]] == ["2034-12-31"]
    assert document["backups"] == [["Backups", "the last copy expires by 2026-12-27"]]
    assert [name for name, _ in document["scripts"]] == ["erase.db.sql"]
    assert document["recipients"][0]["status"] == "open"
    for name in ("certificate.json", "certificate.html", "certificate.pdf"):
        data = (company / "certificate" / name).read_bytes()
        assert (b"ada@" not in data and b"CN-100001" not in re.sub(rb"[0-9a-f]{64}", b"", data)) or name.endswith("pdf")


def test_what_is_still_there_is_told_by_its_place(company: Path) -> None:
    approved(company)
    write(
        company, {**GONE, "3": CUSTOMERS["3"]}, ORDERS | {"12": "12,CN-100009,2026-01-07,x"}, line("bob") + line("ada")
    )

    found = verified(company)

    assert statuses(found)["shop/customers/3"] == "still_there"
    assert statuses(found)["orders/orders/10"] == "still_there"
    assert sorted(statuses(found)[f"web/requests/access.log:{n}"] for n in (1, 3)) == ["gone", "still_there"]
    assert not found.certificate.complete and any("shop/customers" in problem for problem in found.reviews)


def test_a_row_that_was_changed_but_still_leads_to_the_person_is_still_there(company: Path) -> None:
    approved(company)
    write(company, {**GONE, "1": "1,new.ada@example.org,CN-100001"}, EMPTIED, line("bob"))

    assert statuses(verified(company))["shop/customers/1"] == "still_there"


def test_a_key_that_was_given_to_somebody_else_is_no_remnant(company: Path) -> None:
    approved(company)
    write(company, {**GONE, "1": "1,carol@example.org,CN-100007"}, EMPTIED, line("bob"))

    found = verified(company)

    assert statuses(found)["shop/customers/1"] == "gone"


def test_a_record_that_had_to_stay_and_is_missing_is_told(company: Path) -> None:
    approved(company)
    write(company, GONE, {"11": ORDERS["11"]}, line("bob"))

    assert statuses(verified(company))["orders/orders/10"] == "missing"


def test_exports_that_were_not_renewed_prove_nothing(company: Path) -> None:
    approved(company)

    found = verified(company)

    assert {statuses(found)[f"shop/customers/{n}"] for n in (1, 3)} == {"unknown"}
    assert not found.certificate.complete


def test_a_person_who_was_gone_and_is_there_again_came_back_and_check_says_where(company: Path) -> None:
    approved(company)
    write(company, GONE, EMPTIED, line("bob"))
    verified(company)
    assert check(opened(company)).returned == ()
    write(company, {**GONE, "1": CUSTOMERS["1"], "9": "9,ada@example.org,CN-100001"}, EMPTIED, line("bob"))

    found = verified(company)
    back = check(opened(company)).returned

    assert statuses(found)["shop/customers/1"] == statuses(found)["shop/customers/9"] == "came_back"
    assert back == ("shop/customers: 2 rows lead to the person of request R-1, who was erased",)
    assert not check(opened(company)).complete


def test_the_list_holds_keyed_hashes_and_is_written_with_the_approval(company: Path) -> None:
    made = planned(company)
    assert suppression.read(company / ".dsar") == ()

    approve_plan(opened(company), "R-1", made.plan.digest, "E. Officer")

    entries = suppression.read(company / ".dsar")
    text = (company / ".dsar" / "suppression").read_text()
    assert {entry.kind for entry in entries} == {"email", "customer_no", "login"}
    assert "ada@" not in text and "cn-1" not in re.sub(r'"(hash|index)": "[^"]*"', "", text).casefold()
    assert (company / ".dsar" / "suppression").stat().st_mode & 0o077 == 0
    import hashlib

    for form in ("ada@example.org", "cn-100001", "CN-100001"):
        for name in ("sha256", "sha1", "md5"):
            assert hashlib.new(name, form.encode()).hexdigest() not in text  # no plain hash that can be guessed
    verified_twice = suppression.add(company / ".dsar", entries)
    assert verified_twice == 0


def test_nobody_is_said_to_be_back_before_their_erasure_was_verified(company: Path) -> None:
    approved(company)

    assert returns(opened(company)) == ()


def test_data_that_lawfully_stays_is_no_return(company: Path) -> None:
    approved(company)
    write(company, GONE, EMPTIED, line("bob"))
    verified(company)
    write(company, GONE, {**EMPTIED, "12": "12,CN-100001,2026-02-05,"}, line("bob"))

    assert returns(opened(company)) == ()


def test_an_approval_needs_the_digest_a_name_and_as_many_people_as_configured(company: Path) -> None:
    (company / "dsar.toml").write_text(CONFIG.replace('name = "Example Ltd"', 'name = "Example Ltd"\napprovals = 2'))
    made = planned(company)

    for digest, by in (("0" * 64, "E. Officer"), (made.plan.digest[:8], "E. Officer"), (made.plan.digest, " ")):
        with pytest.raises(RequestError):
            approve_plan(opened(company), "R-1", digest, by)
    assert approve_plan(opened(company), "R-1", made.plan.digest, "E. Officer") == (1, 2)
    assert suppression.read(company / ".dsar") == ()
    with pytest.raises(RequestError, match="already"):
        approve_plan(opened(company), "R-1", made.plan.digest, "e. officer")
    assert approve_plan(opened(company), "R-1", made.plan.digest, "D. P. O.") == (2, 2)
    assert suppression.read(company / ".dsar")


@pytest.mark.parametrize("right", ["erasure", "restriction", "rectification"])
def test_a_plan_is_not_approved_before_the_requester_is_known_to_be_the_person(company: Path, right: str) -> None:
    unknown = replace(ADA, right=right, identity_method=None, identity_verified_on=None)

    with pytest.raises(RequestError, match="not registered") as first:
        require_identity(opened(company), "R-1", right)
    add_request(opened(company), unknown)
    with pytest.raises(RequestError, match="is not checked") as second:
        require_identity(opened(company), "R-1", right)

    assert f"dsar request add --right {right}" in first.value.hint
    assert "dsar request identity R-1" in second.value.hint
    assert first.value.exit_code == second.value.exit_code == 2


def test_an_approval_is_refused_after_a_failed_check(company: Path) -> None:
    made = planned(company)
    failed = Check("reply", "", (), "failed", "2026-11-21", "E. Officer")
    check_identity(opened(company), "R-1", failed)

    with pytest.raises(RequestError, match="is not confirmed"):
        approve_plan(opened(company), "R-1", made.plan.digest, "E. Officer")
    assert suppression.read(company / ".dsar") == ()


@pytest.mark.parametrize("right", ["objection", "withdrawal"])
def test_a_stop_asks_nobody_who_they_are(company: Path, right: str) -> None:
    require_identity(opened(company), "R-1", right)


def test_a_plan_is_not_approved_once_an_export_changed(company: Path) -> None:
    made = planned(company)
    write(company, GONE, ORDERS, line("bob"))

    with pytest.raises(RequestError, match="changed"):
        approve_plan(opened(company), "R-1", made.plan.digest, "E. Officer")


def test_without_an_approval_verify_says_so(company: Path) -> None:
    planned(company)
    write(company, GONE, EMPTIED, line("bob"))

    found = verified(company)

    assert found.reviews == ("The plan was approved by 0 of 1 people.",)
    assert suppression.read(company / ".dsar")


def test_anything_that_changed_after_the_approval_makes_verify_refuse(company: Path) -> None:
    approved(company)
    script = company / "out" / "R-1" / "erase.db.sql"
    script.write_bytes(script.read_bytes().replace(b"COMMIT;", b"COMMIT; --"))
    with pytest.raises(RequestError, match=r"erase\.db\.sql"):
        verified(company)
    script.unlink()  # a script is removed after its run
    assert verified(company).checked

    path = company / ".dsar" / "cases" / "R-1" / "plan.json"
    text = path.read_text()
    path.write_text(text.replace('"outcome": "restrict"', '"outcome": "delete"'))
    with pytest.raises(WorkspaceError, match="digest"):
        verified(company)
    path.write_text(text)
    write(company, {"1": CUSTOMERS["1"], "2": CUSTOMERS["2"]}, ORDERS, line("bob"))
    planned(company)
    with pytest.raises(RequestError, match="made again"):
        verified(company)


def test_each_recipient_has_a_message_with_no_more_than_is_needed(company: Path) -> None:
    made = planned(company)

    (name,) = [name for name in made.files if name.startswith("messages/")]
    text = (made.folder / name).read_text()
    assert name == "messages/01-partner-example-ltd.txt"
    assert "ada@example.org" in text and "CN-100001" in text and "R-1" in text
    assert "call at noon" not in text and "bob@" not in text


def test_a_request_stays_open_until_every_recipient_was_told(company: Path) -> None:
    approved(company)
    workspace = opened(company)
    known = kept_plan(workspace, "R-1").recipients
    assert still_open(workspace.root, "R-1") == ("Partner Example Ltd",)

    for pair, reason in (("Partner Example Ltd=maybe", ""), ("Nobody=sent", ""), ("Partner Example Ltd=failed", "")):
        with pytest.raises(RequestError):
            tell(workspace, "R-1", pair, known, reason, "")
    tell(workspace, "R-1", "Partner Example Ltd=failed", known, "no answer", "")
    assert still_open(workspace.root, "R-1") == ("Partner Example Ltd",)
    tell(workspace, "R-1", "partner example ltd=confirmed", known, "", "")
    assert still_open(workspace.root, "R-1") == ()
    assert verified(company).certificate.recipients[0].status == "confirmed"


def test_the_journal_knows_of_it_without_a_value(company: Path) -> None:
    approved(company)
    write(company, GONE, EMPTIED, line("bob"))
    verified(company)
    tell(opened(company), "R-1", "Partner Example Ltd=sent", kept_plan(opened(company), "R-1").recipients, "", "me")

    text = (company / ".dsar" / "journal.jsonl").read_text()
    steps = [json.loads(one)["step"].partition(":")[0] for one in text.splitlines()]
    assert list(dict.fromkeys(steps)) == ["registered", "identity", "erase", "decision", "verify", "recipient"]
    assert "ada@" not in text and "Partner" not in text


def test_the_script_itself_leaves_what_verify_then_finds(company: Path) -> None:
    made = approved(company)
    database = company / "shop.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE customers (ID TEXT, email TEXT, no TEXT)")
        connection.execute("CREATE TABLE orders (nr TEXT, no TEXT, at TEXT, note TEXT)")
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?)", [r.split(",") for r in CUSTOMERS.values()])
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", [r.split(",") for r in ORDERS.values()])
    script = (made.folder / "erase.db.sql").read_bytes()
    assert subprocess.run(["sqlite3", "-batch", database], input=script, capture_output=True).returncode == 0
    with sqlite3.connect(database) as connection:
        customers = {row[0]: ",".join(row) for row in connection.execute("SELECT * FROM customers")}
        orders = {r[0]: ",".join(c or "" for c in r) for r in connection.execute("SELECT * FROM orders")}
    rewritten = (made.folder / "files" / "access.log").read_text()
    write(company, customers, orders, rewritten)

    assert verified(company).certificate.complete


def test_nothing_goes_while_an_access_request_of_the_same_person_waits(company: Path) -> None:
    workspace = opened(company)
    access = Request("A-1", (Identifier("email", "ADA@example.org"),), right="access", received="2026-11-20")
    add_request(workspace, access)
    add_request(workspace, replace(access, request_id="A-2", identifiers=(Identifier("email", "bob@example.org"),)))

    plan = planned(company).plan

    assert plan.counts["delete"] == plan.counts["anonymise"] == plan.counts["restrict"] == 0
    assert any("A-1" in note for note in plan.notes) and not any("A-2" in note for note in plan.notes)
    close(workspace, "A-1", End("cancelled"), Step(workspace.now.date()))
    assert planned(company).plan.counts["delete"] == 4


def test_a_request_is_not_closed_as_fulfilled_while_a_recipient_waits(company: Path) -> None:
    workspace = opened(company)
    add_request(workspace, replace(ADA, received="2026-11-20"))
    approved(company)

    with pytest.raises(RequestError, match="Partner Example Ltd"):
        close(workspace, "R-1", End("fulfilled"), Step(workspace.now.date()))
    tell(workspace, "R-1", "Partner Example Ltd=disproportionate", kept_plan(workspace, "R-1").recipients, "moved", "")
    assert not close(workspace, "R-1", End("fulfilled"), Step(workspace.now.date())).open


def erased_and_told(company: Path) -> Workspace:
    """The company once Ada is erased and verified to be gone, and her recipient was told: the request may be closed."""
    workspace = opened(company)
    add_request(workspace, replace(ADA, received="2026-11-20"))
    approved(company)
    write(company, GONE, EMPTIED, line("bob"))
    verified(company)
    tell(workspace, "R-1", "Partner Example Ltd=sent", kept_plan(workspace, "R-1").recipients, "", "")
    return workspace


def test_closing_leaves_of_a_case_nothing_that_is_a_copy_of_a_source(company: Path) -> None:
    workspace = erased_and_told(company)
    case = company / ".dsar" / "cases" / "R-1"
    before = {path.name for path in case.iterdir()}
    assert {"case.json", "records.parquet", "plan.json", "verified.json"} <= before

    close(workspace, "R-1", End("fulfilled"), Step(workspace.now.date()))

    assert {path.name for path in case.iterdir()} == before & {"request.json", "decisions.jsonl", "recipients.json"}
    removed = [event for event in opened(company).journal.events("R-1") if event.step == "extracts_removed"]
    assert set(str(removed[0].facts["parts"]).split(",")) == before - {
        "request.json", "decisions.jsonl", "recipients.json",
    }  # fmt: skip


def test_after_the_erasure_and_the_closing_no_byte_of_the_person_is_in_the_workspace(company: Path) -> None:
    """The case's request itself goes with `dsar purge`; everything else of the person is gone by then (A-48)."""
    workspace = erased_and_told(company)
    close(workspace, "R-1", End("fulfilled"), Step(workspace.now.date()))
    shutil.rmtree(company / ".dsar" / "cases" / "R-1")  # as purging does

    opened(company)

    files = [path for path in (company / ".dsar").rglob("*") if path.is_file()]
    assert any(path.name == "suppression" for path in files) and any(path.suffix == ".parquet" for path in files)
    for path in files:
        data = path.read_bytes().lower()
        if path.name == "records.parquet":  # its pages are packed: read them
            data += repr(duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()).lower().encode()
            continue_at = b"cn-100001" in data  # the invoice stays by law, with its number
            assert continue_at == (b"2026-01-05" in data)
        assert b"ada@" not in data and b"call at noon" not in data, path
