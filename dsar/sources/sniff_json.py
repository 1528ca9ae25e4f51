"""Whether a file is JSON, and in which shape its records lie in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from dsar.errors import Unreadable
from dsar.sources.head import Head
from dsar.sources.head_json import DECODER, cut_document, value_of
from dsar.sources.headings import SAMPLE_ROWS
from dsar.sources.readers.documents_apart import outline
from dsar.sources.sniffed import Sniffed
from dsar.store.leaves import step


def as_json(base: Sniffed, head: Head) -> Sniffed | None:
    """The file as JSON or JSON lines, or None where it is neither."""
    text, whole = head.text, head.whole
    if text.lstrip()[:1] not in ("{", "["):
        return None
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    used = lines[: SAMPLE_ROWS + 1] if whole or len(lines) > SAMPLE_ROWS else lines[:-1]
    objects = tuple(item for line in used if isinstance(item := value_of(line), dict))
    by_line = replace(base, kind="jsonl", shape="lines", objects=objects, headings=_keys(objects))
    if len(lines) > 1 and isinstance(value_of(lines[0]), dict):
        return by_line
    try:
        document = DECODER.decode(text) if whole else _cut(base, text)
    except RecursionError:
        raise Unreadable(f"{base.path.name} is nested too deep.", hint="Flatten it, or leave it out.") from None
    except ValueError:
        if len(objects) > len(used) / 2:  # the first of its lines is broken, which its reader tells
            return by_line
        if whole and base.path.suffix.lower() == ".json":
            raise Unreadable(f"{base.path.name} is not valid JSON.", hint="Export it again.") from None
        return None
    return _document(base, document)


def _cut(base: Sniffed, text: str) -> Any:
    """The start of a long document; of an object all keys, since whole lists may stand behind the head."""
    if text.lstrip()[:1] == "{" and isinstance(cut_document(text), dict):
        with suppress(Unreadable):  # its reader will tell
            return outline(base.path, base.encoding, SAMPLE_ROWS)
    return cut_document(text)


def _document(base: Sniffed, document: Any) -> Sniffed:
    if isinstance(document, list):
        objects = tuple(item for item in document[:SAMPLE_ROWS] if isinstance(item, dict))
        return replace(base, kind="json", shape="list", objects=objects, headings=_keys(objects))
    lists = tuple(_lists(document, ""))
    full = tuple(step(key) for key, value in document.items() if isinstance(value, list) and dict(lists)[step(key)])
    other = len(document) - len(full)
    # A record has an id or many keys of its own; a wrapper has lists and a little about them (`{"data": […]}`).
    wraps = "id" not in document and other <= 4
    alone = sum(isinstance(value, list) for value in document.values()) == 1
    wrapper = full[0] if full and alone and wraps else None
    objects = dict(lists)[wrapper] if wrapper else (document,)
    return replace(
        base,
        kind="json",
        shape="object",
        records=wrapper,
        lists=lists,
        several=full if wraps and len(full) > 1 else (),
        outer=tuple(document),
        objects=objects,
        headings=_keys(objects),
    )


def _lists(document: dict[str, Any], path: str) -> Iterator[tuple[str, tuple[dict[str, Any], ...]]]:
    """The lists of a document by their path, with their first objects; those of the objects in it, too."""
    for key, value in document.items():
        here = f"{path}.{step(key)}" if path else step(key)
        if isinstance(value, list):
            yield here, tuple(item for item in value[:SAMPLE_ROWS] if isinstance(item, dict))
        elif isinstance(value, dict) and not path:
            yield from (found for found in _lists(value, here) if found[1])


def _keys(objects: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for item in objects for key in item))
