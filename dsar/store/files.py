"""Files that only their owner may read, written whole or not at all."""

from __future__ import annotations

import functools
import glob
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def private_folder(path: Path) -> None:
    """Make `path` and its missing parents, each with mode 0700; an existing folder is left as it is."""
    missing = []
    folder = path
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """Write `data` to `path` with mode 0600: to a temporary name, fsynced, then renamed, then the folder fsynced.

    Readers see the old file or the new one, never a part. Raises OSError.
    """
    drop_parts(path.parent, path.name)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        commit(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def drop_parts(folder: Path, name: str) -> None:
    """Remove what a process that was killed left of a file that it had not finished, `.<name>.<process>.part`."""
    for left in folder.glob(f".{glob.escape(name)}.*.part"):
        if not left.is_symlink() and not lives(left.name.split(".")[-2]):
            left.unlink(missing_ok=True)


def write_new(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 under a name that nobody looks for yet.

    It lasts once it and its folder are synced (`sync_all`), which its owner does before it gives the file, or the
    folder, its final name. Raises OSError, also where there is such a file.
    """
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(data)
        file.flush()


def sync_all(paths: Iterable[Path]) -> None:
    """Make the bytes of files and the names in folders last, all at once: a disk flushes many as fast as one.

    Raises OSError of the first that could not be.
    """
    for _ in _syncers().map(sync_file, dict.fromkeys(paths)):
        pass


@functools.cache
def _syncers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8, thread_name_prefix="sync")


def commit(temporary: Path, path: Path) -> None:
    """Rename a finished file or folder to its name and make the rename last (fsync of the folder).

    Rename is only durable once the folder is fsynced; a reader then never finds a half-written file at the name.
    """
    temporary.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the bytes of a file, or the names in a folder, last."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lives(process: str) -> bool:
    """Whether there is another process with this number; False for what is no number."""
    if not process.isdecimal() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
