"""What every exact reader yields, and the spool through which its rows reach the store."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dsar.errors import Unreadable
from dsar.sources.limits import MB, TOO_LARGE, Unpacked, largest
from dsar.sources.readers.scan import is_compressed

OUTSIDE = "bytes outside the encoding"
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_BYTE = re.compile("[\udc80-\udcff]")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text: its first physical line, how many lines it covers, and its cells."""

    line: int
    lines: int
    cells: list[str | None]
    bad: str | None = None
    """Why the row is unreadable; its raw text is then the only cell."""


def unreadable(line: int, lines: int, raw: str, reason: str) -> Row:
    """Keep a row that cannot be read: its raw text and the reason."""
    return Row(line, lines, [raw], reason)


def visible(text: str) -> str:
    r"""Show NUL and what is no text (`\x00`, `\xb6`, `\ud83d`) so that nothing is lost and all can be stored."""
    return _UNSAFE.sub(lambda m: _escape(ord(m[0])), text)


def _escape(code: int) -> str:
    """A byte that stands as a surrogate in 0xDC80-0xDCFF, NUL, or a surrogate that stood in the text itself."""
    return f"\\x{code & 0xFF:02x}" if code == 0 or 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def is_outside(text: str) -> bool:
    """Whether a text holds bytes that are none in its encoding."""
    return not text.isascii() and _BYTE.search(text) is not None


class _Text(io.TextIOWrapper):
    """A text that nobody reads line by line into more memory than the limits allow."""

    def __next__(self) -> str:  # type: ignore[override]  # typeshed takes it from the base of binary files
        line = self.readline(largest())
        if not line:
            raise StopIteration
        if len(line) == largest() and not line.endswith("\n"):
            raise Unreadable("A line is larger than `cell_mb` allows.", hint="Raise it under [limits] in dsar.toml.")
        return line


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    """Open a plain or compressed file as text; bytes that do not decode come out as lone surrogates."""
    try:
        family = codecs.lookup(encoding).name
        errors = "strict" if family.startswith(("utf-16", "utf-32")) else "surrogateescape"
        with Unpacked(path) if is_compressed(path) else path.open("rb") as raw:
            start = raw.peek(4)  # a byte order mark is no part of the text, whatever was declared
            marked = next((name for mark, name in _MARKS if start.startswith(mark) and family.startswith(name[:5])), "")
            yield _Text(raw, encoding=marked or encoding, errors=errors, newline="")
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not {encoding} text throughout.", hint="Name its `encoding`.") from None
    except EOFError:
        raise Unreadable(f"{path.name} is compressed and ends too early.", hint="Export it again.") from None
    except LookupError:
        raise Unreadable(f"{path.name}: there is no encoding of this name.", hint="Use e.g. utf-8, cp1252.") from None


def fed_lines(text: io.TextIOWrapper) -> Iterator[tuple[int, str, str | None]]:
    """Give the lines of a log by their numbers, without their ends; they end at a line feed only.

    Of a line beyond the limits only the beginning is given, with the reason.
    """
    most, number, size = largest(), 0, 0
    kept: list[str] = []
    while piece := text.readline(MB):
        if size < most:
            kept.append(piece[: most - size])
        size += len(piece)
        if piece.endswith("\n"):
            number += 1
            yield number, _bare(kept), TOO_LARGE if size > most else None
            kept, size = [], 0
    if kept:
        yield number + 1, _bare(kept), TOO_LARGE if size > most else None


def _bare(pieces: list[str]) -> str:
    return "".join(pieces).removesuffix("\n").removesuffix("\r")


def spool(rows: Iterator[Row], out: BinaryIO) -> dict[str | None, int]:
    """Write rows as JSON lines for the store to take over; gives how many by why they are unreadable (None: loaded)."""
    found: dict[str | None, int] = {}
    for row in rows:
        found[row.bad] = found.get(row.bad, 0) + 1
        document = {"l": row.line, "n": row.lines, "b": row.bad, "c": row.cells}
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        if "\\u0000" in text or row.bad or _UNSAFE.search(text):
            document["c"] = [cell if cell is None else visible(cell) for cell in row.cells]
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        out.write(text.encode())
        out.write(b"\n")
    return found
