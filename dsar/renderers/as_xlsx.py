"""The report as a workbook in which every cell is text: no formula, nothing cut, every row counted again at the end."""

from __future__ import annotations

import contextlib
import io
import operator
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dsar.errors import Incomplete
from dsar.model import AccessReport, FieldValue, Finding
from dsar.renderers import content, records
from dsar.renderers.blocks import Prose, Table
from dsar.renderers.texts import Phrases, phrases
from dsar.renderers.visible import NOT_IN_XML, restored, visible

CELL_LIMIT = 32_767
"""Most characters a cell may hold, in UTF-16 units; a longer text is cut by spreadsheets without a word."""
ROWS_PER_SHEET = 1_000_000
NAME_LIMIT = 31
_FIXED = datetime(2000, 1, 1)
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the rows of headings that stay in view, and its rows of text."""

    name: str
    head: tuple[tuple[str, ...], ...]
    rows: Iterable[tuple[str | None, ...]]
    repeat: int = 0
    """How many first columns stand again in a continuation row; the column after them then counts the parts."""


def render_xlsx(report: AccessReport, *, rows_per_sheet: int = ROWS_PER_SHEET) -> bytes:
    """Write the report as one workbook, the same bytes for the same report.

    A collection that has more than `rows_per_sheet` rows goes on in further sheets. Raises Incomplete if the file read
    back has other counts of rows than were written, DsarError for a language without texts.
    """
    import openpyxl
    from openpyxl.writer.excel import ExcelWriter

    say = phrases(report.language)
    book = openpyxl.Workbook(write_only=True)
    names = _names(report, say)
    taken = {name.lower() for name in names}
    book.properties.creator = report.controller
    book.properties.created = book.properties.modified = _FIXED
    data = io.BytesIO()
    try:
        written = [n for sheet in _sheets(report, names, say) for n in _write(book, sheet, rows_per_sheet, taken)]
        ExcelWriter(book, _FixedZip(data, "w", zipfile.ZIP_DEFLATED)).save()
    finally:
        _close(book)
    _check(data, written)
    return data.getvalue()


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


def _sheets(report: AccessReport, names: list[str], say: Phrases) -> Iterator[Sheet]:
    yield Sheet(names[0], (), list(_overview(report, names, say)))
    fixed = ("record", "file", "line", "grade", "part")
    for name, collection in zip(names[1:-2], report.collections, strict=True):
        columns = records.columns(collection)
        labels = (*(say(f"record.{key}") for key in fixed), *(column.label for column in columns))
        fields = tuple(column.name for column in columns)
        rows = (_row(finding, fields, say) for finding in collection.findings)
        yield Sheet(name, (labels, (*fixed, *fields)), rows, repeat=len(fixed) - 1)
    yield _list(names[-2], content.attachments(report, say))
    withheld = content.withheld_table(report, say)
    yield _list(names[-1], withheld if withheld.rows else Prose(say("left_out.nothing")))


def _list(name: str, block: Table | Prose) -> Sheet:
    return Sheet(name, (block.head,), block.rows) if isinstance(block, Table) else Sheet(name, (), [(block.text,)])


def _overview(report: AccessReport, names: list[str], say: Phrases) -> Iterator[tuple[str, ...]]:
    """Answer, facts, every source with its counts, how to read the cells, and what each sheet holds."""
    yield (say("report.title"),)
    if report.drafts:
        yield (say("report.draft_banner"),)
        yield from ((reason,) for reason in report.drafts)
    yield from ((sentence,) for sentence in content.answer(report, say))
    yield ("",)
    yield from content.about(report, say).rows
    for table in (content.sources_table(report, say), content.files_table(report, say)):
        yield ("",)
        yield (table.caption,)
        yield table.head
        yield from table.rows
    yield ("",)
    yield (say("xlsx.sheets_caption"),)
    yield tuple(say(f"xlsx.{key}") for key in ("sheet", "source", "records"))
    for name, collection in zip(names[1:-2], report.collections, strict=True):
        yield (name, f"{collection.source}/{collection.collection}", str(len(collection.findings)))
    yield ("",)
    yield from ((say(f"xlsx.{key}"),) for key in ("cells", "notation"))
    yield (say("xlsx.long", part=say("record.part")),)


def _row(finding: Finding, names: tuple[str, ...], say: Phrases) -> tuple[str | None, ...]:
    record, fields = finding.match.record, records.named(finding)
    place = (record.record, record.file, str(record.line), say(f"grade.{finding.match.grade}"), None)
    return (*place, *(_told(fields.get(name), say) for name in names))


def _told(field: FieldValue | None, say: Phrases) -> str | None:
    """The value itself, or why it is withheld; nothing where there is no value."""
    if field is None or (field.value is None and field.withheld is None):
        return None
    return field.value if field.withheld is None else records.shown(field, say).text


def _write(book: Any, sheet: Sheet, limit: int, taken: set[str]) -> Iterator[int]:
    """Write one sheet, and further ones with the same headings after `limit` rows; yield the rows of each."""
    number, count, page = 1, 0, _open(book, sheet, sheet.name)
    for row in sheet.rows:
        for cells in _continued(row, sheet.repeat):
            if count == limit:
                yield count + len(sheet.head)
                number, count = number + 1, 0
                page = _open(book, sheet, _name(f"{sheet.name} {number}", taken))
            page.append([_cell(page, text) for text in cells])
            count += 1
    yield count + len(sheet.head)


def _close(book: Any) -> None:
    """Close every sheet and delete its temporary file; openpyxl does so only for a workbook that it saved.

    A sheet left open would complain on stderr when it is collected, with a traceback.
    """
    for page in book.worksheets:
        for end in ("close", "_writer.close", "_writer.cleanup"):
            with contextlib.suppress(Exception):  # it is closed or deleted already
                operator.attrgetter(end)(page)()


def _continued(row: tuple[str | None, ...], repeat: int) -> Iterator[list[str | None]]:
    """One row of cells, and as many numbered ones more as the longest value of the row needs."""
    parts = [cell_texts(value) for value in row]
    for number in range(max(map(len, parts))):
        cells = [texts[number] if number < len(texts) else None for texts in parts]
        if repeat:
            cells[: repeat + 1] = [texts[0] for texts in parts[:repeat]] + [str(number + 1)]
        yield cells


def _open(book: Any, sheet: Sheet, name: str) -> Any:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(name)
    widths = (30, 18, 8, 12, 6) if sheet.repeat else (34, 34)
    for index in range(len(sheet.head[0]) if sheet.head else 8):
        page.column_dimensions[get_column_letter(index + 1)].width = widths[index] if index < len(widths) else 24
    if sheet.head:
        page.freeze_panes = f"A{len(sheet.head) + 1}"
    for number, heading in enumerate(sheet.head):
        font = Font(bold=True) if number == 0 else Font(color="00666666")
        page.append([_cell(page, cell_texts(text)[0], font) for text in heading])
    return page


def _cell(page: Any, text: str | None, font: Any = None) -> Any:
    """The one way into a cell: text, never a formula, a number or an error (H1)."""
    from openpyxl.cell import WriteOnlyCell

    if text is None:
        return None
    cell = WriteOnlyCell(page, text)
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell


def _names(report: AccessReport, say: Phrases) -> list[str]:
    """Valid, unique names of all sheets: the overview, one for each collection, attachments, withheld."""
    wanted = [say("xlsx.overview"), *(f"{one.source}-{one.collection}" for one in report.collections)]
    taken: set[str] = set()
    return [_name(name, taken) for name in (*wanted, say("xlsx.attachments"), say("xlsx.withheld"))]


def _name(wanted: str, taken: set[str]) -> str:
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff']", "_", wanted)
    name, number = plain[:NAME_LIMIT], 2
    while name.lower() in taken:
        end = f" ({number})"
        name, number = plain[: NAME_LIMIT - len(end)] + end, number + 1
    taken.add(name.lower())
    return name


class _FixedZip(zipfile.ZipFile):
    """A ZIP whose entries carry a fixed time, so that the same report gives the same bytes."""

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        entry = self._entry(str(arcname))
        entry.file_size = Path(filename).stat().st_size
        with open(filename, "rb") as source, self.open(entry, "w") as target:
            shutil.copyfileobj(source, target)

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(self._entry(str(zinfo_or_arcname)), data)

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        return entry


def _check(data: io.BytesIO, written: list[int]) -> None:
    """Count the rows of every sheet in the finished file: openpyxl can lose rows and still save without an error."""
    with zipfile.ZipFile(data) as archive:
        found = [_rows_in(archive, f"xl/worksheets/sheet{number}.xml") for number in range(1, len(written) + 1)]
    if found != written:
        raise Incomplete(
            f"data.xlsx holds {sum(found)} rows instead of {sum(written)}.", hint="Report this; use data.json."
        )


def _rows_in(archive: zipfile.ZipFile, name: str) -> int:
    count, rest = 0, b""
    with archive.open(name) as file:
        while block := file.read(1 << 20):
            count += (rest + block).count(b"<row ")
            rest = block[-4:]
    return count
