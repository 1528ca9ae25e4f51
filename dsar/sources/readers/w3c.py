"""W3C extended logs (IIS, CloudFront, Exchange): their own `#Fields:` lines say what the columns are."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dsar.sources.readers.rows import OUTSIDE, Row, fed_lines, is_outside, opened, unreadable

FIELDS = "#fields:"
MISFIT = "not the fields that the file names"
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
"""Zero-width characters get into names when a log is copied out of a page."""
SEPARATORS = ("\t", ",", " ")


@dataclass(frozen=True, slots=True)
class Directive:
    """One `#Fields:` line: the names, and the mark between values; None stands for any number of blanks."""

    names: tuple[str, ...]
    separator: str | None

    def split(self, line: str) -> list[str] | None:
        """The values of a line, or None where they are not as many as the names."""
        cells = line.split(self.separator)
        if len(cells) == len(self.names):
            return cells
        if '"' in line and self.separator is not None:  # W3C: a text in quotes, whose own quotes are doubled
            try:
                cells = next(csv.reader([line], delimiter=self.separator, strict=True))
            except (csv.Error, StopIteration):
                return None
        elif self.separator == " ":
            cells = line.split()
        return cells if len(cells) == len(self.names) else None


def directive(line: str) -> Directive | None:
    """Read a `#Fields:` line; None for any other line."""
    if line[: len(FIELDS)].lower() != FIELDS:
        return None
    said = _INVISIBLE.sub("", line[len(FIELDS) :]).strip()
    separator = next(mark for mark in SEPARATORS if mark in said or mark == " ")
    names = said.split() if separator == " " else [name.strip() for name in said.split(separator)]
    # CloudFront names its fields with blanks between them and writes the values with tabs
    return Directive(tuple(names), separator) if names else None


def found_in(lines: Iterable[str]) -> tuple[tuple[str, ...], list[list[str]]]:
    """Give the names of all fields of some lines, and the values of the rows that fit, one for each name."""
    names: dict[str, int] = {}
    rows: list[list[str]] = []
    for row in _rows(((number, line, None) for number, line in enumerate(lines, start=1)), names):
        if row.bad is None:
            rows.append([cell or "" for cell in row.cells])
    return tuple(names), [[*row, *[""] * (len(names) - len(row))] for row in rows]


class Lines:
    """The rows of one log, and the headings met while they were read: a later directive may bring new ones."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path, self._encoding = path, encoding
        self.headings: dict[str, int] = {}

    def rows(self) -> Iterator[Row]:
        """Give a row a line; one that does not fit the `#Fields:` above it is unreadable. Directives are no rows."""
        with opened(self._path, self._encoding) as text:
            yield from _rows(fed_lines(text), self.headings)


def alike(path: Path, encoding: str) -> tuple[Directive, int] | None:
    """Give the one directive of a log whose `#Fields:` lines are all alike, and its lines that are no rows.

    None where they differ, or where values stand before the first of them.
    """
    found: Directive | None = None
    others = 0
    with opened(path, encoding) as text:
        for _, line, _ in fed_lines(text):
            if line.startswith("#"):
                others += 1
                new = directive(line)
                if new is not None and found is not None and new != found:
                    return None
                found = new or found
            elif found is None:
                return None
    return None if found is None else (found, others)


def _rows(lines: Iterable[tuple[int, str, str | None]], headings: dict[str, int]) -> Iterator[Row]:
    current: Directive | None = None
    places: list[int] = []
    for number, line, bad in lines:
        if bad:
            yield unreadable(number, 1, line, bad)
        elif line.startswith("#"):
            if (new := directive(line)) is not None:
                current = new
                places = [headings.setdefault(name, len(headings)) for name in _unique(new.names)]
        elif line.strip():
            yield _row(number, line, current, places, len(headings))


def _row(number: int, line: str, current: Directive | None, places: list[int], width: int) -> Row:
    if "\0" in line:
        return unreadable(number, 1, line, "a NUL byte")
    if is_outside(line):
        return unreadable(number, 1, line, OUTSIDE)
    values = _split(current, line) if current else None
    if values is None:
        return unreadable(number, 1, line, MISFIT)
    cells: list[str | None] = [None] * width
    for place, value in zip(places, values, strict=True):
        cells[place] = value
    return Row(number, 1, cells)


def _split(current: Directive, line: str) -> list[str] | None:
    if current.separator == " " and "\t" in line and (cells := Directive(current.names, "\t").split(line)):
        return cells
    return current.split(line)


def _unique(names: tuple[str, ...]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
