"""The register as commands use it: add requests, give one by its number, note what happened to it."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dsar.config import Config
from dsar.errors import RequestError
from dsar.fulfilment.desk.deadlines import dates_of, deadlines_of, zone
from dsar.fulfilment.desk.identity_check import METHODS, Check, check_identity
from dsar.fulfilment.home import Opened, register_of
from dsar.fulfilment.requests import not_acted_on
from dsar.model import Request
from dsar.register import requests as register
from dsar.register.clock import Course
from dsar.register.requests import Registered
from dsar.store.files import private_folder, write_private

CHANNELS = ("e-mail", "letter", "phone", "portal", "form", "in-person", "social-media", "agent", "other")
LETTER = "letter.eml"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


def registered_request(home: Opened, request_id: str) -> Request:
    """Give the request with this number, for every command that takes WHO.

    Raises RequestError if the register does not know it, or its personal values were purged.
    """
    found = register.read(register_of(home), request_id)
    if found.purged:
        raise RequestError(
            f"What request {found.request.request_id} gave to find its person by was purged.",
            hint="Register it anew, or give the options that say who is meant.",
        )
    due = deadlines_of(home.config, found)[0].due.isoformat()
    request = replace(found.request, registered=True, due=due)
    return replace(request, notes=tuple(not_acted_on(request)))


def add_request(
    home: Opened, request: Request, by: str | None = None, *, letter: bytes | None = None, proposed: bool = False
) -> Registered:
    """Register one request (G-1): what it says of the person goes into its case, dates and codes into the journal.

    The same request again, under the same id, changes nothing, also on another day, and not if it was changed in the
    register since: that stands above the file it came with. `letter` is kept in the case; `proposed` says that the
    right was only read from it and must be confirmed. Raises RequestError for a day of receipt that is to come, an
    unknown channel, or an id that another request has.
    """
    place = register_of(home)
    again = request.request_id is not None and register.knows(place, request.request_id)
    kept = _filled(home, request, register.read(place, str(request.request_id)) if again else None)
    if _day(str(kept.received)) > home.now.date():
        raise RequestError("The day of receipt is still to come.", hint="Correct `--received`, or give `--today`.")
    if request.identity_verified_on and _day(request.identity_verified_on) > home.now.date():
        raise RequestError("The check of identity is still to come.", hint="Correct `identity_verified_on`.")
    if request.channel is not None and request.channel not in CHANNELS:
        raise RequestError("There is no such channel.", hint=f"One of: {', '.join(CHANNELS)}.")
    facts = {**_facts(home.config, kept), "right_proposed": proposed}
    facts |= {"letter": hashlib.sha256(letter).hexdigest()} if letter else {}
    added = register.add(place, kept, facts, {"by": by or ""})
    if letter:
        write_private(place.case(str(added.request.request_id)) / LETTER, letter)
    return _checked(home, added, by or "")


def _filled(home: Opened, request: Request, known: Registered | None) -> Request:
    """Fill what a request leaves out: as it stands in the register or as it came, where it is one of these; else anew.

    So a file is taken for the same one however often it is read, and on whatever day.
    """
    controller = home.config.controller

    def after(before: Request) -> Request:
        return replace(
            request,
            notes=(),
            received=request.received or before.received or home.as_of[:10],
            regime=request.regime or before.regime or controller.regime,
            calendar=request.calendar or before.calendar,
            language=request.language or before.language or controller.language,
        )

    if known is None:
        return after(Request(None, ()))
    versions = (one for one in (known.request, known.before) if one is not None)
    return next((one for one in versions if after(one) == one), after(known.request))


def as_changed(home: Opened, requests: Sequence[Request]) -> list[Request]:
    """Give the rows of a file, each as the register has it if it was changed there since it was registered from it.

    The log is read only if one of them has a case: a search for people whom the register does not know needs no log,
    and one for people whom it knows must not pass over what was changed, which nobody can tell without a whole log.
    """
    cases = {path.name.casefold() for path in (home.root / "cases").glob("*")}
    if not any((one.request_id or "").casefold() in cases for one in requests):
        return list(requests)
    place, found = register_of(home), []
    for one in requests:
        known = (
            register.read(place, one.request_id) if one.request_id and register.knows(place, one.request_id) else None
        )
        changed = known is not None and known.before is not None and _filled(home, one, known) == known.before
        found.append(replace(known.request, notes=one.notes) if known is not None and changed else one)
    return found


def _checked(home: Opened, added: Registered, by: str) -> Registered:
    """Note the check of the identity that came with the request, told in the words of its file."""
    request = added.request
    if not request.identity_verified_on or added.last("identity") is not None:
        return added
    words = request.identity_method or ""
    method = next((name for name in METHODS if name in words.casefold()), "other")
    check = Check(method, "", (), "verified", request.identity_verified_on[:10], by, words)
    return check_identity(home, str(request.request_id), check)[0]


@dataclass(frozen=True)
class Added:
    """What came of registering several requests."""

    added: tuple[Registered, ...]
    failed: tuple[tuple[str, RequestError], ...]
    """Id and error of each that was not registered; the others were."""
    same: Mapping[str, tuple[str, ...]]
    """Id → the open requests of the same person for the same right."""

    def again(self, found: Registered) -> tuple[str, ...]:
        """The open requests of the same person for the same right."""
        return self.same.get(str(found.request.request_id), ())

    @property
    def open_points(self) -> list[str]:
        """What a person must look at: who asks twice, and which right is only proposed."""
        points = []
        for found in self.added:
            name = found.request.request_id
            if same := self.again(found):
                points.append(f"{name}: the same person already waits for an answer, see {', '.join(same)}.")
            if found.fact("right_proposed") == "True":
                right = found.request.right
                points.append(f"{name}: {right} is only proposed; `dsar request change {name} --right …` decides.")
        return points


def add_requests(
    home: Opened, requests: Sequence[Request], by: str | None = None, *, letter: bytes | None = None,
    proposed: bool = False,
) -> Added:  # fmt: skip
    """Register every request that can be; one that cannot is told and stops no other one."""
    added, failed = [], []
    for one in requests:
        try:
            added.append(add_request(home, one, by, letter=letter, proposed=proposed))
        except RequestError as error:
            failed.append((one.request_id or "the request", error))
    return Added(tuple(added), tuple(failed), duplicates(added, register.every(register_of(home))))


def told_again(home: Opened, known: Registered) -> Added:
    """Tell of a request that is registered already what is told when it is registered."""
    return Added((known,), (), duplicates([known], register.every(register_of(home))))


@dataclass(frozen=True, slots=True)
class ManualAnswer:
    """What a person answered for a source without an export: held or not, with the file that was handed over."""

    source: str
    held: bool
    on: str
    stored: Path | None = None
    """Where the file lies in the case; None where nothing is held."""
    name: str = ""
    """The name it had, which may be personal."""
    sha256: str = ""


def attach_answer(
    home: Opened, request_id: str, source: str, files: Sequence[Path], by: str | None = None
) -> Registered:
    """Attach what a manual source answered; no file means that it holds nothing about the person.

    Raises RequestError for a source that is not manual, a file that is none, or an unknown request.
    """
    found = register.read(register_of(home), request_id)
    manual = [one.name for one in home.config.source if one.manual]
    if source not in manual:
        raise RequestError(
            "There is no such source without an export.", hint=f"Manual sources: {', '.join(manual) or 'none'}."
        )
    day = home.now.date().isoformat()
    if not files:
        facts: dict[str, int | str | bool] = {"source": source, "held": False, "on": day}
        return register.note(register_of(home), request_id, "answer", facts, {"by": by or ""})
    for file in files:
        stored, sha256 = _keep(register_of(home).case(str(found.request.request_id)), source, file)
        facts = {"source": source, "held": True, "on": day, "stored": stored, "sha256": sha256}
        found = register.note(register_of(home), request_id, "answer", facts, {"by": by or "", "name": file.name})
    return found


def _keep(case: Path, source: str, file: Path) -> tuple[str, str]:
    """Copy a file into the case under its hash, so that copying it twice leaves one; gives its place and SHA-256."""
    try:
        data = file.read_bytes()
    except OSError:
        raise RequestError("A file to attach cannot be read.", hint="Check its path.") from None
    sha256 = hashlib.sha256(data).hexdigest()
    suffix = file.suffix.lower() if _SUFFIX.fullmatch(file.suffix) else ""
    stored = f"answers/{source}/{sha256[:16]}{suffix}"
    private_folder((case / stored).parent)
    write_private(case / stored, data)
    return stored, sha256


def answers_of(home: Opened, found: Registered) -> tuple[ManualAnswer, ...]:
    """Give what manual sources answered for a request, the latest answer of each last."""
    case = register_of(home).case(str(found.request.request_id))
    answers = []
    for entry in found.steps("answer"):
        stored = case / str(entry.facts["stored"]) if "stored" in entry.facts else None
        answers.append(
            ManualAnswer(
                str(entry.facts["source"]),
                bool(entry.facts["held"]),
                str(entry.facts["on"]),
                stored,
                entry.said.get("name", ""),
                str(entry.facts.get("sha256", "")),
            )
        )
    return tuple(answers)


def duplicates(asked: Iterable[Registered], others: Iterable[Registered]) -> dict[str, tuple[str, ...]]:
    """Name for each request the open ones for the same right that share an e-mail, a phone or another own identifier.

    Gives request id → their ids, in the order of `others`.
    """
    weak = {"name", "birth_date", "address", "postcode"}

    def strong(one: Registered) -> set[tuple[str, str, str]]:
        right = one.request.right
        return {(right, i.kind, i.value.casefold()) for i in one.request.identifiers if i.kind not in weak}

    names: dict[tuple[str, str, str], dict[str, int]] = {}
    for place, other in enumerate(others):
        for key in strong(other) if other.open else ():
            names.setdefault(key, {})[str(other.request.request_id)] = place
    found = {}
    for one in asked:
        same = {name: place for key in strong(one) for name, place in names.get(key, {}).items()}
        same.pop(str(one.request.request_id), None)
        found[str(one.request.request_id)] = tuple(sorted(same, key=lambda name: same[name]))
    return found


def _facts(config: Config, request: Request) -> Mapping[str, int | str | bool]:
    """What the journal keeps of a new request: codes, counts, and the dates with the version of their rules (G-2)."""
    regimes = [name for name in (request.regime, *request.also_under) if name]
    course = Course(str(request.received), request.calendar, zone(config), request.right)
    dates = dates_of(config, regimes, course)
    first = dates[0]
    days = {"due": first.due, "notice_by": first.notice_by, "acknowledge_by": first.acknowledge_by}
    return {
        "right": request.right,
        "received": str(request.received),
        "regimes": ",".join(one.regime for one in dates),
        "calendar": request.calendar or "",
        "rules": ",".join(f"{one.regime} {one.version}" for one in dates),
        "target": first.target.isoformat(),
        **{name: day.isoformat() for name, day in days.items() if day},
        "language": request.language or "",
        "channel": request.channel or "",
        "kinds": ",".join(sorted({one.kind for one in request.identifiers})),
        "scoped": len(request.scope),
        "agent": request.agent is not None,
        "store": request.store,
    }


def _day(moment: str) -> datetime.date:
    return datetime.date.fromisoformat(moment[:10])
