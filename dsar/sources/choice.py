"""Which of its source's collections a file is, by its headings."""

from __future__ import annotations

from collections.abc import Sequence

from dsar.config import plain
from dsar.errors import Unreadable
from dsar.sources.effective import Collection
from dsar.sources.registry import TABLE


def choose(candidates: Sequence[Collection], headings: Sequence[str], form: str, name: str) -> Collection:
    """Choose the collection of a file by its headings: the most specific that fits, a tie is an error.

    Raises Unreadable where none fits (naming what is missing) or two fit alike.
    """
    fitting = [(specific(c, headings), c) for c in candidates if fits(c, headings, form)]
    if not fitting:
        missing = [column for c in candidates for column in c.declared.lacks(headings)]
        also = f" It lacks: {', '.join(missing[:5])}." if missing else ""
        raise Unreadable(f"{name} is none of the collections of its source.{also}", hint="Correct its source.")
    best = max(score for score, _ in fitting)
    chosen = [c for score, c in fitting if score == best]
    if len(chosen) > 1:
        names = " and ".join(f"`{c.name}`" for c in chosen)
        raise Unreadable(f"{name} fits {names} alike.", hint="Give each file a source of its own.")
    return chosen[0]


def fits(collection: Collection, headings: Sequence[str], form: str) -> bool:
    if collection.source.connector == TABLE:
        return all(collection.written((column,), headings) for column in collection.spec.key if "[" not in column)
    return collection.declared.format == form and collection.declared.fits(headings)


def specific(collection: Collection, headings: Sequence[str]) -> int:
    if collection.source.connector != TABLE:
        return len(collection.declared.columns)
    have = {plain(heading) for heading in headings}
    return sum(plain(name) in have for name in collection.spec.fields)
