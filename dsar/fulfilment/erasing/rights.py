"""The other rights, by the road of an erasure: correct, restrict, object, withdraw (Art. 7(3), 16, 18, 21 GDPR)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from dsar.config import CollectionSpec
from dsar.errors import RequestError
from dsar.fulfilment.desk.deadlines import with_due
from dsar.fulfilment.erasing.erase import ErasureFolder, plan_answers
from dsar.fulfilment.erasing.rights_files import write_more
from dsar.fulfilment.erasing.scopes import Scope, check_scopes, free_of, scopes_of
from dsar.fulfilment.erasing.suppress import Why, suppress
from dsar.fulfilment.finding.find import find
from dsar.fulfilment.package import Output
from dsar.fulfilment.requests import request_name
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, ErasurePlan, Identifier, Request
from dsar.progress import SILENT, Progress

RIGHTS = ("rectification", "restriction", "objection", "withdrawal")
PLANNED = ("erasure", *RIGHTS)
"""Rights that are fulfilled by a plan."""


def fulfil_rights(
    workspace: Workspace, requests: Sequence[Request], out: Path, progress: Progress = SILENT
) -> list[ErasureFolder]:
    """Fulfil corrections, restrictions, objections and withdrawals, in one pass over the sources; changes no source.

    An objection to marketing and a withdrawal are put on the suppression list at once, before anything is planned
    (Art. 21(3)). Raises RequestError for another right, or a correction that names nothing to correct.
    """
    for request in requests:
        if request.right not in RIGHTS:
            raise RequestError(f"A request for {request.right} is fulfilled by another command.", hint="`dsar --help`.")
        if request.right == "rectification" and not request.changes:
            raise RequestError(
                "The request does not say what is to be corrected.", hint="Give --set 'FIELD=new value', or set.FIELD."
            )
    requests = [with_due(workspace.config, request) for request in requests]
    answers = find(workspace, requests, progress)
    for answer in answers:
        check_scopes(workspace, answer)
    return fulfil_answers(workspace, answers, out, progress)


def fulfil_answers(
    workspace: Workspace, answers: Sequence[Answer], out: Path, progress: Progress = SILENT
) -> list[ErasureFolder]:
    """Fulfil rights, erasures among them, on answers that were found already; raises as `fulfil_rights` does.

    All together, because they share the copies of rewritten files.
    """
    for answer in answers:
        _suppressed(workspace, answer)
    # a consent, or a use for marketing, may stand in a record that the plan itself does not reach
    whole = {request_name(answer.request, workspace.keys.names): answer for answer in answers}
    narrowed = [narrowed_to_scope(workspace, answer) for answer in answers]

    def more(answer: Answer, plan: ErasurePlan, output: Output) -> ErasurePlan:
        return write_more(workspace, whole[request_name(answer.request, workspace.keys.names)], plan, output)

    done = plan_answers(workspace, narrowed, out, progress, more)
    return [replace(folder, answer=whole[folder.request_id]) for folder in done]


def _suppressed(workspace: Workspace, answer: Answer) -> None:
    request = answer.request
    if request.right not in ("objection", "withdrawal"):
        return
    name = request_name(request, workspace.keys.names)
    known = [*request.identifiers, *(Identifier(one.kind, one.value) for one in answer.identifiers)]
    for scope in scopes_of(request):
        if request.right == "withdrawal" or scope.marketing:
            suppress(workspace, known, Why(name, request.right, scope.channel, scope.purpose))


def narrowed_to_scope(workspace: Workspace, answer: Answer) -> Answer:
    """Leave of an answer the records that its right reaches.

    A withdrawal reaches what is held under the withdrawn consent alone (Art. 17(1)(b)): a collection that has another
    purpose or another legal basis stays. An objection to marketing stops the use and deletes nothing; another
    objection restricts what its purpose uses while it is weighed (Art. 18(1)(d)).
    """
    request = answer.request
    if request.right == "withdrawal":
        free, needed = free_of(workspace, answer)
        return _only(replace(answer, notes=(*answer.notes, *needed)), free)
    if request.right == "objection":
        weighed = [scope for scope in scopes_of(request) if not scope.marketing]
        reached = [place for place, spec in workspace.specs.items() if _used_for(spec, weighed)]
        return _only(replace(answer, request=replace(request, store=True)), reached)
    return answer


def _used_for(spec: CollectionSpec, scopes: Sequence[Scope]) -> bool:
    return bool({purpose.purpose for purpose in spec.purposes} & {scope.purpose for scope in scopes})


def _only(answer: Answer, places: Iterable[tuple[str, str]]) -> Answer:
    kept = set(places)
    matches = tuple(m for m in answer.matches if (m.record.source, m.record.collection) in kept)
    return replace(answer, matches=matches)
