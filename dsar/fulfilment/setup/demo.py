"""The whole road once, on an invented company: find, export, erase, verify, with what each step is expected to do."""

from __future__ import annotations

import datetime
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from dsar.errors import RequestError
from dsar.fulfilment.copies.export import export
from dsar.fulfilment.desk.ending import End
from dsar.fulfilment.desk.register import add_request, registered_request
from dsar.fulfilment.desk.steps import Step, close
from dsar.fulfilment.erasing.approve import approve_plan
from dsar.fulfilment.erasing.erase import ErasureFolder, plan_erasure
from dsar.fulfilment.erasing.recipients import tell
from dsar.fulfilment.erasing.verify import verify
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import read_requests, request_of
from dsar.fulfilment.setup.demo_after import carry_out
from dsar.fulfilment.workspace import Workspace, open_workspace
from dsar.model import Answer, Request
from dsar.progress import SILENT, Progress
from dsar.store.files import private_folder

TODAY = datetime.date(2026, 11, 22)
"""The day the sample exports were taken: the demo shows the same on any day."""


@dataclass(frozen=True)
class DemoResult:
    """What the demo did: (title, what happened, as expected) for each step, and the files to open."""

    steps: tuple[tuple[str, str, bool], ...]
    open: tuple[Path, ...]

    @property
    def ok(self) -> bool:
        """Whether every step did what the demo expects."""
        return all(fine for _, _, fine in self.steps)


def demo(folder: Path, progress: Progress = SILENT) -> DemoResult:
    """Copy the sample company to `folder` and run find, export, erase, the rehearsal and verify on it.

    Raises RequestError if the folder holds anything but an earlier demo.
    """
    copy_samples(folder)
    expected = tomllib.loads((folder / "expected" / "ada.toml").read_text(encoding="utf-8"))
    workspace = open_workspace(folder / "dsar.toml", today=TODAY, progress=progress)
    who = expected["request"]
    ada = request_of(email=who["email"], name=who["name"], birth_date=who["birth_date"])
    steps = [*_found(workspace, ada, expected, progress)]
    package = export(workspace, [ada], folder / "answer", progress)[0]
    held = len(package.answer.graded("confirmed"))
    steps.append(("export", f"{len(package.files)} files for {held} records.", held > 0 and not package.report.drafts))
    erasure = plan_erasure(workspace, [_erasure(workspace, ada)], folder / "erasure", progress)[0]
    counts = ", ".join(f"{number} {outcome}" for outcome, number in erasure.plan.counts.items())
    steps.append(("erase", f"{held} records planned: {counts}.", len(erasure.plan.steps) == held))
    passed = bool(erasure.rehearsals) and all(rehearsal.passed for rehearsal in erasure.rehearsals)
    tables = len(erasure.rehearsals)
    steps.append(("rehearsal", f"On copies of {tables} tables only the planned rows changed.", passed))
    answers = find(workspace, read_requests(folder / "requests.csv"), progress)
    known = sum(answer.held for answer in answers)
    # one of the letters comes from somebody the company does not know
    steps.append(("requests", f"{len(answers)} people in one pass, {known} known.", known == len(answers) - 1))
    steps.append(_verified(workspace, folder, erasure, progress))
    opened = (folder / "answer" / "report.html", folder / "erasure" / "plan.html")
    return DemoResult(tuple(steps), (*opened, folder / "certificate" / "certificate.html"))


def _verified(workspace: Workspace, folder: Path, erasure: ErasureFolder, progress: Progress) -> tuple[str, str, bool]:
    """Approve the plan, play the company's systems in a copy of the folder, and look whether everything is gone."""
    approve_plan(workspace, erasure.request_id, erasure.plan.digest, "Example Officer")
    renewed = folder / "renewed"
    carry_out(folder, renewed, erasure.answer, erasure.plan, workspace.specs)
    after = open_workspace(renewed / "dsar.toml", today=TODAY, progress=progress)
    for recipient in erasure.plan.recipients:
        tell(after, erasure.request_id, f"{recipient.name}=confirmed", erasure.plan.recipients, "", "Example Officer")
    seen = verify(after, erasure.request_id, folder / "certificate", "Example Operator", progress)
    counts = {name: sum(one.status == name for one in seen.checked) for name in ("gone", "changed", "kept")}
    said = ", ".join(f"{number} {name}" for name, number in counts.items())
    # the demo's own request waits for nobody any more: whoever tries the register next begins with their own
    close(workspace, erasure.request_id, End("cancelled"), Step(TODAY, "Example Officer", "the demo's own request"))
    right = seen.certificate.complete and counts["gone"] == erasure.plan.counts["delete"] > 0
    return "verify", f"On renewed exports: {said}; none still there.", right


def _erasure(workspace: Workspace, request: Request) -> Request:
    """Register the erasure, with the check of who asks: without one no plan is approved."""
    asked = Request(
        "DEMO-1",
        request.identifiers,
        "erasure",
        "2026-11-20",
        identity_method="login",
        identity_verified_on=TODAY.isoformat(),
    )
    add_request(workspace, asked, "Example Officer")
    return registered_request(workspace, "DEMO-1")


def _found(
    workspace: Workspace, ada: Request, expected: dict[str, Any], progress: Progress
) -> Iterator[tuple[str, str, bool]]:
    """Search for the sample person and hold the answer against what was written down beforehand."""
    answer = find(workspace, [ada], progress)[0]
    right = wrong_records(answer, expected) == ((), ())
    files_read = len({segment.path for segment in workspace.segments})
    rows = sum(segment.contents.rows_read for segment in workspace.segments)
    yield "load", f"{rows} rows of {files_read} files, none lost.", not workspace.failures
    held = len(answer.graded("confirmed"))
    yield "find", f"{held} records of one person in {len(answer.sources)} collections.", right


def wrong_records(answer: Answer, expected: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Compare an answer with the expected keys by collection: (missed, foreign) records; both empty if it is right."""
    wanted = {f"{part['source']}/{part['collection']}/{key}" for part in expected["source"] for key in part["keys"]}
    found = {f"{m.record.source}/{m.record.collection}/{m.record.key}" for m in answer.graded("confirmed")}
    return tuple(sorted(wanted - found)), tuple(sorted(found - wanted))


def copy_samples(folder: Path) -> None:
    """Copy the sample company into an empty folder, or over an earlier copy of it.

    Raises RequestError if the folder holds anything else.
    """
    mark = folder / "expected" / "ada.toml"
    if folder.exists() and any(folder.iterdir()) and not mark.is_file():
        raise RequestError(f"{folder} is not empty.", hint="Give another folder: dsar demo DIR")
    private_folder(folder)
    for part in ("answer", "erasure", "renewed", "certificate", ".dsar"):
        shutil.rmtree(folder / part, ignore_errors=True)
    with as_file(files("dsar_samples")) as samples:
        for path in sorted(samples.rglob("*")):
            inside = path.relative_to(samples)
            skip = inside.parts[0] in ("company", "__pycache__", ".dsar") or path.suffix in (".py", ".pyc", ".key")
            if path.is_file() and not skip:
                private_folder((folder / inside).parent)
                shutil.copyfile(path, folder / inside)
