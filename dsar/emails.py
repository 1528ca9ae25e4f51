"""E-mail addresses as they are written in cells and texts, and their one normal form."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\uffff-]+@[A-Za-z0-9\u0080-\uffff-]+(?:\.[A-Za-z0-9\u0080-\uffff-]+)+"
)
_PUNCTUATION = re.compile(r"[^0-9a-z\u0080-\uffff]")


def emails(text: str) -> tuple[str, ...]:
    """Every e-mail address in a text, lower-cased, with the domain in its ASCII form."""
    if not text.isascii():
        text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    pieces = around_addresses(text)
    return tuple(dict.fromkeys(_address(found) for piece in pieces for found in EMAIL.findall(piece)))


def emails_in_cell(text: str) -> tuple[str, ...]:
    """The addresses of a cell that holds nothing else, also as people write them: `ada (at) example.org`."""
    return emails(text) or emails(_AT.sub("@", text))


_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
"""Characters that take no room, which come along when an address is copied from a page."""
_AT = re.compile(r"\s*(?:\"?@|[(\[]at[)\]]|%40|\uff20)\s*", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def mail_name(address: str) -> str:
    """Give the local part of an address in normal form without tag and punctuation, which people leave out."""
    local = address.partition("@")[0]
    return _PUNCTUATION.sub("", local.split("+")[0]) or local


def around_addresses(text: str) -> Iterator[str]:
    """Give the parts of a text that may hold e-mail addresses: 300 characters on both sides of each `@`.

    An address has 320 characters at the most (RFC 5321, 4.5.3.1); without this bound a long word without blanks, such
    as a file inside a note, would cost its length squared.
    """
    start = end = 0
    for found in re.finditer("@", text):
        if found.start() > end:
            if end:
                yield text[start:end]
            start = max(end, found.start() - 300)
        end = found.start() + 300
    if end:
        yield text[start:end]


def _address(found: str) -> str:
    local, _, domain = found.lower().strip(".").rpartition("@")
    if not domain.isascii():
        with contextlib.suppress(UnicodeError):  # an impossible domain is compared as it was written
            domain = ".".join(_in_ascii(label) for label in domain.split("."))
    return f"{local.lstrip(_QUOTES)}@{domain.rstrip('.')}"


_QUOTES = "'`‘’“”„«»"


def _in_ascii(label: str) -> str:
    """Give one part of a domain as it is registered: `ß` and final `ς` are letters of their own (RFC 5892, 2.6)."""
    if "ß" in label or "ς" in label:
        return f"xn--{label.encode('punycode').decode('ascii')}"
    return label.encode("idna").decode("ascii")
