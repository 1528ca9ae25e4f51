"""The report as a PDF to print: pages numbered, tables that cost the same for every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from dsar.model import AccessReport, CollectionReport, Finding
from dsar.renderers import content, records
from dsar.renderers.blocks import Block, Copy, Facts, Heading, Prose, Table
from dsar.renderers.fonts import fonts
from dsar.renderers.lines import Line, Span, Style, break_lines
from dsar.renderers.pages import ACCENT, INK, LEFT, QUIET, RIGHT, WARN, Document, Furniture, Pages
from dsar.renderers.records import Column, End, Shown
from dsar.renderers.texts import Phrases, phrases

RECORD_LIMIT = 2_000
"""How many records of a collection are printed; the rest is counted and stands in the other files."""
VALUE_LINES, VALUE_CHARACTERS = 60, 4_000
"""A value longer than this, about a page, goes on in data.json."""
TABLE_COLUMNS = 7
"""A collection with more columns than fit beside each other is set as running text, a paragraph for each record."""
TITLE, SECTION, PART = Style(22, 28, INK), Style(15, 20, INK), Style(11, 15, ACCENT)
ANSWER, BODY, STRONG, NOTE = Style(13, 18, INK), Style(9.5, 13.5, INK), Style(9.5, 13.5, WARN), Style(8.5, 12, QUIET)
CELL, QUIET_CELL, HEAD = Style(8.5, 11.5, INK), Style(8.5, 11.5, QUIET), Style(7.5, 11.5, QUIET)
TINY = Style(7, 11.5, QUIET)
Place: TypeAlias = tuple[float, float]
"""Left and right edge of a column in points."""
CARD: tuple[Place, ...] = ((LEFT, 178.0), (186.0, 440.0), (448.0, RIGHT))


def render_pdf(report: AccessReport, *, record_limit: int | None = RECORD_LIMIT) -> bytes:
    """Write the report as one PDF, the same bytes for the same report and the same fonts.

    Of each collection at most `record_limit` records are printed (None: all), and the PDF says how many more there
    are. Raises DsarError for a language without texts.
    """
    say = phrases(report.language)
    draft = say("report.draft_banner") if report.drafts else ""
    request = report.request.request_id or say("report.unknown")
    top = say("report.header", request=request, controller=report.controller)
    title = f"{say('report.title')} – {request}"
    document = Document(title, report.controller, say.language)
    pages = Pages(fonts(), document, Furniture(top, draft, say("report.page", page="{page}", pages="{pages}")))
    _top(pages, report, say)
    for section in content.sections(report, say):
        _section(pages, section.title)
        for block in section.blocks:
            _block(pages, block, record_limit, say)
    return pages.finish()


def _top(pages: Pages, report: AccessReport, say: Phrases) -> None:
    """Title and answer, before anything else (A-2)."""
    pages.text(say("report.title"), TITLE)
    pages.text(say("report.subtitle"), NOTE)
    pages.space(16)
    first, *others = content.answer(report, say)
    lines = [break_lines(pages.fonts, [Span(first, ANSWER)], RIGHT - LEFT - 14)]
    pages.row(lines, [(LEFT + 14, RIGHT)], ANSWER.leading)
    for sentence in others:
        pages.text(sentence, BODY, LEFT + 14)
    pages.bar(len(lines[0]) * ANSWER.leading + len(others) * BODY.leading)
    if report.drafts:
        pages.space(10)
        for reason in (say("report.draft_reasons"), *(f"– {reason}" for reason in report.drafts)):
            pages.text(reason, STRONG)


def _section(pages: Pages, title: str) -> None:
    pages.space(26)
    pages.need(110)
    pages.rule(ACCENT, 1.2)
    pages.space(8)
    pages.text(title, SECTION)
    pages.mark(title, 0)
    pages.space(4)


def _block(pages: Pages, block: Block, limit: int | None, say: Phrases) -> None:
    if isinstance(block, Heading):
        pages.space(12)
        pages.need(70)
        pages.text(block.text, PART)
        pages.space(2)
    elif isinstance(block, Prose):
        pages.text(block.text, STRONG if block.strong else BODY)
        pages.space(3)
    elif isinstance(block, Facts):
        for label, value in block.rows:
            _cells(pages, [[Span(label, QUIET_CELL)], [Span(value, CELL)]], [CARD[0], (CARD[1][0], RIGHT)])
    elif isinstance(block, Table):
        _table(pages, block)
    elif isinstance(block, Copy):
        _copy(pages, block.collection, limit, say)


def _cells(pages: Pages, cells: Sequence[Sequence[Span]], columns: Sequence[Place]) -> None:
    """One row of a table, a thin rule under it."""
    lines = [break_lines(pages.fonts, spans, _wide(place)) for spans, place in zip(cells, columns, strict=True)]
    _row(pages, lines, columns)


def _row(pages: Pages, lines: Sequence[list[Line]], columns: Sequence[Place]) -> None:
    pages.space(2.5)
    pages.row(lines, columns, CELL.leading)
    pages.space(3.5)
    pages.rule()


def _table(pages: Pages, table: Table) -> None:
    pages.need(60)
    pages.text(table.caption, NOTE)
    pages.space(3)
    columns = _columns(table.widths)

    def head() -> None:
        _cells(pages, [[Span(name, HEAD)] for name in table.head], columns)

    with pages.repeating(head):
        for row in table.rows:
            _cells(pages, [[Span(cell, CELL)] for cell in row], columns)
    pages.space(10)


def _columns(widths: Sequence[float]) -> list[Place]:
    """Share the width of the page out in proportion to `widths`, with a gap between the columns."""
    unit, left, columns = (RIGHT - LEFT) / sum(widths), LEFT, []
    for width in widths:
        columns.append((left, left + width * unit - 7))
        left += width * unit
    return columns


def _copy(pages: Pages, collection: CollectionReport, limit: int | None, say: Phrases) -> None:
    """The records themselves (Art. 15(3) GDPR): cards, or where there are many a table or running text."""
    total = len(collection.findings)
    printed = collection.findings if limit is None else collection.findings[:limit]
    columns, ends = records.columns(collection), records.kept(collection)
    if total < records.COMPACT_FROM:
        for finding in printed:
            _card(pages, finding, ends.get(finding.match.record.record, []), say)
    elif len(columns) <= TABLE_COLUMNS and not ends:
        _compact(pages, collection, printed, columns, say)
    else:
        for finding in printed:
            _running(pages, finding, columns, ends.get(finding.match.record.record, []), say)
    if len(printed) < total:
        rest = total - len(printed)
        pages.space(6)
        pages.text(say("pdf.more_rows", shown=len(printed), total=total, rest=rest), STRONG)


def _card(pages: Pages, finding: Finding, kept: list[End], say: Phrases) -> None:
    record, match = finding.match.record, finding.match
    pages.space(14)
    pages.need(80)
    pages.text(record.record, Style(10, 14, INK))
    pages.mark(record.record, 1)
    place = say("record.place", file=record.file, line=record.line)
    pages.text(f"{place} · {say(f'grade.{match.grade}')}: {match.reason}", NOTE)
    pages.space(3)
    pages.rule()
    for name, field in records.named(finding).items():
        value = _value(pages, records.shown(field, say), _wide(CARD[1]), say)
        label = break_lines(pages.fonts, [Span(field.label or name, QUIET_CELL)], _wide(CARD[0]))
        technical = break_lines(pages.fonts, [Span(name, TINY)], _wide(CARD[2]))
        _row(pages, [label, value, technical if field.label and field.label != name else []], CARD)
    if kept:
        until = records.kept_text(kept, say)
        cells = [[Span(say("record.kept_until"), QUIET_CELL)], [Span(until, CELL)]]
        _cells(pages, cells, [CARD[0], (CARD[1][0], RIGHT)])


def _value(pages: Pages, shown: Shown, width: float, say: Phrases) -> list[Line]:
    """The lines of a value, at most about a page; then it says that it goes on in data.json."""
    style = CELL if shown.kind == "value" else QUIET_CELL
    lines = break_lines(pages.fonts, [Span(shown.text[:VALUE_CHARACTERS], style)], width)
    if len(shown.text) > VALUE_CHARACTERS or len(lines) > VALUE_LINES:
        note = Span(say("pdf.continues", count=len(shown.text)), QUIET_CELL)
        lines = lines[:VALUE_LINES] + break_lines(pages.fonts, [note], width)
    if shown.meaning:
        meaning = Span(say("record.means", meaning=shown.meaning), QUIET_CELL)
        lines += break_lines(pages.fonts, [meaning], width)
    return lines


def _compact(
    pages: Pages, collection: CollectionReport, printed: Sequence[Finding], columns: Sequence[Column], say: Phrases
) -> None:
    """A table of many records; the meaning of codes stands once, below it."""
    prefix = f"{collection.source}/{collection.collection}/"
    pages.text(f"{say('record.record')}: {prefix}…", NOTE)
    places = _columns(_shared(_wanted(pages, printed[:60], len(prefix), columns)))

    def head() -> None:
        names = [say("record.record"), *(column.label for column in columns)]
        _cells(pages, [[Span(name, HEAD)] for name in names], places)

    with pages.repeating(head):
        for finding in printed:
            fields = records.named(finding)
            cells = [
                break_lines(pages.fonts, [Span(finding.match.record.record[len(prefix) :], TINY)], _wide(places[0]))
            ]
            for column, place in zip(columns, places[1:], strict=True):
                shown = records.shown(fields.get(column.name), say)
                cells.append(_value(pages, Shown(shown.text, shown.kind), _wide(place), say))
            _row(pages, cells, places)


def _shared(wanted: Sequence[float]) -> list[float]:
    """Give each column what it wants where there is room; what is left is shared evenly by those that want more."""
    widths, left = list(wanted), RIGHT - LEFT
    for done, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        widths[index] = min(wanted[index], left / (len(wanted) - done))
        left -= widths[index]
    return widths


def _wide(place: Place) -> float:
    return place[1] - place[0]


def _wanted(pages: Pages, sample: Iterable[Finding], prefix: int, columns: Sequence[Column]) -> list[float]:
    """The widths that the first records would like, in points; no column takes more than a third of the page."""
    most = (RIGHT - LEFT) / 3
    wanted = [60.0, *(max(40.0, pages.fonts.width(column.label, HEAD.size) + 8) for column in columns)]
    for finding in sample:
        fields = records.named(finding)
        values = [fields[column.name].value or "" if column.name in fields else "" for column in columns]
        texts = [finding.match.record.record[prefix:], *values]
        for index, text in enumerate(texts):
            width = pages.fonts.width(pages.fonts.drawable(text[:80]), CELL.size) + 8
            wanted[index] = min(most, max(wanted[index], width))
    return wanted


def _running(pages: Pages, finding: Finding, columns: Sequence[Column], kept: list[End], say: Phrases) -> None:
    """One record as a paragraph: each label quiet, its value in ink."""
    record, fields = finding.match.record, records.named(finding)
    spans: list[Span] = []
    for column in columns:
        shown = records.shown(fields.get(column.name), say)
        if shown.kind == "absent":
            continue
        text = shown.text
        if len(text) > VALUE_CHARACTERS:
            text = f"{text[:VALUE_CHARACTERS]}{say('pdf.continues', count=len(text))}"
        spans += [Span(f"{column.label}: ", QUIET_CELL), Span(text, CELL if shown.kind == "value" else QUIET_CELL)]
        spans.append(Span("   ", CELL))
    if kept:
        spans += [Span(f"{say('record.kept_until')}: ", QUIET_CELL), Span(records.kept_text(kept, say), CELL)]
    place = say("record.place", file=record.file, line=record.line)
    pages.space(5)
    pages.need(40)
    pages.text(f"{record.record} · {place}", Style(7.5, 11, QUIET))
    _cells(pages, [spans], [(LEFT, RIGHT)])
