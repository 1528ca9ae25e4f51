"""The access package: one model of the answer in four forms, with its attachments and its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dsar.errors import DsarError, RequestError
from dsar.fulfilment.children import Begin, ahead, children
from dsar.fulfilment.copies.drawing import MANY, draw, drawn
from dsar.fulfilment.desk.deadlines import require_regimes, with_due
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.others import Cleared, Copy, cleared, copies_of, files_of
from dsar.fulfilment.package import Output, folder_for, keep_case, named
from dsar.fulfilment.places import check_out
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.model import AccessReport, Answer, Request
from dsar.progress import SILENT, Progress
from dsar.store.lock import temporary_files_in

RIGHTS = ("access", "portability")
"""The rights that a package fulfils; whoever asks for erasure gets a plan instead."""

_Filled = tuple[Cleared, AccessReport, list[tuple[str, bytes]]]


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
    require_regimes(workspace.config, requests)
    check_out(workspace, out)
    requests = [with_due(workspace.config, request) for request in requests]
    answers = find(workspace, requests, progress)
    done = list(export_answers(workspace, answers, lambda request: folder_for(out, request, requests), progress))
    return [one for one in done if isinstance(one, Package)], [one for one in done if isinstance(one, Failed)]


def export_answers(
    workspace: Workspace, answers: Sequence[Answer], place: Callable[[Request], Path], progress: Progress = SILENT
) -> Iterator[Package | Failed]:
    """Write the packages of answers that were found already, each into its place, and give them one by one."""
    progress.step("writing packages", total=len(answers))
    with children(workspace.lock.scratch, None, worth=len(answers) >= MANY) as begin:
        begun = ((copy, _begin(workspace, copy, begin)) for copy in copies_of(workspace, answers))
        for copy, finished in ahead(begun):
            folder = place(copy.answer.request)
            try:
                yield _package(workspace, copy, finished, folder)
            except DsarError as error:
                yield Failed(request_name(copy.answer.request, workspace.keys.names), folder, error)
            progress.advance()


def _begin(workspace: Workspace, copy: Copy, begin: Begin) -> Callable[[], _Filled]:
    """Gather what a package holds and begin to draw it; what fails fails when it is its turn."""
    try:
        clear = cleared(workspace, copy)
        report, attached = _gathered(workspace, copy, clear)
        files = begin(draw, report)
    except Exception as error:
        problem = error

        def failed() -> _Filled:
            raise problem

        return failed
    return lambda: (clear, report, [*attached, *files()])


def _package(workspace: Workspace, copy: Copy, finished: Callable[[], _Filled], folder: Path) -> Package:
    answer = copy.answer
    output = Output(folder, request_name(answer.request, workspace.keys.names))
    clear, report, files = finished()
    for name, data in files:
        output.write(name, data)
    request_id, head = keep_case(workspace, answer, "export", output.written)
    missing = sum(attachment.stored_as is None for attachment in report.attachments)
    reviews = [*answer.notes, *(f"DRAFT: {reason}" for reason in report.drafts)]
    if missing:
        reviews.append(f"{missing} attachment{'s' if missing > 1 else ''} could not be copied: see the report.")
    reviews += _expiring(report)
    if number := len(clear.undecided):
        reviews.append(f"{passages(number)} may be about other people: `dsar review --request {request_id}`.")
    return Package(request_id, folder, output.finish(head), answer, report, tuple(dict.fromkeys(reviews)))


def _expiring(report: AccessReport) -> list[str]:
    """Name the records that routine would delete before the answer is due (EDPB Guidelines 01/2022, 2.3.3; A-34)."""
    due = (report.request.due or "")[:10]
    ends = {
        record: end
        for part in report.collections
        for retention in part.retention
        for record, end in retention.ends
        if end and report.made <= end <= due
    }
    if not ends:
        return []
    shown = ", ".join(f"{record} ({end})" for record, end in list(ends.items())[:3])
    more = f" and {len(ends) - 3} more" if len(ends) > 3 else ""
    return [f"Due for deletion before the answer is ({due}): {shown}{more}. Hold them, or keep this package."]


def passages(number: int) -> str:
    """Count passages in words."""
    return "1 passage" if number == 1 else f"{number} passages"


def written(workspace: Workspace, copy: Copy, clear: Cleared) -> tuple[AccessReport, Iterator[tuple[str, bytes]]]:
    """Give the report of a copy from which others are taken out, and the files of the package one by one."""
    report, attached = _gathered(workspace, copy, clear)

    def files() -> Iterator[tuple[str, bytes]]:
        yield from attached
        with temporary_files_in(workspace.root):
            yield from drawn(report)

    return report, files()


def _gathered(workspace: Workspace, copy: Copy, clear: Cleared) -> tuple[AccessReport, list[tuple[str, bytes]]]:
    """Give the report of a copy from which others are taken out, and the attached files that leave with it."""
    from dsar.renderers.as_portability import portable_files
    from dsar.reports.build import build_report

    attachments = tuple(files_of(workspace, copy, clear))
    listed = tuple(attachment for attachment, _ in attachments)
    answer = named(workspace, clear.answer)
    own = {match.record.record for match in answer.graded("confirmed")}
    of_records = tuple(attachment for attachment in listed if attachment.record in own)
    built = build_report(answer, workspace.config, workspace.specs, of_records)
    held = built.held or any(source.result == "held" for source in answer.sources)
    report = replace(built, held=held)
    if pieces := built.california is None or built.california.pieces:
        report = replace(report, redactions=clear.redactions, attachments=listed)
    taken = {attachment.stored_as for attachment in listed} if pieces else set()
    if answer.request.right == "portability":
        taken = {file.stored_as for part in report.collections for file in portable_files(part, listed)}
    return report, [
        (a.stored_as, data) for a, data in attachments if a.stored_as in taken and a.stored_as and data is not None
    ]
