"""After a power cut the office goes on: a torn line of the log is set aside, told, kept, and looked at by a person."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_contract_answers import ADA, Dsar, company  # noqa: F401

BOB = ("--email", "bob@example.org")


def torn(company: Path, dsar: Dsar, *words: str) -> Iterator[bytes]:  # noqa: F811
    """Give each beginning of the line that a command would write, lying in the log as if the power had gone then."""
    log = company / ".dsar" / "journal.jsonl"
    before, kept = log.read_bytes(), company / ".kept"
    shutil.copytree(company / ".dsar", kept)
    dsar(*words)
    line = log.read_bytes()[len(before) :].partition(b"\n")[0]
    for cut in range(1, len(line), 13):
        shutil.rmtree(company / ".dsar")
        shutil.copytree(kept, company / ".dsar")
        with log.open("ab") as file:
            file.write(line[:cut])
        yield line[:cut]


def test_the_next_command_sets_a_torn_line_aside_tells_it_and_does_its_work(company: Path, dsar: Dsar) -> None:  # noqa: F811
    dsar("request", "add", *ADA, "--request", "R-1")
    adding = ("request", "add", *BOB, "--request", "R-2")
    for tail in torn(company, dsar, *adding):
        found = dsar("journal", "verify")
        ended = dsar(*adding)

        assert found.code == 2 and "line 2, is not whole" in found.err
        assert ended.code == 1 and "R-2" in ended.out
        assert f"torn while it was written, by a power cut or a kill: {len(tail)} bytes" in " ".join(ended.err.split())
        (kept,) = (company / ".dsar").glob("journal.torn-*")
        assert kept.read_bytes() == tail and kept.stat().st_mode & 0o777 == 0o600
        assert dsar("request", "show", "R-2").code == 0
        steps = [json.loads(line)["step"] for line in (company / ".dsar" / "journal.jsonl").read_text().splitlines()]
        assert [step.partition(":")[0] for step in steps] == ["registered", "torn", "registered"]


def test_what_was_torn_is_told_until_somebody_says_that_they_have_looked(company: Path, dsar: Dsar) -> None:  # noqa: F811
    dsar("request", "add", *ADA, "--request", "R-1")
    next(torn(company, dsar, "request", "acknowledge", "R-1"))
    dsar("request", "list")

    told, document = dsar("journal", "verify"), dsar("journal", "verify", "--json")
    looked, later = dsar("journal", "verify", "--by", "Eve Clerk"), dsar("journal", "verify")

    assert told.code == document.code == 1 and "not looked at" in told.out and "journal.torn-" in told.out
    assert len(json.loads(document.out)["torn"]) == 1
    assert looked.code == later.code == 0 and "torn" not in later.out
    assert "Eve" not in (company / ".dsar" / "journal.jsonl").read_text()
    assert dsar("request", "list").err == ""


def test_a_torn_line_that_was_kept_is_told_also_if_the_machine_stopped_before_the_log_said_so(
    company: Path,  # noqa: F811
    dsar: Dsar,
) -> None:
    dsar("request", "add", *ADA, "--request", "R-1")
    (company / ".dsar" / "journal.torn-0123456789abcdef").write_bytes(b'{"at": "2026')

    assert dsar("journal", "verify").code == 1


def test_a_line_that_was_acted_upon_and_then_cut_is_not_set_aside(company: Path, dsar: Dsar) -> None:  # noqa: F811
    dsar("request", "add", *ADA, "--request", "R-1")
    dsar("request", "acknowledge", "R-1")
    log = company / ".dsar" / "journal.jsonl"
    whole = log.read_bytes()
    start = whole[:-1].rindex(b"\n") + 1

    for cut in range(start + 1, len(whole) - 1, 37):
        log.write_bytes(whole[:cut])
        ended = dsar("request", "list")

        assert ended.code == 2 and "request R-1 stands further than the log says" in ended.err
        assert log.read_bytes() == whole[:cut] and not list((company / ".dsar").glob("journal.torn-*"))
    log.write_bytes(whole[:-1])  # nothing is lost with the line end alone
    assert dsar("request", "list").code == 1 and log.read_bytes() == whole


def test_a_cut_of_a_line_that_only_a_package_knows_is_missed_by_its_head(company: Path, dsar: Dsar) -> None:  # noqa: F811
    dsar("export", *ADA, "--out", "answer")
    log = company / ".dsar" / "journal.jsonl"
    log.write_bytes(log.read_bytes()[:-20])
    dsar("request", "list")

    ended = dsar("journal", "verify", "--package", "answer")

    assert ended.code == 2 and "lacks 1 of 1 heads" in ended.err


@pytest.mark.parametrize("command", [("find", "--request", "R-1"), ("batch", "--due", "--out", "answers"), ("purge",)])
def test_every_command_goes_on_after_a_power_cut(command: tuple[str, ...], company: Path, dsar: Dsar) -> None:  # noqa: F811
    dsar("request", "add", *ADA, "--request", "R-1")
    next(torn(company, dsar, "request", "acknowledge", "R-1"))

    ended = dsar(*command)

    assert ended.code == 1 and "torn while it was written" in ended.err
    assert dsar("request", "list").code == 0 and dsar("journal", "verify").code == 1


def test_a_damaged_log_stops_a_search_only_for_people_of_the_register(company: Path, dsar: Dsar) -> None:  # noqa: F811
    dsar("request", "add", *ADA, "--request", "R-1")
    dsar("request", "add", *BOB, "--request", "R-2")
    log = company / ".dsar" / "journal.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[1:]))
    known, unknown = company / "known.csv", company / "unknown.csv"
    known.write_text("request_id,email\nr-1,ada@example.org\n")
    unknown.write_text("request_id,email\nX-1,ada@example.org\n")

    stopped, searched = (dsar("find", "--requests", str(file), "--json") for file in (known, unknown))

    assert stopped.code == 2 and "journal" in stopped.err and not stopped.out
    assert json.loads(searched.out)["request_id"] == "X-1"
