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
