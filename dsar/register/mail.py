"""A request that came as a mail file: who wrote, when it arrived, what it says, and which right it seems to use."""

from __future__ import annotations

import contextlib
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
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from dsar.errors import RequestError

LARGEST = 25_000_000
"""Bytes; mail servers refuse more, and what is larger is no letter."""
DEEPEST = 4
"""How many letters may lie inside each other."""
_MACHINE = re.compile(r"(no|do[._-]?not)[._-]?reply.*|mailer-daemon|postmaster|bounces?", re.I)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]{0,2000}>", re.S | re.I)


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says of a request."""

    address: str
    """Of whoever asks; empty where the mail does not say it."""
    name: str
    received: str
    """ISO 8601 with zone: when our server took it, else when it says that it was written."""
    text: str
    proposed: tuple[str, ...]
    """Rights that its words speak of, most words first; a person decides (a right is never taken from words)."""
    raw: bytes
    unsaid: str = ""
    """Why its sender is not whoever asks; empty where it is."""


def read_mail(path: Path, own_domains: tuple[str, ...] = ()) -> Mail:
    """Read a mail file (RFC 5322); raises RequestError if it is none, too large, or has no sender or date.

    One that was passed on inside the house, which `own_domains` tells, stands for the letter that is attached to it:
    it arrived when the first of us got it (EDPB Guidelines 01/2022, 3.1.2; D-6). A text in an odd or wrongly declared
    encoding is read as far as it can be: only the proposal of a right hangs on it, and the mail is kept as it came.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        raise RequestError("The mail file cannot be read.", hint="Check its path.") from None
    if not raw:
        raise RequestError("The mail file is empty or larger than 25 MB.", hint="Save the letter without its files.")
    try:
        message = _letter(BytesParser(policy=policy.default).parsebytes(raw), own_domains)
        name, address, unsaid = _sender(message, own_domains)
        received, subject = _received(message), _header(message, "Subject")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _no_mail() from None
    if received is None or not (address or unsaid):
        raise _no_mail()
    text = _text(message)
    return Mail(address, name, received, text, propose(f"{subject}\n{text}"), raw, unsaid)


def _no_mail() -> RequestError:
    return RequestError(
        "The file is no mail with a sender and a date.", hint="Save the message as .eml, or give the options instead."
    )


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, "")).replace("\r", " ").replace("\n", " ")


def _letter(message: EmailMessage, own_domains: tuple[str, ...]) -> EmailMessage:
    """The letter itself: the one that is attached to a mail of our own people."""
    for _ in range(DEEPEST):
        inner = [part for part in message.walk() if part.get_content_type() == "message/rfc822"]
        if len(inner) != 1 or not any(_ours(address, own_domains) for _, address in _addresses(message, "From")):
            break
        found = inner[0].get_content()
        if not isinstance(found, EmailMessage):
            break
        message = found
    return message


def _sender(message: EmailMessage, own_domains: tuple[str, ...]) -> tuple[str, str, str]:
    """Name and address of whoever asks, or why the mail does not say who that is."""
    senders = _addresses(message, "From")
    if senders and all(_MACHINE.fullmatch(address.partition("@")[0]) for _, address in senders):
        replies = _addresses(message, "Reply-To")
        senders = [(name or senders[0][0], address) for name, address in replies]
        if not senders:
            return "", "", "The mail was sent by a machine and does not say who asks."
    if len({address.casefold() for _, address in senders}) > 1:
        return "", "", "The mail is from several people."
    if senders and _ours(senders[0][1], own_domains):
        return "", "", "The mail was sent from within the house and does not say who asks."
    return (*senders[0], "") if senders else ("", "", "")


def _addresses(message: EmailMessage, header: str) -> list[tuple[str, str]]:
    """Names and addresses of a header, without characters that nobody sees."""
    found = [
        (_UNSEEN.sub("", name), _UNSEEN.sub("", address)) for name, address in getaddresses([_header(message, header)])
    ]
    return [(" ".join(name.split()), address.strip()) for name, address in found if "@" in address]


def _ours(address: str, own_domains: tuple[str, ...]) -> bool:
    domain = address.rpartition("@")[2].casefold()
    return any(domain == own.casefold() or domain.endswith(f".{own.casefold()}") for own in own_domains)


def _received(message: EmailMessage) -> str | None:
    """When the last server took it (each writes its line above the others); else the date of the letter."""
    stamps = [str(line).rpartition(";")[2] for line in message.get_all("Received", [])]
    for stamp in (*stamps[:1], _header(message, "Date")):
        try:
            moment = parsedate_to_datetime(stamp.strip())
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
            return zoned.isoformat(timespec="seconds")
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _text(message: EmailMessage) -> str:
    """The words of a letter, as far as they can be read; empty where there are none."""
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError, RecursionError):
        part = message.get_body(preferencelist=("plain", "html"))
        data = part.get_payload(decode=True) if part is not None else None
        if part is not None and isinstance(data, bytes):
            text = _decoded(data, part.get_content_charset())
            return (html.unescape(_TAG.sub(" ", text)) if part.get_content_type() == "text/html" else text).strip()
    return ""


def _decoded(data: bytes, declared: str | None) -> str:
    """Text in the declared encoding, or in one that fits; Latin-1 fits everything."""
    for encoding in (declared or "utf-8", "utf-8"):
        with contextlib.suppress(LookupError, UnicodeError):
            return data.decode(encoding)
    return data.decode("latin-1")


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
