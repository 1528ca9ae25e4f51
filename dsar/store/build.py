"""Build the rows of a segment: an export file, as DuckDB or Python reads it, becomes records.parquet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.store import sql
from dsar.store.files import private_folder, sync_file

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "320MB"
"""What DuckDB may hold while it builds; beyond it spills into the workspace."""
_FOR_LONG_ROWS = "900MB"
"""What it may hold for rows of many megabytes, one at a time."""
# a thousand people's rows lie in every row group: what is read most is the unpacking, and LZ4 halves it
_RECORDS = "FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE"
_ROWS, _LONG_ROWS = 20_480, 2_048
"""Rows of a row group, which each writer holds in memory as a whole: fewer where they are long."""
MAX_FAST_LINE = 8 * 1024 * 1024
BUFFER = 2 * MAX_FAST_LINE
"""DuckDB's own choice is many times the longest line, for each thread; longer lines are left to the exact reader."""


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written, where DuckDB's own reader may be trusted with it.

    The line ending is left to DuckDB: named together with `skip` it gives no row at all (2.0.0). Trust ends where the
    lines its rows cover are not those of the file, which the caller counts.
    """

    delimiter: str
    quote: str
    skip_lines: int
    columns: int
    compression: str = "none"
    in_cells: bool = False
    """Whether cells hold line feeds: a row may then cover several lines."""
    longest: int = MAX_FAST_LINE
    """Bytes of a line; DuckDB refuses a file with a longer one."""


@dataclass(frozen=True)
class Grouping:
    """Rows that continue the one above: the column that groups them, those they carry down, and those of the key."""

    by: int
    carry: tuple[int, ...]
    key: tuple[int, ...] = ()
    blank: bool = False
    """Whether a row with an empty group value continues the one above."""


def builder(spill: Path) -> duckdb.DuckDBPyConnection:
    """Open the connection that builds segments: in memory, bounded, spilling into `spill` only."""
    import duckdb

    private_folder(spill)
    connection = duckdb.connect(":memory:", config={"temp_directory": str(spill), "memory_limit": MEMORY_LIMIT})
    connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    # a file written twice within a moment would be read from the cache of the first (1.5.5)
    connection.execute("SET enable_external_file_cache = false")
    return connection


def from_table(
    connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect, grouping: Grouping | None, out: Path
) -> None:
    """Copy a delimited file with one known dialect to `out`; DuckDB raises on any row that does not fit it.

    Where the dialect says `in_cells`, the line feeds inside cells are counted, to know the line each row starts at.
    """
    names = [f"c{number}" for number in range(dialect.columns)]
    joined = " || ".join(names)
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    reader = (
        f"read_csv({sql.file(path)}, auto_detect = false, header = false, skip = {dialect.skip_lines}, "
        f"delim = {sql.literal(dialect.delimiter)}, quote = {sql.literal(dialect.quote)}, "
        f"escape = {sql.literal(dialect.quote)}, "
        f"columns = {{{columns}}}, "
        f"force_not_null = [{sql.literals(names)}], strict_mode = true, null_padding = false, "
        f"compression = {sql.literal(dialect.compression)}, "
        f"max_line_size = {dialect.longest}, buffer_size = {BUFFER}, encoding = 'utf-8')"
    )
    stored = f"{dialect.skip_lines}::BIGINT AS _shift, 1 AS _lines, NULL::VARCHAR AS _bad, {', '.join(names)}"
    if not dialect.in_cells and grouping is None:  # nothing to count from row to row: every processor reads
        copy_rows(connection, f"SELECT {stored} FROM {reader}", out)
        return
    rows = f"SELECT row_number() OVER () AS _row, {stored} FROM {reader}"
    if dialect.in_cells:
        covered = f"SELECT *, length({joined}) - length(replace({joined}, chr(10), '')) AS _more FROM ({rows})"
        above = "(sum(_more) OVER (ROWS UNBOUNDED PRECEDING) - _more)::BIGINT"
        shifted = f"_shift + {above} AS _shift, (_lines + _more)::INTEGER AS _lines"
        rows = f"SELECT * EXCLUDE (_more) REPLACE ({shifted}) FROM ({covered})"
    copy_rows(connection, _grouped(rows, grouping), out)


def from_lines(connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect, pattern: str, out: Path) -> None:
    """Copy a log as one column of lines; a line that `pattern` does not match is marked `unparsed`.

    The dialect's delimiter is a character that the file does not hold.
    """
    reader = (
        f"read_csv({sql.file(path)}, auto_detect = false, header = false, "
        f"delim = {sql.literal(dialect.delimiter)}, quote = '', escape = '', "
        f"columns = {{'c0': 'VARCHAR'}}, force_not_null = ['c0'], "
        f"compression = {sql.literal(dialect.compression)}, "
        f"strict_mode = true, max_line_size = {dialect.longest}, buffer_size = {BUFFER}, encoding = 'utf-8')"
    )
    matched = f"regexp_matches(c0, {sql.literal(sql.log_pattern(pattern, ()))})"
    bad = f"CASE WHEN NOT {matched} THEN 'unparsed' END AS _bad"
    copy_rows(connection, f"SELECT 0::BIGINT AS _shift, 1 AS _lines, {bad}, c0 FROM {reader}", out)


def from_spool(
    connection: duckdb.DuckDBPyConnection, spool: Path, columns: int, grouping: Grouping | None, out: Path
) -> None:
    """Copy rows that Python read, spooled as JSON lines `{l: line, n: lines, b: bad, c: cells}`, to `out`."""
    # its buffers are as large as the largest row may be, for each thread: more than is needed would need all memory
    most = max(16 * 1024 * 1024, _longest_line(spool) + 1024)
    reader = (
        f"read_json({sql.file(spool)}, format = 'newline_delimited', maximum_object_size = {most}, "
        f"columns = {{'l': 'BIGINT', 'n': 'INTEGER', 'b': 'VARCHAR', 'c': 'VARCHAR[]'}})"
    )
    names = ", ".join(f"c[{number + 1}] AS c{number}" for number in range(columns)) or "NULL::VARCHAR AS c0"
    rows = f"SELECT row_number() OVER () AS _row, * FROM {reader}"
    rows = f"SELECT _row, l - _row AS _shift, n AS _lines, b AS _bad, {names} FROM ({rows})"
    copy_rows(connection, _grouped(rows, grouping), out)


def _longest_line(path: Path) -> int:
    """How many bytes the longest line of a file has."""
    most = size = 0
    with path.open("rb") as file:
        while block := file.read(4 * 1024 * 1024):
            first, *others = block.split(b"\n")
            size += len(first)
            for line in others:
                most, size = max(most, size), len(line)
    return max(most, size)


def understands(connection: duckdb.DuckDBPyConnection, pattern: str) -> bool:
    """Whether the pattern of a log is one for RE2 too, which knows no look-around and no back-references."""
    import duckdb

    try:
        connection.execute(f"SELECT regexp_matches('', {sql.literal(sql.log_pattern(pattern, ()))})")
    except duckdb.Error:
        return False
    return True


def _grouped(rows: str, grouping: Grouping | None) -> str:
    """Add, for each carried column, `kc<n>`: its own value or that of a row above it in the same run of rows.

    A run is a stretch of rows of one non-empty group value that lie together, or with `blank` a row that has one and
    those below it that have none; a row with another key of its own starts a new one. Values go downwards only:
    nobody's value may reach a row that merely has the same number elsewhere.
    The rows come with `_row`, their number, which is not stored: it is their place in the file.
    """
    if grouping is None:
        return f"SELECT * EXCLUDE (_row) FROM ({rows})"
    by = f"c{grouping.by}"
    starts = [f"{by} <> ''"]
    if not grouping.blank:
        starts = [f"{by} = ''", f"{by} IS DISTINCT FROM lag({by}) OVER (ORDER BY _row)"]
    for number in grouping.key:
        own = f"nullif(c{number}, '')"
        starts.append(f"{own} IS NOT NULL AND {own} IS DISTINCT FROM lag({own} IGNORE NULLS) OVER (ORDER BY _row)")
    started = (
        f"SELECT *, CASE WHEN {' OR '.join(f'({start})' for start in starts)} THEN 1 ELSE 0 END AS _start FROM ({rows})"
    )
    runs = f"SELECT * EXCLUDE (_start), sum(_start) OVER (ORDER BY _row) AS _run FROM ({started})"
    window = "OVER (PARTITION BY _run ORDER BY _row ROWS UNBOUNDED PRECEDING)"
    carried = ", ".join(
        f"coalesce(last_value(nullif(c{n}, '') IGNORE NULLS) {window}, '') AS kc{n}" for n in grouping.carry
    )
    return f"SELECT * EXCLUDE (_row, _run), {carried} FROM ({runs}) ORDER BY _row"


def copy_rows(connection: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    """Write the rows of a query to `out`, in their order; raises OutOfMemoryException for rows of many megabytes."""
    import duckdb

    connection.execute("SET preserve_insertion_order = true")  # the place of a row in Parquet is its number
    copy = f"COPY ({query}) TO {sql.literal(str(out))} ({_RECORDS}"
    try:
        connection.execute(f"{copy} {_ROWS})")
    except duckdb.OutOfMemoryException:  # long texts, as of mails and tickets
        with little_at_a_time(connection):
            connection.execute(f"{copy} {_LONG_ROWS})")
    out.chmod(0o600)
    sync_file(out)


@contextmanager
def little_at_a_time(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let one thread do the work meanwhile, and hold more than usual: for rows that are long."""
    connection.execute(f"SET threads = 1; SET memory_limit = '{_FOR_LONG_ROWS}'")
    try:
        yield
    finally:
        connection.execute(f"RESET threads; SET memory_limit = '{MEMORY_LIMIT}'")


def counts(connection: duckdb.DuckDBPyConnection, records: Path) -> tuple[dict[str | None, int], int]:
    """Count the rows of records.parquet by why they are unreadable (None = loaded), and the lines they cover."""
    rows = connection.execute(
        f"SELECT _bad, count(*), sum(_lines) FROM read_parquet({sql.file(records)}) GROUP BY _bad ORDER BY _bad"
    ).fetchall()
    return {reason: int(number) for reason, number, _ in rows}, sum(int(lines) for _, _, lines in rows)
