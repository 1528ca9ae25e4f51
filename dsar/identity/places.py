"""Whether two addresses are one place: the same street and house, however they are abbreviated."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from dsar.identity.names import one_letter_off
from dsar.normalise import normal_forms

Place = tuple[str, str]
"""(`street` or `postcode`, normal form); a city or a country is no place."""
_KINDS = (
    "st street ave av avenue rd road dr drive ln lane ct court blvd boulevard pl place ter terrace terace cir circle "
    "hwy highway pkwy parkway way wy trl trail sq square apt unit north south east west northeast northwest southeast "
    "southwest ne nw se sw str strasse weg allee platz gasse rue chemin via calle avenida plaza laan straat the"
)
KINDS_OF_STREET = frozenset(_KINDS.split())


def places_of(kind: str, value: str) -> tuple[Place, ...]:
    """Give the place that a cell names: a postcode, or a street (alone or in a whole address)."""
    if kind not in ("postcode", "street", "address"):
        return ()
    return tuple(("postcode" if kind == "postcode" else "street", normal) for normal in normal_forms(kind, value))


def agree(ours: Collection[Place], theirs: Collection[Place]) -> bool:
    """Whether one street of each is the same, and their postcodes do not differ; a postcode alone is no address."""
    streets = any(same_street(a, b) for a in _of("street", ours) for b in _of("street", theirs))
    return streets and not _differ(_of("postcode", ours), _of("postcode", theirs))


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
    """Whether two streets with house numbers are the same, up to abbreviations, what follows, and one slip a word."""
    if one == other:
        return True
    (number, few), (its_number, many) = sorted((_parsed(one), _parsed(other)), key=lambda parts: len(parts[1]))
    if not number or number != its_number or not few:
        return False
    return all(any(a == b or (len(a) > 3 and one_letter_off(a, b)) for b in many) for a in few)


def _parsed(text: str) -> tuple[str, tuple[str, ...]]:
    found = text.split()
    number = next((word for word in found if word[0].isdigit()), "")
    names = (word for word in found if word.isalpha() and len(word) > 1 and word not in KINDS_OF_STREET)
    return number, tuple(names)
