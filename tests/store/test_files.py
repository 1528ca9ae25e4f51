"""Files that only their owner may read, written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.store import files
from dsar.store.files import commit, private_folder, write_private


@pytest.fixture(autouse=True)
def open_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_and_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    private_folder(tmp_path / "a" / "b")
    write_private(tmp_path / "a" / "b" / "x", b"1")

    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "b"), mode(tmp_path / "a" / "b" / "x")) == (0o700, 0o700, 0o600)


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o750)
    private_folder(tmp_path / "a")

    assert mode(tmp_path / "a") == 0o750


def test_an_open_file_is_replaced_by_a_private_one(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    (tmp_path / "x").chmod(0o666)
    write_private(tmp_path / "x", b"new")

    assert ((tmp_path / "x").read_bytes(), mode(tmp_path / "x")) == (b"new", 0o600)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write_private(tmp_path / "x", b"old")
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), full)
    with pytest.raises(OSError, match="No space"):
        write_private(tmp_path / "x", b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_bytes() == b"old"


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"keep")
    (tmp_path / f".x.{os.getpid()}.part").symlink_to(target)
    with pytest.raises(OSError):
        write_private(tmp_path / "x", b"new")
    (tmp_path / "y").symlink_to(target)
    write_private(tmp_path / "y", b"new")

    assert target.read_bytes() == b"keep"
    assert not (tmp_path / "y").is_symlink()


def test_bytes_are_made_to_last_before_the_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def noting(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def note(*given: object) -> object:
            order.append(name)
            return real(*given)

        return note

    monkeypatch.setattr(os, "fsync", noting("fsync", os.fsync))
    monkeypatch.setattr(Path, "replace", noting("rename", Path.replace))
    monkeypatch.setattr(files, "sync_folder", noting("fsync folder", files.sync_folder))
    write_private(tmp_path / "x", b"1")

    assert order == ["fsync", "rename", "fsync folder", "fsync"]


def test_a_finished_folder_gets_its_name_at_once(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "x").write_bytes(b"1")
    commit(tmp_path / "tmp", tmp_path / "final")

    assert [path.name for path in tmp_path.rglob("*")] == ["final", "x"]


def test_what_a_killed_process_left_of_a_file_goes_and_what_a_living_one_writes_stays(tmp_path: Path) -> None:
    gone, other, alive = (tmp_path / name for name in (".x[1].4194304.part", ".y.4194304.part", ".x[1].1.part"))
    for path in (gone, other, alive):
        path.write_bytes(b"half")

    write_private(tmp_path / "x[1]", b"1")

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([alive.name, other.name, "x[1]"])
