"""Do we hold data about these people: every source, every record, every reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dsar.errors import SourceError
from dsar.fulfilment.finding.answers import make_answer, standing_notes
from dsar.fulfilment.finding.numbering import Records
from dsar.fulfilment.finding.shares import Found, search
from dsar.fulfilment.finding.together import told_apart
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.identity.decided import Decided, decided
from dsar.identity.resolve import Resolution
from dsar.identity.search import Settings
from dsar.model import Answer, Request
from dsar.normalise import phone
from dsar.progress import SILENT, Progress
from dsar.store.case import case_folder
from dsar.store.decisions import RowMarks, standing
from dsar.store.run import Run


def find(
    workspace: Workspace, requests: Sequence[Request], progress: Progress = SILENT, *, refused: bool = False
) -> list[Answer]:
    """Search every source for every request, in one pass; gives the answers in the order of the requests.

    `refused` adds the records that were reached and decided against, which are otherwise only counted. What people
    decided about records of a request (`dsar review`) stands. Raises SourceError (exit 2) if no source at all could be
    searched.
    """
    with workspace.run() as run:
        decisions = [_decided(workspace, request) for request in requests]
        standing_for_all = standing_notes(workspace, run)
        answers: list[Answer] = []
        for resolutions, rows in _found(workspace, run, requests, decisions, progress):
            progress.step("numbering records")
            records = Records(run, rows, resolutions, refused=refused)
            those = zip(resolutions, decisions[len(answers) :], strict=False)
            answers += [
                _with_lost(make_answer(workspace, resolution, records, standing_for_all), resolution, before, records)
                for resolution, before in those
            ]
        return told_apart(answers)


def find_marked(
    workspace: Workspace, request: Request, progress: Progress = SILENT
) -> tuple[Answer, dict[str, RowMarks]]:
    """Search for one request, refused records included, and say by what each record is known in later exports."""
    with workspace.run() as run:
        decisions = [_decided(workspace, request)]
        [(resolutions, rows)] = _found(workspace, run, [request], decisions, progress)
        records = Records(run, rows, resolutions, refused=True)
        answer = make_answer(workspace, resolutions[0], records, standing_notes(workspace, run))
        answer = _with_lost(answer, resolutions[0], decisions[0], records)
        return answer, {records.record(g.ref).record: records.marks(g.ref) for g in resolutions[0].graded}


def _found(
    workspace: Workspace, run: Run, requests: Sequence[Request], decisions: Sequence[Decided], progress: Progress
) -> Iterator[Found]:
    if not workspace.segments:
        failed = workspace.failures[0] if workspace.failures else None
        error = SourceError(
            f"No source could be searched.{f' {failed.file}: {failed.reason}' if failed else ''}",
            hint=failed.hint if failed and failed.hint else "Check `files` in dsar.toml, or run `dsar init`.",
        )
        error.exit_code = 2
        raise error
    return search(run, workspace.lock, requests, decisions, settings_of(workspace), progress)


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
