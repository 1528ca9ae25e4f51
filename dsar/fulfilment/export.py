"""The access package: one model of the answer in four forms, with its attachments and its manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dsar.errors import DsarError, RequestError
from dsar.fulfilment.attachments import attachments_of
from dsar.fulfilment.find import find
from dsar.fulfilment.package import Output, folder_for, keep_case, named
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.model import AccessReport, Answer, Request
from dsar.progress import SILENT, Progress
from dsar.store.lock import temporary_files_in

RIGHTS = ("access", "portability")
"""The rights that a package fulfils; whoever asks for erasure gets a plan instead."""


@dataclass(frozen=True)
class Package:
    """What was written for one request, ready for review."""

    request_id: str
    folder: Path
    files: tuple[str, ...]
    answer: Answer
    report: AccessReport
    reviews: tuple[str, ...]
    """Why a person must look before it is sent; empty where nothing is open."""


@dataclass(frozen=True)
class Failed:
    """A request whose package could not be written, and why."""

    request_id: str
    folder: Path
    error: DsarError


def export(workspace: Workspace, requests: Sequence[Request], out: Path, progress: Progress = SILENT) -> list[Package]:
    """Write the access package of every request (Art. 15, 20 GDPR), in one pass over the sources.

    One person's package goes into `out`, several into a folder each. Raises RequestError for a request that asks for
    anything but access or portability, or if a folder holds files that are not ours; find's errors as they are. An
    error of one package is raised when all others are written.
    """
    packages, failed = export_each(workspace, requests, out, progress)
    if failed:
        raise failed[0].error
    return packages


def export_each(
    workspace: Workspace, requests: Sequence[Request], out: Path, progress: Progress = SILENT
) -> tuple[list[Package], list[Failed]]:
    """Write the packages as `export` does; a package that cannot be written is told and stops no other one."""
    other = next((request for request in requests if request.right not in RIGHTS), None)
    if other is not None:
        named_as = f"Request {other.request_id}" if other.request_id else "The request"
        raise RequestError(f"{named_as} asks for {other.right}, not for access.", hint="`dsar erase` plans erasures.")
    answers = find(workspace, requests, progress)
    progress.step("writing packages", total=len(answers))
    packages, failed = [], []
    for answer in answers:
        folder = folder_for(out, answer.request, requests)
        try:
            packages.append(_package(workspace, answer, folder))
        except DsarError as error:
            failed.append(Failed(request_name(answer.request, workspace.keys.names), folder, error))
        progress.advance()
    return packages, failed


def _package(workspace: Workspace, answer: Answer, folder: Path) -> Package:
    from dsar.renderers.as_html import render_html
    from dsar.renderers.as_json import render_json
    from dsar.renderers.as_pdf import render_pdf
    from dsar.renderers.as_xlsx import render_xlsx
    from dsar.reports.build import build_report

    attachments = attachments_of(workspace, answer)
    listed = tuple(attachment for attachment, _ in attachments)
    report = build_report(named(workspace, answer), workspace.config, workspace.specs, listed, workspace.now.date())
    output = Output(folder, request_name(answer.request, workspace.keys.names))
    for attachment, data in attachments:
        if attachment.stored_as and data is not None:
            output.write(attachment.stored_as, data)
    renderers = {
        "report.html": render_html, "report.pdf": render_pdf, "data.xlsx": render_xlsx, "data.json": render_json,
    }  # fmt: skip
    with temporary_files_in(workspace.root):
        for name, render in renderers.items():
            output.write(name, render(report))
    request_id, head = keep_case(workspace, answer, "export", output.written)
    missing = sum(attachment.stored_as is None for attachment in listed)
    reviews = [*answer.notes, *(f"DRAFT: {reason}" for reason in report.drafts)]
    if missing:
        reviews.append(f"{missing} attachment{'s' if missing > 1 else ''} could not be copied: see the report.")
    return Package(request_id, folder, output.finish(head), answer, report, tuple(dict.fromkeys(reviews)))
