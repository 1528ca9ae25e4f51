"""A disk that fails at the n-th write, flush or rename leaves no part of a file, and the next run mends it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from dsar.cli import main
from dsar.store import files
from tests.faults import small

EVERY = os.environ.get("DSAR_FAULTS") == "every"
"""Every fault of every command, and not only some: `DSAR_FAULTS=every pytest tests/faults`."""
REGISTER = ["request", "add", "--email", "p5@example.org", "--request", "R-5", "--received", "2026-11-06"]
BATCH = ["batch", "one.csv", "--out", "answers"]
ONE = ["--email", "p1@example.org"]
OTHERS = [["check"], ["find", *ONE], ["export", *ONE, "--out", "answers"], ["erase", *ONE, "--out", "answers"]]


class Disk:
    """Counts writes, flushes and renames, and fails the n-th one as a full disk does."""

    def __init__(self, patched: pytest.MonkeyPatch, fail_at: int) -> None:
        self.done, self.fail_at = 0, fail_at
        patched.setattr(os, "fsync", self._failing(os.fsync))
        patched.setattr(Path, "replace", self._failing(Path.replace))
        patched.setattr(Path, "rename", self._failing(Path.rename))
        patched.setattr(os, "link", self._failing(os.link))
        patched.setattr(os, "write", self._half(os.write))
        patched.setattr(files, "open", self._open, raising=False)

    def _count(self) -> bool:
        self.done += 1
        return self.done == self.fail_at

    def _failing(self, original: Callable[..., object]) -> Callable[..., object]:
        def called(*words: object, **more: object) -> object:
            if self._count():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return original(*words, **more)

        return called

    def _half(self, original: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
        """A full disk takes a part of what is written, and says how much."""

        def called(handle: int, data: bytes) -> int:
            return original(handle, data[: len(data) // 2] if self._count() else data)

        return called

    def _open(self, handle: int, mode: str) -> Failing:
        return Failing(open(handle, mode), self._count)


class Failing:
    """A file that takes half of what is written when the disk says so."""

    def __init__(self, file: IO[bytes], fails: Callable[[], bool]) -> None:
        self._file, self._fails = file, fails

    def __enter__(self) -> Failing:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        if self._fails():
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "company"
    small.make(folder)
    (folder / "one.csv").write_text("request_id,right,received,email\nR-1,access,2026-11-02,p1@example.org\n")
    monkeypatch.chdir(folder)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return folder


def run(words: list[str]) -> int:
    return main([*words, "--today", small.TODAY])


def fresh(folder: Path) -> None:
    for name in (".dsar", "answers"):
        shutil.rmtree(folder / name, ignore_errors=True)


def parts(folder: Path, whole: dict[str, str]) -> list[str]:
    """Files at a final name that are not what they are in an undisturbed run."""
    found = []
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        hidden = any(part.startswith(".") and part != ".dsar" for part in path.relative_to(folder).parts)
        skipped = hidden or "/tmp/" in name or "/batches/" in name or name.endswith(("lock", "journal.jsonl"))
        if path.is_file() and name.startswith(("answers", ".dsar")) and not skipped:
            data = small.look_at(path)
            if whole.get(name) != data and "/segments/" not in name:
                found.append(name)
    return found


def faults(folder: Path, words: list[str], step: int) -> list[str]:
    """Fail each `step`-th operation of a command in turn; gives what was wrong after one, or after the next run."""
    fresh(folder)
    with pytest.MonkeyPatch.context() as patched:
        disk = Disk(patched, 0)
        assert run(words) in (0, 1)
    whole, wrong = small.look(folder), []
    assert disk.done > 5
    for number in range(1, disk.done + 1, step):
        fresh(folder)
        with pytest.MonkeyPatch.context() as patched:
            Disk(patched, number)
            code = run(words)
        wrong += [f"{number}: {name} is a part" for name in parts(folder, whole)]
        again = run(words)
        wrong += [f"{number}: ended with {code}, then {again}"] if again not in (0, 1) else []
        wrong += [f"{number}: {name} differs" for name in small.differences(whole, small.look(folder))]
    return wrong


def test_every_fault_while_a_request_is_registered_is_mended_by_the_next_run(company: Path) -> None:
    assert faults(company, REGISTER, step=1) == []


def test_faults_while_a_batch_works_leave_no_part_and_are_mended_by_the_next_run(company: Path) -> None:
    assert faults(company, BATCH, step=1 if EVERY else 17) == []


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: words[0])
def test_faults_of_the_other_commands_leave_no_part_either(company: Path, words: list[str]) -> None:
    assert faults(company, words, step=1 if EVERY else 11) == []
