"""What may go: the erasure plan, its steps and their reasons (Art. 17 GDPR)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dsar.model.reports import Recipient

Outcome = Literal["delete", "anonymise", "restrict", "keep"]


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
    """What is done: the SQL, the call, the lines that go; without a target what people do by hand."""
    fields: tuple[tuple[str, Outcome], ...] = ()
    """Fields whose outcome differs from the record's."""


@dataclass(frozen=True, slots=True)
class RewrittenFile:
    """A copy of an export file without the lines that go; with several requests one copy for all of them."""

    file: str
    copy: str
    """Where the copy lies, seen from the plan's folder."""
    sha256_before: str
    """Of the file that the copy replaces, which must still be that file."""
    sha256_after: str
    lines_before: int
    lines_after: int
    requests: int = 1
    """For how many requests of the run it was made."""


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
    files: tuple[RewrittenFile, ...] = ()
    """The rewritten export files, once they are written."""

    @property
    def counts(self) -> dict[str, int]:
        """How many steps have each outcome, zeros included."""
        outcomes = [step.outcome for step in self.steps]
        return {name: outcomes.count(name) for name in ("delete", "anonymise", "restrict", "keep")}
