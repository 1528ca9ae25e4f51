"""The words of a search: values and where they came from, the ways to a row, a row with its grade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dsar.identity.decided import DECIDED
from dsar.identity.facets import Ref
from dsar.identity.kinds import strength
from dsar.identity.people import Person
from dsar.model import Evidence, Grade

Value = tuple[str, str]
"""(kind, normal form)"""
Link = tuple[str, str, str]
"""(kind, role, normal form) of a key that led to a row."""
Carriers = Sequence[tuple[Ref, str]]
"""Rows that carry a value, each with the role in which it does."""
Reached = tuple[int, Value, Carriers]
"""A key, the place at which it was looked up, and the rows that it led to."""
Ways = dict[str, list[Reached]]
"""Keys by what they agree in."""


class Known(NamedTuple):
    """A value that belongs to the subject: as written, where it came from, at which hop."""

    written: str
    origin: Ref | None
    """The row that lent it, None for the request."""
    hop: int
    beside: bool = False
    """Whether the row that lent it holds another of its kind in the same role, so that one may be somebody else's."""


class Graded(NamedTuple):
    """A row with its grade for one subject."""

    ref: Ref
    grade: Grade
    hop: int
    evidence: tuple[Evidence, ...]
    reason: str
    rivals: tuple[Ref, ...] = ()
    """Rows of other people whom the row fits as well."""
    bits: float | None = None
    """How likely it is, for the order of a review; None where nothing waits for a decision."""

    @property
    def settled(self) -> bool:
        """Whether a person, or a document number, says whose the row is, whatever its name and birth date say."""
        first = self.evidence[0]
        return first.rule == DECIDED or bool(first.conflicts) or strength(first.kind) == "document"


class Users(NamedTuple):
    """Who uses a value: how many people, and the others among them by the first rows that say so."""

    number: int
    strangers: tuple[tuple[Person, tuple[Ref, ...]], ...] = ()
    disputed: bool = False
    """Whether a row with this learned id contradicts the subject in too much to be theirs."""
    namesakes: bool = False
    """Whether the rows on a mailbox that may be the subject's by name fall apart by phone: perhaps father and son."""
