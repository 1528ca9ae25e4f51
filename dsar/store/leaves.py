"""JSON values as text cells and leaves: numbers as they were written, nothing dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 200
ANY = None
"""The part of a path that stands for any element of a list, written `[*]`."""
_UNCLEAR = re.compile(r'[."\[]')
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PART = re.compile(rf'\[\*\]|({_QUOTED})|([^."\[]+)', re.DOTALL)
_INDEX = re.compile(rf"{_QUOTED}|(\[\d+\])", re.DOTALL)


class Number(str):
    """A JSON number as it was written: `1.50` stays `1.50`, an id of 30 digits stays whole."""

    __slots__ = ()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keep every member, a repeated key as `key#2`: nothing is dropped in silence."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        name, copy = key, 2
        while name in found:
            name, copy = f"{key}#{copy}", copy + 1
        found[name] = value
    return found


DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_pairs)


def as_text(value: Any, depth: int = 0) -> str | None:
    """Give a JSON value as a cell: text as it is, null as None, anything nested as compact JSON."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    return _nested(value, depth)


def _nested(value: Any, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = (f"{json.dumps(key, ensure_ascii=False)}:{_nested(v, depth + 1)}" for key, v in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_nested(element, depth + 1) for element in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def step(key: str) -> str:
    """Write one key as a path shows it: as it is, or in quotes where `.`, `[` or `"` of its own would mislead."""
    if key and not _UNCLEAR.search(key):
        return key
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def steps(leaf: str) -> tuple[str | None, ...]:
    """Split the path of a leaf into its keys and `ANY`, such as (`emails`, ANY, `value`): what `step` wrote, undone."""
    return tuple(_part(found) for found in _PART.finditer(leaf))


def _part(found: re.Match[str]) -> str | None:
    quoted, simple = found.groups()
    return re.sub(r"\\(.)", r"\1", quoted[1:-1], flags=re.DOTALL) if quoted else simple


def generic(name: str) -> str:
    """The path of a leaf with `[*]` for its indices, as declarations write it; an index inside a quoted key stays."""
    return _INDEX.sub(lambda found: "[*]" if found[1] else found[0], name)


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Give the path of every leaf of a value, with `[*]` for any index; its keys as `step` writes them."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from leaves(member, f"{path}.{step(key)}" if path else step(key))
    elif isinstance(value, list) and value:
        for element in value:
            yield from leaves(element, f"{path}[*]")
    else:
        yield path


def flat(value: Any, path: str) -> Iterator[tuple[str, str | None]]:
    """Give every leaf of a value as (path with its indices, text), in the order of the document."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from flat(member, f"{path}.{step(key)}")
    elif isinstance(value, list) and value:
        for index, element in enumerate(value):
            yield from flat(element, f"{path}[{index}]")
    else:
        yield path, as_text(value)
