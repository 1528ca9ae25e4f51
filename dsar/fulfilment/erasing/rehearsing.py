"""The rehearsal of the plans of a run: on copies of their tables, then the scripts' own text on real servers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from dsar.config import CollectionSpec
from dsar.fulfilment.erasing.schemas import schemas_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import ErasurePlan
from dsar.store.records import record_of
from dsar.store.run import Run
from dsar.store.segments import Segment

if TYPE_CHECKING:
    from dsar.erasure.rehearse import Rehearsal
    from dsar.erasure.rehearse_text import TextRehearsal
    from dsar.erasure.table_copy import Cells, Named


@dataclass(frozen=True)
class Seen:
    """What the rehearsal of one plan saw: of each table, and of the text of each script."""

    tables: tuple[Rehearsal, ...]
    texts: tuple[TextRehearsal, ...]

    @property
    def failed(self) -> frozenset[str]:
        """The targets whose script must not be run."""
        broken = [one.target for one in self.tables if not one.passed]
        return frozenset(broken + [one.target for one in self.texts if one.problems])

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong, without values."""
        of_tables = [problem for one in self.tables for problem in one.problems]
        return (*of_tables, *(problem for one in self.texts for problem in one.problems))

    @property
    def document(self) -> dict[str, Any]:
        """The result as plan.json has it: `passed` is true if nothing failed, whether or not a server was there."""
        return {
            "passed": not self.failed,
            "tables": [asdict(one) | {"passed": one.passed} for one in self.tables],
            "scripts": [asdict(one) | {"passed": one.passed} for one in self.texts],
        }


def rehearsed(
    workspace: Workspace, plans: Sequence[ErasurePlan]
) -> list[tuple[tuple[Rehearsal, ...], tuple[TextRehearsal, ...]]]:
    """Run plans and scripts on copies built from the exports (Art. 5(2), 32(1)(b) GDPR); gives what was seen."""
    from dsar.erasure.rehearse import rehearse
    from dsar.erasure.rehearse_scripts import Taken, rehearse_scripts
    from dsar.erasure.table_copy import Read

    dialects = {name: target.dialect for name, target in workspace.config.target.items()}
    touched = {(step.source, step.collection) for plan in plans for step in plan.steps if step.target in dialects}
    tables = {(erase.target, erase.table) for place in touched if (erase := workspace.specs[place].erase)}
    files: dict[tuple[str, str], list[Read]] = {}
    taken = Taken(schemas_of(workspace))
    with workspace.run() as run:
        for segment in workspace.segments:
            spec = workspace.specs[(segment.declaration.source, segment.declaration.collection)]
            erase = spec.erase
            if erase and erase.target and erase.table and (erase.target, erase.table) in tables:
                files.setdefault((erase.target, erase.table), []).append(partial(_read, run, segment, spec))
        seen = rehearse(plans, dialects, files, taken.take)
    return list(zip(seen, rehearse_scripts(plans, dialects, taken, seen), strict=True))


def _read(
    run: Run, segment: Segment, spec: CollectionSpec, columns: Sequence[str], named: Named, most: int
) -> Iterator[Cells | int]:
    """Give the cells of some columns of a table from one of its exports; only a table's file is read by columns."""
    from dsar.erasure.rehearse import columns_of, table_rows

    if segment.declaration.format == "table":
        known = columns_of(spec, {name: f"c{number}" for number, name in enumerate(segment.contents.headings)})
        places = [known.get(column) for column in columns]
        looked = [(column, sorted(values)) for place, values in named if (column := places[place])]
        left_out = segment.contents.rows_loaded
        for cells in run.cells(segment.number, places, most, looked):
            left_out -= 1
            yield cells
        yield left_out
        return
    records = (record_of(segment, row) for row in run.every(segment.number) if row["_bad"] is None)
    for found in table_rows(records, spec):
        yield [found.get(column) for column in columns]
