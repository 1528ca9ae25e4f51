"""Text broken into lines of a width, each line ready to be drawn: fonts by character, right-to-left in visual order."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from dsar.renderers.fonts import Fonts

_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_EACH = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
ESCAPES = {ord(char): f"\\{char}" for char in "()\\"}
"""What these characters are in a string of PDF."""
_MARK = "\U000e0100"
"""A selector that no font here knows, so that no text that is drawn holds it."""
_JOINTS = frozenset("/_-@.,;:=&?)#")
"""Where addresses, paths and names of files are best cut."""
_TOKENS = re.compile(rf"[{_EACH}]|[^\s{_EACH}]+|\s+")
"""Words and the spaces between them; scripts without spaces may break after each character."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: size and distance of lines in points, and its colour."""

    size: float
    leading: float
    colour: str


class Span(NamedTuple):
    """A piece of text of one style; a line end in it starts a new line.

    This and a line are tuples, since every cell of every row makes some: a frozen dataclass takes thrice as long.
    """

    text: str
    style: Style


class Line(NamedTuple):
    """One line: its pieces in the order of drawing, and whether it starts at the right edge."""

    pieces: tuple[Span, ...]
    right: bool = False


class Plain(NamedTuple):
    """The lines of a cell of printable ASCII in one style, as most are, with what PDF needs before ( ) and a slash."""

    style: Style
    texts: tuple[str, ...]


def plain(fonts: Fonts, text: str, style: Style, width: float) -> Plain | None:
    """Break a text that is printable ASCII for drawing at once; None if it is not, and must be looked at closely."""
    if not text.isascii() or not text.isprintable() or "[" in text:
        return None
    texts = _plain(fonts, text, style.size, width)
    if "(" in text or ")" in text or "\\" in text:
        texts = [one.translate(ESCAPES) for one in texts]
    return Plain(style, tuple(texts))


def _plain(fonts: Fonts, text: str, size: float, width: float) -> list[str]:
    """Break printable ASCII: nothing has to be replaced, turned round or joined."""
    most = width / size
    if len(text) * fonts.widest <= most:
        return [text]
    ends = list(accumulate(map(fonts.advance.__getitem__, text)))
    lines, start, before = [], 0, 0.0
    while ends[-1] - before > most:
        end = bisect_right(ends, before + most, start)
        space = text.rfind(" ", start, end + 1)  # the one behind a word that just fits may hang over
        if space >= 0:
            end = space + 1
            while text.startswith(" ", end):
                end += 1
        else:
            end = _cut_at(text, start, max(end, start + 1))
        lines.append(text[start:end])
        if end == len(text):
            return lines
        start, before = end, ends[end - 1]
    lines.append(text[start:])
    return lines


def break_lines(fonts: Fonts, spans: Sequence[Span], width: float) -> list[Line]:
    """Break spans into lines no wider than `width` points; the time is linear in the length of the text."""
    if len(spans) == 1:
        text, style = spans[0]
        if text.isascii() and text.isprintable() and "[" not in text:
            return [Line((Span(line, style),)) for line in _plain(fonts, text, style.size, width)]
    lines: list[Line] = []
    pieces: list[Span] = []
    used = 0.0
    right = False
    for span in spans:
        for number, paragraph in enumerate(fonts.drawable(span.text).split("\n")):
            if number:
                lines.append(_line(pieces, right))
                pieces, used, right = [], 0.0, False
            rtl = _RTL.search(paragraph) is not None
            if rtl:
                paragraph, base = _joined(paragraph)
                right = right or (base and not pieces)
            parts, used = _fill(fonts, paragraph, span.style, used, width)
            for index, part in enumerate(parts):
                if index:
                    lines.append(_line(pieces, right))
                    pieces = []
                if part:
                    pieces.append(Span(_visual(part, right) if rtl else part, span.style))
    lines.append(_line(pieces, right))
    return lines


def _line(pieces: Sequence[Span], right: bool) -> Line:
    return Line(tuple(reversed(pieces)) if right else tuple(pieces), right)


def _fill(fonts: Fonts, text: str, style: Style, used: float, width: float) -> tuple[list[str], float]:
    """Cut a paragraph into the rest of a line with `used` points taken and further lines; and the width of the last."""
    size = style.size
    whole = used + fonts.width(text, size)
    if whole <= width:
        return [text], whole
    parts: list[list[str]] = [[]]
    for token in _TOKENS.findall(text):
        wide = fonts.width(token, size)
        if used + wide <= width or token.isspace():
            parts[-1].append(token)
            used += wide
            continue
        if used:
            parts.append([])
            used = 0.0
        if wide <= width:
            parts[-1].append(token)
            used = wide
            continue
        pieces, used = _cut(fonts, token, size, width)
        parts[-1].append(pieces[0])
        parts.extend([piece] for piece in pieces[1:])
    return ["".join(part) for part in parts], used


def _cut(fonts: Fonts, word: str, size: float, width: float) -> tuple[list[str], float]:
    """Cut a word longer than the line into pieces, each as long as fits; and the width of the last."""
    ends = list(accumulate(map(fonts.advance.__getitem__, word)))
    pieces: list[str] = []
    start, before = 0, 0.0
    while start < len(word):
        end = max(bisect_right(ends, before + width / size, start), start + 1)
        if end < len(word):
            end = _cut_at(word, start, end)
        pieces.append(word[start:end])
        used, before, start = (ends[end - 1] - before) * size, ends[end - 1], end
    return pieces, used


def _cut_at(text: str, start: int, end: int) -> int:
    """Where to cut a word too long for a line: in the second half behind a sign such as / or @, else at its end."""
    for place in range(end, max((start + end) // 2, start + 1), -1):
        if text[place - 1] in _JOINTS:
            return place
    return end


def _joined(text: str) -> tuple[str, bool]:
    """Give Arabic letters the forms they have beside their neighbours; and whether the text runs from right to left."""
    from bidi import get_base_level

    return str(_reshaper().reshape(text)), get_base_level(text) == 1


@functools.cache
def _reshaper() -> Any:
    from arabic_reshaper import ArabicReshaper

    return ArabicReshaper({"delete_harakat": False, "support_zwj": True})  # by itself it drops vowel signs


def _visual(text: str, right: bool) -> str:
    """Put the characters of one line into the order in which they are drawn (numbers keep theirs).

    Brackets that run from right to left are drawn as their counterparts (rule L4 of Unicode's UAX 9), which
    python-bidi leaves to us: a mark behind each, of the direction of the bracket, then stands before it.
    """
    from bidi import get_display

    pairs, either, marked = _mirrored()
    drawn = str(get_display(either.sub(rf"\g<0>{_MARK}", text), base_dir="R" if right else "L"))
    return marked.sub(lambda found: pairs[found[1]] if found[1] else found[0][0], drawn)


@functools.cache
def _mirrored() -> tuple[dict[str, str], re.Pattern[str], re.Pattern[str]]:
    """Each bracket with its counterpart, what finds one, and what finds one with its mark before or behind it."""
    from bidi.mirror import MIRRORED

    either = f"[{re.escape(''.join(MIRRORED))}]"
    return dict(MIRRORED), re.compile(either), re.compile(f"{_MARK}({either})|{either}{_MARK}")
