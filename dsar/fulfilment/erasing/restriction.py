"""The grounds of a restriction, and its end: not before the person was told (Art. 18(1), 18(3) GDPR)."""

from __future__ import annotations

import datetime
from collections import Counter

from dsar.errors import RequestError
from dsar.fulfilment.erasing.kept_plan import kept_plan
from dsar.fulfilment.workspace import Workspace
from dsar.model import Reason

GROUNDS = {
    "accuracy": Reason("Art. 18(1)(a)", "The person contests that the data is right, until that is checked."),
    "unlawful": Reason("Art. 18(1)(b)", "The processing is unlawful and the person wants storage, not deletion."),
    "claims": Reason("Art. 18(1)(c)", "It is no longer needed, but the person needs it for legal claims."),
    "objection": Reason("Art. 18(1)(d)", "The person objected, until it is decided whose interest outweighs."),
}
"""The four cases of Art. 18(1), by the word that `--ground` takes."""


def ground_of(word: str) -> Reason:
    """The reason of a restriction; raises RequestError for a word that is none of the four."""
    if word not in GROUNDS:
        raise RequestError("There is no such ground of a restriction.", hint=f"One of: {', '.join(GROUNDS)}.")
    return GROUNDS[word]


def lift_restriction(workspace: Workspace, request_id: str, notified: str) -> tuple[str, ...]:
    """Note that a restriction ends, and say where its marks are to be taken off; gives collections with counts.

    Raises RequestError without the day on which the person was told, or with one that is still to come.
    """
    kept = kept_plan(workspace, request_id)
    try:
        told = datetime.date.fromisoformat(notified)
    except ValueError:
        raise RequestError(
            "A restriction is lifted only after the person was told (Art. 18(3) GDPR).",
            hint="Tell them first, then give the day: --notified YYYY-MM-DD.",
        ) from None
    if told > workspace.now.date():
        raise RequestError("The day on which the person was told is still to come.", hint="Correct --notified.")
    marked = Counter(f"{step.source}/{step.collection}" for step in kept.steps if step.outcome == "restrict")
    if not marked:
        raise RequestError("Nothing is restricted for this request.", hint="`dsar restrict` does it.")
    workspace.journal.append(
        request_id, f"lifted:{told.isoformat()}", workspace.as_of,
        {"notified": told.isoformat(), "records": sum(marked.values())},
    )  # fmt: skip
    return tuple(f"{place}: {count}" for place, count in marked.items())
