"""How a mailbox may spell a person: `ada.lovelace@`, `lovelaceada@`, `alovelace85@`, with a nickname."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from dsar.emails import mail_name
from dsar.identity.found import Value
from dsar.identity.names import called
from dsar.identity.people import Person
from dsar.normalise import full_name

_SHORTEST = 3
_LONG = 7
"""Letters of a full name below which other words may spell it as well."""
_ENOUGH = 5
"""Letters of an initial with a family name below which other words may spell it as well."""


@lru_cache(maxsize=4_096)
def mailboxes_of(person: Person, births: frozenset[str]) -> tuple[str, ...]:
    """Give the names of mailboxes that spell a whole name: in full, or with an initial; alone, or with a birth year."""
    full, short = _forms(person)
    years = _years(births)
    return (*full, *short, *(form + year for form in (*full, *short) for year in years))


def spells(address: str, person: Person, births: Collection[str], *, named: bool) -> bool:
    """Whether a mailbox spells a whole name; an initial is enough with the year of birth, or beside the given name.

    `named` says that the given name stands beside the mailbox. Any other number is somebody else's.
    """
    name = mail_name(address)
    base = name.rstrip("0123456789")
    year = name[len(base) :]
    if year and year not in _years(frozenset(births)):
        return False
    full, short = _forms(person)
    if base in full:
        return len(base) >= _LONG or bool(year)
    return base in short and len(base) >= _ENOUGH and (bool(year) or named)


def names_in(address: str, given: Collection[str]) -> Iterator[Value]:
    """Give the keys of names under which whoever a mailbox spells may stand; `given` are the given names known."""
    local = address.partition("@")[0].split("+")[0]
    base = local.rstrip("0123456789")
    year = local[len(base) :]
    words = [word for word in re.split("[._-]", base) if word]
    if not all(word.isalpha() for word in words) or len(words) > 2:
        return
    plain = "".join(words)
    pairs = [(words[0], words[1])] if len(words) > 1 else [(plain[:at], plain[at:]) for at in _cuts(plain, given)]
    yield from (("name", key) for one, other in pairs for key in full_name(f"{one} {other}"))
    for name in given:
        rests = (rest for rest in (plain.removeprefix(name[0]), plain.removesuffix(name[0])) if rest != plain)
        yield from (("name", key) for rest in rests if len(rest) >= _SHORTEST for key in full_name(f"{name} {rest}"))
    if year and not given and len(plain) >= _ENOUGH:
        yield from (("family_birth", f"{plain[1:]}|{day}") for day in _days(year))


def _cuts(plain: str, given: Collection[str]) -> list[int]:
    """Where a mailbox without punctuation may be cut into two names."""
    if given:
        ends = [len(name) for name in given if plain.startswith(name)]
        return ends + [len(plain) - len(name) for name in given if plain.endswith(name)]
    return list(range(_SHORTEST, len(plain) - _SHORTEST + 1)) if len(plain) >= _LONG else []


@lru_cache(maxsize=4_096)
def _forms(person: Person) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of mailboxes with the given name in full, and those with its initial."""
    family = re.sub("[^a-z]", "", person.family)
    names = called(person.given[0])
    full = tuple(form for name in names for form in (name + family, family + name))
    return full, (person.given[0][0] + family, family + person.given[0][0])


@lru_cache(maxsize=4_096)
def _years(births: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({year for day in births for year in (day[:4], day[2:4])}))


@lru_cache(maxsize=256)
def _days(year: str) -> tuple[str, ...]:
    """Every day of the years that a number may mean: `85` is 1985, `04` is 1904 or 2004."""
    years = {"2": [f"19{year}", f"20{year}"], "4": [year] if year[:2] in ("19", "20") else []}.get(str(len(year)), [])
    months = ((whole, month) for whole in years for month in range(1, 13))
    spans = ((whole, month, calendar.monthrange(int(whole), month)[1]) for whole, month in months)
    return tuple(f"{whole}-{month:02}-{day:02}" for whole, month, days in spans for day in range(1, days + 1))
