"""What every exact reader yields, and the spool through which its rows reach the store."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dsar.errors import Unreadable
from dsar.sources.readers.scan import is_compressed

_UNSAFE = re.compile("[\x00\ud800-\udfff]")


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
    r"""Show NUL and bytes that are no text (`\x00`, `\xb6`) so that nothing is lost and everything can be stored."""
    return _UNSAFE.sub(lambda m: f"\\x{ord(m[0]) & 0xFF:02x}" if ord(m[0]) < 0xE000 else m[0], text)


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    """Open a plain or compressed file as text; bytes that do not decode come out as lone surrogates."""
    errors = "strict" if encoding.lower().replace("-", "").startswith(("utf16", "utf32")) else "surrogateescape"
    try:
        with gzip.open(path, "rb") if is_compressed(path) else path.open("rb") as raw:
            yield io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="")
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not {encoding} text throughout.", hint="Name its `encoding`.") from None
    except EOFError:
        raise Unreadable(f"{path.name} is compressed and ends too early.", hint="Export it again.") from None
    except LookupError:
        raise Unreadable(f"{path.name}: there is no encoding of this name.", hint="Use e.g. utf-8, cp1252.") from None


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
