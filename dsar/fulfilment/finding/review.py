"""Decisions of a person on the records of a request: whose they are, why, and who says so."""

from __future__ import annotations

import json
import os
import pwd
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dsar.errors import RequestError
from dsar.fulfilment.desk.register import registered_request
from dsar.fulfilment.finding.find import find, find_marked
from dsar.fulfilment.finding.review_sheet import Line, queue, sheet
from dsar.fulfilment.home import register_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Match, Request
from dsar.progress import SILENT, Progress
from dsar.register.case_file import request_from
from dsar.register.requests import REQUEST_ID, knows, read
from dsar.store.case import case_folder
from dsar.store.decisions import UNDO, Decision, RowMarks, decide, standing

RecordVerdict = Literal["accept", "reject", "undo"]


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to decide: the verdict on some records."""

    verdict: RecordVerdict
    records: tuple[str, ...]


def request_of_case(workspace: Workspace, request_id: str) -> Request:
    """Give a registered request, or that of an existing case such as `ADHOC-…`.

    Raises RequestError if the id is none, or there is no such request and no such case.
    """
    path = case_folder(workspace.root, request_id) / "case.json"
    # a purged request that a replay found again has a case, which knows the person by the list alone
    again = path.is_file() and REQUEST_ID.fullmatch(request_id)
    register = register_of(workspace)
    if knows(register, request_id) and not (again and read(register, request_id).purged):
        return registered_request(workspace, request_id)
    if not REQUEST_ID.fullmatch(request_id):
        raise RequestError(
            "A request id is 1 to 40 letters, digits, `-` or `_`.", hint="Correct it; it begins with no `-`."
        )
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))["request"]
    except FileNotFoundError:
        raise RequestError(
            f"There is no case of request {request_id}.", hint="`dsar export` and `dsar erase` make it."
        ) from None
    return request_from({**stored, "request_id": request_id})


class Sitting:
    """The open records of one request while a person decides about them; searches once, stores every decision."""

    def __init__(self, workspace: Workspace, request: Request, progress: Progress = SILENT) -> None:
        """Search for the request, which carries the id of its case."""
        self._workspace, self._folder = workspace, case_folder(workspace.root, request.request_id or "")
        self.answer, self._marks = find_marked(workspace, request, progress)
        self._occurrences = _occurrences(self.answer, self._marks)

    @property
    def queue(self) -> tuple[Match, ...]:
        """What waits for a decision, the likelier first."""
        return queue(self.answer)

    def sheet(self, match: Match) -> tuple[Line, ...]:
        """Set a record beside what is known of the person."""
        return sheet(self._workspace, self.answer, match)

    def decide(self, verdict: RecordVerdict, record: str, reason: str, by: str) -> None:
        """Store one decision; raises RequestError as `decide_records` does."""
        self.decide_all([Wanted(verdict, (record,))], reason, by)

    def decide_all(self, wanted: Sequence[Wanted], reason: str, by: str) -> None:
        """Store all of some decisions, or none; raises RequestError as `decide_records` does."""
        if not by.strip() or not reason.strip():
            raise RequestError("A decision needs a reason and a name.", hint="Give --reason TEXT and --by NAME.")
        reached = {match.record.record for match in self.answer.matches}
        before = standing(self._folder, "record")
        decisions = []
        named = dict.fromkeys((w.verdict, place, record) for w in wanted for place, record in _numbered(w.records))
        twice = Counter(record for _, _, record in named)
        for verdict, place, record in named:
            which = f"record {place} of --{verdict}"
            if twice[record] > 1:
                raise RequestError(f"There are two decisions about {which}.", hint="Give one for each record.")
            if verdict == UNDO and record not in before:
                raise RequestError(f"Nothing was decided about {which}.", hint=_HINT)
            if record not in reached and verdict != UNDO:
                raise RequestError(f"The search does not lead to {which}.", hint=_HINT)
            mark, copy = self._marks.get(record), self._occurrences.get(record)
            decisions.append(
                Decision(
                    "record", record, verdict, reason.strip(), by.strip(), _account(), self._workspace.as_of,
                    mark.sha256 if mark else None, copy, mark.known_by if mark else None,
                )
            )  # fmt: skip
        decide(self._folder, decisions, self._workspace.journal, self._workspace.keys.names)


def decide_records(
    workspace: Workspace, request: Request, wanted: Sequence[Wanted], reason: str, by: str, progress: Progress = SILENT
) -> Answer:
    """Store verdicts on records of one request and give its answer as it stands afterwards.

    `request` carries the id of its case. All verdicts are stored, or none. Raises RequestError for a record that the
    search does not reach, for an undo where nothing was decided, and where reason or name are missing.
    """
    Sitting(workspace, request, progress).decide_all(wanted, reason, by)
    return find(workspace, [request], progress)[0]


def _numbered(records: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Give each record once, with its place: an error names no key, which may be personal."""
    return ((records.index(record) + 1, record) for record in dict.fromkeys(records))


_HINT = "A record is source/collection/key, as `dsar find` prints it; `dsar review --request ID` lists what is open."


def _occurrences(answer: Answer, marks: dict[str, RowMarks]) -> dict[str, int]:
    """Number rows that are equal in every cell, in the order of files and lines."""
    ordered = sorted(answer.matches, key=lambda m: (m.record.file, m.record.line))
    counted: Counter[str] = Counter()
    found = {}
    for match in ordered:
        mark = marks[match.record.record].sha256
        counted[mark] += 1
        found[match.record.record] = counted[mark]
    return found


def _account() -> str:
    """The account that the command runs under."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
