"""What a connector's `hook.py` may import: records as it gives them, and the lines of a file as it finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from dsar.sources.readers.rows import fed_lines, opened

ENCODING: ContextVar[str] = ContextVar("encoding", default="utf-8")
"""That of the file at hand: as dsar.toml or the file's own mark says."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its fields as text, unchanged, and the physical lines that it covers, counted from 1."""

    fields: Mapping[str, str]
    line: int
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Unread:
    """Lines that should be a record and are not understood, and why in words that hold no value of the file.

    Their raw text is kept, counted and searched, as that of every unreadable row.
    """

    line: int
    lines: int = 1
    reason: str = "unparsed"


@dataclass(frozen=True, slots=True)
class Passed:
    """Lines that are no record and tell of nobody: the head of a file, a comment, an end mark."""

    line: int
    lines: int = 1


def lines(path: Path, encoding: str | None = None) -> Iterator[tuple[int, str]]:
    """Give the physical lines of a plain or gzipped text with their numbers, without their ends.

    Lines end at a line feed only. `encoding` is that of the file at hand if absent; with `latin-1` every byte is one
    character, for forms that say of each part how it is encoded. Bytes that are none in the encoding come out as lone
    surrogates, and make the record unreadable that holds them.
    """
    with opened(path, encoding or ENCODING.get()) as text:
        yield from ((number, line) for number, line, _ in fed_lines(text))


def unfolded(path: Path) -> Iterator[tuple[int, int, str]]:
    """Give logical lines: those that begin with a blank continue the one above (vCard, iCalendar, LDIF).

    Each with the number of its first physical line and how many it covers; an empty line stands for itself.
    """
    first, kept = 0, list[str]()
    for number, line in lines(path):
        if kept and kept[0] and line[:1] in (" ", "\t"):
            kept.append(line[1:])
            continue
        if kept:
            yield first, len(kept), "".join(kept)
        first, kept = number, [line]
    if kept:
        yield first, len(kept), "".join(kept)
