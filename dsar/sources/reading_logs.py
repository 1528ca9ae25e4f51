"""Read a log: lines that a connector's pattern knows, or that name their own columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from dsar.errors import Unreadable
from dsar.sources.choice import choose
from dsar.sources.effective import Collection
from dsar.sources.headings import unique_headings
from dsar.sources.readers import lines, w3c
from dsar.sources.sniffed import Sniffed
from dsar.sources.stored import Part, Reading, contents, expect_text, fast_line, is_utf8, spooled, trusted
from dsar.store.build import Dialect, counts, from_lines, understands
from dsar.store.build_split import from_split


def read_log(reading: Reading, collection: Collection, encoding: str, out: Path) -> Part:
    pattern = collection.declared.pattern or ""
    groups = tuple(re.compile(pattern).groupindex)
    if not all(understands(reading.connection, text) for text in (pattern, collection.declared.quick or "")):
        raise Unreadable(
            f"The pattern of `{collection.name}` is not understood by RE2.", hint="Write it without look-around."
        )
    s, records = reading.scan, out / "records.parquet"
    compression = "gzip" if s.compressed else "none"
    clean = s.utf8 and not s.nuls and s.newline is not None and not s.blank_lines and "\v" in s.separators
    if clean and is_utf8(encoding):
        dialect = Dialect(s.separators[0], "", 0, 1, compression, longest=fast_line())
        if trusted(lambda: from_lines(reading.connection, reading.path, dialect, pattern, records)):
            found, covered = counts(reading.connection, records)
            if covered == s.lines:
                return Part(collection, contents(collection, "", groups, (), s.sha256, found))
    found = spooled(reading, lines.rows(reading.path, encoding, pattern), out, None)
    expect_text(reading.path, encoding, found)
    return Part(collection, contents(collection, "", groups, (), s.sha256, found))


def read_w3c(reading: Reading, candidates: Sequence[Collection], sniffed: Sniffed, out: Path) -> Part:
    s, records = reading.scan, out / "records.parquet"
    compression = "gzip" if s.compressed else "none"
    if s.utf8 and not s.nuls and s.newline is not None and not s.blank_lines and "\v" in s.separators:
        one = w3c.alike(reading.path, sniffed.encoding)
        if one is not None and one[0].separator is not None:
            names = unique_headings(one[0].names)
            collection = choose(candidates, names, "w3c", reading.path.name)
            dialect = Dialect(s.separators[0], "", 0, len(names), compression, longest=fast_line())
            if trusted(lambda: from_split(reading.connection, reading.path, dialect, one[0].separator, records)):
                found, covered = counts(reading.connection, records)
                if covered + one[1] == s.lines and not set(found) - {None}:
                    return Part(collection, contents(collection, "", names, (), s.sha256, found))
    reader = w3c.Lines(reading.path, sniffed.encoding)
    found = spooled(reading, reader.rows(), out, None, headings=reader.headings)
    expect_text(reading.path, sniffed.encoding, found)
    headings = tuple(reader.headings)
    collection = choose(candidates, headings, "w3c", reading.path.name)
    return Part(collection, contents(collection, "", headings, (), s.sha256, found))
