"""The access package: one model of the answer in four forms, with its attachments and its manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dsar.fulfilment.attachments import attachments_of
from dsar.fulfilment.find import find
from dsar.fulfilment.package import Output, folder_for, keep_case, named
from dsar.fulfilment.workspace import Workspace
from dsar.model import AccessReport, Answer, Request
from dsar.progress import SILENT, Progress


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


def export(workspace: Workspace, requests: Sequence[Request], out: Path, progress: Progress = SILENT) -> list[Package]:
    """Write the access package of every request (Art. 15 GDPR), in one pass over the sources.

    One person's package goes into `out`, several into a folder each. Raises RequestError if a folder holds files that
    are not ours; find's errors as they are.
    """
    answers = find(workspace, requests, progress)
    progress.step("writing packages", total=len(answers))
    packages = []
    for answer in answers:
        packages.append(_package(workspace, answer, folder_for(out, answer.request, requests)))
        progress.advance()
    return packages


def _package(workspace: Workspace, answer: Answer, folder: Path) -> Package:
    from dsar.renderers.as_html import render_html
    from dsar.renderers.as_json import render_json
    from dsar.renderers.as_pdf import render_pdf
    from dsar.renderers.as_xlsx import render_xlsx
    from dsar.reports.build import build_report

    attachments = attachments_of(workspace, answer)
    listed = tuple(attachment for attachment, _ in attachments)
    report = build_report(named(workspace, answer), workspace.config, workspace.specs, listed, workspace.now.date())
    output = Output(folder)
    for attachment, data in attachments:
        if attachment.stored_as and data is not None:
            output.write(attachment.stored_as, data)
    renderers = {
        "report.html": render_html, "report.pdf": render_pdf, "data.xlsx": render_xlsx, "data.json": render_json,
    }  # fmt: skip
    for name, render in renderers.items():
        output.write(name, render(report))
    request_id, head = keep_case(workspace, answer, "export", output.written)
    missing = sum(attachment.stored_as is None for attachment in listed)
    reviews = [*answer.notes, *(f"DRAFT: {reason}" for reason in report.drafts)]
    if missing:
        reviews.append(f"{missing} attachment{'s' if missing > 1 else ''} could not be copied: see the report.")
    return Package(request_id, folder, output.finish(request_id, head), answer, report, tuple(dict.fromkeys(reviews)))
