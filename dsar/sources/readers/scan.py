"""One pass over a file's bytes: its hash, and whether a fast reader may be trusted with it."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.errors import Unreadable
from dsar.sources.limits import Unpacked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 256 * 1024
"""Bytes that are looked at together, few enough to stay near the processor."""
SEPARATORS = "\x01\x02\x03\x04\x05\x06\v\x1c\x1d\x1e\x1f"
GZIP = b"\x1f\x8b"
_FEED = 10


@dataclass(frozen=True)
class Scan:
    """What the bytes of a file say before anybody parses them."""

    sha256: str
    """Of the file as it lies there (compressed, where it is)."""
    compressed: bool
    lines: int
    """Physical lines: line feeds, and one more for a last line without."""
    utf8: bool
    nuls: int
    newline: str | None
    """The one line ending of the whole file, or None where they are mixed."""
    quotes: bool
    spaced_quotes: bool
    """A quote with a blank on its outer side, which readers take in different ways."""
    blank_lines: bool
    separators: str
    """Control characters that the file does not hold, for reading a line as one column."""


def is_compressed(path: Path) -> bool:
    """Whether the file is gzip, by its first bytes."""
    with path.open("rb") as file:
        return file.read(2) == GZIP


def blocks(path: Path) -> Iterator[bytes]:
    """Give the (decompressed) bytes of a file in blocks.

    Raises Unreadable for a gzip file that is cut off or damaged.
    """
    compressed = is_compressed(path)
    with Unpacked(path) if compressed else path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                yield block
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise Unreadable(
                f"{path.name} is compressed and ends too early or is damaged.", hint="Copy or export it again."
            ) from None


def sha256_of(path: Path) -> str:
    """Hash a file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scan(path: Path, advance: Callable[[int], None] = lambda _: None) -> Scan:
    """Read a file once and count what decides how it may be read; `advance` hears the bytes of each block.

    Raises Unreadable if it is empty or cannot be decompressed.
    """
    import numpy as np

    compressed = is_compressed(path)
    decoder = codecs.getincrementaldecoder("utf-8")()
    counts = {"lf": 0, "cr": 0, "crlf": 0, "nul": 0}
    utf8, quotes, spaced, blank, last, free = True, False, False, False, b"", set(SEPARATORS.encode())
    with ThreadPoolExecutor(1) as hasher:  # hashing leaves the interpreter free: the other processor looks meanwhile
        sha256 = hasher.submit(sha256_of, path)
        for block in blocks(path):
            advance(len(block))
            found = np.frombuffer(last + block, np.uint8)  # `in` takes five times as long for two bytes as for one
            feeds = found == _FEED
            counts["lf"] += int(np.count_nonzero(feeds[len(last) :]))
            _count(counts, block, last)
            utf8 = utf8 and _decodes(decoder, block)
            quotes = quotes or b'"' in block
            spaced = spaced or (quotes and _spaced(found))
            blank = blank or _blank_line(feeds, block, last, carriages=counts["cr"] > 0)
            free = {byte for byte in free if byte not in block}
            last = block[-1:]
    if not last:
        raise Unreadable(f"{path.name} is empty.", hint="Export it again, or take it out of `files`.")
    utf8 = utf8 and _decodes(decoder, b"", final=True)
    return Scan(
        sha256=sha256.result(),
        compressed=compressed,
        lines=counts["lf"] + (last != b"\n"),
        utf8=utf8,
        nuls=counts["nul"],
        newline=_newline(counts),
        quotes=quotes,
        spaced_quotes=spaced,
        blank_lines=blank,
        separators="".join(chr(byte) for byte in sorted(free)),
    )


def _blank_line(feeds: NDArray[np.bool_], block: bytes, last: bytes, *, carriages: bool) -> bool:
    """Whether a line of a block is empty, the first of the file or one between two line ends."""
    if (feeds[:-1] & feeds[1:]).any() or (not last and block[:1] in b"\r\n"):
        return True
    return carriages and (b"\n\r\n" in block or b"\n\r\n" in last + block[:2])


def _spaced(found: NDArray[np.uint8]) -> bool:
    """Whether a quote and a blank stand side by side."""
    quotes, blanks = found == ord('"'), found == ord(" ")
    return bool((quotes[:-1] & blanks[1:]).any() or (blanks[:-1] & quotes[1:]).any())


def _count(counts: dict[str, int], block: bytes, last: bytes) -> None:
    if b"\0" in block:
        counts["nul"] += block.count(b"\0")
    if b"\r" in block or last == b"\r":
        counts["cr"] += block.count(b"\r")
        counts["crlf"] += block.count(b"\r\n") + (last == b"\r" and block[:1] == b"\n")


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        if not block.isascii() or decoder.getstate()[0] or final:
            decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _newline(counts: dict[str, int]) -> str | None:
    if counts["cr"] == 0:
        return "\\n"
    return "\\r\\n" if counts["cr"] == counts["crlf"] == counts["lf"] else None
