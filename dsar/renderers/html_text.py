"""Texts and values as HTML: escaped, and with what nobody could see made visible."""

from __future__ import annotations

import functools
import html

from dsar.renderers.visible import HIDDEN, number, visible

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The policy of a page without any script."""


@functools.lru_cache(2_000)
def escaped(text: str) -> str:
    """Escape a text for HTML and write what nobody could see as `[U+202E]`; labels come again and again."""
    return html.escape(visible(text))


def value(text: str) -> str:
    """A value as it stands, set apart in its writing direction."""
    return f'<span class="value" dir="auto">{marked(text)}</span>'


def marked(text: str) -> str:
    """The text escaped, and each unseen character as a marked number that no value can imitate."""
    if text.isalnum() and text.isascii():
        return text
    return HIDDEN.sub(lambda match: f'<span class="hidden">{number(match)}</span>', html.escape(text))


@functools.cache
def technical(name: str, label: str) -> str:
    """The technical name of a field beside its plain one, where they differ."""
    return f"<code>{escaped(name)}</code>" if name != label else ""
