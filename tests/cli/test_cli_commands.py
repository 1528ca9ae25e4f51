"""The commands beside find: what they print, their JSON, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from invented import CANARY, Ended, Fake, answer, match, source

from dsar.errors import RequestError
from dsar.model import ErasurePlan, ErasureStep, Reason, Recipient

Dsar = Callable[..., Ended]
Install = Callable[..., None]
WHO = ("--email", "ada@example.org")


def checked(**more: Any) -> SimpleNamespace:
    values = {
        "answer": source("crm", "not_held"), "confirmed_mapping": True, "unclassified": (), "missing": (),
        "notes": (), "age_days": 1, "guessed": (), "attachments": (), "by_asking": False,
    }  # fmt: skip
    return SimpleNamespace(**(values | more))


def give_check(install: Install, *sources: SimpleNamespace, complete: bool, **more: tuple[Any, ...]) -> None:
    result = SimpleNamespace(
        **{"unrecognised": (), "controller": (), "returned": (), "old_exports": (), "code": ()} | more,
        complete=complete,
        sources=sources,
    )
    install("fulfilment.setup.check", check=lambda workspace: result)


def test_check_ends_with_0_when_everything_is_read_and_described(fake: Fake, dsar: Dsar, install: Install) -> None:
    give_check(install, checked(), complete=True)

    ended = dsar("check")

    assert ended.code == 0
    assert "crm/contacts" in ended.out


def test_check_names_the_open_keys_of_the_controller(fake: Fake, dsar: Dsar, install: Install) -> None:
    give_check(install, checked(), complete=False, controller=("name", "court"))

    ended = dsar("check")

    assert ended.code == 1
    assert "[controller] needs:\n - name\n - court\n" in ended.out.replace(" \n", "\n").replace("name ", "name")


def test_check_names_what_is_missing_and_ends_with_1(fake: Fake, dsar: Dsar, install: Install) -> None:
    gaps = checked(confirmed_mapping=False, unclassified=("Shoe size",), missing=("purposes",), age_days=None)
    give_check(install, gaps, unrecognised=(("exports/x.bin", "is no text", "crm"),), complete=False)

    ended = dsar("check")

    assert ended.code == 1
    for words in ("Shoe size", "purposes", "`unconfirmed`", "exports/x.bin: is no text"):
        assert words in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_check_ends_with_2_when_no_source_can_be_read(fake: Fake, dsar: Dsar, install: Install) -> None:
    give_check(install, checked(answer=source("crm", "failed", reason="is missing", files=())), complete=False)

    ended = dsar("check")

    assert ended.code == 2
    assert "failed: is missing" in ended.out


def test_check_json_has_the_keys_of_the_contract(fake: Fake, dsar: Dsar, install: Install) -> None:
    gaps = checked(unclassified=("Shoe size",), missing=("purposes",))
    give_check(install, gaps, unrecognised=((Path("x.bin"), "is no text", None),), complete=False)

    document = json.loads(dsar("check", "--json").out)

    assert document["schema"] == "dsar-check/1"
    assert {"schema", "complete", "sources", "unrecognised"} <= set(document)
    (first,) = document["sources"]
    assert {
        "source", "collection", "result", "reason", "files", "snapshot", "searched_with", "confirmed", "probable",
        "possible", "refused", "connector", "confirmed_mapping", "unclassified", "missing",
    } <= set(first)  # fmt: skip
    assert first["unclassified"] == ["Shoe size"] and first["missing"] == ["purposes"]
    assert document["unrecognised"] == [{"path": "x.bin", "reason": "is no text", "nearest": None}]


@pytest.mark.parametrize(("found", "code"), [(True, 0), (False, 1)])
def test_explain_prints_the_chain_as_a_tree(found: bool, code: int, fake: Fake, dsar: Dsar, install: Install) -> None:
    asked: list[str] = []

    def explain(workspace: object, record: str, request: object) -> SimpleNamespace:
        asked.append(record)
        return SimpleNamespace(lines=((0, "It is confirmed."), (1, "Same e-mail.")), found=found)

    install("fulfilment.finding.explain", explain=explain)

    ended = dsar("explain", "crm/contacts/C100", *WHO)

    assert ended.code == code
    assert asked == ["crm/contacts/C100"]
    assert [line.rstrip() for line in ended.out.splitlines()] == ["It is confirmed.", "└── Same e-mail."]


def give_packages(install: Install, *reviews: tuple[str, ...], failed: tuple[Any, ...] = ()) -> list[Any]:
    asked: list[Any] = []

    def export_each(workspace: object, requests: list[Any], out: Path, progress: object) -> tuple[list[Any], list[Any]]:
        asked.extend(requests)
        packages = [
            SimpleNamespace(
                request_id=f"R-{number}", folder=out / f"R-{number}", files=("report.html", "data.json"),
                answer=answer(match()), reviews=why,
            )
            for number, why in enumerate(reviews)
        ]  # fmt: skip
        return packages, list(failed)

    install("fulfilment.copies.export", export_each=export_each, RIGHTS=("access", "portability"))
    return asked


def test_export_names_the_files_and_ends_with_0(fake: Fake, dsar: Dsar, install: Install) -> None:
    asked = give_packages(install, ())

    ended = dsar("export", *WHO, "--out", "answer")

    assert ended.code == 0
    assert [request.right for request in asked] == ["access"]
    assert "report.html" in ended.out and "answer/R-0" in ended.out


def test_export_with_something_to_review_ends_with_1(fake: Fake, dsar: Dsar, install: Install, tmp_path: Path) -> None:
    give_packages(install, (), ("Draft: the controller has no name.",))
    (tmp_path / "requests.csv").write_text("R-0 R-1")

    ended = dsar("export", "--requests", "requests.csv", "--out", "answers")

    assert ended.code == 1
    assert "Draft: the controller has no name." in ended.out
    assert [line.split()[0] for line in ended.out.splitlines() if line.startswith("R-")] == ["R-0", "R-1"]


def test_one_package_that_fails_is_told_and_stops_no_other(
    fake: Fake, dsar: Dsar, install: Install, tmp_path: Path
) -> None:
    error = RequestError("answers/R-1 holds files that are not from dsar.", hint="Give a new folder.")
    give_packages(install, (), failed=(SimpleNamespace(request_id="R-1", error=error),))
    (tmp_path / "requests.csv").write_text("R-0 R-1")

    ended = dsar("export", "--requests", "requests.csv", "--out", "answers")

    assert ended.code == 1
    assert "R-0" in ended.out
    assert "R-1: answers/R-1 holds files that are not from dsar. Give a new folder." in " ".join(ended.out.split())


def test_one_person_whose_package_fails_is_an_error(fake: Fake, dsar: Dsar, install: Install) -> None:
    error = RequestError("answer holds files that are not from dsar.", hint="Give a new folder.")
    give_packages(install, failed=(SimpleNamespace(request_id="ADHOC-1", error=error),))

    ended = dsar("export", *WHO, "--out", "answer")

    assert (ended.code, ended.out) == (2, "")
    assert "not from dsar" in ended.err


def test_export_needs_a_place(fake: Fake, dsar: Dsar) -> None:
    ended = dsar("export", *WHO)

    assert ended.code == 2
    assert "--out" in ended.err


def plan() -> ErasurePlan:
    reason = Reason("Art. 17(1)(b)", "Consent was withdrawn.")
    steps = (
        ErasureStep("crm/contacts/C100", "crm", "contacts", "C100", "delete", reason),
        ErasureStep("shop/contacts/7", "shop", "contacts", "7", "keep", reason),
    )
    told = Recipient("Example Distribution Ltd", "distributor", "GB", "since 2025-01-01")
    return ErasurePlan("R-1", "2026-11-22", steps, (told,), (("CRM backups", "older copies"),), "d" * 64)


def test_erase_counts_outcomes_and_says_that_nothing_was_deleted(fake: Fake, dsar: Dsar, install: Install) -> None:
    asked: list[Any] = []

    def plan_erasure(workspace: object, requests: list[Any], out: Path, progress: object) -> list[SimpleNamespace]:
        asked.extend(requests)
        return [
            SimpleNamespace(
                request_id="R-1", folder=out, files=("plan.json", "erase.crm_db.sql"), answer=answer(match()),
                plan=plan(), reviews=("1 step must be done by hand.",),
            )
        ]  # fmt: skip

    install("fulfilment.erasing.erase", plan_erasure=plan_erasure, RIGHTS=("erasure",))
    install("fulfilment.erasing.approve", identity_missing=lambda *_: None)

    ended = dsar("erase", *WHO, "--out", "erasure")

    assert ended.code == 1
    assert f"Next: dsar review --request R-1 --approve-plan {'d' * 12} --by NAME" in ended.out
    assert [request.right for request in asked] == ["erasure"]
    assert "Nothing was deleted." in ended.out
    rows = {line.split()[0]: line.split()[1:] for line in ended.out.splitlines() if "/contacts" in line}
    assert rows == {"crm/contacts": ["1", "0", "0", "0"], "shop/contacts": ["0", "0", "0", "1"]}
    for words in ("CRM backups: older copies", "Example Distribution Ltd", "done by hand", "erase.crm_db.sql"):
        assert words in ended.out


@pytest.mark.parametrize(("fine", "code"), [(True, 0), (False, 1)])
def test_demo_shows_its_steps_and_says_whether_they_were_as_expected(
    fine: bool, code: int, dsar: Dsar, install: Install
) -> None:
    def demo(folder: Path, progress: object) -> SimpleNamespace:
        steps = (("find", f"{folder} searched.", True), ("erase", "Planned.", fine))
        return SimpleNamespace(steps=steps, open=(folder / "report.html",), ok=fine)

    install("fulfilment.setup.demo", demo=demo)

    ended = dsar("demo", "try-it")

    assert ended.code == code
    assert "try-it searched." in ended.out and "try-it/report.html" in ended.out
    assert ("NO" in ended.out) is not fine


def write_config(folder: Path, text: str = "") -> Path:
    (folder / "dsar.toml").write_text(f'key_file = "dsar.key"\n{text}')
    return folder / "dsar.toml"


def write_journal(folder: Path) -> Path:
    from dsar.store.journal import Journal
    from dsar.store.keys import open_keys

    write_config(folder)
    path = folder / ".dsar" / "journal.jsonl"
    journal = Journal(path, open_keys(folder / "dsar.key").journal)
    for number in range(3):
        journal.append("R-1", f"step {number}", "2026-11-22T12:00:00+01:00", {"records": number})
    return path


def test_journal_verify_prints_how_many_events_and_the_head(dsar: Dsar, tmp_path: Path) -> None:
    head = json.loads(write_journal(tmp_path).read_text().splitlines()[-1])["seal"]

    ended = dsar("journal", "verify")

    assert ended.code == 0
    assert "3 events" in ended.out and head in ended.out


def test_an_edited_journal_ends_with_2(dsar: Dsar, tmp_path: Path) -> None:
    path = write_journal(tmp_path)
    path.write_text(path.read_text().replace('"records": 1', '"records": 7'))

    ended = dsar("journal", "verify")

    assert ended.code == 2
    assert "line 2" in ended.err


def test_journal_verify_makes_no_key_where_it_is_missing(dsar: Dsar, tmp_path: Path) -> None:
    write_journal(tmp_path)
    (tmp_path / "dsar.key").unlink()

    ended = dsar("journal", "verify")

    assert ended.code == 2
    assert "key file" in ended.err
    assert not (tmp_path / "dsar.key").exists()


def test_no_journal_yet_is_no_error(dsar: Dsar, tmp_path: Path) -> None:
    write_config(tmp_path)

    ended = dsar("journal", "verify")

    assert ended.code == 0
    assert "no log yet" in ended.out


def test_doctor_finds_a_workspace_that_others_can_read(dsar: Dsar, tmp_path: Path) -> None:
    write_config(tmp_path)
    (tmp_path / ".dsar").mkdir(mode=0o700)
    (tmp_path / "dsar.key").write_text("0" * 64)
    (tmp_path / "dsar.key").chmod(0o644)

    ended = dsar("doctor")

    assert ended.code == 1
    assert "chmod 600" in " ".join(ended.out.split())

    (tmp_path / "dsar.key").chmod(0o600)
    assert dsar("doctor").code == 0
    (tmp_path / ".dsar").chmod(0o755)
    assert dsar("doctor").code == 1


def test_doctor_works_without_a_config_and_changes_nothing(dsar: Dsar, tmp_path: Path) -> None:
    ended = dsar("doctor")

    assert ended.code == 0
    assert "duckdb" in ended.out and "Free disk" in ended.out and "copy of the key file" in ended.out
    assert list(tmp_path.iterdir()) == []


def test_connectors_are_listed_with_those_of_the_config(dsar: Dsar, tmp_path: Path) -> None:
    own = tmp_path / "own" / "club"
    own.mkdir(parents=True)
    (own / "connector.toml").write_text(
        'name = "club"\ntitle = "Club"\ntested_with = "club 4.2"\n[members]\ncolumns = ["No", "Mail"]\n'
    )
    write_config(tmp_path, 'connectors = ["own"]\n')

    ended = dsar("connectors", "list")

    assert ended.code == 0
    assert "club" in ended.out and "members" in ended.out
    assert "hubspot" in ended.out
    assert "Tested with club 4.2." in dsar("connectors", "list", "club").out


def test_init_writes_a_config_and_never_over_one(dsar: Dsar, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "people.csv").write_text(f"mail,name\n{CANARY},Ada\nbob@example.org,Bob\n")

    ended = dsar("init", "exports")

    assert ended.code == 1, "a drafted mapping is for a person to confirm"
    assert "exports/people.csv" in ended.out and "dsar check" in ended.out
    assert "drafted from headings and values" in " ".join(ended.out.split())
    assert CANARY not in ended.said
    before = (tmp_path / "dsar.toml").read_bytes()

    again = dsar("init", "exports")
    assert again.code == 2 and "--add" in again.err
    assert "Nothing was added" in dsar("init", "exports", "--add").out
    assert (tmp_path / "dsar.toml").read_bytes() == before


@pytest.mark.parametrize("folder", ["missing", "."])
def test_init_without_exports_writes_nothing(folder: str, dsar: Dsar, tmp_path: Path) -> None:
    ended = dsar("init", folder)

    assert ended.code == 2
    assert not (tmp_path / "dsar.toml").exists()


def test_a_guessed_package_is_never_complete(fake: Fake, dsar: Dsar, install: Install, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    give_packages(install, ())
    fake.guesses = ("people.csv was guessed",)

    assert dsar("export", *WHO, "--in", "exports", "--out", "answer").code == 1


def test_the_first_run_without_a_config_says_init(dsar: Dsar, install: Install) -> None:
    from dsar.config import find_config

    install("fulfilment.workspace", open_workspace=lambda config, **_: find_config(config), open_folder=None)
    give_check(install, complete=True)

    ended = dsar("check")

    assert ended.code == 2
    assert "dsar init" in ended.err
