"""One normal form for each kind of identifier, the same for what is stored and for what is asked."""

from __future__ import annotations

import contextlib
import datetime
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from dsar.phones import dialled, in_usual_form, parsed

VERSION = "8"
"""Changes when any normal form changes, so that identifiers are indexed anew."""

EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\uffff-]+@[A-Za-z0-9\u0080-\uffff-]+(?:\.[A-Za-z0-9\u0080-\uffff-]+)+"
)
_SEPARATING = re.compile(r"[^0-9a-z]")
_PUNCTUATION = re.compile(r"[^0-9a-z\u0080-\uffff]")
_NOT_DIALLED = re.compile(r"[^+0-9]")
_BETWEEN_WORDS = re.compile(r"[^0-9a-z]+")
_NO_CODE = re.compile(r"[^0-9A-Z]")
_PREFIX = re.compile(r"^[a-z]+[:_-]")
NULLS = frozenset({"", "-", "--", "null", "none", "n/a", "na", "#n/a", "\\n", "0000-00-00", "unknown", "nan"})
_TITLES = (
    "mr mrs ms miss dr prof sir madam herr frau hr fr dipl ing mag mme mlle monsieur madame sr sra senor senora "
    "sig sigra dott dottssa phd md msc bsc mba"
)
TITLES = frozenset(_TITLES.split())
DEGREES = frozenset({"phd", "md", "msc", "bsc", "mba", "mag", "ing", "dipl"})
"""Titles that stand after a name."""
SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "junior", "senior"))
NAME_KINDS = frozenset({"name", "given_name", "family_name"})
PLACE_KINDS = frozenset({"street", "city", "postcode", "address", "country"})
BLOCK_KINDS = frozenset(
    {"family_birth", "given_birth", "family_postcode", "mail_name", "house", "initial_birth", "name_in_text"}
)
"""Composed keys: names with birth dates or postcodes, and mailboxes without their domain. They never confirm."""


@lru_cache(maxsize=65_536)
def normal_forms(kind: str, raw: str, region: str | None = None) -> tuple[str, ...]:
    """Give the normal forms of one written value: none where it identifies nobody, several where it is ambiguous.

    `kind` is an identifier kind (`email`, `customer_no`, …), `region` the controller's phone region (ISO 3166).
    Kinds without a rule of their own are ids of some issuer: trimmed, NFC, case-folded.
    """
    text = raw.strip()
    if text.casefold() in NULLS:
        return ()
    if kind == "phone":
        number = phone(text, region)
        return (number,) if number else ()
    return _RULES.get(kind, _issued_id)(text)


def is_filler(normal: str) -> bool:
    """Whether a value was typed to fill a box: one character repeated, or digits counting up."""
    digits = _SEPARATING.sub("", normal.casefold())
    return len(set(digits)) <= 1 or digits in "01234567890" or digits in "9876543210"


def emails(text: str) -> tuple[str, ...]:
    """Every e-mail address in a text, lower-cased, with the domain in its ASCII form."""
    pieces = around_addresses(unicodedata.normalize("NFC", text))
    return tuple(dict.fromkeys(_address(found) for piece in pieces for found in EMAIL.findall(piece)))


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
            domain = domain.encode("idna").decode("ascii")
    return f"{local.removeprefix('mailto:')}@{domain.rstrip('.')}"


@lru_cache(maxsize=65_536)
def phone(text: str, region: str | None) -> str | None:
    """Give a phone number as E.164, or None where it is too short, too long or filled in.

    A number without country code needs `region`; `00` stands for `+` wherever it is written, also in `(0049)`.
    """
    digits = _NOT_DIALLED.sub("", unicodedata.normalize("NFKC", text))
    if len(digits) < 7 or is_filler(digits.lstrip("+0")):
        return None
    number = dialled(text)
    return in_usual_form(number, region) or parsed(number, region)


@lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """The words of a name in plain ASCII letters, lower-case, without titles; `Herr` in `Daniel Herr` is a name."""
    if not text.isascii():
        from anyascii import anyascii

        text = anyascii(unicodedata.normalize("NFC", text))
    found = _BETWEEN_WORDS.split(text.lower().replace("'", ""))
    kept = [word for word in found if word]
    while len(kept) > 1 and kept[0] in TITLES:
        kept = kept[1:]
    while len(kept) > 2 and kept[-1] in DEGREES:
        kept = kept[:-1]
    return tuple(kept)


@lru_cache(maxsize=65_536)
def split_name(text: str) -> tuple[tuple[str, ...], str]:
    """Split a full name into its given names and its family name, both in plain letters.

    `Family, Given` is known by its comma; otherwise the last word is the family name. Suffixes (Jr, III) are left out.
    """
    if "," in text:
        family, _, given = text.partition(",")
        names = [word for word in words(given) if word not in SUFFIXES]
        return tuple(names), " ".join(word for word in words(family) if word not in SUFFIXES)
    names = [word for word in words(text) if word not in SUFFIXES]
    return tuple(names[:-1]), names[-1] if names else ""


def full_name(text: str) -> tuple[str, ...]:
    """A full name as a key: its words of two letters or more, sorted, so that order does not matter."""
    found = sorted({word for word in words(text) if len(word) > 1 and word not in SUFFIXES})
    return (" ".join(found),) if len(found) > 1 else ()


_MONTH_NAMES = (
    "jan january januar janvier enero|feb february februar fevrier febrero|mar march marz maerz mars marzo|"
    "apr april avril abril|may mai mayo|jun june juni juin junio|jul july juli juillet julio|"
    "aug august aout agosto|sep sept september septembre septiembre|oct october oktober okt octobre octubre|"
    "nov november novembre noviembre|dec december dezember dez decembre diciembre"
)
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES.split("|"), 1) for name in names.split()}
_DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$"), "ymd"),
    (re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})$"), "ymd"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})$"), "ymd"),
    (re.compile(r"(\d{2})(\d{2})(\d{4})$"), "either"),
    (re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})$"), "dmy"),
    (re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})$"), "either"),
)
_SPELT = re.compile(
    r"(\d{1,2})[. -]+([a-z]+)[. ,-]+(\d{4}|\d{2})$|([a-z]+)[. -]+(\d{1,2})(?:st|nd|rd|th)?[ ,-]+(\d{4})$"
)


@lru_cache(maxsize=65_536)
def dates(text: str) -> tuple[str, ...]:
    """A date as ISO 8601; several where day and month, or the century, cannot be told; none where it is none."""
    for pattern, order in _DATES:
        found = pattern.match(text)
        days = _readings(int(found[1]), int(found[2]), int(found[3]), order) if found else ()
        if days:
            return days
    spelt = _SPELT.match(" ".join(words(text))) if any(c.isalpha() for c in text) else None
    if spelt is None:
        return ()
    day, name, year = spelt.group(1, 2, 3) if spelt[1] else spelt.group(5, 4, 6)
    return _readings(int(day), _MONTHS.get(name, 0), int(year), "dmy")


def _readings(a: int, b: int, c: int, order: str) -> tuple[str, ...]:
    orders = {"ymd": [(a, b, c)], "dmy": [(c, b, a)], "either": [(c, b, a), (c, a, b)]}[order]
    centuries = [(y, m, d) for year, m, d in orders for y in ((year,) if year > 99 else (1900 + year, 2000 + year))]
    return tuple(dict.fromkeys(day for parts in centuries if (day := _day(*parts))))


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat() if 1880 < year < 2100 else None
    except ValueError:
        return None


COOKIE_NAME = r"[!#-'*+.^_`|~0-9A-Za-z-]+"
COOKIE_LENGTH = (6, 4096)
"""A value of fewer characters (`lang=de`) tells nobody apart; browsers keep no longer one."""
_COOKIE = re.compile(rf'(?:({COOKIE_NAME})=(?!=?$))?("?)([!#-+\--:<-\[\]-~]+)\2')
_LOOSE_COOKIE = re.compile(rf'(?:({COOKIE_NAME})=(?!=?$))?("?)(\S+?)\2')
_PADDED = re.compile(r"(?:[A-Za-z0-9+/_-]{4}){3,}[A-Za-z0-9+/_-]{3}=")


def cookies(text: str) -> tuple[str, ...]:
    """The values of a cookie cell: one bare value, or each value of `name=value; name=value`, quoted or not (RFC 6265).

    `=` at the end may pad a bare value, and where `=` stands inside a value, what comes before it may be part of that
    value: the whole is a form, too. Alone in its cell, `SESSION=` is a name without value unless it looks like base64.
    Other characters than the RFC's (a comma, say) count only in a cookie without blanks.
    """
    words_of = [piece.split() for piece in text.split(";")]
    alone = sum(map(len, words_of)) == 1
    found: list[str] = []
    for several in words_of:
        for word in several:
            cookie = (_LOOSE_COOKIE if len(several) == 1 else _COOKIE).fullmatch(word)
            name, _, value = cookie.groups() if cookie else ("", "", "")
            if name is None and re.search("[^=]=$", value) and not (alone and _PADDED.fullmatch(value)):
                continue  # a name whose value is empty
            found.append(value)
            if name and "=" in value.rstrip("="):
                found.append(word)
    shortest, longest = COOKIE_LENGTH
    return tuple(dict.fromkeys(value for value in found if shortest <= len(value) <= longest))


def _postcode(text: str) -> tuple[str, ...]:
    code = _NO_CODE.sub("", text.upper())
    return (code,) if len(code) > 2 else ()


def houses(street: str, postcode: str | None = None) -> tuple[str, ...]:
    """Give postcode and house number as a key; without a postcode, `street` is an address that ends in one."""
    number = re.search("[0-9]+", street)
    if postcode is None:
        last = re.search("[^0-9]([0-9]{4,6})[^0-9]*$", street)
        codes: tuple[str, ...] = (last[1],) if last else ()
    else:
        codes = _postcode(postcode)
    return tuple(f"{code}|{number[0]}" for code in codes) if number else ()


def _place(text: str) -> tuple[str, ...]:
    found = " ".join(words(text))
    return (found,) if found else ()


def _ip(text: str) -> tuple[str, ...]:
    first = text.split(",")[0].strip().split("%")[0]
    return (first.lower(),)


def _issued_id(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFC", text).casefold().removeprefix("'")
    return (plain,) if plain and plain not in NULLS else ()


def _salesforce_id(text: str) -> tuple[str, ...]:
    """A Salesforce id in its long form of 18 characters, which is the same in any case.

    The last three characters of the long form say which of the first 15 are capitals, five of them each.
    """
    if not re.fullmatch("[0-9A-Za-z]{15}", text):
        return _issued_id(text)
    bits = (sum(text[start + at].isupper() << at for at in range(5)) for start in (0, 5, 10))
    return ((text + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[number] for number in bits)).casefold(),)


def _click_id(text: str) -> tuple[str, ...]:
    found = (_PREFIX.sub("", plain) for plain in _issued_id(text))
    return tuple(plain for plain in found if plain)


_RULES: dict[str, Callable[[str], tuple[str, ...]]] = {
    "email": emails,
    "name": full_name,
    "given_name": _place,
    "family_name": _place,
    "birth_date": dates,
    "street": _place,
    "city": _place,
    "address": _place,
    "country": _place,
    "postcode": _postcode,
    "cookie": cookies,
    "ip": _ip,
    "click_id": _click_id,
    "salesforce_id": _salesforce_id,
}
KINDS = frozenset({*_RULES, "phone"})
"""Kinds with a normal form of their own; any other name is an id of some issuer."""
