"""Where in somebody else's row a person is mentioned: the field, and the words around as dots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from dsar.model import Evidence, Record
from dsar.store.forms import forms

AROUND = 3
MASK = "•••"
_WORD = re.compile(r"\S+")


def places(record: Record, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    """Give each field that mentions the person, with the mention and masked words around it.

    The mention is the person's own value; everything else in the row may be somebody else's.
    """
    values = {e.value for e in evidence if e.rule in ("mentioned", "unparsed") and e.value}
    if not values:
        return ()
    found = (place for name, text in record.fields if text for place in _in_field(name, text, values))
    return tuple(dict.fromkeys(found))


def _in_field(name: str, text: str, values: set[str]) -> Iterator[str]:
    for value in sorted(values):
        at = _found(text, value)
        if at is None and "%" in text:
            at = _found(text := unquote(text), value)
        if at:
            start, end = at
            before = len(_WORD.findall(text[:start]))
            after = len(_WORD.findall(text[end:]))
            yield f"{name}: {_dots(before)}{text[start:end]}{_dots(after, first=False)}"


def _dots(words: int, *, first: bool = True) -> str:
    shown = " ".join([MASK] * min(words, AROUND))
    return (f"{shown} " if first else f" {shown}") if shown else ""


def _found(text: str, value: str) -> tuple[int, int] | None:
    """Find a normal form in a text as it was written: letters whatever their case, digits whatever stands between."""
    if re.fullmatch(r"\+?[0-9]+", value):
        ending = value[-7:]  # how the country and area code are written differs
        hit = re.search(r"[ ()./-]*".join(ending), text)
    elif " " in value:
        one, two = (re.escape(part) for part in (value.split()[0], value.split()[-1]))
        between = r"\W+(?:\w\W+)?"  # an initial may stand there
        hit = re.search(f"{one}{between}{two}|{two}{between}{one}", text, re.IGNORECASE)
        if hit is None:
            return _spelt_otherwise(text, value)
    else:
        hit = re.search(re.escape(value), text, re.IGNORECASE)
    return (hit.start(), hit.end()) if hit else None


def _spelt_otherwise(text: str, name: str) -> tuple[int, int] | None:
    """Find a name that the text writes with accents, particles or in other letters than its normal form."""
    found = list(_NAME_WORD.finditer(text))
    for number, first in enumerate(found):
        for last in found[number + 1 : number + 5]:
            if name in forms("name_in_text", "mentioned", (text[first.start() : last.end()],), None):
                return first.start(), last.end()
    return None


_NAME_WORD = re.compile(r"[^\W\d_][\w'’-]*")
