"""The lock of a workspace: shared by all who read it, alone for whoever changes it, free when its process ends."""

from __future__ import annotations

import datetime
import fcntl
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dsar.errors import WorkspaceError
from dsar.store.files import lives, private_folder

PATIENCE = 5.0
"""Seconds to wait for a command that holds the workspace alone because it just starts; building takes longer."""


class Lock:
    """A held lock and the private scratch folder of this process; both go when it is closed or no longer used."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._handle = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        # whoever comes first is alone: of several that must build the same, one does and the others wait for it
        self._alone = self._take(fcntl.LOCK_EX)
        try:
            if self._alone:
                self._clear()
            deadline = time.monotonic() + PATIENCE
            while not self._alone and not self._take(fcntl.LOCK_SH):
                if time.monotonic() > deadline:
                    raise self._busy()
                time.sleep(0.02)
            os.write(self._handle, f"pid {os.getpid()} since {datetime.datetime.now():%Y-%m-%d %H:%M:%S}\n".encode())
            private_folder(root / "tmp")
            self.scratch = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=root / "tmp"))
        except BaseException:
            os.close(self._handle)
            raise
        self.close = weakref.finalize(self, _release, self._handle, self.scratch)

    def alone(self) -> None:
        """Hold the lock alone from here on, before anything that others may read is built or deleted.

        Raises WorkspaceError that names the others where there are any.
        """
        if not self._alone and not self._take(fcntl.LOCK_EX):
            raise self._busy()
        self._alone = True

    def share(self) -> None:
        """Let others read again; what this process reads is not deleted while it holds its share."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)
        self._alone = False

    def _take(self, how: int) -> bool:
        try:
            fcntl.flock(self._handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _clear(self) -> None:
        """Remove what dead processes left: nobody else holds the lock, so nobody uses it."""
        os.ftruncate(self._handle, 0)
        shutil.rmtree(self.root / "tmp", ignore_errors=True)

    def _busy(self) -> WorkspaceError:
        lines = os.pread(self._handle, 10_000, 0).decode("ascii", "replace").splitlines()
        others = "; ".join(line for line in lines if lives("".join(line.split()[1:2]))) or "unknown"
        return WorkspaceError(
            f"Another dsar works in this workspace ({others}).", hint="Wait until it has finished, then run again."
        )


_held: weakref.WeakValueDictionary[Path, Lock] = weakref.WeakValueDictionary()


def hold(root: Path) -> Lock:
    """Take the workspace's lock, or give the one that this process has.

    The first holder is alone until it shares, and removes what dead processes left in `tmp`. Raises WorkspaceError if
    another process holds it alone.
    """
    lock = _held.get(root)
    if lock is None or not lock.close.alive or not (root / "lock").exists() or not lock.scratch.exists():
        private_folder(root)
        lock = _held[root] = Lock(root)
    return lock


@contextmanager
def temporary_files_in(root: Path) -> Iterator[None]:
    """Let libraries write their temporary files, which hold personal values, into the workspace and nowhere else."""
    lock, before = hold(root), tempfile.tempdir
    tempfile.tempdir = str(lock.scratch)
    try:
        yield
    finally:
        tempfile.tempdir = before


def drop_abandoned(folder: Path, prefix: str) -> None:
    """Remove the temporary workspaces in `folder` that a killed process of this user left behind."""
    for root in folder.glob(f"{prefix}*"):
        if root.is_symlink() or not root.is_dir() or root.stat().st_uid != os.getuid():
            continue
        try:
            handle = os.open(root / "lock", os.O_RDWR | os.O_NOFOLLOW)
        except OSError:  # it is no workspace, or not yet one
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(root, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(handle)


def _release(handle: int, scratch: Path) -> None:
    shutil.rmtree(scratch, ignore_errors=True)
    os.close(handle)
