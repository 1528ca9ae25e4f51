"""A rehearsal of a plan on copies of its tables: exactly the planned rows change, and no other."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dsar.config import CollectionSpec
from dsar.erasure.check import read_back
from dsar.erasure.dialects import dialect
from dsar.erasure.hold import column_of
from dsar.erasure.statement import RowChange, statement
from dsar.model import ErasurePlan, Record

Row = Mapping[str, str | None]
"""One row of a table: column and value as text."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the rehearsal of one table saw; it proves the plan, not the text of a script for another database."""

    target: str
    table: str
    rows: int
    planned: int
    changed: int
    problems: tuple[str, ...]
    """Why it did not go as planned, without values; empty where it did."""

    @property
    def passed(self) -> bool:
        """Whether exactly the planned rows changed, no other did, and a second run changed nothing."""
        return not self.problems


def table_rows(records: Iterable[Record], spec: CollectionSpec) -> Iterable[dict[str, str | None]]:
    """Turn records of an export into rows of the table that its `erase` names, headings replaced by column names."""
    for record in records:
        if spec.erase is not None:
            erase = spec.erase
            yield {column_of(erase, heading): value for heading, value in record.fields}


def rehearse(
    plan: ErasurePlan, dialects: Mapping[str, str], tables: Mapping[tuple[str, str], Iterable[Row]]
) -> tuple[Rehearsal, ...]:
    """Run the plan's statements on in-memory copies of their tables and look at every row (E-29, Art. 5(2) GDPR).

    `dialects` gives the dialect of each target, `tables` the rows by (target, table), each read once. The statements
    are read back from the plan and written anew for SQLite. What should change is worked out apart from SQL.
    """
    by_table: dict[tuple[str, str], list[RowChange]] = {}
    for target, text in dict.fromkeys((step.target, step.statement) for step in plan.steps):
        if target is not None and target in dialects and text:
            change = read_back(text, dialect(dialects[target]))
            by_table.setdefault((target, change.table), []).append(change)
    return tuple(_rehearse(place, changes, tables.get(place, ())) for place, changes in by_table.items())


def _rehearse(place: tuple[str, str], named: Sequence[RowChange], rows: Iterable[Row]) -> Rehearsal:
    columns = list(dict.fromkeys(column for change in named for column, _ in (*change.where, *change.set)))
    own = {column: f"c{number}" for number, column in enumerate(columns)}  # SQLite takes ID and id for the same
    changes = [_renamed(change, own) for change in named]
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        database.execute(f"CREATE TABLE rehearsed (n INTEGER PRIMARY KEY, rest TEXT, {', '.join(own.values())})")
        hits, size = _fill(database, columns, named, rows)
        before = _hashes(database, size)
        _run(database, changes)
        after = _hashes(database, size)
        _run(database, changes)
        again = _hashes(database, size)
    finally:
        database.close()
    problems = [
        f"statement {number} names {len(found)} rows of the export instead of one"
        for number, found in enumerate(hits, 1)
        if len(found) != 1
    ]
    gone = {row for change, found in zip(named, hits, strict=True) for row in found if not change.set}
    kept = {row for change, found in zip(named, hits, strict=True) for row in found if change.set}
    if any(after[row] for row in gone) or not all(after[row] for row in kept):
        problems.append("a planned row is not as the plan says")
    if any(after[row] != before[row] for row in range(len(before)) if row not in gone and row not in kept):
        problems.append("a row that is not in the plan changed")
    if again != after:
        problems.append("a second run changes rows again")
    changed = sum(after[row] != before[row] for row in range(len(before)))
    return Rehearsal(*place, rows=size, planned=len(changes), changed=changed, problems=tuple(problems))


def _renamed(change: RowChange, own: Mapping[str, str]) -> RowChange:
    where = tuple((own[column], value) for column, value in change.where)
    return RowChange("rehearsed", where, tuple((own[column], value) for column, value in change.set))


def _fill(
    database: sqlite3.Connection, columns: Sequence[str], changes: Sequence[RowChange], rows: Iterable[Row]
) -> tuple[list[list[int]], int]:
    """Put the rows into the copy; gives the numbers of the rows that each change names, found without SQL."""
    wanted: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}
    hits: list[list[int]] = [[] for _ in changes]
    for position, change in enumerate(changes):
        names, values = zip(*change.where, strict=True)
        wanted.setdefault(names, {}).setdefault(values, []).append(position)
    marks = ", ".join("?" * (len(columns) + 2))
    number = 0
    database.execute("BEGIN")
    for number, row in enumerate(rows, 1):
        rest = {column: value for column, value in row.items() if column not in columns}
        cells = (number, json.dumps(rest, sort_keys=True), *(row.get(column) for column in columns))
        database.execute(f"INSERT INTO rehearsed VALUES ({marks})", cells)
        for names, by_values in wanted.items():
            for position in by_values.get(tuple(row.get(name) or "" for name in names), ()):
                hits[position].append(number)
    database.execute("COMMIT")
    return hits, number


def _run(database: sqlite3.Connection, changes: Sequence[RowChange]) -> None:
    for change in changes:
        database.execute(statement(change, dialect("sqlite")))


def _hashes(database: sqlite3.Connection, size: int) -> array[int]:
    """One 64-bit hash a row, at the row's number; 0 where the row is gone. Place 0 is unused."""
    hashes = array("Q", bytes(8 * (size + 1)))
    for number, *cells in database.execute("SELECT * FROM rehearsed ORDER BY n"):
        text = json.dumps(cells).encode()
        hashes[number] = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") | 1
    return hashes
