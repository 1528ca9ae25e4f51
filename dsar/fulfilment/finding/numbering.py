"""Rows that were found become records: numbered where different rows share a key, one where equal rows do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dsar.fulfilment.finding.mentions import places
from dsar.identity.facets import Ref
from dsar.identity.found import Graded
from dsar.identity.resolve import Resolution
from dsar.model import Match, Record
from dsar.store.decisions import RowMarks, marks_of
from dsar.store.records import key_columns, key_values, record_of
from dsar.store.run import Run

REQUEST = "request"
"""The origin of what the request itself gives."""
Rows = Mapping[Ref, Mapping[str, Any]]


class Records:
    """The records of all rows that were found, numbered where different rows share a key."""

    def __init__(self, run: Run, rows: Rows, resolutions: Sequence[Resolution], *, refused: bool = False) -> None:
        self.refused = refused
        """Whether refused rows are records of the answer too."""
        self._run = run
        self._rows = dict(rows)
        self.copies: dict[Ref, int] = {}
        """Row → which of the different rows with its key it is, from 1."""
        self.twin: dict[Ref, Ref] = {}
        """Row → the equal row, earlier in the same collection, that it is the same record as."""
        self._equal: dict[Ref, list[Ref]] = {}
        self._made: dict[Ref, Record] = {}
        """Records that were asked for: evidence names the same row again and again."""
        shown = [g for resolution in resolutions for g in resolution.graded if refused or g.grade != "refused"]
        refs = {ref for graded in shown for ref in (graded.ref, *graded.rivals)}
        by_collection: dict[tuple[str, str], set[tuple[str, ...]]] = {}
        for ref in sorted(refs):
            declaration = run.segments[ref[0]].declaration
            values = key_values(run.segments[ref[0]], self._rows[ref])
            if values is not None:
                by_collection.setdefault((declaration.source, declaration.collection), set()).add(values)
        for place, keys in by_collection.items():
            self._number(place, sorted(keys))

    def _number(self, place: tuple[str, str], keys: list[tuple[str, ...]]) -> None:
        """Find every row with one of the keys, in all files of the collection, and number the different ones."""
        seen: dict[tuple[str, ...], list[Ref]] = {}
        for segment in self._run.segments:
            if (segment.declaration.source, segment.declaration.collection) != place or not key_columns(segment):
                continue
            same = self._run.same(segment.number, key_columns(segment), keys)
            missing = {row for row, _ in same if (segment.number, row) not in self._rows}
            for number, cells in self._run.rows(segment.number, missing).items() if missing else ():
                self._rows[(segment.number, number)] = cells
            for number, at in same:
                self._place(seen.setdefault(keys[at], []), (segment.number, number))

    def _place(self, earlier: list[Ref], ref: Ref) -> None:
        cells = self._cells(ref) if earlier else ()
        for number, first in enumerate(earlier, start=1):
            if self._cells(first) == cells:
                self.copies[ref] = number
                self.twin[ref] = first
                self._equal.setdefault(first, [first]).append(ref)
                return
        earlier.append(ref)
        self.copies[ref] = len(earlier)

    def _cells(self, ref: Ref) -> tuple[Any, ...]:
        return tuple(value for name, value in self._rows[ref].items() if not name.startswith("_"))

    def match(self, graded: Graded) -> Match:
        """Make the match of a graded row; rows that its evidence and its rivals name become records as well."""
        record = self.record(graded.ref)
        evidence = tuple(
            e if e.origin == REQUEST else replace(e, origin=self._named(e.origin)) for e in graded.evidence
        )
        rivals = dict.fromkeys(self.record(ref).record for ref in graded.rivals)
        return Match(
            record,
            graded.grade,
            graded.hop,
            evidence,
            graded.reason,
            tuple(rivals),
            places(record, evidence),
            graded.bits,
        )

    def record(self, ref: Ref) -> Record:
        """Give the record of a row, with every further place where the same row stands."""
        if ref not in self._made:
            self._made[ref] = self._record(ref)
        return self._made[ref]

    def _record(self, ref: Ref) -> Record:
        found = record_of(self._run.segments[ref[0]], self._rows[ref], self.copies.get(ref, 1))
        first = self.twin.get(ref, ref)
        others = [other for other in self._equal.get(first, ()) if other != ref]
        return replace(found, also=tuple(self._place_of(other) for other in others)) if others else found

    def marks(self, ref: Ref) -> RowMarks:
        """Give what a row is known by in later exports."""
        return marks_of(self._run.segments[ref[0]], self._rows[ref])

    def _place_of(self, ref: Ref) -> tuple[str, int, int]:
        row = self._rows[ref]
        return self._run.segments[ref[0]].facts.path, row["_line"], row["_lines"]

    def _named(self, origin: str) -> str:
        segment, row = origin.split(":")
        return self.record((int(segment), int(row))).record
