"""A workbook in which every cell is text: written part by part, in the same bytes, no formula possible."""

from __future__ import annotations

import functools
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dsar.renderers.visible import NOT_IN_XML, restored, visible

CELL_LIMIT = 32_767
"""Most characters a cell may hold, in UTF-16 units; a longer text is cut by spreadsheets without a word."""
ROWS_PER_SHEET = 1_000_000
NAME_LIMIT = 31
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SPECIAL = re.compile(r"[&<>]")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><sz val="11"/><color rgb="FF666666"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="49" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="2" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""Cells: plain, bold heading, quiet heading; all in the number format of text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the rows of headings that stay in view, and its rows of text."""

    name: str
    head: tuple[tuple[str, ...], ...]
    rows: Iterable[tuple[str | None, ...]]
    repeat: int = 0
    """How many first columns stand again in a continuation row; the column after them then counts the parts."""


class Workbook:
    """A workbook while it is written; a sheet that grows over its limit goes on in further ones."""

    def __init__(self, creator: str, names: Iterable[str], rows_per_sheet: int = ROWS_PER_SHEET) -> None:
        self._data = io.BytesIO()
        self._zip = zipfile.ZipFile(self._data, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._creator, self._limit = creator, rows_per_sheet
        self._taken = {name.lower() for name in names}
        self._names: list[str] = []
        self.rows: list[int] = []
        """How many rows each written sheet has, headings included."""

    def add(self, sheet: Sheet) -> None:
        """Write one sheet, and further ones with the same headings where it has too many rows."""
        rows = (cells for row in sheet.rows for cells in _continued(row, sheet.repeat))
        number, name = 1, sheet.name
        self._page(sheet, name, itertools.islice(rows, self._limit))
        while (following := next(rows, None)) is not None:
            number += 1
            name = sheet_name(f"{sheet.name} {number}", self._taken)
            self._page(sheet, name, itertools.islice(itertools.chain((following,), rows), self._limit))

    def finish(self) -> bytes:
        """Write what holds the sheets together and return the whole file."""
        sheets = "".join(
            f'<sheet name="{_attribute(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(self._names, 1)
        )
        book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
        relations = "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(self._names) + 1)
        )
        styles = f'<Relationship Id="rId0" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        types = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_MIME}.worksheet+xml"/>'
            for n in range(1, len(self._names) + 1)
        )
        core = f"{_PACKAGE}/relationships/metadata/core-properties"
        parts = {
            "xl/workbook.xml": _HEAD + book,
            "xl/_rels/workbook.xml.rels": _relations(styles + relations),
            "xl/styles.xml": _STYLES,
            "docProps/core.xml": _properties(self._creator),
            "_rels/.rels": _relations(
                f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
                f'<Relationship Id="rId2" Type="{core}" Target="docProps/core.xml"/>'
            ),
            "[Content_Types].xml": _types(types),
        }
        for name, text in parts.items():
            self._zip.writestr(_entry(name), text.encode("utf-8"))
        self._zip.close()
        return self._data.getvalue()

    def _page(self, sheet: Sheet, name: str, rows: Iterable[list[str | None]]) -> None:
        self._names.append(name)
        number = 0
        with self._zip.open(_entry(f"xl/worksheets/sheet{len(self._names)}.xml"), "w") as out:
            block = [_opened(sheet)]
            for style, heading in enumerate(sheet.head, 1):
                number += 1
                block.append(_row(number, [cell_texts(text)[0] for text in heading], min(style, 2)))
            for cells in rows:
                number += 1
                block.append(_row(number, cells, 0))
                if len(block) > 500:
                    out.write("".join(block).encode("utf-8"))
                    block.clear()
            block.append("</sheetData></worksheet>")
            out.write("".join(block).encode("utf-8"))
        self.rows.append(number)


def _opened(sheet: Sheet) -> str:
    """The start of a sheet: headings that stay in view, widths of columns."""
    widths = (30, 18, 8, 12, 6) if sheet.repeat else (34, 34)
    count = len(sheet.head[0]) if sheet.head else 8
    view = '<sheetView workbookViewId="0"/>'
    if rows := len(sheet.head):
        pane = f'<pane ySplit="{rows}" topLeftCell="A{rows + 1}" activePane="bottomLeft" state="frozen"/>'
        view = f'<sheetView workbookViewId="0">{pane}</sheetView>'
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{widths[n - 1] if n <= len(widths) else 24}" customWidth="1"/>'
        for n in range(1, count + 1)
    )
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews>{view}</sheetViews><cols>{columns}</cols><sheetData>'


def _row(number: int, cells: Iterable[str | None], style: int) -> str:
    """One row; the one way into a cell: text between tags, never a formula, a number or an error (H1)."""
    style_of = f' s="{style}"' if style else ""
    told = [
        f'<c r="{_column(index)}{number}"{style_of} t="inlineStr">'
        f'<is><t xml:space="preserve">{_text(text)}</t></is></c>'
        for index, text in enumerate(cells)
        if text is not None
    ]
    return f'<row r="{number}">{"".join(told)}</row>'


def _text(text: str) -> str:
    return text if text.isalnum() else _SPECIAL.sub(lambda found: _ENTITY[found[0]], text)


def _attribute(text: str) -> str:
    return _text(text).replace('"', "&quot;")


@functools.cache
def _column(index: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _continued(row: tuple[str | None, ...], repeat: int) -> Iterator[list[str | None]]:
    """One row of cells, and as many numbered ones more as the longest value of the row needs."""
    parts = [cell_texts(value) for value in row]
    for number in range(max(map(len, parts))):
        cells = [texts[number] if number < len(texts) else None for texts in parts]
        if repeat:
            cells[: repeat + 1] = [texts[0] for texts in parts[:repeat]] + [str(number + 1)]
        yield cells


def _entry(name: str) -> zipfile.ZipInfo:
    """A part with a fixed time, so that the same report gives the same bytes."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _relations(inner: str) -> str:
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _types(sheets: str) -> str:
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MIME}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_MIME}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        f'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>{sheets}</Types>'
    )


def _properties(creator: str) -> str:
    name = _text(visible(creator, NOT_IN_XML))
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{name}</dc:creator></cp:coreProperties>'
    )


def cell_texts(value: str | None) -> list[str | None]:
    """Write a value as the texts of one cell or more: one for each part that a cell can hold.

    `value_of` gets the value back from them. What XML cannot hold stands as `[U+0000]`, a carriage return as the
    `_x000D_` that spreadsheets read, and a text that only looks like it as `_x005F_x000D_`.
    """
    if not value or (len(value) < CELL_LIMIT // 8 and value.isprintable() and "_x" not in value and "[" not in value):
        return [value]
    texts: list[str | None] = []
    start, size = 0, CELL_LIMIT
    while start < len(value):
        text = _LOOKS_ESCAPED.sub("_x005F_", visible(value[start : start + size], NOT_IN_XML)).replace("\r", "_x000D_")
        if len(text.encode("utf-16-le")) > 2 * CELL_LIMIT:
            size //= 2
        else:
            texts.append(text)
            start += size
    return texts


def value_of(texts: Iterable[str | None]) -> str:
    """Join the texts of `cell_texts`, as a reader without a spreadsheet gets them, to the original value."""
    return "".join(restored(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)) for text in texts if text)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A valid name that no other sheet has; `taken` learns it."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff']", "_", wanted)
    name, number = plain[:NAME_LIMIT], 2
    while name.lower() in taken:
        end = f" ({number})"
        name, number = plain[: NAME_LIMIT - len(end)] + end, number + 1
    taken.add(name.lower())
    return name


def rows_in(data: bytes, sheets: int) -> list[int]:
    """Count the rows of each of so many sheets in a finished workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [_rows_of(archive, f"xl/worksheets/sheet{number}.xml") for number in range(1, sheets + 1)]


def _rows_of(archive: zipfile.ZipFile, name: str) -> int:
    count, rest = 0, b""
    with archive.open(name) as file:
        while block := file.read(1 << 20):
            count += (rest + block).count(b"<row ")
            rest = block[-4:]
    return count
