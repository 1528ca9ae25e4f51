"""What is drawn on one page, as the operators of PDF: text and shapes written straight, without a layer between.

reportlab formats each number and escapes each string in Python, which is most of the cost of a table's row; here a
character is looked up once for a document.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from dsar.renderers.fonts import BASE, Fonts
from dsar.renderers.lines import ESCAPES, Plain, Span, Style

_ROUND = 0.5523
"""How far the handles of a quarter of a circle reach, of its radius."""


class Glyphs:
    """How each character of each font is written in one document."""

    def __init__(self, canvas: Any) -> None:
        self._document = canvas._doc
        self._plain: dict[str, dict[str, str]] = {}
        """By font: characters of its first subset, which nearly all are, as they stand in a string."""
        self._names: dict[tuple[str, int], str] = {}
        _font(BASE).splitString(" ", canvas._doc)
        self.base = self._name(BASE, 0)
        """The base font; its first subset holds printable ASCII, each character under its own code."""

    def write(self, font: str, size: float, text: str) -> str:
        """The operators that set the font and show a text of it where the text before ended."""
        plain = self._plain.setdefault(font, {})
        try:
            shown = "".join(map(plain.__getitem__, text))
        except KeyError:
            return self._learn(font, size, text)
        return f"{self._name(font, 0)} {size:g} Tf ({shown}) Tj"

    def _learn(self, font: str, size: float, text: str) -> str:
        parts = []
        for subset, codes in _font(font).splitString(text, self._document):
            if subset == 0:
                self._remember(font, text)
            parts.append(f"{self._name(font, subset)} {size:g} Tf ({''.join(map(_escaped, codes))}) Tj")
        return " ".join(parts)

    def _remember(self, font: str, text: str) -> None:
        for char in set(text):
            [(subset, codes), *_] = _font(font).splitString(char, self._document)
            if subset == 0:
                self._plain[font][char] = "".join(map(_escaped, codes))

    def _name(self, font: str, subset: int) -> str:
        key = (font, subset)
        if key not in self._names:
            self._names[key] = _font(font).getSubsetInternalName(subset, self._document)
        return self._names[key]


class Ink:
    """The text and the shapes of one page; `getCode` is what a canvas asks a text for."""

    def __init__(self, canvas: Any, fonts: Fonts, glyphs: Glyphs) -> None:
        self._canvas, self._fonts, self._glyphs = canvas, fonts, glyphs
        self._texts: list[str] = []
        self._lines: list[str] = []
        self._colour = self._stroke = ""
        self._leading = 0.0
        self._style: Style | None = None
        """The style of the text before, if all of it was plain; then colour and font need not be set again."""

    def getCode(self) -> str:
        """The operators of the page: shapes below, text above."""
        return f"q {' '.join(self._lines)} Q BT {self.operators()} ET"

    def operators(self) -> str:
        """What was drawn as text so far."""
        return " ".join(self._texts)

    def insert(self, operators: str) -> None:
        """Add operators that may set any colour and font."""
        self._texts.append(operators)
        self._style, self._colour, self._leading = None, "", 0.0

    def rule(self, place: tuple[float, float, float], colour: str, width: float) -> None:
        """Draw a level line; `place` is its left and right end and its height in points."""
        left, right, y = place
        self._pen(colour, width)
        self._lines.append(f"{left:.2f} {y:.2f} m {right:.2f} {y:.2f} l S")

    def curve(self, ends: tuple[float, float, float, float], colour: str, width: float) -> None:
        """Draw a line from (x, y) to (x, y) that leaves and arrives level; a straight one between equal x."""
        x1, y1, x2, y2 = ends
        middle = (x1 + x2) / 2
        way = f"{middle:.2f} {y1:.2f} {middle:.2f} {y2:.2f} {x2:.2f} {y2:.2f} c"
        if x1 == x2:
            way = f"{x2:.2f} {y2:.2f} l"
        self._pen(colour, width)
        self._lines.append(f"{x1:.2f} {y1:.2f} m {way} S")

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """Fill a circle, as four curves."""
        r, k = radius, radius * _ROUND
        corners = ((r, k, k, r, 0, r), (-k, r, -r, k, -r, 0), (-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0))
        way = " ".join(
            f"{x + a:.2f} {y + b:.2f} {x + c:.2f} {y + d:.2f} {x + e:.2f} {y + f:.2f} c" for a, b, c, d, e, f in corners
        )
        self._lines.append(f"{_rgb(colour)} rg {x + r:.2f} {y:.2f} m {way} f")

    def box(self, place: tuple[float, float, float, float], colour: str) -> None:
        """Fill a rectangle; `place` is its left and lower edge, its width and its height in points."""
        self._lines.append(f"{_rgb(colour)} rg {' '.join(f'{number:.2f}' for number in place)} re f")

    def _pen(self, colour: str, width: float) -> None:
        pen = f"{_rgb(colour)} RG {width:.4g} w"
        if pen != self._stroke:
            self._stroke = pen
            self._lines.append(pen)

    def text(self, pieces: Sequence[Span], x: float, y: float) -> None:
        """Draw the pieces of one line, each where the one before ended."""
        out = self._texts
        if len(pieces) == 1 and (text := pieces[0].text).isascii():
            if (style := pieces[0].style) is not self._style:
                self._plain(style)
            if "(" in text or ")" in text or "\\" in text:
                text = text.translate(ESCAPES)
            out.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm ({text}) Tj")
            return
        self._style = None
        runs = [(piece.style, self._fonts.runs(piece.text)) for piece in pieces]
        if any(shaping for _, cut in runs for _, _, shaping in cut):
            self._shaped(runs, x, y)
            return
        out.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
        for style, cut in runs:
            self._ink(style.colour)
            out.extend(self._glyphs.write(font, style.size, text) for font, text, _ in cut)

    def plain(self, cells: Sequence[tuple[float, Plain]], y: float, leading: float) -> None:
        """Draw cells side by side; `y` is the height of their first line, each further one goes down by the leading."""
        out, height = self._texts, f"{y:.2f}"
        if leading != self._leading:
            self._leading = leading
            out.append(f"{leading:g} TL")
        for left, (style, texts) in cells:
            if style is not self._style:
                self._plain(style)
            out.append(f"1 0 0 1 {left:.2f} {height} Tm ({') Tj T* ('.join(texts)}) Tj")

    def _plain(self, style: Style) -> None:
        self._style = style
        self._ink(style.colour)
        self._texts.append(f"{self._glyphs.base} {style.size:g} Tf")

    def _ink(self, colour: str) -> None:
        if colour != self._colour:
            self._colour = colour
            self._texts.append(f"{_rgb(colour)} rg")

    def _shaped(self, runs: Sequence[tuple[Any, list[tuple[str, str, bool]]]], x: float, y: float) -> None:
        """A line with letters that change with their neighbours; reportlab places the glyphs that HarfBuzz gives."""
        line = self._canvas.beginText(x, y)
        for style, cut in runs:
            for font, text, shaping in cut:
                line.setFont(font, style.size)
                line.setFillColor(_colour(style.colour))
                line.textOut(self._fonts.shape(text, font, style.size) if shaping else text)
        code = str(line.getCode()).strip()
        self.insert(code.removeprefix("BT").removesuffix("ET").strip())


def _font(name: str) -> Any:
    from reportlab.pdfbase import pdfmetrics

    return pdfmetrics.getFont(name)


@functools.cache
def _colour(code: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(code)


@functools.cache
def _rgb(code: str) -> str:
    return " ".join(f"{int(code[place : place + 2], 16) / 255:.4g}" for place in (1, 3, 5))


def _escaped(byte: int) -> str:
    if byte in b"()\\":
        return f"\\{chr(byte)}"
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
