"""What happens to a request between its arrival and its end: questions, extension, delivery, closing, an incident."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dsar.errors import RequestError
from dsar.fulfilment.desk.deadlines import course_of, dates_of, deadlines_of
from dsar.fulfilment.desk.ending import End, check_end, undelivered
from dsar.fulfilment.desk.identity_check import doubts_of, identity_of
from dsar.fulfilment.desk.last_search import check_nothing_held
from dsar.fulfilment.desk.narrowing import check_narrowing
from dsar.fulfilment.erasing.recipients import still_open
from dsar.fulfilment.finding.narrowed import USES
from dsar.fulfilment.home import Opened, register_of
from dsar.model import RIGHTS, Request
from dsar.register import requests as register
from dsar.register.requests import Registered

DOUBTS = ("reasonable_doubt", "not_identified", "routine")
"""Why a person is asked who they are; a routine question stops no clock (Art. 12(6) GDPR, D-7)."""
UNCLEAR = ("large_amount", "unclear")
"""Why a person is asked what they mean; only a large amount of data stops the clock (Recital 63 GDPR)."""
DELAYS = ("complexity", "number")
"""Why a period may be extended (Art. 12(3) GDPR)."""
EXTRACTS = ("case.json", "evidence.jsonl", "records.parquet", "answers", "plan.json", "verified.json")
"""What of a case is a copy of the sources: it goes at closing (A-48)."""
DELIVERIES = ("portal", "e-mail", "letter", "in-person", "agent", "other")


@dataclass(frozen=True, slots=True)
class Step:
    """When something was done, by whom, and in whose words; the words stay in the case."""

    on: datetime.date
    by: str = ""
    words: str = ""

    def said(self, **more: str | None) -> dict[str, str]:
        """What may be personal: the case keeps it."""
        return {"by": self.by, "words": self.words, **{name: text or "" for name, text in more.items()}}


@dataclass(frozen=True, slots=True)
class Sent:
    """How an answer went out; address and proof stay in the case."""

    channel: str
    address: str = ""
    proof: str = ""
    package: Path | None = None
    """The folder that was sent, with its manifest."""


def acknowledge(home: Opened, request_id: str, step: Step) -> Registered:
    """Note that the receipt was acknowledged."""
    return _note(home, request_id, "acknowledged", step, {})


def ask(home: Opened, request_id: str, about: str, reason: str, step: Step) -> Registered:
    """Note a question to the person: `about` their identity or a clarification, and why it had to be asked (G-4).

    Raises RequestError for an unknown reason: without one no clock stops. So does a question about the identity of
    somebody who is verified well enough, unless it is for a doubt (Art. 12(6) GDPR; V-2, V-3).
    """
    reasons = {"identity": DOUBTS, "clarification": UNCLEAR}.get(about)
    if reasons is None or reason not in reasons:
        known = ", ".join(reasons or ("identity", "clarification"))
        raise RequestError("There is no such question or reason.", hint=f"One of: {known}.")
    found = register.read(register_of(home), request_id)
    check = identity_of(found)
    settled = check is not None and check.result == "verified" and not doubts_of(home, found)
    if about == "identity" and settled and check is not None and not (reason == "reasonable_doubt" or step.words):
        raise RequestError(
            f"The person is verified already, by {check.method} on {check.on}.",
            hint="Leave the question; with a new doubt (Art. 12(6) GDPR): --reason reasonable_doubt.",
        )
    stops = reason not in ("routine", "unclear")
    return _note(home, request_id, f"{about}_asked", step, {"reason": reason, "stops": stops})


def answered(home: Opened, request_id: str, about: str, step: Step) -> Registered:
    """Note the person's answer to the last question. Raises RequestError if none was asked."""
    if about not in ("identity", "clarification"):
        raise RequestError("There is no such question.", hint="One of: identity, clarification.")
    if register.read(register_of(home), request_id).last(f"{about}_asked") is None:
        raise RequestError("Nothing was asked.", hint="`dsar request ask` notes a question.")
    return _note(home, request_id, f"{about}_answered", step, {})


def extend(home: Opened, request_id: str, reason: str, step: Step, until: datetime.date | None = None) -> Registered:
    """Note that the period was extended: the reason, and the day on which the person was told.

    Raises RequestError if the notice came too late, so that the due date stays (D-8), or the law knows no extension.
    """
    if reason not in DELAYS:
        raise RequestError("There is no such reason for an extension.", hint=f"One of: {', '.join(DELAYS)}.")
    found = register.read(register_of(home), request_id)
    for dates in deadlines_of(home.config, found):
        if dates.notice_by is None:
            raise RequestError(f"{dates.regime} knows no extension.", hint=f"It is due on {dates.due}.")
        if step.on > dates.notice_by:
            raise RequestError(
                f"The notice had to be sent by {dates.notice_by}: the due date of {dates.regime} stays {dates.due}.",
                hint="Answer now, and say why it is late.",
            )
    facts: dict[str, int | str | bool] = {"reason": reason, **({"until": until.isoformat()} if until else {})}
    course = replace(course_of(home.config, found, str(found.request.received)), extended=True, until=until)
    dates_of(home.config, found.fact("regimes").split(","), course)
    return _note(home, request_id, "extended", step, facts)


def change(home: Opened, request_id: str, changes: Mapping[str, object], step: Step, authority: str = "") -> Registered:
    """Change what is known of a request: scope, agent, delivery, language, calendar, regime, right.

    The new values lie in the case, the names of what changed in the journal; `authority` is the kind of an agent's
    authority that was seen (G-5). A right that was proposed is decided by this. Raises RequestError.
    """
    found = register.read(register_of(home), request_id)
    kept = {name: value for name, value in changes.items() if value is not None}
    if not kept and not authority:
        raise RequestError("Nothing is changed.", hint="`dsar request change --help` lists what can be.")
    if kept.get("right", "access") not in RIGHTS:
        raise RequestError("There is no such right.", hint=f"One of: {', '.join(RIGHTS)}.")
    if not re.fullmatch(r"[a-z0-9_-]{0,40}", authority):
        raise RequestError("The authority is told by its kind.", hint="For example: --authority power_of_attorney")
    request = replace(found.request, **kept)  # type: ignore[arg-type]
    if "scope" in kept:
        check_narrowing(home, request.right, request.scope)
    regimes = ",".join(filter(None, (request.regime, *request.also_under)))
    facts: dict[str, int | str | bool] = {
        "changed": ",".join(sorted(kept)),
        "right": request.right,
        "right_proposed": found.fact("right_proposed") == "True" and "right" not in kept,
        "regimes": regimes,
        "calendar": request.calendar or "",
        "scoped": len(request.scope),
        **_narrowing(request, "scope" in kept),
        "agent": request.agent is not None,
        "authority": authority,
    }
    course = replace(course_of(home.config, found, str(request.received)), calendar=request.calendar)
    dates_of(home.config, regimes.split(","), replace(course, right=request.right))
    return _note(home, request_id, "changed", step, facts, request=request)


def _narrowing(request: Request, changed: bool) -> dict[str, int | str | bool]:
    """What a request was narrowed to, for the journal: names that were checked, and no words of the person."""
    if not changed or request.right in USES:
        return {}
    return {"limited_to": ", ".join(request.scope)} if request.scope else {"not_limited": True}


def fee(home: Opened, request_id: str, step: Step) -> Registered:
    """Note that a fee was paid that had been announced (Art. 12(5) GDPR, Art. 12A UK GDPR)."""
    return _note(home, request_id, "fee_paid", step, {})


def deliver(home: Opened, request_id: str, sent: Sent, step: Step) -> Registered:
    """Note that the answer went out (G-10): day, channel, the hash of its manifest, and in the case address and proof.

    Raises RequestError for an unknown channel or a folder that is not the answer to this request.
    """
    if sent.channel not in DELIVERIES:
        raise RequestError("There is no such way of delivery.", hint=f"One of: {', '.join(DELIVERIES)}.")
    facts: dict[str, int | str | bool] = {"channel": sent.channel}
    if sent.package is not None:
        facts["manifest"] = _manifest(
            sent.package, str(register.read(register_of(home), request_id).request.request_id)
        )
    return _note(home, request_id, "delivered", step, facts, address=sent.address, proof=sent.proof)


def _manifest(package: Path, request_id: str) -> str:
    manifest = package / "manifest.json"
    if not manifest.is_file():
        raise RequestError("There is no manifest.json in that folder.", hint="Name the folder that was sent.")
    data = manifest.read_bytes()
    try:
        ours = json.loads(data)["request_id"] == request_id
    except (ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise RequestError("That folder is the result of another request.", hint="Name the folder that was sent.")
    return hashlib.sha256(data).hexdigest()


def close(home: Opened, request_id: str, end: End, step: Step) -> Registered:
    """Close a request and remove what of its case is a copy of the sources (A-48); a refusal needs its ground (R-24).

    Raises RequestError for an unknown outcome, a refusal without a ground and words, a fulfilled request while a
    recipient is still to be told (E-45), a copy that was fulfilled without having been delivered (G-10), and nothing
    held where the last search has found something.
    """
    check_end(end, step.words)
    found = register.read(register_of(home), request_id)
    if end.outcome == "fulfilled" and found.open and undelivered(found):
        raise RequestError(
            "It is not noted that the answer went out: a copy is fulfilled once it was delivered (Art. 12(3) GDPR).",
            hint=f"`dsar request deliver {found.request.request_id} --channel portal --address … --proof … "
            "--package DIR` notes it. Where there was nothing to hand over: `--outcome nothing_held`.",
        )
    if end.outcome == "nothing_held" and found.open:
        check_nothing_held(home, found, told=False)
    waits = still_open(home.root, str(found.request.request_id))
    if end.outcome == "fulfilled" and waits:
        raise RequestError(
            f"Recipients are still to be told: {', '.join(waits)} (Art. 19 GDPR).",
            hint=f"`dsar verify --request {request_id} --recipient 'NAME=confirmed'` notes it.",
        )
    facts: dict[str, int | str | bool] = {"outcome": end.outcome, **({"ground": end.ground} if end.ground else {})}
    closed = _note(home, request_id, "closed", step, facts, to=end.to)
    name = str(closed.request.request_id)
    if "PIPEDA" not in closed.fact("regimes").split(","):  # which keeps the data until remedies are exhausted (s. 8(8))
        remove_extracts(home, name)
    return register.read(register_of(home), name)


def remove_extracts(home: Opened, request_id: str) -> tuple[str, ...]:
    """Remove the copies of the sources from a case, logged first; gives what was there."""
    case = register_of(home).case(request_id)
    gone = tuple(part for part in EXTRACTS if (case / part).exists())
    last = register.read(register_of(home), request_id).history[-1]
    begun = last.step == "extracts_removed" and set(gone) <= set(str(last.facts["parts"]).split(","))
    if gone and not begun:  # whoever was killed over it had logged all of it
        register.note(register_of(home), request_id, "extracts_removed", {"parts": ",".join(gone)})
    for part in gone:
        shutil.rmtree(case / part) if (case / part).is_dir() else (case / part).unlink()
    return gone


def reopen(home: Opened, request_id: str, reason: str, step: Step) -> Registered:
    """Open a closed request again, after a complaint or to correct its answer (G-13)."""
    if reason not in ("complaint", "correction", "authority"):
        raise RequestError("There is no such reason.", hint="One of: complaint, correction, authority.")
    return _note(home, request_id, "reopened", step, {"reason": reason})


def _note(
    home: Opened, request_id: str, name: str, step: Step, facts: Mapping[str, int | str | bool], *,
    request: object = None, **said: str,
) -> Registered:  # fmt: skip
    """Write a step with its day, which lies between the request's arrival and today."""
    found = register.read(register_of(home), request_id)
    if found.purged:
        raise RequestError("This request was purged.", hint="Register it anew.")
    if step.on > home.now.date() or step.on.isoformat() < str(found.request.received)[:10]:
        raise RequestError("The day lies before the request came, or is still to come.", hint="Correct it.")
    dated = {"on": step.on.isoformat(), **facts}
    return register.note(
        register_of(home),
        request_id,
        name,
        dated,
        step.said(**said),
        request=request,  # type: ignore[arg-type]
    )
