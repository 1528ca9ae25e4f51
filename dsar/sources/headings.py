"""The headings of a table: which row they are, and a name of its own for every column."""

from __future__ import annotations

import re
from collections import Counter

from dsar.config import plain
from dsar.sources.draft_words import names_others

SAMPLE_ROWS = 200
"""Rows and lines kept: sparse columns show nothing in fewer."""
DATA = re.compile(r"[-+]?[\d.,:/\s]*\d[\d.,:/TZ\s+-]*|[^@\s]+@[^@\s]+\.[^@\s]+|[a-z]+://.*")
"""What data look like and headings do not: numbers, dates, addresses."""


def unique_headings(cells: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Name every column of a header row: a second `Email` becomes `Email (2)`, an empty one `column 3`."""
    names: list[str] = []
    taken: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        stem = cell.removeprefix("\ufeff") if cell.strip() else f"column {position}"
        name, count = stem, 1
        while plain(name) in taken:
            count += 1
            name = f"{stem} ({count})"
        names.append(name)
        taken.add(plain(name))
    return tuple(names)


def sheet_headings(cells: list[list[str]]) -> tuple[int, tuple[str, ...]]:
    """Give the last row of a sheet's headings, counted from 0, and the name of every column.

    Where the headings stand in two rows, as groups (`Member`, `Emergency contact`) above columns (`Name`, `Phone`), a
    column is called by both: whose name it is stands in the upper row only.
    """
    start, width = heading_row(cells)
    for above, below in ((start, start + 1), (start - 1, start)):
        if above >= 0 and below < len(cells) and (joined := joined_headings(cells[above], cells[below])):
            return below, unique_headings(joined)
    return start, unique_headings(cells[start][:width])


def joined_headings(above: list[str], below: list[str]) -> tuple[str, ...] | None:
    """Join two rows of headings, or give None where the upper one is none of groups.

    Groups span several columns, so that cells are empty beside them; below them every column has a name, and some names
    come twice or a group is a person other than the row's own.
    """
    width = max((at for at, cell in enumerate(below, start=1) if cell.strip()), default=0)
    upper = [cell.strip() for cell in above[:width]] + [""] * (width - len(above))
    lower = [cell.strip() for cell in below[:width]]
    groups = [at for at, cell in enumerate(upper) if cell]
    spread = len(groups) > 1 and groups[-1] - groups[0] >= len(groups)
    if not spread or not all(lower) or any(DATA.fullmatch(cell) or len(cell) > 60 for cell in (*lower, *upper) if cell):
        return None
    if len(set(map(plain, lower))) == width and not any(names_others(cell) for cell in upper if cell):
        return None
    joined, group = [], ""
    for over, own in zip(upper, lower, strict=True):
        group = over or group
        joined.append(f"{group} {own}".strip())
    return tuple(joined)


def heading_row(cells: list[list[str]]) -> tuple[int, int]:
    """Find the headings of a sheet: their place, counted from 0, and how many columns they span.

    Titles stand above them: the headings are the first row that fills two cells and half of what is usual in the sheet.
    Where that row looks like data, the sheet has no such headings, and its first row that says anything is taken.
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in cells]
    said = [number for number in filled if number][:SAMPLE_ROWS]
    usual = max(Counter(said).items(), key=lambda item: (item[1], item[0]), default=(0, 0))[0]
    wanted = max(min(2, max(said, default=0)), (usual + 1) // 2)
    first = next((at for at, number in enumerate(filled) if number), 0)
    start = next((at for at, number in enumerate(filled) if number >= wanted), first)
    if any(DATA.fullmatch(cell.strip()) for cell in cells[start]):
        start = first
    return start, max((at for at, cell in enumerate(cells[start], start=1) if cell.strip()), default=0)
