r"""Tables in which a backslash stands before marks, as MySQL writes them: `\N` for no value, `\"` for a quote."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path

from dsar.sources.limits import MB, TOO_LARGE, largest
from dsar.sources.readers.rows import Row, opened, unreadable
from dsar.sources.readers.tables import TableFormat, row_of

MOST_LINES = 1_000
"""Lines that one row may cover; a quote that is still open then never closes."""
_END = re.compile(r"(?:\r\n|\r|\n)\Z")
_MEANS = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


def rows(path: Path, form: TableFormat) -> Iterator[Row]:
    r"""Give every row below the headings, in order; a cell `\N` stays as it is written and means no value.

    Unreadable rows are those of `tables.rows`. Raises Unreadable for text that does not decode at all.
    """
    first = form.skip_lines + form.heading_lines + 1
    row: list[str] = []
    again: deque[str] = deque()
    """Lines behind one whose quote never closes: they are looked at once more, by themselves."""
    with opened(path, form.encoding) as text:
        for _ in range(first - 1):
            next(text, None)
        while True:
            line, cut = (again.popleft(), False) if again else _next(text)
            row += [line] if line is not None else []
            if cut or sum(map(len, row)) > largest():
                yield unreadable(first, len(row), "".join(row)[: largest()].rstrip("\r\n"), TOO_LARGE)
                first, row = first + len(row), []
                continue
            cells = _whole(row, form) if row else [""]
            if cells is None and line is not None and len(row) < MOST_LINES:
                continue  # the row may go on in the next line
            covered = 1 if cells is None else len(row)
            if cells is None:
                yield unreadable(first, 1, row[0].rstrip("\r\n"), "a quote is not closed")
            elif cells != [""]:
                yield row_of(first, row, cells, len(form.headings))
            elif line is None and not again:
                return
            again.extendleft(reversed(row[covered:]))
            first, row = first + covered, []


def _next(text: TextIOWrapper) -> tuple[str | None, bool]:
    """The next line, and whether it is larger than the limits allow: only its beginning is kept then."""
    line = text.readline(largest() + 1)
    cut = len(line) > largest()
    piece = line
    while cut and piece and not piece.endswith(("\n", "\r")):
        piece = text.readline(MB)
    return line or None, cut


def _whole(lines: list[str], form: TableFormat) -> list[str] | None:
    """The cells of a row that these lines are, or None where its end is still to come."""
    text = "".join(lines)
    bare = _END.sub("", text)
    if lines[-1].endswith(("\n", "\r")) and (len(bare) - len(bare.rstrip("\\"))) % 2:
        return None  # a backslash before the end of a line: the cell goes on
    return cells_of(text, form)


def cells_of(line: str, form: TableFormat) -> list[str] | None:
    """Give the cells of a row that is whole, or None."""
    whole = _patterns(form.delimiter, form.quote)
    text = _END.sub("", line)
    cells: list[str] = []
    at = 0
    while True:
        found = whole.match(text, at)
        if found is None:
            return None
        quoted, bare, end = found.groups()
        cells.append(_undone(bare) if quoted is None else _undone(quoted.replace(form.quote * 2, form.quote)))
        if not end:
            return cells if found.end() == len(text) else None
        at = found.end()


def _undone(cell: str) -> str:
    if cell == "\\N" or "\\" not in cell:
        return cell
    return re.sub(r"\\(.)", lambda found: _MEANS.get(found[1], found[1]), cell, flags=re.DOTALL)


@lru_cache(maxsize=16)
def _patterns(delimiter: str, quote: str) -> re.Pattern[str]:
    mark, between = re.escape(quote), re.escape(delimiter)
    quoted = rf"{mark}((?:[^\\{mark}]|\\.|{mark}{mark})*){mark}" if quote else r"(?!)()"
    bare = rf"((?:[^\\{between}{mark}]|\\.)*)" if quote else rf"((?:[^\\{between}]|\\.)*)"
    return re.compile(rf"(?:{quoted}|{bare})({between}|\Z)", re.DOTALL)
