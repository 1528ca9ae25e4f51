"""Delimited tables, read exactly: every row comes out, loaded or with the reason why not."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dsar.errors import Unreadable
from dsar.sources.readers.rows import OUTSIDE, Row, is_outside, opened, unreadable

csv.field_size_limit(64 * 1024 * 1024)
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


class _Lines:
    """The physical lines of a text, which remembers those of the current row."""

    def __init__(self, text: io.TextIOWrapper, last: int | None = None) -> None:
        self._text, self._last = text, last
        self.number = 0
        self.row: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.number == self._last:
            raise StopIteration
        line = next(self._text)
        self.number += 1
        self.row.append(line)
        return line

    def skip(self, lines: int) -> None:
        """Pass over lines; fewer are no error."""
        for _ in range(lines):
            if next(self._text, None) is None:
                break
            self.number += 1


def rows(path: Path, form: TableFormat) -> Iterator[Row]:
    """Give every row below the headings, in order.

    A row is unreadable if it has a cell too few or one beyond the headings that is not empty, if it holds NUL or bytes
    outside the encoding, or if a quote is never closed; blank lines are passed over, as every CSV reader does.
    Raises Unreadable for text that does not decode at all.
    """
    start = form.skip_lines + form.heading_lines
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
            first, lines.row = lines.number + 1, []
            try:
                cells = next(reader)
            except StopIteration:
                return None
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
