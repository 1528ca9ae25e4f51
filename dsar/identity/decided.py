"""What people decided about rows: must-link and cannot-link, found again by the row itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from dsar.identity.facets import Ref
from dsar.store.decisions import Decision, marks_of
from dsar.store.records import key_columns
from dsar.store.run import Run
from dsar.store.segments import Segment

DECIDED = "decided"
"""Rule of a row about which a person decided."""


@dataclass(frozen=True)
class Decided:
    """The standing decisions of one request, by what a row is known by in any export."""

    by_mark: Mapping[str, Decision] = field(default_factory=dict)

    def of(self, segment: Segment, row: Mapping[str, Any]) -> Decision | None:
        """Give the decision on a stored row, None where nobody decided."""
        if not self.by_mark:
            return None
        marks = marks_of(segment, row)
        return self.by_mark.get(marks.known_by or "") or self.by_mark.get(marks.sha256)


def accepted_rows(run: Run, before: Decided) -> Iterator[Ref]:
    """Find the rows that a person accepted by what they are known by, whatever else leads to them or does not.

    A row with a key of one column is asked for by it; any other is looked for among all rows of its collection.
    """
    accepted = {decision for decision in before.by_mark.values() if decision.verdict == "accept"}
    for place in sorted({tuple(decision.target.split("/")[:2]) for decision in accepted}):
        keys = {unquote(d.target.split("/", 2)[2]) for d in accepted if tuple(d.target.split("/")[:2]) == place}
        for segment in run.segments:
            if (segment.declaration.source, segment.declaration.collection) == place:
                for number, row in _rows(run, segment, keys):
                    decision = before.of(segment, row)
                    if decision is not None and decision.verdict == "accept":
                        yield segment.number, number


def _rows(run: Run, segment: Segment, keys: Collection[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    columns = key_columns(segment)
    if len(columns) != 1:
        yield from ((row["_row"], row) for row in run.every(segment.number))
        return
    wanted = sorted({form for key in keys for form in (key, re.sub(r"#[0-9]+$", "", key))})
    numbers = [found[0] for found in run.same(segment.number, columns, [[key] for key in wanted])]
    yield from run.rows(segment.number, numbers).items()


def decided(decisions: Iterable[Decision]) -> Decided:
    """Index decisions on records: by key and identifying cells where there is a key, and by all cells."""
    found: dict[str, Decision] = {}
    for decision in decisions:
        found.update({mark: decision for mark in (decision.known_by, decision.sha256) if mark})
    return Decided(found)
