"""What in a text may be somebody else: addresses, numbers with check digits, names, secrets; each with its place."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from dsar.emails import emails
from dsar.normalise import SUFFIXES, phone, words
from dsar.redaction.lists import listed

LONGEST_NAME = 4
"""So many words in a row are taken for one name."""
_HEX = "[0-9A-Fa-f]"
_MAIL = re.compile(
    # `%3Dben.sample%40example.org` in a link begins after its `%3D`
    rf"(?<![\w.+%-])(?:(?<!%)(?<!%{_HEX}))(?:[\w+-]|%2[Bb])(?:[\w.+-]|%2[Bb]){{0,80}}(?:@|%40)[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+"
    rf"|(?<=%{_HEX}{_HEX})(?:[\w+-]|%2[Bb])(?:[\w.+-]|%2[Bb]){{0,80}}(?:@|%40)[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+"
)
_PHONE = re.compile(r"(?<![\w+.,-])\+?\(?[0-9][0-9 ()/.\u00a0-]{5,20}[0-9](?![\w-])")
_TIMES = re.compile(
    r"(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|(?:19|20)\d\d ?- ?(?:19|20)\d\d)(?!\d)"
)
"""Dates and spans of years, which have the digits of a phone number."""
_DIALLED = re.compile(r"[+(]|0|(?:[0-9]{2,4}[ ./-]){2}")
"""How a number that is meant to be dialled begins; bare digits are a phone number only if a source knows them."""
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\w-])[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?![\w-])")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![\w-])")
_TOKEN = re.compile(r"(?<![0-9A-Za-z_:-])[A-Za-z0-9][A-Za-z0-9_:-]{3,62}[0-9A-Za-z](?![0-9A-Za-z_-])")
_DIGIT = re.compile("[0-9]")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’](?=[^\W\d_]))*")
_GAP = re.compile(r"[\s,._\-/()\u00a0]{1,3}")
_SECRET = re.compile(
    r"(?i)(?<![a-z])(?:pass(?:word|wort|wd|phrase)?|pwd|kennwort|contraseña|mot de passe|secret|otp|one-time code|tan"
    r"|(?:api|access|secret|private)[_ -]?key|(?:[a-z]+[_-])?token|session(?:_?id)?)"
    r"[\"']?\s{0,2}(?:=|:|%3D| is | lautet )\s{0,2}(?P<value>[^\s\"'&<>,;]{4,200})"
)
_MADE_UP = re.compile(r"[0-9]|[^\W_][^\w\s.!?)][^\W_]|[A-Za-z]_[A-Za-z]")
"""What a word of a sentence does not have: a digit, or a sign inside."""
_GIVEN = re.compile(
    r"(?i)(?:pass(?:word|wort|wd|phrase)?|pwd|kennwort|contraseña|mot de passe)[\"']?\s{0,2}(?:=|:|%3D)"
)
"""A password that is written down may be a word all the same."""
_SAID = re.compile(r"[=:]|%3D| is | lautet ")
_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,8000}?-----END [A-Z ]*PRIVATE KEY-----"
    r"|\beyJ[\w-]{10,2000}\.[\w-]{10,4000}\.[\w-]{10,2000}|\bAKIA[0-9A-Z]{16}\b|\b(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{10,100}"
    r"|\$(?:2[abxy]?|[1567y]|apr1|[PH]|md5|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,20})\$[\w./+=,$-]{14,400}[\w./+=]"
    r"|\bpbkdf2_sha[0-9]{1,3}\$[\w./+=$-]{16,400}|\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT|PBKDF2[\w-]{0,9})\}[\w./+=$-]{12,400}"
    r"|\bgh[pousr]_[0-9A-Za-z]{30,255}|\bxox[abprs]-[0-9A-Za-z-]{10,200}"
)
_KEY_SIGNS = re.compile(r"[$}]|eyJ|AKIA|BEGIN|gh[pousr]_|xox|[sr]k_")
"""One of these is in every form of `_KEYS`; most values have none."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a text and what it may be; `normal` is its normal form, by which the sources may know it."""

    start: int
    end: int
    kind: str
    normal: str
    sure: bool = True
    """False where it counts only if a source knows it: a few words in a row, a word with digits."""


def secrets(text: str) -> Iterator[Passage]:
    """Find what opens an account or a system: a password or token that is named as such, and well-known key forms."""
    if len(text) < 8:
        return
    for found in _SECRET.finditer(text) if _SAID.search(text) else ():
        if not _MADE_UP.search(found["value"]) and not _GIVEN.match(found[0]):
            continue  # "the password is wrong", "session: keynote"
        yield Passage(found.start("value"), found.end("value"), "secret", "secret")
    yield from keys(text)


def keys(text: str) -> Iterator[Passage]:
    """Find what opens a system by its form alone: hashes of passwords, tokens, private keys."""
    if len(text) < 20 or not _KEY_SIGNS.search(text):
        return
    for found in _KEYS.finditer(text):
        yield Passage(found.start(), found.end(), "secret", "secret")


def addresses(text: str) -> Iterator[Passage]:
    """Find every e-mail address, also one written as `%40` in a link; its normal form as the index has it."""
    if "@" not in text and "%40" not in text:
        return
    for found in _MAIL.finditer(text):
        for normal in emails(unquote(found[0]))[:1]:
            yield Passage(found.start(), found.end(), "email", normal)


def numbers(text: str, region: str | None) -> Iterator[Passage]:
    """Find IBANs and card numbers by their check digits, then phone numbers that can be real ones."""
    if not _DIGIT.search(text):
        return
    taken: list[tuple[int, int]] = []
    for pattern, kind, right in ((_IBAN, "iban", is_iban), (_CARD, "card", is_card)):
        for found in pattern.finditer(text):
            bare = re.sub(r"[ \u00a0-]", "", found[0])
            if right(bare):
                taken.append(found.span())
                yield Passage(found.start(), found.end(), kind, bare)
    for found in _SSN.finditer(text):
        taken.append(found.span())
        yield Passage(found.start(), found.end(), "ssn", found[0])
    for found in _PHONE.finditer(text):
        inside = any(start < found.end() and found.start() < end for start, end in taken)
        normal = None if inside or _TIMES.match(found[0]) else phone(found[0], region)
        if normal:
            yield Passage(found.start(), found.end(), "phone", normal, sure=bool(_DIALLED.match(found[0])))


def is_iban(bare: str) -> bool:
    """Whether the two check digits of an IBAN without blanks are right (ISO 13616: modulo 97)."""
    turned = bare[4:] + bare[:4]
    return 15 <= len(bare) <= 34 and int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def is_card(bare: str) -> bool:
    """Whether the check digit of a card number without blanks is right (ISO/IEC 7812-1: Luhn)."""
    if not 13 <= len(bare) <= 19 or len(set(bare)) < 2:
        return False
    doubled = [int(char) * (2 if place % 2 else 1) for place, char in enumerate(reversed(bare))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def tokens(text: str) -> Iterator[Passage]:
    """Find the words with a digit that may be a number somebody issued: customer numbers, order numbers."""
    if _DIGIT.search(text):
        for found in _TOKEN.finditer(text):
            if _DIGIT.search(found[0]):
                yield Passage(found.start(), found.end(), "id", found[0].casefold(), sure=False)


def names(text: str, known: Container[str] | None = None) -> Iterator[Passage]:
    """Give every two to four words in a row as a name that a source may know, in the index's normal form.

    With `known`, the words of all names that a source does know, only what is made of such words.
    """
    found = [(hit.start(), hit.end(), _plain(hit[0])) for hit in _WORD.finditer(text)]
    if known is not None and not any(part in known for _, _, parts in found for part in parts):
        return
    for first, (start, end, parts) in enumerate(found):
        if not parts or (known is not None and not any(part in known for part in parts)):
            continue
        together, last = list(parts), end
        for begins, ends, more in found[first + 1 : first + LONGEST_NAME]:
            if not _GAP.fullmatch(text, last, begins):
                break
            together, last = [*together, *more], ends
            if more and (normal := _joined(together)):
                yield Passage(start, ends, "name", normal, sure=False)


def name_keys(text: str) -> set[str]:
    """Give the normal forms of `names` without their places: what is asked of the sources, and so done for every text.

    What begins or ends with a small word of grammar (`the pump of`) is no name.
    """
    keys: set[str] = set()
    row: list[tuple[str, ...] | None] = []
    last = 0
    for hit in _WORD.finditer(text):
        if row and not _GAP.fullmatch(text, last, hit.start()):
            keys.update(_keys(row))
            row = []
        last = hit.end()
        row.append(None if hit[0] in _grammar() else _plain(hit[0]))
    keys.update(_keys(row))
    return keys


def _keys(row: Sequence[tuple[str, ...] | None]) -> Iterator[str]:
    """The names in words that follow each other; None stands for a word of grammar, which is inside names at most."""
    for first, parts in enumerate(row):
        if parts:
            together = list(parts)
            for more in row[first + 1 : first + LONGEST_NAME]:
                together += more or ()
                if more and (normal := _joined(together)):
                    yield normal


def _joined(parts: Sequence[str]) -> str:
    """The normal form of a full name: its words of two letters or more, each once, sorted; empty if it is one word."""
    kept = sorted({part for part in parts if len(part) > 1})
    return " ".join(kept) if len(kept) > 1 else ""


@lru_cache(maxsize=1)
def _grammar() -> frozenset[str]:
    return frozenset(listed("grammar"))


@lru_cache(maxsize=65_536)
def _plain(word: str) -> tuple[str, ...]:
    return tuple(part for part in words(word) if part not in SUFFIXES)


def titled(text: str) -> Iterator[Passage]:
    """Find names that no source need know: after a title (`Dr. Doris Referenz`) or a relation (`my husband John`)."""
    for found in _introduced().finditer(text):
        start, end = found.span("name")
        normal = " ".join(sorted({part for word in _WORD.findall(found["name"]) for part in _plain(word)}))
        if normal:
            yield Passage(start, end, "name", normal)


@lru_cache(maxsize=1)
def _introduced() -> re.Pattern[str]:
    before = "|".join(re.escape(word) for word in (*listed("titles"), *listed("relations")))
    name = r"[^\W\d_a-zà-ÿ][^\W\d_]{1,30}"
    return re.compile(
        rf"(?<!\w)(?i:{before})\b\.?[ \u00a0](?:(?i:{before})\b\.?[ \u00a0])*(?P<name>{name}(?:[ -]{name}){{0,2}})"
    )


def single_words(text: str, wanted: dict[str, str]) -> Iterator[Passage]:
    """Find the first or last name alone of people who are named in full elsewhere; `wanted` is word → normal name."""
    for found in _WORD.finditer(text):
        if found[0][0].isupper():
            for part in _plain(found[0]):
                if part in wanted:
                    yield Passage(found.start(), found.end(), "name", wanted[part])
                    break


def special_words(text: str) -> tuple[str, ...]:
    """Name the words of a text that ask for a look: special categories, legal advice, complaints (T-8, T-9, T-22)."""
    found = _special().findall(text)
    return tuple(dict.fromkeys(word.casefold() for word in found))


@lru_cache(maxsize=1)
def _special() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(map(re.escape, listed('special')))})(?!\w)")
