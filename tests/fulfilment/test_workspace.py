"""An open workspace: shared by those who read, alone for who builds, and nothing personal left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dsar.errors import WorkspaceError
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import PREFIX, Workspace, open_folder, open_workspace
from dsar.store.files import private_folder
from dsar.store.journal import Journal
from dsar.store.keys import open_keys
from dsar.store.lock import drop_abandoned, hold, lives, temporary_files_in

ROOT = Path(__file__).resolve().parents[2]
CRM = {"crm": "key,email\nC1,ada@example.org\nC2,ben@example.org"}
OPEN = "import sys; from dsar import open_workspace; opened = open_workspace(sys.argv[1]); print('open', flush=True); "
Company = Callable[..., Workspace]


@pytest.fixture
def elsewhere(company: Company) -> tuple[Path, Path]:
    """A company's dsar.toml and workspace folder; nobody has it open."""
    workspace = company(CRM)
    workspace.close()
    return workspace.config.folder / "dsar.toml", workspace.root


def start(code: str, *words: object) -> subprocess.Popen[str]:
    """Run code in another process."""
    place = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=place,
    )  # fmt: skip


@contextmanager
def another(config: Path, then: str = "input()") -> Iterator[subprocess.Popen[str]]:
    """Another process has the workspace open."""
    with start(OPEN + then, config) as process:
        assert process.stdout is not None and process.stdout.readline() == "open\n"
        try:
            yield process
        finally:
            process.communicate("\n", timeout=20)


def held(workspace: Workspace) -> bool:
    return find(workspace, [request_of(email=["ada@example.org"])])[0].held


def test_two_commands_work_on_unchanged_exports_at_the_same_time(elsewhere: tuple[Path, Path]) -> None:
    config, root = elsewhere
    with another(config):
        scratches = list((root / "tmp").iterdir())
        workspace = open_workspace(config)

        assert held(workspace)
        assert len(scratches) == 1 and scratches[0].exists()
        assert workspace.lock.scratch not in scratches


def test_nobody_builds_while_another_reads_and_is_told_who_does(elsewhere: tuple[Path, Path]) -> None:
    config, root = elsewhere
    with another(config) as process:
        before = sorted((root / "segments").iterdir())
        (config.parent / "crm.csv").write_text("key,email\nC3,cem@example.org\n")

        with pytest.raises(WorkspaceError, match=rf"Another dsar .*\(pid {process.pid} since \d"):
            open_workspace(config)

        assert sorted((root / "segments").iterdir()) == before


def test_a_vanished_export_is_dropped_only_when_nobody_reads_it(elsewhere: tuple[Path, Path]) -> None:
    config, root = elsewhere
    (config.parent / "crm.csv").unlink()
    with another(config, "") as finished:
        finished.wait(timeout=20)
    assert list((root / "segments").iterdir()) == []


def test_of_several_that_start_at_once_one_builds_and_all_read(elsewhere: tuple[Path, Path]) -> None:
    config, root = elsewhere
    shutil.rmtree(root / "segments")
    started = [start(OPEN, config) for _ in range(2)]

    said = [process.communicate(timeout=20)[1] for process in started]

    assert said == ["", ""]
    assert len(list((root / "segments").iterdir())) == 1


def test_a_workspace_that_is_held_alone_is_refused(
    elsewhere: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, _ = elsewhere
    monkeypatch.setattr("dsar.store.lock.PATIENCE", 0.1)
    with another(config, "opened.lock.alone(); print('alone', flush=True); input()") as process:
        assert process.stdout is not None and process.stdout.readline() == "alone\n"

        with pytest.raises(WorkspaceError, match=str(process.pid)):
            open_workspace(config)


def test_what_a_killed_command_left_in_tmp_goes(elsewhere: tuple[Path, Path]) -> None:
    config, root = elsewhere
    with another(config) as process:
        process.kill()
    (left,) = (root / "tmp").iterdir()
    (left / "spill").write_text("ada@example.org")

    workspace = open_workspace(config)

    assert list((root / "tmp").iterdir()) == [workspace.lock.scratch]


def test_one_process_may_open_a_workspace_again_after_a_change(company: Company) -> None:
    first = company(CRM)
    (first.config.folder / "crm.csv").write_text("key,email\nC3,cem@example.org\n")

    second = open_workspace(first.config.folder / "dsar.toml")

    assert not held(second)
    assert second.lock is first.lock


def test_a_closed_workspace_leaves_no_scratch_folder(company: Company) -> None:
    workspace = company(CRM)
    scratch = workspace.lock.scratch
    assert scratch.is_dir() and scratch.stat().st_mode & 0o077 == 0

    workspace.close()

    assert not scratch.exists()


def test_libraries_write_their_temporary_files_into_the_workspace(company: Company) -> None:
    workspace, before = company(CRM), tempfile.tempdir
    with temporary_files_in(workspace.root), tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).is_relative_to(workspace.root / "tmp")
    assert tempfile.tempdir == before


def test_a_lost_key_is_not_replaced(elsewhere: tuple[Path, Path]) -> None:
    config, root = elsewhere
    key = config.parent / "dsar.key"
    Journal(root / "journal.jsonl", open_keys(key).journal).append("R-1", "export", "2026-11-22", {})
    key.unlink()

    with pytest.raises(WorkspaceError, match="missing") as caught:
        open_workspace(config)

    assert "backup" in caught.value.hint
    assert not key.exists()


def test_a_key_is_made_once(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "dsar.key"

    made = open_keys(key, tmp_path / "journal.jsonl")

    assert made == open_keys(key)
    assert [path.name for path in key.parent.iterdir()] == ["dsar.key"]
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_journal_is_read_once_a_run(company: Company) -> None:
    workspace = company(CRM)
    assert workspace.journal is workspace.journal


def test_a_folder_workspace_goes_with_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "crm.csv").write_text("customer_no,email\nC1,ada@example.org\nC2,ben@example.org\n")

    workspace = open_folder(exports)
    assert [path.resolve() for path in tmp_path.glob(f"{PREFIX}*")] == [workspace.root]
    del workspace

    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_only_the_workspaces_of_killed_processes_are_removed(tmp_path: Path) -> None:
    for name in ("dead", "foreign", "open"):
        private_folder(tmp_path / f"{PREFIX}{name}")
    (tmp_path / f"{PREFIX}dead" / "lock").touch()
    (tmp_path / f"{PREFIX}foreign" / "letter.txt").touch()
    lock = hold(tmp_path / f"{PREFIX}open")

    drop_abandoned(tmp_path, PREFIX)

    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{PREFIX}foreign", f"{PREFIX}open"]
    lock.close()


def test_a_process_is_told_from_none() -> None:
    assert lives(str(os.getppid()))
    assert not lives(str(os.getpid()))
    assert not lives("") and not lives("x")
