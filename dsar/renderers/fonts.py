"""Fonts for every script: which font draws a character, how wide it is, and what cannot be drawn."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from dsar.renderers.visible import HIDDEN, number

BASE = "NotoSans"
SHAPED = (
    *("NotoSansDevanagari", "NotoSansBengali", "NotoSansGurmukhi", "NotoSansGujarati", "NotoSansOriya"),
    *("NotoSansTamil", "NotoSansTelugu", "NotoSansKannada", "NotoSansMalayalam", "NotoSansSinhala"),
    *("NotoSansKhmer", "NotoSansMyanmar", "NotoSansThai", "NotoSansLao"),
)
"""Scripts whose letters change with their neighbours; HarfBuzz sets them."""
OTHERS = ("NotoSansHebrew", "NotoSansArabic", "NotoSansArmenian", "NotoSansGeorgian", "NotoSansEthiopic")
SIGNS = ("NotoSansSymbols", "NotoEmoji")
SYSTEM = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "/mnt/c/Windows/Fonts/msyh.ttc",
    "/mnt/c/Windows/Fonts/malgun.ttf",
)
"""Where systems keep further signs; reportlab reads only TrueType outlines."""
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe0e\ufe0f"
_SKIN = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_T = TypeVar("_T")


class _Memory(dict[str, _T]):
    """A table that works out what it does not know yet, once."""

    def __init__(self, find: Callable[[str], _T]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: str) -> _T:
        value = self[key] = self._find(key)
        return value


class Fonts:
    """The fonts of one process: `font[c]` names the one that draws a character (or ""), `advance[c]` its width.

    Widths are in units of the size of the letters. Fonts are read when a character needs them.
    """

    def __init__(self) -> None:
        package = resources.files("manimgx_fonts")
        names = (BASE, *SHAPED, *OTHERS, *SIGNS)
        self._files = {name: Path(str(package / f"{name}[wght].ttf")) for name in names}
        self._files |= {"WQYMicroHei": Path(str(resources.files("paperang_p2_fonts_cjk") / "fonts/wqy-microhei.ttc"))}
        self._files |= {Path(name).stem: Path(name) for name in SYSTEM if Path(name).is_file()}
        self._faces: dict[str, Any] = {}
        self._touched: set[str] = set()
        self.font: _Memory[str] = _Memory(self._font_of)
        self.advance: _Memory[float] = _Memory(self._advance_of)

    def fresh(self) -> None:
        """Read again the fonts that shaping has added glyphs to, so that no document depends on the one before."""
        for name in self._touched:
            self._read(name)
        self._touched.clear()

    @functools.cached_property
    def widest(self) -> float:
        """The width of the widest printable ASCII character: no plain text is wider than it often."""
        return max(map(self.advance.__getitem__, map(chr, range(32, 127))))

    def width(self, text: str, size: float) -> float:
        """The width of a text in points, without shaping."""
        return sum(map(self.advance.__getitem__, text)) * size

    def drawable(self, text: str) -> str:
        """Write what is hidden, and what no font here draws, as `[U+XXXX]`, so that nothing becomes an empty box."""
        if text.isascii() and text.isprintable() and "[" not in text:
            return text
        text = HIDDEN.sub(number, text.replace("\r\n", "\n"))
        drawn: list[str] = []
        for char in text:
            if char not in _SELECTORS:  # they only choose between two pictures of the sign before
                drawn.append(self._drawn(char, drawn[-1][-1] if drawn else ""))
        return "".join(drawn)

    def shape(self, text: str, font: str, size: float) -> Any:
        """Set a run of one font with HarfBuzz and return what the canvas draws as its glyphs."""
        from reportlab.pdfbase.ttfonts import shapeStr

        self._touched.add(font)
        return shapeStr(text, font, size)

    def runs(self, text: str) -> list[tuple[str, str, bool]]:
        """Cut a drawable text into runs of one font: (font, text, whether it needs shaping)."""
        font = self.font
        if text.isascii():
            return [(BASE, text, False)]
        runs: list[tuple[str, list[str]]] = []
        for char in text:
            joins = bool(runs) and (char in _JOINERS or unicodedata.combining(char) != 0)
            name = runs[-1][0] if joins and ord(char) in self._face(runs[-1][0]).charToGlyph else font[char] or BASE
            if not runs or runs[-1][0] != name:
                runs.append((name, []))
            runs[-1][1].append(char)
        return [(name, "".join(chars), _needs_shaping(name, chars)) for name, chars in runs]

    def _drawn(self, char: str, before: str) -> str:
        if char == "\n" or (char in _JOINERS and before and self.font[before] in (*SHAPED, "NotoSansArabic")):
            return char
        if char in "\t\u3000":
            return "    " if char == "\t" else "  "
        return char if self.font[char] and char not in _SKIN + _JOINERS else f"[U+{ord(char):04X}]"

    def _font_of(self, char: str) -> str:
        code = ord(char)
        if unicodedata.category(char) in ("Co", "Cn"):  # private use and unassigned: no font can know what they mean
            return ""
        return next((name for name in self._files if code in self._face(name).charToGlyph), "")

    def _advance_of(self, char: str) -> float:
        name = self.font[char]
        return float(self._face(name).getCharWidth(ord(char))) / 1000 if name and char not in _JOINERS else 0.0

    def _face(self, name: str) -> Any:
        return self._faces[name] if name in self._faces else self._read(name)

    def _read(self, name: str) -> Any:
        from reportlab.pdfbase import pdfmetrics, ttfonts

        ttfonts.makeToUnicodeCMap = _to_unicode
        font = ttfonts.TTFont(name, str(self._files[name]))
        font.unregister()  # a second font of one name is otherwise ignored
        pdfmetrics.registerFont(font)
        self._faces[name] = font.face
        return font.face


def _needs_shaping(font: str, chars: list[str]) -> bool:
    """Arabic and Hebrew never: their letters are already in the order of drawing, HarfBuzz would turn them round."""
    return font in SHAPED or (font == BASE and any(map(unicodedata.combining, chars)))


@functools.cache
def fonts() -> Fonts:
    """Return the fonts of this process; each font file is read once."""
    return Fonts()


def _to_unicode(font: str, subset: list[int]) -> str:
    """The map from glyphs to text that copying and searching use.

    reportlab's own cuts characters above U+FFFF, and gives the drawn forms of Arabic letters instead of the letters.
    """
    lines = [f"<{index:02X}> <{_utf16(code)}>" for index, code in enumerate(subset)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo",
            f"<< /Registry ({font})\n/Ordering ({font})\n/Supplement 0\n>> def\n/CMapName /{font} def\n/CMapType 2 def",
            f"1 begincodespacerange\n<00> <{len(subset) - 1:02X}>\nendcodespacerange\n{len(subset)} beginbfchar",
            *lines,
            "endbfchar\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend",
        ]
    )


def _utf16(code: int) -> str:
    char = chr(code)
    if "\ufb1d" <= char <= "\ufefc":  # presentation forms of Hebrew and Arabic
        char = unicodedata.normalize("NFKC", char)
    return char.encode("utf-16-be", "surrogatepass").hex().upper()
