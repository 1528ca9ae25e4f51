"""The contract of the answers: JSON keys, files and exit codes of the real commands, on a company of three tables."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from invented import Ended

Dsar = Callable[..., Ended]
TABLE = """
[[source]]
name = "{name}"
connector = "table"
files = ["{name}.csv"]
[source.collection.{name}]
key = ["id"]
purposes = [{{ purpose = "newsletter", basis = "consent", categories = ["*"] }}]
keep = [{{ categories = ["*"], criterion = "until the consent is withdrawn" }}]
origin = "person"
recipients = []
automated_decision = false
erase = {{ method = "delete", target = "db", table = "{name}", key = {{ id = "id" }}, lock = {{ email = "email" }} }}
[source.collection.{name}.fields]
id = {{ category = "user.unique_id", given = "observed" }}
email = {{ category = "user.contact.email", identifier = "email", given = "provided" }}
customer_no = {{ category = "user.account", identifier = "customer_no", given = "observed" }}
"""
CONFIG = """
workspace = ".dsar"
key_file = "dsar.key"
[controller]
name = "Example Ltd"
contact = "privacy@example.org"
dpo = "dpo@example.org"
regime = "GDPR"
calendar = "DE-BE"
time_zone = "Europe/Berlin"
language = "en"
authority = "An authority"
court = "Art. 79 GDPR"
[target.db]
dialect = "sqlite"
""" + "".join(TABLE.format(name=name) for name in ("crm", "shop", "letter"))
ADA = ("--email", "ada@example.org")


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dsar: Dsar) -> Path:
    monkeypatch.setenv("DSAR_TODAY", "2026-11-22")
    monkeypatch.setattr("os.fsync", lambda _: None)
    (tmp_path / "dsar.toml").write_text(CONFIG)
    rows = {
        "crm": "1,ada@example.org,CN-100001\n2,bob@example.org,CN-100002\n",
        "shop": "7,,CN-100001\n",
        "letter": "9,bob@example.org,\n",
    }
    for name, text in rows.items():
        (tmp_path / f"{name}.csv").write_text(f"id,email,customer_no\n{text}")
    return tmp_path


def found(ended: Ended) -> Any:
    document = json.loads(ended.out)
    assert ended.out.endswith("\n")
    return document


def data(folder: Path) -> Any:
    return json.loads((folder / "data.json").read_text())


def test_find_gives_the_keys_of_the_contract(company: Path, dsar: Dsar) -> None:
    ended = dsar("find", *ADA, "--json")

    document = found(ended)
    assert ended.code == 0 and ended.err == ""
    assert document["schema"] == "dsar-find/1" and document["request_id"] is None
    assert document["as_of"] == "2026-11-22T12:00:00+01:00"
    assert document["held"] is True and document["complete"] is True
    learned = next(one for one in document["identifiers"] if not one["given"])
    assert learned == {"kind": "customer_no", "value": "CN-100001", "given": False, "learned_from": "crm/crm/1"}
    keys = {"source", "collection", "result", "reason", "files", "snapshot", "searched_with"}
    keys |= {"confirmed", "probable", "possible", "refused"}
    assert [one["result"] for one in document["sources"]] == ["held", "held", "not_held"]
    for one in document["sources"]:
        assert one.keys() >= keys
        (file,) = one["files"]
        assert file.keys() >= {"path", "sha256", "rows_read", "rows_loaded", "rows_unreadable"}
        assert file["rows_read"] == file["rows_loaded"] + file["rows_unreadable"]
    record = document["records"][0]
    keys = {"record", "source", "collection", "key", "file", "line", "grade", "hop", "evidence", "fields"}
    assert record.keys() >= keys
    assert (record["record"], record["key"], record["line"], record["hop"]) == ("crm/crm/1", "1", 2, 1)
    assert record["evidence"][0].keys() >= {"rule", "kind", "from", "agrees", "conflicts", "shared_by"}


def test_many_persons_are_one_document_a_line_in_the_order_of_the_file(company: Path, dsar: Dsar) -> None:
    (company / "r.csv").write_text("request_id,email\nR-2,bob@example.org\nR-1,ada@example.org\n")

    ended = dsar("find", "--requests", "r.csv", "--json")

    assert [json.loads(line)["request_id"] for line in ended.out.splitlines()] == ["R-2", "R-1"]


def test_check_names_every_source_and_every_file_under_a_configured_folder(company: Path, dsar: Dsar) -> None:
    (company / "stray.csv").write_text("a,b\n1,2\n")

    document = found(dsar("check", "--json"))

    assert document["schema"] == "dsar-check/1" and document["complete"] is False
    keys = {"connector", "confirmed_mapping", "unclassified", "missing"}
    assert all(one.keys() >= keys for one in document["sources"])
    assert "stray.csv" in {one["path"] for one in document["unrecognised"]}
    assert all(one.keys() >= {"path", "reason", "nearest"} for one in document["unrecognised"])


def test_a_scope_narrows_a_search_and_says_so(company: Path, dsar: Dsar) -> None:
    ended = dsar("find", *ADA, "--scope", "shop", "--json")

    document = found(ended)
    assert ended.code == 1
    assert [one["record"] for one in document["records"]] == ["shop/shop/7"]  # known by a number of the CRM
    assert [one["result"] for one in document["sources"]] == ["not_searched", "held", "not_searched"]
    assert "limited to shop: 1 confirmed record of 2 other collections" in document["notes"][0]


def test_a_scope_that_names_no_source_narrows_nothing_and_says_so(company: Path, dsar: Dsar) -> None:
    ended = dsar("find", *ADA, "--scope", "everything about my orders", "--json")

    document = found(ended)
    assert ended.code == 1 and len(document["records"]) == 2
    assert "taken as a whole" in document["notes"][0]


@pytest.mark.parametrize("road", ["options", "file"])
def test_an_option_does_what_its_column_does_in_a_package(road: str, company: Path, dsar: Dsar) -> None:
    said = {
        "received": "2026-11-02", "regime": "UK", "language": "fr", "calendar": "GB-SCT", "scope": "crm",
        "identity_method": "login", "identity_verified_on": "2026-11-03", "note": "by telephone",
    }  # fmt: skip
    if road == "options":
        typed = [word for name, value in said.items() for word in (f"--{name.replace('_', '-')}", value)]
        asked = [*ADA, *typed]
    else:
        head, row = ",".join(said), ",".join(said.values())
        (company / "r.csv").write_text(f"request_id,email,{head}\nR-1,ada@example.org,{row}\n")
        asked = ["--requests", "r.csv"]

    ended = dsar("export", *asked, "--out", "answer")

    folder = company / "answer" if road == "options" else company / "answer" / "R-1"
    report = data(folder)
    request = report["request"]
    assert ended.code == 1
    assert (request["received"], request["regime"], request["due"]) == ("2026-11-02", "UK", "2026-12-02")
    assert request["identity"] == {"method": "login", "verified_on": "2026-11-03"}
    assert report["answer"]["text"][0].startswith("Oui")
    assert "La demande ne porte pas sur cette source." in {one["reason"] for one in report["not_searched"]}
    assert (folder / "report.pdf").is_file() and (folder / "data.xlsx").is_file()


def test_the_due_date_is_told_with_the_package(company: Path, dsar: Dsar) -> None:
    ended = dsar("export", *ADA, "--received", "2026-11-02", "--right", "portability", "--out", "answer")

    assert "It is due on 2026-12-02." in ended.out
    assert (company / "answer" / "portability.json").is_file()


def test_an_agent_and_a_delivery_are_told_to_be_for_the_register(company: Path, dsar: Dsar) -> None:
    ended = dsar("export", *ADA, "--agent", "A. Lawyer", "--delivery", "by post", "--out", "answer")

    assert ended.code == 1
    assert "`agent` is for the register alone" in ended.out and "`delivery` is for the register" in ended.out
    assert "Lawyer" not in ended.out


@pytest.mark.parametrize(("words", "outcome"), [((), "delete"), (("--store",), "restrict")])
def test_an_erasure_is_narrowed_and_stored_by_option(
    words: tuple[str, ...], outcome: str, company: Path, dsar: Dsar
) -> None:
    ended = dsar("erase", *ADA, *words, "--scope", "shop", "--out", "erasure")

    plan = json.loads((company / "erasure" / "plan.json").read_text())
    assert plan["schema"] == "dsar-plan/1" and ended.code == 1
    assert plan.keys() >= {"request_id", "digest", "steps", "recipients", "out_of_scope", "counts"}
    assert [(step["record"], step["outcome"]) for step in plan["steps"]] == [("shop/shop/7", outcome)]
    keys = {"source", "collection", "key", "ground", "reason", "statute", "until", "target", "statement"}
    assert plan["steps"][0].keys() >= keys
    assert {"what": "crm/crm", "reason": "The request does not ask for it."} in plan["out_of_scope"]
    assert "Next: dsar request add --email …" in ended.out


def test_a_plan_ends_with_the_next_command_to_type(company: Path, dsar: Dsar) -> None:
    dsar("request", "add", *ADA, "--right", "erasure", "--request", "R-1", "--received", "2026-11-20")
    before = dsar("erase", "--request", "R-1", "--out", "erasure").out
    digest = json.loads((company / "erasure" / "plan.json").read_text())["digest"]
    refused = dsar("review", "--request", "R-1", "--approve-plan", digest, "--by", "Officer")
    dsar("request", "identity", "R-1", "--method", "login", "--result", "verified")
    after = dsar("erase", "--request", "R-1", "--out", "erasure").out

    assert "Next: dsar request identity R-1 --method METHOD" in before
    assert refused.code == 2 and "dsar request identity R-1" in refused.err
    assert f"Next: dsar review --request R-1 --approve-plan {digest[:12]}" in after
    assert dsar("review", "--request", "R-1", "--approve-plan", digest[:12], "--by", "Officer").code == 0


@pytest.mark.parametrize("command", ["withdraw", "object"])
@pytest.mark.parametrize("scope", ["nonsense", "newsletter:pigeon"])
def test_a_scope_that_nobody_knows_stops_nothing_and_names_those_there_are(
    command: str, scope: str, company: Path, dsar: Dsar
) -> None:
    ended = dsar(command, *ADA, "--scope", scope, "--out", "stop")

    assert ended.code == 2 and ended.out == ""
    assert "newsletter" in ended.err and "email, phone, post" in ended.err
    assert not (company / "stop").exists() and not (company / ".dsar" / "suppression").exists()


def test_a_stop_needs_a_list_that_stays(company: Path, dsar: Dsar) -> None:
    ended = dsar("withdraw", *ADA, "--scope", "newsletter:email", "--in", ".", "--out", "stop")

    assert ended.code == 2 and "`dsar init .`" in ended.err


def test_a_registered_request_carries_the_keys_of_its_dates(company: Path, dsar: Dsar) -> None:
    dates = {
        "regime", "calendar", "received", "raw_end", "due", "notice_by", "acknowledge_by", "rule", "interpretations",
    }  # fmt: skip
    typed = ("--received", "2026-11-02", "--agent", "A. Lawyer", "--delivery", "by post", "--note", "n")

    added = found(dsar("request", "add", *ADA, *typed, "--request", "R-1", "--json"))
    shown = found(dsar("request", "show", "R-1", "--json"))
    alone = found(dsar("deadline", "--regime", "GDPR", "--calendar", "DE-BE", "--received", "2026-11-02", "--json"))

    assert alone["schema"] == "dsar-deadline/1"
    for document in (added, shown, alone):
        assert document.keys() >= dates
        assert (document["due"], document["notice_by"]) == ("2026-12-02", "2026-12-02")
    assert not dsar("find", "--request", "R-1").out.count("for the register alone")


def test_a_request_is_shown_on_a_page_without_hashes(company: Path, dsar: Dsar) -> None:
    dsar("request", "add", *ADA, "--request", "R-1", "--received", "2026-11-02")
    dsar("export", "--request", "R-1", "--out", "answer")

    shown = dsar("request", "show", "R-1").out

    assert "due on 2026-12-02" in shown and "2 confirmed" in shown
    assert not [word for word in shown.split() if len(word) > 24 and set(word) <= set("0123456789abcdef")]
    assert len(shown.splitlines()) < 25


def test_a_batch_gives_the_keys_of_the_contract(company: Path, dsar: Dsar) -> None:
    (company / "r.csv").write_text(
        "request_id,right,received,email,scope\nR-1,access,2026-11-02,ada@example.org,crm\n"
        "R-2,withdrawal,2026-11-02,bob@example.org,nonsense\n"
    )

    ended = dsar("batch", "r.csv", "--out", "answers", "--json")

    document = found(ended)
    assert ended.code == 1 and document["schema"] == "dsar-batch/1"
    assert document == json.loads((company / "answers" / "summary.json").read_text())
    assert document.keys() >= {"requests", "sources", "seconds"}
    first, second = document["requests"]
    keys = {"request_id", "right", "state", "due", "confirmed", "probable", "exit_code", "error"}
    assert first.keys() >= keys and first["confirmed"] == 1 and first["error"] is None
    assert second["state"] == "failed" and second["exit_code"] == 2 and "purpose" in second["error"]
    manifest = json.loads((company / "answers" / "R-1" / "manifest.json").read_text())
    assert manifest["schema"] == "dsar-manifest/1" and manifest["request_id"] == "R-1" and manifest["journal_head"]
    assert all(one.keys() >= {"path", "sha256", "bytes"} for one in manifest["files"])


def test_the_config_is_named_by_an_option_then_by_the_environment_then_found_above(
    company: Path, dsar: Dsar, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = company / "inner" / "deeper"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert dsar("find", *ADA).code == 0

    monkeypatch.setenv("DSAR_CONFIG", str(company / "missing.toml"))
    assert dsar("find", *ADA).code == 2
    assert dsar("find", *ADA, "--config", str(company / "dsar.toml")).code == 0


def test_the_workspace_and_what_is_written_are_private(company: Path, dsar: Dsar) -> None:
    dsar("export", *ADA, "--out", "answer")

    for path in (company / ".dsar", company / "answer", *(company / "answer").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_no_source_at_all_is_for_the_user_to_mend(company: Path, dsar: Dsar) -> None:
    for name in ("crm", "shop", "letter"):
        (company / f"{name}.csv").unlink()

    ended = dsar("find", *ADA, "--json")

    assert ended.code == 2


def test_a_file_that_may_not_be_read_is_a_failed_source_and_the_others_are_searched(
    company: Path, dsar: Dsar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path) -> bool:
        if path.name == "letter.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return False

    monkeypatch.setattr("dsar.sources.exports.is_archive", closed)

    ended = dsar("find", *ADA, "--json")

    document = found(ended)
    assert ended.code == 1 and document["complete"] is False and len(document["records"]) == 2
    assert [one["result"] for one in document["sources"]] == ["held", "held", "failed"]
    assert document["sources"][2]["reason"] == "letter.csv: cannot be read (Permission denied)."


def test_a_folder_that_a_pattern_leads_through_is_not_passed_over_in_silence(
    company: Path, dsar: Dsar, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (company / "letters" / name).mkdir(parents=True)
        (company / "letter.csv").rename(company / "letters" / name / "letter.csv") if name == "one" else None
    (company / "dsar.toml").write_text(CONFIG.replace('"letter.csv"', '"letters/*/letter.csv"'))
    assert dsar("find", *ADA).code == 0
    real = os.scandir

    def scandir(place: Any = ".") -> Any:
        if str(place).endswith("letters/two"):
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        return real(place)

    monkeypatch.setattr("os.scandir", scandir)

    ended = dsar("find", *ADA, "--json")

    assert ended.code == 1
    assert found(ended)["sources"][2]["reason"] == "letters/*/letter.csv: cannot be read (Permission denied)."


def test_a_config_that_may_not_be_read_says_so(company: Path, dsar: Dsar, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path, **_: Any) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", closed)

    ended = dsar("check")

    assert ended.code == 2
    assert "dsar.toml cannot be read: Permission denied." in ended.err and "UTF-8" not in ended.err
