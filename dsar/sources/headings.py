"""The headings of a table: which row they are, and a name of its own for every column."""

from __future__ import annotations

import re
from collections import Counter

from dsar.config import plain

SAMPLE_ROWS = 200
"""Rows and lines kept: sparse columns show nothing in fewer."""
DATA = re.compile(r"[-+]?[\d.,:/\s]*\d[\d.,:/TZ\s+-]*|[^@\s]+@[^@\s]+\.[^@\s]+|[a-z]+://.*")
"""What data look like and headings do not: numbers, dates, addresses."""


def unique_headings(cells: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Name every column of a header row: a second `Email` becomes `Email (2)`, an empty one `column 3`."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        stem = cell.removeprefix("\ufeff") if cell.strip() else f"column {position}"
        name, count = stem, 1
        while plain(name) in map(plain, names):
            count += 1
            name = f"{stem} ({count})"
        names.append(name)
    return tuple(names)


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
