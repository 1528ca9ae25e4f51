"""How text looks on paper, and rows of cells side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from dsar.renderers.blocks import Table
from dsar.renderers.lines import Line, Span, Style, break_lines
from dsar.renderers.pages import ACCENT, INK, LEFT, QUIET, RIGHT, WARN, Cell, Pages

TITLE, SECTION, PART = Style(22, 28, INK), Style(15, 20, INK), Style(11, 15, ACCENT)
ANSWER, BODY, STRONG, NOTE = Style(13, 18, INK), Style(9.5, 13.5, INK), Style(9.5, 13.5, WARN), Style(8.5, 12, QUIET)
LETTER = Style(10.5, 16, INK)
CELL, QUIET_CELL, HEAD = Style(8.5, 11.5, INK), Style(8.5, 11.5, QUIET), Style(7.5, 11.5, QUIET)
TINY = Style(7, 11.5, QUIET)
BEFORE, BEHIND = 2.5, 3.5
"""What is left free above a row and between it and its rule, in points."""
_WORDS = re.compile(r"[^\s/_@.-]+[/_@.-]*")
LONGEST = (26, 20, 16, 13, 10)
"""A word of a table with more characters may be cut: the first of these for which there is room."""
Place: TypeAlias = tuple[float, float]
"""Left and right edge of a column in points."""


def wide(place: Place) -> float:
    """The width of a column in points."""
    return place[1] - place[0]


def cells(pages: Pages, spans: Sequence[Sequence[Span]], columns: Sequence[Place]) -> None:
    """Draw one row of a table, a thin rule under it."""
    row(pages, broken(pages, spans, columns), columns)


def broken(pages: Pages, spans: Sequence[Sequence[Span]], columns: Sequence[Place]) -> list[list[Line]]:
    """The lines of a row of a table before it is drawn."""
    return [break_lines(pages.fonts, one, wide(place)) for one, place in zip(spans, columns, strict=True)]


def tall(lines: Sequence[Sequence[Line]]) -> float:
    """The height of a row with its rule, in points."""
    return max(map(len, lines)) * CELL.leading + BEFORE + BEHIND


def row(pages: Pages, cells: Sequence[Cell], columns: Sequence[Place]) -> None:
    """Draw one row of broken lines, a thin rule under it."""
    pages.space(BEFORE)
    pages.row(cells, columns, CELL.leading)
    pages.space(BEHIND)
    pages.rule()


def columns_of(widths: Sequence[float]) -> list[Place]:
    """Share the width of the page out in proportion to `widths`, with a gap between the columns."""
    unit, left, columns = (RIGHT - LEFT) / sum(widths), LEFT, []
    for width in widths:
        columns.append((left, left + width * unit - 7))
        left += width * unit
    return columns


def fitting(pages: Pages, table: Table) -> list[Place]:
    """Share the width of the page out as a table wants it, but give each column room for its longest word."""
    unit = (RIGHT - LEFT) / sum(table.widths)
    wanted = [width * unit for width in table.widths]
    for longest in LONGEST:
        least = _least(pages, table, longest)
        if sum(least) <= RIGHT - LEFT:
            break
    spare = sum(max(want - need, 0) for want, need in zip(wanted, least, strict=True))
    lacking = sum(max(need - want, 0) for want, need in zip(wanted, least, strict=True))
    share = min(lacking / spare, 1.0) if spare else 0.0
    return columns_of(
        [need if want < need else want - (want - need) * share for want, need in zip(wanted, least, strict=True)]
    )


def _least(pages: Pages, table: Table, longest: int) -> list[float]:
    """The width each column needs for its words of at most so many characters, in points."""
    heads = [_word(pages, [name], HEAD.size, longest) for name in table.head]
    columns = zip(*table.rows[:60], strict=True) if table.rows else [()] * len(heads)
    words = [max(head, _word(pages, texts, CELL.size, longest)) for head, texts in zip(heads, columns, strict=True)]
    return [min(one + 8, (RIGHT - LEFT) / 3) for one in words]


def _word(pages: Pages, texts: Sequence[str], size: float, longest: int) -> float:
    words = {word for text in texts for word in _WORDS.findall(text) if len(word) <= longest}
    return max((pages.fonts.width(pages.fonts.drawable(word), size) for word in words), default=0.0)
