"""What a stored row says for matching: its identifiers by kind and role, its people, its places."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from dsar.config import FieldSpec
from dsar.identity.people import Person, person_of
from dsar.identity.places import Place, places_of
from dsar.normalise import NULLS
from dsar.phones import tail
from dsar.store.forms import forms
from dsar.store.index import NAME_PARTS, PLACES, is_text
from dsar.store.records import generic, known_fields
from dsar.store.segments import Declaration, Segment

Ref = tuple[int, int]
"""A stored row: number of its segment, number of the row."""


def row_name(ref: Ref) -> str:
    """Name a row inside a search; answers name it by its record."""
    return f"{ref[0]}:{ref[1]}"


def origin_of(lent: Ref | None) -> str:
    """Name where a value comes from: the row that lent it, or the request."""
    return "request" if lent is None else row_name(lent)


OWN_ROLES = ("subject", "billing", "contact", "author")
"""Roles in which an identifier says that the row is about its owner."""
_PRINCIPAL = ("subject", "billing", "contact")
"""Roles whose name stands for others that a row does not name, the first of them before the rest."""
_NOBODY = Person()


@dataclass(slots=True, eq=False)
class Facets:
    """One row, read for matching; never changed, but not frozen, which would make it cost five times as much."""

    ref: Ref
    identifiers: Set[tuple[str, str, str]]
    """(kind, role, normal form)"""
    people: Mapping[str, Person]
    """By role; a role without names or birth date is left out."""
    places: Mapping[str, frozenset[Place]]
    """By role: postcodes and streets."""
    raw: Mapping[tuple[str, str], str]
    """(kind, normal form) → the value as it was written first."""
    row_kinds: frozenset[str] = frozenset()
    """Kinds that number the row itself (its order, its session) and not a person."""
    unreadable: bool = False
    mailboxes: tuple[tuple[str, str], ...] = ()
    """The e-mail addresses of the row, whoever's they are, as (role, normal form)."""
    _own: tuple[tuple[str, str, str], ...] = ()
    _principal: str = ""
    """The role of the only person whom the row describes, or of the first of them; empty where there is none."""
    _of: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """What `of` told, by role: many subjects and rules ask the same of a row."""

    def described(self, role: str) -> str:
        """The role whose name the row gives for a role: its own, else its subject's, else that of its only person.

        An order may give the account without a role, and name, mailbox and address of whoever pays it.
        """
        if role in self.people:
            return role
        return self._principal or role

    def person(self, role: str) -> Person:
        """The person that the row describes in a role, else as its subject, else as its only one."""
        found = self.people.get(role)
        return found if found is not None else self.people.get(self.described(role), _NOBODY)

    def of(self, role: str) -> frozenset[tuple[str, str]]:
        """The identifiers (kind, normal form) of whoever the row describes in a role, and of its subject."""
        found = self._of.get(role)
        if found is None:
            roles = {role, self.described(role), "subject"}
            found = self._of[role] = frozenset([(kind, normal) for kind, of, normal in self._own if of in roles])
        return found

    def places_in(self, role: str) -> frozenset[Place]:
        """The places that the row gives for a role, else for its subject, else for the person it describes."""
        for name in (role, "subject", self.described(role)) if self.places else ():
            if name in self.places:
                return self.places[name]
        return frozenset()

    def own(self) -> Iterable[tuple[str, str, str]]:
        """The identifiers that belong to the person the row is about."""
        return self._own


How = Literal["name", "place", "id", "text"]


class Column(NamedTuple):
    """How the cells of one column are read: as a part of a name or address, as an identifier, or for mentions."""

    how: How
    kind: str
    role: str
    spec: FieldSpec | None
    several: bool
    """Whether a cell holds several values, or one that is found inside it."""


@dataclass(frozen=True)
class Reading:
    """How the rows of a segment are read for matching; worked out once."""

    segment: Segment
    columns: tuple[tuple[str, Column], ...] | None
    """The physical columns of a table that may say something of a person; None where only the row can tell."""
    constants: tuple[tuple[Column, str], ...]
    """What the file itself says of each of its rows."""
    row_kinds: frozenset[str]


def reading_of(segment: Segment) -> Reading:
    """Work out which cells of a segment are read for matching: identifiers, descriptions, and free text."""
    declaration, contents = segment.declaration, segment.contents
    keys = (declaration.fields.get(name) for name in declaration.key)
    row_kinds = frozenset(spec.identifier for spec in keys if spec and spec.identifier)
    if declaration.format != "table" or any(spec.when for spec in declaration.fields.values()):
        return Reading(segment, None, (), row_kinds)
    carried = declaration.carry if declaration.group_by else ()
    told = [(f"{'k' * (name in carried)}c{n}", _column(declaration, name)) for n, name in enumerate(contents.headings)]
    constants = [(_column(declaration, name), value) for name, value in contents.constants]
    return Reading(
        segment,
        tuple((name, column) for name, column in told if column),
        tuple((column, value) for column, value in constants if column),
        row_kinds,
    )


def _column(declaration: Declaration, name: str) -> Column | None:
    return _as_declared(_spec(declaration, name), declaration)


def _spec(declaration: Declaration, name: str) -> FieldSpec | None:
    return declaration.fields.get(name) or declaration.fields.get(generic(name))


def _as_declared(spec: FieldSpec | None, declaration: Declaration) -> Column | None:
    """Say how a cell is read of which this is declared; None where it says nothing of a person."""
    if spec is None or not spec.identifier:  # the words of a log line are searched as a whole
        return Column("text", "", "", spec, False) if is_text(spec) and declaration.format != "log" else None
    kind: str = spec.identifier
    how: How = "id"
    if kind in NAME_PARTS and kind != "postcode":
        how = "name"
    elif kind in ("street", "postcode") or kind in PLACES:
        how = "place"
    return Column(how, kind, spec.role, spec, bool(spec.decode or spec.find))


def facets_of(reading: Reading, ref: Ref, row: Mapping[str, Any]) -> Facets:
    """Read a stored row for matching."""
    if row["_bad"] is not None:
        return Facets(ref, frozenset(), {}, {}, {}, unreadable=True)
    declaration, region = reading.segment.declaration, reading.segment.declaration.phone_region
    found: set[tuple[str, str, str]] = set()
    names: dict[str, list[tuple[str, str]]] = {}
    homes: dict[str, list[tuple[str, str]]] = {}
    raw: dict[tuple[str, str], str] = {}
    for (how, kind, role, spec, _), value in _values(reading, row):
        if how == "id":
            several = _forms(kind, role, value, region)
            if kind == "phone" and not several and (end := tail(value)):
                found.add(("phone_tail", role, end))
            for normal in several:
                found.add((kind, role, normal))
                raw.setdefault((kind, normal), value if len(several) == 1 else normal)
        elif how == "name":
            written = _declared_day(value, spec.time) if spec and kind == "birth_date" else value
            names.setdefault(role, []).append((kind, written))
        elif how == "place":
            homes.setdefault(role, []).append((kind, value))
        else:
            _mentions(value, region, found, raw)
    if declaration.format == "log" and ("@" in row["c0"] or "%40" in row["c0"]):
        found.update(("email", "mentioned", normal) for normal in _forms("email", "mentioned", row["c0"], region))
    people = {role: _person(tuple(cells)) for role, cells in names.items()}
    places = {role: _home(tuple(cells)) for role, cells in homes.items()}
    own = tuple([entry for entry in found if entry[1] in OWN_ROLES])
    mailboxes = tuple([(role, normal) for kind, role, normal in found if kind == "email"])
    principal = next((role for role in _PRINCIPAL if role in people), "")
    return Facets(ref, found, people, places, raw, reading.row_kinds, False, mailboxes, own, principal)


def _values(reading: Reading, row: Mapping[str, Any]) -> list[tuple[Column, str]]:
    """The values of a row with how they are read; a cell that holds several gives each of them."""
    return [
        (column, value)
        for column, cell in _told(reading, row)
        if cell
        for value in (column.spec.values(cell) if column.several and column.spec else (cell,))
        if value.strip().casefold() not in NULLS
    ]


def _told(reading: Reading, row: Mapping[str, Any]) -> list[tuple[Column, str | None]]:
    if reading.columns is not None:
        return [*((column, row[name]) for name, column in reading.columns), *reading.constants]
    declaration = reading.segment.declaration
    cells = list(known_fields(reading.segment, row))
    told = []
    for name, cell in cells:
        spec = _spec(declaration, name)
        column = _as_declared(spec and spec.within(cells), declaration)
        if column:
            told.append((column, cell))
    return told


@lru_cache(maxsize=65_536)
def _forms(kind: str, role: str, value: str, region: str | None) -> tuple[str, ...]:
    return forms(kind, role, [value], region)


@lru_cache(maxsize=65_536)
def _declared_day(value: str, pattern: str | None) -> str:
    """Read a birth date by the format that its column declares; without one, day and month may stay undecided."""
    if pattern is None or (pattern == "%Y-%m-%d" and _ISO.fullmatch(value)):
        return value
    try:
        return datetime.datetime.strptime(value.strip(), pattern).date().isoformat()
    except ValueError:
        return value


_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""A day that is written as its format says, and so as it stays."""


def _mentions(
    value: str, region: str | None, found: set[tuple[str, str, str]], raw: dict[tuple[str, str], str]
) -> None:
    for kind in ("email", "phone", "token"):
        for normal in _forms(kind, "mentioned", value, region):
            found.add((kind, "mentioned", normal))
            raw.setdefault((kind, normal), normal)


@lru_cache(maxsize=65_536)
def _person(cells: tuple[tuple[str, str], ...]) -> Person:
    """Make a person from the cells, each with its kind, that describe one."""
    parts: dict[str, list[str]] = {}
    for kind, text in cells:
        parts.setdefault(kind, []).append(text)
    return person_of(*(parts.get(part, ()) for part in ("name", "given_name", "family_name", "birth_date")))


@lru_cache(maxsize=65_536)
def _home(cells: tuple[tuple[str, str], ...]) -> frozenset[Place]:
    """Give the places of an address, each cell with its kind; house number and street may be two of them."""
    places: list[Place] = []
    for kind, text in cells:
        places += () if kind == "street" else places_of(kind, text)
    street = " ".join([text for kind, text in cells if kind == "street"])
    return frozenset([*places, *places_of("street", street)] if street else places)
