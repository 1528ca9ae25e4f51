"""The states a request goes through, in the words of the W3C Data Privacy Vocabulary (DPV 2.3)."""

from __future__ import annotations

from dsar.store.journal import Event

FIRST = "registered"
"""The step that makes something of the journal a request of the register."""

_AFTER = {
    FIRST: "RequestInitiated",
    "acknowledged": "RequestAcknowledged",
    "identity_asked": "RequestRequiresAction",
    "clarification_asked": "RequestRequiresAction",
    "identity_answered": "RequestAcknowledged",
    "clarification_answered": "RequestAcknowledged",
    "extended": "RequestActionDelayed",
    "reopened": "RequestAccepted",
}
_CLOSED = {
    "fulfilled": "RequestFulfilled",
    "nothing_held": "RequestFulfilled",
    "refused": "RequestRejected",
    "cancelled": "RequestUnfulfilled",
    "handed_over": "RequestUnfulfilled",
    "unidentified": "RequestUnfulfilled",
}
OUTCOMES = tuple(_CLOSED)
"""How a request can be closed."""


def base_name(step: str) -> str:
    """The name of a step without its number or what was made by it: `identity#2` and `identity` are one kind."""
    return step.partition("#")[0].partition(":")[0]


def state_after(event: Event, before: str) -> str:
    """Give the DPV state after an event; one that says nothing of the state leaves it as it was."""
    name = base_name(event.step)
    if name == "closed":
        return _CLOSED.get(str(event.facts.get("outcome")), "RequestUnfulfilled")
    if name == "identity" and event.facts.get("result") == "verified":
        return "RequestAccepted"
    if name == "identity":
        return "RequestRequiresAction"
    return _AFTER.get(name, before)
