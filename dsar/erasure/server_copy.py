"""Copies of tables on a server of the target's own kind: how they are made, read and tampered with."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsar.erasure.dialects import Dialect, UnwritableValue, quoted, quoted_table
from dsar.erasure.schema import TableShape
from dsar.erasure.servers import Done, Server, _Sqlite

Cells = tuple[str | None, ...]
NUMBER = "dsar_n"
"""An own column that numbers the rows; no statement of ours names it."""
_TEXT = {"postgresql": "text", "mariadb": "LONGTEXT", "sqlite": "TEXT"}
_ROWS = 100


@dataclass(frozen=True)
class CopiedTable:
    """What is copied of one table: its columns as far as statements name them, and rows by number."""

    name: str
    columns: tuple[str, ...]
    rows: Mapping[int, Cells]
    shape: TableShape | None = None

    def type_of(self, column: str, spoken: Dialect) -> str:
        """The type of a column: that of the DDL file, else text."""
        return (self.shape.types.get(column) if self.shape else None) or _TEXT[spoken.name]

    def required(self, column: str) -> bool:
        """Whether the DDL file says that the column is never NULL."""
        return bool(self.shape and column in self.shape.limits and self.shape.limits[column].required)


def fill(server: Server, spoken: Dialect, tables: Sequence[CopiedTable]) -> Done:
    """Make the tables anew on the server; a value that its column does not take makes it fail."""
    lines = [r"\set ON_ERROR_STOP on"] if spoken.name == "postgresql" else []
    if spoken.name == "sqlite":
        lines.append(".bail on")
    lines += _schemas(spoken, tables)
    for table in tables:
        lines += [f"DROP TABLE IF EXISTS {quoted_table(table.name, spoken)};", _create(table, spoken)]
    lines.append("BEGIN;")
    for table in tables:
        lines += _inserts(table, spoken)
    lines.append("COMMIT;")
    if spoken.name == "postgresql":
        lines += [line for table in tables for line in _indexes(table, spoken)]
    return server.run("\n".join([*lines, ""]).encode("ascii"))


def dump(server: Server, spoken: Dialect, tables: Sequence[CopiedTable]) -> dict[str, dict[int, Cells]]:
    """Read every row of the copies back: table → number → cells as text."""
    found: dict[str, dict[int, Cells]] = {table.name: {} for table in tables}
    if isinstance(server, _Sqlite):  # the shell's own output would have to be taken apart
        with sqlite3.connect(server.file) as connection:
            for table in tables:
                columns = ", ".join(f"CAST({quoted(column, spoken)} AS TEXT)" for column in table.columns)
                rows = connection.execute(f"SELECT {NUMBER}, {columns} FROM {quoted_table(table.name, spoken)}")
                found[table.name] = {number: tuple(cells) for number, *cells in rows}
        return found
    text = "".join(_select(number, table, spoken) for number, table in enumerate(tables))
    for line in server.run(text.encode("ascii")).out.splitlines():
        place, number, *cells = line.split("|")
        shown = tuple(None if cell == "-" else bytes.fromhex(cell).decode("utf-8") for cell in cells)
        found[tables[int(place)].name][int(number)] = shown
    return found


def tamper(server: Server, spoken: Dialect, table: CopiedTable, row: int, lock: str | None) -> None:
    """Change a row as somebody else might: empty its lock column, or take the row away where it has none."""
    name = quoted_table(table.name, spoken)
    change = f"DELETE FROM {name}" if lock is None else f"UPDATE {name} SET {quoted(lock, spoken)} = NULL"
    server.run(f"{change} WHERE {NUMBER} = {row};\n".encode("ascii"))


def _schemas(spoken: Dialect, tables: Sequence[CopiedTable]) -> list[str]:
    names = dict.fromkeys(part[0] for table in tables if len(part := table.name.split(".")) > 1)
    kind = "SCHEMA" if spoken.name == "postgresql" else "DATABASE"
    more = "" if spoken.name == "postgresql" else " CHARACTER SET utf8mb4"
    quiet = ["SET client_min_messages = warning;"] if spoken.name == "postgresql" else []
    return quiet + [f"CREATE {kind} IF NOT EXISTS {quoted(name, spoken)}{more};" for name in names]


def _create(table: CopiedTable, spoken: Dialect) -> str:
    columns = [f"{NUMBER} {'INTEGER' if spoken.name == 'sqlite' else 'BIGINT'} PRIMARY KEY"]
    for column in table.columns:
        required = " NOT NULL" if table.required(column) else ""
        columns.append(f"{quoted(column, spoken)} {table.type_of(column, spoken)}{required}")
    for names in table.shape.uniques if table.shape else ():
        if set(names) <= set(table.columns):
            columns.append(f"UNIQUE ({', '.join(quoted(name, spoken) for name in names)})")
    engine = " ENGINE=InnoDB" if spoken.name == "mariadb" else ""
    return f"CREATE TABLE {quoted_table(table.name, spoken)} ({', '.join(columns)}){engine};"


def _inserts(table: CopiedTable, spoken: Dialect) -> list[str]:
    lines, rows = [], [(number, cells) for number, cells in table.rows.items()]
    for start in range(0, len(rows), _ROWS):
        shown = [_row(number, cells, spoken) for number, cells in rows[start : start + _ROWS]]
        if values := ", ".join(row for row in shown if row):
            lines.append(f"INSERT INTO {quoted_table(table.name, spoken)} VALUES {values};")
    return lines


def _row(number: int, cells: Cells, spoken: Dialect) -> str:
    """One row of literals; a row that the database cannot hold is none of its rows, so it is left out."""
    try:
        shown = ", ".join("NULL" if cell is None else spoken.literal(cell) for cell in cells)
    except UnwritableValue:
        return ""
    return f"({number}, {shown})" if shown else f"({number})"


def _indexes(table: CopiedTable, spoken: Dialect) -> list[str]:
    """Index what statements compare, so that a run of many requests is rehearsed in time."""
    name = quoted_table(table.name, spoken)
    first = [column for column in table.columns[:1] if not table.shape]
    return [f"CREATE INDEX ON {name} (({spoken.text.format(quoted(column, spoken))}));" for column in first]


def _select(place: int, table: CopiedTable, spoken: Dialect) -> str:
    hexed = {
        "postgresql": "COALESCE(encode(convert_to({}::text, 'UTF8'), 'hex'), '-')",
        "mariadb": "COALESCE(HEX(CONVERT({} USING utf8mb4)), '-')",
    }[spoken.name]
    parts = [f"'{place}'", NUMBER, *(hexed.format(quoted(column, spoken)) for column in table.columns)]
    return f"SELECT CONCAT_WS('|', {', '.join(parts)}) FROM {quoted_table(table.name, spoken)};\n"
