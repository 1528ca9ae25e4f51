"""Pages that fill from top to bottom: rows of cells drawn on the canvas, in time linear in the number of rows."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from dsar.renderers.drawing import WIDTH as DRAWN
from dsar.renderers.drawing import Curve, Dot, Drawing, Label, Shape
from dsar.renderers.fonts import Fonts
from dsar.renderers.ink import Glyphs, Ink
from dsar.renderers.lines import Line, Plain, Span, Style, break_lines

WIDTH, HEIGHT = 595.28, 841.89
LEFT, RIGHT, TOP, BOTTOM = 48.0, 547.0, 776.0, 56.0
INK, QUIET, RULE, ACCENT, WARN = "#1c2126", "#59636e", "#d9dee3", "#0b5a75", "#8a3b00"
SOFT, LINE = "#eef1f3", "#b9c4cc"
COLOURS = {"ink": INK, "quiet": QUIET, "rule": RULE, "soft": SOFT, "accent": ACCENT, "warn": WARN}
SMALL = Style(7.5, 10.0, QUIET)
Cell: TypeAlias = Sequence[Line] | Plain
"""What stands in one column of a row."""
_LATE = re.compile("\0([0-9]+)\0")
_FEW_LINES = 8
"""A row of at most so many lines is not torn apart at the end of a page."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands on every page: a line at the top, a mark where it is a draft, the phrase for the page number."""

    top: str
    draft: str
    page: str
    """With `{page}` and `{pages}`."""


@dataclass(frozen=True, slots=True)
class _Late:
    """Where a number stands that is only known at the end: that of all pages, or right-aligned the page of an entry."""

    x: float
    y: float
    style: Style
    key: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What the file says about itself."""

    title: str
    author: str
    language: str


class Pages:
    """The canvas, the page that is being filled and how far it is filled. All text is drawn, none is parsed (H7)."""

    def __init__(self, fonts: Fonts, document: Document, furniture: Furniture) -> None:
        from reportlab import rl_config
        from reportlab.pdfbase.pdfdoc import BasicFonts, PDFObjectReference
        from reportlab.pdfgen.canvas import Canvas

        rl_config.trustedSchemes = []  # nothing is ever fetched (H8)
        rl_config.useA85 = 0  # binary streams: smaller, and quicker to write
        fonts.fresh()
        self.fonts = fonts
        self._furniture = furniture
        self._top = break_lines(fonts, [Span(furniture.top, SMALL)], (RIGHT - LEFT) * 0.7)[0]
        self._data = io.BytesIO()
        size = (WIDTH, HEIGHT)
        self._canvas: Any = Canvas(self._data, pagesize=size, invariant=1, pageCompression=1, lang=document.language)
        self._canvas.setTitle(fonts.drawable(document.title))
        self._canvas.setAuthor(fonts.drawable(document.author))
        self._canvas.setSubject("")
        self._canvas.setCreator("dsar")
        self._resources = b"<< /Font %s /ProcSet [/PDF /Text] >>" % PDFObjectReference(BasicFonts).format(
            self._canvas._doc
        )
        self._head: Callable[[], None] | None = None
        self._marks = 0
        self._entries: dict[str, int] = {}
        self._late: list[_Late] = []
        self._glyphs = Glyphs(self._canvas)
        self.number = 0
        self._ink = Ink(self._canvas, fonts, self._glyphs)
        self._begin()

    def finish(self) -> bytes:
        """End the last page, fill in the number of pages, and return the PDF."""
        self._end()
        for page in self._canvas._doc.Pages.pages:
            self._shorten(page)
        self._canvas.save()
        return self._data.getvalue()

    def _shorten(self, page: Any) -> None:
        """Say of a page what is the same for all of them as finished bytes; reportlab builds it anew for each."""
        from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFStream

        code = _LATE.sub(self._told, page.stream).encode("ascii")
        page.Contents = PDFStream(PDFDictionary({"Filter": b"/FlateDecode"}), zlib.compress(code))
        page.Resources, page.MediaBox, page.Trans = self._resources, b"[0 0 %.2f %.2f]" % (WIDTH, HEIGHT), None
        page.stream = None

    def _told(self, mark: re.Match[str]) -> str:
        """The operators that draw what was not known when its place was passed."""
        late = self._late[int(mark[1])]
        after = self._furniture.page.partition("{pages}")[2]
        span = Span(str(self._entries[late.key]) if late.key else f"{self.number}{after}", late.style)
        left = late.x - self.fonts.width(span.text, span.style.size) if late.key else late.x
        ink = Ink(self._canvas, self.fonts, self._glyphs)
        ink.text((span,), left, late.y)
        return ink.operators()

    def _later(self, late: _Late) -> None:
        """Leave a mark that no text can imitate, since no text that is drawn holds NUL."""
        self._ink.insert(f"\0{len(self._late)}\0")
        self._late.append(late)

    def row(self, cells: Sequence[Cell], columns: Sequence[tuple[float, float]], leading: float) -> None:
        """Draw cells side by side; `columns` are (left, right) in points. A row taller than the page goes on there."""
        height = max([len(cell.texts if isinstance(cell, Plain) else cell) for cell in cells])
        if height <= _FEW_LINES:
            self.need(height * leading)
        start = 0
        while start < height:
            fit = int((self._y - BOTTOM) / leading)
            if fit < 1:
                self.turn()
                continue
            self._cells(cells, columns, leading, slice(start, start + fit))
            self._fresh = False
            self._y -= min(fit, height - start) * leading
            start += fit

    def _cells(
        self, cells: Sequence[Cell], columns: Sequence[tuple[float, float]], leading: float, part: slice
    ) -> None:
        """Draw the lines `part` of cells from here down; those that are plain together."""
        top, ready = self._y - leading * 0.75, []
        for cell, (left, right) in zip(cells, columns, strict=True):
            if isinstance(cell, Plain):
                texts = cell.texts if part.start == 0 and len(cell.texts) <= part.stop else cell.texts[part]
                if texts:
                    ready.append((left, Plain(cell.style, texts)))
                continue
            for number, line in enumerate(cell[part]):
                x = self._start(line, right) if line.right else left
                self._ink.text(line.pieces, x, top - number * leading)
        self._ink.plain(ready, top, leading)

    def text(self, text: str, style: Style, left: float = LEFT, right: float = RIGHT) -> None:
        """Draw one paragraph."""
        self.row([break_lines(self.fonts, [Span(text, style)], right - left)], [(left, right)], style.leading)

    def space(self, points: float) -> None:
        """Leave room, but not at the top of a page."""
        if not self._fresh:
            self._y -= points

    def need(self, points: float) -> None:
        """Turn the page if less than `points` are left, so that what belongs together stays together."""
        if self._y - points < BOTTOM and not self._fresh:
            self.turn()

    def rule(self, colour: str = RULE, width: float = 0.5) -> None:
        """Draw a thin line across the page."""
        self._fresh = False
        self._ink.rule((LEFT, RIGHT, self._y), colour, width)

    def bar(self, height: float) -> None:
        """Draw a bar in the accent colour at the left edge, from here `height` points up."""
        self._ink.box((LEFT, self._y, 2.5, height), ACCENT)

    def mark(self, title: str, level: int, key: str = "") -> None:
        """Add an entry to the outline that leads here; `key` is that of an entry in the contents."""
        self._marks += 1
        name = key or f"mark{self._marks}"
        if key in self._entries:
            self._entries[key] = self.number
        self._canvas.bookmarkHorizontal(name, 0, self._y + 24)
        self._canvas.addOutlineEntry(self.fonts.drawable(title), name, level, closed=level > 0)

    def entry(self, title: str, key: str, style: Style) -> None:
        """Draw a line of the contents that leads to the mark of this key; its page is known at the end."""
        self._entries[key] = 0
        self.space(2)
        self.text(title, style, LEFT, RIGHT - 40)
        self._later(_Late(RIGHT, self._y + style.leading * 0.25, style, key))
        self._canvas.linkRect("", key, (LEFT, self._y, RIGHT, self._y + style.leading), relative=0, thickness=0)

    def picture(self, drawing: Drawing) -> None:
        """Draw shapes at the width of the page, smaller where they would be taller than it."""
        scale = min((RIGHT - LEFT) / DRAWN, (TOP - BOTTOM) / drawing.height)
        self.need(drawing.height * scale)
        self._fresh = False
        for shape in drawing.shapes:
            self._shape(shape, scale)
        self._y -= drawing.height * scale

    def _shape(self, shape: Shape, scale: float) -> None:
        ink, top = self._ink, self._y
        if isinstance(shape, Label):
            style = Style(shape.size * scale, 0, COLOURS[shape.colour])
            line = break_lines(self.fonts, [Span(shape.text, style)], 9e9)[0]
            width = sum(self.fonts.width(piece.text, piece.style.size) for piece in line.pieces)
            left = shape.x * scale - {"start": 0.0, "middle": width / 2, "end": width}[shape.anchor]
            ink.text(line.pieces, LEFT + left, top - shape.y * scale)
        elif isinstance(shape, Curve):
            colour = LINE if shape.stroke == "rule" else COLOURS[shape.stroke]
            ends = (LEFT + shape.x1 * scale, top - shape.y1 * scale, LEFT + shape.x2 * scale, top - shape.y2 * scale)
            ink.curve(ends, colour, shape.width * scale)
        elif isinstance(shape, Dot):
            ink.dot(LEFT + shape.x * scale, top - shape.y * scale, shape.radius * scale, COLOURS[shape.fill])
        else:
            low = top - (shape.y + shape.height) * scale
            ink.box((LEFT + shape.x * scale, low, shape.width * scale, shape.height * scale), COLOURS[shape.fill])

    @property
    def y(self) -> float:
        """How high above the lower edge of the page the next thing stands, in points."""
        return self._y

    @contextmanager
    def repeating(self, head: Callable[[], None]) -> Iterator[None]:
        """Draw the head of a table now and again at the top of each page until it ends."""
        head()
        self._head = head
        yield
        self._head = None

    def turn(self) -> None:
        """Go to the next page."""
        self._end()
        self._begin()
        if self._head is not None:
            head, self._head = self._head, None  # a head taller than a page must not call for itself
            head()
            self._head = head

    def _begin(self) -> None:
        self.number += 1
        self._y, self._fresh = TOP, True
        self._ink = Ink(self._canvas, self.fonts, self._glyphs)
        furniture = self._furniture
        self._ink.text(self._top.pieces, LEFT, HEIGHT - 40)
        if furniture.draft:
            mark = Span(furniture.draft, Style(8.5, 11, WARN))
            self._ink.text((mark,), RIGHT - self.fonts.width(mark.text, mark.style.size), HEIGHT - 40)

    def _end(self) -> None:
        """Draw the page with its number; how many there are is only known at the end."""
        before = self._furniture.page.partition("{pages}")[0].format(page=self.number)
        self._ink.text((Span(before, SMALL),), LEFT, 32)
        self._later(_Late(LEFT + self.fonts.width(before, SMALL.size), 32, SMALL))
        self._canvas.drawText(self._ink)
        self._canvas.showPage()

    def _start(self, line: Line, right: float) -> float:
        """Where a line begins that ends at the right edge."""
        return right - sum(self.fonts.width(piece.text, piece.style.size) for piece in line.pieces)
