"""What a person is told: findings, processing, the access report (Art. 15 GDPR)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsar.model.answers import KnownIdentifier, Match, Request, SourceAnswer
from dsar.model.others import Redaction

Given = Literal["provided", "observed", "derived"]
Problem = Literal["outside", "missing", "link", "unreadable", "withheld"]
"""Why there is no copy of a file: its name leads out of the folder, it is not there, is a link only, …"""


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
    when: str | None = None
    """The earliest moment that the record tells of itself, ISO 8601; None where no field with a time can be read."""


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
    problem: Problem | None = None


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
class Group:
    """Records that only make sense together: a visit, an order with its lines, a thread (C-487/21)."""

    records: tuple[str, ...]
    first: str | None = None
    last: str | None = None
    """The moments of its first and last record, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One purpose and channel with what the person agreed to, when and how (Art. 7(1) and (3) GDPR, A-17)."""

    purpose: str
    channel: str
    state: str
    """What holds now, in the words of the source."""
    version: str
    given: str | None
    given_how: str
    withdrawn: str | None
    withdrawn_how: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """One look-up or disclosure that a source logged (C-579/21, A-16); staff by their role only."""

    kind: Literal["access", "disclosure"]
    when: str
    purpose: str
    by: str
    """The role of who looked, or the name of who received."""
    country: str
    record: str


@dataclass(frozen=True, slots=True)
class AutomatedDecision:
    """How machines decide about people, and what they decided about this one (Art. 15(1)(h), 22 GDPR, C-203/22)."""

    logic: str
    effect: str
    """The weight of the data, in plain words."""
    consequences: str
    contact: str
    """Who looks at a decision again."""
    decisions: tuple[tuple[str, str | None, str, tuple[tuple[str, str], ...]], ...]
    """(record, when, result, the person's data that went in as label and value)."""


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
    groups: tuple[Group, ...] = ()
    """Its records in groups that belong together, each record once; empty where each stands alone."""
    decision: AutomatedDecision | None = None


@dataclass(frozen=True, slots=True)
class CaliforniaCategory:
    """One category of personal information as the CCPA cuts it (Cal. Civ. 1798.110, 1798.130(a)(3)(B), A-58)."""

    key: str
    """Letter of the subparagraph of Cal. Civ. 1798.140(v)(1); `L` is sensitive information."""
    name: str
    held: tuple[str, ...]
    """What is held of it, in plain words."""
    sources: tuple[str, ...]
    """`person`, `observed`, `derived`, or the name of a supplier."""
    purposes: tuple[str, ...]
    sold: tuple[str, ...]
    """To whom it was sold or shared."""
    disclosed: tuple[str, ...]
    """To whom it was disclosed for a business purpose, with their role."""
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class California:
    """What a request to know is answered with: categories always, pieces where the identity was verified (A-57)."""

    pieces: bool
    categories: tuple[CaliforniaCategory, ...]


@dataclass(frozen=True, slots=True)
class Limitation:
    """To what the person limited their request, and what of theirs is therefore not in the copy (A-32)."""

    to: tuple[str, ...]
    """Titles of the collections that were asked for."""
    sources: int
    """How many sources they belong to."""
    left: tuple[tuple[str, int], ...]
    """(title, records) of those outside in which something was found."""

    @property
    def records(self) -> int:
        """How many records of the person are not in the copy."""
        return sum(count for _, count in self.left)


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
    redactions: tuple[Redaction, ...] = ()
    """What of the copy was replaced by labels, because it is about somebody else or secret (Art. 15(4), 12(4))."""
    regime: str = "GDPR"
    """As it is compared: `GDPR`, `UK`, `CCPA`."""
    made: str = ""
    """The day of the answer, ISO 8601."""
    consents: tuple[Consent, ...] = ()
    accesses: tuple[Access, ...] = ()
    california: California | None = None
    """Filled under the CCPA."""
    accesses_logged: tuple[str, ...] = ()
    """Titles of the sources that log who looked; without one the report says that nothing is logged."""
    limited: Limitation | None = None
    """Filled where the person asked for some sources only."""
