"""Read one export file: choose its collection and its reader, the fast one where that is safe."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.config import Source, plain
from dsar.errors import ConfigError, Incomplete, Unreadable
from dsar.sources.effective import Collection
from dsar.sources.readers import documents, lines, sheets, tables, w3c
from dsar.sources.readers.rows import OUTSIDE, Row, opened, spool
from dsar.sources.readers.scan import Scan, scan
from dsar.sources.registry import TABLE
from dsar.sources.sniff import DELIMITERS, Sniffed, heading_row, sniff, unique_headings
from dsar.store.build import Dialect, Grouping, counts, from_lines, from_split, from_spool, from_table, understands
from dsar.store.files import private_folder
from dsar.store.segments import Contents

if TYPE_CHECKING:
    import duckdb

MAX_BAD_SHARE = 0.1
"""A larger share of rows outside the encoding means that the encoding itself is wrong."""


@dataclass(frozen=True)
class Part:
    """One table of a file, read: its collection and what it holds."""

    collection: Collection
    contents: Contents


@dataclass(frozen=True)
class _Reading:
    """What the steps of reading one file share."""

    path: Path
    source: Source
    connection: duckdb.DuckDBPyConnection
    scan: Scan


def read_parts(
    path: Path, source: Source, candidates: Sequence[Collection], connection: duckdb.DuckDBPyConnection, folder: Path
) -> Iterator[Part]:
    """Write `records.parquet` of each part of the file into `folder`/000, /001, … and give what each holds.

    Raises Unreadable for a file that cannot be read as any candidate, and ConfigError for one that fits two.
    """
    _expect_dialect(source)
    sniffed = sniff(path, encoding=source.encoding, delimiter=source.delimiter)
    log = next((c for c in candidates if c.declared.format == "log"), None)
    if sniffed.guessed_encoding and not source.encoding:
        if log is None and sniffed.kind != "w3c":
            raise _not_utf8(path, sniffed.encoding)
        sniffed = replace(sniffed, encoding="utf-8")  # clients write any bytes into a log: that costs a line
    if sniffed.kind in ("text", "log") and log is None:
        sniffed = _known_by_headings(path, source, candidates, sniffed)
    reading = _Reading(path, source, connection, scan(path))
    if sniffed.kind == "xlsx":
        yield from _workbook(reading, candidates, folder)
        return
    out = folder / "000"
    private_folder(out)
    if log is not None:
        yield _log(reading, log, sniffed.encoding, out)
    elif sniffed.kind in ("json", "jsonl"):
        yield _documents(reading, candidates, sniffed, out)
    elif sniffed.kind == "w3c":
        yield _w3c(reading, candidates, sniffed, out)
    elif sniffed.kind == "table":
        yield _table(reading, candidates, sniffed, out)
    else:
        raise Unreadable(f"{path.name} is no table, JSON or known log.", hint="Name the connector that reads it.")


def _expect_dialect(source: Source) -> None:
    one = source.delimiter is None or (len(source.delimiter) == 1 and source.delimiter not in '\r\n"\0')
    if not one or len(source.quote or "") > 1 or source.quote in ("\r", "\n", "\0") or source.skip_lines < 0:
        raise ConfigError(
            f"dsar.toml: source `{source.name}` has an impossible `delimiter`, `quote` or `skip_lines`.",
            hint="Both marks are one character, or `quote` is empty; lines are counted from 0.",
        )


def _known_by_headings(path: Path, source: Source, candidates: Sequence[Collection], sniffed: Sniffed) -> Sniffed:
    """Take a file whose rows do not agree for a table all the same if its first line has the headings of one."""
    for delimiter in (source.delimiter,) if source.delimiter else DELIMITERS:
        table = replace(sniffed, kind="table", delimiter=delimiter)
        headings = _table_format(path, source, table).headings
        if any(_fits(c, headings, "table") and _specific(c, headings) for c in candidates):
            return table
    return sniffed


def choose(candidates: Sequence[Collection], headings: Sequence[str], form: str, name: str) -> Collection:
    """Choose the collection of a file by its headings: the most specific that fits, a tie is an error.

    Raises Unreadable where none fits (naming what is missing) or two fit alike.
    """
    fitting = [(_specific(c, headings), c) for c in candidates if _fits(c, headings, form)]
    if not fitting:
        missing = [column for c in candidates for column in c.declared.lacks(headings)]
        also = f" It lacks: {', '.join(missing[:5])}." if missing else ""
        raise Unreadable(f"{name} is none of the collections of its source.{also}", hint="Correct its source.")
    best = max(score for score, _ in fitting)
    chosen = [c for score, c in fitting if score == best]
    if len(chosen) > 1:
        names = " and ".join(f"`{c.name}`" for c in chosen)
        raise Unreadable(f"{name} fits {names} alike.", hint="Give each file a source of its own.")
    return chosen[0]


def _fits(collection: Collection, headings: Sequence[str], form: str) -> bool:
    if collection.source.connector == TABLE:
        return all(collection.written((column,), headings) for column in collection.spec.key if "[" not in column)
    return collection.declared.format == form and collection.declared.fits(headings)


def _specific(collection: Collection, headings: Sequence[str]) -> int:
    if collection.source.connector != TABLE:
        return len(collection.declared.columns)
    have = {plain(heading) for heading in headings}
    return sum(plain(name) in have for name in collection.spec.fields)


def _log(reading: _Reading, collection: Collection, encoding: str, out: Path) -> Part:
    import re

    pattern = collection.declared.pattern or ""
    groups = tuple(re.compile(pattern).groupindex)
    if not understands(reading.connection, pattern):
        raise Unreadable(
            f"The pattern of `{collection.name}` is not understood by RE2.", hint="Write it without look-around."
        )
    s, records = reading.scan, out / "records.parquet"
    clean = s.utf8 and not s.nuls and s.newline is not None and not s.blank_lines and "\v" in s.separators
    if clean and _is_utf8(encoding):
        dialect = Dialect(s.separators[0], "", 0, 1, "gzip" if s.compressed else "none")
        if _trusted(lambda: from_lines(reading.connection, reading.path, dialect, pattern, records)):
            found, covered = counts(reading.connection, records)
            if covered == s.lines:
                return Part(collection, _contents(collection, "", groups, (), s.sha256, found))
    found = _spooled(reading, lines.rows(reading.path, encoding, pattern), out, None)
    _expect_text(reading.path, encoding, found)
    return Part(collection, _contents(collection, "", groups, (), s.sha256, found))


def _table(reading: _Reading, candidates: Sequence[Collection], sniffed: Sniffed, out: Path) -> Part:
    form = _table_format(reading.path, reading.source, sniffed)
    collection = choose(candidates, form.headings, "table", reading.path.name)
    grouping = _grouping(collection, form.headings)
    s, records = reading.scan, out / "records.parquet"
    safe = s.utf8 and not s.nuls and s.newline is not None and not s.spaced_quotes and form.heading_lines == 1
    # in a single column DuckDB takes blank lines for rows and loses a delimiter at the end
    if safe and _is_utf8(form.encoding) and form.delimiter.isascii() and len(form.headings) > 1:
        compression = "gzip" if s.compressed else "none"
        skip = form.skip_lines + 1
        plain = Dialect(form.delimiter, form.quote, skip, len(form.headings), compression)
        # mostly a row is a line, which the count of lines proves; else the line feeds inside cells are counted
        for dialect in (plain, replace(plain, in_cells=True)):
            if not _copied(reading, dialect, grouping, records):
                break
            found, covered = counts(reading.connection, records)
            if covered + skip == s.lines:
                return Part(collection, _contents(collection, "", form.headings, (), s.sha256, found))
    found = _spooled(reading, tables.rows(reading.path, form), out, grouping, len(form.headings))
    _expect_text(reading.path, form.encoding, found)
    return Part(collection, _contents(collection, "", form.headings, (), s.sha256, found))


def _w3c(reading: _Reading, candidates: Sequence[Collection], sniffed: Sniffed, out: Path) -> Part:
    s, records = reading.scan, out / "records.parquet"
    if s.utf8 and not s.nuls and s.newline is not None and not s.blank_lines and "\v" in s.separators:
        one = w3c.alike(reading.path, sniffed.encoding)
        if one is not None and one[0].separator is not None:
            names = unique_headings(one[0].names)
            collection = choose(candidates, names, "w3c", reading.path.name)
            dialect = Dialect(s.separators[0], "", 0, len(names), "gzip" if s.compressed else "none")
            if _trusted(lambda: from_split(reading.connection, reading.path, dialect, one[0].separator, records)):
                found, covered = counts(reading.connection, records)
                if covered + one[1] == s.lines and not set(found) - {None}:
                    return Part(collection, _contents(collection, "", names, (), s.sha256, found))
    reader = w3c.Lines(reading.path, sniffed.encoding)
    found = _spooled(reading, reader.rows(), out, None, headings=reader.headings)
    _expect_text(reading.path, sniffed.encoding, found)
    headings = tuple(reader.headings)
    collection = choose(candidates, headings, "w3c", reading.path.name)
    return Part(collection, _contents(collection, "", headings, (), s.sha256, found))


def _copied(reading: _Reading, dialect: Dialect, grouping: Grouping | None, records: Path) -> bool:
    return _trusted(lambda: from_table(reading.connection, reading.path, dialect, grouping, records))


def _expect_text(path: Path, encoding: str, found: Mapping[str | None, int]) -> None:
    if found.get(OUTSIDE, 0) > max(1, MAX_BAD_SHARE * sum(found.values())):
        raise Unreadable(f"{path.name} is not {encoding} text.", hint="Name its `encoding`, e.g. cp1252.")


def _not_utf8(path: Path, guess: str) -> Unreadable:
    hint = f'Name its encoding in dsar.toml, e.g. encoding = "{guess}", and look at the umlauts.'
    return Unreadable(f"{path.name} is not UTF-8 text.", hint=hint)


def _documents(reading: _Reading, candidates: Sequence[Collection], sniffed: Sniffed, out: Path) -> Part:
    collection = choose(candidates, sniffed.headings, "json", reading.path.name)
    records, by_line = collection.declared.records or sniffed.records, sniffed.kind == "jsonl"
    reader = documents.Documents(reading.path, sniffed.encoding, records, by_line=by_line)
    found = _spooled(reading, reader.rows(), out, None, headings=reader.headings)
    _expect_text(reading.path, sniffed.encoding, found)
    headings, leaves = tuple(reader.headings), tuple(reader.leaves)
    return Part(collection, _contents(collection, "", headings, leaves, reading.scan.sha256, found, json=True))


def _workbook(reading: _Reading, candidates: Sequence[Collection], folder: Path) -> Iterator[Part]:
    for number, (name, cells) in enumerate(sheets.sheets(reading.path)):
        start, width = heading_row(cells)
        headings = unique_headings(cells[start][:width])
        collection = choose(candidates, headings, "table", f"{reading.path.name}, sheet {number + 1}")
        out = folder / f"{number:03d}"
        private_folder(out)
        grouping = _grouping(collection, headings)
        found = _spooled(reading, sheets.rows(cells, start + 1, width), out, grouping, width)
        yield Part(collection, _contents(collection, name, headings, (), reading.scan.sha256, found))


def _table_format(path: Path, source: Source, sniffed: Sniffed) -> tables.TableFormat:
    """Settle how a table is written; what dsar.toml declares wins over what was seen."""
    skip = source.skip_lines or sniffed.skip_lines
    delimiter = source.delimiter or sniffed.delimiter or ","
    quote = sniffed.quote if source.quote is None else source.quote
    encoding = source.encoding or sniffed.encoding
    with opened(path, encoding) as text:
        for _ in range(skip):
            next(text, None)
        reader = csv.reader(text, delimiter=delimiter, quotechar=quote or None, quoting=0 if quote else 3)
        cells = next(reader, [])
    return tables.TableFormat(encoding, delimiter, quote, skip, unique_headings(cells), reader.line_num)


def _spooled(
    reading: _Reading, rows: Iterator[Row], out: Path, grouping: Grouping | None, width: int = 1,
    headings: dict[str, int] | None = None,
) -> dict[str | None, int]:  # fmt: skip
    """Read a file row by row, exactly, by way of a spool that is gone when the rows are stored.

    Gives how many rows were loaded (None) and how many are unreadable for which reason, counted twice: by the reader
    and in the store. Raises Incomplete where the two differ.
    """
    path, records = out / "spool.jsonl", out / "records.parquet"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            tally = spool(rows, file)
        from_spool(reading.connection, path, max(width, len(headings or ()), 1), grouping, records)
    finally:
        path.unlink(missing_ok=True)
    found, _ = counts(reading.connection, records)
    if found != tally:
        raise Incomplete(f"{reading.path.name}: not every row that was read was stored.", hint="Please report this.")
    return found


def _grouping(collection: Collection, headings: Sequence[str]) -> Grouping | None:
    declared = collection.declared.continues
    if declared is None or not collection.written((declared.by,), headings):
        return None
    place = {heading: number for number, heading in enumerate(headings)}
    by = place[collection.written((declared.by,), headings)[0]]
    carry = collection.written(declared.carry, headings)
    key = (place[name] for name in collection.written(collection.spec.key, headings) if name in carry)
    return Grouping(by, tuple(place[name] for name in carry), tuple(key))


def _trusted(copy: object) -> bool:
    """Whether the fast reader took the file; where it does not, the exact one says row by row why."""
    import duckdb

    try:
        copy()  # type: ignore[operator]
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        return False
    return True


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig", "ascii")


def _contents(
    collection: Collection, part: str, headings: tuple[str, ...], leaves: tuple[str, ...], sha256: str,
    found: dict[str | None, int], *, json: bool = False,
) -> Contents:  # fmt: skip
    """Give what a part holds: rows read = rows loaded + rows unreadable."""
    loaded = found.get(None, 0)
    reasons = {reason: number for reason, number in found.items() if reason is not None}
    bad = sum(reasons.values())
    return Contents(collection.name, part, headings, leaves, sha256, loaded + bad, loaded, bad, reasons)
