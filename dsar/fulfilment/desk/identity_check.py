"""Was it the person who asked: how it was checked, how strong that must be for the risk, and what was too weak."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsar.config import Config
from dsar.errors import RequestError
from dsar.fulfilment.home import Opened, register_of
from dsar.register import requests as register
from dsar.register.requests import Registered

METHODS = ("login", "reply", "facts", "cookie", "document", "agent", "other")
"""How a person showed that it is they, weakest demand first (EDPB Guidelines 01/2022, 3.2-3.3; V-3)."""
LEVELS = ("none", "low", "medium", "high")
_REACHED = {"login": "medium", "reply": "low", "facts": "low", "cookie": "low", "document": "high", "agent": "low"}
_NEEDED = {"objection": "none", "withdrawal": "none", "restriction": "low", "rectification": "low"}
"""The level that a right asks for where nothing sensitive is concerned; others `medium` (V-6)."""
_SENSITIVE = re.compile(r"recruit|applica|health|medical")
_PIECES = {"access": 3, "portability": 3, "erasure": 2, "rectification": 2}
"""Data points that California asks for: three for specific pieces, two otherwise (11 CCR 7062)."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was done to see that the requester is the person: kinds of data points, never their values (V-13, G-15)."""

    method: str
    level: str
    """One of LEVELS; empty for what the method reaches."""
    compared: tuple[str, ...]
    result: str
    """`verified` or `failed`."""
    on: str
    """ISO 8601 date."""
    by: str
    words: str = ""
    """The method in the officer's own words; they stay in the case."""
    declaration: bool = False
    """A signed declaration under penalty of perjury was given (11 CCR 7062(c))."""


def check_identity(home: Opened, request_id: str, check: Check) -> tuple[Registered, tuple[str, ...]]:
    """Note how the requester's identity was checked (G-3); gives the request, and why the check is too weak if it is.

    Raises RequestError for an unknown method, level or result, and for a value where a kind belongs.
    """
    known = {"method": METHODS, "level": ("", *LEVELS), "result": ("verified", "failed")}
    for name, choices in known.items():
        if getattr(check, name) not in choices:
            raise RequestError(
                f"There is no such {name} of a check.", hint=f"One of: {', '.join(choices).lstrip(', ')}."
            )
    if any(not re.fullmatch(r"[a-z0-9_-]{1,40}", kind) for kind in check.compared):
        raise RequestError(
            "What was compared is told by its kind, not by its value.", hint="For example: --compared order_no"
        )
    if check.on > home.as_of[:10]:
        raise RequestError("The check of identity is still to come.", hint="Correct its day.")
    found = register.read(register_of(home), request_id)
    level = check.level or reached(check)
    doubts = tuple(_doubts(home, found, check, level)) if check.result == "verified" else ()
    facts: dict[str, int | str | bool] = {
        "method": check.method,
        "level": level,
        "needed": needed_level(home, found),
        "compared": ",".join(check.compared),
        "result": check.result,
        "on": check.on,
        "declaration": check.declaration,
        "weak": bool(doubts),
    }
    noted = register.note(register_of(home), request_id, "identity", facts, {"by": check.by, "words": check.words})
    return noted, doubts


def reached(check: Check) -> str:
    """The level that a method reaches by itself; two facts known to both sides are worth more than one (V-3)."""
    strong = [kind for kind in check.compared if kind not in ("name", "birth_date")]
    if check.method == "facts" and len(strong) >= 2:
        return "medium"
    return _REACHED.get(check.method, "low")


def needed_level(home: Opened, found: Registered) -> str:
    """The level that the risk asks for: by the right, and high where applications or health data were found (V-6)."""
    if found.request.right in _NEEDED:
        return _NEEDED[found.request.right]
    return "high" if _held(home, found) & _sensitive(home.config) else "medium"


def needs_check(right: str) -> bool:
    """Whether a right is used only by somebody who is known to be the person; nothing is asked to stop a use (V-6)."""
    return _NEEDED.get(right, "medium") != "none"


def _held(home: Opened, found: Registered) -> set[tuple[str, str]]:
    """The collections with confirmed records of the person, as far as the case knows them."""
    path = register_of(home).case(str(found.request.request_id)) / "case.json"
    if not path.exists():
        return set()
    matches = json.loads(path.read_text(encoding="utf-8"))["matches"]
    return {(m["record"]["source"], m["record"]["collection"]) for m in matches if m["grade"] == "confirmed"}


def _sensitive(config: Config) -> set[tuple[str, str]]:
    return {
        (source.name, name)
        for source in config.source
        for name, spec in source.collection.items()
        if any(_SENSITIVE.search(used.purpose) for used in spec.purposes)
    }


def _doubts(home: Opened, found: Registered, check: Check, level: str) -> Iterator[str]:
    needed = needed_level(home, found)
    if LEVELS.index(level) < LEVELS.index(needed):
        yield f"the check reaches the level {level}, this right needs {needed} (V-6)"
    if check.method == "facts" and set(check.compared) <= {"name", "birth_date"}:
        yield "a name and a birth date are too weak (Art. 32 GDPR; V-5)"
    if check.method == "document" and not check.words:
        yield "a document is the last resort: say with --words why nothing milder would do (V-4)"
    if found.request.agent and not any(entry.facts.get("authority") for entry in found.steps("changed")):
        yield "the agent's authority was not seen: `dsar request change --authority KIND` (V-10)"
    if "CCPA" in found.fact("regimes").split(",") and check.method != "login":
        wanted = _PIECES.get(found.request.right, 0)
        if len(check.compared) < wanted:
            yield f"California asks for {wanted} data points that match (11 CCR 7062)"
        if wanted == 3 and not check.declaration:
            yield "California asks for a signed declaration before specific pieces are told (11 CCR 7062(c))"


def doubts_of(home: Opened, found: Registered) -> tuple[str, ...]:
    """Say why the latest check of identity is too weak for what is known of the person by now (V-6)."""
    check = identity_of(found)
    return tuple(_doubts(home, found, check, check.level)) if check and check.result == "verified" else ()


def identity_of(found: Registered) -> Check | None:
    """Give the latest check of the requester's identity, None where there was none."""
    entry = found.last("identity")
    if entry is None:
        return None
    facts = {name: str(entry.facts.get(name, "")) for name in ("method", "level", "compared", "result", "on")}
    compared = tuple(kind for kind in facts.pop("compared").split(",") if kind)
    said, declared = entry.said, entry.facts.get("declaration") is True
    return Check(compared=compared, by=said.get("by", ""), words=said.get("words", ""), declaration=declared, **facts)
