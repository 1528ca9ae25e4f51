"""Lists that ship with dsar, as TOML: categories, purposes, legal bases, rights and sentences in plain words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from dsar.errors import DsarError

UNCLASSIFIED = "unclassified"
_LETTER = re.compile(
    r"\b6\s*(?:\(\s*1\s*\)|abs(?:atz|\.)?\s*1)\s*(?:s(?:atz|\.)\s*1\s*)?,?\s*\(?(?:lit\.?|point)?\s*\(?([a-f])\b", re.I
)
"""The letter in "Art. 6(1)(b)" or "Art. 6 Abs. 1 S. 1 lit. b"."""


_NUMBERED = re.compile(r"(.+) (\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: its key, and whether the list has it; otherwise it is the controller's own words."""

    key: str
    listed: bool

    def text(self, language: str) -> str:
        """The plain words in `language`; the key as it was written where it is not in the list.

        Raises DsarError that names the languages there are.
        """
        return _text(language, self._part(), self.key) if self.listed else self.key

    @classmethod
    def _part(cls) -> str:
        return _PARTS[cls.__name__]


@dataclass(frozen=True, slots=True)
class Category(Entry):
    """A category of personal data: a Fideslang key, or one of our own under `x.` (Art. 15(1)(b) GDPR)."""

    dpv: str | None = None
    """The same concept in the W3C Data Privacy Vocabulary, e.g. `pd:EmailAddress`."""
    secret: bool = False
    """True where a value opens an account or a system and is withheld in every copy (Art. 32 GDPR)."""
    never_ccpa: bool = False
    """True where the CCPA allows the kind to be named only, never the value (CCPA Regs §7024(d))."""
    ccpa: str | None = None
    """The category of Cal. Civ. 1798.140(v)(1) that it falls under, by the letter of its subparagraph, e.g. `A`."""


@dataclass(frozen=True, slots=True)
class Purpose(Entry):
    """A purpose of processing (Art. 15(1)(a) GDPR)."""

    fides_use: str | None = None
    dpv: str | None = None


@dataclass(frozen=True, slots=True)
class Basis(Entry):
    """A legal basis; `letter` is that of Art. 6(1) GDPR, None where the controller's own words name none."""

    letter: str | None = None
    iri: str | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """A right and how to use it, with its concept in the W3C vocabulary of the GDPR."""

    key: str
    iri: str | None

    def text(self, language: str, **values: str) -> tuple[str, str]:
        """The name of the right and the sentence how to use it; raises DsarError for a language there is not.

        `values` fill {law}, {contact}, {authority} and {court}.
        """
        found = _part(language, "rights")[self.key]
        return found["name"].format(**values), found["how"].format(**values)


_PARTS = {"Category": "categories", "Purpose": "purposes", "Basis": "bases"}


@lru_cache(maxsize=4096)
def category(key: str) -> Category:
    """The category of personal data with this key; one that is not in the list stays as it is written."""
    found = _entries("categories").get(key)
    if found is None:
        return Category(key, False)
    marks = (found.get("secret", False), found.get("never_ccpa", False))
    return Category(key, True, found.get("dpv"), *marks, _ccpa(key))


def _ccpa(key: str) -> str | None:
    """The letter of the nearest key above that has one."""
    letters = _entries("ccpa")["categories"]
    while key not in letters and "." in key:
        key = key.rpartition(".")[0]
    found = letters.get(key)
    return str(found) if found else None


@lru_cache(maxsize=4096)
def purpose(key: str) -> Purpose:
    """The purpose with this key; the controller's own words stay as they are written."""
    found = _entries("purposes").get(key)
    return Purpose(key, False) if found is None else Purpose(key, True, found.get("fides_use"), found.get("dpv"))


@lru_cache(maxsize=4096)
def basis(key: str) -> Basis:
    """The legal basis with this key or alias; own words keep their text, and the letter of Art. 6(1) they name."""
    wanted = re.sub(r"[\s-]+", "_", key.strip().casefold())
    for name, found in _entries("bases").items():
        if wanted == name or wanted in found.get("aliases", ()):
            return Basis(name, True, found["letter"], found["iri"])
    named = _LETTER.search(key)
    letter = named[1].lower() if named else None
    return Basis(key, False, letter, f"eu-gdpr:A6-1-{letter}" if letter else None)


@lru_cache(maxsize=64)
def right(key: str) -> Right:
    """The right with this key of rights.toml."""
    return Right(key, _entries("rights")[key].get("iri"))


def kind(key: str, language: str) -> str:
    """The plain name of a kind of identifier; one that only a connector knows is written with blanks."""
    return str(_part(language, "kinds").get(key) or key.replace("_", " "))


def label(text: str, language: str) -> str | None:
    """An English label of a connector, a title or the meaning of a code in a language; None where the list lacks it.

    A label such as `Delivery to: street` or `Article 2` is put together from its parts.
    """
    known = _labels(language)
    if text in known:
        return known[text]
    if ": " in text:
        parts = [label(part, language) for part in text.split(": ")]
        return ": ".join(part for part in parts if part) if all(parts) else None
    numbered = _NUMBERED.fullmatch(text)
    return f"{known[numbered[1]]} {numbered[2]}" if numbered and numbered[1] in known else None


@lru_cache(maxsize=16)
def _labels(language: str) -> Mapping[str, str]:
    """By English text. English itself needs no words, but says which texts are ours."""
    listed = _entries("labels")
    others = tuple(listed["languages"]["order"])
    if language not in others:
        return {text: text for text in listed["labels"]}
    return {text: words[others.index(language)] for text, words in listed["labels"].items()}


def ccpa_category(letter: str, language: str) -> str:
    """The plain name of a category of Cal. Civ. 1798.140(v)(1), by the letter of its subparagraph."""
    return _text(language, "ccpa", letter)


def sentence(key: str, language: str, **values: object) -> str:
    """The sentence with this key of the language, its braces filled in.

    Raises DsarError for a language there is not, and for a sentence it does not have.
    """
    return _text(language, "texts", key).strip().format(**values)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that every list of this folder speaks, sorted: those with a file of words."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name[6:-5] for name in names if name.startswith("words.") and name.endswith(".toml")))


def language_of(wanted: str) -> str:
    """The language of a report for a tag such as `de`, `de-AT` or `EN_gb`.

    Raises DsarError that names the languages there are: a report never falls back to another one (Art. 12(1) GDPR).
    """
    short = re.split(r"[-_]", wanted.strip().casefold())[0]
    if short not in languages():
        raise _no_language(wanted)
    return short


def covers(declared: str, key: str) -> bool:
    """Whether a declared category holds another: `*` holds all, `user.contact` also holds `user.contact.email`."""
    return declared == "*" or key == declared or key.startswith(f"{declared}.")


@lru_cache(maxsize=16)
def _entries(name: str) -> Mapping[str, dict[str, Any]]:
    return MappingProxyType(tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8")))


@lru_cache(maxsize=64)
def _part(language: str, part: str) -> Mapping[str, Any]:
    if language not in languages():
        raise _no_language(language)
    return MappingProxyType(_entries(f"words.{language}")[part])


def _text(language: str, part: str, key: str) -> str:
    text = _part(language, part).get(key)
    if text is None:  # never another language in silence (Art. 12(1) GDPR)
        raise DsarError(
            f"The words in `{language}` have no `{part}.{key}`.",
            hint=f"Add it to dsar/vocabulary/words.{language}.toml.",
        )
    return str(text)


def _no_language(language: str) -> DsarError:
    return DsarError(
        f"There are no texts in the language `{language}`.",
        hint=f"Languages there are: {', '.join(languages())}. Set `language` of the request or of [controller].",
    )
