"""After the scripts: search again with everything known, compare row by row, and certify what became of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dsar.errors import RequestError
from dsar.fulfilment.erasing.approve import approvals, approved_before, put_on_list
from dsar.fulfilment.erasing.certificate import Ran, certificate_of
from dsar.fulfilment.erasing.kept_plan import KeptPlan, changed_since, kept_plan
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.review import request_of_case
from dsar.fulfilment.package import Output
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Certificate, Checked, Record
from dsar.progress import SILENT, Progress
from dsar.store.case import case_folder
from dsar.store.files import write_private
from dsar.store.records import key_columns, record_of

FILE = "verified.json"


@dataclass(frozen=True)
class Verified:
    """What a verification saw."""

    request_id: str
    checked: tuple[Checked, ...]
    certificate: Certificate
    folder: Path | None
    files: tuple[str, ...]
    reviews: tuple[str, ...]
    """Why a person must look; empty where everything is as planned."""


def verify(
    workspace: Workspace, request_id: str, out: Path | None = None, ran_by: str = "", progress: Progress = SILENT
) -> Verified:
    """Verify an erasure on renewed exports and write its certificate into `out` (E-34, E-37; Art. 5(2), 17 GDPR).

    Raises RequestError where there is no plan, where what was approved is not what the plan is, or where a script was
    changed since; find's errors as they are.
    """
    kept = kept_plan(workspace, request_id)
    _as_approved(workspace, request_id, kept)
    request = request_of_case(workspace, request_id)
    known = tuple(dict.fromkeys([*request.identifiers, *kept.identifiers]))
    answer = find(workspace, [replace(request, identifiers=known)], progress, refused=True)[0]
    checked = _compared(workspace, request_id, kept, answer)
    if any(one.status == "gone" for one in checked):
        put_on_list(workspace, request_id, kept)  # where nobody approved the plan it is not there yet
    approved = approvals(workspace, request_id, kept.digest)
    certificate = certificate_of(workspace, request_id, kept, checked, Ran(approved, ran_by, _undecided(answer)))
    head = _keep(workspace, request_id, checked, certificate)
    files: tuple[str, ...] = ()
    if out is not None:
        files = _write(certificate, Output(out, request_id), head)
    return Verified(request_id, checked, certificate, out, files, (*certificate.problems, *certificate.notes))


def _as_approved(workspace: Workspace, request_id: str, kept: KeptPlan) -> None:
    """Refuse where anything changed since the plan was approved (E-30)."""
    before = approved_before(workspace, request_id)
    if before and kept.digest not in before:
        raise RequestError(
            "The plan was made again after it was approved: what was approved is not what it says now.",
            hint=f"Look at it, then `dsar review --request {request_id} --approve-plan DIGEST --by NAME`.",
        )
    if problem := changed_since(kept):
        raise RequestError(f"Nothing is verified: {problem}.", hint="Plan again; what was run is not what was planned.")


def _undecided(answer: Answer) -> int:
    return len(answer.graded("probable")) + len(answer.graded("possible"))


def _compared(workspace: Workspace, request_id: str, kept: KeptPlan, answer: Answer) -> tuple[Checked, ...]:
    from dsar.erasure.verify import PlannedRow, Renewed, compare

    steps = {step.record: step for step in kept.steps}
    planned = [
        PlannedRow(
            row["record"], step.source, step.collection, step.key, step.outcome, row["digest"], row["changed"],
            row["keyed"], row["news"],
        )
        for row in kept.rows
        if (step := steps[row["record"]])
    ]  # fmt: skip
    reached = {m.record.record: m.record for m in answer.matches if m.grade != "refused"}
    sure = frozenset(match.record.record for match in answer.graded("confirmed"))
    now = Renewed(_by_key(workspace, planned), reached, sure, _silent(workspace, kept, answer), kept.seen)
    return compare(planned, now, _gone_before(workspace, request_id))


def _by_key(workspace: Workspace, planned: Sequence[object]) -> dict[str, list[Record]]:
    """The rows that stand today under the key of each planned record, in every file of its collection."""
    from dsar.erasure.verify import PlannedRow

    rows = [row for row in planned if isinstance(row, PlannedRow) and row.keyed]
    found: dict[str, list[Record]] = {}
    with workspace.run() as run:
        for segment in workspace.segments:
            here = [r for r in rows if (r.source, r.collection) == (segment.declaration.source,
                                                                   segment.declaration.collection)]  # fmt: skip
            columns = key_columns(segment)
            if not here or not columns:
                continue
            values = [_key_parts(row.key, len(columns)) for row in here]
            same = run.same(segment.number, columns, values)
            cells = run.rows(segment.number, {row for row, _ in same}) if same else {}
            for row, place in same:
                found.setdefault(here[place].record, []).append(record_of(segment, cells[row]))
    return found


def _key_parts(key: str, columns: int) -> tuple[str, ...]:
    """Take a record's key apart again, as `record_of` put it together."""
    if columns == 1:
        return (key,)
    return tuple(part.replace("%7C", "|").replace("%25", "%") for part in key.split("|"))


def _silent(workspace: Workspace, kept: KeptPlan, answer: Answer) -> dict[str, str]:
    """The sources that say nothing: they were not searched, or every export of theirs is still the one of the plan."""
    silent: dict[str, str] = {}
    for source in answer.sources:
        if source.result in ("failed", "not_searched"):
            silent[source.source] = f"it was not searched: {source.reason or 'no reason is known'}"
    overwritten = {row["record"] for row in kept.rows if row["changed"]}
    acting = {s.source for s in kept.steps if s.outcome in ("delete", "anonymise") or s.record in overwritten}
    now: dict[str, list[bool]] = {}
    for segment in workspace.segments:
        same = kept.files.get(segment.facts.path) == segment.contents.sha256
        now.setdefault(segment.declaration.source, []).append(same)
    stale = "its exports are still those of the plan: renew them"
    for source_name, same_files in now.items():
        if all(same_files) and source_name in acting:
            silent.setdefault(source_name, stale)
    return silent


def _gone_before(workspace: Workspace, request_id: str) -> frozenset[str]:
    try:
        document = json.loads((case_folder(workspace.root, request_id) / FILE).read_bytes())
    except (FileNotFoundError, ValueError):
        return frozenset()
    return frozenset(document["gone"])


def _keep(workspace: Workspace, request_id: str, checked: Sequence[Checked], certificate: Certificate) -> str:
    """Keep which records were gone, and note counts and hashes in the journal (G-12); gives the request's head."""
    from dsar.fulfilment.erasing.certificate import certificate_hash

    gone = sorted({one.record for one in checked if one.status == "gone"} | _gone_before(workspace, request_id))
    folder = case_folder(workspace.root, request_id)
    write_private(folder / FILE, (json.dumps({"gone": gone}, indent=1) + "\n").encode())
    facts: dict[str, int | str | bool] = {"complete": certificate.complete, "digest": certificate.digest}
    counts: Mapping[str, int] = {}
    for one in checked:
        counts = {**counts, one.status: counts.get(one.status, 0) + 1}
    facts |= counts
    content = certificate_hash(certificate)
    facts["certificate"] = content
    return workspace.journal.append(request_id, f"verify:{content[:16]}", workspace.as_of, facts)


def _write(certificate: Certificate, output: Output, head: str) -> tuple[str, ...]:
    from dsar.renderers.as_certificate import certificate_html, certificate_json, certificate_pdf

    output.write("certificate.json", certificate_json(certificate))
    output.write("certificate.html", certificate_html(certificate))
    output.write("certificate.pdf", certificate_pdf(certificate))
    return output.finish(head)
