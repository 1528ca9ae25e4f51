"""What is asked and what is found: requests, records, matches, answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Grade = Literal["confirmed", "probable", "possible", "refused"]
Result = Literal["held", "not_held", "failed", "not_searched"]
OUT_OF_SCOPE = "The request does not ask for it."
"""The reason of a source that a narrowed request leaves out: nobody has to search it."""
RIGHTS = ("access", "portability", "erasure", "rectification", "restriction", "objection", "withdrawal")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifying value of a person: its kind (`email`, `customer_no`, …) and the value as it was written."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Request:
    """What one person asked: the right they use and everything they gave us to find them by."""

    request_id: str | None
    identifiers: tuple[Identifier, ...]
    right: str = "access"
    received: str | None = None
    regime: str | None = None
    language: str | None = None
    identity_method: str | None = None
    identity_verified_on: str | None = None
    note: str | None = None
    store: bool = False
    """True where the person chose storage instead of deletion (Art. 18(1)(b)-(c) GDPR)."""
    also_under: tuple[str, ...] = ()
    """Further regimes the request falls under: the earliest date of all leads."""
    ground: str | None = None
    """Why a restriction is asked for: accuracy, unlawful, claims or objection (Art. 18(1) GDPR)."""
    scope: tuple[str, ...] = ()
    """What the request is limited to: `purpose:channel` of an objection or withdrawal, sources of a narrowed one."""
    changes: tuple[tuple[str, str], ...] = ()
    """Field and new value of a rectification (Art. 16 GDPR)."""
    agent: str | None = None
    calendar: str | None = None
    delivery: str | None = None
    """How the answer is to reach the person, as they said it."""
    channel: str | None = None
    """Where the request arrived: `e-mail`, `letter`, `phone`, `portal`, …"""
    due: str | None = None
    """The last day for the answer, ISO 8601, where the register knows it."""
    registered: bool = False
    """Whether it was asked for by its number in the register: its result fills the folder of `--out` itself."""
    notes: tuple[str, ...] = ()
    """What of the request is not acted on, in plain words, without personal values."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One export file of a source: its hash and its count of rows; read = loaded + unreadable always holds."""

    path: str
    sha256: str
    rows_read: int
    rows_loaded: int
    rows_unreadable: int


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What one collection of one source answered; every configured one appears, zeros included."""

    source: str
    collection: str
    title: str
    connector: str
    result: Result
    reason: str | None
    files: tuple[FileFacts, ...]
    snapshot: str | None
    searched_with: tuple[str, ...]
    confirmed: int = 0
    probable: int = 0
    possible: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class KnownIdentifier:
    """An identifier the search went on with: given by the request, or learned from a confirmed record."""

    kind: str
    value: str
    given: bool
    learned_from: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a match: the rule, the kind of identifier, where it came from and what agrees or conflicts."""

    rule: str
    kind: str
    origin: str
    """`request`, or the id of the record that lent the identifier."""
    agrees: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    shared_by: int = 1
    """How many people are known to share the value, this one included."""
    value: str = ""
    """The value that links, in normal form; it is the person's own, and stays in the case."""
    nearly: tuple[str, ...] = ()
    """What of `agrees` agrees only nearly: a nickname, one digit, day and month turned."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of an export: where it stands and every value of it as text, unchanged, in the order of the file."""

    record: str
    """`source/collection/key`, `/` and `%` inside the key percent-encoded."""
    source: str
    collection: str
    key: str
    file: str
    line: int
    """First physical line, counted from 1."""
    lines: int
    """How many physical lines it covers."""
    fields: tuple[tuple[str, str | None], ...]
    """Heading (or path of a leaf such as `phones[0].value`) and value; None where the row has no such cell."""
    also: tuple[tuple[str, int, int], ...] = ()
    """Further places (file, first line, lines) where the same row stands: the same export delivered twice."""


@dataclass(frozen=True, slots=True)
class Match:
    """A record that is, or may be, this person's, with its grade and the evidence for it."""

    record: Record
    grade: Grade
    hop: int
    evidence: tuple[Evidence, ...]
    reason: str
    """One sentence a person can read aloud; holds no value."""
    ambiguous_with: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Where in the row the person is mentioned: the field, and the words around masked."""
    score: float | None = None
    """How likely a record is that waits for a decision, in bits; it orders the queue and decides nothing."""


@dataclass(frozen=True, slots=True)
class Limited:
    """What a request was narrowed to, and what of the person that leaves out."""

    to: tuple[tuple[str, str], ...]
    """(source, collection) that are asked for."""
    left: tuple[tuple[str, str, int], ...]
    """(source, collection, confirmed records) of every other one, zeros included."""
    note: str
    """The same as a sentence of the answer's notes, for the officer."""

    @property
    def records(self) -> int:
        """How many records of the person are left out."""
        return sum(count for _, _, count in self.left)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one request: every source, every match, everything a person must look at."""

    request: Request
    as_of: str
    identifiers: tuple[KnownIdentifier, ...]
    sources: tuple[SourceAnswer, ...]
    matches: tuple[Match, ...]
    notes: tuple[str, ...] = ()
    """What a person must look at, in plain words, without personal values."""

    left_out: tuple[tuple[str, int], ...] = ()
    """(why, how many) of rows that were reached and are not listed: shared devices, crowds, decided against."""
    same_as: tuple[str, ...] = ()
    """Other requests of the run that found the same confirmed records: perhaps one person asked twice."""
    limited: Limited | None = None
    """Filled where the request asks for some sources only."""

    @property
    def held(self) -> bool:
        """Whether at least one record is confirmed as this person's."""
        return any(match.grade == "confirmed" for match in self.matches)

    @property
    def complete(self) -> bool:
        """Whether every source was searched, every row was readable, and nothing waits for a decision."""
        searched = all(one.result in ("held", "not_held") or one.reason == OUT_OF_SCOPE for one in self.sources)
        return searched and not self.notes

    def graded(self, grade: Grade) -> tuple[Match, ...]:
        """The matches of one grade, in the order of the answer."""
        return tuple(match for match in self.matches if match.grade == grade)
