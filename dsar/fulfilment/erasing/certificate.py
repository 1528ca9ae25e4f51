"""The certificate of an erasure: counts, grounds, methods, what stays and who was told; no erased value (E-37)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from dsar.fulfilment.erasing.kept_plan import KeptPlan
from dsar.fulfilment.erasing.recipients import told
from dsar.fulfilment.workspace import Workspace
from dsar.model import STATUSES, Certificate, CertifiedPlace, CertifiedStay, Checked, ErasureStep, Outcome
from dsar.store import suppression

OUTCOMES: tuple[Outcome, ...] = ("delete", "anonymise", "restrict", "keep")
_LOGICAL = "deletion of rows by script; the database's own clean-up, replicas and backups remove the bytes"
_METHODS = {
    "file": ("a copy of the file without the lines", "dpv:Erase"),
    "api": ("by the vendor's API; the vendor removes the bytes in its own time", "dpv:Delete"),
    "hand": ("by hand", "dpv:Delete"),
    "restrict": ("restricted: only stored, and used for nothing else", "dpv:Restrict"),
    "anonymise": ("fields overwritten by script", "dpv:Anonymise"),
    "script": (_LOGICAL, "dpv:Delete"),
    "none": ("nothing was to be done", "dpv:Store"),
}


@dataclass(frozen=True)
class Ran:
    """Who approved and ran the plan, and what the new search left undecided."""

    approvals: tuple[tuple[str, str], ...]
    by: str
    undecided: int


def certificate_of(
    workspace: Workspace, request_id: str, kept: KeptPlan, checked: Sequence[Checked], ran: Ran
) -> Certificate:
    """Make the certificate of a verified plan; `complete` only if everything is as planned and was approved."""
    config, steps = workspace.config, kept.steps
    problems = tuple(_problems(workspace, checked, ran))
    return Certificate(
        request_id=request_id,
        controller=config.controller.name,
        regime=config.controller.regime,
        grounds=tuple(sorted({step.reason.ground for step in steps if step.outcome in ("delete", "anonymise")})),
        planned_at=str(kept.document["as_of"]),
        verified_at=workspace.as_of,
        complete=not problems,
        places=tuple(_places(workspace, steps, checked)),
        stays=tuple(_stays(steps)),
        recipients=told(workspace.root, request_id, kept.recipients),
        backups=tuple(_backups(workspace)),
        approvals=ran.approvals,
        ran_by=ran.by,
        digest=kept.digest,
        scripts=tuple(sorted(kept.scripts.items())),
        suppressed=sum(entry.request == request_id for entry in suppression.read(workspace.root)),
        problems=problems,
        notes=tuple(_undecided(ran.undecided)),
        version=_version(),
    )


def certificate_hash(certificate: Certificate) -> str:
    """Hash what the certificate says, but not the moment, so that looking twice notes one event."""
    said = repr((certificate.digest, certificate.places, certificate.recipients, certificate.problems))
    return hashlib.sha256(said.encode()).hexdigest()


def _problems(workspace: Workspace, checked: Sequence[Checked], ran: Ran) -> Iterator[str]:
    if len(ran.approvals) < workspace.config.controller.approvals:
        yield f"The plan was approved by {len(ran.approvals)} of {workspace.config.controller.approvals} people."
    words = {
        "still_there": "still there", "came_back": "came back", "missing": "missing, though it was to stay",
        "unknown": "not known",
    }  # fmt: skip
    counts = Counter((f"{one.source}/{one.collection}", one.status, one.note) for one in checked if not one.fine)
    for (place, status, note), count in counts.items():
        records = "1 record" if count == 1 else f"{count} records"
        yield f"{place}: {records} {words[status]}{f' ({note})' if note else ''}."


def _undecided(count: int) -> Iterator[str]:
    if count:
        said = "1 probable or possible record" if count == 1 else f"{count} probable or possible records"
        yield f"{said} of the new search: nobody has decided whose, so nothing was planned for them."


def _places(workspace: Workspace, steps: Sequence[ErasureStep], checked: Sequence[Checked]) -> Iterator[CertifiedPlace]:
    titles = {place: collection.title for place, collection in workspace.collections.items()}
    found = dict.fromkeys([*((s.source, s.collection) for s in steps), *((c.source, c.collection) for c in checked)])
    for place in found:
        own = [step for step in steps if (step.source, step.collection) == place]
        outcomes = Counter(step.outcome for step in own)
        statuses = Counter(one.status for one in checked if (one.source, one.collection) == place)
        methods = dict.fromkeys(_METHODS[_kind(workspace, step)] for step in own if step.outcome != "keep")
        chosen = list(methods) or [_METHODS["none"]]
        yield CertifiedPlace(
            "/".join(place),
            titles.get(place, "/".join(place)),
            tuple((name, outcomes[name]) for name in OUTCOMES if outcomes[name]),
            tuple((name, statuses[name]) for name in STATUSES if statuses[name]),
            "; ".join(text for text, _ in chosen),
            "dpv:Delete" if any(dpv == "dpv:Delete" for _, dpv in chosen) else chosen[0][1],
        )


def _kind(workspace: Workspace, step: ErasureStep) -> str:
    if step.outcome in ("restrict", "anonymise"):
        return step.outcome
    if step.target is None:
        return "hand"
    kind = step.target.partition(":")[0]
    return "script" if step.target in workspace.config.target else kind


def _stays(steps: Sequence[ErasureStep]) -> Iterator[CertifiedStay]:
    counts = Counter((f"{s.source}/{s.collection}", s.reason) for s in steps if s.outcome in ("restrict", "keep"))
    for (place, reason), count in counts.items():
        yield CertifiedStay(place, count, reason.ground, reason.text, reason.statute, reason.until)


def _backups(workspace: Workspace) -> Iterator[tuple[str, str]]:
    for left in workspace.config.controller.not_searched:
        if left.last_copy_days is not None:
            until = (workspace.now.date() + timedelta(days=left.last_copy_days)).isoformat()
            yield left.what, f"the last copy expires by {until}"
        else:
            yield left.what, left.reason


def _version() -> str:
    try:
        return version("dsar-cli")
    except PackageNotFoundError:
        return "unknown"
