"""The texts of the finished files of a package, read back from their bytes and by other code than wrote them."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from dsar.config import FieldSpec
from dsar.redaction.documents import text_of
from dsar.redaction.places import Place

_SHEET_TEXT = re.compile(r"<t(?:\s[^>]*)?>([^<]*)</t>|<v>([^<]*)</v>")
_XLSX_ESCAPE = re.compile("_x([0-9A-F]{4})_")


def texts_of(name: str, data: bytes) -> str:
    """Give all text of a file that dsar wrote: HTML, PDF, XLSX (every part of it), JSON, plain text."""
    if name.endswith(".xlsx"):
        return "\n".join(_sheets(data))
    if name.endswith(".json"):
        return "\n".join(_strings(json.loads(data)))
    return text_of(data, name[name.rfind(".") :])


def _sheets(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            part = archive.read(name).decode("utf-8")
            found = _SHEET_TEXT.findall(part) if name.startswith("xl/worksheets") else [(part, "")]
            for text, number in found:
                yield _XLSX_ESCAPE.sub(lambda hit: chr(int(hit[1], 16)), html.unescape(text or number))


def _strings(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            stack.extend([*one.values(), *one])
        elif isinstance(one, list):
            stack.extend(one)


def places_in(data: bytes) -> Iterator[Place]:
    """Give every value of the records in data.json as a place, with what its column says of it."""
    document = json.loads(data)
    columns: Mapping[tuple[str, str, str], Any] = {
        (part["source"], part["collection"], column["name"]): column
        for part in document.get("collections", ())
        for column in part.get("columns", ())
    }
    for record in document.get("records", ()):  # there are none where only the categories are told
        for name, value in record["fields"].items():
            column = columns.get((record["source"], record["collection"], name), {})
            category = column.get("category")
            spec = FieldSpec(
                category=None if category == "unclassified" else category,
                third_party=bool(column.get("third_party")),
                given=column.get("given"),
            )
            if isinstance(value, str) and value:
                yield Place(record["record"], name, value, spec)
