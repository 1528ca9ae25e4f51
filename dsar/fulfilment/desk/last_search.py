"""What the last search for a request has found, so that nobody is told that nothing is held where something is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dsar.errors import RequestError
from dsar.fulfilment.home import Opened, register_of
from dsar.model import OUT_OF_SCOPE
from dsar.register.requests import Registered
from dsar.store.decisions import standing


@dataclass(frozen=True, slots=True)
class LastSearch:
    """The counts of the case, as its answer was last written."""

    confirmed: int
    waiting: int
    """Probable and possible records."""
    elsewhere: int
    """Confirmed records in sources that a narrowed request does not ask for."""
    unsearched: tuple[str, ...]
    """Sources that were asked for and not searched, and of which nobody said anything."""


def last_search(home: Opened, found: Registered) -> LastSearch | None:
    """Give what the case of a request knows; None where nobody has searched yet."""
    case = register_of(home).case(str(found.request.request_id))
    if not (case / "case.json").exists():
        return None
    document: dict[str, Any] = json.loads((case / "case.json").read_text(encoding="utf-8"))
    sources = document["sources"]
    missed = [one["source"] for one in sources if one["result"] in ("failed", "not_searched")]
    aside = {one["source"] for one in sources if one["reason"] == OUT_OF_SCOPE}
    settled = {str(entry.facts["source"]) for entry in found.steps("answer") if not entry.facts["held"]}
    settled |= aside | standing(case, "source").keys()
    limited = document.get("limited") or {"left": []}
    return LastSearch(
        confirmed=sum(one["confirmed"] for one in sources),
        waiting=sum(one["probable"] + one["possible"] for one in sources),
        elsewhere=sum(count for _, _, count in limited["left"]),
        unsearched=tuple(dict.fromkeys(name for name in missed if name not in settled)),
    )


def check_nothing_held(home: Opened, found: Registered, *, told: bool) -> None:
    """Refuse to say that nothing is held where the last search says otherwise; `told`: to the person, in a letter.

    Raises RequestError that names what stands against it (Art. 12(1), 15(1) GDPR).
    """
    known, name = last_search(home, found), found.request.request_id
    if known is None:
        return
    answer = f"`dsar export --request {name} --out DIR` writes the answer."
    if known.confirmed:
        raise RequestError(f"The last search found {_records(known.confirmed)} of this person.", hint=answer)
    if not told:
        return
    if known.elsewhere:
        where = "in sources that the request does not ask for"
        raise RequestError(f"{_records(known.elsewhere)} of this person lie {where}.", hint=f"{answer} It says so.")
    if known.waiting:
        decide = f"`dsar review --request {name}` decides whether they are this person's."
        raise RequestError(f"{_records(known.waiting)} wait for a decision.", hint=decide)
    if known.unsearched:
        attach = f"Attach what they hold: `dsar request attach {name} --source {known.unsearched[0]}`"
        raise RequestError(
            f"Not every source was searched: {', '.join(known.unsearched)}.",
            hint=f"{attach}, or decide: `dsar review --request {name} --without {known.unsearched[0]}`.",
        )


def _records(number: int) -> str:
    return "1 record" if number == 1 else f"{number} records"
