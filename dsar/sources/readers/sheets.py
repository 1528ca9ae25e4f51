"""Sheets of a spreadsheet: every cell as the text a person would read."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from dsar.errors import Unreadable
from dsar.sources.limits import TOO_LARGE, expect_size, largest
from dsar.sources.readers import sheet_process
from dsar.sources.readers.child import Child
from dsar.sources.readers.rows import Row, unreadable

MAX_INFLATED = 2 * 1024**3
MAX_AREA = 20_000_000
"""Cells of the rectangle that a sheet spans; a larger one must be filled, as its reader makes room for all of it."""
MIN_FILLED = 0.02
_PIECE = 4 * 1024**2
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


def guard(path: Path) -> None:
    """Refuse a spreadsheet that unpacks to more than 2 GiB or than the limits allow (a bomb), or is one of holes.

    Raises Unreadable, also for a file that is no spreadsheet.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inflated = sum(member.file_size for member in archive.infolist())
            expect_size(path.name, inflated, path.stat().st_size)
            if inflated > MAX_INFLATED:
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


def sheets(path: Path, most: int = 0) -> Iterator[tuple[str, list[list[str]]]]:
    """Give each sheet that is not empty: its name and all its rows as text (or `most` of them).

    The workbook is parsed in a process of its own, whose memory and time are bounded. Raises Unreadable for what is no
    workbook, for a bomb, and where that process was stopped.
    """
    guard(path)
    child = Child(sheet_process.__name__, str(path.resolve()), most)
    name: str | None = None
    cells: list[list[str]] = []
    for line in child.lines():
        value = json.loads(line)
        if isinstance(value, dict):
            if name is not None:
                yield name, cells
            name, cells = value["sheet"], []
        else:
            cells.append(value)
    if child.code == sheet_process.DAMAGED:
        raise Unreadable(f"{path.name} cannot be read as a spreadsheet.", hint="Save it again as .xlsx.")
    if child.code:
        raise Unreadable(
            f"{path.name} stopped the reader of spreadsheets.",
            hint="Save it again as .xlsx; if it is very large, raise `reader_mb` under [limits] in dsar.toml.",
        )
    if name is not None:
        yield name, cells


def rows(sheet: list[list[str]], heading_row: int, width: int) -> Iterator[Row]:
    """Give the rows below the headings; a cell beyond the headings makes a row unreadable, a blank row is none."""
    most = largest()
    for number, cells in enumerate(sheet[heading_row:], start=heading_row + 1):
        if not any(cells):
            continue
        if sum(map(len, cells)) > most:
            yield unreadable(number, 1, "\t".join(cells)[:most], TOO_LARGE)
        elif any(cells[width:]):
            yield unreadable(number, 1, "\t".join(cells), "more cells than headings")
        else:
            yield Row(number, 1, [*cells[:width], *[""] * (width - len(cells))])
