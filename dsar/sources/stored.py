"""How the rows of one file reach the store: fast where that is safe, by a spool otherwise, and what is counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dsar.config import Source
from dsar.errors import Incomplete, Unreadable
from dsar.sources.effective import Collection
from dsar.sources.limits import largest
from dsar.sources.readers.hooked import cleaned
from dsar.sources.readers.rows import OUTSIDE, Row, spool
from dsar.sources.readers.scan import Scan
from dsar.sources.spec import Hook
from dsar.store.build import MAX_FAST_LINE, Grouping, counts, from_spool
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
class Reading:
    """What the steps of reading one file share."""

    path: Path
    source: Source
    connection: duckdb.DuckDBPyConnection
    scan: Scan
    hook: Hook | None = None
    """The code of the connector, where it has some."""


def expect_text(path: Path, encoding: str, found: Mapping[str | None, int]) -> None:
    if found.get(OUTSIDE, 0) > max(1, MAX_BAD_SHARE * sum(found.values())):
        raise Unreadable(f"{path.name} is not {encoding} text.", hint="Name its `encoding`, e.g. cp1252.")


def spooled(
    reading: Reading, rows: Iterator[Row] | Callable[[BinaryIO], dict[str | None, int]], out: Path,
    grouping: Grouping | None, headings: dict[str, int] | None = None, clean: bool = False,
) -> dict[str | None, int]:  # fmt: skip
    """Read a file row by row, exactly, by way of a spool that is gone when the rows are stored; `rows` may write it.

    Gives how many rows were loaded (None) and how many are unreadable for which reason, counted twice: by the reader
    and in the store. Raises Incomplete where the two differ. With `clean` the rows pass through the connector's hook.
    """
    path, second, records = out / "spool.jsonl", out / "cleaned.jsonl", out / "records.parquet"
    try:
        with _private(path) as file:
            tally = rows(file) if callable(rows) else spool(rows, file)
        if clean and reading.hook is not None and headings is not None:
            with _private(second) as file:
                again = cleaned(reading.hook.path, path, reading.path.name, headings, file)
            if sum(again.values()) != sum(tally.values()):
                raise Incomplete(f"{reading.path.name}: not every row came back from hook.py.", hint="Tell its author.")
            tally = again
            second.replace(path)
        with storable(reading.path):
            from_spool(reading.connection, path, max(len(headings or ()), 1), grouping, records)
    finally:
        path.unlink(missing_ok=True)
        second.unlink(missing_ok=True)
    found, _ = counts(reading.connection, records)
    if found != tally:
        raise Incomplete(f"{reading.path.name}: not every row that was read was stored.", hint="Please report this.")
    return found


@contextmanager
def storable(path: Path) -> Iterator[None]:
    """Say of a file what is to be done where its rows do not fit into memory; raises Unreadable then."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        hint = "Lower `cell_mb` under [limits]: its largest rows are then told as unreadable."
        raise Unreadable(f"{path.name} has rows too large to be stored.", hint=hint) from None


def _private(path: Path) -> BinaryIO:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def trusted(copy: object) -> bool:
    """Whether the fast reader took the file; where it does not, the exact one says row by row why."""
    import duckdb

    try:
        copy()  # type: ignore[operator]
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        return False
    return True


def fast_line() -> int:
    """Give how many bytes a line may have for the fast readers."""
    return min(MAX_FAST_LINE, largest())


def is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig", "ascii")


def contents(
    collection: Collection, part: str, headings: tuple[str, ...], leaves: tuple[str, ...], sha256: str,
    found: dict[str | None, int], *, json: bool = False,
) -> Contents:  # fmt: skip
    """Give what a part holds: rows read = rows loaded + rows unreadable."""
    loaded = found.get(None, 0)
    reasons = {reason: number for reason, number in found.items() if reason is not None}
    bad = sum(reasons.values())
    return Contents(collection.name, part, headings, leaves, sha256, loaded + bad, loaded, bad, reasons)
