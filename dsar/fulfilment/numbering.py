"""Rows that were found become records: numbered where different rows share a key, one where equal rows do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dsar.identity.facets import Ref
from dsar.identity.resolve import Resolution
from dsar.identity.subject import Graded
from dsar.model import Match
from dsar.store.records import key_columns, key_values, record_of
from dsar.store.run import Run

Rows = Mapping[Ref, Mapping[str, Any]]


class Records:
    """The records of all rows that were found, numbered where different rows share a key."""

    def __init__(self, run: Run, rows: Rows, resolutions: Sequence[Resolution]) -> None:
        self._run = run
        self._rows = dict(rows)
        self.copies: dict[Ref, int] = {}
        """Row → which of the different rows with its key it is, from 1."""
        self.twin: dict[Ref, Ref] = {}
        """Row → the equal row, earlier in the same collection, that it is the same record as."""
        refs = {graded.ref for resolution in resolutions for graded in resolution.graded if graded.grade != "refused"}
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
        seen: dict[tuple[str, ...], list[tuple[tuple[Any, ...], Ref]]] = {}
        for segment in self._run.segments:
            if (segment.declaration.source, segment.declaration.collection) != place or not key_columns(segment):
                continue
            same = self._run.same(segment.number, key_columns(segment), keys)
            missing = {row for row, _ in same if (segment.number, row) not in self._rows}
            for number, cells in self._run.rows(segment.number, missing).items() if missing else ():
                self._rows[(segment.number, number)] = cells
            for number, at in same:
                self._place(seen.setdefault(keys[at], []), (segment.number, number))

    def _place(self, earlier: list[tuple[tuple[Any, ...], Ref]], ref: Ref) -> None:
        cells = tuple(value for name, value in self._rows[ref].items() if not name.startswith("_"))
        for number, (known, first) in enumerate(earlier, start=1):
            if known == cells:
                self.copies[ref] = number
                self.twin[ref] = first
                return
        earlier.append((cells, ref))
        self.copies[ref] = len(earlier)

    def match(self, graded: Graded) -> Match:
        """Make the match of a graded row."""
        record = record_of(self._run.segments[graded.ref[0]], self._rows[graded.ref], self.copies.get(graded.ref, 1))
        return Match(record, graded.grade, graded.hop, graded.evidence, graded.reason)
