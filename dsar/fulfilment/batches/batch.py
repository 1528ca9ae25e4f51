"""Every request of a file by its right, in one pass: resumable, idempotent, one bad row stops no other one."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dsar.errors import DsarError, WorkspaceError
from dsar.fulfilment.batches.auto_release import check_places, released_by_itself
from dsar.fulfilment.batches.batch_apart import told
from dsar.fulfilment.batches.batch_work import Made, fulfil, inputs_of, made_before, note_made
from dsar.fulfilment.batches.isolation import leaks, shared
from dsar.fulfilment.desk.due import due_of
from dsar.fulfilment.desk.register import add_request
from dsar.fulfilment.finding.answers import summed
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.finding.together import first_of_all
from dsar.fulfilment.home import register_of
from dsar.fulfilment.requests import BadRow, not_acted_on
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Request, SourceAnswer
from dsar.progress import SILENT, Progress
from dsar.register import requests as register
from dsar.register.requests import Registered

BATCH = "batch"
"""The chain of the journal in which runs of batches are noted; no request may be called so."""
READY = "ready for review"
Log = Callable[[str, Mapping[str, str | int]], None]
"""Hears what happens: the name of an event, and facts without personal values."""


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one request."""

    request_id: str | None
    right: str | None
    state: str
    """`ready for review`, `released` (by itself), `closed` (nothing is done again), `waiting` or `failed`.

    A request waits for a person who must decide something first.
    """
    due: str | None
    confirmed: int = 0
    probable: int = 0
    exit_code: int = 0
    error: str | None = None
    reviews: int = 0
    """How many points a person must look at; the request's own files name them."""
    new: bool = False
    """Whether it was done in this run, and not in an earlier one."""
    target: str = ""
    same_as: tuple[str, ...] = ()
    """Other requests that found the same confirmed records."""


@dataclass(frozen=True)
class Batch:
    """A whole batch: a line a request in the order of the file, every source once, and how long it took."""

    lines: tuple[Line, ...]
    sources: tuple[SourceAnswer, ...]
    notes: tuple[str, ...]
    """What a person must look at whoever is asked about; no personal values."""
    seconds: float
    first: tuple[str, ...] = ()
    """Whose requests seem to be of two people, and which of several seem to be of one; no personal values."""

    @property
    def failed(self) -> int:
        """How many requests failed."""
        return sum(line.state == "failed" for line in self.lines)


def _silent(event: str, facts: Mapping[str, str | int]) -> None:
    pass


def run_batch(
    workspace: Workspace,
    rows: Sequence[Request],
    bad: Sequence[BadRow],
    out: Path,
    telling: tuple[Progress, Log] = (SILENT, _silent),
) -> Batch:
    """Register and fulfil every request, each into its own folder below `out`; what is done already stays as it is.

    A request that cannot be fulfilled is a failed line. Raises SourceError if no source at all could be searched, and
    WorkspaceError if the register or the journal is not whole.
    """
    started = time.monotonic()
    progress, log = telling
    check_places(workspace, out)
    progress.step("registering", total=len(rows))
    lines: dict[str, Line] = {}
    todo: list[Registered] = []
    for row in rows:
        found = _registered(workspace, row, lines)
        if found is not None:
            todo.append(found)
        elif (line := lines[str(row.request_id)]).state == "failed":
            log("done", {"request_id": "-", "right": row.right, "state": line.state, "exit_code": line.exit_code})
        progress.advance()
    answers = _answers(workspace, todo, lines, progress)
    ordered = sorted(answers, key=lambda answer: lines[str(answer.request.request_id)].target)
    _fulfilled(workspace, ordered, out, lines, telling)
    for answer, others in shared(answers):
        line = lines[str(answer.request.request_id)]
        if line.state != "failed":
            lines[str(line.request_id)] = replace(line, reviews=line.reviews + 1, exit_code=max(line.exit_code, 1))
            log("shared", {"request_id": str(line.request_id), "others": len(others)})
    _released(workspace, ordered, lines, log)
    _note_run(workspace, answers, lines)
    told_of = [*(lines[str(row.request_id)] for row in rows), *(_bad(one) for one in bad)]
    notes = dict.fromkeys(note for answer in answers for note in answer.notes if note in _common(answers))
    seconds = time.monotonic() - started
    return Batch(tuple(told_of), tuple(summed(answers)), tuple(notes), seconds, first_of_all(answers))


def _released(workspace: Workspace, answers: Sequence[Answer], lines: dict[str, Line], log: Log) -> None:
    """Release what has no point to look at and was declared for it; the rest stays ready for review."""
    ready = [
        one for one in answers if (line := lines[str(one.request.request_id)]).state == READY and not line.exit_code
    ]
    for name, problem in released_by_itself(workspace, ready):
        if problem is None:
            lines[name] = replace(lines[name], state="released")
            log("released", {"request_id": name})
        else:
            lines[name] = replace(lines[name], reviews=1, exit_code=1, error=problem)


def _note_run(workspace: Workspace, answers: Sequence[Answer], lines: Mapping[str, Line]) -> None:
    """Write down once what a run came to, with the sources that failed, for the figures of the month (G-23)."""
    if not lines:
        return
    broken = sorted({s.source for answer in answers[:1] for s in answer.sources if s.result == "failed"})
    failed = sum(line.state == "failed" for line in lines.values())
    facts: dict[str, int | str | bool] = {"requests": len(lines), "failed": failed, "sources_failed": ",".join(broken)}
    told = sorted((name, line.state, line.confirmed, line.exit_code) for name, line in lines.items())
    digest = hashlib.sha256(repr((told, broken)).encode()).hexdigest()
    workspace.journal.append(BATCH, f"run:{digest[:16]}", workspace.as_of, facts)


def _common(answers: Sequence[Answer]) -> set[str]:
    """The notes that hold for every answer: of sources, not of people."""
    return set.intersection(*(set(answer.notes) for answer in answers)) if answers else set()


def _bad(row: BadRow) -> Line:
    return Line(row.request_id, None, "failed", None, exit_code=2, error=told(row.error)[0])


def _registered(workspace: Workspace, row: Request, lines: dict[str, Line]) -> Registered | None:
    """Register a request and begin its line; None where nothing is to be done."""
    name = str(row.request_id)
    try:
        found = add_request(workspace, row)
        due = due_of(workspace, found)
    except (OSError, WorkspaceError):  # nobody can be registered
        raise
    except Exception as error:
        why, code = told(error)
        lines[name] = Line(name, row.right, "failed", None, exit_code=code, error=why)
        return None
    line = Line(name, found.request.right, "waiting", str(due.first.due), target=str(due.first.target))
    if not found.open:
        lines[name] = replace(line, state="closed")
        return None
    if found.purged or found.fact("right_proposed") == "True":
        why = "Its right is only proposed." if not found.purged else "Its personal values were purged."
        lines[name] = replace(line, exit_code=1, error=f"{why} `dsar request change {name} --right …` decides.")
        return None
    lines[name] = line
    return found


def _answers(
    workspace: Workspace, todo: Sequence[Registered], lines: dict[str, Line], progress: Progress
) -> list[Answer]:
    """Search for all of them at once; should one of them break the search, it alone is left out."""
    due = {name: line.due for name, line in lines.items()}
    asked = [replace(f.request, due=due[str(f.request.request_id)], registered=True) for f in todo]
    asked = [replace(one, notes=tuple(not_acted_on(one))) for one in asked]
    if not asked:
        return []
    try:
        return find(workspace, asked, progress)
    except DsarError:
        raise
    except Exception:
        found = []
        for request in asked:
            try:
                found += find(workspace, [request])
            except DsarError:
                raise
            except Exception as error:  # a fault of ours must not keep the others from their answers
                name = str(request.request_id)
                why, code = told(error)
                lines[name] = replace(lines[name], state="failed", exit_code=code, error=why)
        return found


def _fulfilled(
    workspace: Workspace,
    answers: Sequence[Answer],
    out: Path,
    lines: dict[str, Line],
    telling: tuple[Progress, Log],
) -> None:
    """Do what is not done yet, look whether packages are apart, and write down what was made."""
    progress, log = telling
    same = {str(answer.request.request_id): answer.same_as for answer in answers}
    inputs = inputs_of(workspace, answers)
    before = made_before(workspace, answers, inputs, out)
    rest = [answer for answer in answers if str(answer.request.request_id) not in before]
    made: dict[str, Made] = dict(before)
    for one in fulfil(workspace, rest, out, progress):
        one = made[one.request_id] = _settled(workspace, one, inputs[one.request_id], out)
        state = "failed" if one.error else READY
        log("done", {"request_id": one.request_id, "right": one.right, "state": state, "exit_code": one.exit_code})
    for name, one in made.items():
        lines[name] = replace(
            lines[name],
            state="failed" if one.error else READY,
            confirmed=one.confirmed,
            probable=one.probable,
            exit_code=one.exit_code,
            error=one.error,
            reviews=one.reviews,
            new=name not in before,
            same_as=same[name],
        )


def _settled(workspace: Workspace, one: Made, inputs: str, out: Path) -> Made:
    """Read back what was made and write it down; what holds somebody else, or cannot be read, is held back."""
    try:
        if leaked := leaks(one, out):
            return replace(one, error=f"Held back: {leaked} records in it belong to somebody else.", exit_code=3)
        return one if one.error else note_made(workspace, one, inputs, out)
    except (OSError, WorkspaceError):
        raise
    except Exception as error:
        why, code = told(error)
        return replace(one, error=why, exit_code=code)


def batch_of_register(workspace: Workspace) -> list[Request]:
    """Give every open request of the register, the most urgent first (D-1); those to be decided first come too."""
    known = [found for found in register.every(register_of(workspace)) if found.open and not found.purged]
    by_urgency = sorted(known, key=lambda found: (due_of(workspace, found).first.target, str(found.request.request_id)))
    return [found.request for found in by_urgency]
