"""JSON documents and JSON lines: one record at a time, numbers kept as they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsar.errors import Unreadable
from dsar.sources.readers.rows import Row, opened, unreadable
from dsar.store.leaves import DECODER, MAX_DEPTH, as_text, leaves

_CHUNK = 1024 * 1024


class Documents:
    """The records of a JSON file, and the headings and leaf paths met while they were read."""

    def __init__(self, path: Path, encoding: str, records: str | None) -> None:
        self._path, self._encoding, self._records = path, encoding, records
        self.headings: dict[str, int] = {}
        self.leaves: dict[str, None] = {}

    def rows(self) -> Iterator[Row]:
        """Give a row a record; a line of JSON lines that does not parse is unreadable, a broken document is an error.

        Raises Unreadable for a document that ends too early, is nested too deeply, or holds no records.
        """
        for line, lines, value, raw in self._values():
            if raw is not None:
                yield unreadable(line, lines, raw, "not valid JSON")
            elif isinstance(value, dict):
                yield self._row(line, lines, value)
            else:
                yield unreadable(line, lines, json.dumps(value, ensure_ascii=False), "not a record")

    def _row(self, line: int, lines: int, record: dict[str, Any]) -> Row:
        cells: list[str | None] = [None] * len(self.headings)
        try:
            for key, value in record.items():
                number = self.headings.setdefault(key, len(self.headings))
                if number == len(cells):
                    cells.append(None)
                cells[number] = as_text(value)
            self.leaves.update(dict.fromkeys(leaves(record)))
        except RecursionError:
            raise Unreadable(f"{self._path.name}, line {line}: nested more than {MAX_DEPTH} levels deep.") from None
        return Row(line, lines, cells)

    def _values(self) -> Iterator[tuple[int, int, Any, str | None]]:
        with opened(self._path, self._encoding) as text:
            if self._records is not None:
                yield from self._members(self._decode(text.read()).get(self._records))
                return
            yield from _Stream(text, self._path.name).values()

    def _decode(self, text: str) -> dict[str, Any]:
        try:
            document = DECODER.decode(text)
        except (ValueError, RecursionError):
            raise Unreadable(f"{self._path.name} is not a whole JSON document.", hint="Export it again.") from None
        return document if isinstance(document, dict) else {}

    def _members(self, records: Any) -> Iterator[tuple[int, int, Any, str | None]]:
        if not isinstance(records, list):
            raise Unreadable(f"{self._path.name} has no list under the key that should hold its records.")
        # the lines inside one JSON text are not known once it is decoded: records are counted instead
        yield from ((number, 1, record, None) for number, record in enumerate(records, start=1))


class _Stream:
    """JSON values one after the other, in one list or a line each, read in pieces."""

    def __init__(self, text: Any, name: str) -> None:
        self._text, self._name = text, name
        self._buffer, self._at, self._line, self._ended = "", 0, 1, False

    def values(self) -> Iterator[tuple[int, int, Any, str | None]]:
        self._blank()
        if self._buffer[self._at : self._at + 1] == "[":
            self._at += 1
            yield from self._list()
            return
        while self._blank():
            yield self._value(by_line=True)

    def _list(self) -> Iterator[tuple[int, int, Any, str | None]]:
        while self._blank():
            char = self._buffer[self._at]
            if char == "]":
                self._at += 1
                if self._blank():
                    raise Unreadable(f"{self._name}, line {self._line}: text behind the end of the list.")
                return
            if char == ",":
                self._at += 1
                continue
            yield self._value(by_line=False)
        raise Unreadable(f"{self._name} ends before its list does.", hint="Export it again.")

    def _value(self, *, by_line: bool) -> tuple[int, int, Any, str | None]:
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
            except RecursionError:
                raise Unreadable(f"{self._name}, line {self._line}: nested too deeply.") from None
            except ValueError:
                if by_line and self._line_is_whole():
                    return self._bad_line()
                if not self._more():
                    if by_line:
                        return self._bad_line()
                    raise Unreadable(
                        f"{self._name}, line {self._line}: not valid JSON.", hint="Export it again."
                    ) from None
                continue
            if end == len(self._buffer) and self._more():
                continue  # a number or word may go on in the next piece
            first = self._line
            self._line += self._buffer.count("\n", self._at, end)
            self._at = end
            return first, self._line - first + 1, value, None

    def _line_is_whole(self) -> bool:
        """Whether the text at hand is a JSON line (a pretty-printed document goes on behind its first line)."""
        end = self._buffer.find("\n", self._at)
        return end >= 0 and self._buffer[self._at : end].strip() not in ("{", "[") and self._starts_anew(end)

    def _starts_anew(self, end: int) -> bool:
        while len(self._buffer) < end + 2 and self._more():
            pass
        return self._buffer[end + 1 : end + 2] in ("{", "[", "\n", "\r", "")

    def _bad_line(self) -> tuple[int, int, Any, str | None]:
        end = self._buffer.find("\n", self._at)
        end = len(self._buffer) if end < 0 else end
        raw, self._at = self._buffer[self._at : end].rstrip("\r"), end
        return self._line, 1, None, raw

    def _blank(self) -> bool:
        """Pass over white space; False at the end of the text."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in " \t\r\n\ufeff":
                self._line += self._buffer[self._at] == "\n"
                self._at += 1
            if self._at < len(self._buffer):
                return True
            if not self._more():
                return False

    def _more(self) -> bool:
        if self._ended:
            return False
        piece = self._text.read(_CHUNK)
        self._ended = not piece
        self._buffer, self._at = self._buffer[self._at :] + piece, 0
        return bool(piece)
