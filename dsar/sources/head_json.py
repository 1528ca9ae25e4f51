"""The head of a JSON file as values, as far as it can be read."""

from __future__ import annotations

import json
import re
from typing import Any


def _whole(text: str) -> int | str:
    """A number of more digits than Python reads is left as text."""
    return int(text) if len(text) < 4000 else text


DECODER = json.JSONDecoder(parse_int=_whole)


def value_of(line: str) -> Any:
    """Give the value of a line, None where it is not JSON; what is broken is counted when the file is read."""
    try:
        return DECODER.decode(line)
    except (ValueError, RecursionError):
        return None


def cut_document(text: str) -> Any:
    """Give what can be read of a cut-off JSON document: the records of a list, the members of an object.

    Raises ValueError where nothing can.
    """
    decoder, at = DECODER, len(text) - len(text.lstrip())
    closing: Any = [] if text[at] == "[" else {}
    at += 1
    while True:
        at = re.compile(r"[\s,]*").match(text, at).end()  # type: ignore[union-attr]  # matches always
        key = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*').match(text, at) if isinstance(closing, dict) else None
        if isinstance(closing, dict) and key is None:
            return closing
        try:
            value, at = decoder.raw_decode(text, key.end() if key else at)
        except ValueError:
            if key and text[key.end() : key.end() + 1] == "[":
                closing[key[1]] = cut_document(text[key.end() :])
            if not closing:
                raise
            return closing
        if key:
            closing[key[1]] = value
        else:
            closing.append(value)
