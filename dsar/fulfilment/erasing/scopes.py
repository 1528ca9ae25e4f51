"""What an objection or a withdrawal is limited to: purposes and channels, and what they leave free (Art. 7(3), 21)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dsar import vocabulary
from dsar.errors import RequestError
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Consent, Request

CHANNELS = ("email", "phone", "post", "sms", "push", "web")
"""By what a person can be reached, besides the channels that their own consents name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One `purpose:channel` of an objection or a withdrawal; `*` stands for all."""

    purpose: str
    channel: str

    @property
    def marketing(self) -> bool:
        """Whether it is direct marketing, profiling for it included: then nothing is weighed (Art. 21(2)-(3))."""
        use = vocabulary.purpose(self.purpose).fides_use or ""
        return self.purpose == "*" or use.startswith("marketing") or self.purpose in ("marketing", "lead_acquisition")


def scopes_of(request: Request) -> tuple[Scope, ...]:
    """Read what an objection or withdrawal is limited to; without a scope an objection is to all marketing.

    Raises RequestError for a withdrawal that names no purpose: one consent is withdrawn, not all at a guess.
    """
    found = []
    for text in request.scope:
        purpose, _, channel = text.partition(":")
        found.append(Scope(purpose.strip() or "*", channel.strip() or "*"))
    return tuple(found) or (Scope("*", "*"),)


def free_of(workspace: Workspace, answer: Answer) -> tuple[list[tuple[str, str]], list[str]]:
    """The collections that nothing carries any more once the consents are withdrawn, and why others stay.

    A collection with another purpose or another legal basis stays (R-17); so does one whose purpose another channel
    still has a consent for: withdrawing one leaves the others unchanged (Art. 7(3), Recital 43 GDPR).
    """
    scopes = scopes_of(answer.request)
    named = {scope.purpose for scope in scopes}
    left: dict[str, list[str]] = {}
    for one in consents_of(workspace, answer):
        hit = any(s.purpose in ("*", one.purpose) and s.channel in ("*", one.channel) for s in scopes)
        if not hit and not one.withdrawn:
            left.setdefault(one.purpose, []).append(one.channel)
    free, notes = [], []
    for place, spec in workspace.specs.items():
        uses = {purpose.purpose for purpose in spec.purposes}
        letters = {vocabulary.basis(purpose.basis).letter for purpose in spec.purposes}
        if letters != {"a"} or not ("*" in named or uses <= named):
            continue
        still = [f"{use} by {channel}" for use in sorted(uses) for channel in left.get(use, ())]
        if still:
            notes.append(f"{'/'.join(place)} stays: there is still a consent to {', '.join(still)}.")
        else:
            free.append(place)
    return free, notes


def consents_of(workspace: Workspace, answer: Answer) -> tuple[Consent, ...]:
    """The consents of a person, by purpose and channel, from the sources that keep them."""
    from dsar.reports.facts import findings
    from dsar.reports.histories import consents
    from dsar.vocabulary import language_of

    controller = workspace.config.controller
    found = findings(answer, workspace.specs, language_of(controller.language), controller.regime)
    by_place: dict[tuple[str, str], list[Any]] = {}
    for one in found:
        by_place.setdefault((one.match.record.source, one.match.record.collection), []).append(one)
    return consents((workspace.specs[place], tuple(some)) for place, some in by_place.items())


def check_scopes(workspace: Workspace, answer: Answer) -> None:
    """Refuse an objection or withdrawal whose scope names a use that nobody knows: a slip of the pen stops nothing.

    Known are the purposes of dsar.toml, of the vocabulary and of the person's own consents. Raises RequestError that
    names them and the channels.
    """
    if answer.request.right not in ("objection", "withdrawal") or not answer.request.scope:
        return
    own = consents_of(workspace, answer)
    declared = {purpose.purpose for spec in workspace.specs.values() for purpose in spec.purposes}
    channels = sorted({*CHANNELS, *(one.channel for one in own)} - {""})
    uses = declared | {one.purpose for one in own} | {"*", "marketing"}
    for scope in scopes_of(answer.request):
        known = scope.purpose in uses or vocabulary.purpose(scope.purpose).listed
        if not known or scope.channel not in ("*", *channels):
            consents = ", ".join(dict.fromkeys(f"{one.purpose}:{one.channel}" for one in own if not one.withdrawn))
            held = f"This person's consents: {consents}. " if consents else ""
            raise RequestError(
                f"`scope` names a {'channel' if known else 'purpose'} that nobody knows.",
                hint=f"Write PURPOSE:CHANNEL. {held}Purposes: {', '.join(sorted(uses))}. "
                f"Channels: {', '.join(channels)}; `*` is all of them.",
            )
