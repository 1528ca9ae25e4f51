"""Do we hold data about these people: every source, every record, every reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dsar.errors import SourceError
from dsar.fulfilment.finding.answers import make_answer, standing_notes
from dsar.fulfilment.finding.numbering import Records
from dsar.fulfilment.finding.shares import shared_search
from dsar.fulfilment.finding.together import told_apart
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.identity.decided import Decided, decided
from dsar.identity.resolve import Resolution, resolve
from dsar.identity.search import Settings
from dsar.model import Answer, Request
from dsar.normalise import phone
from dsar.progress import SILENT, Progress
from dsar.store.case import case_folder
from dsar.store.decisions import RowMarks, standing


def find(
    workspace: Workspace, requests: Sequence[Request], progress: Progress = SILENT, *, refused: bool = False
) -> list[Answer]:
    """Search every source for every request, in one pass; gives the answers in the order of the requests.

    `refused` adds the records that were reached and decided against, which are otherwise only counted. What people
    decided about records of a request (`dsar review`) stands. Raises SourceError (exit 2) if no source at all could be
    searched.
    """
    _some_source(workspace)
    decisions = [_decided(workspace, request) for request in requests]
    settings, answers = settings_of(workspace), list[Answer]()
    shared = shared_search(workspace.segments, workspace.lock, requests, decisions, settings)
    with shared as search, workspace.run() as run:
        standing_for_all = standing_notes(workspace, run)
        for resolutions, rows in search(run, progress):
            progress.step("numbering records")
            records = Records(run, rows, resolutions, refused=refused)
            for resolution in resolutions:
                answer = make_answer(workspace, resolution, records, standing_for_all)
                answers.append(_with_lost(answer, resolution, decisions[len(answers)], records))
    return told_apart(answers)


def find_marked(
    workspace: Workspace, request: Request, progress: Progress = SILENT
) -> tuple[Answer, dict[str, RowMarks]]:
    """Search for one request, refused records included, and say by what each record is known in later exports."""
    _some_source(workspace)
    decided_before = _decided(workspace, request)
    with workspace.run() as run:
        (resolution,), rows = resolve(run, [request], settings_of(workspace), progress, [decided_before])
        records = Records(run, rows, [resolution], refused=True)
        answer = make_answer(workspace, resolution, records, standing_notes(workspace, run))
        answer = _with_lost(answer, resolution, decided_before, records)
        return answer, {records.record(g.ref).record: records.marks(g.ref) for g in resolution.graded}


def _some_source(workspace: Workspace) -> None:
    """Raise SourceError if there is nothing at all to search."""
    if not workspace.segments:
        failed = workspace.failures[0] if workspace.failures else None
        error = SourceError(
            f"No source could be searched.{f' {failed.file}: {failed.reason}' if failed else ''}",
            hint=failed.hint if failed and failed.hint else "Check `files` in dsar.toml, or run `dsar init`.",
        )
        error.exit_code = 2
        raise error


def settings_of(workspace: Workspace) -> Settings:
    """Say by what a search of this workspace goes."""
    controller = workspace.config.controller
    region = controller.phone_region
    phones = tuple(number for text in controller.own_phones if (number := phone(text, region)))
    return Settings(workspace.keys.identifiers, region, controller.own_domains, phones)


def _decided(workspace: Workspace, request: Request) -> Decided:
    return decided(
        standing(case_folder(workspace.root, request_name(request, workspace.keys.names)), "record").values()
    )


def _with_lost(answer: Answer, resolution: Resolution, before: Decided, records: Records) -> Answer:
    """Say of records that a person accepted, and that the search reaches no more, that they are missing.

    A row is known by its key and identifying cells, or by all its cells: after a renewed export it may be gone, or say
    something else of the person, and then nobody has decided about it as it is now.
    """
    accepted = {d for d in before.by_mark.values() if d.verdict == "accept"}
    if not accepted:
        return answer
    marks = [records.marks(graded.ref) for graded in resolution.graded]
    there = {mark for known in marks for mark in (known.known_by, known.sha256) if mark}
    lost = sorted(d.target.rsplit("/", 1)[0] for d in accepted if not {d.known_by, d.sha256} & there)
    if not lost:
        return answer
    note = (
        f"Accepted by a person, but not reached any more: {len(lost)} ({', '.join(dict.fromkeys(lost))}). "
        "They changed, or left the exports. Look there, and decide anew: `dsar review`."
    )
    return replace(answer, notes=(*answer.notes, note))
