"""What is due: every open request by urgency, with the days that are left and what blocks it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dsar.fulfilment.desk.deadlines import deadlines_of
from dsar.fulfilment.desk.identity_check import identity_of, needs_check
from dsar.fulfilment.desk.narrowing import not_asked_for
from dsar.fulfilment.home import Opened, register_of
from dsar.register.deadlines import Deadline
from dsar.register.ics import Appointment, calendar_file
from dsar.register.requests import Registered
from dsar.store.decisions import standing


@dataclass(frozen=True, slots=True)
class Due:
    """One request with its dates and what keeps it from its answer."""

    found: Registered
    dates: tuple[Deadline, ...]
    """The earliest first."""
    days_left: int
    """Until the due date; negative where it has passed."""
    blocked_by: tuple[str, ...]

    @property
    def first(self) -> Deadline:
        """The dates that lead."""
        return self.dates[0]


def due_list(home: Opened, requests: Iterable[Registered]) -> tuple[Due, ...]:
    """Give open requests, the most urgent first: by due date, then by our own target (D-1)."""
    manual = tuple(source.name for source in home.config.source if source.manual)
    listed = [due_of(home, found, manual) for found in requests if found.open]
    return tuple(sorted(listed, key=lambda one: (one.first.due, one.first.target, str(one.found.request.request_id))))


def due_of(home: Opened, found: Registered, manual: Sequence[str] = ()) -> Due:
    """Give the dates of one request, the days left, and what blocks it; `manual` are sources without an export."""
    dates = deadlines_of(home.config, found)
    today = home.now.date()
    blocks = tuple(_blocks(found, dates[0], today, _to_ask(home, found, manual))) if found.open else ()
    return Due(found, dates, (dates[0].due - today).days, blocks)


def _to_ask(home: Opened, found: Registered, manual: Sequence[str]) -> tuple[str, ...]:
    """The sources without an export that have not answered, and that nobody decided to answer without."""
    settled = {str(entry.facts["source"]) for entry in found.steps("answer")}
    settled |= not_asked_for(home.config, found.request, manual)
    if not settled.issuperset(manual):
        settled |= standing(register_of(home).case(str(found.request.request_id)), "source").keys()
    return tuple(source for source in manual if source not in settled)


def _blocks(found: Registered, dates: Deadline, today: datetime.date, manual: Sequence[str]) -> Iterator[str]:
    """What has to happen first, in the order in which it usually does."""
    if found.fact("right_proposed") == "True":
        yield f"confirm the right: {found.request.right} is only proposed"
    if dates.acknowledge_by and found.last("acknowledged") is None:
        yield f"acknowledge by {dates.acknowledge_by}"
    for about in ("identity", "clarification"):
        asked, reply = found.last(f"{about}_asked"), found.last(f"{about}_answered")
        if asked and (reply is None or found.history.index(reply) < found.history.index(asked)):
            yield f"{about} asked on {asked.facts['on']}, not answered"
    check = identity_of(found)
    if check is not None and check.result == "failed":
        yield "identity could not be verified: send the letter"
    elif check is not None and found.steps("identity")[-1].facts.get("weak"):
        yield "check of identity too weak"
    elif check is None and needs_check(found.request.right):
        yield "identity not verified"
    if found.request.right in ("access", "portability"):
        yield from (f"ask {source}" for source in manual)
    yield from _work(found)


def _work(found: Registered) -> Iterator[str]:
    """How far the answer itself has come."""
    made = found.last("export") or found.last("erase") or found.last("fulfilled")
    if made is None:
        yield "nothing was prepared" if found.last("delivered") is None else "delivered, not closed"
        return
    if _asks_otherwise(found, found.history.index(made)) and found.last("delivered") is None:
        yield "changed since: prepare it anew"
        return
    waiting = sum(int(made.facts.get(grade, 0)) for grade in ("probable", "possible"))
    if waiting and found.last("decision") is None:
        yield f"{waiting} records to decide"
    if found.last("delivered") is None:
        yield "ready for review" if found.last("released") is None else "released, not delivered"
    else:
        yield "delivered, not closed"


def _asks_otherwise(found: Registered, made: int) -> bool:
    """Whether its right or its scope was changed after the answer was made."""
    later = [set(str(one.facts["changed"]).split(",")) for one in found.history[made:] if one.step == "changed"]
    return any(names & {"right", "scope"} for names in later)


def calendar_of(listed: Sequence[Due], now: datetime.datetime) -> bytes:
    """Write the dates of open requests as a calendar file without personal values."""
    appointments = []
    for one in listed:
        name, right = one.found.request.request_id, one.found.request.right
        days = {"answer due": one.first.due, "own target": one.first.target}
        days |= {"acknowledge": one.first.acknowledge_by} if one.first.acknowledge_by else {}
        for what, day in days.items():
            if day is not None and not (what == "acknowledge" and one.found.last("acknowledged")):
                uid = f"{name}-{what.replace(' ', '-')}@dsar"
                appointments.append(Appointment(uid, day, f"{name}: {what} ({right})", one.first.rule))
    return calendar_file(appointments, now)
