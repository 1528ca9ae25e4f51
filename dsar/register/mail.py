"""A request that came as a mail file: who wrote, when it arrived, what it says, and which right it seems to use."""

from __future__ import annotations

import datetime
import html
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from dsar.errors import RequestError

LARGEST = 25_000_000
"""Bytes; mail servers refuse more, and what is larger is no letter."""
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]{0,2000}>", re.S | re.I)


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says of a request."""

    address: str
    name: str
    received: str
    """ISO 8601 with zone: when our server took it, else when it says that it was written."""
    text: str
    proposed: tuple[str, ...]
    """Rights that its words speak of, most words first; a person decides (a right is never taken from words)."""
    raw: bytes


def read_mail(path: Path) -> Mail:
    """Read a mail file (RFC 5322); raises RequestError if it is none, too large, or has no sender or date."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        raise RequestError("The mail file cannot be read.", hint="Check its path.") from None
    if not raw:
        raise RequestError("The mail file is empty or larger than 25 MB.", hint="Save the letter without its files.")
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        name, address = parseaddr(_header(message, "From"))
        received, text = _received(message), _text(message)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, IndexError, KeyError):
        raise _no_mail() from None
    if "@" not in address or received is None:
        raise _no_mail()
    return Mail(address, " ".join(name.split()), received, text, propose(text), raw)


def _no_mail() -> RequestError:
    return RequestError(
        "The file is no mail with a sender and a date.", hint="Save the message as .eml, or give the options instead."
    )


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, "")).replace("\r", " ").replace("\n", " ")


def _received(message: EmailMessage) -> str | None:
    """When the last server took it (each writes its line above the others); else the date of the letter."""
    stamps = [str(line).rpartition(";")[2] for line in message.get_all("Received", [])]
    for stamp in (*stamps[:1], _header(message, "Date")):
        try:
            moment = parsedate_to_datetime(stamp.strip())
        except (ValueError, TypeError, IndexError):
            continue
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        return zoned.isoformat(timespec="seconds")
    return None


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    content = part.get_content()
    text = content if isinstance(content, str) else ""
    if part.get_content_type() == "text/html":
        text = html.unescape(_TAG.sub(" ", text))
    return text.strip()


def propose(text: str) -> tuple[str, ...]:
    """Name the rights that the words of a letter speak of, those with the most words first."""
    plain = _plain(text)
    counts = {right: sum(word in plain for word in words) for right, words in _words().items()}
    return tuple(sorted((right for right, count in counts.items() if count), key=lambda right: -counts[right]))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in folded if not unicodedata.combining(one)).replace("’", "'").split())


@lru_cache(maxsize=1)
def _words() -> Mapping[str, tuple[str, ...]]:
    document = tomllib.loads((files("dsar.register") / "proposals.toml").read_text(encoding="utf-8"))
    return {right: tuple(words) for right, words in document.items()}
