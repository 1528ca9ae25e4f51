"""A package went to the wrong person: the facts for the notice of the breach (Art. 33(3) GDPR; A-47)."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsar.errors import RequestError
from dsar.fulfilment.home import Opened, register_of
from dsar.register import requests as register

CLOCK = datetime.timedelta(hours=72)
"""From awareness to the notice to the authority (Art. 33(1) GDPR)."""


@dataclass(frozen=True)
class Incident:
    """What is known of a breach; values of the person concerned are not in it."""

    request_id: str
    whose: str
    aware_at: str
    notify_by: str
    sent_on: str | None
    channel: str | None
    authority: str
    contact: str
    files: tuple[tuple[str, str, int], ...]
    """Path, SHA-256 and bytes of what was sent."""
    collections: tuple[tuple[str, int], ...]
    """Where the records came from, and how many."""
    categories: tuple[str, ...]
    open_points: tuple[str, ...]
    """What a person must still find out or decide."""


def incident(home: Opened, request_id: str, aware: datetime.datetime, package: Path, words: str = "") -> Incident:
    """Gather the facts and note the incident; `package` is what was sent, or a copy of it.

    `words` (who got it, what was done) stay in the case. Raises RequestError for a folder that is not the result of
    this request.
    """
    found = register.read(register_of(home), request_id)
    name = str(found.request.request_id)
    manifest, document = _manifest(package, name)
    by = (aware.astimezone(datetime.UTC) + CLOCK).astimezone(aware.tzinfo)  # hours, whatever the clock on the wall does
    sent = found.last("delivered")
    facts: dict[str, int | str | bool] = {
        "aware": aware.isoformat(timespec="minutes"),
        "notify_by": by.isoformat(timespec="minutes"),
        "manifest": manifest,
    }
    register.note(register_of(home), name, "incident", facts, {"words": words})
    collections, categories = _content(package)
    controller = home.config.controller
    return Incident(
        request_id=name,
        whose="one person: whoever made the request, and whoever else its records name",
        aware_at=str(facts["aware"]),
        notify_by=str(facts["notify_by"]),
        sent_on=str(sent.facts["on"]) if sent else None,
        channel=str(sent.facts["channel"]) if sent else None,
        authority=controller.authority,
        contact=controller.dpo or controller.contact,
        files=tuple((str(f["path"]), str(f["sha256"]), int(f["bytes"])) for f in document["files"]),
        collections=collections,
        categories=categories,
        open_points=(
            "The likely consequences for the person (Art. 33(3)(c)).",
            "The measures taken or proposed, e.g. that the recipient deleted it (Art. 33(3)(d)).",
            "Whether the person must be told without delay (Art. 34).",
            *(() if collections else ("Which records were in it: there is no data.json in that folder to be read.",)),
            *(() if sent else ("When and how it was sent: no delivery is noted.",)),
        ),
    )


def _manifest(package: Path, request_id: str) -> tuple[str, dict[str, Any]]:
    try:
        data = (package / "manifest.json").read_bytes()
        document: dict[str, Any] = json.loads(data)
        if document["request_id"] != request_id:
            raise RequestError("That folder is the result of another request.", hint="Name what was really sent.")
    except (OSError, ValueError, KeyError, TypeError):
        raise RequestError("There is no manifest.json in that folder.", hint="Name the folder that was sent.") from None
    return hashlib.sha256(data).hexdigest(), document


def _content(package: Path) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """How many records of which collections, and which categories of data, a package holds."""
    try:
        document = json.loads((package / "data.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return (), ()
    counts: dict[str, int] = {}
    for record in document.get("records", ()):
        place = "/".join(str(record["record"]).split("/")[:2])
        counts[place] = counts.get(place, 0) + 1
    categories = {one for part in document.get("collections", ()) for one in _categories(part)}
    return tuple(sorted(counts.items())), tuple(sorted(categories))


def _categories(value: Any) -> set[str]:
    """Every `category` that stands somewhere in a part of the document."""
    if isinstance(value, list):
        return set().union(*(_categories(one) for one in value))
    if not isinstance(value, dict):
        return set()
    own = {value["category"]} if isinstance(value.get("category"), str) else set()
    return own.union(*(_categories(one) for one in value.values()))
