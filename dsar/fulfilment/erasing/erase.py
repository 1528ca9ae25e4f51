"""The erasure plan with its scripts, rewritten files and rehearsal; nothing is deleted here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar

from dsar.errors import RequestError
from dsar.fulfilment.children import Begin, ChildDied, ahead, children
from dsar.fulfilment.desk.deadlines import with_due
from dsar.fulfilment.erasing.kept_plan import FILE as PLAN
from dsar.fulfilment.erasing.kept_plan import keep_plan
from dsar.fulfilment.erasing.open_access import open_access_of, waiting
from dsar.fulfilment.erasing.papers import MANY, Papers, Shared, papers, planned
from dsar.fulfilment.erasing.rehearsing import Seen, rehearsed
from dsar.fulfilment.erasing.schemas import schemas_of
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.package import Output, folder_for, named, note_case, refuse_changed
from dsar.fulfilment.places import check_out
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, ErasurePlan, Request, RewrittenFile
from dsar.progress import SILENT, Progress
from dsar.store.files import private_folder

if TYPE_CHECKING:
    from dsar.erasure.rehearse import Rehearsal
    from dsar.erasure.rehearse_text import TextRehearsal


RIGHTS = ("erasure", "restriction", "objection")
"""The rights that a plan fulfils; a person who asks for access must never find a deletion script made for them."""


T = TypeVar("T")
More = Callable[[Answer, ErasurePlan, Output], ErasurePlan]


@dataclass(frozen=True)
class ErasureFolder:
    """What was written for one erasure request."""

    request_id: str
    folder: Path
    files: tuple[str, ...]
    answer: Answer
    plan: ErasurePlan
    rehearsals: tuple[Rehearsal, ...]
    texts: tuple[TextRehearsal, ...]
    """The rehearsals of the scripts' own text, on servers of the targets' kinds."""
    reviews: tuple[str, ...]
    """Why a person must look before a script is run; empty where nothing is open."""


def plan_erasure(
    workspace: Workspace, requests: Sequence[Request], out: Path, progress: Progress = SILENT
) -> list[ErasureFolder]:
    """Write plan, scripts and rewritten files for every request (Art. 17 GDPR), in one pass over the sources.

    Raises RequestError for a request that asks for anything but erasure, restriction or objection,
    Unreadable if an export changed since it was searched, RequestError if a folder holds files that are not
    ours; find's errors as they are.
    """
    other = next((request for request in requests if request.right not in RIGHTS), None)
    if other is not None:
        raise RequestError(
            f"Request {other.request_id or ''} asks for {other.right}, not for erasure.".replace("  ", " ")
        )
    requests = [with_due(workspace.config, request) for request in requests]
    return plan_answers(workspace, find(workspace, requests, progress), out, progress)


def plan_answers(
    workspace: Workspace, answers: Sequence[Answer], out: Path, progress: Progress = SILENT, more: More | None = None
) -> list[ErasureFolder]:
    """Write the plans of answers that were found already; they share one copy of each rewritten file below `out`.

    `more` writes what a right needs beside its plan into the same folder, and gives the plan with those it must tell.

    Raises as `plan_erasure` does.
    """
    requests = [answer.request for answer in answers]
    check_out(workspace, out)
    refuse_changed(workspace, "erase")
    progress.step("planning and rehearsing", total=len(answers))
    places = [folder_for(out, answer.request, requests) for answer in answers]
    shared = Shared(workspace.root, workspace.config, workspace.specs, schemas_of(workspace), workspace.now.date())
    with children(workspace.lock.scratch, shared, worth=len(answers) >= MANY) as begin:
        others = waiting(workspace)  # it reads the journal: where that is not whole, nothing is kept
        asked = ((named(workspace, one), open_access_of(workspace, one, others)) for one in answers)
        plans = [_whose(n, plan) for n, plan in enumerate(ahead(begin(planned, *one) for one in asked))]
        first = Output(places[0], _id(workspace, answers[0])) if len(answers) == 1 else None
        plans = _rewritten(workspace, plans, answers, first or out)
        seen = [Seen(tables, texts) for tables, texts in rehearsed(workspace, plans)]
        progress.step("writing plans", total=len(answers))
        begun = _begun(workspace, zip(answers, plans, places, seen, strict=True), begin, (first, more))
        return [_finished(workspace, number, one, progress) for number, one in enumerate(ahead(begun))]


def _whose(number: int, wait: Callable[[], T]) -> T:
    try:
        return wait()
    except ChildDied as died:
        died.work = number
        raise


@dataclass(frozen=True)
class _Begun:
    """A plan whose files are written, here or in another process."""

    answer: Answer
    plan: ErasurePlan
    seen: Seen
    output: Output
    papers: Callable[[], Papers]


def _begun(
    workspace: Workspace,
    parts: Iterable[tuple[Answer, ErasurePlan, Path, Seen]],
    begin: Begin,
    given: tuple[Output | None, More | None],
) -> Iterator[_Begun]:
    first, more = given
    for answer, plan, place, seen in parts:
        name = _id(workspace, answer)
        output = first or Output(place, name)
        plan = more(answer, plan, output) if more is not None else plan
        yield _Begun(answer, plan, seen, output, begin(papers, name, answer, plan, seen))


def _finished(workspace: Workspace, number: int, one: _Begun, progress: Progress) -> ErasureFolder:
    """Put the folder of a plan in its place, once its case is kept and the journal says so."""
    output, made = one.output, _whose(number, one.papers)
    for name, data in made:
        output.write(name, data)
    head = note_case(workspace, one.answer, "erase", output.written)
    scripts = {file: sha256 for file, (sha256, _) in output.written.items()}
    request_id = _id(workspace, one.answer)
    keep_plan(workspace, request_id, one.answer, one.plan, dict(made)[PLAN], scripts, output.place)
    files = output.finish(head)
    reviews = _reviews(workspace, one.plan, one.seen)
    progress.advance()
    return ErasureFolder(
        request_id, output.place, files, one.answer, one.plan, one.seen.tables, one.seen.texts, reviews
    )


def _id(workspace: Workspace, answer: Answer) -> str:
    return request_name(answer.request, workspace.keys.names)


def _reviews(workspace: Workspace, plan: ErasurePlan, seen: Seen) -> tuple[str, ...]:
    blocked = [f"erase.{target}.sql was not written: its rehearsal failed." for target in sorted(seen.failed)]
    return tuple(dict.fromkeys([*plan.notes, *_untried(workspace, plan), *blocked, *seen.problems]))


def _untried(workspace: Workspace, plan: ErasurePlan) -> Iterator[str]:
    """Name the scripts in a dialect that our tests parse but never run."""
    from dsar.erasure.dialects import dialect

    for target in dict.fromkeys(step.target for step in plan.steps if step.target and step.statement):
        spoken = workspace.config.target.get(target)
        if spoken and not dialect(spoken.dialect).executed:
            yield f"erase.{target}.sql: {spoken.dialect} scripts are parsed but were never run by us; try it on a copy."


def _rewritten(
    workspace: Workspace, plans: Sequence[ErasurePlan], answers: Sequence[Answer], place: Output | Path
) -> list[ErasurePlan]:
    """Rewrite the exports that are themselves the data, and give the plans with the copies that serve them.

    Several requests share one copy a file, without the lines of all of them, in `files/` beside their folders: with
    a copy a request, putting the second one in place would bring back the lines that the first one lacks.
    """
    from dsar.erasure.plan import by_hand, file_spans

    records = [[match.record for match in answer.graded("confirmed")] for answer in answers]
    spans = [file_spans(plan, found) for plan, found in zip(plans, records, strict=True)]
    union = {
        file: [span for one in spans for span in one.get(file, ())] for file in sorted({f for s in spans for f in s})
    }
    if isinstance(place, Output):
        made, refused = _copies(workspace, union, place, "files/")
    elif union or (place / "files").exists():
        home = Output(place / "files", "files")
        made, refused = _copies(workspace, union, home, "")
        home.finish(workspace.journal.head("files"))
    else:
        made, refused = {}, {}
    up = "" if isinstance(place, Output) else "../files/"
    done = []
    for plan, own in zip(plans, spans, strict=True):
        plan = by_hand(plan, {file: why for file, why in refused.items() if file in own})
        users = {file: sum(file in one for one in spans) for file in own}
        files = [replace(made[f], copy=up + made[f].copy, requests=users[f]) for f in own if f in made]
        done.append(replace(plan, files=tuple(files)))
    return done


def _copies(
    workspace: Workspace, union: Mapping[str, Sequence[tuple[int, int]]], output: Output, folder: str
) -> tuple[dict[str, RewrittenFile], dict[str, str]]:
    """Write each file without its lines; gives the copies, and why there is none, by the path of the export."""
    from dsar.erasure.rewrite import CannotRewrite, rewrite

    made: dict[str, RewrittenFile] = {}
    refused: dict[str, str] = {}
    taken: set[str] = set()
    for file, spans in union.items():
        private_folder(output.folder / folder)
        found = [segment for segment in workspace.segments if segment.facts.path == file]
        segment, name = found[0], PurePath(found[0].file).name
        if segment.member:
            refused[file] = "The file lies inside an archive: make a new export once the system itself is clean."
            continue
        name = name if name not in taken else f"{segment.declaration.source}-{segment.number}-{name}"
        taken.add(name)
        by_line_feed = all(one.declaration.format != "table" for one in found)
        try:
            result = rewrite(
                segment.path,
                spans,
                output.folder / folder / name,
                expected_sha256=segment.contents.sha256,
                by_line_feed=by_line_feed,
            )
        except CannotRewrite as error:
            refused[file] = str(error)
            continue
        output.note(folder + name, result.sha256_after, result.bytes_after)
        made[file] = RewrittenFile(
            file, folder + name, result.sha256_before, result.sha256_after, result.lines_before, result.lines_after
        )
    return made, refused
