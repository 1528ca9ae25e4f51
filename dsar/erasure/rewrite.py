"""A copy of an export file without the lines of one person, every other byte as it was."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dsar.errors import DsarError
from dsar.store.files import commit

_CHUNK = 1 << 20
_UTF16 = {b"\xff\xfe": b"\n\x00", b"\xfe\xff": b"\x00\n"}
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")


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
    Raises CannotRewrite where a span lies outside the file, the file differs from `expected_sha256` or changes
    meanwhile, is truncated, is UTF-32 or UTF-16 without a mark, or (a table) holds carriage returns that end lines by
    themselves: another program would count its lines in another way.
    """
    unwanted = _unwanted(spans)
    if out.exists() and out.samefile(path):
        raise CannotRewrite("A rewritten file must not replace its own source.", hint="Choose another folder.")
    before = _fingerprint(path)
    if expected_sha256 is not None and before[0] != expected_sha256:
        raise CannotRewrite("An export file has changed since it was searched.", hint="Run the search again.")
    temporary = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        lines_before, lines_after = _copy(path, unwanted, temporary, by_line_feed=by_line_feed)
        if _fingerprint(path) != before:
            raise CannotRewrite("An export file changed while it was rewritten.", hint="Run it again.")
        sha256_after, bytes_after = _fingerprint(temporary)
        commit(temporary, out)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return RewriteResult(lines_before, lines_after, before[1], bytes_after, before[0], sha256_after)


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


def _copy(path: Path, unwanted: Sequence[tuple[int, int]], temporary: Path, *, by_line_feed: bool) -> tuple[int, int]:
    """Copy all lines but the unwanted ones; gives the number of lines before and after."""
    number = kept = position = 0
    packed = _is_packed(path)
    try:
        with _reading(path, packed=packed) as source, _writing(temporary, packed=packed) as copy:
            for number, line in enumerate(_lines(source, by_line_feed=by_line_feed), 1):
                while position < len(unwanted) and number > unwanted[position][1]:
                    position += 1
                if position < len(unwanted) and number >= unwanted[position][0]:
                    continue
                kept += 1
                copy.write(line)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise CannotRewrite("A packed export file is damaged or truncated.", hint="Fetch the export again.") from None
    if unwanted and unwanted[-1][1] > number:
        raise CannotRewrite(
            "A record to be removed lies beyond the end of its export file.",
            hint="The file is not the one that was searched; run the search again.",
        )
    return number, kept


def _is_packed(path: Path) -> bool:
    """Whether the file is gzip by its first bytes, as the readers decide it, too: names can be wrong."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


@contextmanager
def _reading(path: Path, *, packed: bool) -> Iterator[BinaryIO]:
    with path.open("rb") as raw:
        if not packed:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
            yield unpacked  # type: ignore[misc]


@contextmanager
def _writing(path: Path, *, packed: bool) -> Iterator[BinaryIO]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(handle, "wb") as raw:
        if packed:  # no time and no name, so that the same lines give the same bytes
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as archive:
                yield archive  # type: ignore[misc]
        else:
            yield raw
        raw.flush()
        os.fsync(raw.fileno())


def _lines(source: BinaryIO, *, by_line_feed: bool) -> Iterator[bytes]:
    """The physical lines with their ends, of one- or two-byte encodings."""
    head = source.read(4096)
    if head.startswith(_UTF32):
        raise CannotRewrite("An export file is UTF-32, which is not rewritten.", hint="Export it as UTF-8.")
    newline = _UTF16.get(head[:2])
    if newline is None and b"\x00" in head:
        raise CannotRewrite(
            "An export file holds NUL bytes and no byte-order mark, so its lines cannot be told apart.",
            hint="Export it as UTF-8, or remove the lines by hand.",
        )
    carriage = b"\r" if newline is None else newline.replace(b"\n", b"\r")
    for line in _split(source, head, newline or b"\n"):
        if not by_line_feed and _holds(line.removesuffix(newline or b"\n").removesuffix(carriage), carriage):
            raise CannotRewrite(
                "An export file holds carriage returns inside lines, so its lines cannot be counted for certain.",
                hint="Export it with one kind of line end, or remove the lines by hand.",
            )
        yield line


def _split(source: BinaryIO, rest: bytes, newline: bytes) -> Iterator[bytes]:
    width, searched = len(newline), 0
    while True:
        start = 0
        while (end := _find(rest, newline, max(start, searched), width)) >= 0:
            yield rest[start : end + width]
            start = end + width
        rest = rest[start:]
        searched = max(0, len(rest) // width * width)
        chunk = source.read(_CHUNK)
        if not chunk:
            break
        rest += chunk
    if rest:
        yield rest


def _find(data: bytes, wanted: bytes, start: int, width: int) -> int:
    """Find a character that starts at a multiple of its width, so that no two halves are taken for one."""
    at = data.find(wanted, start)
    while at >= 0 and at % width:
        at = data.find(wanted, at + 1)
    return at


def _holds(line: bytes, character: bytes) -> bool:
    return _find(line, character, 0, len(character)) >= 0


def _fingerprint(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
