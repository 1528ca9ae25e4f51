"""A copy of an export file without the lines of one person, every other byte as it was."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from dsar.errors import DsarError
from dsar.store.files import commit

_HEAD, _CHUNK = 4096, 1 << 20
_UTF16 = {b"\xff\xfe": "<u2", b"\xfe\xff": ">u2"}
_FEED, _CARRIAGE = 10, 13
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")


Characters = NDArray[np.integer[Any]]


class CannotRewrite(DsarError):
    """An export file cannot be rewritten line by line; it stays as it is and nothing is written."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class RewriteResult:
    """What a rewritten file has lost and kept: lines, bytes as stored, and the SHA-256 of both files."""

    lines_before: int
    lines_after: int
    bytes_before: int
    bytes_after: int
    sha256_before: str
    sha256_after: str


def rewrite(
    path: Path,
    spans: Sequence[tuple[int, int]],
    out: Path,
    *,
    expected_sha256: str | None = None,
    by_line_feed: bool = False,
) -> RewriteResult:
    """Copy an export file without some physical lines, every other byte identical (Art. 17, 5(1)(f) GDPR).

    `spans` are (first line counted from 1, number of lines), in any order. Lines end at a line feed; in UTF-16 files
    with a byte-order mark at a two-byte one. `by_line_feed` says that the reader of the file counts its lines so, too
    (logs and JSON lines): a carriage return inside a line is then a character like any other. A gzip file is unpacked
    and packed again, with no time and no name inside. The file is streamed; `out` appears whole, mode 0600, or not at
    all.
    Raises CannotRewrite where a span lies outside the file, what is read differs from `expected_sha256`, is truncated,
    is UTF-32 or UTF-16 without a mark, or (a table) holds carriage returns that end lines by themselves: another
    program would count its lines in another way.
    """
    unwanted = _unwanted(spans)
    if out.exists() and out.samefile(path):
        raise CannotRewrite("A rewritten file must not replace its own source.", hint="Choose another folder.")
    temporary = out.with_name(f".{out.name}.{os.getpid()}.part")
    packed = _is_packed(path)
    with _or_nothing(temporary):
        with _reading(path, packed=packed) as (source, read), _writing(temporary, packed=packed) as (copy, written):
            lines = _copy(source, unwanted, copy, by_line_feed=by_line_feed)
        if expected_sha256 not in (None, read.sha256):  # of the very bytes that were copied
            raise CannotRewrite("An export file has changed since it was searched.", hint="Run the search again.")
        if unwanted and unwanted[-1][1] > lines:
            raise CannotRewrite(
                "A record to be removed lies beyond the end of its export file.",
                hint="The file is not the one that was searched; run the search again.",
            )
        commit(temporary, out)
    left = lines - sum(last - first + 1 for first, last in unwanted)
    return RewriteResult(lines, left, read.size, written.size, read.sha256, written.sha256)


@contextmanager
def _or_nothing(temporary: Path) -> Iterator[None]:
    """Remove what was written if anything is raised; what unpacking raises is told as a damaged file."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error):
        temporary.unlink(missing_ok=True)
        raise CannotRewrite("A packed export file is damaged or truncated.", hint="Fetch the export again.") from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _unwanted(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans as (first, last) lines, sorted and without overlap."""
    if any(first < 1 or count < 1 for first, count in spans):
        raise CannotRewrite("A span of lines is empty or starts before line 1.", hint="This is a fault of dsar.")
    merged: list[tuple[int, int]] = []
    for first, count in sorted(spans):
        last = first + count - 1
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _copy(source: BinaryIO, unwanted: Sequence[tuple[int, int]], copy: BinaryIO, *, by_line_feed: bool) -> int:
    """Copy all lines but the unwanted ones, piece by piece; gives the number of lines there were."""
    head = source.read(_HEAD)
    units = _units(head)
    line, position, carriage, ended = 1, 0, False, True
    for piece in itertools.chain([head], iter(lambda: source.read(_CHUNK), b"")):
        characters = np.frombuffer(piece, units, len(piece) // units.itemsize)
        feeds = characters == _FEED
        if not by_line_feed:
            carriage = _refuse_lone_carriages(characters, feeds, carriage)
        ends = (np.flatnonzero(feeds) + 1) * units.itemsize  # the first one ends `line`
        open_line, start, whole = line + len(ends), 0, memoryview(piece)
        while position < len(unwanted) and unwanted[position][0] <= open_line:
            first, last = unwanted[position]
            if first > line:
                copy.write(whole[start : ends[first - line - 1]])
            start = int(ends[last - line]) if last < open_line else len(piece)
            if last >= open_line:
                break  # the next piece may still belong to it
            position += 1
        copy.write(whole[start:])
        line = open_line
        ended = len(ends) > 0 and ends[-1] == len(piece) if piece else ended
    return line - 1 if ended else line


def _units(head: bytes) -> np.dtype[Any]:
    """How characters lie in a file by its first bytes: of one byte each or of two."""
    if head.startswith(_UTF32):
        raise CannotRewrite("An export file is UTF-32, which is not rewritten.", hint="Export it as UTF-8.")
    if head[:2] not in _UTF16 and b"\x00" in head:
        raise CannotRewrite(
            "An export file holds NUL bytes and no byte-order mark, so its lines cannot be told apart.",
            hint="Export it as UTF-8, or remove the lines by hand.",
        )
    return np.dtype(_UTF16.get(head[:2], "u1"))


def _refuse_lone_carriages(characters: Characters, feeds: NDArray[np.bool_], before: bool) -> bool:
    """Raise CannotRewrite where a carriage return stands before anything but a line feed or the end of the file.

    `before` says whether one stands right before the piece; gives whether one is the last of it.
    """
    if not len(characters):
        return before
    carriages = characters == _CARRIAGE
    if (before and not feeds[0]) or (carriages[:-1] & ~feeds[1:]).any():
        raise CannotRewrite(
            "An export file holds carriage returns inside lines, so its lines cannot be counted for certain.",
            hint="Export it with one kind of line end, or remove the lines by hand.",
        )
    return bool(carriages[-1])


def _is_packed(path: Path) -> bool:
    """Whether the file is gzip by its first bytes, as the readers decide it, too: names can be wrong."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


class _Through:
    """A file, with the SHA-256 and the number of the bytes that went through."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest, self.size = file, hashlib.sha256(), 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._digest.update(data)
        self.size += len(data)
        return data

    def write(self, data: bytes | memoryview) -> int:
        self._digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


@contextmanager
def _reading(path: Path, *, packed: bool) -> Iterator[tuple[BinaryIO, _Through]]:
    with path.open("rb") as raw:
        through = cast("Any", _Through(raw))
        if not packed:
            yield through, through
            return
        with gzip.GzipFile(fileobj=through, mode="rb") as unpacked:
            yield cast("BinaryIO", unpacked), through


@contextmanager
def _writing(path: Path, *, packed: bool) -> Iterator[tuple[BinaryIO, _Through]]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(handle, "wb") as raw:
        through = cast("Any", _Through(raw))
        if packed:  # no time and no name, so that the same lines give the same bytes
            with gzip.GzipFile(filename="", fileobj=through, mode="wb", mtime=0) as archive:
                yield cast("BinaryIO", archive), through
        else:
            yield through, through
        raw.flush()
        os.fsync(raw.fileno())
