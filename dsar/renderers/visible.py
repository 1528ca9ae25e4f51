"""Characters that cannot be shown or could mislead, written as `[U+202E]` so that the text can be got back."""

from __future__ import annotations

import re

_LITERAL = r"\[(?=U\+[0-9A-F]{4,6}\])"
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_FORMAT = r"\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_NOT_CHARACTERS = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
HIDDEN = re.compile(rf"[{_CONTROLS}{_FORMAT}{_NOT_CHARACTERS}]|\r(?!\n)|{_LITERAL}")
"""What a reader could not see or be misled by: controls, bidi and zero-width characters, surrogates (H11)."""
NOT_IN_XML = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|{_LITERAL}")
"""What a spreadsheet cannot hold: the characters that XML 1.0 excludes."""
SURROGATE = re.compile(rf"[\ud800-\udfff]|{_LITERAL}")
"""What UTF-8 cannot hold."""
LONE = re.compile("[\ud800-\udfff]")
"""Lone surrogates only, without care for the way back."""
_WRITTEN = re.compile(r"\[U\+([0-9A-F]{4,6})\]")


def visible(text: str, hidden: re.Pattern[str] = HIDDEN) -> str:
    """Write each character that `hidden` matches as `[U+XXXX]`; `restored` undoes it.

    A text that looks like such a number in the data itself gets its first bracket written as `[U+005B]`.
    """
    return hidden.sub(number, text)


def restored(text: str) -> str:
    """Turn what `visible` wrote back into the original text."""
    return _WRITTEN.sub(lambda match: chr(int(match[1], 16)), text)


def number(match: re.Match[str]) -> str:
    """Write the one character of a match as its number, e.g. `[U+202E]`."""
    return f"[U+{ord(match[0]):04X}]"
