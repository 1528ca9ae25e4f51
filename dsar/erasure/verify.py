"""Each planned record held against the renewed exports: gone, still there, come back, kept, or missing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsar.model import Checked, Outcome, Record, Status


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A planned record as it was when the plan was made."""

    record: str
    source: str
    collection: str
    key: str
    outcome: Outcome
    digest: str
    """Of all its cells: the row is known again by it where it has no key."""
    changed: Mapping[str, str | None]
    """Heading → the value that the plan overwrites, as it was."""
    keyed: bool
    """Whether its rows have a key that can be looked up."""
    news: Mapping[str, str]
    """Heading → the value that a correction puts there; empty where the plan corrects nothing."""


@dataclass(frozen=True)
class Renewed:
    """What the renewed exports hold, as far as it bears on a plan."""

    by_key: Mapping[str, Sequence[Record]]
    """Planned record → the rows that now stand under its key."""
    found: Mapping[str, Record]
    """Record id → record, of everything a new search reached, whatever its grade."""
    confirmed: frozenset[str]
    """Record ids of the new search that are confirmed."""
    unknown: Mapping[str, str]
    """Source → why its exports say nothing: not searched, or not renewed."""
    seen: frozenset[str] = frozenset()
    """Digests and ids of rows that the search of the plan knew and nobody had decided: they did not come back."""


def digest_of(record: Record) -> str:
    """Hash every cell of a row with its collection; equal rows of one collection have one digest."""
    content = [[record.source, record.collection], [list(pair) for pair in record.fields]]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()


def compare(planned: Sequence[PlannedRow], now: Renewed, gone_before: frozenset[str]) -> tuple[Checked, ...]:
    """Tell of every planned record what became of it, row by row, and of confirmed ones that no plan knows (E-34).

    `gone_before` are records that an earlier verification found gone: one that is there again came back.
    """
    left = Counter(digest_of(record) for record in now.found.values())
    checked = [_checked(row, now, left, gone_before) for row in planned]
    return (*checked, *_new(planned, now))


def _checked(row: PlannedRow, now: Renewed, left: Counter[str], gone_before: frozenset[str]) -> Checked:
    status, note = _status(row, now, left)
    if status == "still_there" and row.record in gone_before:
        status, note = "came_back", "it was gone at an earlier verification"
    return Checked(row.record, row.source, row.collection, row.outcome, status, note)


def _status(row: PlannedRow, now: Renewed, left: Counter[str]) -> tuple[Status, str]:
    there = _there(row, now, left)
    if row.source in now.unknown:
        return "unknown", now.unknown[row.source]
    if row.outcome == "delete":
        return _deleted(row, there, now)
    if not there:
        return "missing", "it was to stay, and is not in the renewed exports"
    if not row.changed:
        return "kept", ""
    rows = [dict(record.fields) for record in there]
    old = [h for h, value in row.changed.items() if value and any(cells.get(h) == value for cells in rows)]
    if old:
        return "still_there", f"unchanged: {', '.join(sorted(old))}"
    wrong = [h for h, new in row.news.items() if not any(cells.get(h) == new for cells in rows)]
    return ("still_there", f"not the new value: {', '.join(sorted(wrong))}") if wrong else ("changed", "")


def _there(row: PlannedRow, now: Renewed, left: Counter[str]) -> Sequence[Record]:
    """The rows that are, or may be, this record today; equal rows without key are counted, not taken twice."""
    if row.keyed:
        rows = now.by_key.get(row.record, ())
        return [one for one in rows if digest_of(one) == row.digest] or rows
    if left[row.digest] > 0:
        left[row.digest] -= 1
        return [record for record in now.found.values() if digest_of(record) == row.digest][:1]
    return ()


def _deleted(row: PlannedRow, there: Sequence[Record], now: Renewed) -> tuple[Status, str]:
    if not there:
        return "gone", ""
    if any(digest_of(record) == row.digest for record in there):
        return "still_there", ""
    if any(record.record in now.found for record in there):
        return "still_there", "its row was changed, and still leads to the person"
    return "gone", "a row has its key, and no longer leads to the person"


def _new(planned: Sequence[PlannedRow], now: Renewed) -> Iterator[Checked]:
    """Confirmed records that the plan does not know: the person came back, by an import or a sync (C-129/21)."""
    known = {row.record for row in planned} | {row.digest for row in planned}
    for name in sorted(now.confirmed):
        record = now.found[name]
        if not {name, digest_of(record)} & (known | now.seen):
            note = "it is not in the plan: it came after it"
            yield Checked(name, record.source, record.collection, "delete", "came_back", note)
