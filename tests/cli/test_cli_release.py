"""`dsar review` and `dsar release` as they are typed: what is asked, what is told, and what never is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from invented import Ended

Dsar = Callable[..., Ended]
CONFIG = """
key_file = "dsar.key"
[controller]
name = "Example GmbH"
contact = "privacy@firm.example.org"
authority = "the authority"
court = "the court"
calendar = "DE-BE"
time_zone = "UTC"
phone_region = "DE"
[[source]]
name = "crm"
files = ["crm.csv"]
snapshot = 2026-11-20
[source.collection.people]
key = ["key"]
purposes = [{ purpose = "customer_relations", basis = "contract", categories = ["*"] }]
keep = [{ categories = ["*"], years = 3, after = "seen" }]
origin = "person"
recipients = []
automated_decision = false
erase = { method = "keep" }
[source.collection.people.fields]
key = { category = "user.unique_id", given = "observed", label = "Number" }
name = { category = "user.name", identifier = "name", given = "provided", label = "Name" }
email = { category = "user.contact.email", identifier = "email", given = "provided", label = "E-mail" }
seen = { category = "user.behavior", given = "observed", time = "%Y-%m-%d", label = "Last seen" }
note = { category = "user.content", given = "derived", third_party = true, label = "Note" }
"""
ROWS = (
    "key,name,email,seen,note\n"
    "C1,Ada Bell,ada@example.org,2026-01-05,Came with Ben Sample.\n"
    "C2,Ben Sample,ben@example.org,2026-01-05,\n"
)


@pytest.fixture
def request_id(dsar: Dsar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A registered request of one person, whose note names another one."""
    monkeypatch.setenv("DSAR_TODAY", "2026-11-22")
    (tmp_path / "dsar.toml").write_text(CONFIG)
    (tmp_path / "crm.csv").write_text(ROWS)
    (tmp_path / "requests.csv").write_text("request_id,email,name,received\nR-1,ada@example.org,Ada Bell,2026-11-10\n")
    assert dsar("request", "add", "--requests", "requests.csv").code == 0
    return "R-1"


def settle(dsar: Dsar, request_id: str) -> None:
    dsar("request", "identity", request_id, "--method", "login", "--level", "medium", "--result", "verified")
    said = ("--reason", "names another customer", "--by", "E. Officer")
    assert dsar("review", "--request", request_id, "--redact", "proposed", *said).code == 0


def test_the_review_lists_who_else_is_named_and_asks(dsar: Dsar, request_id: str) -> None:
    ended = dsar("review", "--request", request_id)

    assert ended.code == 1
    assert "Other people in the copy, to be decided" in ended.out
    assert re.search(r"F-[0-9a-f]{10}.*Ben Sample.*redact", ended.out)
    assert max(map(len, ended.out.splitlines())) <= 80


def test_a_decision_without_a_reason_is_none(dsar: Dsar, request_id: str) -> None:
    ended = dsar("review", "--request", request_id, "--redact", "proposed")

    assert ended.code == 2
    assert "needs a reason" in ended.err


def test_a_release_that_is_refused_names_what_is_open(dsar: Dsar, request_id: str, tmp_path: Path) -> None:
    ended = dsar("release", "--request", request_id, "--out", "to-send")

    assert ended.code == 2
    assert "identity of the requester was not checked" in ended.err
    assert "1 passage may be about other people" in ended.err
    assert ended.out == ""
    assert not (tmp_path / "to-send").exists()
    assert "ada@example.org" not in ended.said
    assert "Ben" not in ended.said


def test_a_release_shows_its_passphrase_once_and_on_stdout_only(dsar: Dsar, request_id: str, tmp_path: Path) -> None:
    settle(dsar, request_id)

    ended = dsar("release", "--request", request_id, "--out", "to-send")

    assert ended.code == 0, ended.said
    shown = re.findall(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}", ended.out)
    assert len(shown) == 1
    assert shown[0] not in ended.err
    shown_path = ended.out.replace(str(tmp_path), "/home")  # a path is not broken, and pytest's are long
    assert max(map(len, shown_path.splitlines())) <= 80
    assert sorted(path.name for path in (tmp_path / "to-send").iterdir()) == ["manifest.json", "package.zip"]
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and shown[0].encode() in path.read_bytes()]
    assert kept == []


def test_a_release_after_a_weak_check_of_identity_says_so(dsar: Dsar, request_id: str) -> None:
    settle(dsar, request_id)
    weak = dsar("request", "identity", request_id, "--method", "reply", "--result", "verified")
    assert (weak.code, "check of identity too" in weak.out) == (1, True)

    ended = dsar("release", "--request", request_id, "--out", "to-send")

    assert ended.code == 1, ended.said
    assert "the check of identity was too weak" in ended.out
    assert f"dsar request deliver {request_id} --channel letter --package " in ended.out.replace("\\\n      ", "")


def test_programs_get_one_document_and_the_passphrase_in_a_file(dsar: Dsar, request_id: str, tmp_path: Path) -> None:
    settle(dsar, request_id)
    asked = ("release", "--request", request_id, "--out", "to-send", "--package", "html", "--json")
    assert dsar(*asked).code == 2

    ended = dsar(*asked, "--passphrase-file", "passphrase")

    document = json.loads(ended.out)
    assert (document["schema"], document["request_id"], document["redactions"]) == ("dsar-release/1", request_id, 1)
    assert Path(document["package"]).name == "package.html"
    assert (tmp_path / "passphrase").read_text().strip() not in ended.said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--package", "zip", "--recipient", "age1x"), "Only age knows recipients"),
        (("--passphrase-file", "to-send/passphrase"), "beside the package"),
    ],
)
def test_what_cannot_be_sealed_is_refused_before_anything_else(
    words: tuple[str, ...], told: str, dsar: Dsar, request_id: str
) -> None:
    ended = dsar("release", "--request", request_id, "--out", "to-send", *words)

    assert ended.code == 2
    assert told in ended.err


def test_an_unknown_request_is_told_without_a_guess(dsar: Dsar, request_id: str) -> None:
    assert dsar("release", "--request", "R-404", "--out", "to-send").code == 2


def test_a_copy_under_a_law_that_nobody_described_is_refused(dsar: Dsar, request_id: str, tmp_path: Path) -> None:
    ended = dsar("export", "--email", "ada@example.org", "--regime", "NARNIA", "--out", "answer")

    assert ended.code == 2
    assert "There is no such regime" in ended.err
    assert not (tmp_path / "answer").exists()
