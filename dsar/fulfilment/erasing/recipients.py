"""The work list of recipients: one message each, how far it has come, and what is still open (Art. 19 GDPR)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from dsar.config import Config
from dsar.errors import RequestError
from dsar.fulfilment.workspace import Workspace
from dsar.model import Identifier, Recipient, Told
from dsar.store.case import case_folder
from dsar.store.files import private_folder, write_private

FILE = "recipients.json"
STATUSES = ("sent", "confirmed", "failed", "disproportionate")
_NEEDED = ("email", "customer_no")
_ASKS = {
    "erasure": "erase them, every link to them and every copy, and tell us when it is done (Art. 17, 19 GDPR)",
    "rectification": "correct them as said below, and tell us when it is done (Art. 16, 19 GDPR)",
    "restriction": "only store them and use them for nothing else, and tell us when it is done (Art. 18, 19 GDPR)",
    "objection": "no longer use them for the purposes named below (Art. 21 GDPR)",
    "withdrawal": "no longer use them for the purposes named below: the consent was withdrawn (Art. 7(3) GDPR)",
}


def message(
    config: Config, recipient: Recipient, request_id: str, right: str, known: Iterable[Identifier],
    more: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """Write the message to one recipient: what to do, for whom, by no more identifiers than are needed (E-40)."""
    given = list(known)
    needed = [one for one in given if one.kind in _NEEDED] or given[:1]
    who = [f"- {one.kind.replace('_', ' ')}: {_plain(one.value)}" for one in dict.fromkeys(needed)]
    lines = [
        f"To: {recipient.name} ({recipient.role}, {recipient.country})",
        f"From: {config.controller.name}, {config.controller.contact}",
        f"Our reference: {request_id}",
        "",
        "You have received data about this person from us:",
        *who,
        f"What you received: {recipient.disclosed}.",
        "",
        f"Please {_ASKS.get(right, _ASKS['erasure'])}.",
        *more,
        "Please pass this on to those to whom you gave the data, and write back if any of it is impossible, and why.",
        "",
    ]
    return "\n".join(lines).encode("utf-8", "backslashreplace")


def file_name(number: int, recipient: Recipient) -> str:
    """The name of a recipient's message: its number in the list and the letters of the name as dsar.toml has it."""
    plain = re.sub(r"[^a-z0-9]+", "-", recipient.name.casefold()).strip("-")[:40]
    return f"messages/{number:02d}-{plain or 'recipient'}.txt"


def told(root: Path, request_id: str, recipients: Iterable[Recipient]) -> tuple[Told, ...]:
    """How far telling each recipient has come; `open` where nobody said anything yet."""
    said = _read(root, request_id)
    return tuple(Told(one.name, **said[one.name]) if one.name in said else Told(one.name, "open") for one in recipients)


def still_open(root: Path, request_id: str) -> tuple[str, ...]:
    """The recipients of a request's plan that were not told, or did not answer well: it may not be closed (E-45)."""
    try:
        document = json.loads((case_folder(root, request_id) / "plan.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return ()
    names = [Recipient(**one) for one in document["plan"]["recipients"]]
    return tuple(one.name for one in told(root, request_id, names) if not one.done)


def tell(workspace: Workspace, request_id: str, pair: str, known: Sequence[Recipient], reason: str, by: str) -> Told:
    """Note that a recipient was told, confirmed, failed, or that telling them is disproportionate; `NAME=STATUS`.

    Raises RequestError for a name or status that is none, and for `disproportionate` or `failed` without a reason.
    """
    name, _, status = pair.rpartition("=")
    number = next((n for n, one in enumerate(known, 1) if one.name.casefold() == name.strip().casefold()), None)
    if number is None or status not in STATUSES:
        names = "; ".join(one.name for one in known) or "this request has none"
        raise RequestError(
            "This is no recipient and status of the request.",
            hint=f"NAME={'|'.join(STATUSES)}. Recipients: {names}.",
        )
    if status in ("disproportionate", "failed") and not reason.strip():
        raise RequestError(f"`{status}` needs a reason.", hint="Give --reason TEXT.")
    said = _read(workspace.root, request_id)
    done = Told(known[number - 1].name, status, workspace.as_of, reason.strip())
    said[done.name] = {"status": status, "at": done.at, "reason": done.reason}
    case = case_folder(workspace.root, request_id)
    private_folder(case)
    workspace.journal.append(
        request_id, f"recipient:{number}:{status}:{workspace.as_of}", workspace.as_of,
        {"recipient": number, "status": status, "by_given": bool(by)},
    )  # fmt: skip
    write_private(case / FILE, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())
    return done


def _read(root: Path, request_id: str) -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads((case_folder(root, request_id) / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    return found


def _plain(value: str) -> str:
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in value)
