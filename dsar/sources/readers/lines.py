"""Logs, read exactly: one row a line, whatever its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dsar.sources.readers.rows import OUTSIDE, Row, fed_lines, is_outside, opened, unreadable


def rows(path: Path, encoding: str, pattern: str) -> Iterator[Row]:
    """Give every line of a log as one cell; one that the pattern does not match is unreadable (`unparsed`)."""
    matches = re.compile(pattern, re.ASCII).match  # as RE2 takes `\s`, `\d` and `\w`
    with opened(path, encoding) as text:
        # lines end at a line feed only: a carriage return inside a line is a byte of the client
        for number, line, bad in fed_lines(text):
            yield unreadable(number, 1, line, bad) if bad else _row(number, line, matches)


def _row(number: int, text: str, matches: object) -> Row:
    if "\0" in text:
        return unreadable(number, 1, text, "a NUL byte")
    if is_outside(text):
        return unreadable(number, 1, text, OUTSIDE)
    # the vertical tab is blank for Python and not for RE2: no reader decides on it
    known = "\v" not in text and matches(text)  # type: ignore[operator]
    return Row(number, 1, [text]) if known else unreadable(number, 1, text, "unparsed")
