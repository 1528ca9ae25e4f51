"""What all subjects of a run share: who carries which value, who uses it, and every row read so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from dsar.identity.clicks import Opening
from dsar.identity.facets import OWN_ROLES, Facets, Ref, facets_of, reading_of
from dsar.identity.found import Carriers, Value
from dsar.identity.kinds import lookups, strength
from dsar.identity.people import Person, clusters
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
    carriers: dict[Value, Carriers] = field(default_factory=dict)
    """Of every value that was looked up, who carries it."""
    near: dict[Value, Carriers] = field(default_factory=dict)
    """Who carries a key that is one slip away from what is known; the many that nobody carries are left out."""
    crowded: dict[Value, int] = field(default_factory=dict)
    facets: dict[Ref, Facets] = field(default_factory=dict)
    rows: dict[Ref, Mapping[str, Any]] = field(default_factory=dict)
    openings: dict[Value, Mapping[Ref, Opening]] = field(default_factory=dict)
    """Of every mailbox that was looked into, where the links of its entries without a name were opened."""
    unparsed: list[tuple[Ref, str]] = field(default_factory=list)
    """Rows that could not be read, with their text as it is searched."""
    _users: dict[Value, list[dict[Person, tuple[Ref, ...]]]] = field(default_factory=dict)

    def look_up(self, values: Iterable[Value]) -> None:
        """Find the rows that carry the values, in one question.

        Rows with an identifier are read, and each is checked on its value; those that share only what describes a
        person are named, and whoever takes them for a candidate reads them.
        """
        wanted = [value for value in dict.fromkeys(values) if value not in self.carriers]
        self.carriers.update(dict.fromkeys(wanted, ()))
        hits = dict(self._hits(wanted, self.crowded))
        self.read(ref for value, carriers in hits.items() if value[0] not in BLOCK_KINDS for ref, _ in carriers)
        for (kind, normal), carriers in hits.items():
            if kind not in BLOCK_KINDS:
                carriers = [(ref, r) for ref, r in carriers if (kind, r, normal) in self.facets[ref].identifiers]
            self.carriers[(kind, normal)] = carriers

    def look_near(self, values: Iterable[Value]) -> None:
        """Find the rows that carry keys one slip away from what is known, in one question; none is read."""
        asked = list(values)  # most of them lead nowhere: nothing is kept of those
        unknown = [value for value in asked if value not in self.carriers]
        if len(unknown) < len(asked):
            self.near.update({value: self.carriers[value] for value in asked if value in self.carriers})
        self.near.update(self._hits(unknown, {}))

    def _hits(self, wanted: Sequence[Value], crowded: dict[Value, int]) -> Iterator[tuple[Value, Carriers]]:
        """Give every value that some rows, and not too many, carry, with those rows.

        Of the others their number is put into `crowded`.
        """
        crowd = self.run.lookup.crowd(sql.hashes(self.settings.key, wanted)) if wanted else {}
        allowed = []
        for number, rows in crowd.items():
            if rows > MAX_ROWS.get(strength(wanted[number][0]), MAX_ROWS_OTHER):
                crowded[wanted[number]] = rows
            else:
                allowed.append(number)
        for place, refs, entries in self.run.lookup.hits(allowed) if allowed else ():
            yield wanted[place], [(ref, role) for ref, (_, role) in zip(refs, entries, strict=True)]

    def read(self, refs: Iterable[Ref]) -> None:
        """Read rows that were not read yet, each segment in one question."""
        by_segment: dict[int, list[int]] = {}
        for segment, row in set(refs) - self.rows.keys():
            by_segment.setdefault(segment, []).append(row)
        for segment, numbers in sorted(by_segment.items()):
            reading = reading_of(self.run.segments[segment])
            for number, cells in self.run.rows(segment, numbers).items():
                self.rows[(segment, number)] = cells
                self.facets[(segment, number)] = facets_of(reading, (segment, number), cells)

    def unreadable(self) -> None:
        """Read every unreadable row once, to be searched literally."""
        for segment in self.run.segments:
            if segment.contents.rows_unreadable:
                found = self.run.unreadable(segment.number)
                self.read({(segment.number, row) for row, _ in found})
                self.unparsed.extend(((segment.number, row), _literal_text(text)) for row, text in found)

    def rows_with(self, value: Value) -> Iterator[tuple[Ref, str]]:
        """Give the rows that carry a known value as their own, under whatever kind it stands there."""
        for found in lookups(*value):
            yield from ((ref, role) for ref, role in self.carriers.get(found, ()) if role in OWN_ROLES)

    def users(self, value: Value) -> list[dict[Person, tuple[Ref, ...]]]:
        """Sort the descriptions on the rows that carry a value into people, each with the first two rows that say so.

        A row is no proof of somebody else beside itself; a second row of the same description is.
        """
        if value not in self._users:
            rows: dict[Person, tuple[Ref, ...]] = {}
            for ref, role in self.rows_with(value):
                person = self.facets[ref].person(role)
                before = rows.get(person, ())
                if ref not in before:
                    rows[person] = (*before, ref)[:2]
            self._users[value] = [{person: rows[person] for person in group} for group in clusters(rows)]
        return self._users[value]


def _literal_text(text: str) -> str:
    """An unreadable row as it is searched: in small letters, once as it stands and once with its escapes undone."""
    return (f"{text}\n{unquote(text)}" if "%" in text else text).casefold()
