"""What looking at a file tells of it, in frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Kind = Literal["table", "json", "jsonl", "log", "w3c", "xlsx", "sections", "text"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook that is not empty: its name, its headings and some of its rows as text."""

    name: str
    heading_row: int
    """Counted from 1."""
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file is, told from its first `HEAD` bytes."""

    path: Path
    kind: Kind
    gz: bool = False
    encoding: str = "utf-8"
    guessed_encoding: bool = False
    """True where a detector chose the encoding: a person must confirm it."""
    delimiter: str | None = None
    quote: str = '"'
    escape: str = ""
    """The backslash, where cells show that it stands before marks."""
    terminator: str = "\n"
    skip_lines: int = 0
    """Physical lines before the headings."""
    heading_lines: int = 1
    """Physical lines that the headings cover."""
    headings: tuple[str, ...] = ()
    """Tables: the headings, made unique. JSON: keys of the first records."""
    rows: tuple[tuple[str, ...], ...] = ()
    """Tables: up to `SAMPLE_ROWS` rows as text."""
    shape: Literal["list", "object", "lines"] | None = None
    """JSON: the document is a list of records, one object, or a record a line."""
    records: str | None = None
    """JSON: the key that holds the records, where the document is a wrapper around them."""
    lists: tuple[tuple[str, tuple[dict[str, Any], ...]], ...] = ()
    """JSON: the records under each key of the document that holds a list of objects."""
    several: tuple[str, ...] = ()
    """JSON: the paths of its lists, where the document wraps several lists of records."""
    outer: tuple[str, ...] = ()
    """JSON: the keys of the document itself, where it is an object."""
    objects: tuple[dict[str, Any], ...] = ()
    """JSON: the first records."""
    sheets: tuple[Sheet, ...] = ()
    lines: tuple[str, ...] = ()
    """Logs and other text: the first lines."""
    problems: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    """The head of a text file."""
