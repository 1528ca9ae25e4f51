"""What follows once a plan lies there: register it, check who asks, approve it by its digest."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from dsar.cli import console
from dsar.cli import options as given

if TYPE_CHECKING:
    from dsar.fulfilment.erasing.erase import ErasureFolder
    from dsar.fulfilment.workspace import Workspace


def follow_plan(workspace: Workspace, planned: ErasureFolder, again: given.Again) -> None:
    """Say what stands between the plan and its approval, and what to type next."""
    from dsar.fulfilment.erasing.approve import identity_missing

    name, right = planned.request_id, planned.answer.request.right
    missing = identity_missing(workspace, name, right)
    if again.folder is not None:
        console.follow(f"dsar init {shlex.quote(str(again.folder))}", "To confirm or correct what was guessed:")
    elif missing == "not registered":
        said = again.options if "--requests" in again.options else f"{again.options} --right {right}"
        console.follow(f"dsar request add {said}", "To approve and verify a plan, register the request first:")
    elif missing:
        command = f"dsar request identity {name} --method METHOD --result verified --by NAME"
        console.follow(command, f"The identity of the requester is {missing}. Before the plan can be approved:")
    else:
        command = f"dsar review --request {name} --approve-plan {planned.plan.digest[:12]} --by NAME"
        console.follow(command, "Once somebody has read plan.html, they approve it by its digest:")
