"""Logs, read exactly: one row a line, whatever its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dsar.sources.readers.rows import Row, opened, unreadable


def rows(path: Path, encoding: str, pattern: str) -> Iterator[Row]:
    """Give every line of a log as one cell; one that the pattern does not match is unreadable (`unparsed`)."""
    matches = re.compile(pattern).match
    with opened(path, encoding) as text:
        buffer, number = "", 0
        # lines end at a line feed only: a carriage return inside a line is a byte of the client
        for piece in text:
            buffer += piece
            if not buffer.endswith("\n"):
                continue
            number += 1
            yield _row(number, buffer, matches)
            buffer = ""
        if buffer:
            yield _row(number + 1, buffer, matches)


def _row(number: int, line: str, matches: object) -> Row:
    text = line.removesuffix("\n").removesuffix("\r")
    if "\0" in text:
        return unreadable(number, 1, text, "a NUL byte")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        return unreadable(number, 1, text, "bytes outside the encoding")
    return Row(number, 1, [text]) if matches(text) else unreadable(number, 1, text, "unparsed")  # type: ignore[operator]
