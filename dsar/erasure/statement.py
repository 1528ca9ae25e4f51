"""One row of a target and what happens to it, as a single statement by full key and lock."""

from __future__ import annotations

from dataclasses import dataclass

from dsar.erasure.dialects import Dialect, equals, quoted, quoted_table


@dataclass(frozen=True, slots=True)
class RowChange:
    """Exactly one row of a table: the columns that name it, and what they are set to (nothing: the row goes)."""

    table: str
    where: tuple[tuple[str, str], ...]
    """(column, value) of the full key, then of the lock; an empty value stands for NULL or empty text."""
    set: tuple[tuple[str, str | None], ...] = ()
    """(column, new value or None for NULL); empty for a DELETE."""


def statement(change: RowChange, spoken: Dialect) -> str:
    """Write the one DELETE or UPDATE of a row, without the final semicolon, on one line of printable ASCII.

    Raises UnwritableValue for a value the database cannot hold, ConfigError for a name that cannot be quoted.
    """
    table = quoted_table(change.table, spoken)
    if not change.set:
        return f"DELETE FROM {table} WHERE {condition(change, spoken)}"
    settings = ", ".join(
        f"{quoted(column, spoken)} = {'NULL' if value is None else spoken.literal(value)}"
        for column, value in change.set
    )
    return f"UPDATE {table} SET {settings} WHERE {condition(change, spoken)}"


def condition(change: RowChange, spoken: Dialect) -> str:
    """Write the condition that names the row: every key and lock column holds exactly its value."""
    return " AND ".join(equals(column, value, spoken) for column, value in change.where)
