"""The lists of vocabulary/passages.toml: titles, relations, roles, words that ask for a look."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=8)
def listed(name: str) -> tuple[str, ...]:
    """Give one of the lists, longest word first, so that a pattern made of it takes the longest."""
    document = tomllib.loads((files("dsar.vocabulary") / "passages.toml").read_text(encoding="utf-8"))
    return tuple(sorted(dict.fromkeys(document[name]), key=lambda word: (-len(word), word)))
