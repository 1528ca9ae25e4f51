"""The erasure plan with its scripts, rewritten files and rehearsal; nothing is deleted here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from dsar.errors import RequestError, Unreadable
from dsar.fulfilment.find import find
from dsar.fulfilment.package import Output, folder_for, keep_case, named
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, ErasurePlan, Record, Request
from dsar.progress import SILENT, Progress
from dsar.sources.readers.scan import sha256_of
from dsar.store.files import private_folder
from dsar.store.records import record_of
from dsar.store.run import Run
from dsar.store.segments import Segment

if TYPE_CHECKING:
    from dsar.erasure.rehearse import Rehearsal


RIGHTS = ("erasure", "restriction", "objection")
"""The rights that a plan fulfils; a person who asks for access must never find a deletion script made for them."""


@dataclass(frozen=True)
class ErasureFolder:
    """What was written for one erasure request."""

    request_id: str
    folder: Path
    files: tuple[str, ...]
    answer: Answer
    plan: ErasurePlan
    rehearsals: tuple[Rehearsal, ...]
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
    answers = find(workspace, requests, progress)
    _unchanged(workspace)
    progress.step("writing plans", total=len(answers))
    written = []
    for answer in answers:
        written.append(_erasure(workspace, answer, folder_for(out, answer.request, requests)))
        progress.advance()
    return written


def _unchanged(workspace: Workspace) -> None:
    """Hash every export again: a script must be made from what was searched, not from what lies there now."""
    for path, sha256 in {segment.path: segment.contents.sha256 for segment in workspace.segments}.items():
        if sha256_of(path) != sha256:
            raise Unreadable(f"{path.name} changed since it was searched.", hint="Run `dsar erase` again.")


def _erasure(workspace: Workspace, answer: Answer, folder: Path) -> ErasureFolder:
    from dsar.erasure.plan import make_plan, plan_json
    from dsar.erasure.steps import steps_markdown
    from dsar.renderers.as_plan import render_plan

    made = make_plan(named(workspace, answer), workspace.specs, workspace.config, workspace.now.date())
    plan = replace(made, notes=tuple(dict.fromkeys([*answer.notes, *made.notes])))
    output = Output(folder, request_name(answer.request, workspace.keys.names))
    _scripts(workspace, plan, output)
    _files(workspace, plan, answer, output)
    rehearsals = _rehearsals(workspace, plan)
    output.write("rehearsal.json", (json.dumps([asdict(r) for r in rehearsals], indent=1) + "\n").encode())
    output.write("plan.json", plan_json(plan))
    output.write("plan.html", render_plan(plan, workspace.config, rehearsals))
    output.write("steps.md", steps_markdown(plan, workspace.config))
    request_id, head = keep_case(workspace, answer, "erase", output.written)
    reviews = dict.fromkeys([*plan.notes, *_untried(workspace, plan), *(p for r in rehearsals for p in r.problems)])
    return ErasureFolder(request_id, folder, output.finish(head), answer, plan, rehearsals, tuple(reviews))


def _scripts(workspace: Workspace, plan: ErasurePlan, output: Output) -> None:
    from dsar.erasure.calls import http
    from dsar.erasure.script import script

    used = dict.fromkeys(step.target for step in plan.steps if step.target and step.statement)
    for target in used:
        if target in workspace.config.target:
            output.write(f"erase.{target}.sql", script(plan, target, workspace.config.target[target].dialect))
        elif target.startswith("api:"):
            output.write(f"erase.{target.removeprefix('api:')}.http", http(plan, target))


def _untried(workspace: Workspace, plan: ErasurePlan) -> Iterator[str]:
    """Name the scripts in a dialect that our tests parse but never run."""
    from dsar.erasure.dialects import dialect

    for target in dict.fromkeys(step.target for step in plan.steps if step.target and step.statement):
        spoken = workspace.config.target.get(target)
        if spoken and not dialect(spoken.dialect).executed:
            yield f"erase.{target}.sql: {spoken.dialect} scripts are parsed but were never run by us; try it on a copy."


def _files(workspace: Workspace, plan: ErasurePlan, answer: Answer, output: Output) -> None:
    """Rewrite the exports that are themselves the data: the same bytes without this person's lines."""
    from dsar.erasure.plan import file_spans
    from dsar.erasure.rewrite import rewrite

    by_file = {segment.facts.path: segment for segment in workspace.segments}
    taken: set[str] = set()
    for file, spans in file_spans(plan, [match.record for match in answer.graded("confirmed")]).items():
        segment = by_file[file]
        name = PurePath(segment.file).name
        name = name if name not in taken else f"{segment.declaration.source}-{segment.number}-{name}"
        taken.add(name)
        private_folder(output.folder / "files")
        rewrite(segment.path, spans, output.folder / "files" / name, expected_sha256=segment.contents.sha256)
        output.note(f"files/{name}")


def _rehearsals(workspace: Workspace, plan: ErasurePlan) -> tuple[Rehearsal, ...]:
    """Run the plan on copies of its tables, built from the exports."""
    from dsar.erasure.rehearse import rehearse, table_rows

    dialects = {name: target.dialect for name, target in workspace.config.target.items()}
    touched = {(step.source, step.collection) for step in plan.steps if step.target in dialects and step.statement}
    with workspace.run() as run:
        tables = {}
        for place in sorted(touched):
            spec = workspace.specs[place]
            if spec.erase and spec.erase.target and spec.erase.table:
                segments = [s for s in workspace.segments if (s.declaration.source, s.declaration.collection) == place]
                tables[(spec.erase.target, spec.erase.table)] = table_rows(_records(run, segments), spec)
        return tuple(rehearse(plan, dialects, tables))


def _records(run: Run, segments: Iterable[Segment]) -> Iterator[Record]:
    for segment in segments:
        for row in run.every(segment.number):
            if row["_bad"] is None:
                yield record_of(segment, row)
