"""vCard 2.1, 3.0 and 4.0: one record a card, a column for each property and each part of a name or an address."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from pathlib import Path

from dsar.sources.hooks import Passed, Record, Unread, unfolded

_PROPERTY = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)", re.DOTALL)
_PARTS = {
    "N": ("family", "given", "additional", "prefix", "suffix"),
    "ADR": ("box", "extended", "street", "city", "region", "postcode", "country"),
}
_MEANS = {"n": "\n", "N": "\n"}
Line = tuple[int, int, str]


def read(path: Path) -> Iterator[Record | Unread | Passed]:
    """Give every card; what is none, or ends nowhere, is kept as unreadable."""
    card: list[Line] = []
    for found in _joined(unfolded(path)):
        said = found[2].strip().upper()
        if said == "BEGIN:VCARD" and card:
            yield _unread(card, "a card without an end")
            card = []
        if card or said == "BEGIN:VCARD":
            card.append(found)
        elif said:
            yield Unread(found[0], found[1], "outside every card")
        if said == "END:VCARD" and card:
            yield _card(card)
            card = []
    if card:
        yield _unread(card, "a card without an end")


def _joined(lines: Iterator[Line]) -> Iterator[Line]:
    """Version 2.1 continues a quoted-printable line behind a `=` at its end."""
    open_: Line | None = None
    for first, covered, text in lines:
        if open_ is not None:
            first, covered, text = open_[0], open_[1] + covered, open_[2] + "\n" + text
            open_ = None
        if text.endswith("=") and "QUOTED-PRINTABLE" in text.partition(":")[0].upper():
            open_ = first, covered, text
        else:
            yield first, covered, text
    if open_ is not None:
        yield open_


def _unread(card: list[Line], reason: str) -> Unread:
    return Unread(card[0][0], card[-1][0] + card[-1][1] - card[0][0], reason)


def _card(card: list[Line]) -> Record | Unread:
    fields: dict[str, list[str]] = {}
    for _, _, text in card[1:-1]:
        if not text.strip():
            continue
        if (found := _PROPERTY.fullmatch(text)) is None:
            return _unread(card, "a line that is no property")
        try:
            for name, value in _values(*found.groups()):
                fields.setdefault(name, []).append(value)
        except (LookupError, UnicodeError):
            return _unread(card, "text that is not in its declared encoding")
    whole = _unread(card, "")
    return Record({name: "\n".join(values) for name, values in fields.items()}, whole.line, whole.lines)


def _values(name: str, parameters: str, value: str) -> Iterator[tuple[str, str]]:
    """The columns of one property: `TEL (cell)`, `N family`, `ADR street (home)`; empty ones are left out."""
    said = [part.strip() for part in parameters.split(";") if part.strip()]
    if any("QUOTED-PRINTABLE" in part.upper() for part in said):
        charset = next((part[8:] for part in said if part.upper().startswith("CHARSET=")), "utf-8")
        value = quopri.decodestring(value.encode("utf-8", "surrogateescape")).decode(charset)
    kinds = sorted({kind for part in said for kind in _kinds(part)})
    behind = f" ({', '.join(kinds)})" if kinds else ""
    name = name.upper()
    if name not in _PARTS:
        if value.strip():
            yield name + behind, _plain(value)
        return
    parts = re.split(r"(?<!\\);", value)
    for number, part in enumerate(parts):
        known = _PARTS[name]
        if part.strip():
            yield f"{name} {known[number] if number < len(known) else number + 1}{behind}", _plain(part)


def _kinds(parameter: str) -> list[str]:
    """What kind of number or address it is: `TYPE=HOME,VOICE`, in version 2.1 only `HOME`."""
    key, equals, value = parameter.partition("=")
    if equals and key.upper() != "TYPE":
        return []
    words = (value if equals else key).replace('"', "").lower().split(",")
    return [word for word in words if word not in ("pref", "internet", "quoted-printable", "base64", "8bit")]


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _MEANS.get(found[1], found[1]), text)
