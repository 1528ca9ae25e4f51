"""What people answered for sources without an export: their result in the table, their files in the package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dsar.errors import Unreadable
from dsar.fulfilment.desk.register import ManualAnswer, answers_of
from dsar.fulfilment.finding.narrowed import left_aside
from dsar.fulfilment.home import register_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import OUT_OF_SCOPE, Answer, Attachment
from dsar.register.requests import read


def answered(workspace: Workspace, answer: Answer) -> Answer:
    """Give an answer in which manual sources have the result that a person attached to the request, if any did."""
    told = _answers(workspace, answer)
    if not told:
        return answer
    latest = {one.source: one for one in told}
    sources = tuple(
        replace(
            s,
            result="held" if latest[s.source].held else "not_held",
            reason=f"A person looked on {latest[s.source].on}.",
        )
        if s.connector == "manual" and s.source in latest and s.reason != OUT_OF_SCOPE
        else s
        for s in answer.sources
    )
    notes = tuple(n for n in answer.notes if not any(n.startswith(f"{name} was not searched:") for name in latest))
    for one in latest.values() if answer.limited else ():
        answer = left_aside(answer, one.source, sum(other.source == one.source for other in _handed_over(told)))
    return replace(answer, sources=sources, notes=notes)


def manual_files(workspace: Workspace, answer: Answer, first: int) -> Iterator[tuple[Attachment, bytes]]:
    """Give the files that people handed over for manual sources, numbered from `first` on.

    Raises Unreadable if one is not the file that was attached.
    """
    outside = {source.source for source in answer.sources if source.reason == OUT_OF_SCOPE}
    held = [one for one in _handed_over(_answers(workspace, answer)) if one.source not in outside]
    for number, one in enumerate(held, start=first):
        stored = one.stored
        data = stored.read_bytes() if stored is not None and stored.is_file() else b""
        if stored is None or hashlib.sha256(data).hexdigest() != one.sha256:
            raise Unreadable(f"A file attached for {one.source} was changed or is missing.", hint="Attach it again.")
        name = f"attachments/{number:04d}{stored.suffix}"
        yield Attachment(f"{one.source}/-", one.name or stored.name, name, len(data), one.sha256), data


def _handed_over(told: Sequence[ManualAnswer]) -> list[ManualAnswer]:
    """The files of those sources whose latest answer is that they hold something."""
    latest = {one.source: one for one in told}
    return [one for one in told if one.stored is not None and latest[one.source].held]


def _answers(workspace: Workspace, answer: Answer) -> tuple[ManualAnswer, ...]:
    request = answer.request
    if not request.registered or request.request_id is None:
        return ()
    return answers_of(workspace, read(register_of(workspace), request.request_id))
