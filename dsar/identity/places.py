"""Whether two addresses are one place: the same street and house, however they are abbreviated."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from dsar.identity.names import one_letter_off
from dsar.normalise import normal_forms

Place = tuple[str, str]
"""(`street` or `postcode`, normal form); a city or a country is no place."""
_KINDS = (
    "st street ave av avenue rd road dr drive ln lane ct court blvd boulevard pl place ter terrace terace cir "
    "circle hwy highway pkwy parkway way wy trl trail sq square apt apartment flat unit suite room north south east "
    "west northeast northwest southeast southwest ne nw se sw str strasse weg allee platz gasse rue chemin via "
    "calle avenida plaza laan straat the"
)
KINDS_OF_STREET = frozenset(_KINDS.split())


@lru_cache(maxsize=65_536)
def places_of(kind: str, value: str) -> tuple[Place, ...]:
    """Give the place that a cell names: a postcode, or a street (alone or in a whole address)."""
    if kind not in ("postcode", "street", "address"):
        return ()
    return tuple(("postcode" if kind == "postcode" else "street", normal) for normal in normal_forms(kind, value))


def agree(ours: Collection[Place], theirs: Collection[Place]) -> bool:
    """Whether one street of each is the same, and their postcodes do not differ; a postcode alone is no address."""
    streets = _of("street", theirs)
    if not streets or not any(same_street(a, b) for a in _of("street", ours) for b in streets):
        return False
    return not _differ(_of("postcode", ours), _of("postcode", theirs))


def nearly_agree(ours: Collection[Place], theirs: Collection[Place]) -> bool:
    """Whether two addresses may be one, typed badly: the same house number, and streets or postcodes much alike."""
    pairs = [(_parsed(a), _parsed(b)) for a in _of("street", ours) for b in _of("street", theirs)]
    codes = share_postcode(ours, theirs)
    for (number, few), (its_number, many) in pairs:
        alike = bool(few and many) and _ratio("".join(few), "".join(many)) >= (_LOOSE if codes else _ALIKE)
        if (alike and (codes or number == its_number)) or (codes and number and number == its_number):
            return True
    return False


def disagree(ours: Collection[Place], theirs: Collection[Place]) -> bool:
    """Whether both have streets, or else both have postcodes, and none is the same."""
    a, b = _of("street", ours), _of("street", theirs)
    if a and b:
        return not any(same_street(one, other) for one in a for other in b)
    return _differ(_of("postcode", ours), _of("postcode", theirs))


def share_postcode(ours: Collection[Place], theirs: Collection[Place]) -> bool:
    """Whether a postcode of each is the same."""
    return bool(_of("postcode", ours) & _of("postcode", theirs))


def _of(kind: str, places: Collection[Place]) -> frozenset[str]:
    return frozenset(normal for found, normal in places if found == kind)


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other and not one & other)


@lru_cache(maxsize=100_000)
def same_street(one: str, other: str) -> bool:
    """Whether two streets with house numbers are the same, up to abbreviations, what follows, and a slip or two."""
    if one == other:
        return True
    (number, few), (its_number, many) = sorted((_parsed(one), _parsed(other)), key=lambda parts: len(parts[1]))
    if not number or number != its_number or not few:
        return False
    return all(any(_same_word(a, b) for b in many) for a in few) or _same_letters("".join(few), "".join(many))


def _same_word(one: str, other: str) -> bool:
    return one == other or (one.isalpha() and min(len(one), len(other)) > 3 and one_letter_off(one, other))


def _same_letters(one: str, other: str) -> bool:
    """Whether two names of streets are one, with blanks and a few letters typed wrongly; numbers must be equal."""
    if min(len(one), len(other)) < _LONG or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return _ratio(one, other) >= _ALIKE


def _ratio(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 100."""
    from rapidfuzz import fuzz

    return float(fuzz.ratio(one, other))


_LOOSE = 60
_LONG = 7
"""Letters below which two streets that are nearly alike are two."""
_ALIKE = 85


def _parsed(text: str) -> tuple[str, tuple[str, ...]]:
    """Give the house number, and the words that tell one street from another, and one flat."""
    found = _LETTER.sub(r"\1\2", _FLAT.sub(r"\2 \1", text)).split()
    number = next((word for word in found if word[0].isdigit()), "")
    rest = (word for word in found if word != number and word not in KINDS_OF_STREET)
    names = (_STREET.sub("", _ORDINAL.sub(r"\1", word)) for word in rest if len(word) > 1 or word.isdigit())
    return number, tuple(name for name in names if name.isalpha() or not name.isdigit() or len(name) < _POSTCODE)


_FLAT = re.compile(r"^(?:flat|apt|apartment|unit|suite|room) (\w*[0-9]\w*) (.*[0-9].*)$")
"""A flat before the number of its house."""
_LETTER = re.compile(r"\b([0-9]+) ([a-dfgh])\b")
"""The letter of a house number, which stands beside it or apart; `n`, `e`, `s` and `w` are points of the compass."""
_STREET = re.compile("(?<=[a-z]{3})(?:strasse|straat|str)$")
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_POSTCODE = 4
"""So many digits in a row behind the house number are a postcode and tell no street apart."""
