"""Erasure and the other rights as an officer types them: from the request to the purge, and a restore afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from dsar.cli import main
from tests.shop_in_sqlite import HEAD

CONFIG = (
    HEAD
    + """\
no = { identifier = "customer_no", category = "user.account" }
note = { category = "user.content" }
[[source]]
name = "letter"
files = ["letter.csv"]
[source.collection.events]
key = ["event"]
purposes = [{ purpose = "newsletter", basis = "consent" }]
erase = { method = "delete", target = "db", table = "events", key = { event = "event" } }
history = { tells = "consents", when = "at", purpose = "purpose", channel = "channel" }
[source.collection.events.fields]
event = { category = "user.unique_id" }
mail = { identifier = "email", category = "user.contact.email" }
at = { category = "x.record.time" }
purpose = { category = "user.privacy_preferences" }
channel = { category = "user.privacy_preferences" }
"""
)
CUSTOMERS = "id,mail,no,note\n", "71,ada@example.org,CN-100001,Zitherspielerin\n", "72,bob@example.org,CN-100002,\n"
EVENTS = (
    "event,mail,at,purpose,channel\n",
    "E81,ada@example.org,2026-01-05,newsletter,email\n",
    "E82,bob@example.org,2026-01-05,newsletter,email\n",
)
VALUES = ("ada@example.org", "ADA@EXAMPLE.ORG", "CN-100001", "cn-100001", "cn100001", "Zitherspielerin", "E81")

Say = Callable[..., tuple[int, str]]


def export(folder: Path, *, ada: bool) -> None:
    for name, (head, hers, his) in (("customers.csv", CUSTOMERS), ("letter.csv", EVENTS)):
        (folder / name).write_text(head + (hers if ada else "") + his)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    (tmp_path / "dsar.toml").write_text(CONFIG)
    export(tmp_path, ada=True)
    return tmp_path


@pytest.fixture
def say(company: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Type a command; gives the exit code and what was said."""
    monkeypatch.chdir(company)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("DSAR_TODAY", "2026-11-22")

    def run(line: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(line.split()[1:])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def erased(company: Path, say: Say) -> None:
    """Walk the road of an erasure up to the closed request."""
    assert say("dsar request add --email ada@example.org --right erasure --received 2026-11-20 --request R-1")[0] == 0
    say("dsar erase --request R-1 --out erasure --quiet")
    assert say("dsar request identity R-1 --method login --level medium --result verified")[0] == 0
    digest = json.loads((company / "erasure" / "plan.json").read_text())["digest"]
    assert say(f"dsar review --request R-1 --approve-plan {digest} --by Officer")[0] == 0
    export(company, ada=False)
    code, said = say("dsar verify --request R-1 --out certificate --ran-by Operator --quiet")
    assert code == 1 and "Recipients that are still to be told" in said
    code, said = say("dsar request close R-1 --outcome fulfilled")
    assert code == 2 and "Recipients are still to be told" in said
    assert main(["verify", "--request", "R-1", "--recipient", "Mailer Example Ltd=confirmed", "--quiet"]) == 0
    assert say("dsar request close R-1 --outcome fulfilled")[0] == 0


def traces(folder: Path) -> Iterator[str]:
    """Each file that holds a value of the person, as text, as UTF-16, as the hex of a script, or packed in Parquet."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data += repr(duckdb.read_parquet(str(path)).fetchall()).encode()
        for value in VALUES:
            raw = value.encode()
            forms = (raw, value.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode())
            if any(form in data for form in forms) or value in str(path):
                yield f"{path.relative_to(folder)}: {value}"


def test_after_closing_and_purging_nothing_of_the_person_is_left(company: Path, say: Say) -> None:
    say("dsar find --email ada@example.org --quiet")
    assert any("segments" in one for one in traces(company))
    erased(company, say)
    before = set(traces(company))
    assert any("cases" in one for one in before)
    assert any(one.startswith("erasure/erase.db.sql") for one in before)  # the search sees what the writers hide

    code, _ = say("dsar purge --packages erasure --packages certificate --today 2032-01-01")

    assert code == 0
    assert list(traces(company)) == []
    assert (company / ".dsar" / "suppression").is_file()
    assert say("dsar journal verify")[0] == 0


def test_a_restored_backup_is_replayed_from_the_list_alone(company: Path, say: Say) -> None:
    erased(company, say)
    say("dsar purge --packages erasure --packages certificate --today 2032-01-01")
    code, said = say("dsar erase --replay --out replay --quiet")
    assert code == 0 and "Nobody of the suppression list (1 request)" in said
    assert not (company / "replay").exists()
    export(company, ada=True)  # the backup of before the erasure

    code, said = say("dsar erase --replay --out replay --quiet")

    assert code == 1 and "1 must be carried out again" in said
    assert "shop/customers: 1 row leads to the person of request R-1, who was erased" in said
    plan = json.loads((company / "replay" / "R-1" / "plan.json").read_text())
    assert [(step["record"], step["outcome"]) for step in plan["steps"]] == [
        ("shop/customers/71", "delete"), ("letter/events/E81", "delete"),
    ]  # fmt: skip
    assert (company / "replay" / "R-1" / "erase.db.sql").is_file()
    assert "rehearsal" in plan and plan["rehearsal"]["passed"]
    assert say(f"dsar review --request R-1 --approve-plan {plan['digest']} --by Officer")[0] == 0
    export(company, ada=False)
    code, said = say("dsar verify --request R-1 --quiet --json")
    assert json.loads(said)["counts"]["gone"] == 2
    assert say("dsar erase --replay --out replay --quiet")[0] == 0
    assert say("dsar erase --replay --email ada@example.org --out replay --quiet")[0] == 2


def test_objections_and_withdrawals_of_one_channel_are_replayed_as_such(company: Path, say: Say) -> None:
    say("dsar object --email ada@example.org --scope marketing:phone --out stop --quiet")
    say("dsar withdraw --email bob@example.org --scope newsletter:email --out withdrawal --quiet")

    code, said = say("dsar erase --replay --out replay --quiet")

    assert code == 1 and "who objected" in said and "who withdrew a consent" in said
    found = {path.parent: path.name for path in (company / "replay").glob("*/stop-order.html")}
    assert len(found) == 1
    (order,) = found
    assert json.loads((order / "plan.json").read_text())["steps"] == []  # an objection deletes nothing
    (again,) = {path.parent for path in (company / "replay").glob("*/consents.json")} - {order}
    assert [step["record"] for step in json.loads((again / "plan.json").read_text())["steps"]] == ["letter/events/E82"]


def test_a_plan_that_nobody_approved_is_told_by_verify(company: Path, say: Say) -> None:
    say("dsar erase --email ada@example.org --out erasure --quiet")
    name = json.loads((company / "erasure" / "plan.json").read_text())["request_id"]
    export(company, ada=False)

    code, said = say(f"dsar verify --request {name} --quiet")

    assert code == 1 and "The plan was approved by 0 of 1 people." in said


def test_the_other_rights_are_fulfilled_by_command(company: Path, say: Say) -> None:
    code, said = say("dsar rectify --email ada@example.org --set no=CN-100009 --out correction --quiet")
    assert code == 1 and "Nothing was changed in a source" in said
    (change,) = json.loads((company / "correction" / "changes.json").read_text())["changes"]
    assert (change["old"], change["new"]) == ("CN-100001", "CN-100009")
    assert say("dsar rectify --email ada@example.org --set no --out x --quiet")[0] == 2

    code, said = say("dsar restrict --email ada@example.org --ground accuracy --out restriction --quiet")
    assert code == 1 and (company / "restriction" / "markers.csv").is_file()
    name = json.loads((company / "restriction" / "plan.json").read_text())["request_id"]
    assert say(f"dsar restrict --request {name} --lift")[0] == 2  # not before the person was told
    code, said = say(f"dsar restrict --request {name} --lift --notified 2026-11-20")
    assert code == 1 and "Take the marks off in:" in said and "shop/customers: 1" in said
    assert say("dsar restrict --email ada@example.org --ground whim --out x --quiet")[0] == 2

    assert say("dsar object --email ada@example.org --out stop --quiet")[0] == 1
    assert (company / "stop" / "stop-order.html").is_file()
    assert say("dsar withdraw --email ada@example.org --scope newsletter:email --out withdrawal --quiet")[0] == 1
    assert (company / "withdrawal" / "consents.html").is_file()
