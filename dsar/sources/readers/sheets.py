"""Sheets of a spreadsheet: every cell as the text a person would read."""

from __future__ import annotations

import datetime
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsar.errors import Unreadable
from dsar.sources.readers.rows import Row, unreadable

MAX_INFLATED = 2 * 1024**3
MAX_RATIO = 200
MAX_AREA = 20_000_000
"""Cells of the rectangle that a sheet spans; a larger one must be filled, as its reader makes room for all of it."""
MIN_FILLED = 0.02
_PIECE = 4 * 1024**2
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


def guard(path: Path) -> None:
    """Refuse a spreadsheet that unpacks to more than 2 GiB or to over 200 times its size (a bomb), or is one of holes.

    Raises Unreadable, also for a file that is no spreadsheet.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inflated = sum(member.file_size for member in archive.infolist())
            if inflated > MAX_INFLATED or inflated > max(MAX_RATIO * path.stat().st_size, 64 * 1024**2):
                raise Unreadable(
                    f"{path.name} unpacks to far more than a spreadsheet holds.", hint="Look where it came from."
                )
            for member in archive.namelist():
                if member.startswith("xl/worksheets/") and _is_hollow(archive, member):
                    raise Unreadable(
                        f"{path.name} has a cell far away from all others.",
                        hint="Delete what stands there, or its row.",
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        raise Unreadable(f"{path.name} is no spreadsheet or is damaged.", hint="Save it again as .xlsx.") from None


def _is_hollow(archive: zipfile.ZipFile, member: str) -> bool:
    """Whether a sheet spans far more cells than it has: the last cell of a sheet alone would need all memory."""
    columns: set[bytes] = set()
    cells, rows, rest = 0, 1, b""
    with archive.open(member) as xml:
        while piece := xml.read(_PIECE):
            text = rest + piece
            found = _CELL.findall(text)
            cells += len(found)
            columns.update(column for column, _ in found)
            rows = max([rows, *map(int, {row for _, row in found})])
            rest = text[-32:]
    area = rows * max((_column(letters) for letters in columns), default=0)
    return area > MAX_AREA and cells < MIN_FILLED * area


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def sheets(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    """Give each sheet that is not empty: its name and all its rows as text, the first row that says anything first."""
    from python_calamine import CalamineError, CalamineWorkbook

    guard(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for name in workbook.sheet_names:
            rows = [
                [cell_text(cell) for cell in row]
                for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            if any(any(row) for row in rows):
                yield name, rows
    except CalamineError:
        raise Unreadable(f"{path.name} cannot be read as a spreadsheet.", hint="Save it again as .xlsx.") from None


def cell_text(value: Any) -> str:
    """Write a cell as text: whole numbers without a point, dates as ISO 8601, truth as TRUE and FALSE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return "" if value is None else str(value)


def rows(sheet: list[list[str]], heading_row: int, width: int) -> Iterator[Row]:
    """Give the rows below the headings; a cell beyond the headings makes a row unreadable, a blank row is none."""
    for number, cells in enumerate(sheet[heading_row:], start=heading_row + 1):
        if not any(cells):
            continue
        if any(cells[width:]):
            yield unreadable(number, 1, "\t".join(cells), "more cells than headings")
        else:
            yield Row(number, 1, [*cells[:width], *[""] * (width - len(cells))])
