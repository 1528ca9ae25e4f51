"""Mails, as folders in the mbox form or one a file: their heads decoded, their texts, and the names of their files."""

from __future__ import annotations

import email
import email.message
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC
from email.header import decode_header
from email.utils import parsedate_to_datetime
from pathlib import Path

from dsar.sources.hooks import Record, Unread, lines

_HEADS = ("Message-ID", "In-Reply-To", "Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject")
_NAME = re.compile(r"\s*\"?([^<\"]*?)\"?\s*<[^<>]*>\s*")


def read(path: Path) -> Iterator[Record | Unread]:
    """Give every mail; one that does not decode is kept as unreadable."""
    kept: list[str] = []
    start, boxed, blank = 1, False, True
    for number, line in lines(path, "latin-1"):  # every part says how it is encoded
        if line.startswith("From ") and blank and (boxed or number == 1):
            if kept:
                yield _mail(kept, start, boxed)
            kept, start, boxed = [], number, True
        if kept or line.strip():
            start = start if kept else number
            kept.append(line)
        blank = not line.strip()
    if kept:
        yield _mail(kept, start, boxed)


def _mail(kept: list[str], start: int, boxed: bool) -> Record | Unread:
    body = [re.sub(r"^>(>*From )", r"\1", line) for line in kept[1:]] if boxed else kept
    try:
        message = email.message_from_bytes("\n".join(body).encode("latin-1"))
        if not message.keys():
            return Unread(start, len(kept), "no head of a mail")
        fields = {name: value for name, value in _fields(message) if value}
    except (LookupError, ValueError, RecursionError, TypeError):
        return Unread(start, len(kept), "a part that does not decode")
    return Record(fields, start, len(kept))


def _fields(message: email.message.Message) -> Iterator[tuple[str, str]]:
    for name in _HEADS:
        yield name, "\n".join(_words(str(value)) for value in message.get_all(name, ()))
    yield "From name", (found[1] if (found := _NAME.fullmatch(_words(str(message.get("From", ""))))) else "")
    yield "Sent at (UTC)", _moment(str(message.get("Date", "")))
    others = [(name, str(value)) for name, value in message.items() if name.lower() not in map(str.lower, _HEADS)]
    yield "Other heads", "\n".join(f"{name}: {_words(value)}" for name, value in others)
    texts: dict[str, list[str]] = {}
    for part in message.walk():
        if not part.is_multipart():
            name, text = _part(part)
            texts.setdefault(name, []).append(text)
    yield from ((name, "\n".join(found)) for name, found in texts.items())


def _part(part: email.message.Message) -> tuple[str, str]:
    """A text with the column it goes to; of a file the name, the kind, the size and the hash."""
    data = part.get_payload(decode=True)
    data = data if isinstance(data, bytes) else b""
    kind, name = part.get_content_type(), part.get_filename()
    if name is None and kind in ("text/plain", "text/html"):
        text = _decoded(data, part.get_content_charset())
        return ("Text" if kind == "text/plain" else "HTML"), text
    return "Files", f"{_words(name or '?')} ({kind}, {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()})"


def _decoded(data: bytes, charset: str | None) -> str:
    """Strictly as declared; ASCII that is none is UTF-8, as nearly all programs write today, or nothing."""
    wanted = charset or "us-ascii"
    return data.decode("utf-8" if wanted.lower() in ("us-ascii", "ascii") else wanted)


def _words(value: str) -> str:
    """A head as people read it: `=?utf-8?q?M=C3=BCller?=` is Müller; lines that were folded are one again."""
    value = re.sub(r"\r?\n[ \t]+", " ", value)
    return "".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in decode_header(value))


def _moment(value: str) -> str:
    """When it was sent, in UTC; a date without a zone says no moment, and a broken one neither."""
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        return ""
    return found.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if found.tzinfo else ""
