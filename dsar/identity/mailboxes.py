"""What an e-mail address says by itself: whose name it bears, and which other address it may be a slip of."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Literal

from dsar.emails import mail_name
from dsar.identity.kinds import is_family_mailbox, mailbox
from dsar.identity.names import family_names, one_letter_off, same_given_name

_SHORTEST = 3
"""Fewer letters are no name."""


@lru_cache(maxsize=65_536)
def bears(address: str, given: tuple[str, ...], family: str) -> Literal["own", "other", "unknown"]:
    """Whether a mailbox bears the name of a person: `own`, or `other` if it bears their family and another given name.

    `ada.lovelace@`, `lovelaceada`, `ada77` are Ada Lovelace's by name; `bob.lovelace@` is not, `alovelace@` may be.
    """
    local = address.partition("@")[0].split("+")[0]
    letters = re.sub(r"[^a-z]", "", local)
    names = [word for word in given if len(word) >= _SHORTEST]
    if any(word in letters for word in names):
        return "own"
    home = re.sub(r"[^a-z]", "", family)
    if not names or len(home) < _SHORTEST or home not in letters:
        return "unknown"
    rest = letters.replace(home, "", 1)
    if len(rest) < _SHORTEST or any(same_given_name(rest, word) for word in names):
        return "unknown"
    return "other"


def another_bears(address: str, people: Sequence[tuple[tuple[str, ...], str]]) -> bool:
    """Whether a mailbox bears the name of none of the people (given names, family name) and of somebody else."""
    found = {bears(address, given, family) for given, family in people}
    spelt = bool(people) and all(_spells_another(address, given, family) for given, family in people)
    return "own" not in found and ("other" in found or spelt)


@lru_cache(maxsize=65_536)
def _spells_another(address: str, given: tuple[str, ...], family: str) -> bool:
    """Whether a mailbox spells a whole name, given and family name, of which no word is a person's own."""
    parts = re.split("[._-]", address.partition("@")[0].split("+")[0])
    spelt = [part.rstrip("0123456789") for part in parts]
    if len(spelt) != 2 or not all(word.isalpha() and len(word) >= _SHORTEST for word in spelt):
        return False
    names = [own for own in given if len(own) >= _SHORTEST]
    if any(same_given_name(word, own) for word in spelt for own in names):
        return False
    return not any(family_names(word, own) in ("equal", "alike") for word in spelt for own in family.split())


@lru_cache(maxsize=65_536)
def nearly(one: str, other: str) -> bool:
    """Whether two addresses are the same but for a tag, dots, or one letter; `ada81` and `ada83` are two."""
    if mailbox(one) == mailbox(other):
        return True
    home, there = one.partition("@")[2], other.partition("@")[2]
    plain, its = mail_name(one), mail_name(other)
    if home == there:
        alike = min(len(plain), len(its)) > _SHORT and one_letter_off(plain, its)
        return plain == its or (alike and not _numbered_apart(plain, its))
    numbers = {_digits(home), _digits(there)} - {""}  # acme1 and acme12 are two; ac1me is a slip of acme
    return plain == its and one_letter_off(home, there) and len(numbers) < 2


_SHORT = 4
"""One letter off in a mailbox of so few letters is another mailbox."""


def _numbered_apart(one: str, other: str) -> bool:
    """Whether two names differ in a digit, or one has a number and the other none: so namesakes are told apart."""
    a, b = _digits(one), _digits(other)
    return a != b and (len(a) == len(b) or not a or not b)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


@lru_cache(maxsize=65_536)
def is_slip(one: str, other: str) -> bool:
    """Whether one address is the other with a letter typed twice, or two neighbours swapped."""
    if one.partition("@")[2] != other.partition("@")[2] or not nearly(one, other):
        return False
    plain, its = mail_name(one), mail_name(other)
    if min(len(plain), len(its)) >= SURE and _digits(plain) == _digits(its) and plain[0] == its[0]:
        return not is_family_mailbox(one) and not is_family_mailbox(other)
    return _DOUBLED.sub(r"\1", plain) == _DOUBLED.sub(r"\1", its) or sorted(plain) == sorted(its)


SURE = 9
"""So long a name of a mailbox with one letter other or missing, but not its first, is hardly another one."""


def ends_in_year(address: str, days: Collection[str]) -> bool:
    """Whether the name of a mailbox ends in the year, or its last two digits, of a date (ISO)."""
    found = _YEAR.search(address.partition("@")[0].split("+")[0])
    return found is not None and any(day[:4].endswith(found[0]) for day in days)


@lru_cache(maxsize=65_536)
def has_purpose(address: str) -> bool:
    """Whether a mailbox says by its name what it is kept for, beside another one: `adalovelacejobs@`, `ada-shop@`."""
    name = re.sub(r"[^a-z]", "", address.partition("@")[0].split("+")[0])
    return any(name.endswith(word) and len(name) >= len(word) + _SHORTEST for word in _PURPOSES)


_WORDS_OF_PURPOSES = (
    "jobs work career careers karriere bewerbung bewerbungen emploi empleo lavoro applications news newsletter spam "
    "shop shopping orders business office private privat perso"
)
_PURPOSES = tuple(_WORDS_OF_PURPOSES.split())


def number_of(address: str) -> str:
    """Give the number in which the name of a mailbox ends, if it ends in one."""
    name = mail_name(address)
    return name[len(name.rstrip("0123456789")) :]


def is_private(address: str) -> bool:
    """Whether a mailbox is at a provider for everybody, and not at an organisation's own domain."""
    domain = address.partition("@")[2]
    return domain.partition(".")[0] in _PROVIDERS or domain in _PROVIDING


_FIRST_WORDS = (
    "gmail googlemail outlook hotmail live msn yahoo ymail rocketmail icloud aol gmx protonmail proton zoho yandex "
    "fastmail tutanota hushmail libero virgilio tiscali orange wanadoo laposte comcast verizon btinternet"
)
_DOMAINS = (
    "web.de t-online.de freenet.de arcor.de mail.de posteo.de mailbox.org me.com mac.com mail.com mail.ru email.de "
    "free.fr sfr.fr alice.it att.net sbcglobal.net cox.net charter.net sky.com bluewin.ch o2.pl wp.pl seznam.cz qq.com "
    "163.com 126.com naver.com daum.net hanmail.net rediffmail.com uol.com.br terra.com.br"
)
_PROVIDERS, _PROVIDING = frozenset(_FIRST_WORDS.split()), frozenset(_DOMAINS.split())


_YEAR = re.compile(r"(?<![0-9])(?:(?:19|20)[0-9]{2}|[0-9]{2})$")
_DOUBLED = re.compile(r"(.)\1+")
