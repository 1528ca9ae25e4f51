"""The normal forms that cells make of a kind: what simple SQL leaves to Python, and what a row is compared by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from dsar.emails import around_addresses, emails, mail_name
from dsar.normalise import houses, normal_forms, phones, split_name, unpadded, words

WORD_WITH_DIGIT = r"[A-Za-z0-9][A-Za-z0-9_-]{3,62}[0-9A-Za-z]"
PHONE_IN_TEXT = r"\+?\(?[0-9][0-9 ()/.-]{6,30}[0-9]"
_OF = re.compile(r"['’]s\b")
_MAIL_IN_TEXT = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


def forms(kind: str, role: str, cells: Sequence[str], region: str | None) -> tuple[str, ...]:
    """Give the normal forms that cells make of a kind: the same as the simple SQL form where that is not NULL."""
    if role == "mentioned":
        return _mentioned(kind, cells[0], region)
    if kind == "mail_name":
        return tuple(dict.fromkeys(mail_name(address) for address in emails(cells[0])))
    if kind in ("name", "name_in_text"):
        return normal_forms("name", " ".join(cells))
    if kind == "house":
        return houses(cells[0], cells[1] if len(cells) > 1 else None)
    if kind in ("family_birth", "given_birth", "family_postcode", "initial_birth"):
        first = _first_part(kind, cells[0])
        second = normal_forms("postcode" if kind == "family_postcode" else "birth_date", cells[1])
        return tuple(f"{first}|{value}" for value in second) if first else ()
    return normal_forms(kind, cells[0], region)


def _first_part(kind: str, cell: str) -> str:
    """The name in a key: the family name, or one initial, which is right even where the rest is mistyped."""
    given, family = split_name(cell)
    if kind == "given_birth":
        return (given[0] if given else " ".join(words(cell)[:1]))[:1]
    found = family if " " in cell.strip() or "," in cell else " ".join(words(cell))
    return found[:1] if kind == "initial_birth" else found


def _mentioned(kind: str, text: str, region: str | None) -> tuple[str, ...]:
    if kind == "email":
        plain = unquote(text) if "@" not in text and "%40" in text else text
        pieces = (piece for part in around_addresses(plain) for piece in _MAIL_IN_TEXT.findall(part))
        return tuple(dict.fromkeys(address for piece in pieces for address in emails(piece)))
    if kind == "phone":
        numbers = (number for found in re.findall(PHONE_IN_TEXT, text) for number in phones(found, region))
        return tuple(dict.fromkeys(numbers))
    if kind == "name_in_text":
        given, family = split_name(_OF.sub("", text))
        return normal_forms("name", f"{given[0]} {family.split()[-1]}") if given and family else ()
    tokens = (
        unpadded(token.casefold()) for token in re.findall(WORD_WITH_DIGIT, text) if any(c.isdigit() for c in token)
    )
    return tuple(dict.fromkeys(tokens))
