"""How text looks on paper, and rows of cells side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from dsar.renderers.lines import Span, Style, break_lines
from dsar.renderers.pages import ACCENT, INK, LEFT, QUIET, RIGHT, WARN, Cell, Pages

TITLE, SECTION, PART = Style(22, 28, INK), Style(15, 20, INK), Style(11, 15, ACCENT)
ANSWER, BODY, STRONG, NOTE = Style(13, 18, INK), Style(9.5, 13.5, INK), Style(9.5, 13.5, WARN), Style(8.5, 12, QUIET)
LETTER = Style(10.5, 16, INK)
CELL, QUIET_CELL, HEAD = Style(8.5, 11.5, INK), Style(8.5, 11.5, QUIET), Style(7.5, 11.5, QUIET)
TINY = Style(7, 11.5, QUIET)
Place: TypeAlias = tuple[float, float]
"""Left and right edge of a column in points."""


def wide(place: Place) -> float:
    """The width of a column in points."""
    return place[1] - place[0]


def cells(pages: Pages, spans: Sequence[Sequence[Span]], columns: Sequence[Place]) -> None:
    """Draw one row of a table, a thin rule under it."""
    row(pages, [break_lines(pages.fonts, one, wide(place)) for one, place in zip(spans, columns, strict=True)], columns)


def row(pages: Pages, cells: Sequence[Cell], columns: Sequence[Place]) -> None:
    """Draw one row of broken lines, a thin rule under it."""
    pages.space(2.5)
    pages.row(cells, columns, CELL.leading)
    pages.space(3.5)
    pages.rule()


def columns_of(widths: Sequence[float]) -> list[Place]:
    """Share the width of the page out in proportion to `widths`, with a gap between the columns."""
    unit, left, columns = (RIGHT - LEFT) / sum(widths), LEFT, []
    for width in widths:
        columns.append((left, left + width * unit - 7))
        left += width * unit
    return columns
