"""The work of a batch: each request by its right, what of it was done before, and what is written down of it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from dsar.errors import DsarError
from dsar.fulfilment.batches.batch_apart import plans_apart, told
from dsar.fulfilment.copies import export as exporting
from dsar.fulfilment.erasing import rights as planning
from dsar.fulfilment.erasing.erase import ErasureFolder
from dsar.fulfilment.erasing.open_access import waiting
from dsar.fulfilment.erasing.scopes import check_scopes
from dsar.fulfilment.home import register_of
from dsar.fulfilment.package import MANIFEST, Output
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Request
from dsar.progress import Progress
from dsar.register.states import base_name

STEP = "fulfilled"
_COUNTS = ("confirmed", "probable", "reviews", "exit_code")


@dataclass(frozen=True, slots=True)
class Made:
    """What was made for one request, or why nothing was."""

    request_id: str
    right: str
    confirmed: int = 0
    probable: int = 0
    reviews: int = 0
    exit_code: int = 0
    error: str | None = None
    records: frozenset[str] = frozenset()
    """The records that its answer confirms."""


def inputs_of(workspace: Workspace, answers: Sequence[Answer]) -> dict[str, str]:
    """Give a digest of everything that decides what a request's files say, by request id; the clock is not in it.

    Erasures share one copy of each rewritten file, so each of them depends on all.
    """
    standing = hashlib.sha256(repr((_version(), workspace.config, workspace.specs)).encode()).hexdigest()
    found = {}
    for answer in answers:
        name = str(answer.request.request_id)
        decisions = register_of(workspace).case(name) / "decisions.jsonl"
        attached = [dict(event.facts) for event in workspace.journal.events(name) if base_name(event.step) == "answer"]
        parts = [standing, repr((replace(answer, as_of=""), attached))]
        parts.append(decisions.read_text(encoding="utf-8") if decisions.exists() else "")
        found[name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    plans = [str(answer.request.request_id) for answer in answers if answer.request.right in planning.PLANNED]
    others = repr(sorted(waiting(workspace)))  # nothing is erased while an access request waits, so they count, too
    joint = hashlib.sha256("".join([*(found[name] for name in sorted(plans)), others]).encode()).hexdigest()
    return found | {name: hashlib.sha256((found[name] + joint).encode()).hexdigest() for name in plans}


def _version() -> str:
    try:
        return version("dsar-cli")
    except PackageNotFoundError:
        return ""


def made_before(
    workspace: Workspace, answers: Sequence[Answer], inputs: Mapping[str, str], out: Path
) -> dict[str, Made]:
    """Give what an earlier run has made of the same inputs and what lies whole in its folder."""
    found = {}
    for answer in answers:
        name = str(answer.request.request_id)
        for event in workspace.journal.events(name):
            facts = event.facts
            if event.step == f"{STEP}:{inputs[name][:16]}" and _whole(out / name, str(facts["manifest"])):
                confirmed, probable, reviews, code = (int(facts[key]) for key in _COUNTS)
                found[name] = Made(name, answer.request.right, confirmed, probable, reviews, code)
    plans = {str(answer.request.request_id) for answer in answers if answer.request.right in planning.PLANNED}
    if len(plans) > 1 and not (plans <= set(found) and _copies_whole(out)):
        found = {name: one for name, one in found.items() if name not in plans}  # they are made together
    return found


def _copies_whole(out: Path) -> bool:
    """Whether the rewritten files that the plans share are there, if there are any."""
    place = out / "files"
    return not place.exists() or _listed(place) is not None


def _whole(folder: Path, manifest: str) -> bool:
    """Whether a folder holds the manifest that was written down, and every file that it lists, unchanged."""
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == manifest and _listed(folder) is not None


def _listed(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder whose files are all as it lists them."""
    try:
        document: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for file in document["files"]:
            with (folder / file["path"]).open("rb") as handle:
                if hashlib.file_digest(handle, "sha256").hexdigest() != file["sha256"]:
                    return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return document


def note_made(workspace: Workspace, made: Made, inputs: str, out: Path) -> Made:
    """Write down that a request was fulfilled from these inputs; the next run leaves it as it is."""
    manifest = hashlib.sha256((out / made.request_id / MANIFEST).read_bytes()).hexdigest()
    facts: dict[str, int | str | bool] = {
        "right": made.right,
        "manifest": manifest,
        "confirmed": made.confirmed,
        "probable": made.probable,
        "reviews": made.reviews,
        "exit_code": made.exit_code,
    }
    workspace.journal.append(made.request_id, f"{STEP}:{inputs[:16]}", workspace.as_of, facts)
    return made


def fulfil(workspace: Workspace, answers: Sequence[Answer], out: Path, progress: Progress) -> Iterator[Made]:
    """Fulfil each answer by its right; what fails is told with its reason and stops no other one."""
    ready = []
    for answer in answers:
        problem = _in_the_way(workspace, answer, out)
        if problem is None:
            ready.append(answer)
        else:
            yield _failed(answer.request, problem)
    packages = [answer for answer in ready if answer.request.right in exporting.RIGHTS]
    plans = [answer for answer in ready if answer.request.right in planning.PLANNED]
    for answer in [one for one in plans if one.request.right == "rectification" and not one.request.changes]:
        plans.remove(answer)  # what is planned together must not fail together
        yield _failed(answer.request, "It does not say what is to be corrected: fill `set.FIELD`.")
    yield from _packages(workspace, packages, out, progress)
    for one, answer in plans_apart(workspace, plans, out, progress):
        yield _made(one.answer, one.reviews) if isinstance(one, ErasureFolder) else _failed(answer.request, *told(one))
    for answer in ready:
        if answer.request.right not in (*exporting.RIGHTS, *planning.PLANNED):
            yield _failed(answer.request, f"{answer.request.right} is not fulfilled by this version.", code=1)


def _in_the_way(workspace: Workspace, answer: Answer, out: Path) -> str | None:
    """Why nothing can be done of a request, or put into its folder: no search for the others is lost over it."""
    try:
        check_scopes(workspace, answer)
        output = Output(out / str(answer.request.request_id), str(answer.request.request_id))
    except DsarError as error:
        return told(error)[0]
    shutil.rmtree(output.folder, ignore_errors=True)
    return None


def _packages(workspace: Workspace, answers: Sequence[Answer], out: Path, progress: Progress) -> Iterator[Made]:
    if not answers:
        return
    rest = list(answers)
    while rest:
        try:
            for one in exporting.export_answers(workspace, rest, lambda request: _place(out, request), progress):
                request = rest.pop(0).request  # they come in the order in which they were given
                if isinstance(one, exporting.Package):
                    yield _made(one.answer, one.reviews)
                else:
                    yield _failed(request, *told(one.error))
        except DsarError as error:
            yield from (_failed(answer.request, *told(error)) for answer in rest)
            return
        except OSError:  # a full disk is full for all of them
            raise
        except Exception as error:  # a fault of ours must not keep the others from their answers
            yield _failed(rest.pop(0).request, *told(error))


def _place(out: Path, request: Request) -> Path:
    return out / str(request.request_id)


def _made(answer: Answer, reviews: Sequence[str]) -> Made:
    confirmed = frozenset(match.record.record for match in answer.graded("confirmed"))
    return Made(
        request_id=str(answer.request.request_id),
        right=answer.request.right,
        confirmed=len(confirmed),
        probable=len(answer.graded("probable")),
        reviews=len(reviews),
        exit_code=0 if answer.complete and not reviews else 1,
        records=confirmed,
    )


def _failed(request: Request, why: str, code: int = 2) -> Made:
    return Made(str(request.request_id), request.right, exit_code=code, error=why)
