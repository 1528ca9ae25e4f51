"""Several tables in one file, each behind a line that names it (the reports of webinar tools)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsar.config import plain
from dsar.sources.headings import DATA, SAMPLE_ROWS, unique_headings
from dsar.sources.naming import slug
from dsar.sources.sniff import DELIMITERS
from dsar.sources.sniffed import Sheet
from dsar.sources.spec import CollectionDeclaration

_PADDING = re.compile(r'[\s",;|]+$')


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a file: its collection, the line that names it, and where its headings stand."""

    collection: str
    marker: str
    first_line: int
    heading_line: int
    """Both are physical lines, counted from 1."""
    delimiter: str
    headings: tuple[str, ...]


def sections_in(lines: Iterable[str], declared: Mapping[str, CollectionDeclaration]) -> list[Section]:
    """Find the sections of a file: a line with one of the declared names, and behind it headings that fit.

    Both are asked for, so that no value of a cell starts a section.
    """
    wanted = {
        plain(marker): (name, one, marker)
        for name, one in declared.items()
        if one.section
        for marker in one.section.after
    }
    found: list[Section] = []
    awaited: dict[int, tuple[str, CollectionDeclaration, str, int]] = {}
    for number, line in enumerate(lines, start=1):
        if number in awaited:
            name, one, marker, first = awaited.pop(number)
            if (table := _headings(line, one)) is not None:
                found.append(Section(name, marker, first, number, *table))
        said = wanted.get(plain(_PADDING.sub("", line.removeprefix("\ufeff")).lstrip('"')))
        if said is not None and said[1].section is not None:
            awaited[number + 1 + said[1].section.skip] = (*said, number)
    return found


def unknown_sections(text: str) -> list[Section]:
    """Find the tables of a file that no connector knows: two or more, each behind a line of one cell that names it.

    Such a line stands at the start or behind an empty one; headings and at least one row of as many cells follow it.
    """
    lines = text.splitlines()
    found: list[Section] = []
    for at, line in enumerate(lines[:-2]):
        marker = _PADDING.sub("", line.removeprefix("\ufeff")).lstrip('"')
        alone = marker and (at == 0 or not _PADDING.sub("", lines[at - 1])) and not any(d in marker for d in DELIMITERS)
        tables = (_table_below(lines[at + 1 : at + 3], delimiter) for delimiter in DELIMITERS) if alone else ()
        if table := next(filter(None, tables), None):
            found.append(Section(slug(marker), marker, at + 1, at + 2, *table))
    names = [section.collection for section in found]
    return found if len(found) > 1 and len(set(names)) == len(names) else []


def _table_below(lines: list[str], delimiter: str) -> tuple[str, tuple[str, ...]] | None:
    headings, first = ([cell.strip() for cell in cells] for cells in csv.reader(lines, delimiter=delimiter))
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) < 2 or len(first) < len(headings) or any(not h or DATA.fullmatch(h) for h in headings):
        return None
    return delimiter, unique_headings(headings)


def as_sheets(text: str, found: Iterable[Section]) -> tuple[Sheet, ...]:
    """Give the sections of the head of a file like the sheets of a workbook, with some rows each."""
    lines, known = text.splitlines(), list(found)
    ends = [section.first_line - 1 for section in known[1:]] + [len(lines)]
    return tuple(
        Sheet(section.marker, section.heading_line, section.headings, _rows(lines, section, end))
        for section, end in zip(known, ends, strict=True)
    )


def _rows(lines: list[str], section: Section, end: int) -> tuple[tuple[str, ...], ...]:
    below = lines[section.heading_line : min(end, section.heading_line + SAMPLE_ROWS)]
    return tuple(tuple(row) for row in csv.reader(below, delimiter=section.delimiter) if any(row))


def _headings(line: str, declared: CollectionDeclaration) -> tuple[str, tuple[str, ...]] | None:
    for delimiter in DELIMITERS:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        while cells and not cells[-1].strip():  # lines are padded to the longest
            cells.pop()
        # a drafted table has no `columns`: its section is what stands behind its name
        if len(cells) > 1 and (declared.fits(cells) or not declared.columns):
            return delimiter, unique_headings(cells)
    return None
