"""From plans and the copies of their tables to scripts that are run on servers of the targets' own kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dsar.erasure.rehearse import Rehearsal, Table, Wanted, changes_of
from dsar.erasure.rehearse_text import Job, Stage, TextRehearsal, rehearse_texts
from dsar.erasure.schema import Shapes
from dsar.erasure.script import script
from dsar.erasure.server_copy import Cells, CopiedTable
from dsar.erasure.table_copy import TableCopy
from dsar.model import ErasurePlan

_OTHERS = 200
"""So many rows that no statement names stand beside the planned ones; the plan's own rehearsal sees all of them."""


@dataclass
class Taken:
    """What was taken from the copies of tables while the plans were rehearsed on them."""

    schemas: Mapping[str, Shapes] = field(default_factory=dict)
    tables: dict[Table, CopiedTable] = field(default_factory=dict)
    others: dict[Table, frozenset[int]] = field(default_factory=dict)
    expected: dict[tuple[int, Table], dict[int, Cells | None]] = field(default_factory=dict)

    def take(self, table: Table, copy: TableCopy, wanted: Wanted) -> None:
        """Keep the rows that statements name, some others, and what each plan should make of them."""
        others = copy.others(_OTHERS)
        target, name = table
        shape = self.schemas.get(target, {}).get(name)
        self.tables[table] = CopiedTable(name, tuple(copy.columns), {**copy.planned, **others}, shape)
        self.others[table] = frozenset(others)
        for number, changes in enumerate(wanted):
            if table in changes:
                self.expected[number, table] = {
                    row: copy.after(row, change) for change in changes[table] for row in copy.hits[change]
                }


def rehearse_scripts(
    plans: Sequence[ErasurePlan],
    dialects: Mapping[str, str],
    taken: Taken,
    seen: Sequence[tuple[Rehearsal, ...]],
) -> list[tuple[TextRehearsal, ...]]:
    """Run the text of every script on a server of its target's kind (decisions: a rehearsal proves plan and text).

    `seen` are the rehearsals of the plans: a script whose plan failed there is not run. Gives the results by plan.
    """
    jobs: dict[str, list[Job]] = {}
    for number, plan in enumerate(plans):
        failed = {one.target for one in seen[number] if not one.passed}
        for target in dict.fromkeys(one.target for one in seen[number]):
            if target not in failed:
                jobs.setdefault(target, []).append(_job(number, plan, target, dialects, taken))
    found: dict[int, list[TextRehearsal]] = {}
    for target, asked in jobs.items():
        for number, result in rehearse_texts(_stage(target, dialects[target], taken), asked).items():
            found.setdefault(number, []).append(result)
    return [tuple(found.get(number, ())) for number in range(len(plans))]


def _job(number: int, plan: ErasurePlan, target: str, dialects: Mapping[str, str], taken: Taken) -> Job:
    changes = {table: made for table, made in changes_of(plan, dialects).items() if table[0] == target}
    expected = {table[1]: taken.expected.get((number, table), {}) for table in changes}
    locks: dict[str, str | None] = {}
    for table, made in changes.items():
        last = made[-1]
        set_too = {column for column, _ in last.set}
        free = [column for column, _ in last.where[1:] if column not in set_too]
        locks[table[1]] = free[-1] if free else None
    statements = sum(len(made) for made in changes.values())
    return Job(number, script(plan, target, dialects[target]), statements, expected, locks)


def _stage(target: str, dialect_name: str, taken: Taken) -> Stage:
    tables = tuple(copied for table, copied in taken.tables.items() if table[0] == target)
    others = {table[1]: rows for table, rows in taken.others.items() if table[0] == target}
    return Stage(target, dialect_name, tables, others)
