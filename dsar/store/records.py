"""Stored rows as the records people know: their fields, their key, their place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from dsar.model import Record
from dsar.store.leaves import DECODER, flat, generic, step, steps
from dsar.store.segments import Segment

RAW = "line"
"""Name of the one field of a row that could not be read."""
__all__ = ["RAW", "escaped", "fields_of", "generic", "key_columns", "key_values", "known_fields", "record_of"]


def fields_of(segment: Segment, row: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    """Give every field of a stored row with its value as it stands in the export, and what its file says of it."""
    if row["_bad"] is not None:
        return ((RAW, row["c0"]),)
    return (*_own_fields(segment, row), *segment.contents.constants)


def _own_fields(segment: Segment, row: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    if segment.declaration.format == "log":
        found = _compiled(segment.declaration.pattern or "").match(row["c0"])
        return tuple(found.groupdict().items()) if found else ((RAW, row["c0"]),)
    headings = segment.contents.headings
    if segment.declaration.format == "table":
        return tuple(zip(headings, map(row.__getitem__, _columns(len(headings))), strict=True))
    return tuple(_leaves(segment, row))


def _leaves(segment: Segment, row: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    nested = _nested(segment.contents.leaves)
    for number, name in enumerate(segment.contents.headings):
        text, path = row.get(f"c{number}"), step(name)
        if text is not None and name in nested and text[:1] in "[{":
            try:
                yield from flat(DECODER.decode(text), path)
                continue
            except ValueError:
                pass  # a text that only looks like JSON is a value like any other
        yield path, text


@lru_cache(maxsize=256)
def _nested(leaves: tuple[str, ...]) -> frozenset[str | None]:
    return frozenset(path[0] for path in map(steps, leaves) if len(path) > 1)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)  # as RE2 reads it, which indexed the line


def known_fields(segment: Segment, row: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    """Give the fields for matching: like `fields_of`, but a continuation row has what it takes from its first row."""
    declaration = segment.declaration
    if row["_bad"] is not None or not declaration.carry or not declaration.group_by:
        return fields_of(segment, row)
    own = (
        (name, row.get(f"kc{number}") if name in declaration.carry else row[f"c{number}"])
        for number, name in enumerate(segment.contents.headings)
    )
    return (*own, *segment.contents.constants)


def key_columns(segment: Segment) -> tuple[str, ...]:
    """The physical columns of the key, none where rows have no key that can be looked up."""
    declaration = segment.declaration
    carried = declaration.carry if declaration.group_by else ()
    return _key_columns(declaration.format, declaration.key, carried, segment.contents.headings)


@lru_cache(maxsize=256)
def _key_columns(
    format: str, key: tuple[str, ...], carried: tuple[str, ...], headings: tuple[str, ...]
) -> tuple[str, ...]:
    named = step if format == "json" else str
    place = {named(heading): number for number, heading in enumerate(headings)}
    if format == "log" or any(name not in place for name in key):
        return ()
    return tuple(f"kc{place[name]}" if name in carried else f"c{place[name]}" for name in key)


@lru_cache(maxsize=256)
def _columns(number: int) -> tuple[str, ...]:
    return tuple(f"c{place}" for place in range(number))


def key_values(segment: Segment, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The values of the key, or None for a row that has none (a log line, an unreadable row, an empty key)."""
    columns = key_columns(segment)
    if row["_bad"] is not None or not columns:
        return None
    values = tuple(row[column] or "" for column in columns)
    return values if any(values) else None


def record_of(segment: Segment, row: Mapping[str, Any], copy: int = 1) -> Record:
    """Make the record of a stored row; `copy` counts the different rows that share its key, from 1.

    Its id is `source/collection/key` with `/` and `%` of the key percent-encoded; parts of a composite key are joined
    by `|`; rows without a key are known by file name and line, with as much of the path as tells two files apart.
    """
    values = key_values(segment, row)
    if values is None:
        part = f"#{segment.contents.part}" if segment.contents.part else ""
        key = f"{segment.shown_name or PurePath(segment.file).name}{part}:{row['_line']}"
    else:
        key = "|".join(value.replace("%", "%25").replace("|", "%7C") if len(values) > 1 else value for value in values)
    numbered = key if copy == 1 else f"{key}#{copy}"
    declaration = segment.declaration
    return Record(
        record=f"{declaration.source}/{declaration.collection}/{escaped(numbered)}",
        source=declaration.source,
        collection=declaration.collection,
        key=key,
        file=segment.facts.path,
        line=row["_line"],
        lines=row["_lines"],
        fields=fields_of(segment, row),
    )


_BREAKING = re.compile(r"[/%\x00-\x1f]")


def escaped(key: str) -> str:
    """Percent-encode what would break a record id: `/`, `%` and control characters."""
    return _BREAKING.sub(lambda found: quote(found[0], safe=""), key)
