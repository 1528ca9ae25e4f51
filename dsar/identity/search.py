"""What all subjects of a run share: who carries which value, who uses it, and every row read so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from dsar.identity.facets import OWN_ROLES, Facets, Ref, facets_of
from dsar.identity.kinds import lookups, strength
from dsar.identity.people import Person, clusters
from dsar.identity.subject import Value
from dsar.normalise import BLOCK_KINDS
from dsar.store import sql
from dsar.store.run import Run

MAX_ROWS = {"account": 200_000, "email": 20_000, "click": 20_000}
MAX_ROWS_OTHER = 2_000
"""A value that more rows carry is generic: it is not searched with, and the answer says so."""


@dataclass(frozen=True)
class Settings:
    """What of the configuration decides a search."""

    key: str
    phone_region: str | None = None
    own_domains: tuple[str, ...] = ()
    own_phones: tuple[str, ...] = ()


@dataclass
class Search:
    """The rows that all subjects of a run share: who carries which value, and every row read so far."""

    run: Run
    settings: Settings
    carriers: dict[Value, list[tuple[Ref, str]]] = field(default_factory=dict)
    crowded: dict[Value, int] = field(default_factory=dict)
    facets: dict[Ref, Facets] = field(default_factory=dict)
    rows: dict[Ref, Mapping[str, Any]] = field(default_factory=dict)
    unparsed: list[tuple[Ref, str]] = field(default_factory=list)
    """Rows that could not be read, with their text as it is searched."""
    _users: dict[Value, list[dict[Person, Ref]]] = field(default_factory=dict)

    def look_up(self, values: Iterable[Value]) -> None:
        """Find the rows that carry the values, in one question, and read them; each hit is checked on its value."""
        wanted = sorted({value for value in values if value not in self.carriers})
        hashes = [sql.hashed(self.settings.key, kind, normal) for kind, normal in wanted]
        crowd = self.run.crowd(hashes) if hashes else {}
        allowed = []
        for number, value in enumerate(wanted):
            self.carriers[value] = []
            if crowd.get(number, 0) > MAX_ROWS.get(strength(value[0]), MAX_ROWS_OTHER):
                self.crowded[value] = crowd[number]
            elif number in crowd:
                allowed.append(number)
        hits = self.run.hits(allowed) if allowed else []
        self._read({(segment, row) for _, segment, row, _, _ in hits})
        for number, segment, row, kind, role in hits:
            normal = wanted[number][1]
            if (kind, role, normal) in self.facets[(segment, row)].identifiers or kind in BLOCK_KINDS:
                self.carriers[wanted[number]].append(((segment, row), role))

    def _read(self, refs: set[Ref]) -> None:
        by_segment: dict[int, list[int]] = {}
        for segment, row in refs - self.rows.keys():
            by_segment.setdefault(segment, []).append(row)
        for segment, numbers in sorted(by_segment.items()):
            for number, cells in self.run.rows(segment, numbers).items():
                self.rows[(segment, number)] = cells
                self.facets[(segment, number)] = facets_of(self.run.segments[segment], (segment, number), cells)

    def unreadable(self) -> None:
        """Read every unreadable row once, to be searched literally."""
        for segment in self.run.segments:
            if segment.contents.rows_unreadable:
                found = self.run.unreadable(segment.number)
                self._read({(segment.number, row) for row, _ in found})
                self.unparsed.extend(((segment.number, row), _literal_text(text)) for row, text in found)

    def rows_with(self, value: Value) -> Iterator[tuple[Ref, str]]:
        """Give the rows that carry a known value as their own, under whatever kind it stands there."""
        for found in lookups(*value):
            yield from ((ref, role) for ref, role in self.carriers.get(found, ()) if role in OWN_ROLES)

    def users(self, value: Value) -> list[dict[Person, Ref]]:
        """Sort the descriptions on the rows that carry a value into people, each with the first row that says so."""
        if value not in self._users:
            first: dict[Person, Ref] = {}
            for ref, role in self.rows_with(value):
                first.setdefault(self.facets[ref].person(role), ref)
            self._users[value] = [{person: first[person] for person in group} for group in clusters(first)]
        return self._users[value]


def _literal_text(text: str) -> str:
    """An unreadable row as it is searched: in small letters, once as it stands and once with its escapes undone."""
    return (f"{text}\n{unquote(text)}" if "%" in text else text).casefold()
