"""The export files that `files` of dsar.toml means: files, and files inside archives."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dsar.errors import ConfigError, Unreadable
from dsar.sources.archive import MARK, chosen, is_archive, members, unpack

_INSIDE = re.compile(r"(.*\.zip)#(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Export:
    """One export file: a file, or a member of an archive."""

    path: Path
    member: str = ""

    def shown(self, base: Path) -> str:
        """How answers show it: from dsar.toml's folder where it lies inside, `archive.zip#member` for a member."""
        path = os.path.relpath(self.path, base) if self.path.is_relative_to(base) else str(self.path)
        return f"{path}{MARK}{self.member}" if self.member else path

    @property
    def place(self) -> Path:
        """Its path, for a member as if the archive were a folder whose name ends in `#`."""
        return Path(f"{self.path}{MARK}{self.member}") if self.member else self.path

    @property
    def name(self) -> str:
        """Its own name: that of the member, without folders."""
        return self.member.rpartition("/")[2] if self.member else self.path.name

    def beside(self, folder: str) -> Path:
        """The place of a folder that lies beside it, in its archive if it lies in one."""
        if not self.member:
            return self.path.parent / folder
        return Path(f"{self.path}{MARK}{(PurePosixPath(self.member).parent / folder).as_posix()}")

    @contextmanager
    def opened(self, scratch: Path) -> Iterator[Path]:
        """Give the path to read it from; a member is unpacked into `scratch` and gone afterwards."""
        if not self.member:
            yield self.path
            return
        target = unpack(self.path, self.member, scratch)
        try:
            yield target
        finally:
            target.unlink(missing_ok=True)


def exports_of(folder: Path, pattern: str) -> Iterator[tuple[Path, str | None]]:
    """Give the files that an entry of `files` means, in the order of their names, each with its pattern of members.

    An archive stands for all of its members; `archive.zip#Contact.csv` for one, `archive.zip#*.csv` for some of them.
    Raises ConfigError for what is no pattern.
    """
    inside = _INSIDE.fullmatch(pattern)
    if inside is None or expand(folder, pattern):
        yield from ((path, None) for path in sorted(expand(folder, pattern)))
    else:
        yield from ((path, inside[2]) for path in sorted(expand(folder, inside[1])))


def unpacked(path: Path, pattern: str | None = None) -> Iterator[Export]:
    """Give a file, or every member of an archive, or those that fit a pattern.

    Raises Unreadable for an archive that cannot be opened, or one without such a member.
    """
    if not is_archive(path):
        yield Export(path)
        return
    names = members(path) if pattern is None else chosen(path, pattern)
    if not names:
        raise Unreadable(f"{path.name} holds no `{pattern}`.", hint="Export it again, or correct `files`.")
    yield from (Export(path, name) for name in names)


def _require_open(start: Path, pattern: Path) -> None:
    """Raise PermissionError for a folder that a pattern leads through and that we may not read.

    Python's own glob passes over such a folder without a word: a source would lack files and be called searched.
    """
    parts = pattern.parts[:-1]
    plain = next((number for number, part in enumerate(parts) if any(mark in part for mark in "*?[")), len(parts))
    first = start.joinpath(*parts[:plain])
    if not first.is_dir():
        return
    for place, inner, _ in os.walk(first, onerror=_raised):
        depth = len(Path(place).relative_to(first).parts)
        if "**" not in parts and depth + plain >= len(parts):
            inner.clear()


def _raised(error: OSError) -> None:
    raise error


def expand(folder: Path, pattern: str) -> list[Path]:
    """Give the files that a name or pattern of `files` stands for, relative to dsar.toml's folder.

    Raises ConfigError for what is no pattern.
    """
    path = Path(pattern).expanduser() if pattern.startswith("~/") else Path(pattern)
    whole = path if path.is_absolute() else folder / path
    if whole.is_file():  # `report [1].csv` is a name before it is a pattern
        return [whole]
    if not any(mark in pattern for mark in "*?["):
        return []
    start = Path(path.anchor) if path.is_absolute() else folder
    relative = path.relative_to(path.anchor) if path.is_absolute() else path
    _require_open(start, relative)
    try:
        return [found for found in start.glob(str(relative)) if found.is_file()]
    except ValueError:
        raise ConfigError(f"dsar.toml: `{pattern}` is no pattern of file names.", hint="Correct `files`.") from None
