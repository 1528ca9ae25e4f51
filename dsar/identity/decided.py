"""What people decided about rows: must-link and cannot-link, found again by the row itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsar.store.decisions import Decision, marks_of
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


def decided(decisions: Iterable[Decision]) -> Decided:
    """Index decisions on records: by key and identifying cells where there is a key, and by all cells."""
    found: dict[str, Decision] = {}
    for decision in decisions:
        found.update({mark: decision for mark in (decision.known_by, decision.sha256) if mark})
    return Decided(found)
