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


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: its key, and its plain words by language; no words where the key is not in the list."""

    key: str
    words: Mapping[str, str]

    @property
    def listed(self) -> bool:
        """Whether the key is in the list; otherwise it is the controller's own words."""
        return bool(self.words)

    def text(self, language: str) -> str:
        """The plain words in `language`; the key as it was written where it is not in the list.

        Raises DsarError that names the languages there are.
        """
        if not self.words:
            return self.key
        if language not in self.words:
            raise _no_language(language)
        return self.words[language]


@dataclass(frozen=True, slots=True)
class Category(Entry):
    """A category of personal data: a Fideslang key, or one of our own under `x.` (Art. 15(1)(b) GDPR)."""

    dpv: str | None = None
    """The same concept in the W3C Data Privacy Vocabulary, e.g. `pd:EmailAddress`."""
    secret: bool = False
    """True where a value opens an account or a system and is withheld in every copy (Art. 32 GDPR)."""


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
    """A right and how to use it, as templates by language with {law}, {contact}, {authority}, {court}."""

    key: str
    iri: str | None
    words: Mapping[str, tuple[str, str]]

    def text(self, language: str, **values: str) -> tuple[str, str]:
        """The name of the right and the sentence how to use it; raises DsarError for a language there is not."""
        if language not in self.words:
            raise _no_language(language)
        name, how = self.words[language]
        return name.format(**values), how.format(**values)


@lru_cache(maxsize=4096)
def category(key: str) -> Category:
    """The category of personal data with this key; one that is not in the list stays as it is written."""
    found = _entries("categories").get(key, {})
    return Category(key, _words(found), found.get("dpv"), found.get("secret", False))


@lru_cache(maxsize=4096)
def purpose(key: str) -> Purpose:
    """The purpose with this key; the controller's own words stay as they are written."""
    found = _entries("purposes").get(key, {})
    return Purpose(key, _words(found), found.get("fides_use"), found.get("dpv"))


@lru_cache(maxsize=4096)
def basis(key: str) -> Basis:
    """The legal basis with this key or alias; own words keep their text, and the letter of Art. 6(1) they name."""
    wanted = re.sub(r"[\s-]+", "_", key.strip().casefold())
    for name, found in _entries("bases").items():
        if wanted == name or wanted in found.get("aliases", ()):
            return Basis(name, _words(found), found["letter"], found["iri"])
    named = _LETTER.search(key)
    letter = named[1].lower() if named else None
    return Basis(key, MappingProxyType({}), letter, f"eu-gdpr:A6-1-{letter}" if letter else None)


@lru_cache(maxsize=64)
def right(key: str) -> Right:
    """The right with this key of rights.toml."""
    found = _entries("rights")[key]
    words = {language: (text["name"], text["how"]) for language, text in found.items() if language in languages()}
    return Right(key, found.get("iri"), MappingProxyType(words))


def sentence(key: str, language: str, **values: object) -> str:
    """The sentence of texts.toml with this key, its braces filled in; raises DsarError for a language there is not."""
    texts = _entries("texts")
    if language not in texts:
        raise _no_language(language)
    return str(texts[language][key]).strip().format(**values)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that every list of this folder speaks, sorted."""
    return tuple(sorted(_entries("texts")))


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


@lru_cache(maxsize=8)
def _entries(name: str) -> Mapping[str, dict[str, Any]]:
    return MappingProxyType(tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8")))


def _words(entry: dict[str, Any]) -> Mapping[str, str]:
    return MappingProxyType({language: entry[language] for language in languages() if language in entry})


def _no_language(language: str) -> DsarError:
    return DsarError(
        f"There are no texts in the language `{language}`.",
        hint=f"Languages there are: {', '.join(languages())}. Set `language` of the request or of [controller].",
    )
