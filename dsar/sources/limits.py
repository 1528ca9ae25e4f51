"""How much a file may ask of this machine before it is refused: bombs cost an error, never the process."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from dsar.config import Limits
from dsar.errors import Unreadable

MB = 1024 * 1024
FREE = 64 * MB
"""Whatever unpacks to no more than this is small, however well it was packed."""
TOO_LARGE = "larger than `cell_mb` under [limits] allows"
MOST_COLUMNS = 10_000
"""Headings of one table, or different keys of the records of one file."""
_CURRENT: ContextVar[Limits | None] = ContextVar("limits", default=None)


def current() -> Limits:
    """Give the limits of this run: those of `[limits]` in dsar.toml, else the usual ones."""
    return _CURRENT.get() or Limits()


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Let these limits hold inside."""
    token = _CURRENT.set(limits)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def largest() -> int:
    """Give how many characters one row, line or record may have, which is also the most that one cell may."""
    return current().cell_mb * MB


def expect_size(name: str, unpacked: int, packed: int) -> None:
    """Refuse what unpacks to more than the limits allow; raises Unreadable, which names the limit."""
    limits = current()
    if unpacked <= FREE:
        return
    if unpacked > limits.unpacked_mb * MB:
        raise _too_large(name, "unpacked_mb", f"{limits.unpacked_mb} MB")
    if unpacked > limits.ratio * max(packed, 1):
        raise _too_large(name, "ratio", f"{limits.ratio} times its size")


def _too_large(name: str, key: str, most: str) -> Unreadable:
    return Unreadable(
        f"{name} unpacks to more than {most}.",
        hint=f"Look where it came from. If it is sound, raise `{key}` under [limits] in dsar.toml.",
    )


class Unpacked(gzip.GzipFile):
    """A gzip file that is refused as soon as it unpacks to more than the limits allow."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._path, self._packed, self._most = path, path.stat().st_size, 0

    def read(self, size: int | None = -1) -> bytes:
        """Read, and count what was unpacked so far; raises Unreadable beyond the limits."""
        return self._counted(super().read(MB if size is None or size < 0 else size))

    def read1(self, size: int = -1) -> bytes:
        """Read what is at hand; raises Unreadable beyond the limits."""
        return self._counted(super().read1(size))

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer; raises Unreadable beyond the limits."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _counted(self, data: bytes) -> bytes:
        self._most += len(data)
        expect_size(self._path.name, self._most, self._packed)
        return data
