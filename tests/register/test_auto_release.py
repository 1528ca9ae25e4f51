"""Packages that a batch releases by itself: of declared sources and verified people, and of nobody else."""

from __future__ import annotations

import datetime
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.cli import main
from dsar.fulfilment.batches import auto_release
from dsar.fulfilment.desk.register import registered_request
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.home import open_home, register_of
from dsar.fulfilment.workspace import open_workspace
from dsar.register import requests as register
from tests.sealing.opened import second_reader

TOML = """
key_file = "dsar.key"
[controller]
name = "Example GmbH"
contact = "privacy@example.org"
authority = "The authority"
court = "The court"
calendar = "DE-BE"
time_zone = "UTC"
[auto_release]
packages = "to-send"
passphrases = "secrets"
[[source]]
name = "news"
connector = "table"
files = ["news.csv"]
auto_release = true
snapshot = 2026-11-20
[source.collection.readers]
key = ["id"]
purposes = [{ purpose = "newsletter", basis = "consent", categories = ["*"] }]
keep = [{ criterion = "until the consent is withdrawn" }]
origin = "person"
recipients = []
automated_decision = false
[source.collection.readers.fields]
id = { category = "user.unique_id" }
email = { category = "user.contact.email", identifier = "email" }
"""
ROWS = (
    "request_id,right,received,email\nR-1,access,2026-11-02,ada@example.org\nR-2,access,2026-11-03,bob@example.org\n"
    "R-3,erasure,2026-11-04,eve@example.org\n"
)


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """A company with one declared source; Ada is verified, Bob is not."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.chdir(tmp_path)
    Path("dsar.toml").write_text(TOML)
    Path("news.csv").write_text("id,email\nN1,ada@example.org\nN2,bob@example.org\nN3,eve@example.org\n")
    Path("requests.csv").write_text(ROWS)

    def ran(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main([*words, "--today", "2026-11-22"])
        said = capsys.readouterr()
        return code, said.out + said.err

    ran("request", "add", "--requests", "requests.csv")
    ran("request", "identity", "R-1", "--method", "login", "--level", "medium", "--result", "verified", "--by", "E.")
    return ran


def states() -> dict[str, str]:
    lines = json.loads(Path("out/summary.json").read_text())["requests"]
    return {line["request_id"]: line["state"] for line in lines}


def released() -> list[register.Entry]:
    home = open_home(Path("dsar.toml"))
    return list(register.read(register_of(home), "R-1").steps("released"))


def test_only_a_verified_request_with_nothing_open_is_released_and_once(run: Callable[..., tuple[int, str]]) -> None:
    _, said = run("batch", "requests.csv", "--out", "out")

    assert states() == {"R-1": "released", "R-2": "ready for review", "R-3": "ready for review"}, said
    secret, package = Path("secrets/R-1.txt"), Path("to-send/R-1/package.zip")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600 and stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    inside = second_reader(package.read_bytes(), secret.read_text().strip())
    assert b"ada@example.org" in inside["data.json"] and b"bob@example.org" not in inside["data.json"]
    (entry,) = released()
    assert entry.facts["automatic"] is True and entry.said["by"] == auto_release.BY
    assert secret.read_text().strip() not in said + Path(".dsar/journal.jsonl").read_text()
    assert [path.name for path in Path("to-send").iterdir()] == ["R-1"]

    before = package.read_bytes(), secret.read_bytes()
    run("batch", "requests.csv", "--out", "out")
    assert states()["R-1"] == "released" and (package.read_bytes(), secret.read_bytes()) == before
    assert len(released()) == 1

    shutil.rmtree("to-send")  # as if it had been stopped before the package was in place
    run("batch", "requests.csv", "--out", "out")
    assert second_reader(package.read_bytes(), secret.read_text().strip()).keys() == inside.keys()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("auto_release = true\n", ""),
        ("[[source]]", '[[source]]\nname = "archive"\nmanual = true\nask = "x@example.org"\n[[source]]'),
        ('[auto_release]\npackages = "to-send"\npassphrases = "secrets"\n', ""),
        ('authority = "The authority"\n', ""),
    ],
    ids=["source not declared", "another source not declared", "no place", "a legal key is missing"],
)
def test_what_was_not_declared_or_has_something_open_is_not_released(
    run: Callable[..., tuple[int, str]], old: str, new: str
) -> None:
    assert old in TOML
    Path("dsar.toml").write_text(TOML.replace(old, new))

    run("batch", "requests.csv", "--out", "out")

    assert states()["R-1"] == "ready for review" and released() == []
    assert not Path("to-send").exists() or not list(Path("to-send").iterdir())


def test_a_searched_source_that_was_not_declared_keeps_a_package_for_review(
    run: Callable[..., tuple[int, str]],
) -> None:
    source = TOML[TOML.index("[[source]]") :].replace("news", "shop").replace("auto_release = true\n", "")
    Path("dsar.toml").write_text(TOML + source.replace('purpose = "shopletter"', 'purpose = "newsletter"'))
    Path("shop.csv").write_text("id,email\nS9,nobody@example.org\n")

    run("batch", "requests.csv", "--out", "out")

    (line,) = (
        one for one in json.loads(Path("out/summary.json").read_text())["requests"] if one["request_id"] == "R-1"
    )
    assert (line["state"], line["exit_code"]) == ("ready for review", 0), "nothing but the declaration is missing"
    assert released() == [] and not Path("to-send").exists()


def test_a_record_that_two_people_own_keeps_its_package_for_review(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "dsar.fulfilment.batches.batch.shared",
        lambda answers: [(one, ("R-2",)) for one in answers if one.request.request_id == "R-1"],
    )

    run("batch", "requests.csv", "--out", "out")

    assert states()["R-1"] == "ready for review" and released() == []


def test_a_person_who_could_not_be_verified_waits_for_people_without_a_try(run: Callable[..., tuple[int, str]]) -> None:
    run("request", "identity", "R-1", "--method", "login", "--result", "failed", "--by", "E.")

    run("batch", "requests.csv", "--out", "out")

    (line,) = (
        one for one in json.loads(Path("out/summary.json").read_text())["requests"] if one["request_id"] == "R-1"
    )
    assert (line["state"], line["exit_code"], line["error"]) == ("ready for review", 0, None)
    assert not Path("to-send").exists()


def test_what_a_person_has_delivered_already_is_not_released_again(run: Callable[..., tuple[int, str]]) -> None:
    run("request", "deliver", "R-1", "--channel", "letter")

    run("batch", "requests.csv", "--out", "out")

    assert states()["R-1"] == "ready for review" and released() == [] and not Path("to-send").exists()


@pytest.mark.parametrize("right", ["erasure", "rectification", "restriction", "objection", "withdrawal"])
def test_what_is_no_copy_is_never_released_by_itself(run: Callable[..., tuple[int, str]], right: str) -> None:
    run("request", "change", "R-1", "--right", right)
    run("request", "identity", "R-1", "--method", "document", "--result", "verified", "--words", "no login")
    workspace = open_workspace(Path("dsar.toml"), today=datetime.date(2026, 11, 22))

    answers = find(workspace, [registered_request(workspace, "R-1")])

    assert answers[0].held and not list(auto_release.released_by_itself(workspace, answers))
    assert not Path("to-send").exists() and not Path("secrets").exists()


def test_a_weak_check_and_a_person_who_released_it_leave_it_to_people(run: Callable[..., tuple[int, str]]) -> None:
    run("request", "identity", "R-1", "--method", "facts", "--compared", "name", "--result", "verified", "--by", "E.")
    run("batch", "requests.csv", "--out", "out")
    assert states()["R-1"] == "ready for review"

    run("request", "identity", "R-1", "--method", "login", "--level", "medium", "--result", "verified", "--by", "F.")
    run("release", "--request", "R-1", "--out", "by-hand", "--passphrase-file", "by-hand.txt")
    run("batch", "requests.csv", "--out", "out")
    assert states()["R-1"] == "ready for review" and len(released()) == 1 and not Path("to-send").exists()


def test_a_shut_gate_is_told_and_nothing_leaves(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsar.fulfilment.copies.release.open_gates", lambda *_: ("Something is open.",))

    code, said = run("batch", "requests.csv", "--out", "out")

    assert code == 1 and states()["R-1"] == "ready for review" and "Something is open." in " ".join(said.split())
    assert not list(Path("to-send").iterdir()) and not list(Path("secrets").iterdir())


@pytest.mark.parametrize(("packages", "passphrases"), [("a", "a/b"), ("a", "a"), ("a/b", "a"), ("out/x", "c")])
def test_passphrases_never_lie_with_the_packages_they_open(
    run: Callable[..., tuple[int, str]], packages: str, passphrases: str
) -> None:
    Path("dsar.toml").write_text(TOML.replace('"to-send"', f'"{packages}"').replace('"secrets"', f'"{passphrases}"'))

    code, said = run("batch", "requests.csv", "--out", "out")

    assert code == 2 and "would lie" in said and not Path("out").exists()
