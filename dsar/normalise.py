"""One normal form for each kind of identifier, the same for what is stored and for what is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from dsar.dates import dates
from dsar.emails import emails_in_cell
from dsar.phones import dialled, in_usual_form, parsed

VERSION = "12"
"""Changes when any normal form changes, so that identifiers are indexed anew."""

_SEPARATING = re.compile(r"[^0-9a-z]")
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
_FACULTIES = "med dent vet rer nat pol oec iur jur theol habil mult hc h c univ"
_OF_A_DOCTOR = frozenset(_FACULTIES.split())
"""What a doctor is one of; such a word is no given name after `Dr.`, and may be one elsewhere."""
DEGREES = frozenset({"phd", "md", "msc", "bsc", "mba", "mag", "ing", "dipl"})
"""Titles that stand after a name."""
SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "junior", "senior"))
NAME_KINDS = frozenset({"name", "given_name", "family_name"})
PLACE_KINDS = frozenset({"street", "city", "postcode", "address", "country"})
BLOCK_KINDS = frozenset(
    {"family_birth", "given_birth", "family_postcode", "mail_name", "house", "initial_birth", "name_in_text"}
)
"""Composed keys: names with birth dates or postcodes, and mailboxes without their domain. They never confirm."""


GROUPED = frozenset(
    {"national_id", "passport", "driver_licence", "drivers_license", "ssn", "tax_id", "vat_id", "iban", "card"}
)
"""Kinds of numbers that are written in groups by some and in one by others."""


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
        return phones(text, region)
    return _RULES.get(kind, _issued_id)(text)


def is_filler(normal: str) -> bool:
    """Whether a value was typed to fill a box: one character repeated, or digits counting up."""
    digits = _SEPARATING.sub("", normal.casefold())
    return len(set(digits)) <= 1 or digits in "01234567890" or digits in "9876543210"


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


def phones(text: str, region: str | None) -> tuple[str, ...]:
    """Every number of a cell as E.164: `030 1234567 / 0170 1234567` holds two, `030 1234567 (home)` one."""
    if _ONE_NUMBER.fullmatch(text) or (not is_filler(text) and in_usual_form(dialled(text), region)):
        only = phone(text, region)
        return (only,) if only else ()
    found: list[str | None] = []
    for piece in _NEXT_NUMBER.split(text):
        bare = _BEHIND.sub("", piece)
        whole = phone(bare, region)
        found += [whole] if whole else [phone(part, region) for part in _MAYBE_NEXT.split(bare)]
    return tuple(dict.fromkeys(number for number in found if number))


_ONE_NUMBER = re.compile(r"\+?[0-9().-]+(?: [0-9().-]+)*", re.ASCII)
"""Nothing that could part two numbers."""
_NEXT_NUMBER = re.compile(
    r"[;|\n]|(?<=[0-9)])\s*/\s*(?=\+|0[1-9])|(?<=[0-9)])\s*(?=\+)|\s(?:or|oder|ou|und|and|et|y|e|o)\s", re.IGNORECASE
)
"""Where a cell goes on with another number."""
_MAYBE_NEXT = re.compile(r"[,/]|\s{2,}")
"""Where it may, if what stands on both sides together is none."""
_BEHIND = re.compile(r"[^0-9]+$")
"""What stands behind the last digit is a remark."""


@lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """The words of a name in plain ASCII letters, lower-case, without titles; `Herr` in `Daniel Herr` is a name."""
    if not text.isascii():
        from anyascii import anyascii

        text = anyascii(unicodedata.normalize("NFC", text))
    found = _BETWEEN_WORDS.split(text.lower().replace("'", ""))
    kept, doctor = [word for word in found if word], False
    while len(kept) > 1 and (kept[0] in TITLES or (doctor and kept[0] in _OF_A_DOCTOR)):
        doctor, kept = doctor or kept[0] == "dr", kept[1:]
    while len(kept) > 2 and kept[-1] in DEGREES:
        kept = kept[:-1]
    return tuple(kept)


@lru_cache(maxsize=65_536)
def split_name(text: str) -> tuple[tuple[str, ...], str]:
    """Split a full name into its given names and its family name, both in plain letters.

    `Family, Given` is known by its comma, unless only a title or suffix follows; otherwise the last word is the family
    name. Suffixes (Jr, III), and what stands in brackets at the end, are left out.
    """
    text = without_remark(text)
    if "," in text:
        family, _, given = text.partition(",")
        names = [word for word in words(given) if word not in SUFFIXES]
        return tuple(names), " ".join(word for word in words(family) if word not in SUFFIXES)
    names = [word for word in words(text) if word not in SUFFIXES]
    return tuple(names[:-1]), names[-1] if names else ""


def without_remark(name: str) -> str:
    """Give a name without what is no name behind it: `Ada Bell (deceased)`, `Ada Bell, PhD`."""
    kept = _REMARK.sub("", name) or name
    before, comma, after = kept.rpartition(",")
    return before if comma and words(before) and not set(words(after)) - TITLES - SUFFIXES else kept


_REMARK = re.compile(r"\s*\([^()]*\)\s*$")


def full_name(text: str) -> tuple[str, ...]:
    """A full name as a key: its words of two letters or more, sorted, so that order does not matter."""
    found = sorted({word for word in words(text) if len(word) > 1 and word not in SUFFIXES})
    return (" ".join(found),) if len(found) > 1 else ()


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
    """Give a postal code without blanks, country (`D-10115`, `10115 Berlin`) and the four digits that ZIP+4 adds."""
    plain = unicodedata.normalize("NFKC", text).upper()
    code = _NO_CODE.sub("", plain)
    found = _OF_COUNTRY.fullmatch(code) or _ZIP_AND_FOUR.fullmatch(plain)
    if found:
        code = next(filter(None, found.groups()))
    return (code,) if len(code) > 2 else ()


_OF_COUNTRY = re.compile("[A-Z]{0,3}(?:([0-9]{4}[A-Z]{2})|([0-9]{4,6})(?:[A-Z]{3,})?)")
_ZIP_AND_FOUR = re.compile(r"\W*(?:USA?\W+)?([0-9]{5})[ -]+[0-9]{4}\W*")


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
    plain = unicodedata.normalize("NFKC", text).casefold().removeprefix("'")
    plain = unpadded(plain.removesuffix(".0") if _AS_AMOUNT.fullmatch(plain) else plain)
    return (plain,) if plain and plain not in NULLS else ()


def unpadded(number: str) -> str:
    """Give a long number without zeros in front, which one system fills in and another cuts off."""
    return number.lstrip("0") if _PADDED_NUMBER.fullmatch(number) else number


_PADDED_NUMBER = re.compile("0+[1-9][0-9]{4,}")
_AS_AMOUNT = re.compile(r"[0-9]+\.0")
"""What a program makes of a number that it takes for an amount."""


def _document(text: str) -> tuple[str, ...]:
    """A number of a document or account without what groups its characters: blanks, hyphens, dots, slashes."""
    return tuple(filter(None, (unpadded(re.sub(r"[\s./-]", "", plain)) for plain in _issued_id(text))))


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
    "email": emails_in_cell,
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
    **dict.fromkeys(GROUPED, _document),
}
KINDS = frozenset({*_RULES, "phone"})
"""Kinds with a normal form of their own; any other name is an id of some issuer."""
