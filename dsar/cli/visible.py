"""Text that came from data, made safe for a terminal."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls (C0, C1), line ends, controls of direction, invisible characters, lone surrogates, tags.

The joiners U+200C and U+200D stay: names in Persian and in Indic scripts are written with them.
"""


def show(text: object) -> str:
    r"""Make every character of `text` visible that could command a terminal or mislead its reader.

    ESC becomes `\x1b`, a right-to-left override `\u202e`. This is for reading only: the exact value is in the JSON.
    """
    return _UNSEEN.sub(_escape, str(text))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
