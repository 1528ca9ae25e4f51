"""A rehearsal of plans on copies of their tables: exactly the planned rows change, and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dsar.config import CollectionSpec
from dsar.erasure.check import read_back
from dsar.erasure.dialects import dialect
from dsar.erasure.hold import column_of
from dsar.erasure.statement import RowChange
from dsar.erasure.table_copy import Read, TableCopy
from dsar.model import ErasurePlan, Record
from dsar.retention import value_of

Table = tuple[str, str]
"""(target, table)"""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the rehearsal of one table saw; it proves the plan, not the text of a script for another database."""

    target: str
    table: str
    rows: int
    """Rows of the copy."""
    planned: int
    changed: int
    problems: tuple[str, ...]
    """Why it did not go as planned, without values; empty where it did."""
    sampled: int = 0
    """Rows of the export where the copy holds only a part of them (every row that the run names is in it); else 0."""

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


def columns_of(spec: CollectionSpec, headings: Mapping[str, str]) -> dict[str, str]:
    """Map the columns of the table that `erase` names to what `headings` gives for the headings of an export."""
    if spec.erase is None:
        return {}
    named = {column_of(spec.erase, heading): cell for heading, cell in headings.items()}
    for heading, column in {**spec.erase.key, **spec.erase.lock}.items():
        if cell := value_of(headings, heading):  # found as the plan finds it, case and blanks apart
            named[column] = cell
    return named


Wanted = Sequence[Mapping[Table, Sequence[RowChange]]]
"""What each plan changes, by table."""


def rehearse(
    plans: Sequence[ErasurePlan],
    dialects: Mapping[str, str],
    tables: Mapping[Table, Sequence[Read]],
    take: Callable[[Table, TableCopy, Wanted], None] | None = None,
) -> list[tuple[Rehearsal, ...]]:
    """Run each plan's statements on in-memory copies of their tables and see every row they change (E-29, Art. 5(2)).

    `dialects` gives the dialect of each target, `tables` the export files by (target, table). Each table is copied
    once for all plans, and each plan finds it as it was. The statements are read back from the plan and written anew
    for SQLite. What should change is worked out apart from SQL. A row that several files show is one row. `take` is
    given each copy as it was made, before anything ran on it.
    """
    wanted = [changes_of(plan, dialects) for plan in plans]
    seen: dict[tuple[int, Table], Rehearsal] = {}
    for table in dict.fromkeys(table for changes in wanted for table in changes):
        copy = TableCopy((one for changes in wanted for one in changes.get(table, ())), tables.get(table, ()))
        try:
            if take is not None:
                take(table, copy, wanted)
            for number, changes in enumerate(wanted):
                if table in changes:
                    seen[number, table] = _tried(copy, table, changes[table])
        finally:
            copy.close()
    return [tuple(seen[number, table] for table in changes) for number, changes in enumerate(wanted)]


def changes_of(plan: ErasurePlan, dialects: Mapping[str, str]) -> dict[Table, list[RowChange]]:
    """What the scripts of a plan change, by table, each row once."""
    found: dict[Table, list[RowChange]] = {}
    for target, text in dict.fromkeys((step.target, step.statement) for step in plan.steps):
        if target is not None and target in dialects and text:
            change = read_back(text, dialect(dialects[target]))
            found.setdefault((target, change.table), []).append(change)
    return found


def _tried(copy: TableCopy, table: Table, changes: Sequence[RowChange]) -> Rehearsal:
    """Run the changes of one plan twice and compare every row they touched with what was meant."""
    problems = [
        f"statement {number} names {len(copy.hits[change])} rows of the export instead of one"
        for number, change in enumerate(changes, 1)
        if len(copy.hits[change]) != 1
    ]
    meant = {row: copy.after(row, change) for change in changes for row in copy.hits[change]}
    with copy.trial():
        touched = copy.run(changes)
        if any(copy.now(row) != cells for row, cells in meant.items()):
            problems.append("a planned row is not as the plan says")
        if touched - meant.keys():
            problems.append("a row that is not in the plan changed")
        if copy.run(changes):
            problems.append("a second run changes rows again")
    size = copy.rows + copy.left_out if copy.left_out else 0
    return Rehearsal(*table, copy.rows, len(changes), len(touched), tuple(problems), size)
