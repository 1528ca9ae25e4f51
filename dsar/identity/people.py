"""Whether two descriptions can be of one person: names, suffixes and birth dates compared."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from dsar.dates import dates
from dsar.identity.names import PARTICLES, Verdict, family_names, given_names, is_slip
from dsar.normalise import SUFFIXES, TITLES, split_name, without_remark, words

MANY = 30
"""Nobody needs to know how many people beyond this use a value."""
_SUFFIX = {"junior": "jr", "senior": "sr"}
_STRENGTH = {"equal": 5, "alike": 4, "nickname": 3, "initial": 2, "close": 1, "unknown": 0, "differs": -1}


class Person(NamedTuple):
    """What one row, or a request, says of a person: words of the name in plain letters, and possible birth dates.

    A tuple, because everything that is known is kept by it, and a tuple is quick to find again.
    """

    given: tuple[str, ...] = ()
    family: str = ""
    suffix: str = ""
    births: frozenset[str] = frozenset()
    single: str = ""
    """A name of one word, which may be the given or the family name."""
    mixed: bool = False
    """Whether the row names several people in one role, so that nobody knows whose the rest is."""

    @property
    def named(self) -> bool:
        """Whether there is any name at all."""
        return bool(self.given or self.family or self.single)

    @property
    def described(self) -> bool:
        """Whether there is anything to compare."""
        return self.named or bool(self.births) or self.mixed


def person_of(names: Iterable[str], given: Iterable[str], family: Iterable[str], births: Iterable[str]) -> Person:
    """Make a person from the cells of a row: whole names, or given and family names, and birth dates as written."""
    given, family = tuple(given), tuple(family)
    days = frozenset(day for birth in births for day in dates(birth.strip()))
    if any(len(_each(text)) > 1 for text in given):
        return Person(births=days, mixed=True)
    first = [] if any(_is_role(text) for text in given[:1]) else [word for text in given for word in words(text)]
    last = [word for text in family for word in words(text)]
    if first or last:
        suffix = next(filter(None, (_suffix(text) for text in (*given, *family))), "")
        kept = " ".join(word for word in last if word not in SUFFIXES)
        return Person(tuple(word for word in first if word not in SUFFIXES), kept, suffix, days)
    people = [_whole(name, days) for name in dict.fromkeys(one for text in names for one in _each(text))]
    people = [person for person in people if person.named] or [Person(births=days)]
    if any(compare(one, other).conflicts for one, other in itertools.combinations(people, 2)):
        return Person(births=days, mixed=True)
    return max(people, key=lambda person: (bool(person.given), len(person.given)))


def _each(text: str) -> list[str]:
    """Give the people whom a cell names: `Ada & Bob Bell` are two, `Mr & Mrs Bell` is whoever of the Bells it is."""
    if not _AND.search(text):
        return [text]
    several = [part for part in _AND.split(text) if words(part) and not _is_role(part)]
    return several if len(several) > 1 else [_AND.sub(" ", text)]


_AND = re.compile(r"\s*[&+;]\s*|(?<=\w\w)\s*/\s*(?=\w\w)|\s+(?:und|u\.|and|et)\s+", re.IGNORECASE)
_ROLE_WORDS = (
    "adult child baby boy girl male female man woman person mother father mom dad son daughter sister brother husband "
    "wife parent spouse mr mrs ms miss mx sir madam lady senor senora herr frau infant twin resident occupant "
    "household friend roommate tenant customer guest unknown anonymous of the house"
)
_ROLES = frozenset(_ROLE_WORDS.split())


def _is_role(text: str) -> bool:
    """Whether a given name is none: what somebody is in a household, or a way to address them."""
    found = words(text)
    return bool(found) and all(word in _ROLES for word in found)


def _whole(name: str, births: frozenset[str]) -> Person:
    suffix, name = _suffix(name), without_remark(name)
    given, family = split_name(name)
    if "," in name or not family:
        return Person(given, family, suffix, births)
    kept = [word for word in name.split() if any(part not in SUFFIXES for part in words(word))]
    while len(kept) > 1 and words(kept[0])[-1] in TITLES:
        kept = kept[1:]
    double = len(words(kept[-1])) - 1  # `Meyer-Bell` is one family name, as `Anna-Lena` alone is one given name
    if len(kept) == 1:
        return Person((), "", suffix, births, single=" ".join((*given, family)))
    while given[:-1] and (double > 0 or given[-1] in PARTICLES):
        given, family, double = given[:-1], f"{given[-1]} {family}", double - 1
    return Person(given, family, suffix, births)


def _suffix(text: str) -> str:
    """Give what tells father and son apart; `Sr` is Senior after a name, and Señor before one."""
    parts = text.casefold().replace(".", " ").replace(",", " , ").split()
    if len(parts) < 2:
        return ""
    found = (word for place, word in enumerate(parts) if word in SUFFIXES and place)
    return next((_SUFFIX.get(word, word) for word in found), "")


def births(one: frozenset[str], other: frozenset[str]) -> Verdict:
    """Compare birth dates: equal, alike (one digit off, or day and month swapped), or different."""
    if not one or not other:
        return "unknown"
    if one & other:
        return "equal"
    close = any(_close_dates(a, b) for a in one for b in other)
    return "alike" if close else "differs"


def _close_dates(one: str, other: str) -> bool:
    swapped = f"{one[:4]}-{one[8:]}-{one[5:7]}"
    return swapped == other or sum(a != b for a, b in zip(one, other, strict=True)) == 1


class Comparison(NamedTuple):
    """What agrees and what conflicts between two descriptions of people."""

    given: Verdict = "unknown"
    family: Verdict = "unknown"
    birth: Verdict = "unknown"
    others: tuple[str, ...] = ()
    """What else cannot be one person's: another suffix, several names, another document of a kind."""
    middle: bool = False
    """Whether both give a second given name, and it agrees; an initial is enough."""

    @property
    def conflicts(self) -> tuple[str, ...]:
        """What cannot be one person; a changed family name alone is no conflict."""
        if "differs" not in (self.given, self.family, self.birth):
            return self.others
        found = []
        if self.given == "differs":
            found.append("given_name")
        if self.birth == "differs":
            found.append("birth_date")
        if self.family == "differs" and self.given == "unknown":
            found.append("family_name")
        return (*found, *self.others)

    @property
    def agrees(self) -> tuple[str, ...]:
        """What speaks for one person."""
        return _agreeing(self.given, self.family, self.birth)

    @property
    def nearly(self) -> tuple[str, ...]:
        """What of `agrees` is not the same: an initial, a nickname, a slip, day and month turned."""
        return _nearly_agreeing(self.given, self.family, self.birth)

    @property
    def full_name(self) -> bool:
        """Whether given and family name both agree; an initial is not a given name."""
        return _STRENGTH[self.given] > 2 and _STRENGTH[self.family] > 2

    @property
    def weights(self) -> tuple[int, int, int]:
        """How well given name, family name and birth date agree, for ranking."""
        return _STRENGTH[self.given], _STRENGTH[self.family], _STRENGTH[self.birth]


@lru_cache(maxsize=1024)
def _agreeing(given: Verdict, family: Verdict, birth: Verdict) -> tuple[str, ...]:
    pairs = (("given_name", given), ("family_name", family), ("birth_date", birth))
    return tuple(name for name, verdict in pairs if _STRENGTH[verdict] > 1)


@lru_cache(maxsize=1024)
def _nearly_agreeing(given: Verdict, family: Verdict, birth: Verdict) -> tuple[str, ...]:
    pairs = (("given_name", given), ("family_name", family), ("birth_date", birth))
    return tuple(name for name, verdict in pairs if verdict in ("initial", "nickname", "alike"))


@lru_cache(maxsize=200_000)
def compare(one: Person, other: Person) -> Comparison:
    """Compare two descriptions; names written in the other order (family first) are recognised."""
    others = ("suffix",) if len({one.suffix, other.suffix} - {""}) == 2 else ()
    if one.mixed or other.mixed:
        others = (*others, "several_names")
    return Comparison(*_names(one, other), births(one.births, other.births), others, _middle(one.given, other.given))


def _middle(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    a, b = one[1:2], other[1:2]
    return bool(a and b) and a[0][0] == b[0][0] and (1 in (len(a[0]), len(b[0])) or is_slip(a[0], b[0]))


def _names(one: Person, other: Person) -> tuple[Verdict, Verdict]:
    if one.single or other.single:
        return _single(one, other) if one.single else _single(other, one)
    one, other = _with_first_family_name(one, other), _with_first_family_name(other, one)
    given, family = given_names(one.given, other.given), family_names(one.family, other.family)
    if family == "differs" and (one.family in other.given[1:] or other.family in one.given[1:]):
        family = "unknown"  # the second of two family names is left out: García López is García
    if "differs" in (given, family) and one.given and other.given and _turned(one, other):
        return "alike", "alike"
    return given, family


def _with_first_family_name(one: Person, other: Person) -> Person:
    """Give `Juan García López` with both its family names, if the other description says that these are two."""
    first, _, last = other.family.partition(" ")
    if last and one.family == last and one.given[1:] and one.given[-1] == first:
        return one._replace(given=one.given[:-1], family=other.family)
    return one


def _turned(one: Person, other: Person) -> bool:
    """Whether the family name of one stands where the given name of the other does, and the other way round."""
    if _STRENGTH[given_names(one.given, tuple(other.family.split()))] <= 2:
        return False
    return _STRENGTH[family_names(one.family, " ".join(other.given))] > 2


def _single(one: Person, other: Person) -> tuple[Verdict, Verdict]:
    """Compare a name of one word with another description: it may be the given name, the family name, or both."""
    if other.single:
        return "unknown", family_names(one.single, other.single)
    joined = "".join(other.given), other.family.replace(" ", "")
    if all(joined) and one.single.replace(" ", "") in (joined[0] + joined[1], joined[1] + joined[0]):
        return "equal", "equal"
    given, family = given_names(tuple(one.single.split()), other.given), family_names(one.single, other.family)
    if _STRENGTH[family] > max(_STRENGTH[given], 0):
        return "unknown", family
    return given, "unknown"


def fits_better(one: Comparison, other: Comparison) -> bool:
    """Whether a description agrees better with one person than with another, in any of its parts."""
    return any(mine > theirs for mine, theirs in zip(one.weights, other.weights, strict=True))


def clusters(people: Iterable[Person], most: int = MANY) -> list[list[Person]]:
    """Sort descriptions into people, up to `most`: two stay apart if they conflict, or family names differ too."""
    found: list[list[Person]] = []
    for person in in_order(people):
        home = next((group for group in found if all(_one(person, other) for other in group)), None)
        if home is not None:
            home.append(person)
        elif len(found) < most:
            found.append([person])
        else:
            break
    return found


def in_order(people: Iterable[Person]) -> Sequence[Person]:
    """Each description once, the fullest first, in an order that does not depend on where they stand."""

    def fullest(p: Person) -> tuple[object, ...]:
        return -len(p.given), p.family, p.given, p.single, p.suffix, sorted(p.births), p.mixed

    return sorted({p for p in people if p.described}, key=fullest)


def _one(one: Person, other: Person) -> bool:
    result = compare(one, other)
    return not result.conflicts and result.given != "close" and not _married(result)


def _married(result: Comparison) -> bool:
    return result.family == "differs" and result.given != "equal"
