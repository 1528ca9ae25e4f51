"""The report as a PDF to print: a letter, contents, numbered pages, tables that cost the same for every row."""

from __future__ import annotations

from dsar.model import AccessReport
from dsar.renderers import content
from dsar.renderers.blocks import Block, Copy, Facts, Heading, Picture, Prose, Table
from dsar.renderers.fonts import fonts
from dsar.renderers.lines import Span, break_lines
from dsar.renderers.moments import long_day
from dsar.renderers.pages import ACCENT, LEFT, RIGHT, Document, Furniture, Pages
from dsar.renderers.pdf_copy import CARD, copy
from dsar.renderers.pdf_styles import (
    ANSWER,
    BODY,
    CELL,
    HEAD,
    LETTER,
    NOTE,
    PART,
    QUIET_CELL,
    SECTION,
    STRONG,
    TITLE,
    broken,
    cells,
    fitting,
    tall,
)
from dsar.renderers.pdf_styles import row as draw
from dsar.renderers.texts import Phrases, phrases

FIRST = 240.0
"""A section begins only where its title, a heading and the first rows below fit, in points."""
TOGETHER = 3
"""So many rows at the end of a table stay on one page: one alone on the next looks like a table of its own."""


def render_pdf(report: AccessReport) -> bytes:
    """Write the report as one PDF, the same bytes for the same report and the same fonts.

    Every record is printed. Raises DsarError for a language without texts.
    """
    say = phrases(report.language)
    draft = say("report.draft_banner") if report.drafts else ""
    request = report.request.request_id or say("report.unknown")
    top = say("report.header", request=request, controller=report.controller)
    title = f"{say('report.title')} – {request}"
    document = Document(title, report.controller, say.language)
    pages = Pages(fonts(), document, Furniture(top, draft, say("report.page", page="{page}", pages="{pages}")))
    sections = tuple(content.sections(report, say))
    _letter(pages, report, say)
    pages.turn()
    _top(pages, report, say)
    pages.space(22)
    pages.text(say("pdf.contents"), SECTION)
    pages.space(4)
    for section in sections:
        pages.entry(section.title, section.anchor, BODY)
    for section in sections:
        _section(pages, section.title, section.anchor)
        for block in section.blocks:
            _block(pages, block, say)
    return pages.finish()


def _letter(pages: Pages, report: AccessReport, say: Phrases) -> None:
    """A page to lie on top: who writes to whom about what, and the answer (A-2)."""
    request = report.request
    name = next((known.value for known in request.identifiers if known.kind in ("name", "full_name")), None)
    pages.text(report.controller, PART)
    for line in (report.contact, report.dpo or ""):
        if line:
            pages.text(line, NOTE)
    pages.space(60)
    pages.text(long_day(report.made, say), LETTER)
    pages.space(26)
    pages.text(say("pdf.subject", request=request.request_id or ""), SECTION)
    pages.space(14)
    pages.text(say("pdf.dear", name=name) if name else say("pdf.dear_nobody"), LETTER)
    asked = say("pdf.asked")
    if request.received:
        asked = say("pdf.asked_on", received=long_day(request.received, say))
    told = " ".join(content.answer(report, say))
    others = (say("pdf.questions", contact=report.contact),) if report.contact else ()
    for paragraph in (asked, told, say(f"pdf.{_inside(report)}"), say("pdf.others"), *others):
        pages.space(9)
        pages.text(paragraph, LETTER, LEFT, RIGHT - 40)
    pages.space(22)
    pages.text(say("pdf.regards"), LETTER)
    pages.space(30)
    pages.text(report.controller, LETTER)


def _inside(report: AccessReport) -> str:
    """What follows the letter: a copy, the categories alone (A-57), or only where was searched."""
    if report.california is not None and not report.california.pieces:
        return "inside_categories"
    return "inside" if report.collections else "inside_nothing"


def _top(pages: Pages, report: AccessReport, say: Phrases) -> None:
    """Title and answer (A-2), and why it is a draft."""
    pages.text(say("report.title"), TITLE)
    pages.text(content.subtitle(report, say), NOTE)
    pages.space(16)
    first, *others = content.answer(report, say)
    lines = [break_lines(pages.fonts, [Span(first, ANSWER)], RIGHT - LEFT - 14)]
    start = pages.y
    pages.row(lines, [(LEFT + 14, RIGHT)], ANSWER.leading)
    for sentence in others:
        pages.text(sentence, BODY, LEFT + 14)
    pages.bar(start - pages.y)
    if report.drafts:
        pages.space(10)
        for reason in (say("report.draft_reasons"), *(f"– {reason}" for reason in report.drafts)):
            pages.text(reason, STRONG)


def _section(pages: Pages, title: str, anchor: str) -> None:
    pages.space(26)
    pages.need(FIRST)
    pages.rule(ACCENT, 1.2)
    pages.space(8)
    pages.text(title, SECTION)
    pages.mark(title, 0, anchor)
    pages.space(4)


def _block(pages: Pages, block: Block, say: Phrases) -> None:
    if isinstance(block, Heading):
        pages.space(12)
        pages.need(130)
        pages.text(block.text, PART)
        pages.space(2)
    elif isinstance(block, Prose):
        pages.text(block.text, STRONG if block.strong else BODY)
        pages.space(3)
    elif isinstance(block, Facts):
        for label, value in block.rows:
            cells(pages, [[Span(label, QUIET_CELL)], [Span(value, CELL)]], [CARD[0], (CARD[1][0], RIGHT)])
    elif isinstance(block, Table):
        _table(pages, block)
    elif isinstance(block, Picture):
        pages.space(12)
        pages.need(60 + min(block.drawing.height, 400) * 0.7)
        pages.text(block.title, PART)
        pages.space(6)
        pages.picture(block.drawing)
        pages.space(8)
        _table(pages, block.table)
    elif isinstance(block, Copy):
        copy(pages, block, say)


def _table(pages: Pages, table: Table) -> None:
    pages.need(60)
    pages.text(table.caption, NOTE)
    pages.space(3)
    columns = fitting(pages, table)

    def head() -> None:
        cells(pages, [[Span(name, HEAD)] for name in table.head], columns)

    last = table.rows[-TOGETHER:]
    with pages.repeating(head):
        for row in table.rows[:-TOGETHER]:
            cells(pages, [[Span(cell, CELL)] for cell in row], columns)
        tail = [broken(pages, [[Span(cell, CELL)] for cell in row], columns) for row in last]
        pages.need(sum(tall(lines) for lines in tail))
        for lines in tail:
            draw(pages, lines, columns)
    pages.space(10)
