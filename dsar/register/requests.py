"""Requests and their history: personal values lie in the request's case, all else is the replay of the journal."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dsar.errors import RequestError
from dsar.model import Request
from dsar.register.case_file import document_of, request_from, write
from dsar.register.states import FIRST, base_name, state_after
from dsar.store.files import private_folder
from dsar.store.journal import Journal

REQUEST_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,39}")
"""Not beginning with `-`: it names a folder, and would be taken for an option by whoever packs or copies that."""
RESERVED = ("adhoc-", "files", "batch", "summary")
"""How ids may not begin: these names are given to what has no request."""
Facts = Mapping[str, int | str | bool]
_NUMBERED = re.compile(r"DSR-(\d{4})-(\d+)")


@dataclass(frozen=True)
class Register:
    """Where the requests are kept, the moment of the run, and who works."""

    root: Path
    journal: Journal
    at: str
    """ISO 8601 with zone."""
    os_user: str = ""

    def case(self, request_id: str) -> Path:
        """The folder of one request; it holds personal values and goes when the request is purged."""
        return self.root / "cases" / request_id


@dataclass(frozen=True, slots=True)
class Entry:
    """One step in the history of a request: facts from the journal, and what was said of it from the case."""

    at: str
    step: str
    """The name of the step without its number, e.g. `identity`."""
    facts: Facts
    said: Mapping[str, str]
    """Words that may be personal: who did it, why, an address of delivery. Empty once the case is gone."""
    state: str
    """The DPV state of the request after this step (M-6)."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A request as the register knows it."""

    request: Request
    """Without identifiers where the case was purged."""
    history: tuple[Entry, ...]
    purged: bool = False
    before: Request | None = None
    """The request as it was registered, where it was changed since."""

    @property
    def state(self) -> str:
        """The DPV state it is in, e.g. `RequestInitiated`."""
        return self.history[-1].state

    @property
    def open(self) -> bool:
        """Whether it still waits for its answer."""
        return self.last("closed") is None or self._after("reopened", "closed")

    @property
    def first(self) -> Entry:
        """Its registration."""
        return self.history[0]

    def fact(self, name: str) -> str:
        """The latest word of the registration, or of a change, on one of its facts; empty where there is none."""
        told = (e.facts[name] for e in reversed(self.history) if e.step in (FIRST, "changed") and name in e.facts)
        return str(next(told, ""))

    def steps(self, name: str) -> tuple[Entry, ...]:
        """Every step of one name, oldest first."""
        return tuple(entry for entry in self.history if entry.step == name)

    def last(self, name: str) -> Entry | None:
        """The latest step of one name, None where there is none."""
        return next((entry for entry in reversed(self.history) if entry.step == name), None)

    def _after(self, name: str, other: str) -> bool:
        places = {entry.step: number for number, entry in enumerate(self.history)}
        return places.get(name, -1) > places.get(other, -1)


def add(register: Register, request: Request, facts: Facts, said: Mapping[str, str] | None = None) -> Registered:
    """Register a request; the same one again, as it stands or as it was registered, changes nothing.

    `facts` go to the journal and hold no personal value; `said` lies in the case. A request without an id gets the
    next number of the year. Raises RequestError if the id belongs to another request.
    """
    with _held(register, fcntl.LOCK_EX):
        request = replace(request, request_id=request.request_id or _next(register))
        check_id(str(request.request_id))
        known = _spelled(register, str(request.request_id))
        if known is not None and (known != request.request_id or not _same(register, request)):
            raise RequestError(
                f"There is already a request {known}.", hint=f"`dsar request show {known}` tells it; give another id."
            )
        if known is None:
            write(register, request, FIRST, facts, said or {})
        return _read(register, str(request.request_id))


def check_id(request_id: str) -> None:
    """Raise RequestError unless a text can be the id of a request: it names a folder and stands in the journal."""
    if not REQUEST_ID.fullmatch(request_id):
        raise RequestError(
            "A request id is 1 to 40 letters, digits, `-` or `_`.", hint="Correct it; it begins with no `-`."
        )
    if request_id.casefold().startswith(RESERVED):
        raise RequestError("A request id does not begin like this: the name is ours.", hint="Give another one.")


def note(
    register: Register, request_id: str, step: str, facts: Facts, said: Mapping[str, str] | None = None,
    *, request: Request | None = None,
) -> Registered:  # fmt: skip
    """Write one more step of a request; the same step with the same facts as the last of its name is written once.

    `request` replaces what is known of the person and the request. Raises RequestError for an unknown id.
    """
    with _held(register, fcntl.LOCK_EX):
        before = _read(register, request_id)
        unchanged = request is None or request == before.request
        if not unchanged or not _repeats(before, step, facts, said or {}):
            name = str(before.request.request_id)
            write(register, request or before.request, step, facts, said or {})
            return _read(register, name)
    return before


def _repeats(before: Registered, step: str, facts: Facts, said: Mapping[str, str]) -> bool:
    """Whether a step says what the last one of its name said, whoever typed it, and nothing was reopened since."""
    last = before.last(step)
    if last is None or any(entry.step == "reopened" for entry in before.history[before.history.index(last) :]):
        return False
    known = {name: value for name, value in last.facts.items() if name != "file"}
    words = {name: value for name, value in last.said.items() if name != "os_user"}
    return known == dict(facts) and words == {name: value for name, value in said.items() if value}


def read(register: Register, request_id: str) -> Registered:
    """Give one request with its history; raises RequestError if the register does not know it.

    A case whose request was changed by something else than dsar raises WorkspaceError.
    """
    with _held(register, fcntl.LOCK_SH):
        return _read(register, request_id)


def knows(register: Register, request_id: str) -> bool:
    """Whether there is a request with this id, written in whatever case."""
    with _held(register, fcntl.LOCK_SH):
        return _spelled(register, request_id) is not None


def every(register: Register) -> tuple[Registered, ...]:
    """Give every request, in the order of their registration."""
    with _held(register, fcntl.LOCK_SH):
        return tuple(_read(register, name) for name in register.journal.requests() if _registered(register, name))


def _read(register: Register, request_id: str) -> Registered:
    known = _spelled(register, request_id)
    if known is None:
        named = f"There is no request {request_id} in the register."
        raise RequestError(
            named if REQUEST_ID.fullmatch(request_id) else "There is no such request in the register.",
            hint="`dsar request list` shows those there are; `dsar request add` registers one.",
        )
    events = register.journal.events(known)
    document = document_of(register, known, events)
    said: Mapping[str, Mapping[str, str]] = document["said"] if document else {}
    history: list[Entry] = []
    for event in events:
        state = state_after(event, history[-1].state if history else "")
        history.append(Entry(event.at, base_name(event.step), event.facts, said.get(event.step, {}), state))
    if document is None:
        first = next(entry for entry in history if entry.step == FIRST)
        bare = Request(known, (), right=str(first.facts.get("right", "access")), received=str(first.facts["received"]))
        return Registered(bare, tuple(history), purged=True)
    before = request_from(document["registered"]) if "registered" in document else None
    return Registered(request_from(document["request"]), tuple(history), before=before)


def _registered(register: Register, name: str) -> bool:
    return any(event.step == FIRST for event in register.journal.events(name))


def _spelled(register: Register, request_id: str) -> str | None:
    """The id as it was first written; ids are unique ignoring case."""
    if _registered(register, request_id):
        return request_id
    return next((name for name in register.journal.spellings(request_id) if _registered(register, name)), None)


def _next(register: Register) -> str:
    year = register.at[:4]
    numbers = (_NUMBERED.fullmatch(name) for name in register.journal.requests() if name.startswith(f"DSR-{year}"))
    last = max((int(found[2]) for found in numbers if found and found[1] == year), default=0)
    return f"DSR-{year}-{last + 1:03d}"


def _same(register: Register, request: Request) -> bool:
    known = _read(register, str(request.request_id))
    return request in (known.request, known.before)


@contextmanager
def _held(register: Register, how: int) -> Iterator[None]:
    """Let one process at a time change the register, or several read it: two may not give one number to two people."""
    private_folder(register.root)
    handle = os.open(register.root / "register.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, how)
        register.journal.refresh()
        yield
    finally:
        os.close(handle)
