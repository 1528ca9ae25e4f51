"""The journal: whole after many writers, closed to whoever edits it, and never longer than what was made last."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import pytest

from dsar.errors import WorkspaceError
from dsar.store.journal import START, Journal, verify

KEY, AT = "k" * 64, "2026-11-22T12:00:00+01:00"


def written(path: Path, count: int = 3) -> Path:
    """A journal of `count` events of two requests."""
    journal = Journal(path, KEY)
    for number in range(count):
        journal.append(f"R-{number % 2}", f"step {number}", AT, {"records": number})
    return path


def append_many(path: Path, name: str) -> None:
    """What one of several processes does."""
    journal = Journal(path, KEY)
    for number in range(60):
        journal.append(name, f"step {number}", AT, {"records": number})


def test_three_processes_at_once_leave_a_whole_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=append_many, args=(path, f"R-{number}")) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert verify(path, KEY).events == 180


def test_an_open_journal_takes_in_what_others_appended(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl")
    first, second = Journal(path, KEY), Journal(path, KEY)

    chain = first.append("R-9", "export", AT, {"records": 1})
    again = second.append("R-9", "export", AT, {"records": 1})
    second.append("R-9", "erase", AT, {"records": 1})

    assert chain == again
    assert verify(path, KEY) == second.stands
    assert second.stands.events == 5


def test_what_was_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "journal.jsonl", 5)
    journal = Journal(path, KEY)
    taken: list[bytes] = []
    checked = Journal._checked

    def counted(self: Journal, line: bytes) -> dict[str, Any]:
        taken.append(line)
        return checked(self, line)

    monkeypatch.setattr(Journal, "_checked", counted)

    for number in range(5):
        journal.append("R-9", f"step {number}", AT, {})

    assert taken == []


@pytest.mark.parametrize("line", [b"{}\n", b"[]\n", b'{"n": 1}\n', b"\xff\n", b"", b'"n": 1'])
def test_a_damaged_line_is_named(line: bytes, tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], line, *lines[2:]]))

    with pytest.raises(WorkspaceError, match="line 2"):
        Journal(path, KEY)


def test_nothing_is_chained_to_a_journal_that_was_edited(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl")
    path.write_text(path.read_text().replace('"records": 1', '"records": 7'))

    with pytest.raises(WorkspaceError, match="line 2 was changed"):
        Journal(path, KEY)


def test_a_journal_sealed_with_another_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="line 1"):
        Journal(written(tmp_path / "journal.jsonl"), "other" * 10)


def test_a_journal_that_was_cut_while_it_is_open_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl")
    journal = Journal(path, KEY)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))

    with pytest.raises(WorkspaceError, match="cut"):
        journal.append("R-9", "export", AT, {})


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "journal.jsonl")
    before, journal = path.read_bytes(), Journal(path, KEY)
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, data: write(handle, data[:10]))
        with pytest.raises(OSError, match="No space"):
            journal.append("R-9", "export", AT, {})

    assert path.read_bytes() == before
    journal.append("R-9", "export", AT, {})
    assert verify(path, KEY).events == 4


def test_a_journal_that_does_not_exist_is_empty_and_not_made_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"

    assert (verify(path, KEY).events, verify(path, KEY).head) == (0, START)
    assert not path.exists()


def test_each_request_has_its_own_chain(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl", 4)
    chains = [json.loads(line)["chain"] for line in path.read_text().splitlines()]

    journal = Journal(path, KEY)

    assert (journal.head("R-0"), journal.head("R-1"), journal.head("R-2")) == (chains[2], chains[3], START)
