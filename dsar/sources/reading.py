"""Read one export file: choose its collection and its reader, the fast one where that is safe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.config import Source
from dsar.errors import ConfigError, Unreadable
from dsar.sources.choice import choose, fits, specific
from dsar.sources.effective import Collection
from dsar.sources.headings import sheet_headings
from dsar.sources.readers import sheets, tables
from dsar.sources.readers.rows import Row, opened, unreadable
from dsar.sources.readers.scan import scan
from dsar.sources.reading_hook import begun, read_hooked
from dsar.sources.reading_json import read_documents
from dsar.sources.reading_logs import read_log, read_w3c
from dsar.sources.reading_table import exact, read_table, table_format
from dsar.sources.sections import Section, sections_in
from dsar.sources.sniff import DELIMITERS, best_delimiter, sniff
from dsar.sources.sniffed import Sniffed
from dsar.sources.stored import Part, Reading
from dsar.store.files import private_folder

if TYPE_CHECKING:
    import duckdb


def read_parts(
    path: Path, source: Source, candidates: Sequence[Collection], connection: duckdb.DuckDBPyConnection, folder: Path
) -> Iterator[Part]:
    """Write `records.parquet` of each part of the file into `folder`/000, /001, … and give what each holds.

    Raises Unreadable for a file that cannot be read as any candidate, and ConfigError for one that fits two.
    """
    _expect_dialect(source)
    sniffed = sniff(path, encoding=source.encoding, delimiter=source.delimiter)
    hooked = begun(candidates, sniffed)
    log = next((c for c in candidates if c.declared.format == "log"), None)
    if sniffed.guessed_encoding and not source.encoding:
        if not (hooked or log) and sniffed.kind != "w3c":
            raise _not_utf8(path, sniffed.encoding)
        sniffed = replace(sniffed, encoding="utf-8")  # clients write any bytes into a log: that costs a line
    sectioned = [] if hooked else _sectioned(path, candidates, sniffed)
    if source.headings and sniffed.kind in ("text", "log", "table"):
        mark = source.delimiter or best_delimiter(sniffed.text)
        sniffed = replace(sniffed, kind="table", delimiter=mark, skip_lines=0)
    elif sniffed.kind in ("text", "log") and log is None and not sectioned:
        sniffed = _known_by_headings(path, source, candidates, sniffed)
    reading = Reading(path, source, connection, scan(path), next((c.hook for c in candidates), None))
    if sniffed.kind == "xlsx":
        yield from _workbook(reading, candidates, folder)
    elif sniffed.kind in ("json", "jsonl") and not (hooked or log):
        yield from read_documents(reading, candidates, sniffed, folder)
    elif sectioned:
        yield from _sections(reading, candidates, sniffed, sectioned, folder)
    else:
        private_folder(out := folder / "000")
        if hooked:
            yield read_hooked(reading, hooked, source.encoding or sniffed.encoding, out)
        elif log:
            yield read_log(reading, log, sniffed.encoding, out)
        elif sniffed.kind == "w3c":
            yield read_w3c(reading, candidates, sniffed, out)
        elif sniffed.kind == "table":
            yield read_table(reading, candidates, sniffed, out)
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
        headings = table_format(path, source, table).headings
        if any(fits(c, headings, "table") and specific(c, headings) for c in candidates):
            return table
    return sniffed


def _not_utf8(path: Path, guess: str) -> Unreadable:
    hint = f'Name its encoding in dsar.toml, e.g. encoding = "{guess}", and look at the umlauts.'
    return Unreadable(f"{path.name} is not UTF-8 text.", hint=hint)


def _sectioned(path: Path, candidates: Sequence[Collection], sniffed: Sniffed) -> list[Section]:
    declared = {c.name: c.declared for c in candidates if c.declared.section}
    if not declared or sniffed.kind not in ("table", "text", "log"):
        return []
    with opened(path, sniffed.encoding) as text:
        return sections_in(text, declared)


def _sections(
    reading: Reading, candidates: Sequence[Collection], sniffed: Sniffed, found: Sequence[Section], folder: Path
) -> Iterator[Part]:
    """Read each section as a table of its own; lines above the first belong to none and are kept as unreadable."""
    ends: list[int | None] = [*(section.first_line - 1 for section in found[1:]), None]
    encoding = reading.source.encoding or sniffed.encoding
    for number, (section, end) in enumerate(zip(found, ends, strict=True)):
        out = folder / f"{number:03d}"
        private_folder(out)
        collection = next(c for c in candidates if c.name == section.collection)
        form = tables.TableFormat(
            encoding, section.delimiter, '"', section.heading_line - 1, section.headings, 1, last_line=end
        )
        above = _above(reading.path, encoding, section.first_line - 1) if number == 0 else ()
        given = chain(above, tables.rows(reading.path, form))
        yield exact(reading, collection, given, out, section.headings, section.marker)


def _above(path: Path, encoding: str, lines: int) -> Iterator[Row]:
    with opened(path, encoding) as text:
        for number, line in enumerate(islice(text, lines), start=1):
            if line.strip():
                yield unreadable(number, 1, line.rstrip("\r\n"), "outside every section")


def _workbook(reading: Reading, candidates: Sequence[Collection], folder: Path) -> Iterator[Part]:
    for number, (name, cells) in enumerate(sheets.sheets(reading.path)):
        start, headings = sheet_headings(cells)
        collection = choose(candidates, headings, "table", f"{reading.path.name}, sheet {number + 1}", name)
        out = folder / f"{number:03d}"
        private_folder(out)
        yield exact(reading, collection, sheets.rows(cells, start + 1, len(headings)), out, headings, name)
