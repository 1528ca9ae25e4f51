"""Build a segment: rows into records.parquet, then their identifiers, hashed and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.normalise import VERSION
from dsar.store import sql
from dsar.store.files import commit, private_folder, sync_file
from dsar.store.index import Entry, entries, forms
from dsar.store.keys import Keys, keyed
from dsar.store.segments import Contents, Declaration

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "640MB"
"""What DuckDB may hold while it builds; beyond it spills into the workspace."""
_RECORDS = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480"
_IDENTIFIERS = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
STRETCH = 400_000
"""Rows whose identifiers are sorted together: what that takes stays under the memory limit."""
_MAX_LINE = 32 * 1024 * 1024
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


@dataclass(frozen=True)
class Grouping:
    """Rows that continue the one above: the column that groups them, those they carry down, and those of the key."""

    by: int
    carry: tuple[int, ...]
    key: tuple[int, ...] = ()


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
    quotes = f"length({joined}) - length(replace({joined}, chr(10), ''))" if dialect.in_cells else "0"
    reader = (
        f"read_csv({sql.file(path)}, auto_detect = false, header = false, skip = {dialect.skip_lines}, "
        f"delim = {sql.literal(dialect.delimiter)}, quote = {sql.literal(dialect.quote)}, "
        f"escape = {sql.literal(dialect.quote)}, "
        f"columns = {{{columns}}}, "
        f"force_not_null = [{sql.literals(names)}], strict_mode = true, null_padding = false, "
        f"compression = {sql.literal(dialect.compression)}, "
        f"max_line_size = {MAX_FAST_LINE}, buffer_size = {BUFFER}, encoding = 'utf-8')"
    )
    rows = f"SELECT row_number() OVER () AS _row, ({quotes})::INTEGER + 1 AS _lines, * FROM {reader}"
    first = dialect.skip_lines + 1
    line = (
        f"{first} + sum(_lines) OVER (ROWS UNBOUNDED PRECEDING) - _lines" if dialect.in_cells else f"_row + {first - 1}"
    )
    numbered = (
        f"SELECT _row, ({line})::BIGINT AS _line, _lines, NULL::VARCHAR AS _bad, {', '.join(names)} FROM ({rows})"
    )
    copy_rows(connection, _grouped(numbered, grouping), out)


def from_lines(connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect, pattern: str, out: Path) -> None:
    """Copy a log as one column of lines; a line that `pattern` does not match is marked `unparsed`.

    The dialect's delimiter is a character that the file does not hold.
    """
    reader = (
        f"read_csv({sql.file(path)}, auto_detect = false, header = false, "
        f"delim = {sql.literal(dialect.delimiter)}, quote = '', escape = '', "
        f"columns = {{'c0': 'VARCHAR'}}, force_not_null = ['c0'], "
        f"compression = {sql.literal(dialect.compression)}, "
        f"strict_mode = true, max_line_size = {MAX_FAST_LINE}, buffer_size = {BUFFER}, encoding = 'utf-8')"
    )
    matched = f"regexp_matches(c0, {sql.literal(sql.log_pattern(pattern, ()))})"
    bad = f"CASE WHEN NOT {matched} THEN 'unparsed' END AS _bad"
    rows = f"SELECT row_number() OVER () AS _row, * FROM {reader}"
    copy_rows(connection, f"SELECT _row, _row AS _line, 1 AS _lines, {bad}, c0 FROM ({rows})", out)


def from_spool(
    connection: duckdb.DuckDBPyConnection, spool: Path, columns: int, grouping: Grouping | None, out: Path
) -> None:
    """Copy rows that Python read, spooled as JSON lines `{l: line, n: lines, b: bad, c: cells}`, to `out`."""
    reader = (
        f"read_json({sql.file(spool)}, format = 'newline_delimited', maximum_object_size = {4 * _MAX_LINE}, "
        f"columns = {{'l': 'BIGINT', 'n': 'INTEGER', 'b': 'VARCHAR', 'c': 'VARCHAR[]'}})"
    )
    names = ", ".join(f"c[{number + 1}] AS c{number}" for number in range(columns)) or "NULL::VARCHAR AS c0"
    rows = f"SELECT row_number() OVER () AS _row, l AS _line, n AS _lines, b AS _bad, {names} FROM {reader}"
    copy_rows(connection, _grouped(rows, grouping), out)


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

    A run is a stretch of rows of one non-empty group value that lie together; a row with another key of its own starts
    a new one. Values go downwards only: nobody's value may reach a row that merely has the same number elsewhere.
    """
    if grouping is None:
        return rows
    by = f"c{grouping.by}"
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
    return f"SELECT * EXCLUDE (_run), {carried} FROM ({runs}) ORDER BY _row"


def copy_rows(connection: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    """Write the rows of a query to `out`, in their order."""
    connection.execute("SET preserve_insertion_order = true")  # rows are numbered in the order of the file
    connection.execute(f"COPY ({query}) TO {sql.literal(str(out))} ({_RECORDS})")
    out.chmod(0o600)
    sync_file(out)


def counts(connection: duckdb.DuckDBPyConnection, records: Path) -> tuple[dict[str | None, int], int]:
    """Count the rows of records.parquet by why they are unreadable (None = loaded), and the lines they cover."""
    rows = connection.execute(
        f"SELECT _bad, count(*), sum(_lines) FROM read_parquet({sql.file(records)}) GROUP BY _bad ORDER BY _bad"
    ).fetchall()
    return {reason: int(number) for reason, number, _ in rows}, sum(int(lines) for _, _, lines in rows)


def identifiers_of(folder: Path, declaration: Declaration, keys: Keys) -> tuple[Path, ...]:
    """Give the identifier files of a segment that are current under a declaration; none if they must be built."""
    stem = _stem(declaration, keys)
    return tuple(sorted(folder.glob(f"{stem}-*.parquet"))) if (folder / f"{stem}-000.parquet").exists() else ()


def _stem(declaration: Declaration, keys: Keys) -> str:
    return f"identifiers-{declaration.digest(VERSION, keyed(keys.names, 'key id'))}"


def build_identifiers(
    connection: duckdb.DuckDBPyConnection, folder: Path, declaration: Declaration, contents: Contents, keys: Keys
) -> tuple[Path, ...]:
    """Write the sorted identifiers of a segment (hash, kind, role, row); gives the files, none if nothing identifies.

    A file holds the rows of one stretch of the export, so that memory does not grow with it. Values in their usual
    form are normalised by SQL in one pass; the distinct others by Python, into a second file of the stretch.
    """
    wanted = entries(declaration, contents)
    if not wanted:
        return ()
    # as enumerations, kind and role cost a byte a row in the sort and are written as text all the same
    kinds, roles = (
        f"ENUM({sql.literals(sorted(names))})" for names in ({e.kind for e in wanted}, {e.role for e in wanted})
    )
    parts: list[tuple[Path, Path]] = []
    for number, first in enumerate(range(1, max(contents.rows_read, 1) + 1, STRETCH)):
        within = f"_row BETWEEN {first} AND {first + STRETCH - 1}"
        rows, prefix = _rows(folder / "records.parquet", declaration, contents, wanted, within)
        branches = " UNION ALL ".join(_branch(entry, rows, keys.identifiers, (kinds, roles)) for entry in wanted)
        path = folder / f"{_stem(declaration, keys)}-{number:03d}.parquet"
        query = f"{prefix} SELECT * FROM ({branches}) ORDER BY hash, kind, role, _row"
        parts.append((_written(connection, query, path), path))
        _build_more(connection, *parts[-1], declaration.phone_region, keys.identifiers)
    for part, path in reversed(parts):
        commit(part, path)  # the first one last: where it is, all the others are
    return identifiers_of(folder, declaration, keys)


def _rows(
    records: Path, declaration: Declaration, contents: Contents, wanted: Sequence[Entry], within: str
) -> tuple[str, str]:
    """Where the entries read their cells: the Parquet rows, or for logs the groups of the pattern, taken once."""
    source = f"read_parquet({sql.file(records)}) WHERE _bad IS NULL AND {within}"
    if declaration.format != "log":
        return source, ""
    used = " ".join(part for entry in wanted for part in (*entry.cells, entry.each or ""))
    groups = [name for name in contents.headings if sql.quoted(name) in used]
    pattern = sql.literal(sql.log_pattern(declaration.pattern or "", groups))
    taken = f"SELECT _row, c0, regexp_extract(c0, {pattern}, [{sql.literals(groups)}]) AS g FROM {source}"
    # of the line itself only what may hold an e-mail address is needed on
    mail = "CASE WHEN contains(c0, '@') OR contains(c0, '%40') THEN c0 END AS _mail"
    parts = ", ".join([mail, *(f"g.{sql.quoted(name)} AS {sql.quoted(name)}" for name in groups)])
    return "parsed WHERE true", f"WITH parsed AS MATERIALIZED (SELECT _row, {parts} FROM ({taken}))"


def _branch(entry: Entry, rows: str, key: str, types: tuple[str, str]) -> str:
    raw = " || chr(31) || ".join(f"coalesce({cell}, '')" for cell in entry.cells)
    present = " AND ".join(sql.present(cell) for cell in entry.cells)
    if entry.each:
        rows = f"(SELECT _row, unnest({entry.each}) AS v FROM {rows}) WHERE true"
    hashed = sql.hash_expression(key, entry.kind, "n")
    return (
        f"SELECT {hashed} AS hash, {sql.literal(entry.kind)}::{types[0]} AS kind, "
        f"{sql.literal(entry.role)}::{types[1]} AS role, _row, "
        f"CASE WHEN n IS NULL THEN raw END AS raw FROM "
        # unnest keeps the filter from being pushed below it, where every normal form would be made twice
        f"(SELECT _row, unnest([{entry.simple}]) AS n, raw FROM (SELECT *, {raw} AS raw, {entry.bare} AS b "
        f"FROM {rows} AND {present})) WHERE n IS NULL OR n <> ''"
    )


def _build_more(connection: duckdb.DuckDBPyConnection, main: Path, path: Path, region: str | None, key: str) -> None:
    """Normalise the distinct values that SQL could not, and write their identifiers beside those of `path`."""
    odd = connection.execute(
        f"SELECT DISTINCT kind, role, raw FROM read_parquet({sql.file(main)}) WHERE hash = 0 ORDER BY ALL"
    ).fetchall()
    if not odd:
        return
    found = [
        (kind, role, raw, sql.hashed(key, kind, normal))
        for kind, role, raw in odd
        for normal in forms(kind, role, raw.split("\x1f"), region)
    ]
    connection.execute("CREATE OR REPLACE TEMP TABLE odd (kind VARCHAR, role VARCHAR, raw VARCHAR, hash UBIGINT)")
    columns = [list(column) for column in zip(*found, strict=True)] or [[], [], [], []]
    connection.execute(
        "INSERT INTO odd SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), "
        "unnest($3::VARCHAR[]), unnest($4::UBIGINT[])",
        columns,
    )
    query = (
        f"SELECT o.hash, m.kind, m.role, m._row, NULL::VARCHAR AS raw FROM read_parquet({sql.file(main)}) m "
        "JOIN odd o ON m.hash = 0 AND o.kind = m.kind AND o.role = m.role AND o.raw = m.raw "
        "ORDER BY o.hash, m.kind, m.role, m._row"
    )
    more = path.with_name(f"{path.stem}-more.parquet")
    commit(_written(connection, query, more), more)
    connection.execute("DROP TABLE odd")


def _written(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> Path:
    """Write a file under its temporary name, which is given back."""
    part = path.with_name(f".{path.name}.part")
    connection.execute("SET preserve_insertion_order = false")  # the query orders; less is held in memory
    connection.execute(f"COPY ({query}) TO {sql.literal(str(part))} ({_IDENTIFIERS})")
    part.chmod(0o600)
    sync_file(part)
    return part
