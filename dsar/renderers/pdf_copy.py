"""The copy of the records as PDF (Art. 15(3) GDPR): cards, groups told once, tables and running text where many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from dsar.model import Attachment, FieldValue, Finding
from dsar.renderers import records
from dsar.renderers.blocks import Copy
from dsar.renderers.lines import Line, Span, Style, break_lines, plain
from dsar.renderers.pages import INK, LEFT, QUIET, RIGHT, Cell, Pages
from dsar.renderers.pdf_styles import (
    CELL,
    HEAD,
    NOTE,
    PART,
    QUIET_CELL,
    TINY,
    Place,
    cells,
    columns_of,
    row,
    tall,
    wide,
)
from dsar.renderers.records import Column, End, Part, Shown
from dsar.renderers.texts import Phrases

VALUE_LINES, VALUE_CHARACTERS = 60, 4_000
"""A value longer than this, about a page, goes on in data.json."""
TABLE_COLUMNS = 7
"""Records with more columns than fit beside each other are set as running text, a paragraph for each."""
KNOWN_VALUES, KNOWN_CHARACTERS = 2_000, 200
"""How many values of a column, and of what length, are remembered as broken lines: many columns repeat a few."""
_NOTE = 15.0
"""What a note below a record takes, in points."""
CARD: tuple[Place, ...] = ((LEFT, 178.0), (186.0, 440.0), (448.0, RIGHT))
Ends = Mapping[str, list[End]]
Key: TypeAlias = tuple[str | None, str | None]
"""What decides how a cell looks: the value, and why it is withheld."""


def copy(pages: Pages, one: Copy, say: Phrases) -> None:
    """Draw the records of a collection, in their groups where they belong together."""
    collection, ends = one.collection, records.kept(one.collection)
    if len(collection.findings) < records.COMPACT_FROM:
        for part in records.parts(collection):
            if len(part.findings) == 1:
                _card(pages, part.findings[0], one, ends, say)
            else:
                _group(pages, part, one, ends, say)
        return
    columns = records.columns(collection.findings, say)
    prefix = f"{collection.source}/{collection.collection}/"
    many = _Many(pages, prefix, columns, ends, say)
    many.draw(tuple(records.parts(collection)))
    for files in one.files.values():
        _attached(pages, [file for file in files if file.record.startswith(prefix)], say)


def _card(pages: Pages, finding: Finding, one: Copy, ends: Ends, say: Phrases) -> None:
    record, match = finding.match.record, finding.match
    pages.space(14)
    pages.need(80)
    pages.text(record.record, Style(10, 14, INK))
    pages.mark(record.record, 1)
    place = say("record.place", file=record.file, line=record.line)
    pages.text(f"{place} · {say(f'grade.{match.grade}')}: {match.reason}", NOTE)
    pages.space(3)
    pages.rule()
    _fields(pages, records.named(finding), say)
    if until := records.kept_text(ends.get(record.record, []), say):
        pages.text(f"{say('record.kept_until')}: {until}", NOTE)
    _attached(pages, one.files.get(record.record, ()), say)


def _fields(pages: Pages, fields: Mapping[str, FieldValue], say: Phrases) -> None:
    """A row for each field that holds something, the items of lists set apart; what is empty in one line below."""
    item, titles = "", records.item_titles(fields)
    blank, filled = records.blank(fields, say), tuple(records.filled(fields))
    for name, field in filled:
        if (here := records.item_of(name)) != item:
            item = here
            if item:
                pages.space(5)
                pages.need(40)
                pages.text(titles[item], Style(8.5, 12, INK))
        told = _value(pages, records.shown(field, say), wide(CARD[1]), say)
        label = break_lines(pages.fonts, [Span(records.label(name, field, say), QUIET_CELL)], wide(CARD[0]))
        technical = break_lines(pages.fonts, [Span(name, TINY)], wide(CARD[2]))
        if name == filled[-1][0]:
            pages.need(tall([label, told]) + _NOTE * (1 + len(blank)))  # notes are not left alone on the next page
        row(pages, [label, told, technical if field.label and field.label != name else []], CARD)
    for mark, labels in blank:
        pages.space(3)
        pages.text(f"{mark} {labels}", NOTE)


def _attached(pages: Pages, files: Iterable[Attachment], say: Phrases) -> None:
    for file in files:
        told = file.stored_as or say(f"attachments.problem_{file.problem}")
        pages.space(2)
        pages.text(f"{say('attachments.title')}: {file.name} – {told}", NOTE)


def _group(pages: Pages, part: Part, one: Copy, ends: Ends, say: Phrases) -> None:
    """What all records of a group have in common stands once; where they differ, each has a row."""
    found, title = records.same(part.findings, say), records.part_title(part, say)
    pages.space(16)
    pages.need(90)
    pages.text(title, Style(10, 14, INK))
    pages.mark(title, 1)
    pages.text(" ".join(dict.fromkeys(finding.match.reason for finding in part.findings)), NOTE)
    if found.common:
        pages.space(4)
        pages.text(say("group.common"), PART)
        pages.rule()
        _fields(pages, found.common, say)
    until = records.shared_end(part, ends, say)
    if until:
        pages.text(f"{say('record.kept_until')}: {until}", NOTE)
    pages.space(8)
    pages.need(70)
    pages.text(say("group.caption"), PART)
    prefix = f"{one.collection.source}/{one.collection.collection}/"
    _Many(pages, prefix, found.differing, {} if until else ends, say).draw((Part(part.findings),))
    for finding in part.findings:
        _attached(pages, one.files.get(finding.match.record.record, ()), say)


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


class _Many:
    """Records of one kind below each other: a table where the columns fit on the page, else a paragraph for each."""

    def __init__(self, pages: Pages, prefix: str, columns: tuple[Column, ...], ends: Ends, say: Phrases) -> None:
        self.pages, self.prefix, self.columns, self.ends, self.say = pages, prefix, columns, ends, say
        self._known: tuple[dict[Key, Cell], ...] = tuple({} for _ in columns)

    def draw(self, parts: Sequence[Part]) -> None:
        """Draw every record; a line names each group."""
        if len(self.columns) > TABLE_COLUMNS:
            for part in parts:
                self._title(part)
                for finding in part.findings:
                    self._running(finding)
            return
        sample = [finding for part in parts[:60] for finding in part.findings][:60]
        self.pages.text(f"{self.say('record.record')}: {self.prefix}…", NOTE)
        places = columns_of(_shared(self._wanted(sample)))

        def head() -> None:
            names = [self.say("record.record"), *(column.label for column in self.columns)]
            names += [self.say("record.kept_until")] if self.ends else []
            cells(self.pages, [[Span(name, HEAD)] for name in names], places)

        with self.pages.repeating(head):
            for part in parts:
                self._title(part)
                for finding in part.findings:
                    self._row(finding, places)

    def _title(self, part: Part) -> None:
        if part.group is not None:
            self.pages.space(6)
            self.pages.need(34)
            self.pages.text(records.part_title(part, self.say), PART)

    def _row(self, finding: Finding, places: Sequence[Place]) -> None:
        fields, record = records.named(finding), finding.match.record.record
        drawn = [self._drawn(record[len(self.prefix) :], TINY, wide(places[0]))]
        for column, place, known in zip(self.columns, places[1:], self._known, strict=False):
            drawn.append(self._cell(fields.get(column.name), wide(place), known))
        if self.ends:
            until = records.kept_text(self.ends.get(record, []), self.say)
            drawn.append(self._drawn(until, QUIET_CELL, wide(places[-1])))
        row(self.pages, drawn, places)

    def _cell(self, field: FieldValue | None, width: float, known: dict[Key, Cell]) -> Cell:
        """The lines of a value in its column; values that came before are not broken again."""
        key = (field.value, field.withheld) if field is not None else (None, None)
        cell = known.get(key)
        if cell is None:
            shown = records.shown(field, self.say)
            if len(shown.text) >= KNOWN_CHARACTERS:
                return _value(self.pages, Shown(shown.text, shown.kind), width, self.say)
            cell = self._drawn(shown.text, CELL if shown.kind == "value" else QUIET_CELL, width)
            if len(known) >= KNOWN_VALUES:
                known.clear()
            known[key] = cell
        return cell

    def _drawn(self, text: str, style: Style, width: float) -> Cell:
        """The lines of a short text, the quick way where it can be gone."""
        fonts = self.pages.fonts
        return plain(fonts, text, style, width) or break_lines(fonts, [Span(text, style)], width)

    def _running(self, finding: Finding) -> None:
        """One record as a paragraph: each label quiet, its value in ink."""
        record, fields = finding.match.record, records.named(finding)
        spans: list[Span] = []
        empty: list[str] = []
        for column in self.columns:
            shown = records.shown(fields.get(column.name), self.say)
            if shown.kind == "absent":
                continue
            if shown.kind == "empty":
                empty.append(column.label)
                continue
            text = shown.text
            if len(text) > VALUE_CHARACTERS:
                text = f"{text[:VALUE_CHARACTERS]}{self.say('pdf.continues', count=len(text))}"
            spans += [Span(f"{column.label}: ", QUIET_CELL), Span(text, CELL if shown.kind == "value" else QUIET_CELL)]
            spans.append(Span("   ", CELL))
        if empty:
            spans.append(Span(f"{self.say('record.empty')} {', '.join(empty)}   ", QUIET_CELL))
        if until := records.kept_text(self.ends.get(record.record, []), self.say):
            spans += [Span(f"{self.say('record.kept_until')}: ", QUIET_CELL), Span(until, CELL)]
        place = self.say("record.place", file=record.file, line=record.line)
        self.pages.space(5)
        self.pages.need(40)
        self.pages.text(f"{record.record} · {place}", Style(7.5, 11, QUIET))
        cells(self.pages, [spans], [(LEFT, RIGHT)])

    def _wanted(self, sample: Iterable[Finding]) -> list[float]:
        """The widths that the first records would like, in points; no column takes more than a third of the page."""
        fonts, most = self.pages.fonts, (RIGHT - LEFT) / 3
        wanted = [60.0, *(max(40.0, fonts.width(column.label, HEAD.size) + 8) for column in self.columns)]
        wanted += [70.0] if self.ends else []
        for finding in sample:
            fields = records.named(finding)
            values = [fields[column.name].value or "" if column.name in fields else "" for column in self.columns]
            for index, text in enumerate((finding.match.record.record[len(self.prefix) :], *values)):
                width = fonts.width(fonts.drawable(text[:80]), CELL.size) + 8
                wanted[index] = min(most, max(wanted[index], width))
        return wanted


def _shared(wanted: Sequence[float]) -> list[float]:
    """Give each column what it wants where there is room; what is left is shared evenly by those that want more."""
    widths, left = list(wanted), RIGHT - LEFT
    for done, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        widths[index] = min(wanted[index], left / (len(wanted) - done))
        left -= widths[index]
    return widths
