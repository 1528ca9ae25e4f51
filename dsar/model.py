"""The words of dsar as frozen dataclasses: what one room hands to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Grade = Literal["confirmed", "probable", "possible", "refused"]
Result = Literal["held", "not_held", "failed", "not_searched"]
Outcome = Literal["delete", "anonymise", "restrict", "keep"]
Given = Literal["provided", "observed", "derived"]
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

    @property
    def held(self) -> bool:
        """Whether at least one record is confirmed as this person's."""
        return any(match.grade == "confirmed" for match in self.matches)

    @property
    def complete(self) -> bool:
        """Whether every source was searched, every row was readable, and nothing waits for a decision."""
        searched = all(source.result in ("held", "not_held") for source in self.sources)
        return searched and not self.notes

    def graded(self, grade: Grade) -> tuple[Match, ...]:
        """The matches of one grade, in the order of the answer."""
        return tuple(match for match in self.matches if match.grade == grade)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value of a record, classified: what it is, in plain words, and how it may be treated."""

    name: str
    label: str
    value: str | None
    category: str
    """Fideslang key, or `unclassified`."""
    given: Given | None = None
    time: bool = False
    third_party: bool = False
    """May name other people: free text, e-mail bodies, referees (Art. 15(4) GDPR)."""
    meaning: str | None = None
    """What a coded value means, where the source declares it."""
    withheld: str | None = None
    """Why the value is not shown (secrets such as password hashes); None where it is shown."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A confirmed record with its fields classified."""

    match: Match
    fields: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a record (a CV, a letter); `problem` says why it could not be copied."""

    record: str
    name: str
    """Name as the source gives it."""
    stored_as: str | None
    """Path inside the package, or None if there is a problem."""
    bytes: int | None
    sha256: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody the data went to: a processor, a group company, a distributor (Art. 15(1)(c) GDPR, C-154/21)."""

    name: str
    role: str
    country: str
    disclosed: str
    """When, or since when, or how it is known."""
    mechanism: str | None = None
    copy_at: str | None = None
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Processing:
    """One purpose of a collection with its legal basis and the categories it uses (Art. 15(1)(a)-(b) GDPR)."""

    purpose: str
    basis: str
    interest: str | None
    categories: tuple[str, ...]
    purpose_key: str = ""
    """Key in vocabulary/purposes.toml and bases.toml, for programs; the same words where it is not in the list."""
    basis_key: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a category is kept: the rule in words, and per record the computed end date where there is one."""

    categories: tuple[str, ...]
    rule: str
    ends: tuple[tuple[str, str | None], ...]
    """(record id, ISO end date or None where it cannot be computed)."""


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """Everything the person is told about one collection that holds data about them."""

    source: str
    collection: str
    title: str
    processing: tuple[Processing, ...]
    recipients: tuple[Recipient, ...]
    retention: tuple[Retention, ...]
    origin: str
    """Sentence: from the person, observed, derived, or the named third party with dates (Art. 15(1)(g))."""
    automated_decision: str
    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()
    """Legal keys that the controller has not filled in; each makes the report a draft."""


@dataclass(frozen=True, slots=True)
class AccessReport:
    """What a person is told under Art. 15: one model, rendered as HTML, PDF, XLSX and JSON."""

    request: Request
    language: str
    controller: str
    contact: str
    dpo: str | None
    as_of: str
    held: bool
    complete: bool
    drafts: tuple[str, ...]
    """Why this is a draft; empty when it is not."""
    identifiers: tuple[KnownIdentifier, ...]
    sources: tuple[SourceAnswer, ...]
    collections: tuple[CollectionReport, ...]
    attachments: tuple[Attachment, ...]
    not_searched: tuple[tuple[str, str], ...]
    """(what, reason)"""
    held_back: tuple[tuple[str, int, str], ...]
    """(grade, count, reason) of records that are not part of the copy."""
    withheld: tuple[tuple[str, str, str], ...]
    """(record, field, reason) of values that are not shown."""
    rights: tuple[tuple[str, str], ...]
    """(right, how to use it)"""
    authority: str
    court: str
    never_sold: bool
    """True only if every configured disclosure says `sold = false` (P-10)."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record gets its outcome: ground of erasure, plain reason, statute and end date of what stays."""

    ground: str
    """Article, e.g. `Art. 17(1)(b)` or `Art. 17(3)(b)`."""
    text: str
    statute: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class ErasureStep:
    """One record of the plan with its one outcome and, where a script does it, the target and the statement."""

    record: str
    source: str
    collection: str
    key: str
    outcome: Outcome
    reason: Reason
    target: str | None = None
    """Name of the target in dsar.toml, `file:<path>` for a rewritten file, or None for keep and manual steps."""
    statement: str | None = None
    fields: tuple[tuple[str, Outcome], ...] = ()
    """Fields whose outcome differs from the record's."""


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """Ordered steps, one for each planned record, and everything that must be told or done beside them."""

    request_id: str
    as_of: str
    steps: tuple[ErasureStep, ...]
    recipients: tuple[Recipient, ...]
    out_of_scope: tuple[tuple[str, str], ...]
    """(what, reason): manual sources, probable records, backups."""
    digest: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def counts(self) -> dict[str, int]:
        """How many steps have each outcome, zeros included."""
        outcomes = [step.outcome for step in self.steps]
        return {name: outcomes.count(name) for name in ("delete", "anonymise", "restrict", "keep")}
