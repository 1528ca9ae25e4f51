"""Given names and family names compared: equal, alike, a nickname, an initial, or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import Literal

Verdict = Literal["equal", "alike", "nickname", "initial", "close", "differs", "unknown"]
"""`close`: nearly the same, and yet perhaps two people: Paul and Paula, Anna K. and Anna M."""

_PARTICLES = "von vom van der den ten ter de del della di da do dos das du la le los el al bin ibn zu zum zur"
PARTICLES = frozenset(_PARTICLES.split())
"""Words of a family name that many families share."""


@lru_cache(maxsize=100_000)
def given_names(one: tuple[str, ...], other: tuple[str, ...]) -> Verdict:
    """Compare given names; a middle name may be used as the first, or left out."""
    if not one or not other:
        return "unknown"
    if one[0] == other[0] and len(one[0]) > 1:
        return _second_names(one[1:], other[1:])
    if (one[0][0] == other[0][0] and 1 in (len(one[0]), len(other[0]))) or _are_initials(one, other):
        return "initial"
    if _nicknames().get(one[0], frozenset()) & _nicknames().get(other[0], frozenset()):
        return "nickname"
    if is_slip(one[0], other[0]):
        return "alike"
    if (len(other[0]) > 2 and other[0] in one[1:]) or (len(one[0]) > 2 and one[0] in other[1:]):
        return "alike"
    if _meant(one[0]) & _meant(other[0]):
        return "nickname"
    return "close" if _nearly(*sorted((one[0], other[0]), key=len)) else "differs"


def _are_initials(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one name is the first letters of the other's two: JP of Jean-Pierre."""
    short, full = sorted((one, other), key=len)
    letters = short[0] if len(short) == 1 and len(full) == 2 else ""
    return letters == full[0][0] + full[-1][0] and not _VOWELS.search(letters)  # Ed is no Emma Doris


@lru_cache(maxsize=4_096)
def called(name: str) -> tuple[str, ...]:
    """Give a given name with the other names on its lists of nicknames: James, and Jim and Jimmy."""
    lists = _nicknames().get(name)
    if lists is None:
        return (name,)
    return tuple(dict.fromkeys([name, *(other for other, its in _nicknames().items() if its & lists)]))


def same_given_name(one: str, other: str) -> bool:
    """Whether two words may be one given name: equal, the beginning of the other, a nickname, or mistyped."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) or given_names((one,), (other,)) in ("equal", "alike", "nickname")


def _nearly(short: str, long: str) -> bool:
    if len(short) == 1:  # R. may be Bob, whose name is Robert, or somebody else
        return short in _first_letters(long)
    if _without_vowels(short, long) or _sound(short) == _sound(long):
        return True
    return (len(short) > 3 or len(short) < len(long)) and len(short) > 2 and one_letter_off(short, long)


def _without_vowels(one: str, other: str) -> bool:
    """Whether two words are one but for vowels, which one of them has none of: so Arabic and Hebrew are written.

    Names of two consonants are too many to be told apart by these: Ng is no Ang.
    """
    if _VOWELS.search(one) and _VOWELS.search(other):
        return False
    return _skeleton(one) == _skeleton(other) and len(_skeleton(one)) > 2


@lru_cache(maxsize=65_536)
def _skeleton(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", word))


_VOWELS = re.compile("[aeiouy]")  # Flynn and Fallon are two


def _second_names(one: tuple[str, ...], other: tuple[str, ...]) -> Verdict:
    """Judge two people of one first name by their second: Min-jun and Min-seo, Anna Maria and Anna Lena are two."""
    while one and other and one[-1] == other[-1]:  # a first family name, which sisters share: Ana María García López
        one, other = one[:-1], other[:-1]
    if not one or not other or set(one) & set(other):
        return "equal"
    a, b = one[0], other[0]
    if 1 in (len(a), len(b)):
        return "equal" if a[0] == b[0] else "close"
    return "equal" if one_letter_off(a, b) else "differs"


def is_slip(one: str, other: str) -> bool:
    """Whether one given name is the other mistyped: one letter off, but not at its end, where Paul becomes Paula."""
    if one == other:
        return True
    lengths = len(one), len(other)
    if min(lengths) <= 3 or abs(lengths[0] - lengths[1]) > 1:
        return False
    alike = one[-2:] == other[-2:] or (sorted(one) == sorted(other) and not _both_are_names(one, other))
    return alike and one_letter_off(one, other)


def _both_are_names(one: str, other: str) -> bool:
    """Whether both words are given names by themselves: Christian and Christina are, Denise and Denies are not."""
    return one in _nicknames() and other in _nicknames()


@lru_cache(maxsize=100_000)
def family_names(one: str, other: str) -> Verdict:
    """Compare family names: equal, alike (one letter off, one contained in a double name), or different."""
    if not one or not other:
        return "unknown"
    if one == other:
        return "equal"
    if (set(one.split()) & set(other.split())) - PARTICLES or _sound(one) == _sound(other):
        return "alike"
    if _without_vowels(one, other):
        return "alike"
    return "alike" if min(len(one), len(other)) > 4 and one_letter_off(one, other) else "differs"


@lru_cache(maxsize=65_536)
def _sound(name: str) -> str:
    """Give a name as it sounds: `ue` is u as `ü` is; Yuliya, Iuliia and Julia are ways to write one Cyrillic name."""
    for written, said in _SOUNDS:
        name = name.replace(written, said)
    return re.sub(r"(.)\1+", r"\1", name)


_WRITTEN = "ae>a oe>o ue>u tsch>ch sch>sh shch>sh kh>h w>v j>i y>i x>ks"
_SOUNDS = tuple(pair.split(">") for pair in _WRITTEN.split())


@lru_cache(maxsize=100_000)
def one_letter_off(one: str, other: str) -> bool:
    """Whether two words differ by one letter more, less, or other, or by two letters swapped."""
    return abs(len(one) - len(other)) <= 1 and bool(_slips()(one, other, score_cutoff=1) <= 1)


@lru_cache(maxsize=1)
def _slips() -> Callable[..., int]:
    from rapidfuzz.distance import DamerauLevenshtein

    return DamerauLevenshtein.distance


@lru_cache(maxsize=65_536)
def _meant(name: str) -> frozenset[int]:
    """Give the lists that a given name stands in; a long one that stands in none is read as what it is a slip of.

    So Michhael and Mike are one name, as Michael and Mike are.
    """
    if name in _nicknames() or len(name) < _LONG:
        return _nicknames().get(name, frozenset())
    nearby = (known for known in _beginning(name[0]) if abs(len(known) - len(name)) <= 1)
    return frozenset().union(*(_nicknames()[known] for known in nearby if is_slip(name, known)))


_LONG = 5
"""Letters of a given name below which one letter off is likelier another name than a slip."""


@lru_cache(maxsize=65_536)
def _first_letters(name: str) -> frozenset[str]:
    """Give the letters with which the names begin that a given name stands beside in a list: B and R of Bob."""
    lists = _nicknames().get(name, frozenset())
    return frozenset(known[0] for known, found in _nicknames().items() if lists & found) if lists else frozenset()


@lru_cache(maxsize=64)
def _beginning(letter: str) -> tuple[str, ...]:
    return tuple(name for name in _nicknames() if name[0] == letter)


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[int]]:
    import tomllib

    lists = tomllib.loads((files("dsar.vocabulary") / "nicknames.toml").read_text(encoding="utf-8"))["names"]
    found: dict[str, frozenset[int]] = {}
    for number, names in enumerate(lists):
        for name in names:
            found[name] = found.get(name, frozenset()) | {number}
    return found
