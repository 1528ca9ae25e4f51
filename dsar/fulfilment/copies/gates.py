"""What must be settled before a package leaves: identity, decisions, sources, legal keys, other people."""

from __future__ import annotations

from collections.abc import Iterator

from dsar.fulfilment.copies.export import passages
from dsar.fulfilment.desk.identity_check import identity_of
from dsar.fulfilment.finding.others import Cleared
from dsar.fulfilment.workspace import Workspace
from dsar.model import OUT_OF_SCOPE, AccessReport, Answer
from dsar.register.requests import Registered
from dsar.store.case import case_folder
from dsar.store.decisions import standing


def open_gates(workspace: Workspace, found: Registered, clear: Cleared, report: AccessReport) -> tuple[str, ...]:
    """Name every gate that is still shut, each with what opens it; nothing leaves before all are open.

    None of them holds a personal value. Sources: Art. 12(6), 15(4), 24, 32 GDPR; EDPB Guidelines 01/2022, 2.3 and 5.1.
    """
    request_id = str(found.request.request_id)
    shut = [
        *_identity(found, request_id),
        *_records(clear.answer, request_id),
        *_mentions(clear, request_id),
        *_sources(workspace, clear.answer, request_id),
        *(f"Draft: {reason}" for reason in report.drafts),
    ]
    if workspace.guesses:
        shut.append("There is no dsar.toml that says what the files are: run `dsar init`.")
    return tuple(dict.fromkeys(shut))


def _identity(found: Registered, request_id: str) -> Iterator[str]:
    check = identity_of(found)
    if check is None or check.result != "verified":
        why = "was not checked" if check is None else "could not be confirmed"
        yield f"The identity of the requester {why}: `dsar request identity {request_id}`."


def _records(answer: Answer, request_id: str) -> Iterator[str]:
    number = len(answer.graded("probable")) + len(answer.graded("possible"))
    if number:
        records = "1 record waits" if number == 1 else f"{number} records wait"
        yield f"{records} for a decision: `dsar review --request {request_id}`."


def _mentions(clear: Cleared, request_id: str) -> Iterator[str]:
    number = len(clear.undecided)
    if number:
        yield f"{passages(number)} may be about other people and nobody decided: `dsar review --request {request_id}`."


def _sources(workspace: Workspace, answer: Answer, request_id: str) -> Iterator[str]:
    """A source that was not searched, unless a person decided with a reason to answer without it (A-3)."""
    without = standing(case_folder(workspace.root, request_id), "source")
    for source in answer.sources:
        open_ = source.result in ("failed", "not_searched") and source.reason != OUT_OF_SCOPE
        if open_ and source.source not in without:
            how = (
                f"attach what it holds: `dsar request attach {request_id} --source {source.source}`"
                if source.connector == "manual"
                else "mend it (`dsar check`)"
            )
            yield (
                f"{source.source} was not searched: {how}, or decide to answer without it: "
                f"`dsar review --request {request_id} --without {source.source}`."
            )
