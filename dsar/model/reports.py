"""What a person is told: findings, processing, the access report (Art. 15 GDPR)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsar.model.answers import KnownIdentifier, Match, Request, SourceAnswer
from dsar.model.others import Redaction

Given = Literal["provided", "observed", "derived"]


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
    redactions: tuple[Redaction, ...] = ()
    """What of the copy was replaced by labels, because it is about somebody else or secret (Art. 15(4), 12(4))."""
