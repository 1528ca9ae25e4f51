"""The report as a workbook: an overview, a sheet for each collection, and every row counted again at the end."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.errors import Incomplete
from dsar.model import AccessReport, FieldValue, Finding
from dsar.renderers import content, histories, records
from dsar.renderers.blocks import Prose, Table
from dsar.renderers.california import california_table
from dsar.renderers.texts import Phrases, phrases
from dsar.renderers.workbook import ROWS_PER_SHEET, Sheet, Workbook, rows_in, sheet_name

_LISTS = ("consents", "accesses", "attachments", "withheld")
"""Sheets after those of the collections."""


def render_xlsx(report: AccessReport, *, rows_per_sheet: int = ROWS_PER_SHEET) -> bytes:
    """Write the report as one workbook, the same bytes for the same report.

    A collection that has more than `rows_per_sheet` rows goes on in further sheets. Raises Incomplete if the file read
    back has other counts of rows than were written, DsarError for a language without texts.
    """
    say = phrases(report.language)
    names = _names(report, say)
    book = Workbook(report.controller, names, rows_per_sheet)
    for sheet in _sheets(report, names, say):
        book.add(sheet)
    data = book.finish()
    found = rows_in(data, len(book.rows))
    if found != book.rows:
        counts = f"{sum(found)} rows instead of {sum(book.rows)}"
        raise Incomplete(f"data.xlsx holds {counts}.", hint="Report this; use data.json.")
    return data


def _sheets(report: AccessReport, names: list[str], say: Phrases) -> Iterator[Sheet]:
    yield Sheet(names[0], (), list(_overview(report, names, say)))
    if report.california is not None:
        yield _list(names[1], california_table(report.california, say))
    fixed = ("record", "file", "line", "grade", "part")
    for name, collection in zip(_of_collections(report, names), report.collections, strict=True):
        columns = records.columns(collection.findings, say)
        labels = (*(say(f"record.{key}") for key in fixed), *(column.label for column in columns))
        fields = tuple(column.name for column in columns)
        rows = (_row(finding, fields, say) for part in records.parts(collection) for finding in part.findings)
        yield Sheet(name, (labels, (*fixed, *fields)), rows, repeat=len(fixed) - 1)
    withheld = content.withheld_table(report, say)
    accesses = histories.accesses_table(report, say)
    lists = (
        histories.consents(report, say),
        accesses if accesses.rows else next(iter(histories.accesses(report, say))),
        content.attachments(report, say),
        withheld if withheld.rows else Prose(say("left_out.nothing_else" if report.limited else "left_out.nothing")),
    )
    for name, block in zip(names[-len(_LISTS) :], lists, strict=True):
        yield _list(name, block)


def _list(name: str, block: object) -> Sheet:
    if isinstance(block, Table):
        return Sheet(name, (block.head,), block.rows)
    return Sheet(name, (), [(block.text,)] if isinstance(block, Prose) else [])


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
    for name, collection in zip(_of_collections(report, names), report.collections, strict=True):
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


def _names(report: AccessReport, say: Phrases) -> list[str]:
    """Valid, unique names of all sheets: the overview, one for each collection, then the lists."""
    first = [say("xlsx.overview"), *([say("california.title")] if report.california is not None else [])]
    wanted = [*first, *(f"{one.source}-{one.collection}" for one in report.collections)]
    taken: set[str] = set()
    return [sheet_name(name, taken) for name in (*wanted, *(say(f"xlsx.{key}") for key in _LISTS))]


def _of_collections(report: AccessReport, names: list[str]) -> list[str]:
    return names[len(names) - len(_LISTS) - len(report.collections) : len(names) - len(_LISTS)]
