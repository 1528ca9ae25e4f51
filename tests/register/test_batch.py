"""Batches: every right in one pass, one bad row stops nothing, twice is as once, and nobody gets another's record."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsar.cli import main
from dsar.errors import WorkspaceError
from dsar.fulfilment.batches import batch as batches
from dsar.fulfilment.batches import batch_work
from dsar.fulfilment.batches.batch_files import alone
from dsar.fulfilment.batches.isolation import shared
from dsar.fulfilment.copies import export
from dsar.fulfilment.erasing import erase
from dsar.model import Answer, KnownIdentifier, Match, Record, Request
from dsar.store.journal import Journal

HEAD = "request_id,right,received,email,scope\n"
ROWS = (
    "R-1,access,2026-11-02,ada@example.org,\n"
    "R-2,portability,2026-11-03,bob@example.org,\n"
    "R-3,erasure,2026-11-04,ada@example.org,\n"
    "R-4,access,2026-11-05,nobody@example.org,\n"
)
MAIL = "From: Ada Bell <ada@example.org>\nDate: Fri, 20 Nov 2026 22:00:00 +0000\n\nPlease delete my data.\n"


@pytest.fixture
def run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")

    def ran(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*words, "--today", "2026-11-22"] if "--today" not in words else list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


def bytes_of(out: Path) -> dict[str, str]:
    """Every file below a folder by its hash; of summary.json all but the seconds."""
    found = {}
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.name == "summary.json":
            data = json.dumps({**json.loads(data), "seconds": 0}).encode()
        found[str(path.relative_to(out))] = hashlib.sha256(data).hexdigest()
    return found


def lines_of(out: Path) -> dict[str, dict[str, object]]:
    document = json.loads((out / "summary.json").read_text())
    return {str(line["request_id"]): line for line in document["requests"]}


def test_every_request_has_its_folder_and_its_line(folder: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS)

    code, said, _ = run("batch", "requests.csv", "--out", "out")

    lines = lines_of(folder / "out")
    assert code == 1 and [line["state"] for line in lines.values()] == ["ready for review"] * 4
    assert [line["confirmed"] for line in lines.values()] == [1, 1, 1, 0]
    assert lines["R-1"]["due"] == "2026-12-02"
    keys = {"request_id", "right", "state", "due", "confirmed", "probable", "exit_code", "error"}
    assert all(keys <= set(line) for line in lines.values())
    assert (folder / "out" / "R-1" / "report.html").exists() and (folder / "out" / "R-3" / "plan.json").exists()
    assert all(len(line) <= 80 for line in said.splitlines())
    assert "ada@" not in said + (folder / "out" / "summary.html").read_text()


def test_a_bad_row_is_told_and_the_rest_goes_on(folder: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    bad = "R-5,access,2026-13-01,x@example.org,\n,access,,y@example.org,\nR-6,magic,,z@example.org,\n"
    bad += "R-1,access,,q@example.org,\n"
    (folder / "requests.csv").write_text(HEAD + ROWS + bad)

    code, _, _ = run("batch", "requests.csv", "--out", "out")

    document = json.loads((folder / "out" / "summary.json").read_text())
    failed = [line for line in document["requests"] if line["state"] == "failed"]
    assert code == 1 and len(document["requests"]) == 8 and len(failed) == 4
    assert {line["request_id"] for line in failed} == {"R-5", "R-6", "R-1", None}
    assert all("@" not in line["error"] for line in failed)
    assert (folder / "out" / "R-4" / "report.html").exists()


def test_a_fault_of_ours_in_one_request_stops_no_other_one(
    folder: Path, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS + "R-5,rectification,2026-11-05,bob@example.org,\n")
    package = export._package

    def faulty(workspace: Any, copy: Any, *more: Any) -> Any:
        if copy.answer.request.request_id == "R-1":
            raise ValueError("ada@example.org is odd")
        return package(workspace, copy, *more)

    monkeypatch.setattr(export, "_package", faulty)

    code, said, _ = run("batch", "requests.csv", "--out", "out")

    states = {name: line["state"] for name, line in lines_of(folder / "out").items()}
    assert code == 1 and "fault of dsar (ValueError at export.py:" in said and "ada@" not in said
    assert states == {"R-1": "failed", "R-5": "failed", **dict.fromkeys(("R-2", "R-3", "R-4"), "ready for review")}


def test_a_plan_that_cannot_be_made_is_told_and_the_other_plans_are_made(
    folder: Path, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(
        f"E-{number},erasure,2026-11-04,{who}@example.org,\n" for number, who in enumerate(("ada", "bob", "eve"))
    )
    (folder / "requests.csv").write_text(HEAD + rows)
    planned = erase.planned

    def faulty(shared: Any, answer: Any, waits: Any) -> Any:
        if answer.request.request_id == "E-1":
            raise KeyError("bob@example.org")
        return planned(shared, answer, waits)

    with monkeypatch.context() as patched:
        patched.setattr(erase, "planned", faulty)
        code, said, _ = run("batch", "requests.csv", "--out", "out")

    states = {name: line["state"] for name, line in lines_of(folder / "out").items()}
    assert code == 1 and "fault of dsar (KeyError at children.py:" in said and "bob@" not in said, said
    assert states == {"E-0": "ready for review", "E-1": "failed", "E-2": "ready for review"}
    assert not (folder / "out" / "E-1").exists() and (folder / "out" / "E-2" / "plan.json").exists()
    steps = [event.step.partition(":")[0] for event in _journal(folder).events("E-0")]
    assert steps == ["registered", "erase", "fulfilled"], "looking for the cause notes nothing"

    run("batch", "requests.csv", "--out", "out")
    assert {line["state"] for line in lines_of(folder / "out").values()} == {"ready for review"}


def test_an_erasure_is_planned_anew_when_the_access_of_the_same_person_is_closed(
    folder: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS)
    run("batch", "requests.csv", "--out", "out")
    before = bytes_of(folder / "out")["R-3/plan.json"]

    run("request", "close", "R-1", "--outcome", "cancelled")
    _, said, _ = run("batch", "requests.csv", "--out", "out")

    assert "Done in this run: 1 of 4." in said and bytes_of(folder / "out")["R-3/plan.json"] != before


def test_a_second_run_changes_nothing(
    folder: Path, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS)
    run("batch", "requests.csv", "--out", "out")
    before, journal = bytes_of(folder / "out"), (folder / ".dsar" / "journal.jsonl").read_bytes()
    monkeypatch.setattr(export, "_package", lambda *_: pytest.fail("a package was written again"))

    code, said, _ = run("batch", "requests.csv", "--out", "out", "--today", "2026-12-01")

    assert code == 1 and "Done in this run: 0 of 4." in said
    assert bytes_of(folder / "out") == before and (folder / ".dsar" / "journal.jsonl").read_bytes() == journal


def test_what_was_damaged_or_has_new_data_is_done_again(folder: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS)
    run("batch", "requests.csv", "--out", "out")
    before = bytes_of(folder / "out")

    (folder / "out" / "R-2" / "portability.json").write_bytes(b"cut")
    assert "Done in this run: 1 of 4" in run("batch", "requests.csv", "--out", "out")[1]
    assert bytes_of(folder / "out") == before
    (folder / "crm.csv").write_text("id,email\nC1,ada@example.org\nC2,bob@example.org\nC3,ada@example.org\n")
    run("batch", "requests.csv", "--out", "out")
    assert lines_of(folder / "out")["R-1"]["confirmed"] == 2


def test_a_batch_that_was_stopped_goes_on_to_the_same_bytes(
    folder: Path, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS)
    run("batch", "requests.csv", "--out", "out")
    whole = bytes_of(folder / "out")
    heads = {name: Journal(folder / ".dsar" / "journal.jsonl", _key(folder)).head(name) for name in ("R-1", "R-3")}
    for moment in range(1, 6):
        _fresh(folder)
        with monkeypatch.context() as patched:
            _stop_at(patched, moment)
            assert run("batch", "requests.csv", "--out", "out")[0] == 130
        run("batch", "requests.csv", "--out", "out")

        assert bytes_of(folder / "out") == whole
        journal = Journal(folder / ".dsar" / "journal.jsonl", _key(folder))
        assert {name: journal.head(name) for name in heads} == heads


def _journal(folder: Path) -> Journal:
    return Journal(folder / ".dsar" / "journal.jsonl", _key(folder))


def _key(folder: Path) -> str:
    from dsar.store.keys import open_keys

    return open_keys(folder / "dsar.key").journal


def _fresh(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder / "out")
    shutil.rmtree(folder / ".dsar")


def _stop_at(patched: pytest.MonkeyPatch, moment: int) -> None:
    """Interrupt the run at the n-th result that is put in place or written down."""
    from dsar.fulfilment.package import Output

    left = [moment]

    def stopping(original: Callable[..., object], after: bool) -> Callable[..., object]:
        def called(*words: object, **more: object) -> object:
            left[0] -= 1
            if left[0] == 0 and not after:
                raise KeyboardInterrupt
            result = original(*words, **more)
            if left[0] == 0:
                raise KeyboardInterrupt
            return result

        return called

    patched.setattr(Output, "finish", stopping(Output.finish, after=moment % 2 == 0))
    patched.setattr(batches, "note_made", stopping(batches.note_made, after=False))


def test_without_a_given_day_a_stopped_batch_keeps_the_moment_at_which_it_began(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    (folder / "requests.csv").write_text(HEAD + "R-1,access,2026-11-02,ada@example.org,\n")
    with monkeypatch.context() as patched:
        _stop_at(patched, 1)
        assert main(["batch", "requests.csv", "--out", "out"]) == 130
    (kept,) = (folder / ".dsar" / "batches").iterdir()
    began = json.loads(kept.read_text())["began"]

    main(["batch", "requests.csv", "--out", "out"])

    report = json.loads((folder / "out" / "R-1" / "data.json").read_text())
    assert report["as_of"][:19] == began[:19] and not kept.exists()


def test_a_record_of_somebody_else_holds_the_package_back(
    folder: Path, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS)
    made = batch_work._made

    def mixed(answer: object, reviews: object) -> object:
        found = made(answer, reviews)  # type: ignore[arg-type]
        return found if found.request_id != "R-1" else batch_work.Made("R-1", "access", records=frozenset())

    monkeypatch.setattr(batch_work, "_made", mixed)

    run("batch", "requests.csv", "--out", "out")

    line = lines_of(folder / "out")["R-1"]
    assert line["state"] == "failed" and "belong to somebody else" in str(line["error"])
    assert not (folder / "out" / "R-1").exists() and (folder / "out" / "R-2").exists()


def _answer(name: str, email: str, *records: str) -> Answer:
    matches = tuple(
        Match(Record(record, "crm", "contacts", record, "crm.csv", 2, 1, ()), "confirmed", 1, (), "")
        for record in records
    )
    return Answer(Request(name, ()), "", (KnownIdentifier("email", email, True),), (), matches)


def test_two_people_who_both_own_a_record_are_told_and_two_requests_of_one_are_not() -> None:
    answers = [
        _answer("R-1", "ada@example.org", "a", "both"),
        _answer("R-2", "bob@example.org", "b", "both"),
        _answer("R-3", "ADA@example.org", "a"),
    ]

    told = {str(answer.request.request_id): others for answer, others in shared(answers)}

    assert told == {"R-1": ("R-2",), "R-2": ("R-1",)}


def test_the_register_is_worked_off_by_urgency_and_closed_requests_are_left(
    folder: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS)
    run("request", "add", "--requests", "requests.csv")
    run("request", "close", "R-4", "--outcome", "cancelled")

    run("batch", "--due", "--out", "out")

    assert list(lines_of(folder / "out")) == ["R-1", "R-2", "R-3"]
    assert "waiting" not in json.dumps(lines_of(folder / "out"))


def test_the_most_urgent_comes_first_whenever_it_was_registered(
    folder: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    days = {"R-1": "2026-11-10", "R-2": "2026-11-02", "R-3": "2026-11-06"}
    rows = "".join(f"{name},access,{day},p{name[-1]}@example.org\n" for name, day in days.items())
    (folder / "requests.csv").write_text("request_id,right,received,email\n" + rows)
    run("request", "add", "--requests", "requests.csv")

    _, _, said = run("batch", "--due", "--out", "out", "--log-json")

    assert list(lines_of(folder / "out")) == ["R-2", "R-3", "R-1"]
    done = [json.loads(line) for line in said.splitlines() if '"done"' in line]
    assert [event["request_id"] for event in done] == ["R-2", "R-3", "R-1"], "made in that order, too"


def test_a_file_of_the_inbox_is_done_or_rejected_with_its_reason(
    folder: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "good.csv").write_text(HEAD + "R-1,access,2026-11-02,ada@example.org,\n")
    (inbox / "half.csv").write_text(HEAD + "R-2,access,2026-11-02,bob@example.org,\nR-9,access,soon,x@example.org,\n")
    (inbox / "letter.eml").write_text(MAIL)
    (inbox / "photo.jpg").write_bytes(b"\xff\xd8")
    (inbox / ".half-written.csv").write_text("request")
    elsewhere = folder / "elsewhere.csv"
    elsewhere.write_text(HEAD + "R-7,access,2026-11-02,ada@example.org,\n")
    elsewhere.chmod(0o644)
    (inbox / "link.csv").symlink_to(elsewhere)

    code, _, _ = run("batch", "--inbox", "inbox", "--out", "out")

    assert code == 1
    assert sorted(path.name for path in (inbox / "done").iterdir()) == ["good.csv", "letter.eml"]
    assert sorted(path.name for path in (inbox / "rejected").iterdir()) == [
        "half.csv", "half.csv.reason.txt", "link.csv", "link.csv.reason.txt", "photo.jpg", "photo.jpg.reason.txt",
    ]  # fmt: skip
    assert "links are not followed" in (inbox / "rejected" / "link.csv.reason.txt").read_text()
    assert elsewhere.stat().st_mode & 0o777 == 0o644 and "R-7" not in lines_of(folder / "out")
    assert "line 3" in (inbox / "rejected" / "half.csv.reason.txt").read_text()
    assert [path.name for path in inbox.iterdir() if path.is_file()] == [".half-written.csv"]
    lines = lines_of(folder / "out")
    assert lines["R-2"]["state"] == "ready for review" and lines["DSR-2026-001"]["state"] == "waiting"
    assert not (folder / "out" / "DSR-2026-001").exists(), "its right was only proposed"


def test_a_mail_that_was_registered_and_not_moved_is_known_again(
    folder: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    (folder / "inbox").mkdir()
    for _ in range(2):
        (folder / "inbox" / "letter.eml").write_text(MAIL)
        run("batch", "--inbox", "inbox", "--out", "out")

    listed = json.loads(run("request", "list", "--json")[1])["requests"]
    assert [one["request_id"] for one in listed] == ["DSR-2026-001"]
    assert sorted(path.name for path in (folder / "inbox" / "done").iterdir()) == ["letter-2.eml", "letter.eml"]


def _hold(root: Path, ready: object, done: object) -> None:
    with alone(root):
        ready.set()  # type: ignore[attr-defined]
        done.wait(20)  # type: ignore[attr-defined]


def test_a_second_batch_is_told_who_works_and_since_when_or_waits(folder: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Event(), spawn.Event()
    other = spawn.Process(target=_hold, args=(folder, ready, done))
    other.start()
    try:
        assert ready.wait(20)
        with pytest.raises(WorkspaceError, match=rf"pid {other.pid} since \d{{4}}-"), alone(folder):
            pass
        done.set()
        with alone(folder, wait=20):
            assert f"pid {os.getpid()}" in (folder / "batch.lock").read_text()
    finally:
        done.set()
        other.join()


def test_log_lines_are_json_without_personal_values(folder: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    (folder / "requests.csv").write_text(HEAD + ROWS)

    _, _, said = run("batch", "requests.csv", "--out", "out", "--log-json")

    events = [json.loads(line) for line in said.splitlines()]
    assert [one["event"] for one in events] == ["begin", "done", "done", "done", "done", "end"]
    assert "example.org" not in said


@pytest.mark.parametrize("words", [[], ["requests.csv", "--due"], ["--due", "--inbox", "x"]])
def test_where_the_requests_are_is_said_once(words: list[str], run: Callable[..., tuple[int, str, str]]) -> None:
    code, _, said = run("batch", *words, "--out", "out")

    assert code == 2 and "once" in said
