"""What must be said before a request may end: its outcome, the ground of a refusal, how a copy reached the person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsar.errors import RequestError
from dsar.register.requests import Registered
from dsar.register.states import OUTCOMES

COPIES = ("access", "portability")
"""Rights whose answer is a copy that must reach the person."""
_GROUND = re.compile(
    r"(?=.*\d)(?:(?i:arts?|art[ií]\w+|articles?|ss?|sec\w*|rec\w*|para\w*|cal|app|ipp)\b|§|\d)"
    r"[A-Za-z0-9 .,;()§/&-]{0,50}"
)
"""An article: it goes to the journal, where no words about a person may stand (G-15)."""


@dataclass(frozen=True, slots=True)
class End:
    """How a request ended: its outcome, the article of a refusal, and who takes it over."""

    outcome: str
    ground: str = ""
    to: str = ""


def check_end(end: End, words: str) -> None:
    """Refuse an outcome there is not, a refusal without ground and words, and a ground that is no article.

    `words` are those of the officer, which stay in the case. Raises RequestError.
    """
    if end.outcome not in OUTCOMES:
        raise RequestError("There is no such outcome.", hint=f"One of: {', '.join(OUTCOMES)}.")
    if end.outcome == "refused" and not (end.ground and words):
        raise RequestError(
            "A refusal needs its ground and its reasons (Art. 12(4) GDPR).",
            hint="For example: --ground 'Art. 12(5)' --words 'The same request for the 14th time this month'",
        )
    if end.ground and not _GROUND.fullmatch(end.ground):
        raise RequestError(
            "The ground is the article of a law, which the journal keeps; your own words go with --words.",
            hint="For example: --ground 'Art. 12(5)'",
        )


def undelivered(found: Registered) -> bool:
    """Whether the person was promised a copy and none is noted as sent, or none since it had to be corrected."""
    asked = [n for n, one in enumerate(found.history) if one.step == "reopened" and one.facts["reason"] == "correction"]
    later = found.history[asked[-1] :] if asked else found.history
    return found.request.right in COPIES and not any(one.step == "delivered" for one in later)


def unproved(found: Registered) -> tuple[str, ...]:
    """What of the delivery of a closed copy is not noted, and could no longer be shown to an authority (Art. 5(2))."""
    sent = found.last("delivered")
    if found.request.right not in COPIES or sent is None or found.open:
        return ()
    missing = {"where it went": sent.said.get("address"), "how you know that it arrived": sent.said.get("proof")}
    missing |= {"which package was sent": str(sent.facts.get("manifest", ""))}
    return tuple(what for what, said in missing.items() if not said)
