"""Which of its source's collections a file is, by its headings or the keys of its records."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsar.config import plain
from dsar.errors import Unreadable
from dsar.sources.effective import Collection
from dsar.sources.naming import slug
from dsar.sources.registry import TABLE
from dsar.sources.sniffed import Sniffed
from dsar.sources.spec import CollectionDeclaration


def choose(
    candidates: Sequence[Collection], headings: Sequence[str], form: str, name: str, part: str = ""
) -> Collection:
    """Choose the collection of a file by its headings: the most specific that fits, a tie is an error.

    Drafted collections are named after the `part` of a file (a sheet, a list) that they were drafted from.
    Raises Unreadable where none fits (naming what is missing) or two fit alike.
    """
    drafted = [one for one in candidates if one.source.connector == TABLE and part and one.name == slug(part)]
    if drafted and fits(drafted[0], headings, form):
        return drafted[0]
    return _choose(candidates, lambda _: headings, form, name)


def choose_document(candidates: Sequence[Collection], found: Sniffed) -> Collection:
    """Choose the collection of a JSON file by the keys of the records that each would read, as `choose` does."""
    return _choose(
        candidates,
        lambda one: found.headings if one.source.connector == TABLE else keys_of(found, one.declared),
        "json",
        found.path.name,
    )


def keys_of(found: Sniffed, declared: CollectionDeclaration) -> tuple[str, ...]:
    """Give the keys of the records that this collection would read: under its `records`, or of the document itself.

    Where the document is a list or has a record a line, these are its records: nothing is wrapped around them.
    """
    if declared.records and found.shape == "object":
        return keys_in(found, declared.records)
    if found.shape == "object" and found.records:
        return found.outer
    return tuple(dict.fromkeys(key for item in found.objects for key in item))


def keys_in(found: Sniffed, path: str) -> tuple[str, ...]:
    """Give the keys of the records in one list of a document."""
    return tuple(dict.fromkeys(key for item in dict(found.lists).get(path, ()) for key in item))


def _choose(
    candidates: Sequence[Collection], headings: Callable[[Collection], Sequence[str]], form: str, name: str
) -> Collection:
    fitting = [(specific(c, headings(c)), c) for c in candidates if fits(c, headings(c), form)]
    if not fitting:
        missing = [column for c in candidates for column in c.declared.lacks(headings(c))]
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
