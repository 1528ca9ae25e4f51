"""Build the rows of a log whose lines are values between separators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dsar.store import sql
from dsar.store.build import BUFFER, Dialect, copy_rows

if TYPE_CHECKING:
    import duckdb


def from_split(connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect, separator: str, out: Path) -> None:
    """Copy a log whose lines are values between separators; lines that start with `#` are none of its rows.

    A line with another number of values is marked. The dialect's delimiter is a character that the file does not hold.
    """
    reader = (
        f"read_csv({sql.file(path)}, auto_detect = false, header = false, "
        f"delim = {sql.literal(dialect.delimiter)}, quote = '', escape = '', "
        f"columns = {{'line': 'VARCHAR'}}, force_not_null = ['line'], "
        f"compression = {sql.literal(dialect.compression)}, "
        f"strict_mode = true, max_line_size = {dialect.longest}, buffer_size = {BUFFER}, encoding = 'utf-8')"
    )
    numbered = f"SELECT row_number() OVER () AS _line, line FROM {reader}"
    values = f"string_split(line, {sql.literal(separator)}) AS v"
    rows = f"SELECT _line, {values} FROM ({numbered}) WHERE NOT starts_with(line, '#')"
    names = ", ".join(f"v[{number + 1}] AS c{number}" for number in range(dialect.columns))
    bad = f"CASE WHEN len(v) <> {dialect.columns} THEN 'misfit' END AS _bad"
    place = "row_number() OVER (ORDER BY _line)"
    query = f"SELECT _line - {place} AS _shift, 1 AS _lines, {bad}, {names} FROM ({rows})"
    copy_rows(connection, f"{query} ORDER BY _line", out)
