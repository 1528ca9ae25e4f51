"""The approval of a plan by name, before its scripts are run (E-30; Art. 5(2), 24, 32(4) GDPR)."""

from __future__ import annotations

import getpass
from typing import Literal

from dsar.errors import RequestError
from dsar.fulfilment.desk.identity_check import identity_of, needs_check
from dsar.fulfilment.erasing.kept_plan import KeptPlan, changed_since, kept_plan
from dsar.fulfilment.erasing.suppress import Why, stays_of, suppress
from dsar.fulfilment.home import register_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import ErasurePlan
from dsar.register.requests import knows, read
from dsar.store.case import case_folder
from dsar.store.decisions import UNDO, Decision, decide, history

_SHORTEST = 12
Missing = Literal["not registered", "not checked", "not confirmed"]


def approve_plan(workspace: Workspace, request_id: str, digest: str, by: str, reason: str = "") -> tuple[int, int]:
    """Approve the plan of a request by its digest; gives how many have approved it, and how many must.

    With the last approval that is needed the person is put on the suppression list: before the first deletion.
    Raises RequestError for a digest that is not the plan's, a failed rehearsal, an export that changed since, a name
    that is missing or has approved already, a requester whose identity was not verified.
    """
    kept = kept_plan(workspace, request_id)
    require_identity(workspace, request_id, kept.right)
    if not by.strip():
        raise RequestError("An approval needs a name.", hint="Give --by NAME.")
    if len(digest) < _SHORTEST or not kept.digest.startswith(digest.strip().casefold()):
        raise RequestError(
            "This is not the digest of the plan as it stands.", hint="It stands in plan.html; plan again if it changed."
        )
    if not kept.rehearsed:
        raise RequestError("The rehearsal of this plan failed.", hint="Open plan.html, mend it, and plan again.")
    if problem := changed_since(kept) or _exports_changed(workspace, kept):
        raise RequestError(f"The plan cannot be approved: {problem}.", hint="Run `dsar erase` again.")
    folder, needed = case_folder(workspace.root, request_id), workspace.config.controller.approvals
    before = approvals(workspace, request_id, kept.digest)
    if by.strip().casefold() in {name.casefold() for name, _ in before}:
        raise RequestError("This name has approved the plan already.", hint="Another person must approve it, too.")
    said = reason.strip() or "approved"
    decision = Decision("plan", kept.digest, "approve", said, by.strip(), getpass.getuser(), workspace.as_of)
    if len(before) + 1 >= needed:  # before the first deletion, and before the approval stands
        put_on_list(workspace, request_id, kept)
    decide(folder, [decision], workspace.journal, workspace.keys.names)
    return len(before) + 1, needed


def identity_missing(workspace: Workspace, request_id: str, right: str) -> Missing | None:
    """Say what is missing before it is known that the requester is this person; None where nothing is.

    A stop of marketing and a withdrawal ask for no check (V-6).
    """
    if not needs_check(right):
        return None
    place = register_of(workspace)
    if not knows(place, request_id):
        return "not registered"
    check = identity_of(read(place, request_id))
    if check is None:
        return "not checked"
    return None if check.result == "verified" else "not confirmed"


def require_identity(workspace: Workspace, request_id: str, right: str) -> None:
    """Refuse to change anybody's data before it is known that they asked for it (Art. 12(6), 32 GDPR; V-1, V-14).

    Raises RequestError that names the command to type.
    """
    missing = identity_missing(workspace, request_id, right)
    if missing == "not registered":
        raise RequestError(
            "The request is not registered, so nobody has noted that the requester is this person.",
            hint=f"Register it (`dsar request add --right {right} --email …`), note the check "
            "(`dsar request identity`), and plan again with `--request ID`.",
        )
    if missing:
        raise RequestError(
            f"The identity of the requester is {missing}, and this plan changes data.",
            hint=f"`dsar request identity {request_id} --method … --result verified`; a login, or a reply from the "
            "address on record, is enough for most.",
        )


def approvals(workspace: Workspace, request_id: str, digest: str) -> tuple[tuple[str, str], ...]:
    """Who approved a plan, and when; each name once."""
    found: dict[str, tuple[str, str]] = {}
    for decision in history(case_folder(workspace.root, request_id)):
        if decision.kind == "plan" and decision.target == digest:
            if decision.verdict == UNDO:
                found.clear()
            else:
                found.setdefault(decision.by.casefold(), (decision.by, decision.at))
    return tuple(found.values())


def approved_before(workspace: Workspace, request_id: str) -> frozenset[str]:
    """The digests of all plans of a request that somebody approved."""
    return frozenset(d.target for d in history(case_folder(workspace.root, request_id)) if d.kind == "plan")


def put_on_list(workspace: Workspace, request_id: str, kept: KeptPlan) -> int:
    """Put the person of a plan that deletes something on the suppression list; gives the new entries."""
    if not any(step.outcome in ("delete", "anonymise") for step in kept.steps):
        return 0
    plan = ErasurePlan(request_id, "", kept.steps, (), ())
    return suppress(workspace, kept.identifiers, Why(request_id, "erasure", stays=stays_of(plan)))


def _exports_changed(workspace: Workspace, kept: KeptPlan) -> str:
    now = {segment.facts.path: segment.contents.sha256 for segment in workspace.segments}
    changed = sorted(path for path, sha256 in kept.files.items() if now.get(path) != sha256)
    return f"{changed[0]} changed since it was made" if changed else ""
