"""Whether two descriptions can be of one person: names, suffixes and birth dates compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from dsar.normalise import SUFFIXES, dates, split_name, words

Verdict = Literal["equal", "alike", "initial", "differs", "unknown"]


@dataclass(frozen=True)
class Person:
    """What one row, or a request, says of a person: words of the name in plain letters, and possible birth dates."""

    given: tuple[str, ...] = ()
    family: str = ""
    suffix: str = ""
    births: frozenset[str] = frozenset()

    @property
    def named(self) -> bool:
        """Whether there is any name at all."""
        return bool(self.given or self.family)


def person_of(names: Iterable[str], given: Iterable[str], family: Iterable[str], births: Iterable[str]) -> Person:
    """Make a person from the cells of a row: whole names, or given and family names, and birth dates as written."""
    first, last, suffix = _parts(names, given, family)
    return Person(first, last, suffix, frozenset(day for birth in births for day in dates(birth.strip())))


def _parts(names: Iterable[str], given: Iterable[str], family: Iterable[str]) -> tuple[tuple[str, ...], str, str]:
    first = [word for text in given for word in words(text)]
    last = [word for text in family for word in words(text)]
    whole = " ".join(names) if not (first or last) else ""
    every = [*first, *last, *words(whole)]
    suffix = next((word for word in every if word in SUFFIXES), "")
    if whole:
        found, name = split_name(whole)
        return found, name, suffix
    return tuple(w for w in first if w not in SUFFIXES), " ".join(w for w in last if w not in SUFFIXES), suffix


@lru_cache(maxsize=100_000)
def given_names(one: tuple[str, ...], other: tuple[str, ...]) -> Verdict:
    """Compare given names: equal, alike (nickname, one letter off, a middle name used), an initial, or different."""
    if not one or not other:
        return "unknown"
    if one[0] == other[0]:
        return "equal"
    if one[0][0] == other[0][0] and 1 in (len(one[0]), len(other[0])):
        return "initial"
    if _alike(one[0], other[0]):
        return "alike"
    later = {word for word in one[1:] if len(word) > 2} & {other[0]} or {
        word for word in other[1:] if len(word) > 2
    } & {one[0]}
    return "alike" if later else "differs"


def _alike(one: str, other: str) -> bool:
    if _nicknames().get(one, frozenset()) & _nicknames().get(other, frozenset()):
        return True
    return min(len(one), len(other)) > 3 and _one_letter_off(one, other)


@lru_cache(maxsize=100_000)
def family_names(one: str, other: str) -> Verdict:
    """Compare family names: equal, alike (one letter off, one contained in a double name), or different."""
    if not one or not other:
        return "unknown"
    if one == other:
        return "equal"
    if set(one.split()) & set(other.split()):
        return "alike"
    return "alike" if min(len(one), len(other)) > 4 and _one_letter_off(one, other) else "differs"


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


@lru_cache(maxsize=100_000)
def _one_letter_off(one: str, other: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    return bool(DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1)


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[int]]:
    import tomllib

    lists = tomllib.loads((files("dsar.vocabulary") / "nicknames.toml").read_text(encoding="utf-8"))["names"]
    found: dict[str, frozenset[int]] = {}
    for number, names in enumerate(lists):
        for name in names:
            found[name] = found.get(name, frozenset()) | {number}
    return found


@dataclass(frozen=True)
class Comparison:
    """What agrees and what conflicts between two descriptions of people."""

    given: Verdict
    family: Verdict
    birth: Verdict
    suffix_differs: bool

    @property
    def conflicts(self) -> tuple[str, ...]:
        """What cannot be one person; a changed family name alone is no conflict."""
        found = []
        if self.given == "differs":
            found.append("given_name")
        if self.birth == "differs":
            found.append("birth_date")
        if self.suffix_differs:
            found.append("suffix")
        if self.family == "differs" and self.given == "unknown":
            found.append("family_name")
        return tuple(found)

    @property
    def agrees(self) -> tuple[str, ...]:
        """What speaks for one person."""
        pairs = (("given_name", self.given), ("family_name", self.family), ("birth_date", self.birth))
        return tuple(name for name, verdict in pairs if verdict in ("equal", "alike", "initial"))

    @property
    def full_name(self) -> bool:
        """Whether given and family name both agree; an initial is not a given name."""
        return self.given in ("equal", "alike") and self.family in ("equal", "alike")


@lru_cache(maxsize=200_000)
def compare(one: Person, other: Person) -> Comparison:
    """Compare two descriptions; names written in the other order (family first) are recognised."""
    given, family = given_names(one.given, other.given), family_names(one.family, other.family)
    if "differs" in (given, family) and one.given and other.given:
        swapped = (one.given[0], one.family) == (other.family, other.given[0])
        if swapped:
            given = family = "alike"
    suffixes = {one.suffix, other.suffix} - {""}
    return Comparison(given, family, births(one.births, other.births), len(suffixes) == 2)


def clusters(people: Iterable[Person], most: int | None = None) -> list[list[Person]]:
    """Sort descriptions into people: two stay apart if names or birth dates conflict, or family names differ too.

    With `most`, stops as soon as there are more people than that: who they are no longer matters.
    """
    found: list[list[Person]] = []
    for person in sorted({p for p in people if p.named}, key=_in_order):
        home = next((group for group in found if all(_one(person, other) for other in group)), None)
        if home is not None:
            home.append(person)
            continue
        found.append([person])
        if most is not None and len(found) > most:
            break
    return found


def _in_order(person: Person) -> tuple[int, str, tuple[str, ...], str, list[str]]:
    return -len(person.given), person.family, person.given, person.suffix, sorted(person.births)


def _one(one: Person, other: Person) -> bool:
    result = compare(one, other)
    return not result.conflicts and not (result.family == "differs" and result.given != "equal")
