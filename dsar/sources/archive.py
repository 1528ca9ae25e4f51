"""ZIP archives: which files lie in them, and one of them at a time unpacked into the workspace's scratch folder."""

from __future__ import annotations

import fnmatch
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dsar.errors import Unreadable
from dsar.sources.limits import current, expect_size

MARK = "#"
"""What stands between an archive and a member: `export.zip#Contact.csv`."""
_PIECE = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP archive of files; a workbook is one inside, and no archive to us."""
    with path.open("rb") as file:
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except _DAMAGED:
        return False


def members(path: Path) -> tuple[str, ...]:
    """Give the names of the files in an archive in their order, without folders and what systems put beside them.

    Raises Unreadable for a damaged or empty archive, one that needs a password, one with two files of one name, and
    one that unpacks to more than the limits allow.
    """
    with _opened(path) as archive:
        listed = [info for info in archive.infolist() if not info.is_dir() and not _is_noise(info.filename)]
    if not listed:
        raise Unreadable(f"{path.name} holds no file.", hint="Export it again, or take it out of the folder.")
    if len(listed) > current().members:
        raise Unreadable(
            f"{path.name} holds over {current().members} files.", hint="Raise `members` under [limits] in dsar.toml."
        )
    if any(info.flag_bits & 0x1 for info in listed):
        raise Unreadable(f"{path.name} needs a password.", hint="Unpack it, and name the files that come out.")
    expect_size(path.name, sum(info.file_size for info in listed), path.stat().st_size)
    names = [info.filename for info in listed]
    if len(set(names)) < len(names):
        raise Unreadable(f"{path.name} holds two files of one name.", hint="Unpack it, and see which is right.")
    return tuple(sorted(names))


def chosen(path: Path, pattern: str) -> tuple[str, ...]:
    """Give the members of an archive that a name or pattern means; `Contact.csv` is found in any folder inside."""
    found = [name for name in members(path) if name == pattern]
    return tuple(found or (name for name in members(path) if _fits(name, pattern)))


def _fits(name: str, pattern: str) -> bool:
    whole = name if "/" in pattern else PurePosixPath(name).name
    return fnmatch.fnmatchcase(whole, pattern)


def unpack(path: Path, member: str, folder: Path, most: int | None = None) -> Path:
    """Write one member into `folder` under its own last name, mode 0600, and give its path.

    `most` cuts it off behind so many bytes, at the end of a line. Raises Unreadable for a member that is not there, is
    damaged, is an archive itself, or unpacks to more than it said or the limits allow.
    """
    target = folder / _file_name(member)
    with _opened(path) as archive:
        info = archive.getinfo(member)
        with archive.open(info) as source, _private(target) as copy:
            written = 0
            while piece := source.read(_PIECE):
                written += len(piece)
                expect_size(f"{path.name}{MARK}{member}", written, max(info.compress_size, 1))
                if most is not None and written > most and not piece.startswith(b"PK\x03\x04"):
                    copy.write(piece[: piece.rfind(b"\n") + 1])
                    break
                copy.write(piece)
    if is_archive(target):
        target.unlink()
        raise Unreadable(f"{path.name}{MARK}{member} is an archive inside an archive.", hint="Unpack the outer one.")
    return target


def read_member(path: Path, member: str) -> bytes | None:
    """Give the bytes of a member, or None where there is none of that name; raises Unreadable as `unpack` does."""
    with _opened(path) as archive:
        if member not in archive.namelist():
            return None
        info = archive.getinfo(member)
        expect_size(f"{path.name}{MARK}{member}", info.file_size, max(info.compress_size, 1))
        with archive.open(info) as source:
            return source.read(info.file_size + 1)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except Unreadable:
        raise
    except KeyError:
        raise Unreadable(f"{path.name} has no such file inside.", hint="Correct `files`.") from None
    except _DAMAGED:
        raise Unreadable(f"{path.name} is a damaged or cut-off archive.", hint="Export or copy it again.") from None


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        yield file


def _file_name(member: str) -> str:
    """The last part of a member's name: no path of an archive is ever followed."""
    name = PurePosixPath(member.replace("\\", "/")).name.replace("\0", "")
    return name if name not in ("", ".", "..") else "member"


def _is_noise(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return hidden or "__MACOSX" in parts or parts[-1] in ("Thumbs.db", "desktop.ini")
