"""A table as far as its statements can see it, in SQLite, with every row that they change written down."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from dsar.erasure.dialects import dialect
from dsar.erasure.statement import RowChange, statement

OTHERS = 200_000
"""So many rows that no statement names are copied; more would only take time."""
Cells = Sequence[str | None]
Named = Sequence[tuple[int, Collection[str]]]
"""By place of a column, the values that a row must have in one of them to be named by a change."""
Read = Callable[[Sequence[str], Named, int], Iterable[Cells | int]]
"""Reads one export file of a table: given names of columns, their cells row by row; None where there is no cell.

Of the rows that no value names it may leave out any after so many; it gives how many these were as a number.
"""


class TableCopy:
    """The columns that statements name (key, lock, `set`) of one table; nothing else of it can change.

    What each statement names is worked out here without SQL, over all rows of the export.
    """

    def __init__(self, changes: Iterable[RowChange], files: Sequence[Read], most: int = OTHERS) -> None:
        self.hits: dict[RowChange, list[int]] = {change: [] for change in changes}
        """Change → numbers of the rows that it names."""
        self.planned: dict[int, tuple[str | None, ...]] = {}
        """Number of a named row → its cells."""
        self.rows = self.left_out = 0
        self.columns = list(dict.fromkeys(c for change in self.hits for c, _ in (*change.where, *change.set)))
        self._own = {column: f"c{n}" for n, column in enumerate(self.columns)}  # SQLite takes ID and id for the same
        self._stand: dict[int, int] = {}
        self._most = most
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._database.execute(f"CREATE TABLE copied (n INTEGER PRIMARY KEY, {', '.join(self._own.values())})")
        self._database.execute("CREATE TABLE touched (n INTEGER)")
        self._database.execute("BEGIN")
        marks = ", ".join("?" * (len(self.columns) + 1))
        self._database.executemany(f"INSERT INTO copied VALUES ({marks})", self._numbered(files))
        self._watch()
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Forget the copy."""
        self._database.close()

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Take back whatever is run inside the block."""
        self._database.execute("BEGIN")
        try:
            yield
        finally:
            self._database.execute("ROLLBACK")

    def run(self, changes: Sequence[RowChange]) -> set[int]:
        """Run the statements of changes, written for SQLite; gives the numbers of all rows that are now different."""
        self._database.execute("DELETE FROM touched")
        for change in changes:
            where = tuple((self._own[column], value) for column, value in change.where)
            news = tuple((self._own[column], value) for column, value in change.set)
            self._database.execute(statement(RowChange("copied", where, news), dialect("sqlite")))
        return {n for (n,) in self._database.execute("SELECT DISTINCT n FROM touched")}

    def now(self, row: int) -> tuple[str | None, ...] | None:
        """The cells of a row as they are now, None where it is gone."""
        found = self._database.execute("SELECT * FROM copied WHERE n = ?", (row,)).fetchone()
        return None if found is None else tuple(found[1:])

    def after(self, row: int, change: RowChange) -> tuple[str | None, ...] | None:
        """The cells that a named row should have after one change, worked out without SQL."""
        news = dict(change.set)
        cells = zip(self.columns, self.planned[row], strict=True)
        return tuple(news.get(column, cell) for column, cell in cells) if change.set else None

    def others(self, most: int) -> dict[int, tuple[str | None, ...]]:
        """Some rows that no statement names, by their number, in the order of the export."""
        listed = f"SELECT * FROM copied ORDER BY n LIMIT {most + len(self.planned)}"
        found = {n: tuple(cells) for n, *cells in self._database.execute(listed) if n not in self.planned}
        return dict(list(found.items())[:most])

    def _watch(self) -> None:
        """Index what statements compare, and write down each row that really becomes another."""
        for number, names in enumerate({tuple(column for column, _ in change.where) for change in self.hits}):
            compared = ", ".join(dialect("sqlite").text.format(f'"{self._own[name]}"') for name in names)
            self._database.execute(f"CREATE INDEX i{number} ON copied ({compared})")
        other = " OR ".join(f"old.{own} IS NOT new.{own}" for own in ("n", *self._own.values()))
        note = "BEGIN INSERT INTO touched VALUES (old.n); END"
        self._database.execute(f"CREATE TRIGGER gone AFTER DELETE ON copied {note}")
        self._database.execute(f"CREATE TRIGGER changed AFTER UPDATE ON copied WHEN {other} {note}")

    def _numbered(self, files: Sequence[Read]) -> Iterator[tuple[object, ...]]:
        named_by, looked = _finder(self.columns, list(self.hits))
        for file, read in enumerate(files):
            for cells in read(self.columns, looked, self._most):
                if isinstance(cells, int):
                    self.left_out += cells
                    continue
                named = named_by(cells)
                if not named and self.rows - len(self.planned) >= self._most:
                    self.left_out += 1
                    continue
                if named and self._is_known(file, cells, named):
                    continue
                self.rows += 1
                if named:
                    self.planned[self.rows], self._stand[self.rows] = tuple(cells), file
                for change in named:
                    self.hits[change].append(self.rows)
                yield (self.rows, *cells)

    def _is_known(self, file: int, cells: Cells, named: Sequence[RowChange]) -> bool:
        """Whether another export file has shown this row: delivered twice, it is still one row of the table."""
        return any(
            self._stand[row] != file
            and all(a == b or a is None or b is None for a, b in zip(known, cells, strict=True))
            for row in self.hits[named[0]]
            if (known := self.planned[row])
        )


def _finder(
    columns: Sequence[str], changes: Sequence[RowChange]
) -> tuple[Callable[[Cells], Sequence[RowChange]], Named]:
    """Make the function that tells which changes name a row: all columns hold exactly the value, empty being None.

    Also give what each row that is named has at least.
    """
    groups: dict[tuple[int, ...], dict[tuple[str, ...], list[RowChange]]] = {}
    for change in changes:
        places = tuple(columns.index(column) for column, _ in change.where)
        values = tuple(value for _, value in change.where)
        groups.setdefault(places, {}).setdefault(values, []).append(change)
    if not groups:
        return lambda cells: (), ()
    firsts: Mapping[int, set[str]] = {}
    for places, by_values in groups.items():
        firsts = {**firsts, places[0]: firsts.get(places[0], set()) | {values[0] for values in by_values}}
    looked = tuple(firsts.items())

    def named_by(cells: Cells) -> Sequence[RowChange]:
        if not any(cells[place] in wanted for place, wanted in looked):  # a key is never empty
            return ()
        found: list[RowChange] = []
        for places, by_values in groups.items():
            found.extend(by_values.get(tuple(cells[place] or "" for place in places), ()))
        return found

    return named_by, looked
