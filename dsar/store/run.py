"""A run: one sealed in-memory DuckDB over the segments, in which all subjects are searched at once."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any

from dsar.store import sql
from dsar.store.index import cells
from dsar.store.leaves import steps
from dsar.store.lock import hold
from dsar.store.records import key_columns
from dsar.store.segments import Segment

MEMORY_LIMIT = "2GB"
_INLINE = 400
"""Up to so many row numbers are written into the query, so that Parquet's statistics skip the other row groups."""
NATIONAL = r"(?m)^[ (]*(0[ (/-]?[1-9]|[1-9])[0-9 ()/.-]{5,}"
"""How a line begins that is a phone number without `+` and `00`."""


class Run:
    """The segments of one run, opened for reading only; nothing else on the machine can be reached from it."""

    def __init__(self, segments: Sequence[Segment], root: Path, scratch: Path | None = None) -> None:
        """Open the segments of a workspace; `scratch` is a folder of the process that holds its lock for this one."""
        import duckdb

        from dsar.store.lookup import Lookup

        self.segments = tuple(segments)
        self.lookup = Lookup(self.segments)
        """Who carries which identifier."""
        self._connection = duckdb.connect(":memory:", config={"memory_limit": MEMORY_LIMIT})
        self._lock = None if scratch else hold(root)  # the segments stay as long as they are read
        spill = tempfile.mkdtemp(prefix="spill-", dir=scratch or hold(root).scratch)
        # in this order: once external access is off, nothing can be allowed any more
        self._connection.execute(f"SET temp_directory = {sql.literal(spill)}")
        self._connection.execute(f"SET allowed_directories = [{sql.literals([str(root / 'segments'), spill])}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def __enter__(self) -> Run:
        self._collecting = gc.isenabled()
        gc.disable()  # a search keeps all that it makes, and looking through it for cycles took a sixth of its time
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._collecting:
            gc.freeze()  # and back: all of it counts as old now, which else the next step would look through at once
            gc.unfreeze()
            gc.enable()
        self.close()

    def close(self) -> None:
        """Close the connection; the run is over."""
        self._connection.close()

    def rows(self, segment: int, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Fetch rows of one segment by number: their cells by physical column name, with `_line` and the rest."""
        wanted = sorted(set(numbers))
        if not wanted:
            return {}
        if len(wanted) <= _INLINE:
            which = f"file_row_number IN ({', '.join(str(int(number) - 1) for number in wanted)})"
            cursor = self._connection.execute(f"SELECT * FROM {self._records(segment, which)} ORDER BY _row")
        else:
            # on the number itself, not on `_row` made of it: so the other columns are unpacked for those rows only
            which = "file_row_number IN (SELECT unnest($rows::BIGINT[]) - 1)"
            cursor = self._execute("rows", {"$records": self._records(segment, which)}, rows=wanted)
        names = [column[0] for column in cursor.description or ()]
        return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}

    def every(self, segment: int) -> Iterator[dict[str, Any]]:
        """Give every row of one segment in the order of the file, in batches, so that memory does not grow with it."""
        cursor = self._connection.cursor()
        cursor.execute(f"SELECT * FROM {self._records(segment)} ORDER BY _row")
        names = [column[0] for column in cursor.description or ()]
        while batch := cursor.fetchmany(10_000):
            yield from (dict(zip(names, row, strict=True)) for row in batch)

    def cells(
        self, segment: int, columns: Sequence[str | None], first: int, named: Sequence[tuple[str, Sequence[str]]]
    ) -> Iterator[tuple[str | None, ...]]:
        """Give some physical columns of readable rows of one segment, in the order of the file and in batches.

        None among the columns stands for one that the segment does not have: its cells are None. Beyond the `first`
        rows only those are given in which one of the `named` columns has one of its values.
        """
        wanted = ", ".join(column or "NULL" for column in columns)
        those = "".join(f" OR {column} IN (SELECT unnest(${n}::VARCHAR[]))" for n, (column, _) in enumerate(named, 1))
        cursor = self._connection.cursor()
        cursor.execute(
            f"SELECT {wanted} FROM {self._records(segment)} WHERE _bad IS NULL AND (_row <= {first}{those}) "
            "ORDER BY _row",
            [list(values) for _, values in named],
        )
        while batch := cursor.fetchmany(10_000):
            yield from batch

    def same(self, segment: int, columns: Sequence[str], values: Sequence[Sequence[str]]) -> list[tuple[int, ...]]:
        """Find the rows of one segment whose cells in `columns` are one of `values`, as (row, place in values)."""
        cells = ", ".join(f"unnest(${number + 1}::VARCHAR[]) AS v{number}" for number in range(len(columns)))
        equal = " AND ".join(f"coalesce(r.{column}, '') = v.v{number}" for number, column in enumerate(columns))
        bound = [[row[number] for row in values] for number in range(len(columns))]
        return self._connection.execute(
            f"SELECT r._row, v.place FROM (SELECT {cells}, unnest(range({len(values)})) AS place) AS v "
            f"JOIN {self._records(segment)} AS r ON {equal} WHERE r._bad IS NULL ORDER BY v.place, r._row",
            bound,
        ).fetchall()

    def double_keys(self, segment: Segment) -> int:
        """Count the keys of a segment that stand on several different rows; rows of one group belong together."""
        columns = key_columns(segment)
        if not columns or segment.declaration.group_by:
            return 0
        cells = ", ".join(f"coalesce(c{number}, chr(30))" for number in range(len(segment.contents.headings)))
        records = sql.records(segment.records)
        key = ", ".join(columns)
        whole = f"md5(concat_ws(chr(31), {cells}))"  # the cells themselves may be the whole export
        different = f"SELECT DISTINCT {key}, {whole} FROM {records} WHERE _bad IS NULL AND concat({key}) <> ''"
        found = self._connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({different}) GROUP BY {key} HAVING count(*) > 1)"
        ).fetchone()
        return int(found[0]) if found else 0

    def without_country(self, segment: Segment) -> int:
        """Count the rows of a segment that hold a phone number of their own written without its country."""
        phones = [
            f"array_to_string({cell}, chr(10))" if None in steps(name) else cell
            for name, spec, cell in cells(segment.declaration, segment.contents)
            if spec and spec.identifier == "phone" and segment.declaration.format != "log"
        ]
        if not phones:
            return 0
        national = " OR ".join(f"regexp_matches({cell}, {sql.literal(NATIONAL)})" for cell in phones)
        records = sql.records(segment.records)
        found = self._connection.execute(f"SELECT count(*) FROM {records} WHERE _bad IS NULL AND ({national})")
        return int((found.fetchone() or (0,))[0])

    def unreadable(self, segment: int) -> list[tuple[int, str]]:
        """Give the unreadable rows of one segment with their raw text."""
        return list(self._execute("unreadable", {"$records": self._records(segment)}).fetchall())

    def _records(self, segment: int, which: str = "true") -> str:
        return sql.records(self.segments[segment].records, which)

    def _execute(self, name: str, paths: Mapping[str, str], **bound: object) -> Any:
        text = query(name)
        for placeholder, path in paths.items():
            text = text.replace(placeholder, path)
        return self._connection.execute(text, bound)


@lru_cache
def query(name: str) -> str:
    """Read a named query of this package."""
    return (files("dsar.store.queries") / f"{name}.sql").read_text(encoding="utf-8")
