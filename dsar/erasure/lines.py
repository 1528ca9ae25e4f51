"""Where a record stands in export files that are made of lines, so that it can be cut out of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from dsar.model import Record

_SUFFIXES = (".csv", ".tsv", ".txt", ".log", ".jsonl", ".ndjson")

Place = tuple[str, int, int]
"""(file, first line, number of lines)"""


def places(record: Record) -> tuple[Place, ...]:
    """Every place where the record stands: its own, and those of equal rows (Art. 17: no copy may survive)."""
    return tuple(dict.fromkeys(((record.file, record.line, record.lines), *record.also)))


def made_of_lines(file: str) -> bool:
    """Whether a file, by its name, is one whose lines can be cut out; an archive and a document are not."""
    name = file.casefold().rsplit("/", 1)[-1].removesuffix(".gz")
    return ".zip" not in file.casefold() and (name.endswith(_SUFFIXES) or ".log" in name)


def lines_text(standing: Sequence[Place]) -> str:
    """Name lines for people: `line 4, lines 9-10; in b.csv: line 2`; the first file is the one they know already."""
    by_file: dict[str, list[str]] = {}
    for file, line, count in standing:
        by_file.setdefault(file, []).append(f"line {line}" if count == 1 else f"lines {line}-{line + count - 1}")
    first, *others = by_file.items()
    return "; ".join([", ".join(first[1]), *(f"in {PurePath(file).name}: {', '.join(said)}" for file, said in others)])
