"""Build the identifiers of a segment: every entry of every row, hashed, and sorted by hash."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from dsar.normalise import VERSION
from dsar.store import sql
from dsar.store.build import little_at_a_time
from dsar.store.files import write_private
from dsar.store.forms import forms
from dsar.store.index import Entry, Group, groups
from dsar.store.keys import Keys, keyed
from dsar.store.segments import Contents, Declaration, Identifiers

if TYPE_CHECKING:
    import duckdb

    from dsar.store.lookup import Hashes, Part, Rows

LAYOUT = "4"
"""Changes when hashes or files are made in another way, so that identifiers are built anew."""
STRETCH = 4_000_000
"""So many identifiers, more or less, are sorted together: what that takes stays under the memory limit."""
LARGEST = 96_000_000
"""Bytes of stored rows that are taken apart together: long texts make fewer rows a stretch."""


def identifiers_of(folder: Path, declaration: Declaration, keys: Keys) -> Identifiers | None:
    """Give the identifiers of a segment that are current under a declaration; None if they must be built.

    They must be, too, where the list is damaged, or a file is gone or has another size than was written: a search in
    them would miss people.
    """
    listed = folder / f"{_stem(declaration, keys)}.json"
    if not listed.exists():
        return None
    try:
        found = json.loads(listed.read_text(encoding="utf-8"))
        paths = {folder / name: size for name, size in found["files"]}
    except (ValueError, KeyError, TypeError):
        return None
    if any(not path.exists() or path.stat().st_size != size for path, size in paths.items()):
        return None
    return Identifiers(tuple(paths), tuple((kind, role) for kind, role in found["entries"]))


def _stem(declaration: Declaration, keys: Keys) -> str:
    return f"identifiers-{declaration.digest(f'{VERSION}/{LAYOUT}', keyed(keys.names, 'key id'))}"


def build_identifiers(
    connection: duckdb.DuckDBPyConnection, folder: Path, declaration: Declaration, contents: Contents, keys: Keys
) -> Identifiers:
    """Write the sorted identifiers of a segment (hash, entry, row) and the list of its entries (kind, role).

    A file holds those of one stretch of the export, so that memory does not grow with it. Values in their usual form
    are normalised by SQL in one pass; the distinct others by Python.
    """
    wanted = groups(declaration, contents)
    listed = [(entry.kind, entry.role) for group in wanted for entry in group.entries]
    stem = _stem(declaration, keys)
    paths: list[Path] = []

    if listed:
        from dsar.store.lookup import write_sorted

        def write(first: int, many: int) -> None:
            within = f"file_row_number BETWEEN {first} AND {first + many - 1}"
            source = _source(connection, sql.records(folder / "records.parquet", within), declaration, contents, wanted)
            stretch = _Stretch(connection, wanted, source, keys.identifiers, declaration.phone_region)
            found = stretch.identifiers()
            paths.append(folder / f"{stem}-{len(paths):03d}.bin")
            sorting.submit(write_sorted, paths[-1], found)

        rows = max(contents.rows_read, 1)
        size = (folder / "records.parquet").stat().st_size
        with _OneBehind() as sorting:
            _by_stretches(connection, rows, max(min(STRETCH // len(listed), rows * LARGEST // size), 1), write)
    document = {"files": [(path.name, path.stat().st_size) for path in paths], "entries": listed}
    write_private(folder / f"{stem}.json", json.dumps(document, indent=1).encode())  # where it is, all the others are
    return Identifiers(tuple(paths), tuple(listed))


class _OneBehind:
    """Sorts and writes a stretch while the next one is hashed, and no more than one: memory stays bounded."""

    def __enter__(self) -> _OneBehind:
        self._pool = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown()
        if self._last and not error:
            self._last.result()

    def submit(self, work: Callable[..., None], *arguments: object) -> None:
        """Start the work when the one before is done; raises what that one raised."""
        if self._last:
            self._last.result()
        self._last = self._pool.submit(work, *arguments)


def _by_stretches(
    connection: duckdb.DuckDBPyConnection, rows: int, at_once: int, write: Callable[[int, int], None]
) -> None:
    """Write the rows a stretch at a time, and one that does not fit into memory (long texts) in smaller ones.

    Raises OutOfMemoryException where one row alone is too large.
    """
    import duckdb

    waiting = deque((first, min(at_once, rows - first)) for first in range(0, rows, at_once))
    with ExitStack() as patience:
        while waiting:
            first, many = waiting.popleft()
            try:
                write(first, many)
            except duckdb.OutOfMemoryException:
                if many == 1:
                    raise
                patience.enter_context(little_at_a_time(connection))
                fewer = max(many // 8, 1)
                parts = [(start, min(fewer, first + many - start)) for start in range(first, first + many, fewer)]
                waiting.extendleft(reversed(parts))


def _source(
    connection: duckdb.DuckDBPyConnection, records: str, declaration: Declaration, contents: Contents,
    wanted: Sequence[Group],
) -> str:  # fmt: skip
    """Where the cells of a stretch are read: its rows, or for logs the groups of the pattern, taken once."""
    loaded = f"{records} WHERE _bad IS NULL"
    if declaration.format != "log":
        return loaded
    used = " ".join(text for group in wanted for text in (*group.cells.values(), group.each or ""))
    names = [name for name in contents.headings if sql.quoted(name) in used]
    # of the line itself only what may hold an e-mail address is needed on
    mail = "CASE WHEN contains(c0, '@') OR contains(c0, '%40') THEN c0 END AS _mail"
    parts = ", ".join([mail, *(f"g.{sql.quoted(name)} AS {sql.quoted(name)}" for name in names)])
    taken = _taken(loaded, declaration, names)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE parsed AS SELECT _row, {parts} FROM ({taken})")
    return "parsed"


def _taken(loaded: str, declaration: Declaration, names: Sequence[str]) -> str:
    """Give, as SQL, the rows of a log with `g`, what the groups capture: by the quick pattern or the whole."""
    if not names:
        return f"SELECT _row, c0, NULL AS g FROM {loaded}"
    whole, quick = sql.log_groups(declaration.pattern or "", names), declaration.quick
    if quick is None or [name for name in re.compile(quick).groupindex if name in names] != list(names):
        return f"SELECT _row, c0, {whole} AS g FROM {loaded}"
    nothing = " AND ".join(f"q.{sql.quoted(name)} = ''" for name in names)
    tried = f"SELECT _row, c0, {sql.log_groups(quick, names)} AS q FROM {loaded}"
    return f"SELECT _row, c0, CASE WHEN {nothing} THEN {whole} ELSE q END AS g FROM ({tried})"


def normal_rows(group: Group, source: str) -> str:
    """Give, as SQL, the rows of a group: `_row`, its cells, and the simple normal form `n<i>` of each entry."""
    if group.each:
        source = f"(SELECT _row, unnest({group.each}) AS v FROM (SELECT * FROM {source}) WHERE {group.where})"
    cells = "".join(f", {text} AS {name}" for name, text in group.cells.items())
    parts = "".join(f", {text} AS {name}" for name, text in group.parts.items())
    forms_of = "".join(f", {entry.simple} AS n{number}" for number, entry in enumerate(group.entries))
    kept = "".join(f", {name}" for name in group.cells)
    return f"SELECT _row{kept}{forms_of} FROM (SELECT *{parts} FROM (SELECT _row{cells} FROM {source}))"


@dataclass(frozen=True)
class _Stretch:
    """What the steps of one stretch share."""

    connection: duckdb.DuckDBPyConnection
    groups: Sequence[Group]
    source: str
    key: str
    region: str | None

    def identifiers(self) -> list[Part]:
        """Hash every entry of every row."""
        try:
            return self._identifiers()
        finally:
            for name in (*(f"hashed{number}" for number in range(len(self.groups))), "parsed", "odd"):
                self.connection.execute(f"DROP TABLE IF EXISTS {name}")

    def _identifiers(self) -> list[Part]:
        self.connection.execute(
            "SET preserve_insertion_order = false"
        )  # they are sorted anyway; less is held in memory
        for number, group in enumerate(self.groups):
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE hashed{number} AS {self._hashed(group)}")
        parts = [
            (entry, f"SELECT h{place} AS hash, _row FROM hashed{number} WHERE h{place} IS NOT NULL")
            for entry, number, place, _ in self._entries()
        ]
        return [(entry, *self._columns(query)) for entry, query in [*parts, *self._normalised()]]

    def _columns(self, query: str) -> tuple[Hashes, Rows]:
        found = cast("dict[str, Any]", self.connection.execute(query).fetchnumpy())
        return found["hash"], found["_row"]

    def _entries(self) -> Iterator[tuple[int, int, int, Entry]]:
        """Number every entry: (its number in the segment, that of its group, its place there, itself)."""
        places = ((n, place, entry) for n, group in enumerate(self.groups) for place, entry in enumerate(group.entries))
        return ((number, *place) for number, place in enumerate(places))

    def _hashed(self, group: Group) -> str:
        """For each entry its hash, NULL where there is none, and the raw value where Python must say."""
        columns = []
        for number, entry in enumerate(group.entries):
            hashed = sql.hash_expression(self.key, entry.kind, f"n{number}")
            present = " AND ".join(sql.present(cell) for cell in entry.cells)
            raw = " || chr(31) || ".join(entry.cells)
            columns.append(f"CASE WHEN n{number} <> '' THEN {hashed} END AS h{number}")
            # one inside the other: a condition is worked out for all rows, what follows it for those that meet it
            columns.append(f"CASE WHEN n{number} IS NULL THEN CASE WHEN {present} THEN {raw} END END AS raw{number}")
        return f"SELECT _row::UINTEGER AS _row, {', '.join(columns)} FROM ({normal_rows(group, self.source)})"

    def _normalised(self) -> list[tuple[int, str]]:
        """Let Python normalise the distinct values that SQL left to it; gives entries and queries of their rows."""
        odd = {
            entry: f"SELECT {entry}::USMALLINT AS entry, raw{place} AS raw, _row FROM hashed{number} "
            f"WHERE raw{place} IS NOT NULL"
            for entry, number, place, _ in self._entries()
        }
        distinct = f"SELECT DISTINCT entry, raw FROM ({' UNION ALL '.join(odd.values())}) ORDER BY ALL"
        left = self.connection.execute(distinct).fetchall()
        entries = {number: entry for number, _, _, entry in self._entries()}
        found = [
            (number, raw, sql.hashed(self.key, entries[number].kind, normal))
            for number, raw in left
            for normal in forms(entries[number].kind, entries[number].role, raw.split("\x1f"), self.region)
        ]
        if not found:
            return []
        columns = [list(column) for column in zip(*found, strict=True)]
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE odd AS SELECT unnest($1::USMALLINT[]) AS entry, "
            "unnest($2::VARCHAR[]) AS raw, unnest($3::UBIGINT[]) AS hash",
            columns,
        )
        matching = "JOIN odd AS o ON o.entry = m.entry AND o.raw = m.raw"
        numbers = sorted({number for number, _, _ in found})
        return [(number, f"SELECT o.hash, m._row FROM ({odd[number]}) AS m {matching}") for number in numbers]
