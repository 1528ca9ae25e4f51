"""Read a delimited table: by the fast reader where that is safe, row by row where it is not, with the same rows."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dsar.config import Source
from dsar.sources.choice import choose
from dsar.sources.effective import Collection
from dsar.sources.headings import joined_headings, unique_headings
from dsar.sources.limits import MB
from dsar.sources.readers import escaped, tables
from dsar.sources.readers.rows import Row, opened
from dsar.sources.readers.scan import Scan, scan
from dsar.sources.sniffed import Sniffed
from dsar.sources.stored import Part, Reading, contents, expect_text, fast_line, is_utf8, spooled, trusted
from dsar.store.build import Dialect, Grouping, counts, from_table


def read_table(reading: Reading, candidates: Sequence[Collection], sniffed: Sniffed, out: Path) -> Part:
    """Read a table as the most specific collection that its headings fit."""
    form = table_format(reading.path, reading.source, sniffed)
    collection = choose(candidates, form.headings, "table", reading.path.name)
    form = replace(form, escape=reading.source.escape or collection.declared.escape or "")
    if form.escape or collection.declared.clean:
        rows = escaped.rows if form.escape else tables.rows
        return exact(reading, collection, rows(reading.path, form), out, form.headings, encoding=form.encoding)
    grouping = _grouping(collection, form.headings)
    with _as_utf8(reading, form, out) as (path, seen):
        found = None if seen is None else _fast(replace(reading, path=path, scan=seen), form, grouping, out)
    if found is not None:
        return Part(collection, contents(collection, "", form.headings, (), reading.scan.sha256, found))
    return exact(reading, collection, tables.rows(reading.path, form), out, form.headings, encoding=form.encoding)


def exact(
    reading: Reading, collection: Collection, rows: Iterator[Row], out: Path, headings: tuple[str, ...],
    part: str = "", encoding: str = "",
) -> Part:  # fmt: skip
    """Store the rows that an exact reader gives, through the connector's code where it cleans them."""
    grouping = _grouping(collection, headings)
    places = {name: number for number, name in enumerate(headings)}
    found = spooled(reading, rows, out, grouping, headings=places, clean=collection.declared.clean)
    if encoding:
        expect_text(reading.path, encoding, found)
    return Part(collection, contents(collection, part, tuple(places), (), reading.scan.sha256, found))


def _fast(
    reading: Reading, form: tables.TableFormat, grouping: Grouping | None, out: Path
) -> dict[str | None, int] | None:
    """Let DuckDB read the file, and give what it counted; None where its rows may not be those of the exact reader."""
    s, records = reading.scan, out / "records.parquet"
    safe = s.utf8 and not s.nuls and s.newline is not None and not s.spaced_quotes and form.heading_lines < 2
    # in a single column DuckDB takes blank lines for rows and loses a delimiter at the end
    if not safe or not form.delimiter.isascii() or len(form.headings) < 2:
        return None
    compression = "gzip" if s.compressed else "none"
    skip = form.skip_lines + form.heading_lines
    plain = Dialect(form.delimiter, form.quote, skip, len(form.headings), compression, longest=fast_line())
    # mostly a row is a line, which the count of lines proves; else the line feeds inside cells are counted
    for dialect in (plain, replace(plain, in_cells=True)):
        if not _copied(reading, dialect, grouping, records):
            break
        found, covered = counts(reading.connection, records)
        if covered + skip == s.lines:
            return found
    return None


def _copied(reading: Reading, dialect: Dialect, grouping: Grouping | None, records: Path) -> bool:
    return trusted(lambda: from_table(reading.connection, reading.path, dialect, grouping, records))


@contextmanager
def _as_utf8(reading: Reading, form: tables.TableFormat, out: Path) -> Iterator[tuple[Path, Scan | None]]:
    """Give the file as UTF-8 with what its bytes say: itself, or a copy beside the rows that is gone afterwards.

    None for what its bytes say where one of them is none in its encoding: that costs rows, which only the exact reader
    tells one by one.
    """
    if is_utf8(form.encoding):
        yield reading.path, reading.scan
        return
    copy = out / "utf8.txt"
    try:
        yield copy, scan(copy) if _transcoded(reading.path, form.encoding, copy) else None
    finally:
        copy.unlink(missing_ok=True)


def _transcoded(path: Path, encoding: str, copy: Path) -> bool:
    """Write a file as UTF-8, a piece at a time; False where a byte is none in its encoding."""
    with (
        opened(path, encoding) as text,
        open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
    ):
        try:
            while piece := text.read(MB):
                file.write(piece.encode())
        except UnicodeEncodeError:
            return False
    return True


def table_format(path: Path, source: Source, sniffed: Sniffed) -> tables.TableFormat:
    """Settle how a table is written; what dsar.toml declares wins over what was seen."""
    skip = source.skip_lines or sniffed.skip_lines
    delimiter = source.delimiter or sniffed.delimiter or ","
    quote = sniffed.quote if source.quote is None else source.quote
    encoding = source.encoding or sniffed.encoding
    if source.headings:
        return tables.TableFormat(encoding, delimiter, quote, skip, unique_headings(source.headings), 0)
    with opened(path, encoding) as text:
        for _ in range(skip):
            next(text, None)
        reader = csv.reader(text, delimiter=delimiter, quotechar=quote or None, quoting=0 if quote else 3)
        cells = next(reader, [])
        lines = reader.line_num
        if sum(map(bool, cells)) < len(cells) and (joined := joined_headings(cells, next(reader, []))):
            cells, lines = list(joined), reader.line_num
    return tables.TableFormat(encoding, delimiter, quote, skip, unique_headings(cells), lines)


def _grouping(collection: Collection, headings: Sequence[str]) -> Grouping | None:
    declared = collection.declared.continues
    if declared is None or not collection.written((declared.by,), headings):
        return None
    place = {heading: number for number, heading in enumerate(headings)}
    by = place[collection.written((declared.by,), headings)[0]]
    carry = collection.written(declared.carry, headings)
    key = (place[name] for name in collection.written(collection.spec.key, headings) if name in carry)
    return Grouping(by, tuple(place[name] for name in carry), tuple(key), declared.blank)
