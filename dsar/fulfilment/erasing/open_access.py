"""Access requests that still wait for their answer: nothing of the same person is erased before it (E-9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dsar.fulfilment.home import register_of
from dsar.fulfilment.workspace import Workspace
from dsar.identity.kinds import strength
from dsar.model import Answer, Identifier
from dsar.normalise import normal_forms
from dsar.register.requests import every

_ANSWERED = ("released", "delivered")
Known = frozenset[tuple[str, str]]
Waiting = Mapping[str, Known]
"""Request id → the normal forms of what it gives to find its person by."""


def waiting(workspace: Workspace) -> Waiting:
    """Every open request for access or portability of the register that has not been answered yet."""
    region = workspace.config.controller.phone_region
    return {
        str(one.request.request_id): _forms(one.request.identifiers, region)
        for one in every(register_of(workspace))
        if one.open and one.request.right in ("access", "portability") and not any(map(one.last, _ANSWERED))
    }


def open_access_of(workspace: Workspace, answer: Answer, others: Waiting) -> tuple[str, ...]:
    """The ids of those of `others` that come from the person of an answer: they share an identifying value."""
    region = workspace.config.controller.phone_region
    known = [Identifier(one.kind, one.value) for one in answer.identifiers]
    mine = _forms([*known, *answer.request.identifiers], region)
    return tuple(name for name, theirs in others.items() if theirs & mine and name != answer.request.request_id)


def _forms(identifiers: Collection[Identifier], region: str | None) -> Known:
    """What identifies somebody: not a name, a birth date or an address, which others may share."""
    weak = ("name", "birth_date", "address", "postcode")
    strong = [one for one in identifiers if one.kind not in weak and strength(one.kind) != "never"]
    return frozenset((one.kind, form) for one in strong for form in normal_forms(one.kind, one.value, region))
