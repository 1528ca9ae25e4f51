"""Delimited tables, read exactly: every row comes out, loaded or with the reason why not."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dsar.errors import Unreadable
from dsar.sources.limits import MB, TOO_LARGE, largest
from dsar.sources.readers.rows import OUTSIDE, Row, is_outside, opened, unreadable

MAX_RESTARTS = 200


@dataclass(frozen=True)
class TableFormat:
    """How a delimited file is written: encoding, delimiter, quote (empty for none), lines before the headings."""

    encoding: str
    delimiter: str
    quote: str
    skip_lines: int
    headings: tuple[str, ...]
    heading_lines: int
    """Physical lines that the headings cover."""
    escape: str = ""
    """The backslash, where it stands before marks inside cells."""
    last_line: int | None = None
    """The last physical line of the table, where other tables follow."""


class _TooLarge(Exception):
    """A row is larger than the limits allow."""


class _Lines:
    """The physical lines of a text, which remembers those of the current row."""

    def __init__(self, text: io.TextIOWrapper, last: int | None = None) -> None:
        self._text, self._last, self._most = text, last, largest()
        self._whole = True
        self.number = self._size = 0
        self.row: list[str] = []

    def start(self) -> int:
        """Begin a row, and give the number of its first line."""
        self.row, self._size = [], 0
        return self.number + 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.number == self._last:
            raise StopIteration
        line = self._text.readline(self._most + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.row.append(line)
        self._size += len(line)
        if self._size > self._most:
            self._whole = line.endswith(("\n", "\r"))
            raise _TooLarge
        return line

    def pass_row(self, quote: str) -> bool:
        """Pass over what is left of a row that is too large: to the end of a line on which no quote is open.

        False where a quote stays open to the end of the table. Nothing of it is kept.
        """
        quotes = sum(line.count(quote) for line in self.row) if quote else 0
        while quotes % 2 or not self._whole:
            if self._whole and self.number == self._last:
                return False
            piece = self._text.readline(MB)
            if not piece:
                return quotes % 2 == 0
            self.number += self._whole
            self._whole = piece.endswith(("\n", "\r"))
            quotes += piece.count(quote) if quote else 0
        return True

    def skip(self, lines: int) -> None:
        """Pass over lines; fewer are no error."""
        for _ in range(lines):
            if next(self._text, None) is None:
                break
            self.number += 1


def rows(path: Path, form: TableFormat) -> Iterator[Row]:
    """Give every row below the headings, in order.

    A row is unreadable if it has a cell too few or one beyond the headings that is not empty, if it holds NUL or bytes
    outside the encoding, if a quote is never closed, or if it is larger than the limits allow; blank lines are passed
    over, as every CSV reader does.
    Raises Unreadable for text that does not decode at all.
    """
    start = form.skip_lines + form.heading_lines
    csv.field_size_limit(max(csv.field_size_limit(), largest() + 1))
    for _ in range(MAX_RESTARTS):
        unclosed = yield from _rows_from(path, form, start)
        if unclosed is None:
            return
        start = unclosed
    raise Unreadable(
        f"{path.name} has quotes that never close on over {MAX_RESTARTS} lines.", hint="Check its `quote`."
    )


def _rows_from(path: Path, form: TableFormat, skip: int) -> Generator[Row, None, int | None]:
    """Give the rows after `skip` lines; returns the line to go on behind if a quote was never closed."""
    with opened(path, form.encoding) as text:
        lines = _Lines(text, form.last_line)
        lines.skip(skip)
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE
        reader = csv.reader(
            lines,
            delimiter=form.delimiter,
            quotechar=form.quote or None,
            quoting=quoting,
            doublequote=True,
            strict=True,
        )
        while True:
            first = lines.start()
            try:
                cells = next(reader)
            except StopIteration:
                return None
            except _TooLarge:
                raw = "".join(lines.row)[: largest()].rstrip("\r\n")
                if not lines.pass_row(form.quote):
                    yield unreadable(first, 1, lines.row[0].rstrip("\r\n"), "a quote is not closed")
                    return first
                yield unreadable(first, lines.number - first + 1, raw, TOO_LARGE)
                continue
            except csv.Error as error:
                if "unexpected end of data" in str(error) or len(lines.row) > 1:
                    yield unreadable(first, 1, lines.row[0].rstrip("\r\n"), "a quote is not closed")
                    return first
                yield unreadable(first, 1, lines.row[0].rstrip("\r\n"), "a quote stands in the wrong place")
                continue
            if cells:
                yield row_of(first, lines.row, cells, len(form.headings))


def row_of(first: int, raw: list[str], cells: list[str], width: int) -> Row:
    """Make a row of its lines and cells, or say why it is unreadable; `width` is the number of headings."""
    text = "".join(raw)
    if "\0" in text:
        return unreadable(first, len(raw), text.rstrip("\r\n"), "a NUL byte")
    if len(cells) < width or any(cells[width:]):
        reason = "fewer cells than headings" if len(cells) < width else "more cells than headings"
        return unreadable(first, len(raw), text.rstrip("\r\n"), reason)
    if is_outside(text):
        return unreadable(first, len(raw), text.rstrip("\r\n"), OUTSIDE)
    return Row(first, len(raw), list(cells[:width]))  # rows may end in a delimiter that the headings do not have
