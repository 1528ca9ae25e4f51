"""JSON documents and JSON lines: one record at a time, numbers kept as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from dsar.errors import Unreadable
from dsar.sources.limits import MOST_COLUMNS, TOO_LARGE, current, largest
from dsar.sources.readers.rows import OUTSIDE, Row, is_outside, opened, unreadable, visible
from dsar.store.leaves import DECODER, MAX_DEPTH, Number, as_text, leaves, step, steps

_CHUNK = 1024 * 1024
_ESCAPED = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_OUTSIDE, _INSIDE = re.compile(r'["\[\]{}]'), re.compile(r'"|\\(?:.|\Z)', re.DOTALL)
"""What decides where a value ends: outside of its texts, and inside of one."""
_TOKEN = 16
"""No word or escape of JSON is longer: an error that far from the end of the text at hand is none of a cut."""


@dataclass(frozen=True, slots=True)
class _Value:
    """One JSON value as it stands in the file, with its first line and how many it covers."""

    line: int
    lines: int
    raw: str
    value: Any
    bad: str | None = None


class Documents:
    """The records of a JSON file, and the headings and leaf paths met while they were read."""

    def __init__(
        self, path: Path, encoding: str, records: str | None, *, by_line: bool, others: frozenset[str] = frozenset()
    ) -> None:
        """`records` is the path of the list that holds them, `others` those that somebody else reads."""
        self._path, self._encoding, self._records, self._by_line = path, encoding, records, by_line
        self._others = others
        self._above = MAX_DEPTH + 1 - current().depth
        self.headings: dict[str, int] = {}
        self.leaves: dict[str, None] = {}

    def rows(self) -> Iterator[Row]:
        """Give a row a record; what is no record, holds foreign bytes or is nested too deeply is unreadable.

        So is a list of other records beside them, unless it is one of `others`, and a line of JSON lines that does not
        parse. Raises Unreadable for a document that ends too early, does not parse, or holds no records.
        """
        with opened(self._path, self._encoding) as text:
            stream = _Stream(text, self._path.name)
            for found in stream.lines() if self._by_line else stream.values(self._records, self._others):
                bad = found.bad or (OUTSIDE if is_outside(found.raw) else None)
                if bad is None and not isinstance(found.value, dict):
                    bad = "not a record"
                yield unreadable(found.line, found.lines, found.raw, bad) if bad else self._row(found)

    def _row(self, found: _Value) -> Row:
        try:
            record = _shown(found.value) if _ESCAPED.search(found.raw) else found.value
            cells = {key: as_text(value, self._above) for key, value in record.items()}
        except RecursionError:
            return unreadable(found.line, found.lines, found.raw, "nested too deeply")
        paths = dict.fromkeys(leaves(record))
        if len(self.leaves) + len(paths.keys() - self.leaves.keys()) > MOST_COLUMNS:
            return unreadable(found.line, found.lines, found.raw, f"over {MOST_COLUMNS} different keys")
        for key in cells:
            self.headings.setdefault(key, len(self.headings))
        self.leaves.update(paths)
        return Row(found.line, found.lines, [cells.get(name) for name in self.headings])


def _shown(value: Any) -> Any:
    """The value with every NUL and lone surrogate as a visible escape, at any depth: neither can be stored."""
    if isinstance(value, dict):
        return {visible(key): _shown(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_shown(element) for element in value]
    return visible(value) if isinstance(value, str) and not isinstance(value, Number) else value


_ABOUT = re.compile(r"https?://[^\s@]*|[a-z0-9_.:+/-]*|[0-9TZ:.+ -]*")
"""What systems say about a list: a link to the next page, a state, a time."""


_PAGING = re.compile(r"offset|cursor|token|next|prev|^after|^before|^_?links$|^paging$|etag", re.IGNORECASE)
"""Keys under which systems say how to fetch more of a list; what stands there looks like words."""


def _is_paging(key: str, found: _Value) -> bool:
    return _PAGING.search(key) is not None and "@" not in found.raw


def _may_be_records(found: _Value) -> bool:
    """Whether what stands beside the records may be about people: other records, an address, words."""
    if isinstance(found.value, list) and any(isinstance(element, dict) for element in found.value):
        return True
    if isinstance(found.value, str) and not isinstance(found.value, Number):
        return not _ABOUT.fullmatch(found.value)
    return "@" in found.raw


def outline(path: Path, encoding: str, most: int) -> dict[str, Any]:
    """Give the object that a JSON file is, with at most `most` elements of each of its lists, read in pieces.

    Raises Unreadable for what is no such object.
    """
    with opened(path, encoding) as text:
        return _Stream(text, path.name).outline(most)


class _Stream:
    """JSON values one after the other, in one list or a line each, read in pieces."""

    def __init__(self, text: TextIOWrapper, name: str) -> None:
        self._text, self._name = text, name
        self._buffer, self._at, self._line, self._ended = "", 0, 1, False
        self._most = largest()

    def values(self, records: str | None, others: frozenset[str]) -> Iterator[_Value]:
        """Give the values of the list under the key `records`, of the list that the file is, or those it holds."""
        if records is not None:
            found: list[bool] = []
            yield from self._under(steps(records), others, "", found)
            self._end()
            if not found:
                raise Unreadable(f"{self._name} has no list under the key that should hold its records.")
        elif self._starts("["):
            yield from self._list()
            self._end()
        else:
            yield from self.lines()

    def lines(self) -> Iterator[_Value]:
        """Give the values that stand one after the other, in lines of their own."""
        while self._blank():
            yield self._value(by_line=True)

    def _under(
        self, wanted: tuple[str | None, ...], others: frozenset[str], path: str, found: list[bool]
    ) -> Iterator[_Value]:
        """Give the values of the list at the path `wanted`, and whatever else of the object may be records."""
        if not self._starts("{"):
            raise self._broken("not valid JSON")
        while not self._starts("}"):
            if self._starts(","):
                continue
            key = self._value(by_line=False).value
            here = f"{path}.{step(str(key))}" if path else step(str(key))
            if not self._starts(":"):
                raise self._broken("not valid JSON")
            if key == wanted[0] and not found and len(wanted) == 1 and self._starts("["):
                found.append(True)
                yield from self._list()
            elif key == wanted[0] and not found and len(wanted) > 1 and self._next() == "{":
                yield from self._under(wanted[1:], others, here, found)
            elif self._blank():
                beside = self._value(by_line=False)
                if beside.bad:
                    yield beside
                elif here not in others and not _is_paging(str(key), beside) and _may_be_records(beside):
                    yield replace(beside, bad="beside the records")

    def outline(self, most: int) -> dict[str, Any]:
        """Give the object that the file is, with at most `most` elements of each list in it."""
        found: dict[str, Any] = {}
        if not self._starts("{"):
            raise self._broken("not valid JSON")
        while not self._starts("}"):
            if self._starts(","):
                continue
            key = str(self._value(by_line=False).value)
            if not self._starts(":"):
                raise self._broken("not valid JSON")
            if self._starts("["):
                found[key] = [value.value for number, value in enumerate(self._list()) if number < most]
            elif self._blank():
                found[key] = self._value(by_line=False).value
        return found

    def _next(self) -> str:
        return self._buffer[self._at] if self._blank() else ""

    def _list(self) -> Iterator[_Value]:
        while not self._starts("]"):
            if not self._starts(","):
                yield self._value(by_line=False)

    def _end(self) -> None:
        if self._blank():
            raise self._broken("text behind the end of the document")

    def _broken(self, why: str) -> Unreadable:
        return Unreadable(f"{self._name}, line {self._line}: {why}.", hint="Export it again.")

    def _starts(self, char: str) -> bool:
        """Pass over a character if it comes next; raises Unreadable where the document ends before it is whole."""
        if not self._blank():
            raise Unreadable(f"{self._name} ends before its document does.", hint="Export it again.")
        found = self._buffer[self._at] == char
        self._at += found
        return found

    def _value(self, *, by_line: bool) -> _Value:
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
            except RecursionError:
                if by_line:
                    return self._bad_line("nested too deeply")
                raise self._broken("nested too deeply") from None
            except ValueError as error:
                place = getattr(error, "pos", 0)
                cut = place + _TOKEN > len(self._buffer) or str(error).startswith("Unterminated")
                if cut and len(self._buffer) - self._at > self._most:
                    return self._bad_line(TOO_LARGE) if by_line else self._too_large()
                if cut and self._more():
                    continue
                if by_line:
                    return self._bad_line("not valid JSON")
                raise self._broken("not valid JSON") from None
            if end == len(self._buffer) and self._more():
                continue  # a number or word may go on in the next piece
            if end - self._at > self._most:
                return self._passed(end, None, TOO_LARGE)
            return self._passed(end, value)

    def _passed(self, end: int, value: Any, bad: str | None = None) -> _Value:
        raw, first = self._buffer[self._at : end], self._line
        self._line += raw.count("\n")
        self._at = end
        return _Value(first, self._line - first + 1, raw.rstrip("\r"), value, bad)

    def _bad_line(self, why: str) -> _Value:
        while (end := self._buffer.find("\n", self._at)) < 0 and len(self._buffer) - self._at <= self._most:
            if not self._more():
                break
        bad = self._passed(len(self._buffer) if end < 0 else end, None, why)
        while end < 0 and self._more():
            end = self._buffer.find("\n")
            self._at = len(self._buffer) if end < 0 else end
        return bad

    def _too_large(self) -> _Value:
        """Pass over a list, object or text beyond the limits, of which only the beginning is kept."""
        first, kept, depth, inside = self._line, self._buffer[self._at : self._at + self._most], 0, False
        while True:
            found = (_INSIDE if inside else _OUTSIDE).search(self._buffer, self._at)
            cut = found is None or found[0] == "\\"  # an escape that goes on in the next piece
            end = found.end() - cut if found else len(self._buffer)
            self._line += self._buffer.count("\n", self._at, end)
            self._at = end
            if found is None or cut:
                if not self._more():
                    raise self._broken("the document ends before it is whole")
                continue
            inside = inside != (found[0] == '"')
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found[0], 0)
            if depth <= 0 and not inside:
                return _Value(first, self._line - first + 1, kept, None, TOO_LARGE)

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
        """Read a piece, as large as what is at hand, so that a long record is not parsed again and again."""
        if self._ended:
            return False
        kept = self._buffer[self._at :]
        piece = self._text.read(max(_CHUNK, len(kept)))
        self._ended = not piece
        self._buffer, self._at = kept + piece, 0
        return bool(piece)
