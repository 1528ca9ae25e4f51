"""Decisions of a person on what a copy says of others, and on sources it is answered without."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dsar.errors import RequestError
from dsar.fulfilment.finding.others import Cleared, cleared, copies_of
from dsar.fulfilment.home import register_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Mention, Request
from dsar.store.case import case_folder
from dsar.store.decisions import UNDO, Decision, decide, standing

FINDING = re.compile(r"F-[0-9a-f]{10}")
PROPOSED = "proposed"
"""Stands for every open finding of which this is proposed, but for those that a person must read one by one."""
_ONE_BY_ONE = ("unread", "special", "reference")
_HINT = "`dsar review --request ID` lists the findings; `proposed` stands for all that are proposed so."
Kind = Literal["finding", "source"]


@dataclass(frozen=True)
class Said:
    """Verdicts on findings (`redact`, `keep`, `undo`) or on sources (`without`, `undo`), and who gives them why."""

    kind: Kind
    verdicts: tuple[tuple[str, tuple[str, ...]], ...]
    reason: str
    by: str


def others_in(workspace: Workspace, answer: Answer) -> Cleared:
    """Find who else is in the copy of one answer, with what was decided."""
    return cleared(workspace, copies_of(workspace, [answer])[0])


class OthersSitting:
    """The open mentions of one copy while a person decides about them; searches once, stores every decision."""

    def __init__(self, workspace: Workspace, request: Request, answer: Answer) -> None:
        """Find who else is in the copy of an answer; `request` carries the id of its case."""
        self._workspace, self._request = workspace, request
        self._known: dict[str, Mention | None] = dict(_findings(workspace, answer))

    @property
    def queue(self) -> tuple[Mention, ...]:
        """What waits for a decision, what must be read one by one last."""
        return open_mentions([mention for mention in self._known.values() if mention])

    def decide(self, verdict: str, finding: str, reason: str, by: str) -> None:
        """Store one decision: `redact`, `keep` or `undo`; raises RequestError as `decide_others` does."""
        _store(self._workspace, self._request, self._known, Said("finding", ((verdict, (finding,)),), reason, by))


def decide_others(workspace: Workspace, request: Request, answer: Answer, said: Said) -> None:
    """Store verdicts, all of them or none.

    Raises RequestError for a finding or source there is not, for an undo where nothing was decided, and where reason or
    name are missing.
    """
    known = _findings(workspace, answer) if said.kind == "finding" else _sources(workspace)
    _store(workspace, request, known, said)


def _store(workspace: Workspace, request: Request, known: dict[str, Mention | None], said: Said) -> None:
    if not said.by.strip() or not said.reason.strip():
        raise RequestError("A decision needs a reason and a name.", hint="Give --reason TEXT and --by NAME.")
    folder = case_folder(workspace.root, request.request_id or "")
    before = standing(folder, said.kind)
    decisions = []
    for verdict, targets in said.verdicts:
        for target in dict.fromkeys(one for text in targets for one in _meant(text, verdict, known)):
            if verdict == UNDO and target not in before:
                raise RequestError("Nothing was decided about one of them.", hint=_HINT)
            decisions.append(
                Decision(
                    said.kind, target, verdict, said.reason.strip(), said.by.strip(), register_of(workspace).os_user,
                    workspace.as_of,
                )
            )  # fmt: skip
    decide(folder, decisions, workspace.journal, workspace.keys.names)


def _findings(workspace: Workspace, answer: Answer) -> dict[str, Mention | None]:
    return {mention.finding: mention for mention in others_in(workspace, answer).mentions}


def _sources(workspace: Workspace) -> dict[str, Mention | None]:
    return {source.name: None for source in workspace.config.source}


def _meant(text: str, verdict: str, known: dict[str, Mention | None]) -> Iterator[str]:
    """The targets of one word: itself, or for `proposed` every open finding of which this verdict is proposed."""
    if text == PROPOSED and verdict in ("redact", "keep"):
        for finding, mention in known.items():
            if mention and mention.outcome is None and mention.proposed == verdict and mention.kind not in _ONE_BY_ONE:
                yield finding
    elif text in known:
        yield text
    else:
        raise RequestError("There is no such finding or source.", hint=_HINT)


def open_mentions(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The findings that wait for a decision, those that must be read one by one last."""
    waiting = [mention for mention in mentions if mention.outcome is None]
    return tuple(sorted(waiting, key=lambda mention: mention.kind in _ONE_BY_ONE))
