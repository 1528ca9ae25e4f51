"""What became of an erasure: each planned record looked for again, and the certificate that says so without a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsar.model.erasure import Outcome

Status = Literal["gone", "still_there", "came_back", "kept", "changed", "missing", "unknown"]
STATUSES: tuple[Status, ...] = ("gone", "still_there", "came_back", "kept", "changed", "missing", "unknown")


@dataclass(frozen=True, slots=True)
class Checked:
    """One planned record, or one that was found anew, as the renewed exports show it."""

    record: str
    source: str
    collection: str
    outcome: Outcome
    status: Status
    """`gone` and `changed` are as planned; `kept` is there as planned; `missing` should have been kept; `unknown`
    where the exports say nothing: a source that was not searched, or an export that was not renewed."""
    note: str = ""
    """Why, in plain words and without a value."""

    @property
    def fine(self) -> bool:
        """Whether it is as the plan says."""
        return self.status in ("gone", "changed", "kept")


@dataclass(frozen=True, slots=True)
class CertifiedPlace:
    """One collection in the certificate: what was planned, what was seen, by which method."""

    place: str
    title: str
    planned: tuple[tuple[str, int], ...]
    """Outcome and number, zeros left out."""
    seen: tuple[tuple[str, int], ...]
    """Status and number, zeros left out."""
    method: str
    dpv: str
    """`dpv:Delete` where a copy can still be restored for a while, `dpv:Erase` where none can."""


@dataclass(frozen=True, slots=True)
class CertifiedStay:
    """Records of one collection that stay for one reason, and until when."""

    place: str
    count: int
    ground: str
    reason: str
    statute: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient and how far telling them has come (Art. 19 GDPR)."""

    name: str
    status: str
    """`open`, `sent`, `confirmed`, `failed` or `disproportionate`."""
    at: str = ""
    reason: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is left to do: told and answered, or a disproportionate effort for a stated reason."""
        return self.status in ("sent", "confirmed", "disproportionate")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What can be shown to a person or an authority; it holds no erased value (E-37; Art. 5(2), 17, 19 GDPR)."""

    request_id: str
    controller: str
    regime: str
    grounds: tuple[str, ...]
    planned_at: str
    verified_at: str
    complete: bool
    places: tuple[CertifiedPlace, ...]
    stays: tuple[CertifiedStay, ...]
    recipients: tuple[Told, ...]
    backups: tuple[tuple[str, str], ...]
    """What still holds copies, and until when or why."""
    approvals: tuple[tuple[str, str], ...]
    """Who approved the plan, and when."""
    ran_by: str
    digest: str
    scripts: tuple[tuple[str, str], ...]
    """Script and its SHA-256."""
    suppressed: int
    """How many keyed entries of the suppression list keep the person from coming back."""
    problems: tuple[str, ...]
    """What is not as planned, without values; empty where everything is."""
    notes: tuple[str, ...]
    """What a person must look at beside the plan, e.g. records that nobody has decided."""
    version: str
