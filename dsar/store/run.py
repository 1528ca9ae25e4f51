"""A run: one sealed in-memory DuckDB over the segments, in which all subjects are searched at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any

from dsar.store import sql
from dsar.store.lock import hold
from dsar.store.records import key_columns
from dsar.store.segments import Segment

MEMORY_LIMIT = "2GB"
_INLINE = 400
"""Up to so many row numbers are written into the query, so that Parquet's statistics skip the other row groups."""


class Run:
    """The segments of one run, opened for reading only; nothing else on the machine can be reached from it."""

    def __init__(self, segments: Sequence[Segment], root: Path) -> None:
        import duckdb

        self.segments = tuple(segments)
        self._connection = duckdb.connect(":memory:", config={"memory_limit": MEMORY_LIMIT})
        self._lock = hold(root)  # the segments stay as long as they are read
        spill = self._lock.scratch / "spill"
        # in this order: once external access is off, nothing can be allowed any more
        self._connection.execute(f"SET temp_directory = {sql.literal(str(spill))}")
        self._connection.execute(f"SET allowed_directories = [{sql.literals([str(root / 'segments'), str(spill)])}]")
        self._connection.execute("SET enable_external_access = false")
        self._views()
        self._connection.execute("SET lock_configuration = true")

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the run is over."""
        self._connection.close()

    def _views(self) -> None:
        paths = {str(path): segment.number for segment in self.segments for path in segment.identifiers}
        pairs = ", ".join(f"({sql.literal(path)}, {number})" for path, number in paths.items()) or "('', -1)"
        self._connection.execute(f"CREATE TABLE segment_files AS SELECT * FROM (VALUES {pairs}) AS f(file, segment)")
        if paths:
            source = f"read_parquet([{sql.literals(list(paths))}], filename = true, union_by_name = true)"
        else:
            source = "(SELECT 0::UBIGINT AS hash, '' AS kind, '' AS role, 0::BIGINT AS _row, '' AS filename LIMIT 0)"
        self._connection.execute(f"CREATE VIEW identifiers AS SELECT hash, kind, role, _row, filename FROM {source}")

    def crowd(self, hashes: Sequence[int]) -> dict[int, int]:
        """Gather the rows that carry the hashes and count them; absent ones are left out."""
        self._execute("gather", {}, hashes=list(hashes), numbers=list(range(len(hashes))))
        return dict(self._ask("crowd"))

    def hits(self, numbers: Sequence[int]) -> list[tuple[int, int, int, str, str]]:
        """Give of the rows gathered last those of some hashes: (place, segment, row, kind, role), in one order."""
        return self._ask("hits", numbers=list(numbers))

    def known(self, hashes: Sequence[int], most: int = 20) -> list[tuple[int, int, int, str]]:
        """Give of each hash up to `most` rows that carry it as their own: (place, segment, row, role), in one order."""
        return self._ask("known", hashes=list(hashes), numbers=list(range(len(hashes))), most=most)

    def rows(self, segment: int, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Fetch rows of one segment by number: their cells by physical column name, with `_line` and the rest."""
        wanted = sorted(set(numbers))
        records = sql.literal(str(self.segments[segment].records))
        if len(wanted) <= _INLINE:
            numbers_text = ", ".join(str(int(number)) for number in wanted)
            cursor = self._connection.execute(
                f"SELECT * FROM read_parquet({records}) WHERE _row IN ({numbers_text}) ORDER BY _row"
            )
        else:
            cursor = self._execute("rows", {"$records": records}, rows=wanted)
        names = [column[0] for column in cursor.description or ()]
        return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}

    def every(self, segment: int) -> Iterator[dict[str, Any]]:
        """Give every row of one segment in the order of the file, in batches, so that memory does not grow with it."""
        records = sql.literal(str(self.segments[segment].records))
        cursor = self._connection.cursor()
        cursor.execute(f"SELECT * FROM read_parquet({records}) ORDER BY _row")
        names = [column[0] for column in cursor.description or ()]
        while batch := cursor.fetchmany(10_000):
            yield from (dict(zip(names, row, strict=True)) for row in batch)

    def cells(self, segment: int, columns: Sequence[str | None]) -> Iterator[tuple[str | None, ...]]:
        """Give some physical columns of every readable row of one segment, in the order of the file and in batches.

        None among the columns stands for one that the segment does not have: its cells are None.
        """
        records = sql.literal(str(self.segments[segment].records))
        wanted = ", ".join(column or "NULL" for column in columns)
        cursor = self._connection.cursor()
        cursor.execute(f"SELECT {wanted} FROM read_parquet({records}) WHERE _bad IS NULL ORDER BY _row")
        while batch := cursor.fetchmany(10_000):
            yield from batch

    def same(self, segment: int, columns: Sequence[str], values: Sequence[Sequence[str]]) -> list[tuple[int, ...]]:
        """Find the rows of one segment whose cells in `columns` are one of `values`, as (row, place in values)."""
        records = sql.literal(str(self.segments[segment].records))
        cells = ", ".join(f"unnest(${number + 1}::VARCHAR[]) AS v{number}" for number in range(len(columns)))
        equal = " AND ".join(f"coalesce(r.{column}, '') = v.v{number}" for number, column in enumerate(columns))
        bound = [[row[number] for row in values] for number in range(len(columns))]
        return self._connection.execute(
            f"SELECT r._row, v.place FROM (SELECT {cells}, unnest(range({len(values)})) AS place) AS v "
            f"JOIN read_parquet({records}) AS r ON {equal} WHERE r._bad IS NULL ORDER BY v.place, r._row",
            bound,
        ).fetchall()

    def double_keys(self, segment: Segment) -> int:
        """Count the keys of a segment that stand on several different rows; rows of one group belong together."""
        columns = key_columns(segment)
        if not columns or segment.declaration.group_by:
            return 0
        cells = ", ".join(f"c{number}" for number in range(len(segment.contents.headings)))
        records = sql.literal(str(segment.records))
        key = ", ".join(columns)
        different = f"SELECT DISTINCT {cells} FROM read_parquet({records}) WHERE _bad IS NULL AND concat({key}) <> ''"
        found = self._connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({different}) GROUP BY {key} HAVING count(*) > 1)"
        ).fetchone()
        return int(found[0]) if found else 0

    def unreadable(self, segment: int) -> list[tuple[int, str]]:
        """Give the unreadable rows of one segment with their raw text."""
        records = sql.literal(str(self.segments[segment].records))
        return list(self._execute("unreadable", {"$records": records}).fetchall())

    def _ask(self, name: str, **bound: object) -> list[Any]:
        return list(self._execute(name, {}, **bound).fetchall())

    def _execute(self, name: str, paths: Mapping[str, str], **bound: object) -> Any:
        text = query(name)
        for placeholder, path in paths.items():
            text = text.replace(placeholder, path)
        return self._connection.execute(text, bound)


@lru_cache
def query(name: str) -> str:
    """Read a named query of this package."""
    return (files("dsar.store.queries") / f"{name}.sql").read_text(encoding="utf-8")
